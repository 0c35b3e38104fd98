"""Cutting to fit: in each platform's unit, at the best place, and never through a character."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.limits import (
    Limits,
    Measure,
    characters,
    shorten,
    split,
    split_for_choices,
    utf8_bytes,
    utf16_units,
)

MEASURES = [characters, utf16_units, utf8_bytes]
FAMILY = "👨‍👩‍👧‍👦"
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
PIECES = st.sampled_from(
    [
        "Is it open? ",
        "几点关门？",
        "我想book两张ticket。",
        "word ",
        "好",
        "\n\n",
        "\n",
        "，",
        " ",
        "é",
        "e\u0301",
        "👍🏽",
        FAMILY,
        "❤️",
        "1️⃣",
        "𠮷",
        "https://a.example/x?y=1 ",
        "他说：「十点开门。」",
        "“Really?” she asked. ",
        "（见《指南》第3页）",
        "10:30–17:30, £12.50 ",
        "2026年12月25日",
        "……",
    ]
)
TEXTS = st.lists(PIECES, max_size=60).map("".join)


def seen(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize(
    ("measure", "text", "size"),
    [
        (characters, "café 馆 👍", 8),
        (utf16_units, "café 馆 👍", 9),
        (utf8_bytes, "café 馆 👍", 14),
        (characters, "", 0),
        (utf16_units, "\ud800", 1),
        (utf8_bytes, "\ud800", 3),
    ],
)
def test_measures(measure: Measure, text: str, size: int) -> None:
    assert measure(text) == size


@pytest.mark.parametrize(
    ("text", "length", "parts"),
    [
        ("", 10, []),
        ("   ", 10, []),
        ("short", 10, ["short"]),
        ("One is here. Two is there.", 20, ["One is here.", "Two is there."]),
        ("First part\n\nsecond part", 15, ["First part", "second part"]),
        ("first line\nsecond line", 15, ["first line", "second line"]),
        ("我们开放。周一闭馆。", 7, ["我们开放。", "周一闭馆。"]),
        ("几点关门？五点半关门！", 8, ["几点关门？", "五点半关门！"]),
        ("“今天开放。”明天闭馆。", 9, ["“今天开放。”", "明天闭馆。"]),
        ("我想book两张ticket。明天来可以吗？", 20, ["我想book两张ticket。", "明天来可以吗？"]),
        ("先坐地铁到市中心，再走十分钟", 10, ["先坐地铁到市中心，", "再走十分钟"]),
        ("one two three four", 10, ["one two", "three four"]),
        ("See www.a.example today ok", 18, ["See www.a.example", "today ok"]),
        ("馆" * 25, 10, ["馆" * 10, "馆" * 10, "馆" * 5]),
        # A sentence that ends just where the part has to.
        ("One is here. Two is there.", 12, ["One is here.", "Two is", "there."]),
        ("我们开放。周一闭馆。", 5, ["我们开放。", "周一闭馆。"]),
        # What closes stays with its sentence, and what opens with the next.
        ("馆员说：「今天开放。」明天闭馆。", 11, ["馆员说：「今天开放。」", "明天闭馆。"]),
        ("她说“在二楼。”请上楼梯。", 8, ["她说“在二楼。”", "请上楼梯。"]),
        ("请先看《参观指南》再来馆", 9, ["请先看《参观指南》", "再来馆"]),
        ("他问：“真的吗？！”我说是……", 10, ["他问：“真的吗？！”", "我说是……"]),
        ('He said "come in." We did. Really.', 20, ['He said "come in."', "We did. Really."]),
        ("One (or two!) of them. Three.", 22, ["One (or two!) of them.", "Three."]),
        ("馆" * 10 + "。" + "展" * 5, 10, ["馆" * 9, "馆。" + "展" * 5]),
        ("馆" * 9 + "「" + "展" * 5 + "」", 10, ["馆" * 9, "「" + "展" * 5 + "」"]),
        # Numbers, times, words and addresses stay whole.
        ("Last entry is at 10:30 today", 20, ["Last entry is at", "10:30 today"]),
        ("开放时间为每天上午10:30开始", 12, ["开放时间为每天上午", "10:30开始"]),
        ("我们十二月25日闭馆不开", 7, ["我们十二月", "25日闭馆不开"]),
        ("一共是1,024个人来过我馆", 7, ["一共是", "1,024个人", "来过我馆"]),
        ("我想要book两张明天的ticket可以吗", 13, ["我想要book两张明天的", "ticket可以吗"]),
        ("请写信到 info@a.example 就好", 14, ["请写信到", "info@a.example", "就好"]),
        # Rather a short part than half a sentence.
        (
            "请进来。" + "我们今天和明天都开放，" * 2,
            14,
            ["请进来。", "我们今天和明天都开放，", "我们今天和明天都开放，"],
        ),
    ],
)
def test_split_cuts_at_the_best_place(text: str, length: int, parts: list[str]) -> None:
    assert split(text, Limits(length)) == parts


@pytest.mark.parametrize(
    ("measure", "length", "parts"),
    [
        (characters, 4, ["馆👍馆👍"]),
        (utf16_units, 4, ["馆👍馆", "👍"]),
        (utf16_units, 3, ["馆👍", "馆👍"]),
        (utf8_bytes, 7, ["馆👍", "馆👍"]),
    ],
)
def test_split_counts_in_the_platforms_unit(
    measure: Measure, length: int, parts: list[str]
) -> None:
    assert split("馆👍馆👍", Limits(length, measure)) == parts


@pytest.mark.parametrize(
    "text",
    [
        "Please look at https://aldermere.example/tickets/silk-and-salt for more",
        "请看 https://aldermere.example/tickets/silk-and-salt。谢谢",
        "book在https://aldermere.example/tickets/silk-and-salt，谢谢",
    ],
)
def test_split_keeps_a_link_whole_that_fits(text: str) -> None:
    link = "https://aldermere.example/tickets/silk-and-salt"
    for length in range(len(link), len(text)):
        assert any(link in part for part in split(text, Limits(length))), length


@pytest.mark.parametrize(
    "text",
    [
        "谢谢，请看https://a.example/x?day=1,2;3:4!5欢迎您来我们馆参观并且慢慢看",
        "Look at https://a.example/x?day=1,2;3:4!5 before you come to see all of it today",
        "看 https://a.example/x?day=1,2;3:4!5。" + "馆" * 30,
    ],
)
def test_split_does_not_take_a_link_for_sentences(text: str) -> None:
    link = "https://a.example/x?day=1,2;3:4!5"
    for length in range(len(link), len(text)):
        assert any(link in part for part in split(text, Limits(length))), length


@pytest.mark.parametrize("whole", [FAMILY, "👍🏽", "❤️", "e\u0301", "1️⃣", "🇬🇧", ENGLAND])
@pytest.mark.parametrize("lead", ["", "a", "馆", "a馆"])
def test_split_never_cuts_through_what_reads_as_one(whole: str, lead: str) -> None:
    for length in range(len(whole), 3 * len(whole)):
        parts = split(lead + whole * 6, Limits(length))
        assert "".join(parts) == lead + whole * 6
        for part in parts:
            assert part.removeprefix(lead).replace(whole, "") in ("", lead), (length, parts)


@given(TEXTS, st.sampled_from(MEASURES), st.integers(30, 90))
def test_every_part_fits_and_nothing_is_lost(text: str, measure: Measure, length: int) -> None:
    parts = split(text, Limits(length, measure))
    assert all(0 < measure(part) <= length for part in parts)
    assert seen("".join(parts)) == seen(text)


@given(st.text(max_size=300), st.sampled_from(MEASURES), st.integers(4, 40))
def test_any_text_fits_and_is_kept(text: str, measure: Measure, length: int) -> None:
    parts = split(text, Limits(length, measure))
    assert all(0 < measure(part) <= length for part in parts)
    assert seen("".join(parts)) == seen(text)


@given(TEXTS, st.sampled_from(MEASURES), st.integers(60, 120))
def test_no_part_begins_with_what_closes_or_ends_with_what_opens(
    text: str, measure: Measure, length: int
) -> None:
    text = re.sub(r"\s+([，…])", r"\1", text.lstrip("，…"))
    parts = split(text, Limits(length, measure))
    assert not [part for part in parts[1:] if part[0] in "。，」”》）…？"]
    assert not [part for part in parts[:-1] if part[-1] in "「“《（"]


@given(TEXTS, st.sampled_from(MEASURES), st.integers(60, 120))
def test_no_part_ends_inside_a_link_a_time_or_a_date(
    text: str, measure: Measure, length: int
) -> None:
    parts = split(text, Limits(length, measure))
    for whole in ("https://a.example/x?y=1", "10:30–17:30", "£12.50", "2026年12月"):
        assert sum(part.count(whole) for part in parts) == text.count(whole), whole


@given(TEXTS, st.sampled_from(MEASURES), st.integers(60, 120), st.integers(20, 60))
def test_buttons_have_room_under_the_last_part(
    text: str, measure: Measure, length: int, room: int
) -> None:
    limits = Limits(length, measure, with_choices=room)
    parts = split_for_choices(text, limits)
    assert all(0 < measure(part) <= length for part in parts)
    assert seen("".join(parts)) == seen(text)
    assert not parts or measure(parts[-1]) <= room
    assert len(parts) == 1 or measure(text.strip()) > room or not parts


@given(TEXTS, st.sampled_from(MEASURES), st.integers(60, 120))
def test_where_buttons_take_no_room_the_parts_are_as_without(
    text: str, measure: Measure, length: int
) -> None:
    limits = Limits(length, measure)
    assert split_for_choices(text, limits) == split(text, limits)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("请选一个：", ["请选一个："]),
        ("我们十点开门。您想问什么？", ["我们十点开门。", "您想问什么？"]),
        ("One. " * 4 + "Which do you mean?", ["One. One. One. One.", "Which do", "you mean?"]),
        ("馆" * 30, ["馆" * 20, "馆" * 10]),
        ("", []),
    ],
)
def test_only_the_last_part_leaves_room_for_buttons(text: str, parts: list[str]) -> None:
    assert split_for_choices(text, Limits(20, with_choices=10)) == parts


@given(TEXTS, st.integers(30, 90))
def test_no_part_begins_with_what_belongs_to_the_character_before(text: str, length: int) -> None:
    for part in split(text.strip("e\u0301\ufe0f\u200d"), Limits(length, utf16_units))[1:]:
        assert not unicodedata.combining(part[0]), part
        assert part[0] not in "\u200d\ufe0f\u20e3", part
        assert not 0x1F3FB <= ord(part[0]) <= 0x1F3FF, part


@pytest.mark.parametrize(
    ("text", "most", "measure", "short"),
    [
        ("Opening times", 20, characters, "Opening times"),
        ("Wheelchairs and step-free ways", 20, characters, "Wheelchairs and ste…"),
        ("轮椅与无障碍通行", 5, characters, "轮椅与无…"),
        ("轮椅与无障碍通行", 12, utf8_bytes, "轮椅与…"),
        ("买ticket要book吗", 9, characters, "买ticket要…"),
        ("to be ", 5, characters, "to b…"),
        ("go on then", 7, characters, "go on…"),
        (f"hi {FAMILY}", 6, characters, "hi…"),
        ("👍👍👍", 4, utf16_units, "👍…"),
    ],
)
def test_shorten(text: str, most: int, measure: Measure, short: str) -> None:
    assert shorten(text, most, measure) == short


@given(st.text(max_size=60), st.integers(8, 40), st.sampled_from(MEASURES))
def test_shorten_always_fits(text: str, most: int, measure: Measure) -> None:
    short = shorten(text, most, measure)
    assert measure(short) <= most
    assert short == text or short.endswith("…")
