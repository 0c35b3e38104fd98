"""Whatever is down, a visitor who writes is told something and staff get a case."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from bot import answering
from bot.channels import host
from bot.content.voice import Voice
from bot.messages import Inbound

from .slack_room import Room, open_room

ASKED = {
    "en": "Is it free on Sunday?",
    "zh-Hans": "周日门票多少钱？",
    "zh-Hant": "週日門票多少錢？有優惠嗎",
}


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No model will come, and nothing is tried for long."""
    monkeypatch.setattr(host, "MODEL_SECONDS", 0.0)
    monkeypatch.setattr(answering, "TURN_RETRIES", (0.01, 0.01))


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with open_room(tmp_path) as opened:
        yield opened


async def write(room: Room, text: str, person: str = "7", locale: str | None = None) -> None:
    """Lets a visitor write at the channel's door."""
    heard = Inbound("messenger", person, f"mid.{person}.{text}", text, locale=locale)
    assert await room.host.inbox.accept([heard]) == 1


async def told(room: Room, count: int = 1) -> Sequence[str]:
    """Waits for what the visitor was told."""
    await room.until(lambda: len(room.pocket.sent) >= count)
    return [message.text for message in room.pocket.sent]


@pytest.mark.parametrize("language", ASKED)
async def test_without_a_model_every_question_goes_to_a_person(
    room: Room, voice: Voice, language: str
) -> None:
    locale = {"zh-Hant": "zh_TW"}.get(language)
    await write(room, ASKED[language], locale=locale)
    [words] = await told(room)
    assert words.startswith(voice.say("apology_handoff", language, ref="D-1001"))
    case = room.case(1)
    assert (case.reason, case.question) == ("failure", ASKED[language])


class Broken:
    """A translator that fails in a way that nobody foresaw."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError("上海 broken")


async def test_a_translator_that_breaks_keeps_nobody_waiting(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room.host.inbox, "_translator", Broken())
    await write(room, "周日门票多少钱？")
    assert "D-1001" in (await told(room))[0]
    await write(room, "还在吗？我在等 your answer")
    await room.until(lambda: "还在吗" in room.thread(room.case(1)))
    assert "Not translated" in room.thread(room.case(1))


async def test_while_slack_is_down_visitors_are_told_and_the_card_comes_later(room: Room) -> None:
    await asyncio.to_thread(room.slack.down)
    await write(room, "有人吗 anybody there?")
    assert "D-1001" in (await told(room))[0]
    assert room.case(1).slack_ts is None
    await asyncio.to_thread(room.slack.up)
    await room.until(lambda: room.case(1).slack_ts)


async def test_one_chore_that_fails_stops_no_other(until: Callable[..., Any]) -> None:
    from bot.channels.housekeeping import keep_house

    done: list[str] = []

    async def fails() -> None:
        done.append("fails")
        raise RuntimeError("坏了 broken")

    async def works() -> None:
        done.append("works")

    going = asyncio.create_task(keep_house([fails, works], 0.01))
    await until(lambda: done.count("works") >= 2)
    going.cancel()
    assert done[:4] == ["fails", "works"] * 2
