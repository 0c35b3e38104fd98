"""The web desk: the same cases and the same casework as in Slack, for a museum without Slack."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from functools import wraps
from typing import Any

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, redirect
from sanic.response import json as json_response

from bot.channels.desk_access import (
    COOKIE,
    SESSION_SECONDS,
    is_allowed,
    is_own_page,
    new_session,
    password_matches,
)
from bot.channels.pages import page
from bot.channels.payload import clean, read_json
from bot.desk.attached import attached
from bot.desk.blocks import announcement, window_words
from bot.desk.casework import Casework, Outcome, Person
from bot.errors import BadRequest, Refused
from bot.store import Connection, Row, cases, health, log, windows
from bot.translate.said import Spoken
from bot.windows import Window

LONGEST_POLL_SECONDS = 30.0
LONGEST_TEXT = 4000
# A wrong password costs a moment, so that guessing takes for ever.
WRONG_PASSWORD_SECONDS = 1.0

desk = Blueprint("docent_desk")
Handler = Callable[..., Coroutine[Any, Any, HTTPResponse]]


def for_staff(handler: Handler) -> Handler:
    """Lets staff in and nobody else; a change must come from our own page."""

    @wraps(handler)
    async def guarded(request: Request, *args: Any, **kwargs: Any) -> HTTPResponse:
        settings = request.app.ctx.host.settings
        if not is_allowed(request, settings):
            status = 401 if settings["DESK_PASSWORD"] else 403
            return json_response({"error": "Please sign in at /desk."}, status)
        if request.method == "POST" and not is_own_page(request):
            return json_response({"error": "send the header X-Docent-Desk: 1"}, 403)
        try:
            return await handler(request, *args, **kwargs)
        except Refused as refusal:
            return json_response({"error": str(refusal)}, refusal.status)

    return guarded


@desk.get("/desk", name="desk_page")
async def show(request: Request) -> HTTPResponse:
    """The desk, or its door."""
    settings = request.app.ctx.host.settings
    if is_allowed(request, settings):
        return page("desk.html")
    if settings["DESK_PASSWORD"]:
        return page("desk_login.html", 401)
    words = (
        "The web desk answers on this machine only. Set DESK_PASSWORD to use it from elsewhere."
    )
    return json_response({"error": words}, 403)


@desk.post("/desk/login", name="desk_login")
async def login(request: Request) -> HTTPResponse:
    """Takes the password and opens a session of twelve hours."""
    settings = request.app.ctx.host.settings
    if not password_matches(request.form.get("password") or "", settings):
        await asyncio.sleep(WRONG_PASSWORD_SECONDS)
        return redirect("/desk?wrong=1", status=303)
    answer = redirect("/desk", status=303)
    answer.cookies[COOKIE] = new_session(settings)
    answer.cookies[COOKIE]["httponly"] = True
    answer.cookies[COOKIE]["samesite"] = "Strict"
    answer.cookies[COOKIE]["path"] = "/"
    answer.cookies[COOKIE]["max-age"] = SESSION_SECONDS
    if settings["PUBLIC_URL"].startswith("https://"):
        answer.cookies[COOKIE]["secure"] = True
    return answer


@desk.get("/desk/api/cases", name="desk_cases")
@for_staff
async def list_cases(request: Request) -> HTTPResponse:
    """Open or closed cases, the longest waiting first."""
    host = request.app.ctx.host
    states = cases.CLOSED_STATES if request.args.get("state") == "closed" else cases.OPEN_STATES
    rows = await host.database.run(cases.list_cases, states)
    names = [{"id": d.id, "name": d.name} for d in host.voice.museum.departments]
    broken = await host.database.run(health.broken, host.channels)
    answer = {
        "cases": [show_case(row) for row in rows],
        "departments": names,
        "broken": [announcement(name, False, reason) for name, reason in broken.items()],
        "version": await host.database.run(_version),
    }
    return json_response(answer)


@desk.get("/desk/api/cases/<ref:str>", name="desk_case")
@for_staff
async def one_case(request: Request, ref: str) -> HTTPResponse:
    """A case with everything that was said."""
    host = request.app.ctx.host
    known = {name: channel.window for name, channel in host.channels.items()}
    return json_response(await host.database.run(_read_case, ref, known))


@desk.get("/desk/api/changes", name="desk_changes")
@for_staff
async def changes(request: Request) -> HTTPResponse:
    """Waits until something that the desk shows has changed."""
    host = request.app.ctx.host
    after, wait = _number(request, "after"), _number(request, "wait")
    until = asyncio.get_running_loop().time() + min(wait, LONGEST_POLL_SECONDS)
    while True:
        version = await host.database.run(_version)
        left = until - asyncio.get_running_loop().time()
        if version != after or left <= 0:
            return json_response({"version": version})
        await host.wait_for_news(left)


@desk.post("/desk/api/cases/<ref:str>/<step:str>", name="desk_step")
@for_staff
async def take_step(request: Request, ref: str, step: str) -> HTTPResponse:
    """One step of a member of staff on a case."""
    host = request.app.ctx.host
    if step not in STEPS:
        raise BadRequest("no such step", status=404)
    body = read_json(request.body)
    person, spoken = _person(body), None
    if step == "reply":
        case_id = await host.database.run(_to_be_answered, ref, person, body)
        if case_id is not None:
            spoken = await host.speaking.words(case_id, _text(body), from_slack=False)
    outcome = await host.database.run(_step, host.casework, ref, step, person, body, spoken)
    host.wake()
    answer = {"ok": outcome.kind != "refused", "outcome": outcome.kind, "seq": outcome.seq}
    if outcome.kind == "refused":
        return json_response({**answer, "error": outcome.reason}, 409)
    return json_response({**answer, "reason": outcome.reason or None})


Step = Callable[[Casework, Connection, Row[Any], Person, dict[str, Any]], Outcome]


def _to_be_answered(
    connection: Connection, ref: str, person: Person, body: dict[str, Any]
) -> int | None:
    """Returns the case that a reply is certain to be sent in; a text that may stay is not
    shown to a translation service."""
    found = cases.case_by_ref(connection, ref)
    if found is None or found.state not in cases.OPEN_STATES:
        return None
    return int(found.id) if _confirmed(body) or found.owner_id == person.id else None


STEPS: dict[str, Step] = {
    "claim": lambda work, c, case, by, _: work.claim(c, case.id, by),
    "resolve": lambda work, c, case, by, _: work.resolve(c, case.id, by),
    "back_to_bot": lambda work, c, case, by, _: work.back_to_bot(c, case.id, by),
    "department": lambda work, c, case, by, body: work.set_department(
        c, case.id, by, clean(body.get("department"))
    ),
    "reply": lambda work, c, case, by, body: work.staff_says(
        c, case.id, by, _text(body), confirm=_confirmed(body), spoken=body["spoken"]
    ),
    "note": lambda work, c, case, by, body: work.keep_as_note(c, case.id, by, _text(body)),
    "undo": lambda work, c, case, by, body: work.undo(c, case.id, by, _seq(body)),
}


def _step(
    connection: Connection,
    casework: Casework,
    ref: str,
    step: str,
    person: Person,
    body: dict[str, Any],
    spoken: Spoken | None,
) -> Outcome:
    found = cases.case_by_ref(connection, ref)
    if found is None:
        raise BadRequest(f"there is no case {ref}", status=404)
    # Ours stands in the place of whatever a page may call so.
    return STEPS[step](casework, connection, found, person, {**body, "spoken": spoken})


def _window(
    connection: Connection, case: Row[Any], known: Mapping[str, Window | None]
) -> str | None:
    """Returns what is left of the visitor's window in words, None where there is none."""
    left = windows.left_for_staff(connection, case, known)
    return None if left is None else window_words(left, log.now())


def _read_case(
    connection: Connection, ref: str, known: Mapping[str, Window | None]
) -> dict[str, Any]:
    found = cases.case_by_ref(connection, ref)
    if found is None:
        raise BadRequest(f"there is no case {ref}", status=404)
    return {
        "case": {
            **show_case(found),
            "reason": found.reason,
            "understood": found.understood or [],
            "window": _window(connection, found, known),
        },
        "messages": [show_message(m) for m in log.history(connection, found.conversation_id)],
        "version": _version(connection),
    }


def _version(connection: Connection) -> int:
    """Returns a number that grows with everything that the desk shows."""
    return cases.version(connection) + health.version(connection)


def show_case(row: Row[Any]) -> dict[str, Any]:
    """Returns a case as the desk shows it: what `docent cases` tells, and who waits since when."""
    is_late = row.due_at is not None and row.first_reply_at is None and row.due_at < log.now()
    return {
        **cases.described(row),
        "name": row.name,
        "question": row.question,
        "waiting_since": cases.in_iso(row.waiting_since),
        "overdue": is_late and row.state in cases.OPEN_STATES,
        "told": show_told(row),
    }


def show_told(row: Row[Any]) -> list[dict[str, str | None]]:
    """Returns what the visitor was asked before the case opened, with the translations."""
    translated = (row.translation or {}).get("details") or {}
    return [
        {"label": label, "words": words, "translation": translated.get(label)}
        for label, words in (row.details or {}).items()
    ]


def show_message(row: Row[Any]) -> dict[str, Any]:
    """Returns a message as the desk shows it."""
    translation = row.translation or {}
    return {
        "seq": row.seq,
        "direction": row.direction,
        "author": row.author,
        "author_name": row.author_name,
        "text": row.text,
        "attachments": attached(row.payload),
        "versions": row.versions or [],
        "reaction": row.payload.get("reaction") or None,
        "receipt": row.receipt,
        "language": row.language,
        "translation": translation if translation.get("text") else None,
        "notice": translation.get("notice"),
        "state": row.state,
        "reason": row.reason,
        "send_at": cases.in_iso(row.not_before) if row.state == "queued" else None,
        "at": cases.in_iso(row.at),
    }


def _person(body: dict[str, Any]) -> Person:
    name = " ".join(clean(body.get("by")).split())
    if not name or len(name) > 80:
        raise BadRequest("say who you are: by must be a name of up to 80 characters")
    return Person(f"web:{name.casefold()}", name)


def _text(body: dict[str, Any]) -> str:
    text = clean(body.get("text")).strip()
    if not text or len(text) > LONGEST_TEXT:
        raise BadRequest(f"text must hold 1 to {LONGEST_TEXT} characters")
    return text


def _confirmed(body: dict[str, Any]) -> str | None:
    confirm = body.get("confirm")
    return confirm if confirm in ("claim", "anyway") else None


def _seq(body: dict[str, Any]) -> int:
    seq = body.get("seq")
    if not isinstance(seq, int) or not 0 < seq < 2**53:
        raise BadRequest("seq must be the number of a reply")
    return seq


def _number(request: Request, name: str) -> float:
    try:
        return max(0.0, float(request.args.get(name) or 0))
    except ValueError:
        raise BadRequest(f"{name} must be a number") from None
