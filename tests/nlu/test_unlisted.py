"""Institutions that no list has, known by how they are named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.gazetteer import gazetteer
from bot.nlu.unlisted import mark_unlisted


def marked(
    text: str, own: str = "Somewhere", city: str = "Norwich"
) -> tuple[str, tuple[str, ...]]:
    known = gazetteer().owned_by([own], [city])
    scene = mark_unlisted(known.scene(text), known.words)
    return scene.text, scene.names


@pytest.mark.parametrize(
    ("text", "scene", "name"),
    [
        ("the railway museum", "the X", "railway museum"),
        ("leeds art gallery", "X", "leeds art gallery"),
        ("warkworth castle parking", "S parking", "warkworth castle"),
        ("museum of brands, is it free", "X,is it free", "museum of brands"),
        ("best museum in york", "Y", "best museum in york"),
        ("when does the zoo close", "when does Y close", "the zoo"),
        ("苏州丝绸博物馆好玩吗", "X好玩吗", "苏州丝绸博物馆"),
        ("三毛博物馆门票", "Y门票", "三毛博物馆"),
        ("想问甘肃省博几点开", "想问X几点开", "甘肃省博"),
    ],
)
def test_places(text: str, scene: str, name: str) -> None:
    assert marked(text) == (scene, (name,))


@pytest.mark.parametrize(
    "text",
    [
        "the museum",
        "teh musuem",
        "best museum ever",
        "the egyptian gallery",
        "bouncy castle",
        "absolutley brillant museum",
        "附近的博物馆",
        "你们博物馆",
        "第一次来博物馆",
        "中国馆",
        "museum几点开",
        "",
    ],
)
def test_no_place(text: str) -> None:
    assert marked(text)[1] == ()


@pytest.mark.parametrize(
    ("text", "own", "scene"),
    [
        ("the railway museum", "National Railway Museum", "the O"),
        ("铁路博物馆几点开", "国家铁路博物馆", "O几点开"),
        ("norwich museum", "Somewhere", "O"),
        ("norwich zoo", "Somewhere", "Y"),
    ],
)
def test_ours_is_not_another(text: str, own: str, scene: str) -> None:
    assert marked(text, own)[0] == scene


@given(st.text(max_size=60))
def test_each_name_has_its_letter(text: str) -> None:
    scene, names = marked(text)
    assert len(names) == sum(letter in "XYZS" for letter in scene)
