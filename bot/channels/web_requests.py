"""What a request of the chat page says beside its words: whose it is, and where it comes from."""

from __future__ import annotations

from dataclasses import replace

from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels.payload import Delivery, delivery_of
from bot.errors import BadRequest

COOKIE = "docent_session"
COOKIE_DAYS = 180


def token_of(delivery: Delivery) -> str:
    """Returns the session token of a request: from its cookie, or as a bearer token."""
    bearer = delivery.headers.get("authorization", "")
    if bearer.startswith("Bearer "):
        return bearer.removeprefix("Bearer ").strip()
    return delivery.headers.get("x-docent-cookie", "")


def delivery_with_cookie(request: Request) -> Delivery:
    """Returns a request with its session cookie among the headers."""
    delivery = delivery_of(request)
    cookie = {"x-docent-cookie": request.cookies.get(COOKIE, "")}
    return replace(delivery, headers={**dict(delivery.headers.items()), **cookie})


def own_host(delivery: Delivery) -> str:
    """Returns the host that the visitor sees in the address."""
    return delivery.headers.get("x-forwarded-host") or delivery.headers.get("host", "")


def locale_of(delivery: Delivery) -> str | None:
    """Returns the language that the browser asks for first."""
    return delivery.headers.get("accept-language", "").partition(",")[0] or None


def number_in(delivery: Delivery, name: str, default: float) -> float:
    """Returns a number of the address; raises BadRequest."""
    given = delivery.query.get(name)
    try:
        number = float(given) if given else default
    except ValueError:
        raise BadRequest(f"{name} must be a number") from None
    if not 0 <= number < 2**53:
        raise BadRequest(f"{name} must be a number")
    return number


def set_cookie(answer: HTTPResponse, token: str, secure: bool) -> None:
    """Sets the session cookie."""
    answer.cookies[COOKIE] = token
    answer.cookies[COOKIE]["httponly"] = True
    answer.cookies[COOKIE]["samesite"] = "Lax"
    answer.cookies[COOKIE]["path"] = "/"
    answer.cookies[COOKIE]["max-age"] = COOKIE_DAYS * 86400
    if secure:
        answer.cookies[COOKIE]["secure"] = True
