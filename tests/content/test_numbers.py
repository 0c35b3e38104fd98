"""Small numbers in digits, English words and Chinese."""

from __future__ import annotations

import pytest

from bot.content.numbers import number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7", 7),
        ("17", 17),
        ("twelve", 12),
        ("sixty-eight", 68),
        ("sixty eight", 68),
        ("seventy", 70),
        ("a", 1),
        ("a couple of", 2),
        ("both", 2),
        ("六十八", 68),
        ("十", 10),
        ("十二", 12),
        ("两", 2),
        ("廿五", 25),
        ("百", 100),
        ("dozen", None),
        ("", None),
    ],
)
def test_a_number_is_read(text: str, value: int | None) -> None:
    assert number(text) == value
