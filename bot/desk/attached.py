"""What came with a visitor's words, and what became of them later, as staff read it; pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.desk.mrkdwn import one_line

KINDS = {
    "image": "picture",
    "audio": "recording",
    "voice": "voice message",
    "video": "video",
    "file": "file",
    "sticker": "sticker",
    "location": "place",
    "contact": "contact",
}
# Ours: how much of a file's or a place's name is shown.
NAME = 80


def attached(payload: Mapping[str, Any] | None) -> list[str]:
    """Returns each attachment of a message: "file booking.pdf, 120 kB", "place: 51.5, -0.12"."""
    return [_described(sent) for sent in (payload or {}).get("attachments") or ()]


def words_of(row: Any) -> str:
    """Returns a message in one line: its words and attachments, and what it says now."""
    parts = [" ".join(row.text.split()), *(f"📎 {sent}" for sent in attached(row.payload))]
    said = " ".join(part for part in parts if part) or "(no words)"
    versions = row.versions or ()
    if not versions:
        return said
    now = versions[-1]["text"]
    return f"{said} (taken back)" if now is None else f"{said} (changed to: {one_line(now)})"


def _described(sent: Mapping[str, Any]) -> str:
    kind = str(sent.get("kind") or "file")
    name = one_line(str(sent.get("name") or ""))[:NAME]
    title = " ".join(part for part in (KINDS.get(kind, kind), name) if part)
    facts = [title, _length(sent.get("seconds")), _size(sent.get("size"))]
    words = ", ".join(fact for fact in facts if fact)
    place = (sent.get("latitude"), sent.get("longitude"))
    return words if None in place else f"{words}: {', '.join(_degrees(each) for each in place)}"


def _length(seconds: float | None) -> str:
    if seconds is None:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _size(size: int | None) -> str:
    if size is None:
        return ""
    for unit, most in (("bytes", 1), ("kB", 1000), ("MB", 1000**2)):
        if size < 1000 * most:
            return f"{size / most:.0f} {unit}"
    return f"{size / 1000**3:.1f} GB"


def _degrees(value: Any) -> str:
    """Returns degrees as far as they mean something: a metre."""
    return f"{float(value):.5f}".rstrip("0").rstrip(".")
