"""What the web desk shows of a case and of its messages, as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.channels.desk_files import shown_files
from bot.desk.attached import attached
from bot.desk.blocks import window_words
from bot.errors import BadRequest
from bot.store import Connection, Row, cases, files, health, log, revisions, windows
from bot.windows import Window

# How many messages a page of a conversation holds.
PAGE = 50


def case_of(connection: Connection, ref: str) -> Row[Any]:
    """Returns the case with this reference; raises BadRequest."""
    found = cases.case_by_ref(connection, ref)
    if found is None:
        raise BadRequest(f"there is no case {ref}", status=404)
    return found


def version(connection: Connection) -> int:
    """Returns a number that grows with everything that the desk shows."""
    return cases.version(connection) + health.version(connection)


def show_case(row: Row[Any]) -> dict[str, Any]:
    """Returns a case as the desk shows it: what `docent cases` tells, and who waits since when."""
    return {
        **cases.described(row),
        "name": row.name,
        "question": row.question,
        "question_translated": (row.translation or {}).get("text"),
        "waiting_since": cases.in_iso(row.waiting_since),
        "told": show_told(row),
    }


def show_told(row: Row[Any]) -> list[dict[str, str | None]]:
    """Returns what the visitor was asked before the case opened, with the translations."""
    translated = (row.translation or {}).get("details") or {}
    return [
        {"label": label, "words": words, "translation": translated.get(label)}
        for label, words in (row.details or {}).items()
    ]


def show_message(row: Row[Any]) -> dict[str, Any]:
    """Returns a message as the desk shows it."""
    translation = row.translation or {}
    return {
        "seq": row.seq,
        "direction": row.direction,
        "author": row.author,
        "author_name": row.author_name,
        "text": row.text,
        "attachments": attached(row.payload),
        "versions": row.versions or [],
        "reaction": row.payload.get("reaction") or None,
        "receipt": row.receipt,
        "language": row.language,
        "translation": translation if translation.get("text") else None,
        "notice": translation.get("notice"),
        "state": row.state,
        "reason": row.reason,
        "send_at": cases.in_iso(row.not_before) if row.state == "queued" else None,
        "at": cases.in_iso(row.at),
    }


def page(connection: Connection, conversation_id: str, before: int) -> dict[str, Any]:
    """Returns the last messages before one, oldest first, and whether there are older ones."""
    numbers = log.last_before(connection, conversation_id, before, PAGE + 1)
    older, wanted = len(numbers) > PAGE, numbers[-PAGE:]
    after = wanted[0] - 1 if wanted else 0
    rows = log.history(connection, conversation_id, after, len(wanted)) if wanted else []
    held = files.by_message(connection, conversation_id)
    # What changes a message is told by that message's versions.
    said = [row for row in rows if not revisions.is_change(row)]
    shown = [{**show_message(row), "files": shown_files(row, held)} for row in said]
    return {"messages": shown, "older": older}


def window(
    connection: Connection, case: Row[Any], known: Mapping[str, Window | None]
) -> str | None:
    """Returns what is left of the visitor's window in words, None where there is none."""
    left = windows.left_for_staff(connection, case, known)
    return None if left is None else window_words(left, log.now())
