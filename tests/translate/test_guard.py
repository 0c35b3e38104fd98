"""A failing engine is left alone, costs are counted, and nobody waits beyond the limit."""

from __future__ import annotations

import asyncio
import time

import pytest

from bot.translate import guard
from bot.translate.engines import EngineFailed
from bot.translate.guard import Breaker, Budget, Guarded

from .conftest import Seconds


class Engine:
    """Says 好 to everything, or fails, or takes its time."""

    name = "tests"

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.warned: list[str] = []
        self.fails: EngineFailed | None = None
        self.seconds = 0.0
        self.now = self.most = 0
        self.longest = 400

    async def ask(self, text: str, source: str, target: str) -> str:
        self.asked.append(text)
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await asyncio.sleep(self.seconds)
        finally:
            self.now -= 1
        if self.fails:
            raise self.fails
        return "好" * len(text.split())

    def fits(self, text: str) -> bool:
        return len(text) <= self.longest

    def warn(self, kind: str) -> None:
        self.warned.append(kind)


@pytest.fixture
def engine() -> Engine:
    return Engine()


async def ask(guarded: Guarded, text: str, target: str = "zh-Hans") -> str | None:
    found = await guarded.translate(text, "en", target)
    return None if found is None else found.text


# --- Budget ---


def test_an_hour_and_a_day_have_their_limits(seconds: Seconds) -> None:
    budget = Budget(seconds, per_hour=100, per_day=150)
    assert budget.spend(60)
    assert not budget.spend(41)
    assert budget.spend(40)
    seconds.at += 3599
    assert not budget.spend(1)
    seconds.at += 1
    assert budget.spend(50)
    assert not budget.spend(1)
    seconds.at += 86_400 - 3601
    assert not budget.spend(1)
    seconds.at += 1
    assert budget.spend(100)


async def test_beyond_the_budget_the_engine_is_not_asked(
    engine: Engine, seconds: Seconds, monkeypatch: pytest.MonkeyPatch
) -> None:
    guarded = Guarded(engine, seconds)
    guarded._budget = Budget(seconds, per_hour=10, per_day=20)
    assert await ask(guarded, "one two") == "好好"
    assert await ask(guarded, "three four") is None
    assert engine.asked == ["one two"]
    assert engine.warned == ["budget"]
    assert await ask(guarded, "one two") == "好好"
    seconds.at += 3600
    assert await ask(guarded, "three four") == "好好"


# --- Breaker ---


def test_failures_in_a_row_mean_rest_and_each_rest_is_twice_as_long(seconds: Seconds) -> None:
    breaker = Breaker(seconds)
    for _ in range(guard.FAILURES):
        assert breaker.lets_pass()
        breaker.failed()
    rests = []
    for _ in range(7):
        begun = seconds.at
        while not breaker.lets_pass():
            seconds.at += 1
        rests.append(seconds.at - begun)
        assert not breaker.lets_pass(), "only one question may try"
        breaker.failed()
    assert rests == [30, 60, 120, 240, 480, 600, 600]


def test_an_answer_closes_it_and_failures_count_anew(seconds: Seconds) -> None:
    breaker = Breaker(seconds)
    for _ in range(guard.FAILURES - 1):
        breaker.failed()
    breaker.worked()
    for _ in range(guard.FAILURES - 1):
        breaker.failed()
    assert breaker.lets_pass()
    breaker.failed()
    assert not breaker.lets_pass()
    seconds.at += guard.REST_SECONDS
    assert breaker.lets_pass()
    breaker.worked()
    assert breaker.lets_pass()
    assert breaker.lets_pass()


def test_busy_means_rest_at_once_and_late_failures_do_not_lengthen_it(seconds: Seconds) -> None:
    breaker = Breaker(seconds)
    breaker.failed(busy=True)
    for _ in range(9):
        breaker.failed(busy=True)
    seconds.at += guard.REST_SECONDS
    assert breaker.lets_pass()


def test_a_trial_that_nobody_waited_for_may_be_tried_again(seconds: Seconds) -> None:
    breaker = Breaker(seconds)
    breaker.failed(busy=True)
    seconds.at += guard.REST_SECONDS
    assert breaker.lets_pass()
    breaker.gave_up()
    assert breaker.lets_pass()


async def test_a_resting_engine_is_not_asked_and_answers_at_once(
    engine: Engine, seconds: Seconds
) -> None:
    guarded = Guarded(engine, seconds)
    engine.fails = EngineFailed("HTTPStatusError")
    for number in range(guard.FAILURES):
        assert await ask(guarded, f"text {number}") is None
    engine.fails, engine.seconds = None, 9
    begun = time.monotonic()
    assert await ask(guarded, "one more") is None
    assert time.monotonic() - begun < 0.2
    assert len(engine.asked) == guard.FAILURES
    seconds.at += guard.REST_SECONDS
    engine.seconds = 0
    assert await ask(guarded, "one more") == "好好"
    assert await ask(guarded, "and more") == "好好"


async def test_the_wrong_script_counts_as_a_failure(engine: Engine, seconds: Seconds) -> None:
    guarded = Guarded(engine, seconds)
    for number in range(guard.FAILURES):
        # English is asked for and Chinese comes.
        assert await ask(guarded, f"a whole sentence {number}", target="en") is None
    assert engine.warned == ["script"] * guard.FAILURES
    assert await ask(guarded, "and one more sentence") is None
    assert len(engine.asked) == guard.FAILURES


async def test_a_word_or_a_name_that_comes_back_does_not_stop_the_engine(
    engine: Engine, seconds: Seconds
) -> None:
    guarded = Guarded(engine, seconds)
    for number in range(2 * guard.FAILURES):
        assert await ask(guarded, f"Li Wei {number}", target="en") is None
    assert await ask(guarded, "a whole sentence") == "好好好"


# --- Time ---


async def test_nobody_waits_longer_than_the_limit(
    engine: Engine, seconds: Seconds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "TIME_LIMIT_SECONDS", 0.1)
    engine.seconds = 5
    begun = time.monotonic()
    assert await ask(Guarded(engine, seconds), "slow one") is None
    assert time.monotonic() - begun < 1
    assert engine.warned == ["timeout"]


async def test_waiting_for_ones_turn_counts(
    engine: Engine, seconds: Seconds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "TIME_LIMIT_SECONDS", 0.3)
    engine.seconds = 0.2
    guarded = Guarded(engine, seconds)
    answers = await asyncio.gather(*(ask(guarded, f"text {n}") for n in range(9)))
    assert engine.most == guard.AT_ONCE
    assert answers.count("好好") == guard.AT_ONCE
    assert engine.now == 0


async def test_who_gives_up_early_says_nothing_of_the_engine(
    engine: Engine, seconds: Seconds
) -> None:
    engine.seconds = 5
    guarded = Guarded(engine, seconds)
    for number in range(guard.FAILURES + 1):
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(guarded.translate(f"text {number}", "en", "zh-Hans"), 0.01)
    assert engine.warned == []
    assert len(engine.asked) == guard.FAILURES + 1


# --- Cache and long texts ---


async def test_recent_texts_are_not_asked_again_for_an_hour(
    engine: Engine, seconds: Seconds
) -> None:
    guarded = Guarded(engine, seconds)
    assert await ask(guarded, "good day") == await ask(guarded, "good day") == "好好"
    assert await ask(guarded, "good day", "zh-Hant") == "好好"
    assert engine.asked == ["good day"] * 2
    seconds.at += guard.REMEMBERED_SECONDS + 1
    await ask(guarded, "good day")
    assert len(engine.asked) == 3


async def test_a_failure_is_not_remembered(engine: Engine, seconds: Seconds) -> None:
    guarded = Guarded(engine, seconds)
    engine.fails = EngineFailed("shape")
    assert await ask(guarded, "good day") is None
    engine.fails = None
    assert await ask(guarded, "good day") == "好好"


async def test_long_texts_go_in_parts_and_too_long_ones_not_at_all(
    engine: Engine, seconds: Seconds
) -> None:
    guarded = Guarded(engine, seconds)
    long = "This is a sentence of ours. " * 40
    assert await ask(guarded, long) is not None
    assert len(engine.asked) > 1
    assert all(len(text) <= engine.longest for text in engine.asked)
    asked = len(engine.asked)
    assert await ask(guarded, "word " * 700) is None
    assert await ask(guarded, "x" * 401) is None
    assert await ask(guarded, " \n ") is None
    assert len(engine.asked) == asked
