"""A reply that reaches us long after it was written: its author says whether it still holds.

The visitor may have been answered meanwhile, on the web desk or by somebody else, and would read
the words as the newest.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from bot.channels.payload import clean, dicts
from bot.channels.slack_messages import Ending, warn, written
from bot.channels.slack_people import Member
from bot.desk import replies
from bot.desk.casework import Casework
from bot.store import Connection, cases, log, queue

# Slack has tried three times within six minutes.
LATE = timedelta(minutes=10)
FILES = "files of which Docent heard late. Share them again, if they are still of use."


def is_late(event: dict[str, Any]) -> bool:
    """Tells whether a message was written too long ago to be sent on without asking."""
    try:
        said = datetime.fromtimestamp(float(clean(event.get("ts"))), timezone.utc)
    except (ValueError, OverflowError, OSError):
        return False
    return log.now() - said > LATE


def late(
    connection: Connection,
    casework: Casework,
    case_id: int,
    member: Member,
    event: dict[str, Any],
) -> Ending:
    """Keeps a late reply as a note and offers its author to send it; the rest is as ever."""
    text, ts = clean(event.get("text")).strip(), clean(event.get("ts"))
    case = cases.case(connection, case_id)
    would_go = case.state in cases.CLAIMED and case.owner_id == member.id
    files = bool(dicts(event.get("files")))
    is_kept = replies.never_sent(text) is not None and not (files and not text)
    if member.barred or not would_go or is_kept:
        return written(connection, casework, case_id, member, event)
    if files:
        warn(connection, case_id, f"Not sent to the visitor: {FILES}")
    if not text:
        return Ending("warning: files that came late")
    casework.keep_as_note(connection, case_id, member.person, text, ts)
    minutes = int((log.now().timestamp() - float(ts)) // 60)
    reason = f"Docent heard of it {minutes} minutes late; see first what was said meanwhile."
    payload = {"user": member.id, "ts": ts, "offer": "anyway", "reason": reason}
    queue.add_job(connection, "offer", case_id, payload)
    return Ending("note: offered (late)")
