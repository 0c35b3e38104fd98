"""Follow-ups: known by their words, and answered on the topic of the question before."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.core.channels.channel import UserMessage

from bot.nlu.follow_up import kind, narrows

TABLE = Path(__file__).with_name("follow_ups.yml")
# Somewhat below what was measured last; docs/understanding.md has the figures.
RIGHT, WRONG = {"develop": 0.85, "hold_out": 0.75}, 0.12


@pytest.mark.parametrize(
    ("text", "leaning"),
    [
        ("and on Sundays?", "narrowed"),
        ("what about kids", "narrowed"),
        ("what about my 5 year old", "narrowed"),
        ("Sunday?", "narrowed"),
        ("那小孩呢？", "narrowed"),
        ("周日呢", "narrowed"),
        ("請問小朋友呢", "narrowed"),
        ("sunday呢", "narrowed"),
        ("kids呢", "narrowed"),
        ("how much is it then", "bare"),
        ("do I need to book it", "bare"),
        ("where is it?", "bare"),
        ("那多少钱", "bare"),
        ("要预约吗", "bare"),
        ("free吗", "bare"),
        ("要book吗", "bare"),
        ("same for the exhibition?", "same"),
        ("does that apply to video too?", "same"),
        ("那特展也一样吗", "same"),
        ("what about parking", "opened"),
        ("and the toilets?", "opened"),
        ("那停车呢", "opened"),
        ("那wifi呢", "opened"),
        ("and where can I park?", "none"),
        ("are you open on Sunday", "none"),
        ("can i bring my dog", "none"),
        ("where are the toilets", "none"),
        ("周日开吗", "none"),
        ("学生要多少钱", "none"),
        ("怎么坐地铁过去", "none"),
        ("wifi密码多少", "none"),
        ("ok", "none"),
        ("", "none"),
        ("👍", "none"),
        ("sunday " * 50, "none"),
        ("周日" * 50, "none"),
    ],
)
def test_kind(text: str, leaning: str) -> None:
    assert kind(text) == leaning


@pytest.mark.parametrize(
    ("text", "does"),
    [
        ("when are you open on Sunday", True),
        ("周日几点开门", True),
        ("ticket给kids", True),
        ("the opening times", False),
        ("开放时间", False),
    ],
)
def test_narrows(text: str, does: bool) -> None:
    assert narrows(text) is does


@pytest.fixture(scope="module")
def outcomes(agent: Any) -> dict[str, Counter[str]]:
    """What became of each half of the table: right, asked back or wrong."""
    found = {"develop": Counter[str](), "hold_out": Counter[str]()}

    async def answer(row: dict[str, Any]) -> None:
        before = {"text": row["before"], "topic": f"faq/{row['topic']}"}
        message = UserMessage(row["text"], metadata={"previous": before})
        parsed = await agent.processor.parse_message(message)
        topic = parsed["intent_ranking"][0]["name"].removeprefix("faq/")
        if parsed["decision"] == "answer":
            outcome = "right" if topic in row["expect"] else "wrong"
        else:
            outcome = "asked" if parsed["decision"] == "clarify" else "wrong"
        found[row["half"]][outcome] += 1

    async def all_of() -> None:
        for row in yaml.safe_load(TABLE.read_text())["dialogues"]:
            await answer(row)

    asyncio.run(all_of())
    return found


@pytest.mark.parametrize("half", RIGHT)
def test_follow_ups_are_answered_and_new_questions_are_not_drawn_in(
    outcomes: dict[str, Counter[str]], half: str
) -> None:
    counted = outcomes[half]
    print(half, dict(counted))
    assert counted["right"] / counted.total() >= RIGHT[half]
    assert counted["wrong"] / counted.total() <= WRONG
