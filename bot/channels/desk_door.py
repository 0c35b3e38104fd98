"""The door of the web desk: its routes' blueprint, who may pass, and what a request says.

Whatever the desk offers hangs its routes on `desk` and guards them with `for_staff`; the modules
that do so are imported by bot/channels/desk.py.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from functools import wraps
from typing import Any

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from bot.channels.desk_access import is_allowed, is_own_page
from bot.channels.payload import clean
from bot.desk.casework import Person
from bot.errors import BadRequest, Refused

LONGEST_TEXT = 4000
LONGEST_NAME = 80
# The largest number that JavaScript counts exactly.
LARGEST_NUMBER = 2**53

desk = Blueprint("docent_desk")
Handler = Callable[..., Coroutine[Any, Any, HTTPResponse]]


def for_staff(handler: Handler) -> Handler:
    """Lets staff in and nobody else; a change must come from our own page."""

    @wraps(handler)
    async def guarded(request: Request, *args: Any, **kwargs: Any) -> HTTPResponse:
        host = request.app.ctx.host
        settings = host.settings
        if not await is_allowed(request, settings, host.database):
            status = 401 if settings["DESK_PASSWORD"] else 403
            return json_response({"error": "Please sign in at /desk."}, status)
        if request.method == "POST" and not is_own_page(request):
            return json_response({"error": "send the header X-Docent-Desk: 1"}, 403)
        if any(isinstance(n, int) and n >= LARGEST_NUMBER for n in kwargs.values()):
            # No database counts so far.
            return json_response({"error": "there is nothing with this number"}, 404)
        try:
            return await handler(request, *args, **kwargs)
        except Refused as refusal:
            return json_response({"error": str(refusal)}, refusal.status)

    return guarded


def person_of(body: Mapping[str, Any], field: str = "by") -> Person:
    """Returns who somebody says they are; raises BadRequest."""
    name = " ".join(clean(body.get(field)).split())
    if not name or len(name) > LONGEST_NAME:
        words = f"say who you are: {field} must be a name of up to {LONGEST_NAME} characters"
        raise BadRequest(words)
    return Person(f"web:{name.casefold()}", name)


def text_of(body: Mapping[str, Any]) -> str:
    """Returns what was written; raises BadRequest."""
    text = clean(body.get("text")).strip()
    if not text or len(text) > LONGEST_TEXT:
        raise BadRequest(f"text must hold 1 to {LONGEST_TEXT} characters")
    return text


def seq_of(body: Mapping[str, Any]) -> int:
    """Returns the number of a message; raises BadRequest."""
    seq = body.get("seq")
    if not isinstance(seq, int) or not 0 < seq < LARGEST_NUMBER:
        raise BadRequest("seq must be the number of a reply")
    return seq


def number_in(request: Request, name: str) -> float:
    """Returns a number of the query, 0 where it is missing; raises BadRequest."""
    try:
        return min(max(0.0, float(request.args.get(name) or 0)), LARGEST_NUMBER)
    except ValueError:
        raise BadRequest(f"{name} must be a number") from None
