"""Answers that travel in the response to the webhook which brought the question.

An answer is claimed with one update, so that the outbox cannot send it too; it counts as sent
once it is written to the connection. Whoever dies between leaves a row whose lease ends, and the
outbox sends it then, as it does with its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from bot.store import Connection, Row
from bot.store.holding import OWN
from bot.store.log import HUMAN, now
from bot.store.queue import LEASE
from bot.store.tables import conversations, messages

# Why a row is "sending" that no channel sends.
IN_RESPONSE = "in the response to the webhook"
# A platform that repeats its question gets the same answer again for so long.
REPEATED = timedelta(seconds=60)
# The rest of an answer leaves in other ways, and not before its beginning can have arrived.
BETWEEN = timedelta(seconds=0.5)


@dataclass(frozen=True)
class Standing:
    """What has become of a question.

    `reply` is its answer, claimed for the caller, by this very call where `is_fresh`; `is_open`
    says that one may still come.
    """

    reply: Row[Any] | None = None
    is_open: bool = False
    is_fresh: bool = False


def claim_replies(
    connection: Connection, channel: str, platform_ids: Sequence[str]
) -> dict[str, Standing]:
    """Claims the first message of the answer to each of these questions, where it is ready.

    An answer that was claimed so before is returned again for a while: the platform repeats a
    question where it saw no answer, and shows only one.
    """
    questions = connection.execute(
        sa.select(messages)
        .where(
            messages.c.channel == channel,
            messages.c.direction == "in",
            messages.c.platform_id.in_(platform_ids),
        )
        # In one order everywhere: two processes may claim the same at once.
        .order_by(messages.c.seq)
    ).all()
    first = _first_replies(connection, questions)
    return {
        question.platform_id: _standing(connection, question, first.get(question.seq))
        for question in questions
    }


def reply_given(connection: Connection, row: Row[Any]) -> bool:
    """Notes that a claimed answer was written to the connection; False where it was before."""
    at = now()
    given = connection.execute(
        sa.update(messages)
        .where(messages.c.seq == row.seq, *_CLAIMED)
        .values(
            state="sent",
            reason=None,
            lease_until=None,
            # Platforms do not count such answers against what their window allows.
            payload={**row.payload, "passive": True},
            done_at=at,
        )
    )
    if given.rowcount:
        connection.execute(
            sa.update(messages)
            .where(
                messages.c.conversation_id == row.conversation_id,
                messages.c.seq > row.seq,
                messages.c.in_reply_to == row.in_reply_to,
                messages.c.state == "queued",
            )
            .values(not_before=at + BETWEEN)
        )
    return bool(given.rowcount)


def give_back(connection: Connection, row: Row[Any]) -> None:
    """Leaves a claimed answer to the outbox, because nobody is there to take it."""
    connection.execute(
        sa.update(messages)
        .where(messages.c.seq == row.seq, *_CLAIMED)
        .values(state="queued", reason=None, lease_until=None, not_before=None)
    )


_CLAIMED = (messages.c.state == "sending", messages.c.reason == IN_RESPONSE)


def _first_replies(connection: Connection, questions: Sequence[Row[Any]]) -> dict[int, Row[Any]]:
    if not questions:
        return {}
    rows = connection.execute(
        sa.select(messages)
        .where(
            messages.c.conversation_id.in_({each.conversation_id for each in questions}),
            messages.c.seq > min(each.seq for each in questions),
            messages.c.in_reply_to.in_([each.seq for each in questions]),
            messages.c.direction == "out",
        )
        .order_by(messages.c.seq.desc())
    )
    return {row.in_reply_to: row for row in rows}


def _standing(connection: Connection, question: Row[Any], reply: Row[Any] | None) -> Standing:
    if reply is None:
        return Standing(is_open=question.state in ("received", "answering"))
    if _was_claimed(reply):
        return Standing(reply)
    if reply.state != "queued":
        return Standing()
    if _is_blocked(connection, reply):
        return Standing(is_open=True)
    return Standing(reply, is_fresh=True) if _take(connection, reply) else Standing()


def _was_claimed(reply: Row[Any]) -> bool:
    if reply.state == "sending":
        # Where a claim was lost, the reason still stands and the outbox may have the row by now.
        return bool(reply.reason == IN_RESPONSE and not reply.maybe_twice)
    given = reply.state == "sent" and reply.payload.get("passive")
    return bool(given and reply.done_at > now() - REPEATED)


def _is_blocked(connection: Connection, reply: Row[Any]) -> bool:
    """Tells whether earlier words to this person have not left yet."""
    earlier = connection.execute(
        sa.select(messages.c.seq)
        .where(
            messages.c.conversation_id == reply.conversation_id,
            messages.c.seq < reply.seq,
            messages.c.direction == "out",
            messages.c.state.in_(("queued", "sending")),
        )
        .limit(1)
    )
    return earlier.first() is not None


def _take(connection: Connection, reply: Row[Any]) -> bool:
    # First the message, then its conversation, as the outbox does: else each could hold the one
    # and wait for the other.
    taken = connection.execute(
        sa.update(messages)
        .where(messages.c.seq == reply.seq, messages.c.state == "queued")
        .values(state="sending", reason=IN_RESPONSE, lease_until=now() + LEASE, held_by=OWN)
    )
    if taken.rowcount and _is_silenced(connection, reply):
        give_back(connection, reply)
        return False
    return bool(taken.rowcount)


def _is_silenced(connection: Connection, reply: Row[Any]) -> bool:
    """Tells whether the bot wrote this and a person has taken over; holds the conversation."""
    speaker = connection.execute(
        sa.select(conversations.c.speaker)
        .where(conversations.c.id == reply.conversation_id)
        .with_for_update()
    ).scalar_one()
    return bool(reply.author == "bot" and speaker == HUMAN)
