"""Plain inserts and updates whose statements are kept: to build one costs more than to run it.

SQLAlchemy keeps what it compiled, but works out anew each time which of them it is
(docs.sqlalchemy.org/en/14/core/connections.html#sql-caching).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

_KEY = "kept_key"
_statements: dict[tuple[str, str, str, tuple[str, ...]], Any] = {}
# By the statement's identity; kept with it, so that no other can ever have the same.
_compiled: dict[tuple[str, int], tuple[Any, Any]] = {}


def execute(connection: Connection, statement: Any, values: Mapping[str, Any]) -> Any:
    """Executes a statement that was built once and lives as long as the program."""
    known = (connection.dialect.name, id(statement))
    found = _compiled.get(known)
    if found is None:
        found = _compiled[known] = (statement, statement.compile(connection.engine))
    return connection.execute(found[1], values)


def insert(connection: Connection, table: sa.Table, row: Mapping[str, Any]) -> Any:
    """Inserts a row of plain values; returns its key."""
    known = (connection.dialect.name, "insert", table.name, tuple(row))
    if known not in _statements:
        _statements[known] = sa.insert(table).compile(connection.engine, column_keys=list(row))
    return connection.execute(_statements[known], dict(row)).inserted_primary_key[0]


def update(connection: Connection, table: sa.Table, key: Any, values: Mapping[str, Any]) -> int:
    """Sets columns of the row with this key; returns how many rows there were of it.

    A value may be an expression of SQL; then nothing is kept.
    """
    column = next(iter(table.primary_key.columns))
    statement = sa.update(table).where(column == sa.bindparam(_KEY, type_=column.type))
    if any(isinstance(value, sa.sql.ClauseElement) for value in values.values()):
        result = connection.execute(statement.values(**values), {_KEY: key})
        return int(result.rowcount)
    known = (connection.dialect.name, "update", table.name, tuple(values))
    if known not in _statements:
        compiled = statement.compile(connection.engine, column_keys=[*values, _KEY])
        _statements[known] = compiled
    result = connection.execute(_statements[known], {**values, _KEY: key})
    return int(result.rowcount)
