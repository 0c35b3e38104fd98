"""One spelling for what means the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.text import normal


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("When do you CLOSE", "when do you close"),
        ("ＷＩＦＩ　密码", "wifi 密码"),
        ("請問門票多少錢", "请问门票多少钱"),
        ("我想book兩張TICKET", "我想book两张ticket"),
        ("hellooooo", "helloo"),
        ("好好好好好", "好好"),
        ("????", "??"),
        ("a\u200bb\u202ec\x07", "abc"),
        ("one\n\n  two\t三", "one two 三"),
        ("", ""),
    ],
)
def test_normal(text: str, read: str) -> None:
    assert normal(text) == read


@given(st.text(max_size=80))
def test_nothing_is_left_at_the_ends(text: str) -> None:
    assert normal(text) == normal(text).strip()
    assert "\x00" not in normal(text)
