"""Likeness: near-duplicates are found, neighbours are let be."""

from __future__ import annotations

from itertools import combinations

import pytest

from bot.content.corpus_lint import TOO_ALIKE
from bot.content.likeness import alike, bare, bare_simplified

# Texts around the two that are compared: what is rare and what is common comes from them.
OTHERS = """
do you have a shop | where can I park the car | is there a cafe | what time do you open
which floor is the cafe on | on which floor are the mummies
how much is a ticket | can I bring my dog | is there a lift | where are the toilets
请问停车场在哪里 | 请问门票多少钱 | 请问几点开门 | 可以带狗吗 | 有没有餐厅 | 洗手间在哪
"""
ASKED = [text.strip() for line in OTHERS.strip().splitlines() for text in line.split("|")]


def are_alike(one: str, other: str) -> bool:
    return (0, 1) in {(i, j) for i, j, _ in alike([one, other, *ASKED], TOO_ALIKE)}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("is there a student discount", "Is there a STUDENT discount?"),
        ("is there a student discount", "hi, is there a student discount please"),
        ("is there a student discount", "is there student discount"),
        ("do you lend wheelchairs", "do you lend wheelchiars"),
        ("请问可以借一辆轮椅给老人用吗", "可以借一辆轮椅给老人用吗"),
        ("請問可以借輪椅嗎", "请问可以借轮椅吗"),
    ],
)
def test_the_same_in_other_letters_is_alike(one: str, other: str) -> None:
    assert are_alike(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("can I bring my bike", "can I bring my suitcase"),
        ("how much is membership", "how much is parking"),
        ("🦖 which floor", "🚽 which floor"),
        ("请问停车多少钱", "请问寄存多少钱"),
        ("operator operator operator", "tour operator"),
    ],
)
def test_what_asks_for_another_thing_is_not(one: str, other: str) -> None:
    assert not are_alike(one, other)


def test_pairs_are_those_that_looking_at_every_pair_finds() -> None:
    texts = [*ASKED, *(f"{text} please" for text in ASKED[:4]), "请问停车场在哪", "is there a lft"]
    long = {pair for pair in combinations(range(len(texts)), 2) if about_as_long(texts, pair)}
    every = {(i, j) for i, j, score in alike(texts, 0.001) if score >= 0.5} & long
    assert {(i, j) for i, j, _ in alike(texts, 0.5)} == every
    assert len(every) >= 4


def about_as_long(texts: list[str], pair: tuple[int, int]) -> bool:
    one, other = (len(bare(texts[number])) for number in pair)
    return min(one, other) >= 0.5 * max(one, other)


@pytest.mark.parametrize("texts", [[], ["one"], ["?", "!", "👋"]])
def test_few_and_strange_texts_do_no_harm(texts: list[str]) -> None:
    assert list(alike(texts, 0.99)) in ([], [(0, 1, pytest.approx(1.0))])


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Wi-Fi  Password?!", "wifipassword"),
        ("ＷＩＦＩ", "wifi"),
        ("[tea](drink) please", "teaplease"),
        ("👋 hi", "👋hi"),
        ("?!", "?!"),
    ],
)
def test_what_is_left_of_a_text(text: str, left: str) -> None:
    assert bare(text) == left


def test_both_scripts_are_one() -> None:
    assert bare_simplified("請問門票多少錢？") == bare_simplified("请问门票多少钱")
