"""Names of exhibitions: a part, another case or script is enough; a stray word is not."""

from __future__ import annotations

import pytest

from bot.content.names import named

from .told import house


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("how much is silk and salt", "Silk"),
        ("SILK & SALT?", "Silk"),
        ("the silk exhibition", "Silk"),
        ("that sea road thing", "Silk"),
        ("a hundred harbors", "Hundred"),
        ("a hundred harbour", "Hundred"),
        ("hundred harbours", "Hundred"),
        ("the lamplight show", "Drawn"),
        ("丝与盐多少钱", "Silk"),
        ("丝和盐", "Silk"),
        ("絲與鹽", "Silk"),
        ("海路展", "Silk"),
        ("版畫展要錢嗎", "Drawn"),
        ("燈下丹青", "Drawn"),
        ("灯下丹青和丝与盐", "Silk Drawn"),
        ("百港", "Hundred"),
        ("silk 展 and 百港图", "Hundred"),
        ("is there salt in the café", ""),
        ("a hundred people", ""),
        ("whales", "Whales"),
        ("do you have whales in the ship gallery", ""),
        ("the whales exhibition", "Whales"),
        ("和中国有关的展览", ""),
        ("", ""),
    ],
)
def test_the_exhibitions_that_a_text_names(text: str, found: str) -> None:
    things = named(text, house().exhibitions)
    assert " ".join(each.name.en.split()[0].replace("A", "Hundred") for each in things) == found
