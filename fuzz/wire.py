"""Sends one request as raw bytes and times its answer."""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse

from fuzz.cases import CHUNKED, HALF, SLOW, WHOLE, Case

# Longer than any answer may take; what takes this long hangs.
TIMEOUT = 15.0
# What a request that is cut off waits before it hangs up, and a slow one between its pieces.
PAUSE = 0.05
CLOSED = 0


@dataclass(frozen=True)
class Told:
    """What came back: the status, 0 where the connection was closed, None where nothing came."""

    status: int | None
    seconds: float
    headers: dict[str, str]


def send(port: int, case: Case) -> Told:
    """Sends a request on a connection of its own and waits for its answer."""
    with socket.create_connection(("127.0.0.1", port), TIMEOUT) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        paused = 0.0
        begun = time.monotonic()
        with suppress(ConnectionError):
            paused = _write(line, case)
        if case.way == HALF:
            return Told(CLOSED, 0.0, {})
        status, headers = _read(line)
        return Told(status, time.monotonic() - begun - paused, headers)


def _write(line: socket.socket, case: Case) -> float:
    """Writes the request; returns how long it paused on purpose."""
    head, body = _head(case), case.body
    if case.way == WHOLE:
        line.sendall(head + body)
        return 0.0
    if case.way == CHUNKED:
        pieces = [body[:7], body[7:]]
        line.sendall(head + b"".join(b"%x\r\n%b\r\n" % (len(p), p) for p in pieces if p))
        line.sendall(b"0\r\n\r\n")
        return 0.0
    half = len(body) // 2
    line.sendall(head[: len(head) // 2])
    time.sleep(PAUSE)
    line.sendall(head[len(head) // 2 :] + body[:half])
    time.sleep(PAUSE)
    if case.way == SLOW:
        line.sendall(body[half:])
    return 2 * PAUSE


def _head(case: Case) -> bytes:
    length = ("Transfer-Encoding", "chunked")
    if case.way != CHUNKED:
        length = ("Content-Length", str(len(case.body)))
    fields = [("Host", "127.0.0.1"), *case.headers, ("Connection", "close")]
    if case.method == "POST" or case.body:
        fields.append(length)
    lines = [f"{case.method} {case.path} HTTP/1.1", *(f"{k}: {v}" for k, v in fields)]
    return "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape")


def _read(line: socket.socket) -> tuple[int | None, dict[str, str]]:
    answer = HTTPResponse(line)
    try:
        answer.begin()
        answer.read()
    except TimeoutError:
        return None, {}
    except (OSError, HTTPException):
        return CLOSED, {}
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}
