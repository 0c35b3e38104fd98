"""Tokens that a platform issues for a while, shared by all processes."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.store import Connection
from bot.store.log import INSERTS, now
from bot.store.tables import platform_tokens


def token(connection: Connection, name: str) -> tuple[str, datetime] | None:
    """Returns a token and the moment until which it holds, or None where there is none."""
    row = connection.execute(
        sa.select(platform_tokens).where(platform_tokens.c.name == name)
    ).one_or_none()
    return None if row is None or row.until <= now() else (row.value, row.until)


def keep(connection: Connection, name: str, value: str, seconds: float) -> None:
    """Keeps a token for so many seconds, in the place of an older one."""
    values = {"value": value, "until": now() + timedelta(seconds=seconds)}
    insert = INSERTS[connection.dialect.name](platform_tokens).values(name=name, **values)
    connection.execute(insert.on_conflict_do_update(index_elements=["name"], set_=values))


def forget(connection: Connection, name: str, value: str) -> None:
    """Forgets a token that the platform no longer takes, unless a newer one is there already."""
    connection.execute(
        sa.delete(platform_tokens).where(
            platform_tokens.c.name == name, platform_tokens.c.value == value
        )
    )


def take_turn(connection: Connection, name: str, owner: str, seconds: float) -> bool:
    """Lets one process alone fetch a token, for so many seconds; False where another does."""
    at = now()
    values = {"value": owner, "until": at + timedelta(seconds=seconds)}
    insert = INSERTS[connection.dialect.name](platform_tokens).values(name=f"{name}!", **values)
    taken = insert.on_conflict_do_update(
        index_elements=["name"], set_=values, where=platform_tokens.c.until <= at
    )
    return bool(connection.execute(taken).rowcount)


def end_turn(connection: Connection, name: str, owner: str) -> None:
    """Lets others fetch; does nothing once somebody else has the turn."""
    forget(connection, f"{name}!", owner)
