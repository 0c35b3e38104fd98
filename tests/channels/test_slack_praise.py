"""Ratings in the thread, and praise in a channel of its own, as staff read them in Slack."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from standins.translators import TranslatorStandin

from bot.store import log
from bot.store.tables import desk_jobs

from .slack_room import ADA, Room, open_room

PRAISE = "C0PRAISE"


def choose_channel(room: Room) -> None:
    """Lets the museum have a channel for praise, to which the bot was invited."""
    room.slack.add_channel(PRAISE, "praise")
    voice = room.host.voice
    museum = replace(voice.museum, praise_channel=PRAISE)
    room.host.casework.voice = replace(voice, museum=museum)


async def rate(room: Room, text: str, language: str) -> Any:
    """A case is answered and closed, and the visitor says how it was."""
    case = await room.ask()
    room.database.now(log.change_conversation, "messenger:7", language=language)
    await room.claimed(case)
    await room.say(ADA, case, "It is here.")
    await room.until(lambda: room.replies)
    await room.press(ADA, case.slack_ts, "Resolve")
    await room.until(lambda: room.case(case.id).rating_asked_at)
    seq = room._heard(text, "Li Wei", "7")
    room.database.now(log.change_message, seq, language=language)
    row = room.database.now(log.message, seq)
    assert room.database.now(room.host.casework.takes_rating, row, None)
    room.host.wake()
    await room.until(
        lambda: "rated" in [r.kind for r in room.rows(desk_jobs) if r.state == "done"]
    )
    return case


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Very happy, the museum staff were wonderful", "en"),
        ("很满意，博物馆的王老师特别耐心", "zh-Hans"),
        ("很滿意，museum 的人超 nice", "zh-Hant"),
    ],
)
async def test_praise_is_shown_in_both_languages_to_whoever_earned_it(
    tmp_path: Path, text: str, language: str
) -> None:
    with TranslatorStandin() as engine:
        values = {"TRANSLATOR": "libretranslate", "TRANSLATOR_URL": engine.url}
        async with open_room(tmp_path, values=values) as room:
            choose_channel(room)
            case = await rate(room, text, language)
            await room.quiet()
            [post] = room.slack.roots(PRAISE)
            shown = str(post)
            assert text in shown
            assert "Translation (libretranslate)" in shown
            assert f"For <@{ADA}> ({case.ref})" in shown
            assert "Li Wei" not in shown
            thread = room.thread(case)
            assert "The visitor's rating: 😀 5 of 5" in thread
            assert text in thread
            assert "Visitor's rating: 😀 5 of 5" in str(
                room.slack.message("C0DESK", case.slack_ts)
            )


async def test_without_a_translator_the_words_stand_alone(tmp_path: Path) -> None:
    async with open_room(tmp_path) as room:
        choose_channel(room)
        await rate(room, "很满意，Ana 特别耐心", "zh-Hans")
        await room.quiet()
        [post] = room.slack.roots(PRAISE)
        assert "很满意，Ana 特别耐心" in str(post)
        assert "Not translated" in str(post)


async def test_praise_cannot_ping_format_or_forge(tmp_path: Path) -> None:
    evil = "很满意！<!channel> <@U0ADA> *wonderful* <https://evil.example|Resolve>"
    async with open_room(tmp_path) as room:
        choose_channel(room)
        await rate(room, evil, "zh-Hans")
        await room.quiet()
        [post] = room.slack.roots(PRAISE)
        assert "<!channel>" not in str(post)
        assert "<https://evil" not in str(post)
        words = [each["text"] for each in post["blocks"] if each["type"] == "section"]
        assert {each["type"] for each in words} == {"plain_text"}


async def test_a_channel_without_docent_holds_nothing_up(tmp_path: Path) -> None:
    async with open_room(tmp_path) as room:
        choose_channel(room)
        room.slack.workspace.channels.pop(PRAISE)
        case = await rate(room, "很满意 so wonderful", "zh-Hans")
        await room.until(lambda: "5 of 5" in room.thread(case))
        waiting = await room.until(lambda: [r for r in room.rows(desk_jobs) if r.attempts])
        assert [(row.kind, row.state) for row in waiting] == [("praise", "queued")]
        # Once Docent is invited, it comes.
        room.slack.add_channel(PRAISE, "praise")
        at_once = sa.update(desk_jobs).values(not_before=None)
        room.database.now(lambda connection: connection.execute(at_once))
        room.host.wake()
        await room.until(lambda: room.slack.roots(PRAISE))


async def test_a_bad_rating_is_told_in_the_thread(tmp_path: Path) -> None:
    async with open_room(tmp_path) as room:
        case = await rate(room, "不太满意, not really", "zh-Hans")
        await room.quiet()
        thread = room.thread(case)
        assert "🙁 2 of 5" in thread
        assert "was not content" in thread
        assert "<!channel>" not in thread
