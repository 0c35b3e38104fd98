"""Which topics are near each other."""

from __future__ import annotations

import pytest

from bot.config import ROOT
from bot.content.topics import topic_files
from bot.nlu.neighbours import _FAMILIES, is_near, likeness


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("faq/parking", "faq/parking", True),
        ("faq/closures", "faq/opening_hours", True),
        ("faq/cycling", "faq/parking", False),
        ("thanks", "faq/parking", False),
        ("faq/parking", None, False),
    ],
)
def test_topics_that_one_question_may_mean_are_near(
    one: str, other: str | None, near: bool
) -> None:
    assert is_near(one, other) is near


def test_what_is_nearer_counts_more() -> None:
    same, near, far = (
        likeness(f"faq/{name}", "faq/directions") for name in ("directions", "parking", "shop")
    )
    assert 1 == same > near > far > 0


def test_every_neighbour_is_a_topic() -> None:
    topics = {path.stem for path in topic_files(ROOT / "data/nlu/faq")}
    assert {name for family in _FAMILIES for name in family.split()} <= topics
