"""The translation memory learns what was sent as proposed, and forgets what nobody uses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from conftest import Book

from bot.desk.learning import UNUSED, forget, learn, spoken_of
from bot.store import log, revisions
from bot.store.tables import translations
from bot.translate import Interpreter
from bot.translate.engines import NoTranslator

BOTH = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
BESIDE = {
    "text": "We close at 5pm.",
    "language": "en",
    "engine": "libretranslate",
    "state": "translated",
}


def sent(book: Book, text: str, beside: Any, **more: Any) -> int:
    book.heard("几点关门？")
    values = {"author": "staff", "language": "zh-Hans", "translation": beside, "state": "sent"}
    return book.said(text, **{**values, **more})


def taught(book: Book, seq: int) -> list[tuple[str, str]]:
    interpreter = Interpreter(NoTranslator())
    book.database.now(learn, interpreter, book.row(seq))
    return [(row.original, row.text) for row in book.rows(translations)]


@BOTH
def test_what_was_sent_as_proposed_is_kept_with_blanks(book: Book) -> None:
    seq = sent(book, "我们5pm关门。", BESIDE)
    assert taught(book, seq) == [("We close at {0}.", "我们{0}关门。")]
    taught(book, seq)
    [row] = book.rows(translations)
    assert (row.uses, row.source_language, row.target_language) == (2, "en", "zh-Hans")


@pytest.mark.parametrize(
    "beside",
    [
        None,
        {"notice": "Not translated", "state": "original_sent"},
        {**BESIDE, "state": "ready", "engine": "faq"},
        {**BESIDE, "state": "same_language", "engine": "opencc"},
    ],
)
def test_what_no_engine_made_is_not_kept(book: Book, beside: Any) -> None:
    assert taught(book, sent(book, "我们5pm关门 today。", beside)) == []


def test_a_part_of_a_reply_is_no_translation_of_the_whole(book: Book) -> None:
    first = sent(book, "我们5pm关门。", BESIDE, author_id="U1")
    part = {revisions.PART_OF: first}
    book.said("请早些来。", author="staff", author_id="U1", payload=part)
    assert taught(book, first) == []


def test_the_bots_words_are_not_kept(book: Book) -> None:
    assert taught(book, sent(book, "我们5pm关门。", BESIDE, author="bot")) == []


def test_a_row_is_read_as_it_was_worded(book: Book) -> None:
    said = spoken_of(book.row(sent(book, "我们5pm关门。", {**BESIDE, "back": "We shut at 5pm."})))
    assert (said.text, said.original, said.language, said.source, said.back) == (
        "我们5pm关门。",
        "We close at 5pm.",
        "zh-Hans",
        "en",
        "We shut at 5pm.",
    )


@BOTH
def test_what_nobody_used_for_long_is_forgotten_and_peoples_words_stay(
    book: Book, clock: Any
) -> None:
    taught(book, sent(book, "我们5pm关门。", BESIDE))
    old = {"text": "谢谢您", "corrected_by": "Ada", "original": "Thanks", "source_hash": "x"}
    row = {"source_language": "en", "target_language": "zh-Hans", "engine": "person", **old}
    book.database.now(
        lambda c: c.execute(translations.insert().values(at=log.now(), uses=1, **row))
    )
    book.database.now(lambda c: c.execute(translations.update().values(at=log.now())))
    clock.on(seconds=(UNUSED - timedelta(days=1)).total_seconds())
    assert book.database.now(forget) == 0
    clock.on(days=2)
    assert book.database.now(forget) == 1
    assert [row.corrected_by for row in book.rows(translations)] == ["Ada"]
