"""The translation memory: people before engines, each language by itself, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from conftest import Book, Clock
from postgres import BOTH

from bot.store import log, translations
from bot.store.database import Database
from bot.store.tables import translations as table

pytestmark = BOTH
EN, HANS, HANT = "en", "zh-Hans", "zh-Hant"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(translations, "now", clock)
    monkeypatch.setattr(log, "now", clock)
    return clock


def recalled(database: Database, *texts: str, target: str = HANS) -> tuple[int, str] | None:
    found = database.now(translations.recall, texts, EN, target)
    return None if found is None else (found[0], found[1].text)


def test_what_was_kept_is_recalled_in_its_language_only(database: Database) -> None:
    database.now(translations.keep, "Come at {0}", EN, HANS, "请{0}来", "googletrans")
    assert recalled(database, "Come at {0}") == (0, "请{0}来")
    assert recalled(database, "Come at {0}", target=HANT) is None
    assert database.now(translations.recall, ["Come at {0}"], HANT, HANS) is None
    assert recalled(database, "Come at {1}") is None
    assert recalled(database) is None


@pytest.mark.parametrize(
    "text", ["Open  today： yes", " Open today: yes ", "Ｏｐｅｎ today:\nyes", "Open\ttoday: yes"]
)
def test_width_and_space_make_no_difference(database: Database, text: str) -> None:
    database.now(translations.keep, "Open today: yes", EN, HANS, "今天开放", "x")
    assert recalled(database, text) == (0, "今天开放")


def test_a_person_wins_over_engines_whatever_comes_first(database: Database, book: Book) -> None:
    database.now(translations.keep, "Open", EN, HANS, "开", "googletrans")
    database.now(translations.correct, "Open", EN, HANS, "开放", "Ann")
    database.now(translations.keep, "Open", EN, HANS, "打开", "googletrans")
    [row] = book.rows(table)
    assert (row.text, row.engine, row.corrected_by) == ("开放", "person", "Ann")
    assert row.uses == 3


def test_the_last_correction_counts(database: Database, book: Book) -> None:
    database.now(translations.correct, "Open 开", EN, HANS, "开放", "Ann")
    database.now(translations.correct, "Open 开", EN, HANS, "开门", "李伟")
    [row] = book.rows(table)
    assert (row.text, row.corrected_by, row.original) == ("开门", "李伟", "Open 开")


def test_of_several_texts_a_persons_comes_first_then_the_order(database: Database) -> None:
    database.now(translations.keep, "Open at 5pm", EN, HANS, "五点开", "x")
    database.now(translations.keep, "Open at {0}", EN, HANS, "{0}开", "x")
    assert recalled(database, "Open at 5pm", "Open at {0}") == (0, "五点开")
    database.now(translations.correct, "Open at {0}", EN, HANS, "{0}开门", "Ann")
    assert recalled(database, "Open at 5pm", "Open at {0}") == (1, "{0}开门")


def test_corrections_stay_when_what_nobody_uses_is_forgotten(
    database: Database, book: Book, clock: Clock
) -> None:
    database.now(translations.keep, "old", EN, HANS, "旧", "x")
    database.now(translations.keep, "used", EN, HANS, "用", "x")
    database.now(translations.correct, "corrected", EN, HANS, "改", "Ann")
    clock.on(days=100)
    database.now(translations.keep, "used", EN, HANS, "用", "x")
    assert database.now(translations.forget_unused, clock() - timedelta(days=50)) == 1
    assert {row.original for row in book.rows(table)} == {"used", "corrected"}


def test_hostile_texts_are_only_texts(database: Database) -> None:
    for text in ("' OR 1=1 --", "a" * 9000, "{9}{0}", "\u202e؟", "😀" * 50):
        database.now(translations.keep, text, EN, HANT, text, "x")
        assert recalled(database, text, target=HANT) == (0, text)
