"""What all processes know together of the staff's door: its key, ended sessions, wrong passwords.

They are few and end by themselves, so they lie among the platforms' tokens, each under "door:".
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from bot.store import Connection, tokens
from bot.store.log import insert_ignoring, now
from bot.store.tables import platform_tokens

_KEY = "door:key"
_CENTURY = timedelta(days=36_500)


@dataclass(frozen=True)
class Tries:
    """How often a wrong password came, and when the last of them did (seconds since 1970)."""

    count: int = 0
    last: float = 0.0


def key(connection: Connection) -> str:
    """Returns the key that signs sessions; whoever reads the settings alone cannot make one."""
    if (known := tokens.token(connection, _KEY)) is not None:
        return known[0]
    values = {"name": _KEY, "value": secrets.token_hex(32), "until": now() + _CENTURY}
    insert_ignoring(connection, platform_tokens, values)
    made = tokens.token(connection, _KEY)
    assert made is not None
    return made[0]


def end_session(connection: Connection, session: str, seconds: float) -> None:
    """Ends a session that would last so many seconds more."""
    tokens.keep(connection, _name("out", session), "", seconds)


def is_ended(connection: Connection, session: str) -> bool:
    """Tells whether somebody signed out of a session."""
    return tokens.token(connection, _name("out", session)) is not None


def tries(connection: Connection, who: str) -> Tries:
    """Returns the wrong passwords of late of one address, or of all together."""
    known = tokens.token(connection, _name("try", who))
    return Tries() if known is None else Tries(*json.loads(known[0]))


def note_wrong(connection: Connection, who: str, seconds: float) -> None:
    """Counts a wrong password, and forgets all of them so many seconds after the last."""
    _sweep(connection)
    found = Tries(tries(connection, who).count + 1, now().timestamp())
    value = json.dumps([found.count, found.last])
    tokens.keep(connection, _name("try", who), value, seconds)


def note_right(connection: Connection, who: str) -> None:
    """Forgets the wrong passwords of one address."""
    mine = platform_tokens.c.name == _name("try", who)
    connection.execute(sa.delete(platform_tokens).where(mine))


def _sweep(connection: Connection) -> None:
    ours = platform_tokens.c.name.like("door:%")
    connection.execute(sa.delete(platform_tokens).where(ours, platform_tokens.c.until <= now()))


def _name(kind: str, what: str) -> str:
    # An address is a person's: it is counted and not written down.
    return f"door:{kind}:{hashlib.sha256(what.encode('utf-8', 'replace')).hexdigest()[:30]}"
