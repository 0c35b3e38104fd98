"""The web desk's search and announcements: what `/docent find` and `/docent say` do in Slack."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from bot.channels.desk_door import desk, for_staff, person_of, text_of
from bot.channels.desk_shown import show_case
from bot.channels.payload import clean, read_json
from bot.desk.announcing import Announcer, Audience, Draft, NotSaid, Windows
from bot.desk.blocks import in_words
from bot.desk.finding import find_cases
from bot.desk.say_preview import who
from bot.errors import BadRequest
from bot.store import Connection, cases

# More than a screen of cases is no answer: more words find fewer.
MOST = 30
SEND, CANCEL, TAKE_BACK = "send", "cancel", "take_back"


@desk.get("/desk/api/find", name="desk_find")
@for_staff
async def find(request: Request) -> HTTPResponse:
    """The cases with a reference, a name or words, open ones first: `?q=`."""
    typed = clean(request.args.get("q")).strip()
    found = await request.app.ctx.host.database.run(_found, typed) if typed else []
    return json_response({"cases": found, "most": MOST})


@desk.get("/desk/api/announcement", name="desk_audience")
@for_staff
async def audience(request: Request) -> HTTPResponse:
    """How many visitors an announcement would reach now: `?today=1` for all who wrote of late."""
    told = await _announcer(request).audience(request.args.get("today") == "1")
    return json_response(_counted(told))


@desk.post("/desk/api/announcement", name="desk_announcement")
@for_staff
async def prepare(request: Request) -> HTTPResponse:
    """A draft of an announcement with its preview; nothing is sent."""
    body = read_json(request.body)
    # The page makes up a key, so that asking again after a broken connection is harmless.
    key = clean(body.get("key"))[:80] or uuid4().hex
    person, text = person_of(body), text_of(body)
    try:
        draft = await _announcer(request).prepare(
            f"web:{key}", person, text, today=body.get("today") is True, from_slack=False
        )
    except NotSaid as refusal:
        return json_response({"error": str(refusal)}, 409)
    return json_response(_previewed(draft))


@desk.post("/desk/api/announcement/<number:int>/<step:str>", name="desk_announcement_step")
@for_staff
async def take(request: Request, number: int, step: str) -> HTTPResponse:
    """Sends a draft, cancels it, or takes back what was sent."""
    host, person = request.app.ctx.host, person_of(read_json(request.body))
    work = host.casework
    if step == SEND:
        outcome = await host.database.run(work.say_to_all, number, person, _known(request))
    elif step == CANCEL:
        outcome = await host.database.run(work.drop_announcement, number, person)
    elif step == TAKE_BACK:
        outcome = await host.database.run(work.take_back_from_all, number, person)
    else:
        raise BadRequest("no such step", status=404)
    host.wake()
    answer = {"ok": outcome.kind != "refused", "outcome": outcome.kind, "id": number}
    if outcome.kind == "refused":
        return json_response({**answer, "error": outcome.reason}, 409)
    return json_response({**answer, "reason": outcome.reason, "undo_seconds": work.undo_seconds})


def _found(connection: Connection, typed: str) -> list[dict[str, Any]]:
    numbers = [row.id for row in find_cases(connection, typed, MOST)]
    return [show_case(cases.case(connection, number)) for number in numbers]


def _known(request: Request) -> Windows:
    return {name: each.window for name, each in request.app.ctx.host.channels.items()}


def _announcer(request: Request) -> Announcer:
    host = request.app.ctx.host
    return Announcer(host.database, host.translator, _known(request))


def _counted(told: Audience) -> dict[str, Any]:
    return {
        "visitors": len(told.people),
        "waiting": told.waiting,
        "shut": told.shut,
        "languages": [
            {"language": language, "name": in_words(language), "visitors": count}
            for language, count in told.languages.items()
        ],
    }


def _previewed(draft: Draft) -> dict[str, Any]:
    counted = _counted(draft.audience)
    for each in counted["languages"]:
        said = draft.said[each["language"]]
        beside = said["beside"] or {}
        each.update(
            text=said["text"],
            notice=beside.get("notice"),
            engine=beside.get("engine") or None,
            back=beside.get("back"),
        )
    told = {"id": draft.number, "state": draft.state, "today": draft.today, "who": who(draft)}
    return {**told, **counted}
