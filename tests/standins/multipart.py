"""Reads a multipart form as the platforms do: UTF-8 in headers, bytes as they are."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .base import Exchange


@dataclass(frozen=True)
class Part:
    """One field of a form; `filename` is None where it is no file."""

    filename: str | None
    mime: str
    data: bytes

    @property
    def text(self) -> str:
        """The field as a text."""
        return self.data.decode("utf-8")


@dataclass(frozen=True)
class GotFile:
    """One file that a person got from a platform."""

    person: str
    kind: str
    name: str
    mime: str
    data: bytes


def form_of(exchange: Exchange) -> dict[str, Part]:
    """Return the fields of a multipart body, none where it is no such body."""
    kind = exchange.headers.get("content-type", "")
    found = re.search(r"multipart/form-data;.*boundary=\"?([^\";]+)", kind)
    if found is None:
        return {}
    pieces = exchange.raw.split(b"--" + found[1].encode())
    return dict(_field(piece) for piece in pieces[1:-1])


def _field(piece: bytes) -> tuple[str, Part]:
    head, _, data = piece.partition(b"\r\n\r\n")
    headers = head.decode("utf-8")
    name = re.search(r'\bname="([^"]*)"', headers)
    filename = re.search(r'filename="((?:[^"\\]|\\.)*)"', headers)
    mime = re.search(r"content-type: *([^\r\n]+)", headers, re.I)
    assert name is not None, headers
    shown = re.sub(r"\\(.)", r"\1", filename[1]) if filename else None
    return name[1], Part(shown, mime[1] if mime else "", data.removesuffix(b"\r\n"))
