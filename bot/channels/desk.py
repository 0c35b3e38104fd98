"""The web desk: the same cases and the same casework as in Slack, for a museum without Slack."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

# Their import hangs their routes on the desk.
from bot.channels import desk_answers, desk_find, desk_login, desk_preview  # noqa: F401
from bot.channels.desk_access import is_allowed
from bot.channels.desk_case import read_case, read_older, read_trail
from bot.channels.desk_door import desk, for_staff, number_in, text_of
from bot.channels.desk_shown import show_case, version
from bot.channels.desk_steps import STEPS, take, to_be_answered
from bot.channels.pages import page
from bot.channels.payload import read_json
from bot.desk import lost
from bot.desk.blocks import announcement
from bot.desk.clock import DeskClock
from bot.errors import BadRequest
from bot.store import Connection, Row, cases, catch_up, desk_reads, health, log

__all__ = ["desk"]

LONGEST_POLL_SECONDS = 30.0
# How many closed cases are listed; older ones are found by search.
CLOSED = 60
# What waits longer for Slack is told on the desk.
BEHIND = timedelta(minutes=1)


@desk.get("/desk", name="desk_page")
async def show(request: Request) -> HTTPResponse:
    """The desk, or its door."""
    host = request.app.ctx.host
    settings = host.settings
    if await is_allowed(request, settings, host.database):
        return page("desk.html")
    if settings["DESK_PASSWORD"]:
        return page("desk_login.html", 401)
    words = (
        "The web desk answers on this machine only. Set DESK_PASSWORD to use it from elsewhere."
    )
    return json_response({"error": words}, 403)


@desk.get("/desk/api/cases", name="desk_cases")
@for_staff
async def list_cases(request: Request) -> HTTPResponse:
    """Open cases, the longest waiting first, or those that were closed last."""
    host = request.app.ctx.host
    is_closed = request.args.get("state") == "closed"
    rows = await host.database.run(_closed if is_closed else _open)
    museum = host.voice.museum
    broken = await host.database.run(health.broken, host.channels)
    lines = [announcement(name, False, reason) for name, reason in broken.items()]
    answer = {
        "cases": [show_case(row) for row in rows],
        "departments": [{"id": each.id, "name": each.name} for each in museum.departments],
        "colleagues": [name for _, name in await host.database.run(desk_reads.colleagues)],
        "broken": [
            *lines,
            *await host.database.run(_behind),
            *await host.database.run(lost.today),
        ],
        "version": await host.database.run(version),
        "signs_out": bool(host.settings["DESK_PASSWORD"]),
    }
    return json_response(answer)


@desk.get("/desk/api/cases/<ref:str>", name="desk_case")
@for_staff
async def one_case(request: Request, ref: str) -> HTTPResponse:
    """A case with the newest page of what was said, or the page `before` a message."""
    host = request.app.ctx.host
    before = int(number_in(request, "before"))
    if before:
        return json_response(await host.database.run(read_older, ref, before))
    known = {name: channel.window for name, channel in host.channels.items()}
    clock = DeskClock(host.voice.museum)
    return json_response(await host.database.run(read_case, ref, clock, known))


@desk.get("/desk/api/cases/<ref:str>/trail", name="desk_trail")
@for_staff
async def one_trail(request: Request, ref: str) -> HTTPResponse:
    """Who did what in a case, and why."""
    events = await request.app.ctx.host.database.run(read_trail, ref)
    return json_response({"events": events})


@desk.get("/desk/api/changes", name="desk_changes")
@for_staff
async def changes(request: Request) -> HTTPResponse:
    """Waits until something that the desk shows has changed."""
    host = request.app.ctx.host
    after, wait = number_in(request, "after"), number_in(request, "wait")
    until = asyncio.get_running_loop().time() + min(wait, LONGEST_POLL_SECONDS)
    while True:
        now = await host.database.run(version)
        left = until - asyncio.get_running_loop().time()
        if now != after or left <= 0 or host.is_leaving:
            return json_response({"version": now})
        await host.wait_for_news(left)


@desk.post("/desk/api/cases/<ref:str>/<step:str>", name="desk_step")
@for_staff
async def take_step(request: Request, ref: str, step: str) -> HTTPResponse:
    """One step of a member of staff on a case."""
    host = request.app.ctx.host
    if step not in STEPS:
        raise BadRequest("no such step", status=404)
    body, spoken = read_json(request.body), None
    if step == "reply":
        case_id = await host.database.run(to_be_answered, ref, body)
        if case_id is not None:
            spoken = await host.speaking.words(case_id, text_of(body), from_slack=False)
    outcome = await host.database.run(take, host.casework, ref, step, body, spoken)
    host.wake()
    answer = {
        "ok": outcome.kind != "refused",
        "outcome": outcome.kind,
        "seq": outcome.seq,
        "knowing": outcome.knowing,
    }
    if outcome.kind == "refused":
        return json_response({**answer, "error": outcome.reason}, 409)
    return json_response({**answer, "reason": outcome.reason or None})


def _open(connection: Connection) -> Sequence[Row[Any]]:
    return cases.list_cases(connection, cases.OPEN_STATES)


def _closed(connection: Connection) -> Sequence[Row[Any]]:
    return desk_reads.newest_closed(connection, CLOSED)


def _behind(connection: Connection) -> list[str]:
    """Says that Slack is away, and that what is done here will be shown there."""
    count = catch_up.behind(connection, log.now() - BEHIND)
    if not count:
        return []
    waits = "1 post waits" if count == 1 else f"{count} posts wait"
    return [f"Slack cannot be reached. {waits} and will be shown there when it is back."]
