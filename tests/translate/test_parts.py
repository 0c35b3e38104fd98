"""Long texts are cut at sentences, and nothing of them is lost."""

from __future__ import annotations

import pytest

from bot.translate.parts import split


@pytest.mark.parametrize(
    "text", ["One. Two! Three? Four", "一。二！三？四，五", "Mixed 一句。 Two lines\nhere, 三"]
)
@pytest.mark.parametrize("longest", [9, 12, 40])
def test_parts_make_up_the_text(text: str, longest: int) -> None:
    parts = split(text, lambda part: len(part) <= longest)
    assert parts is not None
    assert "".join(parts) == text
    assert max(map(len, parts)) <= longest


def test_a_link_is_never_cut() -> None:
    link = "https://aldermere-museum.example/map?floor=2,3;4:5!6"
    parts = split(f"See {link} 看{link}，好", lambda part: len(part) <= len(link) + 3)
    assert parts is not None
    assert sum(link in part for part in parts) == 2
    assert split(link, lambda part: len(part) < 20) is None
