"""What was written in pieces is one question, and two questions never become one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from bot import bursts
from bot.content.voice import Voice
from bot.dialogue import Dialogue

OPENING, PARKING, WIFI = "faq/opening_hours", "faq/parking", "faq/wifi"


@pytest.fixture(scope="module")
def dialogue(agent: Any, voice: Voice) -> Dialogue:
    return Dialogue(agent, voice)


async def parted(dialogue: Dialogue, texts: list[str]) -> list[tuple[int, str]]:
    """Returns how many messages each question takes up, and what it is about."""
    found: list[tuple[int, str]] = []
    left = list(texts)
    while left:
        burst = await bursts.first_of(left, dialogue.read, follows=bool(found))
        found.append((burst.count, burst.whole.names[0]))
        left = left[burst.count :]
    return found


@pytest.mark.parametrize(
    ("texts", "topic"),
    [
        (["hi", "one question", "are you open", "on sunday?"], OPENING),
        (["你好", "请问", "周日", "开门吗"], OPENING),
        (["您好", "請問", "週日", "有開嗎"], OPENING),
        (["请问", "open", "on Sunday 吗"], OPENING),
        (["where do i", "park"], PARKING),
        (["where is the", "toilet"], "faq/toilets_baby_change"),
        (["你好", "有wifi吗", "hello?"], WIFI),
        (["is there wifi", "hello?", "anyone there?", "??"], WIFI),
        (["有没有", "停车场"], PARKING),
        (["how do i get to you", "from heathrow"], "faq/directions"),
        (["怎么去", "从机场"], "faq/directions"),
        (["are you open", "thanks 谢谢"], OPENING),
        (["I want to know", "if you are open", "at christmas"], "faq/closures"),
        (["can i ask", "wheelchair", "do you have one to borrow"], "faq/wheelchair_access"),
    ],
    ids=str,
)
async def test_what_was_written_in_pieces_is_one_question(
    dialogue: Dialogue, texts: list[str], topic: str
) -> None:
    assert await parted(dialogue, texts) == [(len(texts), topic)]


@pytest.mark.parametrize(
    ("texts", "topics"),
    [
        (
            [
                "有没有 bike stand，我骑 Brompton 可以 fold 了带进去吗",
                "从牛津坐大巴过来，在哪一站下离你们最近",
            ],
            ["faq/cycling", "faq/directions"],
        ),
        (
            ["When do you open?", "How much is a ticket?", "Is there parking?", "Is there wifi?"],
            [OPENING, "faq/admission_price", PARKING, WIFI],
        ),
        (["几点开门", "门票多少钱", "有停车场吗"], [OPENING, "faq/admission_price", PARKING]),
        (
            ["tickets", "parking", "toilets"],
            ["faq/book_tickets", PARKING, "faq/toilets_baby_change"],
        ),
        (
            ["周日开门吗", "what about parking", "可以带狗吗"],
            [OPENING, PARKING, "faq/pets_guide_dogs"],
        ),
        (["are you open tomorrow", "and what about parking"], [OPENING, PARKING]),
        (["who won the match?", "when do you open"], ["out_of_scope", OPENING]),
        (["昨天的比赛谁赢了？", "你们几点开门"], ["out_of_scope", OPENING]),
    ],
    ids=str,
)
async def test_no_question_is_lost_among_others(
    dialogue: Dialogue, texts: list[str], topics: list[str]
) -> None:
    assert await parted(dialogue, texts) == [(1, topic) for topic in topics]


@pytest.mark.parametrize(
    "texts",
    [["hello?", "hello?"], ["在吗", "在吗？", "在吗"], ["hi", "你好", "？"], ["hi", "can i ask"]],
    ids=" / ".join,
)
async def test_who_only_calls_is_answered_once(dialogue: Dialogue, texts: list[str]) -> None:
    [(count, _)] = await parted(dialogue, texts)
    assert count == len(texts)


@pytest.mark.parametrize(
    ("texts", "alarm"),
    [
        (["hi there", "my son has collapsed", "please help"], "my son has collapsed"),
        (["你好", "有人晕倒了", "在二楼"], "有人晕倒了"),
        (["hello 你好", "there is a fire 着火了", "wifi?"], "there is a fire 着火了"),
    ],
    ids=lambda value: str(value)[:20],
)
async def test_an_emergency_waits_for_nothing(
    dialogue: Dialogue, texts: list[str], alarm: str
) -> None:
    burst = await bursts.first_of(texts, dialogue.read, follows=False)
    assert (burst.count, burst.text, burst.whole.is_urgent) == (2, alarm, True)


# -- without a model --------------------------------------------------------------------------


def clear(topic: str) -> Mapping[str, Any]:
    return {"decision": "answer", "questions": [{"topic": topic}], "intent": {"name": "faq"}}


UNCLEAR: Mapping[str, Any] = {"decision": "clarify", "intent": {"name": "nlu_fallback"}}


async def test_what_is_clear_alone_and_unclear_together_stays_alone() -> None:
    texts = ["open?", "on sunday 周日"]

    async def read(text: str) -> Mapping[str, Any]:
        return UNCLEAR if "\n" in text else clear(OPENING)

    burst = await bursts.first_of(texts, read, follows=False)
    assert (burst.count, burst.text) == (1, "open?")


async def test_a_thought_has_an_end() -> None:
    async def read(_: str) -> Mapping[str, Any]:
        return UNCLEAR

    many = [f"the {n} 和" for n in range(20)]
    assert (await bursts.first_of(many, read, follows=False)).count == bursts.MOST_PIECES
    long = ["and the", "x" * bursts.LONGEST]
    assert (await bursts.first_of(long, read, follows=False)).count == 1


async def test_one_message_is_asked_about_once_and_two_thrice() -> None:
    asked: list[str] = []

    async def read(text: str) -> Mapping[str, Any]:
        asked.append(text)
        return clear(OPENING)

    await bursts.first_of(["open?", "周日呢？"], read, follows=False)
    assert asked == ["open?", "周日呢？", "open?\n周日呢？"]
