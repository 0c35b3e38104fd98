"""The draft of an announcement: who is told, in which words, and what is never said."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from conftest import Book, Clock
from standins.translators import TranslatorStandin

from bot.config import Settings
from bot.content.voice import Voice
from bot.desk.announcing import (
    LONGEST,
    Announcer,
    Audience,
    NotSaid,
    audience,
    given_texts,
    nobody,
)
from bot.desk.casework import Casework, Person, Request
from bot.desk.interpreting import make_interpreter
from bot.store.database import Database
from bot.translate import NoTranslator
from bot.windows import Allowance, Window

ADA = Person("U0ADA", "Ada")
DAY = Window("Messenger's 24-hour window", {"message": Allowance(24 * 3600)})
FEW = Window("WeChat's window", {"message": Allowance(48 * 3600, 5)})
KNOWN = {"messenger": DAY, "web": None, "tiny": FEW}


class Town:
    """Visitors who wrote, some of whom wait."""

    def __init__(self, database: Database, book: Book, casework: Casework) -> None:
        self.database, self.book, self.casework = database, book, casework
        self.announcer = Announcer(database, NoTranslator(), KNOWN)

    def waits(self, person: str, language: str = "en", channel: str = "messenger") -> Any:
        """Opens a case."""
        row = self.book.row(self.book.heard("人工 please", person, channel, language))
        return self.database.now(self.casework.open_case, row, language, Request("speak_to_human"))

    def told(self, today: bool = False) -> Audience:
        return self.database.now(audience, KNOWN, today)

    async def draft(self, text: str, key: str = "k", **how: Any) -> Any:
        return await self.announcer.prepare(
            key, ADA, text, **{"today": False, "from_slack": False, **how}
        )


@pytest.fixture
def town(database: Database, book: Book, casework: Casework, clock: Clock) -> Town:
    return Town(database, book, casework)


# -- the words ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("Closed today.", {"": "Closed today."}),
        ("今天闭馆。", {"": "今天闭馆。"}),
        ("今天 closed: 10:00-12:00", {"": "今天 closed: 10:00-12:00"}),
        ("en: Closed. zh: 闭馆。", {"en": "Closed.", "zh": "闭馆。"}),
        ("zh：今天闭馆。en：Closed today.", {"zh": "今天闭馆。", "en": "Closed today."}),
        ("EN: a\nzh-hant: 閉館 zh-Hans: 闭馆", {"en": "a", "zh-Hant": "閉館", "zh": "闭馆"}),
        ("中文：闭馆 英文: Closed", {"zh": "闭馆", "en": "Closed"}),
        ("When? en: x", {"": "When? en: x"}),
    ],
)
def test_texts_by_language(text: str, given: dict[str, str]) -> None:
    assert given_texts(text) == given


@pytest.mark.parametrize(
    "text",
    [
        "note: they are on strike",
        "备注：罢工",
        "內部: strike 罷工",
        "*internal*: x",
        "// x",
        "en: note: x zh: 好",
        "en: x zh: 备注：好",
        "ask @anna? <@U0BEN>",
        "@Anna closed",
        "",
        "en: zh: 闭馆",
        "x" * (LONGEST + 1),
        "en: ok zh: " + "馆" * (LONGEST + 1),
    ],
)
def test_what_is_never_said(text: str) -> None:
    with pytest.raises(NotSaid, match="Nothing was sent"):
        given_texts(text)


# -- the visitors ---------------------------------------------------------------------------------


def test_who_waits_is_told_in_their_language(town: Town) -> None:
    town.waits("1", "en"), town.waits("2", "zh-Hans"), town.waits("3", "zh-Hant", "web")
    town.waits("4", "zh-Hans")
    town.book.heard("only asks", "5")
    told = town.told()
    assert [one.conversation_id for one in told.people] == [
        "messenger:1",
        "messenger:2",
        "web:3",
        "messenger:4",
    ]
    assert told.languages == {"zh-Hans": 2, "en": 1, "zh-Hant": 1}
    assert (told.waiting, told.shut) == (4, 0)


def test_who_is_out_of_their_window_is_counted_and_not_told(town: Town, clock: Clock) -> None:
    town.waits("1"), town.waits("2", channel="web")
    clock.on(hours=24, minutes=1)
    assert [one.channel for one in town.told().people] == ["web"]
    assert town.told().shut == 1


def test_who_has_no_message_left_is_not_told(town: Town) -> None:
    town.waits("1", channel="tiny")
    for _ in range(5):
        town.book.said("x", "1", channel="tiny", state="sent", done_at=town.book.row(1).at)
    assert town.told() == Audience((), 1)


def test_a_channel_that_is_switched_off_is_not_told(town: Town) -> None:
    town.waits("1", channel="web")
    assert town.database.now(audience, {"messenger": DAY}, False).shut == 1


def test_today_adds_those_who_wrote_in_the_last_24_hours_once(town: Town, clock: Clock) -> None:
    town.book.heard("几点 open?", "9", "web", "zh-Hans")
    clock.on(hours=25)
    town.book.heard("today 今天?", "8", "web", "zh-Hans")
    town.waits("1")
    told = town.told(today=True)
    assert [one.conversation_id for one in told.people] == ["messenger:1", "web:8"]
    assert told.waiting == 1


@pytest.mark.parametrize(
    ("told", "today", "words"),
    [
        (Audience(()), False, "no visitor has an open case. Add --today"),
        (Audience(()), True, "no visitor wrote in the last 24 hours or has an open case."),
        (Audience((), 3), False, "of 3 visitors the reply window is closed"),
    ],
)
def test_why_nobody_is_told(told: Audience, today: bool, words: str) -> None:
    assert words in nobody(told, today)


# -- the draft ------------------------------------------------------------------------------------


async def test_a_draft_sends_nothing_and_is_the_same_again(town: Town) -> None:
    town.waits("1")
    before = town.book.texts(direction="out")
    first = await town.draft("Closed 闭馆")
    again = await town.draft("other", "k")
    other = await town.draft("other", "k2")
    assert (again.number, again.said) == (first.number, first.said)
    assert other.number != first.number
    assert town.book.texts(direction="out") == before


async def test_both_texts_need_no_translator(town: Town) -> None:
    town.waits("1", "en"), town.waits("2", "zh-Hans"), town.waits("3", "zh-Hant")
    draft = await town.draft("en: The galleries are closed. zh: 展厅今天关闭。")
    said = {language: each["text"] for language, each in draft.said.items()}
    assert said == {
        "en": "The galleries are closed.",
        "zh-Hans": "展厅今天关闭。",
        "zh-Hant": "展廳今天關閉。",
    }
    assert all("notice" not in (each["beside"] or {}) for each in draft.said.values())


async def test_without_a_translator_the_words_go_as_written_and_say_so(town: Town) -> None:
    town.waits("1", "zh-Hans")
    draft = await town.draft("Closed today")
    assert draft.said["zh-Hans"]["text"] == "Closed today"
    assert "Not translated" in draft.said["zh-Hans"]["beside"]["notice"]


async def test_slacks_markup_is_taken_out(town: Town) -> None:
    town.waits("1")
    draft = await town.draft("*Closed* &amp; 闭馆 <https://a.example|a.example>", from_slack=True)
    assert draft.said["en"]["text"] == "Closed & 闭馆 https://a.example"


async def test_nobody_to_tell_makes_no_draft(town: Town) -> None:
    with pytest.raises(NotSaid, match="no visitor has an open case"):
        await town.draft("Closed 闭馆")


@pytest.fixture
async def engine() -> AsyncIterator[TranslatorStandin]:
    with TranslatorStandin() as opened:
        yield opened


async def test_one_text_is_translated_for_each_language(
    town: Town, engine: TranslatorStandin, voice: Voice, database: Database
) -> None:
    for number, language in enumerate(("en", "zh-Hans", "zh-Hant")):
        town.waits(str(number), language)
    settings = Settings({"TRANSLATOR": "libretranslate", "TRANSLATOR_URL": engine.url})
    town.announcer = Announcer(database, make_interpreter(settings, voice.museum, database), KNOWN)
    draft = await town.draft("The museum is open until 5:30pm, tickets £12.")
    assert draft.said["en"]["text"] == "The museum is open until 5:30pm, tickets £12."
    assert "博物馆" in draft.said["zh-Hans"]["text"]
    assert "博物館" in draft.said["zh-Hant"]["text"]
    assert draft.said["zh-Hans"]["beside"]["back"]
    assert draft.at + timedelta(0) == draft.at
