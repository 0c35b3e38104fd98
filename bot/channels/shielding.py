"""Headers that keep foreign code, foreign frames and curious caches away from every answer.

Sources: developer.mozilla.org/docs/Web/HTTP/Headers (Content-Security-Policy, Permissions-Policy,
Strict-Transport-Security, Cross-Origin-*); w3.org/TR/CSP3.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sanic.request import Request

from bot.channels.callers import proxies
from bot.config import Settings

# A year: so long a browser comes by https alone. Only this host is ours to speak for.
HSTS = "max-age=31536000"
# Nothing of a visitor's device is used; a picture comes from the file picker.
PERMISSIONS = ", ".join(
    f"{name}=()"
    for name in (
        *("accelerometer", "autoplay", "camera", "display-capture", "geolocation", "gyroscope"),
        *("magnetometer", "microphone", "midi", "payment", "publickey-credentials-get", "usb"),
    )
)
# An answer that is no page: nothing in it may run, load or be framed, whatever it looks like.
NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    # To ourselves the whole address, which the check of a form's origin needs; to others nothing.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": NOTHING,
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}

Shield = Callable[[Request, Any], None]


def page_policy(frames: str = "") -> dict[str, str]:
    """Returns the headers of a page: its own scripts, styles and pictures, nothing inline.

    Args:
        frames: Sites that may show the page inside theirs, "" for none.
    """
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'self'; "
        f"frame-ancestors {frames or chr(39) + 'none' + chr(39)}; "
        # Nothing turns a text into markup: a slip in a script stays a slip.
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )
    return {"Content-Security-Policy": policy, **({} if frames else {"X-Frame-Options": "DENY"})}


def shield(settings: Settings) -> Shield:
    """Returns what puts the headers on every answer of a server, errors among them.

    Raises:
        SettingError: TRUSTED_PROXIES cannot be read.
    """
    proxies(settings["TRUSTED_PROXIES"])
    always = dict(ALWAYS)
    if settings["PUBLIC_URL"].startswith("https://"):
        always["Strict-Transport-Security"] = HSTS
    frames = settings["EMBED_ORIGINS"]

    def add(request: Request, response: Any) -> None:
        if response is not None:
            _add(response.headers, always, bool(frames) and request.path == "/")

    return add


def _add(headers: Any, always: Mapping[str, str], is_framed: bool) -> None:
    for name, value in always.items():
        if name == "X-Frame-Options" and is_framed:
            # It knows no list of sites, and would win over the policy in old browsers.
            continue
        headers.setdefault(name, value)
