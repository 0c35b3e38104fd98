"""How each channel was when staff were last told, shared by all processes: told once, by one.

Kept with the tokens that channels break over: "health:<channel>" -> {"ok", "reason", "changes"},
`until` being the moment in which that was seen.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime, timezone
from typing import Any

import sqlalchemy as sa

from bot.store import Connection
from bot.store.log import insert_ignoring, now
from bot.store.tables import platform_tokens

_PREFIX = "health:"
_WELL = {"ok": True, "reason": "", "changes": 0}
_LONG_AGO = datetime(1970, 1, 1, tzinfo=timezone.utc)


def change(
    connection: Connection, channel: str, ok: bool, reason: str, seen: datetime | None = None
) -> bool:
    """Writes down how a channel is; tells whether staff do not know yet that it broke or works.

    What was seen before the last change is old news: another process has seen more since.
    """
    name, at = f"{_PREFIX}{channel}", seen or now()
    insert_ignoring(connection, platform_tokens, _row(name, _WELL, _LONG_AGO))
    mine = platform_tokens.c.name == name
    query = sa.select(platform_tokens).where(mine).with_for_update()
    row = connection.execute(query).one()
    known = json.loads(row.value)
    if (known["ok"], known["reason"]) == (ok, reason) or at < row.until:
        return False
    fresh = {"ok": ok, "reason": reason, "changes": known["changes"] + 1}
    connection.execute(sa.update(platform_tokens).where(mine).values(**_row(name, fresh, at)))
    return bool(known["ok"] != ok)


def broken(connection: Connection, channels: Collection[str]) -> dict[str, str]:
    """Returns those of these channels that staff were told do not work, with the reason."""
    states = _states(connection)
    return {name: states[name]["reason"] for name in channels if not _is_well(states, name)}


def version(connection: Connection) -> int:
    """Returns a number that grows with every change."""
    return sum(int(state["changes"]) for state in _states(connection).values())


def _is_well(states: dict[str, Any], name: str) -> bool:
    return bool(states.get(name, _WELL)["ok"])


def _states(connection: Connection) -> dict[str, Any]:
    query = sa.select(platform_tokens).where(platform_tokens.c.name.startswith(_PREFIX))
    rows = connection.execute(query)
    return {row.name.removeprefix(_PREFIX): json.loads(row.value) for row in rows}


def _row(name: str, state: dict[str, Any], at: datetime) -> dict[str, Any]:
    return {"name": name, "value": json.dumps(state), "until": at}
