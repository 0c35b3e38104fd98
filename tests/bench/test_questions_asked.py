"""What is asked under measurement: all languages, no repeats where none are wanted."""

from __future__ import annotations

from collections import Counter

import pytest

from bench.questions import (
    REPEATED,
    Question,
    as_asked,
    held_out,
    share_repeated,
    without_repeats,
)

FEW = [
    Question("opening times", "en"),
    Question("几点开门", "zh-Hans"),
    Question("幾點開門", "zh-Hant"),
    Question("wifi 密码", "mixed"),
]


@pytest.fixture(scope="module")
def questions() -> list[Question]:
    """All held-out questions."""
    return held_out()


def test_the_stream_has_all_languages_from_its_beginning(questions: list[Question]) -> None:
    languages = Counter(each.language for each in questions[:200])
    assert set(languages) == {"en", "zh-Hans", "zh-Hant", "mixed"}
    assert languages["en"] > 50
    assert languages["zh-Hans"] > 50


def test_five_thousand_messages_have_five_thousand_texts(questions: list[Question]) -> None:
    asked = without_repeats(5000, questions)
    assert len({each.text for each in asked}) == len(asked) == 5000
    assert share_repeated(asked) == 0


def test_real_enquiries_repeat_short_texts(questions: list[Question]) -> None:
    asked = as_asked(2000, questions)
    assert REPEATED - 0.05 < share_repeated(asked) < REPEATED + 0.05
    often = Counter(each.text for each in asked)
    assert max(len(text) for text, times in often.items() if times > 1) <= 24


def test_a_greeting_makes_another_text_in_its_language() -> None:
    asked = without_repeats(8, FEW)
    assert asked[:4] == FEW
    assert [each.text for each in asked[4:]] == [
        "Hello, opening times",
        "您好，几点开门",
        "您好，幾點開門",
        "Hello 您好，wifi 密码",
    ]


def test_too_few_questions_are_said() -> None:
    with pytest.raises(ValueError, match="16 questions without repeats, not 17"):
        without_repeats(17, FEW)
