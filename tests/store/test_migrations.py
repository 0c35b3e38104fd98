"""Migrations of a database in use: what stood there before stands there after, on both engines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from postgres import new_database

from bot.config import ROOT
from bot.store import cases, log
from bot.store.database import Database

AT = "2026-11-22 10:00:00"
ROWS = (
    "INSERT INTO conversations (id, channel, person_id, language, speaker, memory, created_at)"
    " VALUES ('web:1', 'web', '1', 'zh-Hans', 'queued', '[]', :at)",
    "INSERT INTO cases (ref, conversation_id, open_key, state, reason, question, department,"
    " language, opened_at) VALUES ('D-1001', 'web:1', 'web:1', 'queued', 'complaint',"
    " '太吵了 so loud', 'access', 'zh-Hans', :at)",
)


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database as revision 0001 left it, with a conversation and a case in it."""
    sqlite = request.param == "sqlite"
    database = Database(f"sqlite:///{tmp_path}/old.db" if sqlite else new_database())
    moved(database, command.upgrade, "0001")
    database.now(lambda c: [c.execute(sa.text(row), {"at": AT}) for row in ROWS])
    yield database
    database.close()


def moved(database: Database, step: Callable[..., None], revision: str) -> None:
    """Takes the schema up or down to a revision."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        step(config, revision)


def case_of(database: Database) -> Any:
    found = database.now(cases.case_by_ref, "D-1001")
    assert found is not None
    return found


def test_a_database_in_use_keeps_its_rows(old: Database) -> None:
    old.migrate()
    case = case_of(old)
    assert (case.question, case.state, case.language) == ("太吵了 so loud", "queued", "zh-Hans")
    assert (case.priority, case.details) == ("normal", None)
    talk = old.now(log.conversation, "web:1")
    assert talk is not None
    assert (talk.memory, talk.unfinished) == ([], None)


def test_what_is_new_can_be_written_after_the_step(old: Database) -> None:
    old.migrate()
    told = {"What happened": "太吵了", "When and where": "昨天 in room 4"}
    case = case_of(old)
    old.now(cases.change_case, case.id, details=told, priority="urgent")
    assert case_of(old).details == told
    assert cases.described(case_of(old))["priority"] == "urgent"


def test_the_step_can_be_taken_back(old: Database) -> None:
    old.migrate()
    moved(old, command.downgrade, "0001")
    columns = {column["name"] for column in sa.inspect(old.engine).get_columns("cases")}
    assert "details" not in columns
    old.migrate()
    assert case_of(old).question == "太吵了 so loud"
