"""Web visitors: the server issues an unguessable token and keeps only its hash.

The conversation id is a name of its own that gives no access, so it may stand in logs and on the
staff's desk.
"""

from __future__ import annotations

import hashlib
import secrets

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.store.log import now
from bot.store.tables import web_sessions


def open_session(connection: Connection) -> tuple[str, str]:
    """Makes a new web visitor; returns the secret token and the public person id."""
    token, person_id = secrets.token_urlsafe(32), secrets.token_hex(8)
    connection.execute(
        sa.insert(web_sessions).values(
            token_hash=_hash(token), person_id=person_id, created_at=now()
        )
    )
    return token, person_id


def person_of(connection: Connection, token: str) -> str | None:
    """Returns the person id behind a token, or None for a token that was never issued."""
    return connection.execute(
        sa.select(web_sessions.c.person_id).where(web_sessions.c.token_hash == _hash(token))
    ).scalar_one_or_none()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
