"""`docent doctor`: what is in order is said shortly, what is not is named with its remedy."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from conftest import Book
from postgres import BOTH

from bot import doctor
from bot.channels.checking import Finding
from bot.config import ROOT, Settings
from bot.store import condition, log, queue
from bot.store.database import Database
from bot.store.tables import desk_jobs, messages


def settings(database: Database, **values: str) -> Settings:
    """Returns settings for this database, on a port that nobody listens on."""
    return Settings({"DATABASE_URL": database.url, "PORT": "1", **values})


def found(settings: Settings, name: str) -> list[Finding]:
    return list(doctor.LOOKS[name](settings))


def wrong(settings: Settings, name: str) -> str:
    """Returns what is to be mended in one part."""
    return " ".join(finding.words for finding in found(settings, name) if not finding.ok)


@BOTH
def test_a_healthy_database_has_nothing_to_mend(database: Database, book: Book) -> None:
    queue_words = [finding.words for finding in found(settings(database), "database")]
    kind = "sqlite" if database.is_sqlite else "postgresql"
    assert queue_words == [
        f"{kind}, schema {condition.newest_schema()}",
        "0 to be answered",
        "0 to be sent",
        "0 to be shown to staff",
    ]
    assert wrong(settings(database), "database") == ""


@BOTH
@pytest.mark.parametrize("text", ["Is it free?", "免费吗？", "你们 today 开吗"])
def test_a_question_that_waits_too_long_is_named(
    database: Database, book: Book, text: str
) -> None:
    seq = book.heard(text)
    assert wrong(settings(database), "database") == ""
    early = log.now() - timedelta(minutes=5)
    database.now(log.change_message, seq, at=early)
    said = wrong(settings(database), "database")
    assert said.startswith("1 to be answered, the oldest for 300 s.")
    assert text not in said


@BOTH
def test_a_post_that_waits_and_a_message_that_failed_are_named(
    database: Database, book: Book
) -> None:
    database.now(queue.add_job, "announcement", None, {"text": "x", "ok": True})
    early = log.now() - timedelta(minutes=2)
    database.now(lambda c: c.execute(sa.update(desk_jobs).values(at=early)))
    seq = book.heard("hello")
    database.now(lambda c: c.execute(sa.update(messages).values(state="dead")))
    said = wrong(settings(database), "database")
    assert "1 to be shown to staff, the oldest for 120 s" in said
    assert "1 messages to visitors failed for good" in said
    database.now(log.change_message, seq, at=log.now() - timedelta(days=2))
    assert "failed for good" not in wrong(settings(database), "database")


def test_a_message_that_is_tried_again_later_does_not_wait(database: Database, book: Book) -> None:
    seq = book.heard("hello")
    later = log.now() + timedelta(minutes=5)
    values = {"state": "queued", "direction": "out", "not_before": later}
    database.now(log.change_message, seq, at=log.now() - timedelta(hours=1), **values)
    assert wrong(settings(database), "database") == ""


@BOTH
@pytest.mark.parametrize(
    ("revision", "remedy"), [("0002", "docent migrate"), ("9999", "a newer one has used it")]
)
def test_another_schema_is_named(database: Database, revision: str, remedy: str) -> None:
    database.now(
        lambda c: c.execute(sa.text(f"UPDATE alembic_version SET version_num='{revision}'"))
    )
    [finding, *_] = found(settings(database), "database")
    assert not finding.ok
    assert remedy in finding.words


def test_a_database_that_is_away_is_named_without_its_address() -> None:
    away = Settings({"DATABASE_URL": "postgresql://docent:s3cret@127.0.0.1:1/x", "PORT": "1"})
    findings = [each for each in doctor.examine(away) if each.channel == "database"]
    assert [each.ok for each in findings] == [False]
    assert "s3cret" not in str(findings)


def test_no_database_yet_is_no_fault(tmp_path: Path) -> None:
    new = Settings({"DATABASE_URL": f"sqlite:///{tmp_path}/none.db"})
    assert [each.ok for each in found(new, "database")] == [True]
    assert not (tmp_path / "none.db").exists()


@pytest.mark.parametrize(
    ("values", "remedy"),
    [
        ({"HOST": "0.0.0.0"}, "DESK_PASSWORD"),
        ({"HOST": "0.0.0.0", "DESK_PASSWORD": "x"}, ""),
        ({"TELEGRAM_BOT_TOKEN": "1:a", "TELEGRAM_SECRET_TOKEN": "b"}, "PUBLIC_URL"),
    ],
)
def test_settings_that_do_not_fit_together_are_named(
    database: Database, values: dict[str, str], remedy: str
) -> None:
    said = wrong(settings(database, **values), "settings")
    assert (remedy in said) if remedy else said == ""


def test_an_env_file_that_everybody_reads_is_named(database: Database, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DESK_PASSWORD=x")
    (tmp_path / ".env").chmod(0o644)
    here = Settings({"DATABASE_URL": database.url}, tmp_path)
    assert "chmod 600" in wrong(here, "settings")
    (tmp_path / ".env").chmod(0o600)
    assert wrong(here, "settings") == ""


def test_a_server_that_does_not_run_is_named(database: Database) -> None:
    assert "docent up" in wrong(settings(database), "server")


def test_a_folder_without_a_model_says_how_to_get_one(database: Database, tmp_path: Path) -> None:
    assert "docent train" in wrong(Settings({}, tmp_path), "model")


def test_one_part_that_fails_does_not_hide_the_others(database: Database, tmp_path: Path) -> None:
    empty = Settings({"DATABASE_URL": database.url, "PORT": "1"}, tmp_path)
    names = {each.channel: each.ok for each in doctor.examine(empty)}
    assert names["content"] is False
    assert names["database"] is True
    assert names["web"] is True


def test_the_projects_own_content_is_in_order(database: Database) -> None:
    assert [each.ok for each in found(Settings({}, ROOT), "content")] == [True]
