"""What becomes of a message in a case's thread, in one transaction.

Each ends as a reply, a note, a deliberate no-op or a visible warning; the ending's words are kept
in desk_events.reason.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from bot.channels.payload import clean, dicts, part
from bot.channels.slack_people import Member
from bot.channels.slack_shared import elsewhere, files_of
from bot.desk.casework import Casework, Outcome, Person
from bot.desk.mrkdwn import one_line
from bot.desk.offers import OFFERS
from bot.desk.replies import Why
from bot.store import Connection, Row, cases, log, queue
from bot.translate.said import Spoken

# A plain message, one with a file, and one that was "also sent to the channel".
CARRIED = (None, "", "file_share", "thread_broadcast")
DELETED = "deleted in Slack"


@dataclass(frozen=True)
class Ending:
    """How an event ended, for the log, and what to say in place of a pressed button's message.

    `then` is done once the transaction stands, such as an answer to a response_url.
    """

    reason: str
    answer: str = ""
    then: Callable[[], Awaitable[None]] | None = None


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
    if log.by_slack_ts(connection, ts) is not None:
        return Ending("no-op: this message is known")
    if member.barred:
        why = f"by {member.barred}"
        casework.keep_as_note(connection, case_id, member.person, text, ts, why)
        warn(connection, case_id, f"Not sent to the visitor: {member.name} is {member.barred}.")
        return Ending(f"warning: kept as a note, by {member.barred}")
    if event.get("subtype") not in CARRIED:
        why = f"of the kind {event['subtype']}"
        casework.keep_as_note(connection, case_id, member.person, text, ts, why)
        warn(connection, case_id, "Not sent: Docent does not carry this kind of Slack message.")
        return Ending("warning: kept as a note, of a kind that is not carried")
    ending = None
    if text or files_of(event):
        ending = _say(connection, casework, case_id, member, event, spoken)
    return _left_out(connection, case_id, event) or ending or _nothing(connection, case_id)


def posted_by_app(
    connection: Connection, casework: Casework, case_id: int, event: dict[str, Any]
) -> Ending:
    """Keeps what a bot, a workflow or another app posted as a note."""
    profile = part(event, "bot_profile")
    name = one_line(clean(event.get("username") or profile.get("name")))[:80] or "an app"
    app = Person(clean(event.get("bot_id") or event.get("app_id"))[:80] or "app", name)
    text, ts = clean(event.get("text")), clean(event.get("ts"))
    casework.keep_as_note(connection, case_id, app, text, ts, "posted by an app")
    return Ending("note: posted by an app")


def stray(connection: Connection, channel: str, thread: str) -> Ending:
    """Warns of an answer to a post of ours that belongs to no case."""
    words = "This thread belongs to no case that Docent knows, so nothing was sent."
    place = {"channel": channel, "thread_ts": thread}
    queue.add_job(connection, "warning", None, {**place, "text": words})
    return Ending("warning: no case's thread")


def offer(connection: Connection, case: Row[Any], user: str, ts: str, outcome: Outcome) -> Ending:
    """Asks an author whether words that stayed in the thread are to be sent."""
    kind = OFFERS[outcome.kind]
    plain = outcome.kind == "needs_confirm" and outcome.reason in ("", Why.NOT_OWNER.value)
    reason = f"{case.owner} has this case." if plain else outcome.reason
    payload = {"user": user, "ts": ts, "offer": kind, "reason": reason, "knowing": outcome.knowing}
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
    event: dict[str, Any],
    spoken: Spoken | None,
) -> Ending:
    text, ts = clean(event.get("text")).strip(), clean(event.get("ts"))
    case = cases.case(connection, case_id)
    outcome = casework.staff_sends(
        connection, case_id, member.person, text, files_of(event), slack_ts=ts, spoken=spoken
    )
    if outcome.kind in OFFERS:
        return offer(connection, case, member.id, ts, outcome)
    if outcome.kind == "queued":
        return Ending("reply: queued")
    # Whoever marks a note knows that it is one; everybody else is told why it was not sent.
    is_owner, is_open = case.owner_id == member.id, case.state in cases.OPEN_STATES
    if outcome.reason != Why.MARKED.value and (is_owner or not is_open):
        whisper(connection, case_id, member.id, f"Kept as a note, not sent. {outcome.reason}")
    return Ending(f"{outcome.kind}: {outcome.reason}")


def _left_out(connection: Connection, case_id: int, event: dict[str, Any]) -> Ending | None:
    """Warns of what a message held beside words and files, which is not carried to visitors."""
    names = elsewhere(event)
    shared = [a for a in dicts(event.get("attachments")) if a.get("is_share")]
    if not names and not shared:
        return None
    what = ", ".join(names) or "the forwarded message"
    why = "It lies outside Slack: send its link." if names else "Write its words yourself."
    warn(connection, case_id, f"Not sent to the visitor: {what}. {why}")
    rest = "the rest was handled" if clean(event.get("text")).strip() else "it had no words"
    return Ending(f"warning: not carried; {rest}")


def _nothing(connection: Connection, case_id: int) -> Ending:
    warn(connection, case_id, "Nothing was sent: there are no words in this message.")
    return Ending("warning: no words")
