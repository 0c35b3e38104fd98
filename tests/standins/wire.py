"""Plain blocking HTTP for the stand-ins: no proxies, no redirects, never beyond this host."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any
from urllib.parse import parse_qsl, urlsplit

JsonDict = dict[str, Any]

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True)
class Answer:
    """What the program under test answered; unpacks as ``status, body``."""

    status: int
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    def __iter__(self) -> Iterator[Any]:
        """Let a test write ``status, body = driver.say(...)``."""
        return iter((self.status, self.body))

    def json(self) -> Any:
        """Return the body as JSON."""
        return json.loads(self.body)


def call(
    method: str,
    url: str,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    timeout: float = 10.0,
) -> Answer:
    """Make one request and return the answer; from async code use it in ``asyncio.to_thread``."""
    parts = urlsplit(url)
    if parts.hostname not in _LOOPBACK:
        raise AssertionError(f"stand-ins don't make requests outside this host: {parts.hostname}")
    connection = HTTPConnection(parts.hostname, parts.port or 80, timeout=timeout)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    begun = time.monotonic()
    try:
        connection.request(method, target, body=body, headers=dict(headers or {}))
        got = connection.getresponse()
        text = got.read().decode("utf-8", "replace")
        heads = {name.lower(): value for name, value in got.getheaders()}
        return Answer(got.status, text, heads, time.monotonic() - begun)
    finally:
        connection.close()


def parse_body(content_type: str, raw: bytes) -> JsonDict | None:
    """Read a JSON object or a form; None where the bytes are not what the header promises."""
    if not raw:
        return {}
    try:
        text = raw.decode("utf-8")
        if "json" not in content_type:
            return dict(parse_qsl(text, keep_blank_values=True))
        value = json.loads(text)
    except (UnicodeDecodeError, ValueError):
        return None
    return value if isinstance(value, dict) else None
