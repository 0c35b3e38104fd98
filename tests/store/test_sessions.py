"""Web sessions: unguessable, kept only as a hash, and the name behind them gives no access."""

from __future__ import annotations

import pytest
from conftest import Book
from postgres import BOTH

from bot.store import sessions
from bot.store.database import Database
from bot.store.tables import web_sessions

pytestmark = BOTH


def test_a_session_knows_its_person(database: Database) -> None:
    token, person = database.now(sessions.open_session)
    assert database.now(sessions.person_of, token) == person


def test_sessions_are_unlike_and_long(database: Database) -> None:
    opened = [database.now(sessions.open_session) for _ in range(20)]
    assert len({token for token, _ in opened}) == len({person for _, person in opened}) == 20
    assert min(len(token) for token, _ in opened) >= 43


def test_the_token_is_not_kept(database: Database, book: Book) -> None:
    token, person = database.now(sessions.open_session)
    [row] = book.rows(web_sessions)
    assert token not in repr(row)
    assert person not in token
    assert len(row.token_hash) == 64


@pytest.mark.parametrize("token", ["", "guess", "猜", "x" * 43, "' OR 1=1 --", "a\x00b"])
def test_a_token_that_was_never_issued_is_nobody(database: Database, token: str) -> None:
    database.now(sessions.open_session)
    assert database.now(sessions.person_of, token) is None


def test_neither_the_person_nor_the_hash_opens_a_session(database: Database, book: Book) -> None:
    _, person = database.now(sessions.open_session)
    [row] = book.rows(web_sessions)
    assert database.now(sessions.person_of, person) is None
    assert database.now(sessions.person_of, row.token_hash) is None
