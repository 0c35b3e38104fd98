"""`docent doctor`: what is in order is said shortly, what is not is named with its remedy."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from conftest import Book
from postgres import BOTH
from redis_server import RedisServer

from bot import doctor, symptoms
from bot.channels.checking import Finding
from bot.config import ROOT, Settings
from bot.content import publish
from bot.store import condition, figures, log, publications, queue
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
        "0 from Slack to be handled",
        "0 files to be fetched",
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
    assert said.startswith("1 to be answered, the oldest for 300 s (messenger). Is docent up")
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
    assert re.search(r"1 to be shown to staff, the oldest for 12\d s", said)
    assert "1 questions failed for good" in said
    database.now(log.change_message, seq, at=log.now() - timedelta(days=2))
    assert "failed for good" not in wrong(settings(database), "database")


@BOTH
def test_what_platforms_said_is_told_of_what_failed(database: Database, book: Book) -> None:
    for person, text in enumerate(("Is it free?", "免费吗？", "你们 today 开吗")):
        book.heard(text, str(person))
        book.said(text, str(person), state="dead", reason="HTTP 400")
    said = wrong(settings(database), "database")
    assert said.startswith("3 messages to visitors failed for good within a day")
    assert "(messenger: HTTP 400)" in said
    assert "免费" not in said


def test_a_database_whose_clock_differs_is_named(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = []
    for ahead in (90, -90, 1):
        there = log.now() + timedelta(seconds=ahead)
        monkeypatch.setattr(figures, "clock", lambda _, there=there: there)
        said.append(wrong(settings(database), "database").partition(" ours")[0])
    assert said == ["its clock is 90 s ahead of", "its clock is 90 s behind", ""]


def test_a_refused_model_is_named(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "docent-1.tar.gz"
    file.write_bytes(b"a model")
    number = database.now(publications.add, "docent-1", "code", file, "ab" * 32, False)
    assert wrong(settings(database), "database") == ""
    database.now(publications.refuse, number, "its bytes are others")
    assert "docent-1 was published and refused: its bytes" in wrong(settings(database), "database")


def test_redis_that_is_away_is_named_without_its_password(database: Database) -> None:
    away = settings(database, REDIS_URL="redis://:s3cret@127.0.0.1:1/0")
    said = wrong(away, "redis")
    assert said.startswith("ConnectionError. Start it")
    assert "s3cret" not in said
    assert found(settings(database), "redis") == []


def test_redis_that_answers_is_in_order(database: Database) -> None:
    server = RedisServer()
    server.start()
    try:
        here = settings(database, REDIS_URL=server.url)
        end = time.monotonic() + 10
        while wrong(here, "redis") and time.monotonic() < end:
            time.sleep(0.02)
        assert [each.words for each in found(here, "redis")] == ["answers"]
    finally:
        server.kill()


@pytest.mark.parametrize(
    ("rows", "ok", "words"),
    [
        ('docent_model_processes{model="docent-1"} 2.0', True, "answers with docent-1 in 2"),
        ('docent_model_processes{model="docent-0"} 1.0', False, "the content's is docent-1"),
        ('docent_model_processes{model="docent-0"} 0.0', None, ""),
    ],
)
def test_which_model_the_server_answers_with(
    database: Database, monkeypatch: pytest.MonkeyPatch, rows: str, ok: bool | None, words: str
) -> None:
    page = httpx.Response(200, text=f"# HELP x\n{rows}\n")
    monkeypatch.setattr(httpx, "get", lambda *_, **__: page)
    monkeypatch.setattr(publish, "current_model", lambda _: Path("docent-1.tar.gz"))
    findings = list(symptoms.of_loaded_model(settings(database), "http://127.0.0.1:1"))
    assert [each.ok for each in findings] == ([] if ok is None else [ok])
    assert all(words in each.words for each in findings)


def test_a_message_that_is_to_wait_at_first_is_not_late(database: Database, book: Book) -> None:
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
        ({"HOST": "0.0.0.0", "DESK_PASSWORD": "馆 a long desk password"}, ""),
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
