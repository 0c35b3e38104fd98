"""Answers ready to send, and corrected translations, at the web desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from bot.channels.desk_door import desk, for_staff, person_of, seq_of, text_of
from bot.channels.desk_shown import case_of
from bot.channels.desk_steps import confirmed
from bot.channels.payload import clean, read_json
from bot.desk.casework import Outcome
from bot.desk.ready_replies import send_ready
from bot.desk.suggestions import SAVED, SUGGESTION, Ready
from bot.errors import BadRequest

LONGEST_LABEL = 80


@desk.get("/desk/api/cases/<ref:str>/suggestions", name="desk_suggestions")
@for_staff
async def suggestions(request: Request, ref: str) -> HTTPResponse:
    """The nearest answers to what the visitor asked last, and the saved replies."""
    host = request.app.ctx.host
    case = await host.database.run(case_of, ref)
    found = await host.suggestions.for_case(case.id)
    known = host.suggestions
    replies = [known.saved_reply(reply.id, found.language) for reply in known.saved]
    return json_response(
        {
            "seq": found.seq,
            "question": found.question,
            "language": found.language,
            "answers": [_shown(each) for each in found.answers],
            "saved": [_shown(each) for each in replies if each is not None],
        }
    )


@desk.post("/desk/api/cases/<ref:str>/ready", name="desk_ready")
@for_staff
async def send(request: Request, ref: str) -> HTTPResponse:
    """Sends one of them exactly as it was shown; changed words are an ordinary reply."""
    host = request.app.ctx.host
    body = read_json(request.body)
    case = await host.database.run(case_of, ref)
    language = await host.suggestions.language_of(case.id)
    words, confirm = _ready(body, language), confirmed(body)
    send_it = (host.casework, case.id, person_of(body), words, confirm)
    outcome = await host.database.run(lambda c: send_ready(send_it[0], c, *send_it[1:]))
    host.wake()
    return _told(outcome)


@desk.post("/desk/api/cases/<ref:str>/correct", name="desk_correct")
@for_staff
async def correct(request: Request, ref: str) -> HTTPResponse:
    """Takes a person's wording for the translation of a message."""
    host = request.app.ctx.host
    body = read_json(request.body)
    case = await host.database.run(case_of, ref)
    person, text = person_of(body), text_of(body)
    outcome = await host.rewording.correct(case.id, seq_of(body), person, text)
    host.wake()
    return _told(outcome)


def _shown(words: Ready) -> dict[str, Any]:
    return {name: value for name, value in words.kept().items() if name != "worded"}


def _ready(body: Mapping[str, Any], language: str) -> Ready:
    kind, label = clean(body.get("kind")), clean(body.get("label"))
    if kind not in (SUGGESTION, SAVED):
        raise BadRequest(f"kind must be {SUGGESTION} or {SAVED}")
    english = text_of({"text": body.get("english")})
    name = clean(body.get("id"))[:LONGEST_LABEL]
    return Ready(kind, name, label[:LONGEST_LABEL] or name, text_of(body), english, language)


def _told(outcome: Outcome) -> HTTPResponse:
    answer = {"ok": outcome.kind != "refused", "outcome": outcome.kind, "seq": outcome.seq}
    if outcome.kind == "refused":
        return json_response({**answer, "error": outcome.reason}, 409)
    return json_response({**answer, "reason": outcome.reason or None})
