"""What the chat page reads: a conversation's messages as its visitor may see them."""

from __future__ import annotations

from typing import Any

from bot.channels.web_files import shown_to_visitor
from bot.store import Connection, Row, files, log, revisions

# Pages of history; the page asks again from where it stands.
HISTORY = 500


def read_news(connection: Connection, conversation_id: str, after: int) -> dict[str, Any]:
    """Returns what is new to a page that has read as far as `after`."""
    talk = log.conversation(connection, conversation_id)
    rows = log.history(connection, conversation_id, after, HISTORY) if talk else []
    # Only what may be shown, and nothing behind a message that still waits to be shown:
    # the page reads on from the cursor.
    shown: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    held = files.by_message(connection, conversation_id) if rows else {}
    cursor = after
    for row in rows:
        if row.direction == "out" and row.state in ("queued", "sending"):
            break
        cursor = row.seq
        if row.direction == "out" and row.state != "sent":
            continue
        if revisions.is_change(row):
            seq, is_edit = revisions.changed_by(row), bool(row.payload.get(revisions.EDITS))
            changed.append({"seq": seq, "text": row.text if is_edit else None})
        elif row.direction in ("in", "out") and (text := _text_of(row)) is not None:
            sent = shown_to_visitor(row, held)
            shown.append({**_shown(row), "text": text, **({"files": sent} if sent else {})})
    return {
        "messages": shown,
        "changes": changed,
        "typing": bool(talk) and log.is_thinking(connection, conversation_id),
        "speaker": talk.speaker if talk else log.BOT,
        "cursor": cursor,
    }


def _text_of(row: Row[Any]) -> str | None:
    """Returns what a message says now; a visitor's own stays as it was written."""
    return str(row.text) if row.direction == "in" else revisions.reads(row)


def _shown(row: Row[Any]) -> dict[str, Any]:
    own_id = row.platform_id.partition(":")[2] if row.direction == "in" else None
    return {
        "seq": row.seq,
        "id": own_id,
        "direction": row.direction,
        "author": row.author,
        "author_name": row.author_name if row.author == "staff" else None,
        "text": row.text,
        "language": row.language,
        "at": row.at.isoformat(),
        "state": row.state,
        "buttons": row.payload.get("choices", []),
    }
