"""A reply in the visitor's language: shown before it goes, with its way back, and never in doubt.

Slack and the translation service are stand-ins; everything between them is real.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from standins.translators import TranslatorStandin

from bot.store import log
from bot.store.tables import messages

from .slack_room import ADA, BEN, Room, open_room

ENGLISH = "The museum is open until 5:30pm, tickets £12."


@asynccontextmanager
async def translating(
    folder: Path, undo: int = 0
) -> AsyncIterator[tuple[Room, TranslatorStandin]]:
    """A room whose staff are translated."""
    with TranslatorStandin() as engine:
        values = {"TRANSLATOR": "libretranslate", "TRANSLATOR_URL": engine.url}
        async with open_room(folder, undo=undo, values=values) as room:
            yield room, engine


def speaks(room: Room, language: str) -> None:
    room.database.now(log.change_conversation, "messenger:7", language=language)


@pytest.mark.parametrize(
    ("language", "kept"),
    [("zh-Hans", ("博物馆", "£12")), ("zh-Hant", ("博物館", "£12"))],
)
async def test_the_visitor_reads_their_own_language(
    tmp_path: Path, language: str, kept: tuple[str, ...]
) -> None:
    async with translating(tmp_path) as (room, _):
        case = await room.ask("门票 tickets 多少钱？")
        speaks(room, language)
        await room.claimed(case)
        await room.say(ADA, case, ENGLISH)
        [read] = await room.until(lambda: room.replies)
        assert all(piece in read for piece in kept)
        assert "tickets" not in read
        [row] = [r for r in room.rows(messages) if r.author == "staff"]
        assert row.translation["text"] == ENGLISH
        assert (row.translation["engine"], row.language) == ("libretranslate", language)
        await room.until(lambda: "The visitor reads" in room.thread(case))
        assert read in room.thread(case)


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", ENGLISH),
        ("zh-Hans", "博物馆五点半关门。"),
        ("zh-Hans", "请带上 ticket，五点半关门。"),
    ],
)
async def test_what_they_can_read_goes_as_it_was_written(
    tmp_path: Path, language: str, written: str
) -> None:
    async with translating(tmp_path) as (room, engine):
        case = await room.ask()
        speaks(room, language)
        await room.claimed(case)
        await room.say(ADA, case, written)
        await room.until(lambda: room.replies == [written])
        assert not engine.exchanges


async def test_a_traditional_reader_gets_traditional_from_a_simplified_writer(
    tmp_path: Path,
) -> None:
    async with translating(tmp_path) as (room, _):
        case = await room.ask()
        speaks(room, "zh-Hant")
        await room.claimed(case)
        await room.say(ADA, case, "博物馆五点半关门。")
        await room.until(lambda: room.replies == ["博物館五點半關門。"])


async def test_the_author_sees_both_and_the_way_back_before_it_goes(tmp_path: Path) -> None:
    async with translating(tmp_path, undo=30) as (room, _):
        case = await room.ask()
        speaks(room, "zh-Hans")
        await room.claimed(case)
        await room.say(ADA, case, ENGLISH)
        [preview] = await room.until(lambda: room.slack.ephemerals(ADA))
        shown = str(preview)
        for words in (ENGLISH, "You wrote", "Translated back", "博物馆", "Simplified"):
            assert words in shown
        await room.press(ADA, preview["ts"], "Undo")
        await room.until(lambda: "nothing was sent" in str(room.slack.ephemerals(ADA)[0]))
        assert room.replies == []


async def test_a_translator_that_is_down_sends_the_original_and_says_so(tmp_path: Path) -> None:
    async with translating(tmp_path, undo=2) as (room, engine):
        case = await room.ask()
        speaks(room, "zh-Hans")
        await room.claimed(case)
        engine.fail_next(500, 9)
        await room.say(ADA, case, ENGLISH)
        [preview] = await room.until(lambda: room.slack.ephemerals(ADA))
        assert "Not translated" in str(preview)
        await room.until(lambda: room.replies == [ENGLISH])


async def test_what_stays_in_the_thread_is_not_shown_to_the_service(tmp_path: Path) -> None:
    async with translating(tmp_path) as (room, engine):
        case = await room.ask()
        speaks(room, "zh-Hans")
        await room.say(ADA, case, "Nobody has this one yet, has she paid?")
        await room.until(lambda: room.slack.ephemerals(ADA))
        await room.claimed(case)
        await room.say(BEN, case, "I think she wrote last week too.")
        await room.say(ADA, case, "备注：先查一下 please")
        await room.until(lambda: len(room.notes()) == 3)
        assert not engine.exchanges


async def test_claim_and_send_translates_what_was_kept(tmp_path: Path) -> None:
    async with translating(tmp_path) as (room, _):
        case = await room.ask()
        speaks(room, "zh-Hans")
        await room.say(ADA, case, ENGLISH)
        [offered] = await room.until(lambda: room.slack.ephemerals(ADA))
        await room.press(ADA, offered["ts"], "Claim and send")
        [read] = await room.until(lambda: room.replies)
        assert "博物馆" in read
