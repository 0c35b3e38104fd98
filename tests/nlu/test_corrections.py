"""Corrections: what was meant instead, where a visitor says that an answer was wrong."""

from __future__ import annotations

import time

import pytest

from bot.nlu.corrections import Correction, correction


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("no, I meant Sunday", "sunday"),
        ("No. I said Sunday", "sunday"),
        ("i meant the exhibition", "the exhibition"),
        ("sorry i meant tomorrow", "tomorrow"),
        ("not the price, the opening times", "the opening times"),
        ("no not that, i was asking about parking", "parking"),
        ("no, sunday", "sunday"),
        ("不是这个，我问的是周日", "周日"),
        ("不是门票，是开放时间", "开放时间"),
        ("不對，我是問停車", "停车"),
        ("我问的是parking", "parking"),
        ("不，周日", "周日"),
    ],
)
def test_what_was_meant(text: str, meant: str) -> None:
    assert correction(text) == Correction(meant)


@pytest.mark.parametrize(
    "text",
    [
        "wrong",
        "No, that's wrong.",
        "that's not what I asked",
        "nope, not it",
        "you misunderstood",
        "不对",
        "不對！",
        "不是这个",
        "答非所问",
        "no 不对",
    ],
)
def test_only_that_it_was_wrong(text: str) -> None:
    assert correction(text) == Correction("")


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "no thanks",
        "no worries",
        "no dogs, right?",
        "is that wrong?",
        "are you not open on sunday?",
        "not sure, what do you think",
        "i want to talk to a person",
        "不好意思，我想问几点开门",
        "不用了谢谢",
        "门票不是免费的吗",
        "开放时间是不是不对",
        "",
        "👎",
        "no, " * 200,
    ],
)
def test_other_texts_correct_nothing(text: str) -> None:
    assert correction(text) is None


@pytest.mark.parametrize(
    "piece", ["sorry, ", "no, ", "um, no - ", "不，", "oh no not that ", "不是a，"]
)
def test_a_text_made_to_take_long_takes_no_time(piece: str) -> None:
    started = time.perf_counter()
    correction((piece * 60)[:118] + "x")
    assert time.perf_counter() - started < 0.5
