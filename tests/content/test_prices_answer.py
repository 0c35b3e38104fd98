"""Prices for a party, on a day, of an exhibition; free and charging museums."""

from __future__ import annotations

import pytest

from .told import CITY, HARBOUR, NOON, told, words

FAMILY = "我六十八岁，带两个孙子，一个5岁一个17岁，看丝与盐多少钱"


@pytest.mark.parametrize(
    ("at", "language", "text", "parts"),
    [
        (NOON, "en", "price?", ["free for everyone", "Adult £14, Concession £11, Student £9"]),
        (
            NOON,
            "zh-Hans",
            FAMILY,
            ["优惠票（68岁）：£11", "5岁）：免费", "17岁）：£14", "合计：£25"],
        ),
        (NOON, "en", "a student and two children", ["Student: £9", "× 2: free", "Total: £9"]),
        (NOON, "zh-Hant", "一家三口看特展多少錢", ["成人 × 2：£28", "合計：£28"]),
        (NOON, "en", "2 adults and our kids", ["Adult × 2: £28", "Under 16: free", "Total: £28"]),
        (NOON, "en", "2 adults and students", ["Adult × 2: £28", "Student: £9"]),
        (NOON, "zh-Hans", "2 adults 加一个 student", ["成人 × 2：£28", "学生：£9"]),
        (NOON, "en", "how much is lamplight, the print show: drawn by lamplight", ["free too"]),
        (NOON, "en", "hundred harbours for 2 adults", ["Adult × 2: £31", "Total: £31"]),
        (NOON, "en", "old maps exhibition price", ["has ended"]),
        (NOON, "en", "1 adult on 1 march", ["free for everyone"]),
        (NOON, "en", "silk and salt\nand for a student?", ["Silk and Salt", "Student: £9"]),
        (NOON, "en", "2 adults for silk and salt\n一个学生呢", ["Student: £9"]),
        (NOON, "en", "a senior", ["Please bring: proof of it."]),
        (NOON, "en", "my son is 15", ["Under 16 (age 15): free"]),
        (NOON, "en", "my son is 16", ["Adult (age 16): £14"]),
        (NOON, "en", "I'm 64", ["Adult (age 64): £14"]),
        (NOON, "en", "I'm 65", ["Concession (age 65): £11"]),
        ("2026-03-31T23:59:59", "en", "old maps", ["Old Maps is free too"]),
        ("2027-12-31T12:00", "en", "price?", ["free for everyone"]),
    ],
)
def test_answers(at: str, language: str, text: str, parts: list[str]) -> None:
    answer = words("admission_price", text, language, at)
    assert [part for part in parts if part not in answer] == [], answer


def test_one_kind_named_twice_is_told_once() -> None:
    assert words("admission_price", "student price with isic card").count("Student") == 1


def test_the_open_number_of_students_has_no_total() -> None:
    assert "Total" not in words("admission_price", "2 adults and students")


@pytest.mark.parametrize(
    ("language", "text", "parts"),
    [
        (
            "en",
            "who gets a concession",
            ["Concession: £11 (65 and over)", "Student: £9", "a card"],
        ),
        ("zh-Hans", "有什么优惠", ["优惠票：£11（65岁及以上）", "请携带：优惠证明、学生证"]),
        ("zh-Hant", "優惠資格", ["優惠票：£11", "請攜帶"]),
        ("en", "disabled visitor and carer", ["Concession: £11", "Companion: free"]),
        ("zh-Hans", "退休人员", ["优惠票：£11"]),
        ("zh-Hans", "universal credit 可以吗", ["优惠票：£11"]),
    ],
)
def test_reductions(language: str, text: str, parts: list[str]) -> None:
    answer = words("concessions", text, language)
    assert [part for part in parts if part not in answer] == [], answer


@pytest.mark.parametrize("text", ["do teachers get a discount", "教师票", "any veterans discount"])
@pytest.mark.parametrize("topic", ["concessions", "admission_price"])
def test_who_is_not_in_the_list_is_for_a_person(topic: str, text: str) -> None:
    answer = told(topic, text)
    assert answer is not None
    assert answer.offer_person
    assert answer.text.startswith("Our price list has no special price for")


@pytest.mark.parametrize(
    ("at", "text", "parts"),
    [
        (NOON, "price?", ["Entry to the museum: Adult ¥60, Senior ¥30, Child ¥30, Under 6 free."]),
        (NOON, "2 adults, kids 5 and 7", ["Adult × 2: ¥120", "free", "¥30", "Total: ¥150"]),
        (NOON, "2 adults on 1 january", ["Adult × 2: ¥160"]),
        ("2026-12-31T23:59:59", "1 adult", ["¥60"]),
        ("2027-01-01T00:00:00", "1 adult", ["¥80"]),
        (NOON, "2 adults on 15 january", ["Adult × 2: ¥160", "Bronze", "Adult × 2: ¥40"]),
        (NOON, "a teacher", ["Teacher: ¥30"]),
    ],
)
def test_a_museum_that_charges(at: str, text: str, parts: list[str]) -> None:
    answer = words("admission_price", text, "en", at, CITY)
    assert [part for part in parts if part not in answer] == [], answer
    assert "free for everyone" not in answer


def test_a_category_that_a_later_row_lacks_is_not_invented() -> None:
    answer = told("admission_price", "a teacher", "en", "2027-02-20T12:00", CITY)
    assert answer is not None
    assert answer.offer_person
    assert "¥30" not in answer.text


@pytest.mark.parametrize("topic", ["concessions", "admission_price"])
def test_a_price_that_has_run_out_is_not_told(topic: str) -> None:
    answer = told(topic, "price for 2 adults?", "en", "2028-01-01T00:00", CITY)
    assert answer is not None
    assert answer.offer_person
    assert "¥" not in answer.text


def test_without_a_price_table_the_file_answers() -> None:
    start, end = HARBOUR.index("prices:"), HARBOUR.index("exhibitions:\n")
    plain = HARBOUR[:start] + HARBOUR[end:].replace("price: standard", "price: {adult: 9}")
    assert told("admission_price", "price?", "en", NOON, plain) is None
    assert told("concessions", "price?", "en", NOON, plain) is None
    assert "adult £9" in words("exhibition_specific", "silk and salt", "en", NOON, plain)
