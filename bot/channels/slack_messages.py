"""What becomes of a message, an edit or a deletion in a case's thread, in one transaction.

Each ends as a reply, a note, a deliberate no-op or a visible warning; the ending's words are kept
in desk_events.reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.channels.payload import clean, dicts, part
from bot.channels.slack_people import Member
from bot.desk.casework import Casework, Outcome, Person
from bot.desk.mrkdwn import one_line
from bot.desk.replies import Why
from bot.store import Connection, Row, cases, log, queue
from bot.translate.said import Spoken

# A plain message, one with a file, and one that was "also sent to the channel".
CARRIED = (None, "", "file_share", "thread_broadcast")
DELETED = "deleted in Slack"


@dataclass(frozen=True)
class Ending:
    """How an event ended, for the log, and what to say in place of a pressed button's message."""

    reason: str
    answer: str = ""


def written(
    connection: Connection,
    casework: Casework,
    case_id: int,
    member: Member,
    event: dict[str, Any],
    spoken: Spoken | None = None,
) -> Ending:
    """Decides what a person's message in a thread is, and does it.

    `spoken` is the message as the visitor would read it, where it may be a reply.
    """
    text, ts = clean(event.get("text")).strip(), clean(event.get("ts"))
    if member.barred:
        casework.keep_as_note(connection, case_id, member.person, text, ts)
        warn(connection, case_id, f"Not sent to the visitor: {member.name} is {member.barred}.")
        return Ending(f"warning: kept as a note, by {member.barred}")
    if event.get("subtype") not in CARRIED:
        casework.keep_as_note(connection, case_id, member.person, text, ts)
        warn(connection, case_id, "Not sent: Docent does not carry this kind of Slack message.")
        return Ending("warning: kept as a note, of a kind that is not carried")
    ending = _say(connection, casework, case_id, member, text, ts, spoken) if text else None
    return _left_out(connection, case_id, event) or ending or _nothing(connection, case_id)


def posted_by_app(
    connection: Connection, casework: Casework, case_id: int, event: dict[str, Any]
) -> Ending:
    """Keeps what a bot, a workflow or another app posted as a note."""
    profile = part(event, "bot_profile")
    name = one_line(clean(event.get("username") or profile.get("name")))[:80] or "an app"
    app = Person(clean(event.get("bot_id") or event.get("app_id"))[:80] or "app", name)
    casework.keep_as_note(
        connection, case_id, app, clean(event.get("text")), clean(event.get("ts"))
    )
    return Ending("note: posted by an app")


def edited(connection: Connection, casework: Casework, event: dict[str, Any]) -> Ending:
    """Takes a reply back that was edited in time; says so where the visitor has it already."""
    message, before = part(event, "message"), part(event, "previous_message")
    ts, text = clean(message.get("ts")), clean(message.get("text")).strip()
    if message.get("subtype") == "tombstone":
        return deleted(connection, casework, clean(event.get("channel")), ts)
    if text == clean(before.get("text")).strip():
        return Ending("no-op: only its looks changed")
    row = log.by_slack_ts(connection, ts)
    if row is None or row.case_id is None:
        return Ending("no-op: no message of a case was edited")
    if row.direction == "note":
        # Its author may yet press "Send": then these words go, and are judged once more.
        log.change_message(connection, row.seq, text=text)
        cases.audit(connection, row.case_id, row.author_name or "", "note edited")
        return Ending("note: an edited note stays a note")
    return _withdraw(connection, casework, row, "edited")


def deleted(connection: Connection, casework: Casework, channel: str, ts: str) -> Ending:
    """Takes a reply back that was deleted in time; shows a deleted card again."""
    case = cases.case_by_thread(connection, channel, ts)
    if case is not None:
        return _card_deleted(connection, case)
    row = log.by_slack_ts(connection, ts)
    if row is None or row.case_id is None:
        return Ending("no-op: no message of a case was deleted")
    if row.direction == "note":
        log.change_message(connection, row.seq, reason=DELETED)
        return Ending("no-op: a deleted note stays in the log")
    return _withdraw(connection, casework, row, "deleted")


def root_deleted(connection: Connection, channel: str, ts: str) -> None:
    """Forgets a thread that is gone: what is posted to it would be shown nowhere."""
    case = cases.case_by_thread(connection, channel, ts)
    if case is not None:
        cases.change_case(connection, case.id, slack_channel=None, slack_ts=None)


def offer(connection: Connection, case: Row[Any], user: str, ts: str, outcome: Outcome) -> Ending:
    """Asks an author whether words that stayed in the thread are to be sent."""
    kind = "claim" if outcome.kind == "needs_claim" else "anyway"
    reason = outcome.reason if kind == "claim" else f"{case.owner} has this case."
    payload = {"user": user, "ts": ts, "offer": kind, "reason": reason}
    queue.add_job(connection, "offer", case.id, payload)
    return Ending(f"note: offered ({kind})")


def warn(connection: Connection, case_id: int, text: str) -> None:
    """Lays out a line in the thread that nobody must miss."""
    queue.add_job(connection, "warning", case_id, {"text": text})


def whisper(connection: Connection, case_id: int, user: str, text: str) -> None:
    """Lays out a line that only one person sees."""
    queue.add_job(connection, "whisper", case_id, {"user": user, "text": text})


def _say(
    connection: Connection,
    casework: Casework,
    case_id: int,
    member: Member,
    text: str,
    ts: str,
    spoken: Spoken | None,
) -> Ending:
    case = cases.case(connection, case_id)
    outcome = casework.staff_says(
        connection, case_id, member.person, text, slack_ts=ts, spoken=spoken
    )
    if outcome.kind in ("needs_claim", "needs_confirm"):
        return offer(connection, case, member.id, ts, outcome)
    if outcome.kind == "queued":
        return Ending("reply: queued")
    # Whoever marks a note knows that it is one; everybody else is told why it was not sent.
    is_owner, is_open = case.owner_id == member.id, case.state in cases.OPEN_STATES
    if outcome.reason != Why.MARKED.value and (is_owner or not is_open):
        whisper(connection, case_id, member.id, f"Kept as a note, not sent. {outcome.reason}")
    return Ending(f"{outcome.kind}: {outcome.reason}")


def _left_out(connection: Connection, case_id: int, event: dict[str, Any]) -> Ending | None:
    """Warns of what a message held beside its words, which is not carried to visitors."""
    names = [one_line(clean(f.get("name") or f.get("title"))) for f in dicts(event.get("files"))]
    shared = [a for a in dicts(event.get("attachments")) if a.get("is_share")]
    if not names and not shared:
        return None
    what = ", ".join(name or "a file" for name in names) or "the forwarded message"
    words = f"Not sent to the visitor: {what}. Files and forwarded messages are not carried yet."
    warn(connection, case_id, words)
    rest = "its words were handled" if clean(event.get("text")).strip() else "it had no words"
    return Ending(f"warning: files are not carried; {rest}")


def _nothing(connection: Connection, case_id: int) -> Ending:
    warn(connection, case_id, "Nothing was sent: there are no words in this message.")
    return Ending("warning: no words")


def _withdraw(connection: Connection, casework: Casework, row: Row[Any], how: str) -> Ending:
    name = row.author_name or "Somebody"
    if row.state == "cancelled":
        return Ending(f"no-op: {how} after it was taken back")
    outcome = casework.undo(connection, row.case_id, Person(row.author_id, name), row.seq)
    if outcome.kind == "done":
        words = f"{name} {how} a reply before it was sent, so nothing went to the visitor."
        again = " Write it again to send it." if how == "edited" else ""
        warn(connection, row.case_id, words + again)
        return Ending(f"warning: {how} in time, taken back")
    warn(
        connection,
        row.case_id,
        f"{name} {how} a message that had gone out: the visitor keeps the earlier text.",
    )
    return Ending(f"warning: {how} too late, the visitor keeps the earlier text")


def _card_deleted(connection: Connection, case: Row[Any]) -> Ending:
    queue.add_job(connection, "card", case.id, {})
    return Ending("warning: the card was deleted and is shown again")
