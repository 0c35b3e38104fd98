"""Who may use the staff's pages: whoever knows the desk's password, or this machine alone.

Without DESK_PASSWORD the pages answer on the loopback address only, and not at all once a
PUBLIC_URL is set. A request that came through a proxy looks like loopback too, and so does a page
of another site that a browser here was led to: both are told apart by their headers.

A session is a signed word of ours with an end; nobody else's is taken, so none can be fixed before
a sign-in. Its key lies in the database, and changes with the password.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
import time

from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels.callers import FORWARDED, is_foreign
from bot.config import Settings
from bot.store import Connection, door
from bot.store.database import Database

COOKIE = "docent_desk"
SESSION_SECONDS = 12 * 3600
_OWN_NAMES = ("localhost", "127.0.0.1", "[::1]")


async def is_allowed(request: Request, settings: Settings, database: Database) -> bool:
    """Tells whether a request may see the staff's pages."""
    if settings["DESK_PASSWORD"]:
        session = request.cookies.get(_cookie(settings), "")
        # A session that is over, or of no shape of ours, costs no look at the database.
        if _ends(session) <= time.time():
            return False
        return await database.run(_is_current, session, settings)
    # A public address means a proxy in front, and some proxies add no header of their own.
    return not settings["PUBLIC_URL"] and is_local(request)


def is_local(request: Request) -> bool:
    """Tells whether a request comes from this very machine, by name and address."""
    if any(header in request.headers for header in FORWARDED):
        return False
    name = request.headers.get("host", "").rpartition(":")[0] or request.headers.get("host", "")
    if name not in _OWN_NAMES:
        return False
    try:
        return ipaddress.ip_address(request.ip).is_loopback
    except ValueError:
        return False


def is_own_page(request: Request) -> bool:
    """Tells whether a change was asked for by our own page.

    Others cannot set this header, and browsers tell of themselves whose page it was.
    """
    return request.headers.get("x-docent-desk") == "1" and not is_from_elsewhere(request)


def is_from_elsewhere(request: Request) -> bool:
    """Tells whether a browser says that another site's page asked for this."""
    headers = request.headers
    return is_foreign(headers, headers.get("x-forwarded-host") or headers.get("host", ""))


def new_session(connection: Connection, settings: Settings) -> str:
    """Returns a new session, which ends by itself, by signing out, and with the password."""
    told = f"{int(time.time()) + SESSION_SECONDS}.{secrets.token_hex(16)}"
    return f"{told}.{_sign(told, door.key(connection), settings)}"


def end_session(connection: Connection, request: Request, settings: Settings) -> None:
    """Ends the session of a request, wherever else its cookie was copied to."""
    session = request.cookies.get(_cookie(settings), "")
    if _ends(session) > time.time() and _is_current(connection, session, settings):
        door.end_session(connection, session, SESSION_SECONDS)


def set_cookie(answer: HTTPResponse, session: str, settings: Settings) -> None:
    """Gives a browser its session; "" takes it away."""
    name = _cookie(settings)
    answer.cookies[name] = session
    answer.cookies[name]["httponly"] = True
    answer.cookies[name]["samesite"] = "Strict"
    answer.cookies[name]["path"] = "/"
    answer.cookies[name]["max-age"] = SESSION_SECONDS if session else 0
    if _is_https(settings):
        answer.cookies[name]["secure"] = True


def _cookie(settings: Settings) -> str:
    # With this prefix browsers take the cookie from this very host alone, by https.
    return f"__Host-{COOKIE}" if _is_https(settings) else COOKIE


def _is_https(settings: Settings) -> bool:
    return settings["PUBLIC_URL"].startswith("https://")


def _ends(session: str) -> int:
    ends = session.partition(".")[0]
    # A fifth of a thousand digits is no time, and a digit of another script none of ours.
    return int(ends) if ends.isascii() and ends.isdigit() and len(ends) < 12 else 0


def _is_current(connection: Connection, session: str, settings: Settings) -> bool:
    told, _, signature = session.rpartition(".")
    wanted = _sign(told, door.key(connection), settings)
    same = hmac.compare_digest(signature.encode("utf-8", "replace"), wanted.encode())
    return same and not door.is_ended(connection, session)


def _sign(text: str, key: str, settings: Settings) -> str:
    # Slow on purpose is not needed here: the password adds to a key that nobody can guess.
    made = hashlib.sha256(f"desk:{key}:{settings['DESK_PASSWORD']}".encode()).digest()
    return hmac.new(made, text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
