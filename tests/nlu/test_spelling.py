"""One slip in a long word is mended; other words and Chinese are left as they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.spelling import Spelling

SPELLING = Spelling(["louvre", "museum", "tate", "博物馆"], others=["museums"])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("louvre", "louvre"),
        ("louvr", "louvre"),
        ("louver", "louvre"),
        ("lourve", "louvre"),
        ("louvree", "louvre"),
        ("loovre", "louvre"),
        ("musuem", "museum"),
        ("musem", "museum"),
        # Two slips, the first letter, a word that means something else, a short one.
        ("luovr", "luovr"),
        ("mouvre", "mouvre"),
        ("museums", "museums"),
        ("tat", "tat"),
        ("tatee", "tatee"),
        ("博物管", "博物管"),
        ("", ""),
    ],
)
def test_mend(typed: str, meant: str) -> None:
    assert SPELLING.mend(typed) == meant


@given(st.text(max_size=12))
def test_what_is_mended_is_known(word: str) -> None:
    assert SPELLING.mend(word) in {word, "louvre", "museum"}
