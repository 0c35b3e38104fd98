"""How a browser gets a file: its bytes as what they are, and nothing in them runs."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from sanic.response import HTTPResponse, raw

from bot.desk.file_kinds import GIF, JPEG, PNG, WEBP
from bot.errors import BadRequest
from bot.store import Row
from bot.store.blobs import Blobs

# Shown in a page; everything else is saved.
_SHOWN = frozenset(kind.mime for kind in (JPEG, PNG, GIF, WEBP))
_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"


def file_answer(row: Row[Any] | None, blobs: Blobs) -> HTTPResponse:
    """Returns a file's bytes; raises BadRequest where there are none."""
    data = None if row is None or row.digest is None else blobs.read(row.digest)
    if row is None or data is None:
        raise BadRequest("there is no such file", status=404)
    way = "inline" if row.mime in _SHOWN else "attachment"
    headers = {
        "Content-Disposition": f"{way}; filename*=UTF-8''{quote(row.name, safe='')}",
        "Content-Security-Policy": _POLICY,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "private, no-store",
    }
    return raw(data, headers=headers, content_type=row.mime or "application/octet-stream")
