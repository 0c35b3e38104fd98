"""Exhibitions: on now, then, next, free, and one by its name."""

from __future__ import annotations

import pytest

from .told import CITY, NOON, told, words


@pytest.mark.parametrize(
    ("at", "language", "text", "parts", "never"),
    [
        (NOON, "en", "what's on", ["Silk", "Lamplight", "Adult £14", "free"], ["Maps", "Harb"]),
        (NOON, "zh-Hans", "有什么展", ["丝与盐", "2027年2月21日", "成人£14"], ["旧地图"]),
        (NOON, "zh-Hant", "現在有什麼展", ["絲與鹽", "燈下丹青"], ["舊地圖"]),
        (NOON, "en", "whats on next month", ["in December 2026", "Silk"], ["Maps"]),
        (NOON, "en", "at christmas", ["closed on Friday 25 December", "Silk"], []),
        (NOON, "en", "on 20 march", ["A Hundred Harbours", "£15.50"], ["Silk"]),
        (NOON, "zh-Hans", "三月有什么展", ["百港图"], ["丝与盐"]),
        (NOON, "en", "any free ones", ["Lamplight"], ["Silk"]),
        (NOON, "en", "what is coming next", ["Coming next: A Hundred Harbours"], ["Whales"]),
        (NOON, "zh-Hans", "下一个展", ["下一个展览：《百港图》"], []),
        (NOON, "zh-Hans", "最近 what's on", ["正在展出"], []),
        ("2027-03-01T12:00", "en", "what's on", ["No temporary", "Coming next: A Hun"], ["Silk"]),
        (NOON, "en", "what's on now\n下个月呢", ["December"], []),
        (NOON, "en", "in october 2027", ["No temporary exhibition is announced"], ["Silk"]),
        ("2027-03-21T12:00", "en", "free exhibitions?", ["A ticket is needed", "Harbours"], []),
    ],
)
def test_what_is_on(at: str, language: str, text: str, parts: list[str], never: list[str]) -> None:
    answer = words("exhibitions_on", text, language, at)
    assert [part for part in parts if part not in answer] == [], answer
    assert [part for part in never if part in answer] == [], answer


@pytest.mark.parametrize(
    ("at", "language", "text", "parts"),
    [
        (NOON, "en", "is silk and salt good", ["is on until 21 February", "Silks and", "£11"]),
        (NOON, "zh-Hans", "丝与盐展到什么时候", ["展至2027年2月21日", "看丝绸与船"]),
        (NOON, "zh-Hant", "絲與鹽在哪裡", ["《絲與鹽：海路》正在特展廳展出"]),
        (NOON, "en", "old maps exhibition", ["has ended", "21 November 2026", "On now:"]),
        (NOON, "en", "harbours exhibition? hundred harbours", ["opens on 20 March 2027"]),
        (NOON, "en", "silk and salt in easter week, easter", ["You cannot see it"]),
        (NOON, "en", "silk and salt on christmas day", ["closed on Friday 25 December"]),
        (NOON, "zh-Hans", "lamplight show 免费吗", ["免费参观"]),
        ("2027-02-21T23:59:59", "en", "silk and salt", ["is on until"]),
        ("2027-02-22T00:00:00", "en", "silk and salt", ["has ended"]),
        (NOON, "en", "silk and salt?\nand the lamplight show?", ["Lamplight"]),
    ],
)
@pytest.mark.parametrize("topic", ["exhibition_specific", "exhibitions_on"])
def test_one_by_name(topic: str, at: str, language: str, text: str, parts: list[str]) -> None:
    answer = words(topic, text, language, at)
    assert [part for part in parts if part not in answer] == [], answer


def test_a_follow_up_keeps_the_name() -> None:
    answer = words("exhibition_specific", "is silk and salt any good\nand on 1 march?")
    assert "You cannot see it on Monday 1 March 2027" in answer


def test_a_name_that_is_not_ours_is_left_to_the_file() -> None:
    assert told("exhibition_specific", "is the Rembrandt show good") is None


def test_a_price_that_is_not_known_is_for_a_person() -> None:
    answer = told("exhibition_specific", "the whales exhibition")
    assert answer is not None
    assert answer.offer_person
    assert "not known yet" in answer.text
    assert "£" not in answer.text


def test_nothing_at_all_is_for_a_person() -> None:
    answer = told("exhibitions_on", "what's on", "en", "2027-03-11T12:00", CITY)
    assert answer is not None
    assert answer.offer_person
    assert "has not been announced" in answer.text
