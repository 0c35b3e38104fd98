"""One message taken out of a queue, as the workers take several."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol, TypeVar

from bot.store import Connection, Row, claiming, queue

Work = TypeVar("Work", covariant=True)


def inbound(connection: Connection) -> Row[Any] | None:
    """Takes the oldest message of the visitor whose turn it is, or None."""
    return next((taken.row for taken in claiming.claim(connection, 1)), None)


def outbound(connection: Connection, channels: Sequence[str]) -> Row[Any] | None:
    """Takes one message to a visitor of these channels that may be sent now, or None."""
    found = (row for name in channels for row in queue.claim_leaving(connection, {name: 1}))
    return next(found, None)


class Queue(Protocol[Work]):
    """The inbox or the outbox."""

    _claim: Callable[[int], Awaitable[Sequence[Work]]]


async def one(queue: Queue[Work]) -> Work | None:
    """Takes one piece as the worker does, or None; of one channel where it is the outbox."""
    found = await queue._claim(1)
    assert len(found) <= 1
    return found[0] if found else None
