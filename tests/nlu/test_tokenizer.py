"""Tokens: a Chinese character each, whole words elsewhere, offsets of the text as written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.tokenizer import pieces


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("When do you close?", ["When", "do", "you", "close", "?"]),
        ("几点关门？", ["几", "点", "关", "门", "？"]),
        ("我想book两张ticket", ["我", "想", "book", "两", "张", "ticket"]),
        ("幾點open嗎", ["幾", "點", "open", "嗎"]),
        ("14:30 wifi", ["14", ":", "30", "wifi"]),
        ("👍 ok", ["👍", "ok"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_pieces(text: str, words: list[str]) -> None:
    assert [word for word, _ in pieces(text)] == words


@given(st.text())
def test_offsets_are_those_of_the_text(text: str) -> None:
    found = pieces(text)
    assert all(text[start : start + len(word)] == word for word, start in found)
    assert "".join(word for word, _ in found) == "".join(text.split())
