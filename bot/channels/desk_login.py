"""The desk's sign-in and sign-out; wrong passwords cost time, counted over all processes."""

from __future__ import annotations

import asyncio
import logging
import math
import threading
import time
from urllib.parse import parse_qs

from sanic.request import Request
from sanic.response import HTTPResponse, redirect
from sanic.response import json as json_response

from bot import passwords
from bot.channels.callers import caller
from bot.channels.desk_access import (
    end_session,
    is_from_elsewhere,
    new_session,
    set_cookie,
)
from bot.channels.desk_door import desk
from bot.channels.pages import page
from bot.channels.payload import clean
from bot.store import Connection, door

logger = logging.getLogger(__name__)

# So many wrong ones of an address cost nothing, as hands slip; then each doubles the wait.
FREE_TRIES, FIRST_WAIT, LONGEST_WAIT = 5, 5.0, 900.0
# Guessers come from many addresses: so many in a minute, and nobody signs in for the rest of it.
# Who is signed in already does not notice.
MOST_A_MINUTE, MINUTE = 60, 60.0
EVERYBODY = "everybody"
# A wrong password costs a moment in any case.
WRONG_PASSWORD_SECONDS = 0.3
LARGEST_FORM = 10_000
FORM = "application/x-www-form-urlencoded"
# A hash takes 64 MB to check: one at a time, whoever asks.
_checking = threading.Lock()


@desk.post("/desk/login", name="desk_login")
async def login(request: Request) -> HTTPResponse:
    """Takes the password and opens a session of twelve hours."""
    host = request.app.ctx.host
    if is_from_elsewhere(request):
        return json_response({"error": "this form belongs to another site"}, 403)
    who = caller(request, host.settings)
    if wait := await host.database.run(_wait, who):
        return _later(wait)
    if not await _is_right(_given(request), host.settings["DESK_PASSWORD"]):
        await host.database.run(_note_wrong, who)
        logger.warning("a wrong password at the desk")
        await asyncio.sleep(WRONG_PASSWORD_SECONDS)
        return redirect("/desk?wrong=1", status=303)
    await host.database.run(door.note_right, who)
    answer = redirect("/desk", status=303)
    session = await host.database.run(new_session, host.settings)
    set_cookie(answer, session, host.settings)
    return answer


@desk.post("/desk/logout", name="desk_logout")
async def logout(request: Request) -> HTTPResponse:
    """Ends the session, here and wherever its cookie was copied to."""
    host = request.app.ctx.host
    if is_from_elsewhere(request):
        return json_response({"error": "this form belongs to another site"}, 403)
    await host.database.run(end_session, request, host.settings)
    answer = redirect("/desk", status=303)
    set_cookie(answer, "", host.settings)
    return answer


def _given(request: Request) -> str:
    """Returns what was typed into our form; "" for a form that is none of ours."""
    kind = request.headers.get("content-type", "")
    if len(request.body) > LARGEST_FORM or not kind.startswith(FORM):
        return ""
    typed = parse_qs(request.body.decode("utf-8", "replace")).get("password", [""])
    return clean(typed[0])


async def _is_right(given: str, wanted: str) -> bool:
    if not given or not wanted:
        return False

    def check() -> bool:
        with _checking:
            return passwords.matches(given, wanted)

    return await asyncio.to_thread(check)


def _wait(connection: Connection, who: str) -> float:
    """Returns how long somebody has to wait before the next password is looked at."""
    now = time.time()
    mine, all_of_them = door.tries(connection, who), door.tries(connection, EVERYBODY)
    late = mine.count - FREE_TRIES
    pause = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(late, 20)) if late >= 0 else 0.0
    crowd = MINUTE if all_of_them.count >= MOST_A_MINUTE else 0.0
    return max(0.0, mine.last + pause - now, all_of_them.last + crowd - now)


def _note_wrong(connection: Connection, who: str) -> None:
    door.note_wrong(connection, who, LONGEST_WAIT)
    door.note_wrong(connection, EVERYBODY, MINUTE)


def _later(wait: float) -> HTTPResponse:
    answer = page("desk_login.html", 429)
    answer.headers["Retry-After"] = str(max(1, math.ceil(wait)))
    return answer
