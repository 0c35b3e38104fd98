"""Which messages leave next: of each channel as many as it has room for, in one statement.

The statement looks through indexes that hold only what waits to be sent, by channel: a platform
that is away, with 40,000 messages behind it, costs the others nothing, and its own messages that
are to be tried again later are not looked at before their time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.store import kept, log
from bot.store.holding import OWN
from bot.store.tables import Moment, conversations, messages

TAKEN_OVER = "a person took over"

# As the partial indexes say it (tables.py): a planner compares the words.
_FRESH = sa.text("messages.state = 'queued' AND messages.not_before IS NULL")
_LATER = sa.text("messages.state = 'queued' AND messages.not_before IS NOT NULL")
_earlier, _asked = messages.alias("earlier"), messages.alias("asked")
_BLOCKED = sa.exists().where(
    _earlier.c.conversation_id == messages.c.conversation_id,
    _earlier.c.seq < messages.c.seq,
    # The index's own condition, word for word, and what of it blocks.
    sa.text("earlier.direction = 'out' AND earlier.state IN ('queued', 'sending', 'waiting')"),
    _earlier.c.state != "waiting",
)
_DUE = messages.c.not_before <= sa.bindparam("due", type_=Moment())
_HOLD = (
    sa.select(conversations.c.id, conversations.c.speaker)
    .where(conversations.c.id.in_(sa.bindparam("talks", expanding=True)))
    .order_by(conversations.c.id)
    .with_for_update()
)
_TAKE = sa.update(messages).values(
    state="sending", lease_until=sa.bindparam("until", type_=Moment()), held_by=OWN
)
_TAKE_ONE = _TAKE.where(messages.c.seq == sa.bindparam("taken"))
_TAKE_ALL = _TAKE.where(messages.c.seq.in_(sa.bindparam("taken", expanding=True)))
_CANCEL = (
    sa.update(messages)
    .where(messages.c.seq.in_(sa.bindparam("taken", expanding=True)))
    .values(state="cancelled", reason=TAKEN_OVER, done_at=sa.bindparam("moment", type_=Moment()))
)


_WITH_TALK = sa.select(
    messages,
    conversations.c.speaker.label("talk_speaker"),
    conversations.c.acts.label("talk_acts"),
    conversations.c.last_in_at.label("talk_last_in_at"),
    _asked.c.payload.label("asked_payload"),
).select_from(
    messages.join(conversations, conversations.c.id == messages.c.conversation_id).outerjoin(
        _asked, _asked.c.seq == messages.c.in_reply_to
    )
)
_NEXT_OF = (
    _WITH_TALK.where(
        messages.c.conversation_id == sa.bindparam("talk"),
        # The index's own condition again. SQLite would rather look through all that has a state,
        # were it not hidden: sqlite.org/optoverview.html
        sa.text("messages.direction = 'out'"),
        sa.text("messages.state IN ('queued', 'sending', 'waiting')"),
        sa.text("messages.state || '' = 'queued'"),
        messages.c.not_before.is_(None) | _DUE,
        ~_BLOCKED,
    )
    .order_by(messages.c.seq)
    .limit(1)
    .with_for_update(of=messages, skip_locked=True)
)


def claim(
    connection: Connection,
    room: Mapping[str, int],
    at: datetime,
    until: datetime,
    talk: str | None = None,
) -> list[Row[Any]]:
    """Takes the oldest messages that may be sent now.

    Messages of one conversation leave in order. Who speaks is checked here, with the conversation
    held: what the bot wrote before a person took over is never sent after.

    Args:
        connection: An open transaction.
        room: How many messages of each channel are taken at the most.
        at: The present moment.
        until: When the lease ends.
        talk: The one conversation that is looked at; it costs an eighth of looking at all.

    Returns:
        Rows of messages with the conversation's `talk_acts` and `talk_last_in_at`, and with
        `asked_payload`, that of the message which it answers.
    """
    taken: list[Row[Any]] = []
    left = Counter(room)
    while found := _found(connection, +left, at, talk):
        silent = _silenced(connection, found)
        if silent:
            connection.execute(_CANCEL, {"taken": [row.seq for row in silent], "moment": at})
        if leaving := [row for row in found if row not in silent]:
            _take(connection, [row.seq for row in leaving], until)
            left.subtract(row.channel for row in leaving)
            taken += leaving
        if not silent:
            break
    return taken


def _take(connection: Connection, seqs: Sequence[int], until: datetime) -> None:
    if len(seqs) == 1:
        # As a rule. A list is compiled anew each time, which costs more than the update.
        kept.execute(connection, _TAKE_ONE, {"taken": seqs[0], "until": until})
    else:
        kept.execute(connection, _TAKE_ALL, {"taken": seqs, "until": until})


def _found(
    connection: Connection, room: Mapping[str, int], at: datetime, talk: str | None
) -> list[Row[Any]]:
    if talk is not None:
        found = kept.execute(connection, _NEXT_OF, {"talk": talk, "due": at}).all()
        return [row for row in found if row.channel in room]
    values: dict[str, Any] = {"due": at}
    for number, (channel, most) in enumerate(room.items()):
        values |= {f"channel_{number}": channel, f"most_{number}": most}
    rows = kept.execute(connection, _oldest(len(room)), values).all() if room else []
    # A channel's two lanes may both have given as many as there is room for.
    left = Counter(room)
    found = []
    for row in rows:
        left[row.channel] -= 1
        if left[row.channel] >= 0:
            found.append(row)
    return found


def _silenced(connection: Connection, found: Sequence[Row[Any]]) -> list[Row[Any]]:
    """Returns what the bot may not say any more, and holds the conversations of what it may."""
    by_bot = [row for row in found if row.author == "bot"]
    speakers = {row.conversation_id: row.talk_speaker for row in by_bot}
    if by_bot and connection.dialect.name != "sqlite":
        # On SQLite nobody else writes while we do.
        held = connection.execute(_HOLD, {"talks": list(speakers)})
        speakers = {row.id: row.speaker for row in held}
    return [row for row in by_bot if speakers[row.conversation_id] == log.HUMAN]


@lru_cache(maxsize=16)
def _oldest(channels: int) -> Any:
    """Builds the statement for so many channels."""
    lanes = [
        lane.limit(sa.bindparam(f"most_{number}", type_=sa.Integer())).subquery()
        for number in range(channels)
        for lane in _lanes(messages.c.channel == sa.bindparam(f"channel_{number}"))
    ]
    seqs = sa.union_all(*(sa.select(lane.c.seq) for lane in lanes))
    return (
        _WITH_TALK.where(messages.c.seq.in_(seqs), messages.c.state == "queued")
        .order_by(messages.c.seq)
        .with_for_update(of=messages, skip_locked=True)
    )


def _lanes(of_channel: Any) -> tuple[Any, Any]:
    """Returns what of a channel was never tried, and what is to be tried again by now."""
    fresh = sa.select(messages.c.seq).where(of_channel, _FRESH, ~_BLOCKED)
    later = sa.select(messages.c.seq).where(of_channel, _LATER, _DUE, ~_BLOCKED)
    return fresh.order_by(messages.c.seq), later.order_by(messages.c.not_before)
