"""From a desk job to the post it asks for; pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import tzinfo
from math import ceil
from typing import Any

from bot.channels.slack_backfill import BACKFILL
from bot.desk import offers, thread
from bot.desk.backfill import backfill
from bot.desk.blocks import visitor_name
from bot.desk.elements import Post
from bot.desk.rated import rating
from bot.desk.ringing import ping
from bot.desk.suggest_blocks import SUGGESTIONS, suggestions
from bot.store import log, revisions
from bot.windows import Left

Payload = Mapping[str, Any]


def render(
    kind: str,
    payload: Payload,
    case: Any,
    messages: Sequence[Any],
    zone: tzinfo,
    left: Left | None = None,
) -> Post | None:
    """Returns what a job posts in the thread or whispers; None where it came too late to matter.

    Args:
        kind: The kind of job; cards and reactions are not rendered here.
        payload: What the job says.
        case: Its case, or None.
        messages: The messages it speaks of, as far as they are still in the log.
        zone: The museum's time zone.
        left: What is left of the visitor's window, where their channel has one.
    """
    if kind == "transcript":
        return thread.transcript(messages, zone) if messages else None
    if kind == BACKFILL:
        return backfill(payload["entries"], messages, visitor_name(case), zone)
    if kind == SUGGESTIONS:
        return suggestions(payload, case)
    if kind in _SPOKEN:
        return _SPOKEN[kind](payload)
    if not messages:
        return None
    if kind == "preview":
        return _preview(payload, case, messages[0], left)
    return _ABOUT[kind](payload, case, messages[0])


def _visitor(payload: Payload, case: Any, row: Any) -> Post:
    return thread.visitor(row, visitor_name(case), str(payload.get("notice") or ""))


def _visitor_changed(payload: Payload, case: Any, row: Any) -> Post:
    return thread.visitor_changed(row, visitor_name(case), payload["text"])


def _offer(payload: Payload, case: Any, row: Any) -> Post | None:
    if row.direction != "note":
        return None
    kind, reason = str(payload["offer"]), str(payload.get("reason", ""))
    return offers.offer(case.id, str(payload["ts"]), kind, reason, payload.get("knowing"))


def _preview(payload: Payload, case: Any, row: Any, left: Left | None) -> Post | None:
    seconds = (row.not_before - log.now()).total_seconds() if row.not_before else 0.0
    if row.state != "queued" or seconds <= 0:
        return None
    if revisions.changed_by(row) is not None:
        return offers.correcting(row, case, ceil(seconds))
    return thread.preview(row, case, ceil(seconds), left)


def _failed(payload: Payload, case: Any, row: Any) -> Post:
    reason, step = str(payload.get("reason", "")), str(payload.get("next_step") or "")
    return thread.failed(row.text, reason, step)


def _ping(payload: Payload) -> Post:
    return ping(str(payload["text"]), payload["people"], bool(payload["channel"]))


_SPOKEN: dict[str, Callable[[Payload], Post]] = {
    "ping": _ping,
    "line": lambda payload: thread.line(str(payload["text"])),
    "warning": lambda payload: thread.warning(str(payload["text"])),
    "whisper": lambda payload: thread.line(str(payload["text"])),
    "staff_echo": lambda payload: thread.staff_echo(str(payload["author"]), str(payload["text"])),
}
_ABOUT: dict[str, Callable[[Payload, Any, Any], Post | None]] = {
    "visitor": _visitor,
    "visitor_changed": _visitor_changed,
    "offer": _offer,
    "failed": _failed,
    "rated": lambda payload, case, row: rating(row, payload),
    "sent_as": lambda payload, case, row: thread.sent_as(row),
    "ready_echo": lambda payload, case, row: thread.ready_echo(
        row, str(payload["author"]), str(payload["what"])
    ),
    "reworded": lambda payload, case, row: thread.reworded(
        row, str(payload["author"]), str(payload["text"])
    ),
}
