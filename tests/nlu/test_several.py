"""Several questions in one message, each answered; stories and greetings are no questions."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.dialogue import plain
from bot.nlu.several import asks, questions

TABLE = Path(__file__).with_name("several.yml")
# Somewhat below what was measured last; docs/understanding.md has the figures.
RIGHT, WRONG = {"develop": 0.8, "hold_out": 0.7}, 0.15


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "what time do you open and how much is parking?",
            ["what time do you open", "how much is parking?"],
        ),
        ("几点开门？另外可以带婴儿车吗", ["几点开门？", "可以带婴儿车吗"]),
        ("几点close？还有parking怎么收费", ["几点close？", "parking怎么收费"]),
        ("opening times plus parking", ["opening times", "parking"]),
        ("开放时间以及门票价格", ["开放时间", "门票价格"]),
        ("几点开门，门票多少钱", ["几点开门", "门票多少钱"]),
        (
            "Is it free? Do I need to book? Where can I park? Can I bring my dog?",
            ["Is it free?", "Do I need to book?", "Where can I park?"],
        ),
        (
            "I left my scarf there, who do I ask? Also are you open Monday?",
            ["I left my scarf there, who do I ask?", "Also are you open Monday?"],
        ),
    ],
)
def test_questions_are_parted(text: str, parts: list[str]) -> None:
    assert questions(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        "Hi there! We're coming from Leeds with my mum. Is there parking?",
        "我和我妈还有我弟弟周六来，可以停车吗",
        "hi你好，我first time来，怎么去museum呀？",
        "where can I leave coats and bags and umbrellas",
        "wifi",
        "",
        "   ",
        "?????",
        "👍👍",
        "9.15 or 10.30",
    ],
)
def test_one_question_stays_whole(text: str) -> None:
    assert questions(text) == [text.strip()]


@pytest.mark.parametrize("piece", ["and how much is it ", "另外多少钱，", "and,.!", "hi - ", "，"])
def test_a_long_text_is_parted_in_no_time(piece: str) -> None:
    started = time.perf_counter()
    assert len(questions((piece * 500)[:1000])) <= 3
    assert time.perf_counter() - started < 0.5


@pytest.mark.parametrize(
    ("text", "does"),
    [
        ("is there a lift", True),
        ("有电梯吗", True),
        ("wifi有吗", True),
        ("we are from Leeds", False),
        ("我们从上海来", False),
    ],
)
def test_asks(text: str, does: bool) -> None:
    assert asks(text) is does


@pytest.fixture(scope="module")
def outcomes(agent: Any) -> dict[str, Counter[str]]:
    """What became of each half of the table: right, only a part of it, asked back or wrong."""
    found = {"develop": Counter[str](), "hold_out": Counter[str]()}

    async def answer(row: dict[str, Any]) -> None:
        parsed = await agent.parse_message(plain(row["text"]))
        answered = [each["topic"].removeprefix("faq/") for each in parsed["questions"]]
        one = row.get("one") and len(answered) == 1 and answered[0] in row["topics"]
        if answered == row["topics"] or one:
            outcome = "right"
        elif not answered:
            outcome = "asked"
        else:
            outcome = "part" if set(answered) < set(row["topics"]) else "wrong"
        found[row["half"]][outcome] += 1

    async def all_of() -> None:
        for row in yaml.safe_load(TABLE.read_text())["messages"]:
            await answer(row)

    asyncio.run(all_of())
    return found


@pytest.mark.parametrize("half", RIGHT)
def test_every_question_is_answered(outcomes: dict[str, Counter[str]], half: str) -> None:
    counted = outcomes[half]
    print(half, dict(counted))
    assert counted["right"] / counted.total() >= RIGHT[half]
    assert counted["wrong"] / counted.total() <= WRONG
