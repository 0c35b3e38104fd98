"""Which files a message in Slack holds, and which of them Slack itself has not; pure.

Source: docs.slack.dev/reference/objects/file-object (mode, is_external, file_access, url_private).
"""

from __future__ import annotations

from typing import Any

from bot.channels.payload import clean, dicts, number, text_of
from bot.desk.mrkdwn import one_line

Event = dict[str, Any]


def files_of(event: Event) -> list[dict[str, Any]]:
    """Returns what it takes to fetch each file of a message."""
    return [_reference(each) for each in dicts(event.get("files")) if _is_here(each)]


def elsewhere(event: Event) -> list[str]:
    """Returns the names of files that only stand in Slack as links, or are gone."""
    return [_name(each) or "a file" for each in dicts(event.get("files")) if not _is_here(each)]


def _is_here(file: Event) -> bool:
    """Tells whether Slack holds the bytes and lets us have them."""
    gone = file.get("mode") in ("external", "tombstone", "hidden_by_limit")
    return bool(_address(file)) and not gone and not file.get("is_external")


def _reference(file: Event) -> dict[str, Any]:
    size = number(file.get("size"))
    return {
        "id": text_of(file.get("id"))[:40],
        "url": _address(file),
        "name": _name(file),
        "mime": clean(file.get("mimetype"))[:120] or None,
        "size": None if size is None else int(size),
    }


def _address(file: Event) -> str:
    return clean(file.get("url_private_download")) or clean(file.get("url_private"))


def _name(file: Event) -> str:
    return one_line(clean(file.get("name") or file.get("title")))[:200]
