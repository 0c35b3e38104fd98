"""Cases: opened once for a conversation, claimed by one person, closed, and every step audited."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.store.log import insert_ignoring, now
from bot.store.tables import case_events, cases, conversations, messages

# What the states are, and which step leads where: bot/desk/states.py.
UNCLAIMED, CLAIMED = ("queued", "reopened"), ("claimed", "waiting")
OPEN_STATES, CLOSED_STATES = (*UNCLAIMED, *CLAIMED), ("resolved", "returned")
# The first reference a visitor reads is D-1001: four figures are easy to say on the telephone.
FIRST_REF = 1000


def insert_case(connection: Connection, **values: Any) -> Row[Any] | None:
    """Opens a case and gives it its reference; None where the conversation has one open."""
    row = {"open_key": values["conversation_id"], "state": "queued", "opened_at": now(), **values}
    case_id = insert_ignoring(connection, cases, row)
    if case_id is None:
        return None
    change_case(connection, case_id, ref=f"D-{FIRST_REF + case_id}")
    return case(connection, case_id)


def case(connection: Connection, case_id: int) -> Row[Any]:
    """Returns one case with its visitor's `name`, `channel` and `person_id`.

    `previous_ref` is the reference of the visitor's case before, `waiting_since` when they wrote
    what nobody has answered.
    """
    return connection.execute(_ONE, {"wanted": case_id}).one()


def held(connection: Connection, case_id: int) -> Row[Any]:
    """Returns one case as `case` does; nobody else takes a step in it until we are done.

    The conversation is what is held, before anything else, as every turn of the bot does: who
    holds the same things in the same order is never in another's way for ever.
    """
    while True:
        talk = connection.execute(_TALK_OF, {"wanted": case_id}).scalar_one()
        connection.execute(_HOLD, {"talk": talk})
        standing = case(connection, case_id)
        # A platform may give a conversation another id at any moment.
        if standing.conversation_id == talk:
            return standing


def find_case(connection: Connection, case_id: int) -> Row[Any] | None:
    """Returns one case as `case` does, or None where there is none of this number."""
    return connection.execute(_ONE, {"wanted": case_id}).one_or_none()


def described(row: Row[Any]) -> dict[str, Any]:
    """Returns a case in the words of `docent cases`, times in ISO 8601; the desk adds to it."""
    kept = ("ref", "conversation_id", "state", "department", "owner", "channel", "language")
    told = ("priority", "details", "mood", "rating", "rating_words")
    moments = ("opened_at", "claimed_at", "acted_at", "first_reply_at", "closed_at", "due_at")
    return {
        **{name: getattr(row, name) for name in kept},
        **{name: in_iso(getattr(row, name)) for name in moments},
        **{name: getattr(row, name) for name in told},
        "previous": row.previous_ref,
        "overdue": is_overdue(row),
    }


def is_overdue(row: Row[Any]) -> bool:
    """Tells whether a promise of a case is broken at this moment."""
    return row.state in OPEN_STATES and row.due_at is not None and row.due_at < now()


def in_iso(at: datetime | None) -> str | None:
    """Returns a time in ISO 8601, or None for none."""
    return None if at is None else at.isoformat()


def case_by_ref(connection: Connection, ref: str) -> Row[Any] | None:
    """Returns the case with this reference, or None."""
    return connection.execute(_CASES.where(cases.c.ref == ref)).one_or_none()


def case_by_thread(connection: Connection, channel: str, ts: str) -> Row[Any] | None:
    """Returns the case whose Slack thread this is, or None."""
    return connection.execute(
        _CASES.where(cases.c.slack_channel == channel, cases.c.slack_ts == ts)
    ).one_or_none()


def open_case_of(connection: Connection, conversation_id: str) -> Row[Any] | None:
    """Returns the conversation's open case, or None."""
    return connection.execute(_OPEN_OF, {"talk": conversation_id}).one_or_none()


def list_cases(connection: Connection, states: Sequence[str] | None = None) -> Sequence[Row[Any]]:
    """Returns cases, the longest waiting first."""
    query = _CASES.order_by(cases.c.id)
    if states is not None:
        query = query.where(cases.c.state.in_(states))
    return connection.execute(query).all()


def running(connection: Connection) -> Sequence[Row[Any]]:
    """Returns of each open case the `id`, `channel` and `priority`, which its clocks need."""
    query = sa.select(cases.c.id, cases.c.priority, conversations.c.channel)
    query = query.join(conversations, cases.c.conversation_id == conversations.c.id)
    return connection.execute(query.where(cases.c.state.in_(OPEN_STATES))).all()


def change_case(connection: Connection, case_id: int, **values: Any) -> None:
    """Sets columns of a case."""
    connection.execute(sa.update(cases).where(cases.c.id == case_id).values(**values))


def move(
    connection: Connection, case_id: int, before: Sequence[str], state: str, **values: Any
) -> bool:
    """Brings a case from one of some states to another; False where it is in none of them.

    Of two that try at once one succeeds: the database compares and sets in one statement.
    """
    result = connection.execute(
        sa.update(cases)
        .where(cases.c.id == case_id, cases.c.state.in_(before))
        .values(state=state, **values)
    )
    return bool(result.rowcount)


def close(connection: Connection, case_id: int, state: str) -> bool:
    """Closes an open case as `resolved` or `returned`; False where it is closed already."""
    ended = {"open_key": None, "closed_at": now(), "due_at": None}
    return move(connection, case_id, OPEN_STATES, state, **ended)


def last_closed(connection: Connection, conversation_id: str, since: datetime) -> Row[Any] | None:
    """Returns the case of a conversation that was closed last, if not before a moment."""
    query = _CASES.where(
        cases.c.conversation_id == conversation_id,
        cases.c.state.in_(CLOSED_STATES),
        cases.c.closed_at >= since,
    )
    newest = query.order_by(cases.c.closed_at.desc(), cases.c.id.desc()).limit(1)
    return connection.execute(newest).one_or_none()


def has_heard(connection: Connection, case_id: int, seq: int) -> bool:
    """Tells whether the visitor wrote to a case after one of our messages was written."""
    later = sa.select(messages.c.seq).where(
        messages.c.case_id == case_id, messages.c.direction == "in", messages.c.seq > seq
    )
    return connection.execute(later.limit(1)).first() is not None


def audit(connection: Connection, case_id: int, actor: str, what: str, detail: str = "") -> None:
    """Writes down who did what to a case, and why."""
    connection.execute(
        sa.insert(case_events).values(
            case_id=case_id, at=now(), actor=actor, what=what, detail=detail
        )
    )


def queue_position(connection: Connection, case_id: int) -> int:
    """Returns the place of a waiting case in the queue; 1 is next."""
    return int(
        connection.execute(
            sa.select(sa.func.count()).where(cases.c.state.in_(UNCLAIMED), cases.c.id <= case_id)
        ).scalar_one()
    )


# What a platform tells of a message only ever grows.
_RECEIPTS = sa.case(
    (messages.c.receipt == "read", 3),
    (messages.c.receipt == "delivered", 2),
    (messages.c.receipt == "sent", 1),
    else_=0,
)


def version(connection: Connection) -> int:
    """Returns a number that grows with every change that the web desk shows."""
    events = connection.execute(sa.select(sa.func.coalesce(sa.func.max(case_events.c.id), 0)))
    return int(events.scalar_one()) + int(
        connection.execute(
            sa.select(
                sa.func.coalesce(sa.func.max(messages.c.seq), 0)
                + sa.func.count(messages.c.done_at)
                + sa.func.count(messages.c.translation)
                + sa.func.coalesce(sa.func.sum(_RECEIPTS), 0)
            ).where(messages.c.case_id.is_not(None))
        ).scalar_one()
    )


def _waiting_since() -> Any:
    """The first thing a visitor wrote that staff have not answered."""
    said, replied = messages.alias("said"), messages.alias("replied")
    last_reply = (
        sa.select(sa.func.coalesce(sa.func.max(replied.c.seq), 0))
        .where(
            replied.c.case_id == cases.c.id,
            replied.c.direction == "out",
            replied.c.author == "staff",
        )
        .correlate(cases)
        .scalar_subquery()
    )
    return (
        sa.select(sa.func.min(said.c.at))
        .where(said.c.case_id == cases.c.id, said.c.direction == "in", said.c.seq > last_reply)
        .correlate(cases)
        .scalar_subquery()
        .label("waiting_since")
    )


def _previous_ref() -> Any:
    before = cases.alias("before")
    ref = sa.select(before.c.ref).where(before.c.id == cases.c.previous_id).correlate(cases)
    return ref.scalar_subquery().label("previous_ref")


# Built once: building it costs more than running it.
_CASES = sa.select(
    cases,
    conversations.c.name,
    conversations.c.channel,
    conversations.c.person_id,
    _waiting_since(),
    _previous_ref(),
).join(conversations, cases.c.conversation_id == conversations.c.id)
_ONE = _CASES.where(cases.c.id == sa.bindparam("wanted"))
_OPEN_OF = _CASES.where(cases.c.open_key == sa.bindparam("talk"))
_TALK_OF = sa.select(cases.c.conversation_id).where(cases.c.id == sa.bindparam("wanted"))
_HOLD = (
    sa.select(conversations.c.id)
    .where(conversations.c.id == sa.bindparam("talk"))
    .with_for_update()
)
