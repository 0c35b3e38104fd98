"""Who may use the staff's pages: whoever knows the desk's password, or this machine alone.

Without DESK_PASSWORD the pages answer on the loopback address only, and not at all once a
PUBLIC_URL is set. A request that came through a
proxy looks like loopback too, and so does a page of another site that a browser here was led to:
both are told apart by their headers.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import time

from sanic.request import Request

from bot.config import Settings

COOKIE = "docent_desk"
SESSION_SECONDS = 12 * 3600
_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "x-forwarded-host")
_OWN_NAMES = ("localhost", "127.0.0.1", "[::1]")


def is_allowed(request: Request, settings: Settings) -> bool:
    """Tells whether a request may see the staff's pages."""
    if settings["DESK_PASSWORD"]:
        return _is_current(request.cookies.get(COOKIE, ""), settings)
    # A public address means a proxy in front, and some proxies add no header of their own.
    return not settings["PUBLIC_URL"] and is_local(request)


def is_local(request: Request) -> bool:
    """Tells whether a request comes from this very machine, by name and address."""
    if any(header in request.headers for header in _FORWARDED):
        return False
    name = request.headers.get("host", "").rpartition(":")[0] or request.headers.get("host", "")
    if name not in _OWN_NAMES:
        return False
    try:
        return ipaddress.ip_address(request.ip).is_loopback
    except ValueError:
        return False


def is_own_page(request: Request) -> bool:
    """Tells whether a change was asked for by our own page: others cannot set this header."""
    return request.headers.get("x-docent-desk") == "1"


def password_matches(given: str, settings: Settings) -> bool:
    """Compares a password in constant time; an unset password matches nothing."""
    wanted = settings["DESK_PASSWORD"]
    return bool(wanted) and hmac.compare_digest(given.encode(), wanted.encode())


def new_session(settings: Settings) -> str:
    """Returns a signed session that ends by itself, and when the password changes."""
    ends = int(time.time()) + SESSION_SECONDS
    return f"{ends}.{_sign(str(ends), settings)}"


def _is_current(session: str, settings: Settings) -> bool:
    ends, _, signature = session.partition(".")
    if not ends.isdigit() or not hmac.compare_digest(signature, _sign(ends, settings)):
        return False
    return int(ends) > time.time()


def _sign(text: str, settings: Settings) -> str:
    # Slow on purpose is not needed here: the key is never stored, only derived.
    key = hashlib.sha256(f"desk:{settings['DESK_PASSWORD']}".encode()).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
