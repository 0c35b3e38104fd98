"""What becomes of an edit or a deletion in a case's thread, in one transaction.

Sources: docs.slack.dev/reference/events/message/message_changed (also sent where Slack adds the
preview of a link or finds out the language), /message_deleted. What Slack tells twice is done
once: an edit is known by the time in its `edited`, a deletion finds nothing left to take back.
"""

from __future__ import annotations

from typing import Any

from bot.channels.payload import clean, part
from bot.channels.slack_messages import DELETED, Ending, offer, warn
from bot.channels.slack_people import Member
from bot.desk import replies
from bot.desk.casework import Casework, Person
from bot.desk.offers import OFFERS
from bot.store import Connection, Row, cases, log
from bot.store.tables import desk_events
from bot.translate.said import Spoken

Event = dict[str, Any]


def changes_words(event: Event) -> bool:
    """Tells whether an edit changed the words of a message, and not its looks alone."""
    message, before = part(event, "message"), part(event, "previous_message")
    return clean(message.get("text")).strip() != clean(before.get("text")).strip()


def edited(
    connection: Connection,
    casework: Casework,
    event: Event,
    member: Member | None = None,
    spoken: Spoken | None = None,
) -> Ending:
    """Carries an edit as far as it goes.

    Args:
        connection: An open transaction.
        casework: The desk.
        event: Slack's message_changed.
        member: Who wrote the message; None for an app.
        spoken: The new words as the visitor would read them.
    """
    message = part(event, "message")
    ts, text = clean(message.get("ts")), clean(message.get("text")).strip()
    if not changes_words(event):
        return Ending("no-op: only its looks changed")
    row = log.by_slack_ts(connection, ts)
    if row is None or row.case_id is None:
        return _edited_before_heard(connection, casework, event, member)
    stamp = clean(part(message, "edited").get("ts"))
    if stamp and stamp <= str(row.payload.get("edited") or ""):
        return Ending("no-op: this edit is known")
    if member is None or member.barred or row.author_id != member.id:
        return _not_theirs(connection, row, member, text)
    # Edited while it was being translated: the newest words go, as they were written.
    worded = spoken if spoken and spoken.original == replies.to_visitor(text) else None
    outcome = casework.staff_edits(connection, row, member.person, text, worded)
    _remember(connection, ts, stamp)
    case = cases.case(connection, row.case_id)
    if outcome.kind in OFFERS:
        return offer(connection, case, member.id, ts, outcome)
    return Ending(f"{_ENDS[outcome.kind]}: {outcome.reason or 'edited'}")


def deleted(connection: Connection, casework: Casework, event: Event) -> Ending:
    """Takes a deleted reply back as far as it goes; shows a deleted card again."""
    channel = clean(event.get("channel"))
    previous, message = part(event, "previous_message"), part(event, "message")
    ts = clean(event.get("deleted_ts") or message.get("ts") or previous.get("ts"))
    case = cases.case_by_thread(connection, channel, ts)
    if case is not None:
        return _card_deleted(connection, casework, case, whole=not message)
    row = log.by_slack_ts(connection, ts)
    if row is None or row.case_id is None:
        return _deleted_before_heard(connection, channel, ts, clean(previous.get("thread_ts")))
    if _is_note(row):
        log.change_message(connection, row.seq, reason=DELETED)
        return Ending("no-op: a deleted note stays in the log")
    person = Person(row.author_id or "", row.author_name or "Somebody")
    outcome = casework.staff_deletes(connection, row, person)
    return Ending(f"{_ENDS_OF_DELETION[outcome.kind]}: {outcome.reason}")


_ENDS = {"queued": "reply", "note": "note", "done": "reply", "refused": "warning"}
_ENDS_OF_DELETION = {"queued": "reply", "note": "no-op", "done": "warning", "refused": "warning"}


def _is_note(row: Row[Any]) -> bool:
    return bool(row.direction == "note")


def _remember(connection: Connection, ts: str, stamp: str) -> None:
    """Notes which edit of a message was the last, on the row that stands for it now."""
    row = log.by_slack_ts(connection, ts)
    if row is not None and stamp:
        log.change_message(connection, row.seq, payload={**row.payload, "edited": stamp})


def _not_theirs(connection: Connection, row: Row[Any], member: Member | None, text: str) -> Ending:
    """Ends an edit by an app, or by somebody who is not staff any more."""
    if _is_note(row):
        log.change_message(connection, row.seq, text=text)
        return Ending("note: an edited note stays a note")
    who = "An app"
    if member is not None:
        who = f"{member.name}, {member.barred or 'not its author'},"
    warn(connection, row.case_id, f"{who} edited a reply: the visitor keeps the earlier text.")
    return Ending("warning: edited by somebody who may not; the visitor keeps the earlier text")


def _edited_before_heard(
    connection: Connection, casework: Casework, event: Event, member: Member | None
) -> Ending:
    """Keeps the words of a message that Docent never heard, and asks its author."""
    message, channel = part(event, "message"), clean(event.get("channel"))
    case = cases.case_by_thread(connection, channel, clean(message.get("thread_ts")))
    ts, text = clean(message.get("ts")), clean(message.get("text")).strip()
    if case is None or ts == case.slack_ts or member is None or member.barred or not text:
        return Ending("no-op: no message of a case was edited")
    casework.keep_as_note(connection, case.id, member.person, text, ts, "heard of by its edit")
    _remember(connection, ts, clean(part(message, "edited").get("ts")))
    if (why := replies.never_sent(text)) is not None:
        return Ending(f"note: {why.value}")
    return offer(connection, case, member.id, ts, casework.asks(case, member.person))


def _deleted_before_heard(connection: Connection, channel: str, ts: str, thread: str) -> Ending:
    """Sees to it that a message is not sent whose deletion was heard before itself."""
    if cases.case_by_thread(connection, channel, thread) is None:
        return Ending("no-op: no message of a case was deleted")
    row = {
        "key": f"message:{channel}:{ts}"[:200],
        "kind": "message",
        "payload": {},
        "state": "done",
        "reason": "no-op: deleted before it was heard",
        "at": log.now(),
    }
    log.insert_ignoring(connection, desk_events, row)
    return Ending("no-op: nothing of it was sent")


def _card_deleted(
    connection: Connection, casework: Casework, case: Row[Any], whole: bool
) -> Ending:
    """Shows a card anew; where its thread went with it, in a thread that says what was said."""
    if whole:
        casework.new_thread(connection, case)
        return Ending("warning: the card was deleted and a new thread begins")
    casework.show_card(connection, case)
    return Ending("warning: the card was deleted and is shown again")
