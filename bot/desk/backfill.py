"""One post for everything that a thread missed while Slack could not be reached; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any

from bot.desk.attached import words_of
from bot.desk.elements import SECTION, TEXT, Block, Post, context, markup, plain
from bot.desk.mrkdwn import one_line, to_slack

TITLE = "While Slack could not be reached"
# Ours: how much of one thing that was said is shown.
WORDS = 500
PING = "ping"

Entry = Mapping[str, Any]
Spoken = Callable[[Entry, Any, str], list[str]]


def backfill(entries: Sequence[Entry], rows: Sequence[Any], name: str, zone: tzinfo) -> Post:
    """Returns what happened in a case, oldest first, in as few blocks as Slack allows.

    Args:
        entries: The posts that were never made: `kind`, `payload` and `at`, in their order.
        rows: The messages that they speak of.
        name: The visitor's name, as `visitor_name` returns it.
        zone: The museum's time zone.
    """
    known = {row.seq: row for row in rows}
    lines = [line for entry in entries for line in _lines(entry, known, name, zone)]
    title = context(markup(f"*{TITLE}*"))
    text = to_slack(f"{TITLE}: {' · '.join(lines)}", TEXT)
    return Post(text, [title, *_sections(lines)])


def _lines(entry: Entry, known: Mapping[int, Any], name: str, zone: tzinfo) -> Iterator[str]:
    payload = entry["payload"]
    if entry["kind"] == "transcript":
        for seq in payload["seqs"]:
            if seq in known:
                yield from _said(known[seq], name, zone)
        return
    if entry["kind"] == "visitor" and payload["seq"] in known:
        yield from _said(known[payload["seq"]], name, zone)
        return
    at = f"{datetime.fromisoformat(entry['at']).astimezone(zone):%H:%M}"
    speak = _SPOKEN.get(entry["kind"])
    for words in speak(payload, known.get(payload.get("seq", 0)), name) if speak else ():
        yield f"{at} {_short(words)}"


def _said(row: Any, name: str, zone: tzinfo) -> Iterator[str]:
    who = {"visitor": name, "bot": "Docent", "system": "Docent"}.get(row.author)
    speaker = who or one_line(row.author_name or "Staff")
    yield f"{row.at.astimezone(zone):%H:%M} {speaker}: {_short(words_of(row))}"
    translation = row.translation or {}
    if translation.get("text"):
        yield f"↳ {_short(str(translation['text']))}"
    elif translation.get("notice"):
        yield f"↳ {translation['notice']}"


def _changed(payload: Entry, row: Any, name: str) -> list[str]:
    if payload.get("text") is None:
        said = words_of(row) if row is not None else ""
        return [f"{name} took a message back. It said: {said}"]
    return [f"{name} changed a message. It says now: {payload['text']}"]


def _failed(payload: Entry, row: Any, name: str) -> list[str]:
    said = f" It said: {one_line(row.text)}" if row is not None else ""
    return [f"⚠️ Not delivered. {payload.get('reason', '')}{said}"]


_SPOKEN: Mapping[str, Spoken] = {
    "visitor_changed": _changed,
    "staff_echo": lambda said, row, name: [f"{said['author']} (web desk): {said['text']}"],
    "line": lambda said, row, name: [str(said["text"])],
    PING: lambda said, row, name: [f"🔔 {said['text']}"],
    "warning": lambda said, row, name: [f"⚠️ {said['text']}"],
    "failed": _failed,
    "sent_as": lambda said, row, name: [f"The visitor reads: {row.text}"] if row else [],
}
# The posts that can be told this way.
FOLDS = frozenset({"transcript", "visitor", *_SPOKEN})


def _short(words: str) -> str:
    flat = " ".join(words.split())
    return flat if len(flat) <= WORDS else f"{flat[: WORDS - 20]} … (more in the log)"


def _sections(lines: Sequence[str]) -> list[Block]:
    """Lays lines into sections, none of them longer than Slack takes."""
    parts: list[str] = []
    for line in lines:
        if parts and len(parts[-1]) + 1 + len(line) <= SECTION:
            parts[-1] = f"{parts[-1]}\n{line}"
        else:
            parts.append(line)
    return [{"type": "section", "text": plain(part, SECTION)} for part in parts]
