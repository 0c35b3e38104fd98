"""Migrations of a database in use: what stood there before stands there after, on both engines."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from postgres import new_database

from bot.config import ROOT
from bot.store import answering, cases, leaving, log
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


# What the code before a step could not live with (docs/operations.md, "Upgrade").
_TAKES_AWAY = {"drop_table", "drop_column", "drop_index", "drop_constraint", "rename_table"}
_TIGHTENS = {"alter_column", "create_unique_constraint", "create_check_constraint"}
VERSIONS = sorted((ROOT / "migrations/versions").glob("0*.py"))
STEPS = [path for path in VERSIONS if path.name >= "0008"]


@pytest.mark.parametrize("path", STEPS, ids=lambda path: path.stem)
def test_a_step_only_adds(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    [upgrade] = [
        each for each in tree.body if isinstance(each, ast.FunctionDef) and each.name == "upgrade"
    ]
    called = {
        node.func.attr
        for node in ast.walk(upgrade)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    assert not called & (_TAKES_AWAY | _TIGHTENS)


def test_a_schema_that_is_newer_than_the_code_is_left_alone(
    old: Database, caplog: pytest.LogCaptureFixture
) -> None:
    old.migrate()
    newer = sa.text("UPDATE alembic_version SET version_num = '9999'")
    old.now(lambda c: c.execute(newer))
    old.migrate()
    assert "the schema is newer than this Docent" in caplog.text
    assert case_of(old).question == "太吵了 so loud"


def test_processes_that_start_at_once_migrate_once() -> None:
    address = new_database()
    databases = [Database(address) for _ in range(4)]
    with ThreadPoolExecutor(4) as crowd:
        list(crowd.map(Database.migrate, databases))
    for database in databases:
        database.close()


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        (leaving._NEXT_OF, "messages USING INDEX ix_messages_unsent"),
        (answering._WAITED, "earlier USING INDEX ix_messages_conversation_id_seq"),
    ],
    ids=["next", "waited"],
)
def test_nobody_elses_messages_are_looked_through(
    tmp_path: Path, statement: Any, index: str
) -> None:
    migrated = Database(f"sqlite:///{tmp_path / 'docent.db'}")
    migrated.migrate()
    with migrated.engine.begin() as connection:
        compiled = statement.compile(connection.engine)
        nothing = (None,) * len(compiled.positiontup)
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled.string}", nothing)
        steps = [row.detail for row in plan]
    migrated.close()
    assert any(index in step for step in steps), steps
    assert not any("ix_messages_state_seq" in step for step in steps)
