"""Places that are only background, and those that are asked about."""

from __future__ import annotations

import pytest

from bot.nlu.place_roles import foreground


@pytest.mark.parametrize(
    "scene",
    [
        "how do i get there from the X",
        "bus from Y",
        "walk from S how long",
        "is it as big as the X",
        "better than X or X",
        "is it near X",
        "i work at the X,do i pay",
        "do X members get in free",
        "we went to the X yesterday",
        "paintings of the Y",
        "the Z exhibition",
        "Z:last day",
        "从X走过去",
        "比X大吗",
        "去过X",
        "X特展",
        "X的会员卡可以用吗",
        "price跟X一样吗",
    ],
)
def test_background(scene: str) -> None:
    assert foreground(scene) == []


@pytest.mark.parametrize(
    ("scene", "places"),
    [
        ("what time does the X shut", [(0, "X")]),
        ("from the X to the Y", [(1, "Y")]),
        ("is X bigger than X", [(0, "X")]),
        ("tickets from X", [(0, "X")]),
        ("how do i renew my X membership", [(0, "X")]),
        ("从X去Y怎么走", [(0, "X"), (1, "Y")]),
        ("X几点close", [(0, "X")]),
        ("no place", []),
        ("", []),
    ],
)
def test_foreground(scene: str, places: list[tuple[int, str]]) -> None:
    assert foreground(scene) == places
