"""The patterns of data/urgency.yml: all compile, and words in angle brackets are put in."""

from __future__ import annotations

import re

import pytest

from bot.nlu.alarms import alarms
from bot.nlu.emergencies import KINDS


def test_every_kind_has_patterns() -> None:
    known = alarms()
    assert set(known.sure) == set(known.likely) == set(KINDS)
    assert all(pattern.pattern != "(?!)" for pattern in known.sure.values())


def test_no_word_is_left_in_brackets() -> None:
    known = alarms()
    patterns = [*known.sure.values(), *known.likely.values(), known.figurative, known.supposed]
    assert not [p for p in patterns if re.search(r"<[a-z]+>", p.pattern.replace("?P<", ""))]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("he colapsed", "he collapsed"),
        ("my dauhter", "my daughter"),
        ("the painted hall", "the painted hall"),
        ("cooking 火锅 bleeding", "cooking 火锅 bleeding"),
        ("晕倒了 ambulence", "晕倒了 ambulance"),
    ],
)
def test_mend(text: str, read: str) -> None:
    assert alarms().mend(text) == read


def test_what_is_looked_for_is_never_found_in_nothing() -> None:
    known = alarms()
    assert not any(pattern.search("") for pattern in (*known.sure.values(), known.urgent))
    assert not known.supposed.search("")
    assert not known.past_or_shown.search("")
