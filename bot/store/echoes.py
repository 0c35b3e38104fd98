"""Which messages of ours a platform says it took, by the number that it gave back to us.

Where a process died between a platform's yes and the record of it, the row comes back, and would
be sent again. Some platforms tell what they took in a webhook that names our row, and repeat it
until we say 200: there the row waits a little, so that the telling can come first.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from bot.messages import Receipt, conversation_id
from bot.store import Connection, Row, kept
from bot.store.log import now
from bot.store.tables import Moment, messages, platform_tokens
from bot.store.tokens import keep

# So long a row that may have been taken waits for its platform to tell.
PATIENCE = timedelta(seconds=10)
# A channel that has told nothing for so long has been set up otherwise: nobody waits for it.
REMEMBERED = timedelta(days=30)
# Why a row that was to be sent again is `sent`: docent log shows it.
TOLD = "its platform told us that it had taken it"
_NAME = "tells:"

_ROW = sa.select(messages).where(messages.c.seq == sa.bindparam("wanted")).with_for_update()
_UNTIL = sa.select(platform_tokens.c.until).where(platform_tokens.c.name == sa.bindparam("named"))


def heard(connection: Connection, told: Receipt) -> Row[Any] | None:
    """Notes that a platform took the row that it names; returns the row if that is news.

    Nothing happens to a row of another conversation or channel, to one that was never tried, and
    to one that has ended.
    """
    _remember(connection, told.channel)
    row = kept.execute(connection, _ROW, {"wanted": told.row}).one_or_none()
    if row is None or not told.platform_id or not _is_meant(row, told):
        return None
    if row.state == "sent":
        _add(connection, row, told)
        return None
    tried = row.maybe_twice or row.attempts
    if row.state != "sending" and not (row.state == "queued" and tried):
        return None
    end = {"state": "sent", "platform_id": told.platform_id, "done_at": now()}
    free = {"lease_until": None, "held_by": None, "not_before": None}
    # What is on its way again at this moment may still be read twice: its flag stays.
    clear = {"maybe_twice": False, "reason": TOLD} if row.state == "queued" else {"reason": None}
    _change(connection, row, **end, **free, **clear)
    return row


def tells(connection: Connection, channel: str) -> bool:
    """Tells whether this channel's platform has told of its own what it took."""
    until = kept.execute(connection, _UNTIL, {"named": _NAME + channel}).scalar_one_or_none()
    return until is not None and until > now()


def waits_until() -> Any:
    """Returns, as an expression of SQL, from when on a row that may have been taken is sent."""
    at = now()
    names = sa.select(platform_tokens.c.name).where(platform_tokens.c.until > at)
    telling = (sa.literal(_NAME) + messages.c.channel).in_(names)
    then = sa.literal(at + PATIENCE, Moment())
    return sa.case((telling, then), else_=messages.c.not_before)


def wait_anew(connection: Connection) -> None:
    """Lets rows that may have been taken wait once more: while we were dead nobody could tell."""
    may_be_there = (messages.c.state == "queued") & messages.c.maybe_twice
    soon = messages.c.not_before.is_(None) | (messages.c.not_before < now() + PATIENCE)
    waits = sa.update(messages).where(may_be_there, soon).values(not_before=waits_until())
    connection.execute(waits)


def _is_meant(row: Row[Any], told: Receipt) -> bool:
    talk = conversation_id(told.channel, told.person_id)
    return row.direction == "out" and bool(row.conversation_id == talk)


def _add(connection: Connection, row: Row[Any], told: Receipt) -> None:
    """Adds what a platform says of a message whose end is written already."""
    if row.platform_id is None:
        _change(connection, row, platform_id=told.platform_id)
    elif row.reason == TOLD and row.platform_id != told.platform_id:
        # It had been sent more than once before the first was told.
        _change(connection, row, maybe_twice=True)


def _remember(connection: Connection, channel: str) -> None:
    until = kept.execute(connection, _UNTIL, {"named": _NAME + channel}).scalar_one_or_none()
    if until is None or until < now() + REMEMBERED - timedelta(days=1):
        keep(connection, _NAME + channel, "", REMEMBERED.total_seconds())


def _change(connection: Connection, row: Row[Any], **values: Any) -> None:
    kept.update(connection, messages, row.seq, values)
