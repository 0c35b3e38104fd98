"""Signs that a question is about us, or about visiting another place."""

from __future__ import annotations

import pytest

from bot.nlu.place_signs import asks_to_visit, speaks_of_us


@pytest.mark.parametrize(
    ("scene", "us"),
    [
        ("is it far from X to you", True),
        ("does it work here", True),
        ("do u have X things", True),
        ("O or X", True),
        ("how far is X from C", True),
        ("你们和X", True),
        ("X的卡这里能用吗", True),
        ("X离博物馆远吗", True),
        # Spoken to us, not about us.
        ("do you know when X shuts", False),
        ("could u please tell me the price of X", False),
        ("do you have to book for X", False),
        ("thank you,is X open", False),
        ("你知道X几点开吗", False),
        ("X in C free", False),
        ("X open", False),
        ("X几点close", False),
    ],
)
def test_speaks_of_us(scene: str, us: bool) -> None:
    assert speaks_of_us(scene) is us


@pytest.mark.parametrize(
    ("scene", "letter", "visit"),
    [
        ("X any good", "X", True),
        ("Y glamping", "Y", True),
        ("S opening times", "S", True),
        ("S几点开门", "S", True),
        ("S wifi密码", "S", True),
        ("which bus at S", "S", False),
        ("Z tickets", "Z", True),
        ("where are the Z finds", "Z", False),
        ("Z", "Z", True),
        ("Z在哪", "Z", False),
    ],
)
def test_asks_to_visit(scene: str, letter: str, visit: bool) -> None:
    assert asks_to_visit(scene, letter) is visit
