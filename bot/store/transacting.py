"""One transaction on a pooled connection: tried again where that is safe, and never in doubt.

What failed before its COMMIT has left nothing, so it may simply run again: on a new connection
where the old one was lost, and where two transactions stood in each other's way. A connection that
is lost during the COMMIT leaves the outcome open; PostgreSQL knows it by the transaction's number
(postgresql.org/docs/current/functions-info.html, txid_status).
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bot import stages

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

TRIES = 3
# Serialization failure, deadlock, lock timeout: postgresql.org/docs/current/errcodes-appendix.html
IN_THE_WAY = ("40001", "40P01", "55P03")
# A server that is started again answers within this time, or the outcome stays open.
OUTCOME_SECONDS = 5.0
ASK_EVERY_SECONDS = 0.1


class _InDoubt(Exception):
    """The connection was lost while PostgreSQL committed this transaction."""

    def __init__(self, number: int, result: Any) -> None:
        self.number = number
        self.result = result


def transact(engine: Engine, work: Callable[[Connection], Result]) -> Result:
    """Runs `work(connection)` in one transaction and returns its result.

    Raises as SQLAlchemy does; the error of the COMMIT where its outcome cannot be learnt in time:
    then what was to be written may stand or not.
    """
    for attempt in range(1, TRIES + 1):
        try:
            with stages.transaction():
                return _once(engine, work)
        except _InDoubt as doubt:
            if _was_committed(engine, doubt):
                result: Result = doubt.result
                return result
        except sa.exc.DBAPIError as error:
            if attempt == TRIES or not _may_run_again(error):
                raise
            time.sleep(random.uniform(0, 0.02 * attempt))  # noqa: S311
    raise AssertionError


def _once(engine: Engine, work: Callable[[Connection], Result]) -> Result:
    with engine.connect() as connection:
        transaction = connection.begin()
        try:
            result = work(connection)
            number = _number(connection)
        except BaseException:
            transaction.rollback()
            raise
        try:
            transaction.commit()
        except sa.exc.DBAPIError as error:
            if not error.connection_invalidated:
                raise
            if number is not None:
                raise _InDoubt(number, result) from error
        return result


def _number(connection: Connection) -> int | None:
    """Returns the number of a transaction that has written something."""
    if connection.dialect.name != "postgresql":
        return None
    found = connection.exec_driver_sql("SELECT txid_current_if_assigned()").scalar()
    return None if found is None else int(found)


def _was_committed(engine: Engine, doubt: _InDoubt) -> bool:
    """Asks what became of a transaction; raises the error of its COMMIT where nobody answers."""
    asked, end = sa.text("SELECT txid_status(:number)"), time.monotonic() + OUTCOME_SECONDS
    while time.monotonic() < end:
        try:
            with engine.connect() as connection:
                status = connection.execute(asked, {"number": doubt.number}).scalar()
        except sa.exc.DBAPIError:
            status = None
        if status in ("committed", "aborted"):
            logger.info("a lost connection's transaction", extra={"outcome": status})
            return bool(status == "committed")
        time.sleep(ASK_EVERY_SECONDS)
    assert doubt.__cause__ is not None
    raise doubt.__cause__


def _may_run_again(error: sa.exc.DBAPIError) -> bool:
    if error.connection_invalidated:
        return True
    return getattr(error.orig, "pgcode", None) in IN_THE_WAY
