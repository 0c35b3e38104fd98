"""Names of other places in a text, in any spelling; our own win."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.gazetteer import gazetteer, tokens


@pytest.mark.parametrize(
    ("text", "scene", "names"),
    [
        ("When does the Louvre shut?", "when does the X shut?", ("Louvre",)),
        ("V & A or v&a", "X or X", ("V&A", "V&A")),
        ("british musem", "X", ("British Museum",)),
        ("Kings Cross, King's Cross", "S,S", ("King's Cross", "King's Cross")),
        ("Musée d'Orsay", "X", ("Musée d'Orsay",)),
        ("羅浮宮幾點開", "X几点开", ("Louvre",)),
        ("从大英博物馆到V&A", "从X到X", ("British Museum", "V&A")),
        ("MoMA几点close", "X几点close", ("MoMA",)),
        ("stonehenge 门票", "Z门票", ("Stonehenge",)),
        # Words that only look like names.
        ("中国博物馆", "中国博物馆", ()),
        ("有适宜家庭的活动吗", "有适宜家庭的活动吗", ()),
        ("leaving the brother behind", "leaving the brother behind", ()),
        ("", "", ()),
    ],
)
def test_scene(text: str, scene: str, names: tuple[str, ...]) -> None:
    found = gazetteer().scene(text)
    assert (found.text, found.names) == (scene, names)


@pytest.mark.parametrize(
    ("own", "text", "scene"),
    [
        ("Science Museum", "the scince museum or the 科学博物馆", "the O or the O"),
        ("Victoria and Albert Museum", "v&a", "O"),
        ("大英博物馆", "British Museum", "O"),
        ("The Great Wall in pictures", "great wall tickets", "O tickets"),
        ("Somewhere", "the science museum", "the X"),
    ],
)
def test_our_own_names_win(own: str, text: str, scene: str) -> None:
    assert gazetteer().owned_by([own]).scene(text).text == scene


def test_our_city_is_known_and_other_names_begin_with_it() -> None:
    known = gazetteer().owned_by(["Science Museum"], ["London", "伦敦"])
    assert known.scene("london zoo in London 伦敦").text == "X in C C"


def test_every_place_has_one_kind() -> None:
    known = gazetteer()
    assert len({name for name, _ in known._names.values()}) > 500
    assert all(known.words[key] for key in ("cities", "ordinary", "museum_subjects"))


@given(st.text(max_size=60))
def test_each_name_has_its_letter(text: str) -> None:
    scene = gazetteer().scene(text)
    assert len(scene.names) == sum(letter in "XYZS" for letter in scene.text)
    assert all(tokens(text)) or not tokens(text)
