"""What becomes of a pressed button, a chosen department or a reaction, in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.channels.payload import clean, part
from bot.channels.slack_messages import DELETED, Ending, offer, whisper
from bot.channels.slack_people import Member
from bot.desk import blocks, controls
from bot.desk.casework import Casework, Outcome, Person
from bot.desk.offers import CONFIRMS, OFFERS
from bot.desk.replies import to_visitor
from bot.store import Connection, Row, cases, log
from bot.translate.said import Spoken

CLAIMING, RESOLVING = "eyes", "white_check_mark"
# The buttons of messages that only their author sees: the answer takes the message's place.
EPHEMERAL = (*CONFIRMS, blocks.KEEP_AS_NOTE, blocks.UNDO)

Step = Callable[[Connection, int, Person], Outcome]
Choice = Callable[[Connection, int, Person, str], Outcome]
Press = dict[str, Any]


def reacted(
    connection: Connection, casework: Casework, member: Member, event: dict[str, Any]
) -> Ending:
    """Claims or resolves a case by a reaction to its card."""
    item = part(event, "item")
    case = cases.case_by_thread(connection, clean(item.get("channel")), clean(item.get("ts")))
    if case is None:
        return Ending("no-op: not on a case's card")
    if member.barred:
        words = f"Nothing was done: you are {member.barred}."
        whisper(connection, case.id, member.id, words)
        return Ending(f"warning: a reaction of {member.barred}")
    if event.get("reaction") == CLAIMING:
        return _do(connection, case, member, casework.claim)
    if case.owner_id != member.id:
        return Ending("no-op: only the owner resolves by a reaction")
    return _do(connection, case, member, casework.resolve)


def pressed(
    connection: Connection,
    casework: Casework,
    member: Member,
    press: Press,
    spoken: Spoken | None = None,
    to: Member | None = None,
) -> Ending:
    """Does what a button says.

    `spoken` is the message that the button would send, as the visitor would read it; `to` is the
    colleague who was chosen.
    """
    action = press["action"]
    case = case_of(connection, press)
    if case is None:
        return Ending("no-op: the button belongs to no case", "This case is not here any more.")
    if member.barred:
        words = f"Nothing was done: you are {member.barred}."
        whisper(connection, case.id, member.id, words)
        return Ending(f"warning: pressed by {member.barred}", words)
    if action == controls.ASSIGN:
        return _assign(connection, casework, case, member, to)
    choices: dict[str, Choice] = {
        controls.DEPARTMENT: casework.set_department,
        controls.PRIORITY: casework.set_priority,
    }
    if action in choices:
        outcome = choices[action](connection, case.id, member.person, press["option"])
        return _told(connection, case, member, outcome)
    steps: dict[str, Step] = {
        controls.CLAIM: casework.claim,
        controls.RELEASE: casework.release,
        controls.RESOLVE: casework.resolve,
        controls.BACK_TO_BOT: casework.back_to_bot,
        controls.REOPEN: casework.reopen,
    }
    if action in steps:
        return _do(connection, case, member, steps[action])
    return _ephemeral(connection, casework, case, member, press, spoken)


def _assign(
    connection: Connection, casework: Casework, case: Row[Any], member: Member, to: Member | None
) -> Ending:
    """Gives a case to a colleague, who must be one that may write to visitors."""
    if to is None:
        return Ending("no-op: nobody was chosen")
    if to.barred:
        whisper(connection, case.id, member.id, f"{to.name} is {to.barred}, so nothing was done.")
        return Ending(f"warning: assigned to {to.barred}")
    outcome = casework.assign(connection, case.id, member.person, to.person)
    return _told(connection, case, member, outcome)


def case_of(connection: Connection, press: Press) -> Row[Any] | None:
    """Returns the case of a button: by its thread, else by what the button carries."""
    channel = press["channel"]
    for ts in (press["thread_ts"], press["ts"]):
        case = cases.case_by_thread(connection, channel, ts) if ts else None
        if case is not None:
            return case
    number = (press["value"] or press["block"].removeprefix(controls.CARD_BLOCK)).partition(":")[0]
    if not number.isdecimal() or len(number) > 18:
        return None
    case = cases.find_case(connection, int(number))
    return case if case is not None and case.slack_channel in (None, channel) else None


def _do(connection: Connection, case: Row[Any], member: Member, step: Step) -> Ending:
    return _told(connection, case, member, step(connection, case.id, member.person))


def _told(connection: Connection, case: Row[Any], member: Member, outcome: Outcome) -> Ending:
    if outcome.reason:
        whisper(connection, case.id, member.id, outcome.reason)
    return Ending(f"{outcome.kind}: {outcome.reason}".rstrip(": "))


def message_of(press: Press) -> str | None:
    """Returns the Slack ts of the message that a button would send, None for other buttons."""
    return press["value"].split(":")[1] if press["action"] in CONFIRMS else None


def _ephemeral(
    connection: Connection,
    casework: Casework,
    case: Row[Any],
    member: Member,
    press: Press,
    spoken: Spoken | None,
) -> Ending:
    action, rest = press["action"], press["value"].partition(":")[2]
    if action == blocks.UNDO and rest.isdecimal():
        outcome = casework.undo(connection, case.id, member.person, int(rest))
        done = outcome.kind == "done"
        words = "Taken back; nothing was sent." if done else outcome.reason
        return Ending(f"undo {outcome.kind}: {outcome.reason}".rstrip(": "), words)
    if action == blocks.KEEP_AS_NOTE:
        cases.audit(connection, case.id, member.name, "kept", "as a note, by a button")
        return Ending("note: kept on request", "Kept as a note; the visitor does not see it.")
    if action not in CONFIRMS:
        return Ending("no-op: an unknown button")
    return _send(connection, casework, case, member, press, spoken)


def _send(
    connection: Connection,
    casework: Casework,
    case: Row[Any],
    member: Member,
    press: Press,
    spoken: Spoken | None,
) -> Ending:
    ts, _, known = press["value"].partition(":")[2].partition(":")
    row = log.by_slack_ts(connection, ts)
    refusal = _cannot_send(row, case, member)
    if row is None or refusal:
        return Ending(f"refused: {refusal}", refusal)
    outcome = casework.staff_sends(
        connection,
        case.id,
        member.person,
        row.text,
        row.payload.get("files") or (),
        slack_ts=ts,
        confirm=CONFIRMS[press["action"]],
        knowing=int(known) if known.isdecimal() and len(known) < 19 else None,
        # Edited while it was being translated: the newest words go, as they were written.
        spoken=spoken if spoken and spoken.original == to_visitor(row.text) else None,
    )
    if outcome.kind == "queued":
        return Ending("reply: queued on request", "On its way to the visitor.")
    now = cases.case(connection, case.id)
    if outcome.kind == "refused" and now.state in cases.CLAIMED:
        # Somebody was faster: the author may still send it, knowing that.
        outcome = casework.held_back(connection, now, member.person)
    if outcome.kind in OFFERS:
        offer(connection, now, member.id, ts, outcome)
    return Ending(f"{outcome.kind}: {outcome.reason}", f"Not sent. {outcome.reason}".strip())


def _cannot_send(row: Row[Any] | None, case: Row[Any], member: Member) -> str:
    if row is None or row.case_id != case.id:
        return "That message is not in the log any more, so nothing was sent."
    if row.author_id != member.id:
        return "Only its author can send it."
    if row.direction == "out":
        return "It was sent already, or taken back."
    return "You deleted it, so nothing was sent." if row.reason == DELETED else ""
