"""Who is answered next: all visitors whose messages wait stand in one line, each of them once.

`conversations.due_at` is a conversation's place in it. Whoever begins to wait goes to its end, and
so does whoever has more to ask after an answer: a visitor with 500 messages takes turns with the
others. A claim reads the head of the line and that conversation's waiting messages, through
indexes that hold nothing else, so it costs the same whether ten messages wait or 40,000, and
whether they belong to a conversation of one turn or of a thousand.

Whoever holds a conversation has moved its place to the end of the lease: should it die, the place
comes, and the next one takes over. Only the oldest message changes its state while it is held.
Those behind it are safe because nobody passes it: when it ends, they end with it or stay as they
are, in one transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.errors import ClaimLost
from bot.store import kept, log
from bot.store.holding import OWN
from bot.store.queue import LEASE
from bot.store.tables import UNANSWERED, Moment, cases, conversations, messages

# How many waiting messages of one visitor are looked at together.
LOOK_AHEAD = 20
# A place in the line that turns out to be empty is cleared, and it is looked again so often.
_MOST_LOOKS = 20
_FREE, _HELD = "received", "answering"
# Values of columns are told from other parameters by this.
_NEW = "new_"

# When a visitor was asked last how content they were: what they write may answer it.
_ASKED_TO_RATE = (
    sa.select(sa.func.max(cases.c.rating_asked_at, type_=Moment()))
    .where(cases.c.conversation_id == conversations.c.id)
    .scalar_subquery()
)
_NEXT = (
    sa.select(conversations, _ASKED_TO_RATE.label("asked_to_rate_at"))
    .where(conversations.c.due_at <= sa.bindparam("moment", type_=Moment()))
    .order_by(conversations.c.due_at)
    .limit(sa.bindparam("wanted", type_=sa.Integer()))
    # Not a full lock: each message that comes in holds the row as well.
    .with_for_update(of=conversations, skip_locked=True, key_share=True)
)
_UNANSWERED = (
    sa.select(messages)
    .where(messages.c.conversation_id == sa.bindparam("talk"), UNANSWERED)
    # Telegram numbers its updates: what it sends again comes late and belongs before.
    .order_by(sa.func.coalesce(messages.c.position, messages.c.seq), messages.c.seq)
    .limit(LOOK_AHEAD)
)
_TAKE = (
    sa.update(messages)
    .where(
        messages.c.seq == sa.bindparam("taken"),
        (messages.c.state == _FREE)
        | (messages.c.lease_until <= sa.bindparam("moment", type_=Moment())),
        UNANSWERED,
    )
    .values(state=_HELD, lease_until=sa.bindparam("until", type_=Moment()), held_by=OWN)
)


@dataclass(frozen=True)
class Claim:
    """A visitor's oldest waiting message, held until `until`, and those that wait behind it.

    `talk` is the conversation, with `asked_to_rate_at`.
    """

    row: Row[Any]
    behind: tuple[Row[Any], ...]
    talk: Row[Any]
    until: datetime


def claim(connection: Connection, most: int) -> list[Claim]:
    """Takes the oldest message of each of the next visitors, of so many at the most."""
    taken: list[Claim] = []
    for _ in range(_MOST_LOOKS):
        at, wanted = log.now(), most - len(taken)
        talks = kept.execute(connection, _NEXT, {"moment": at, "wanted": wanted}).all()
        found = (_claim_of(connection, talk, at) for talk in talks)
        taken += (claim for claim in found if claim is not None)
        if len(talks) < wanted or len(taken) >= most:
            break
    return taken


def _claim_of(connection: Connection, talk: Row[Any], at: datetime) -> Claim | None:
    waiting = kept.execute(connection, _UNANSWERED, {"talk": talk.id}).all()
    due = _due(waiting[0]) if waiting else None
    if waiting and (due is None or due <= at):
        return _take(connection, talk, waiting, at)
    _place(connection, talk.id, due)
    return None


def _due(head: Row[Any]) -> datetime | None:
    due: datetime | None = head.lease_until if head.state == _HELD else head.not_before
    return due


def _take(
    connection: Connection, talk: Row[Any], waiting: list[Row[Any]], at: datetime
) -> Claim | None:
    head, until = waiting[0], at + LEASE
    took = kept.execute(connection, _TAKE, {"taken": head.seq, "moment": at, "until": until})
    _place(connection, talk.id, until)
    if not took.rowcount:
        return None
    return Claim(head, tuple(waiting[1:]), talk, until)


def _place(connection: Connection, conversation_id: str, at: datetime | None) -> None:
    kept.execute(connection, _MOVE, {"talk": conversation_id, "place": at})


_MOVE = (
    sa.update(conversations)
    .where(conversations.c.id == sa.bindparam("talk"))
    .values(due_at=sa.bindparam("place", type_=Moment()))
)


_END = (
    sa.update(messages)
    .where(messages.c.seq == sa.bindparam("ended"))
    .values(
        state="answered",
        reason=sa.bindparam("why"),
        done_at=sa.bindparam("at_last", type_=Moment()),
        lease_until=None,
        held_by=None,
    )
)
_HOLDS = messages.c.state == _HELD
_HOLDS_STILL = _HOLDS & (messages.c.lease_until == sa.bindparam("held_until", type_=Moment()))
_WAITS = sa.select(
    sa.func.min(
        sa.func.coalesce(messages.c.not_before, sa.bindparam("moment", type_=Moment())),
        type_=Moment(),
    )
).where(messages.c.conversation_id == sa.bindparam("talk"), UNANSWERED)


def finish(
    connection: Connection,
    row: Row[Any],
    until: datetime | None,
    reason: str,
    together: tuple[Row[Any], ...] = (),
    understood: Mapping[str, Any] | None = None,
    **talk: Any,
) -> None:
    """Ends a claimed message and those answered together with it, and lets the conversation go.

    Args:
        connection: An open transaction that holds the conversation.
        row: The claimed message.
        until: `Claim.until`; None where nobody can have taken it meanwhile.
        reason: What became of them: answered, relayed, rated.
        together: Those behind it, in order. The last one is the one that was answered.
        understood: What was made of the one that was answered, by columns of its row.
        talk: Further columns of the conversation to set.

    Raises:
        ClaimLost: Somebody else has it: the lease ended before we did.
    """
    *before, answered = (row, *together)
    for each in before:
        joined = f"answered with message {answered.seq}"
        _end(connection, each, joined, {}, _Hold(each is row, until))
    _end(connection, answered, reason, understood or {}, _Hold(answered is row, until))
    let_go(connection, row.conversation_id, **talk)


@dataclass(frozen=True)
class _Hold:
    """Whether the row to end is the claimed one, and until when the claim is ours, if it ends."""

    is_claimed: bool
    until: datetime | None


def _end(
    connection: Connection, row: Row[Any], reason: str, read: Mapping[str, Any], hold: _Hold
) -> None:
    values = {"ended": row.seq, "why": reason, "at_last": log.now()}
    values |= {f"{_NEW}{name}": value for name, value in read.items()}
    is_fenced = hold.is_claimed and hold.until is not None
    if is_fenced:
        values["held_until"] = hold.until
    statement = _ending(hold.is_claimed, is_fenced, tuple(read))
    ended = kept.execute(connection, statement, values).rowcount
    if hold.is_claimed and not ended:
        raise ClaimLost("another process took over")


@lru_cache(maxsize=16)
def _ending(is_claimed: bool, is_fenced: bool, names: tuple[str, ...]) -> Any:
    """Builds the end of a message once.

    Args:
        is_claimed: Whether the row has to be held.
        is_fenced: Whether by us.
        names: Further columns that are set.
    """
    ending = _END.values(_new(messages, names))
    if not is_claimed:
        return ending
    return ending.where(_HOLDS_STILL if is_fenced else _HOLDS)


@lru_cache(maxsize=64)
def _letting_go(names: tuple[str, ...]) -> Any:
    """Builds the statement that places a conversation and sets further columns of it."""
    return (
        sa.update(conversations)
        .where(conversations.c.id == sa.bindparam("talk"))
        .values({"due_at": _WAITS.scalar_subquery(), **_new(conversations, names)})
    )


def _new(table: sa.Table, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: sa.bindparam(f"{_NEW}{name}", type_=table.c[name].type) for name in names}


def let_go(connection: Connection, conversation_id: str, **values: Any) -> None:
    """Puts a conversation at the end of the line if more of it waits, else takes it out of it.

    Args:
        connection: An open transaction that holds the conversation.
        conversation_id: Which one.
        values: Further columns of it to set.
    """
    given = {"talk": conversation_id, "moment": log.now()}
    given |= {f"{_NEW}{name}": value for name, value in values.items()}
    kept.execute(connection, _letting_go(tuple(values)), given)


def give_back(
    connection: Connection, row: Row[Any], wait: timedelta, reason: str, tried: bool = True
) -> None:
    """Gives a claimed message back, and with it all behind it, to be taken again after a while.

    Args:
        connection: An open transaction.
        row: The claimed message.
        wait: For how long nobody takes it.
        reason: Why.
        tried: Whether that counts as a try.
    """
    due = log.now() + wait
    connection.execute(
        sa.update(messages)
        .where(messages.c.seq == row.seq, messages.c.state == _HELD)
        .values(
            state=_FREE,
            lease_until=None,
            held_by=None,
            attempts=messages.c.attempts + int(tried),
            not_before=due,
            reason=reason,
        )
    )
    _place(connection, row.conversation_id, due)


def mend(connection: Connection) -> int:
    """Puts into the line whoever waits and does not stand in it; returns how many.

    That should be nobody. A program from before the line, which still runs during an upgrade,
    knows nothing of it.
    """
    waiting = sa.select(messages.c.conversation_id).where(UNANSWERED)
    result = connection.execute(
        sa.update(conversations)
        .where(conversations.c.due_at.is_(None), conversations.c.id.in_(waiting))
        .values(due_at=log.now())
    )
    return int(result.rowcount)
