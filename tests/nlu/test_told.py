"""What a text tells unasked: when, where, how many, which school."""

from __future__ import annotations

import pytest

from bot.nlu import told


@pytest.mark.parametrize(
    ("text", "when", "where"),
    [
        ("I lost my scarf in the cafe yesterday", True, True),
        ("昨天下午在二楼展厅", True, True),
        ("昨天在 café 吧", True, True),
        ("12 March", True, False),
        ("next Tuesday at 10am", True, False),
        ("下周二上午十点", True, False),
        ("near the main entrance", False, True),
        ("在洗手间", False, True),
        ("a blue scarf with dots", False, False),
        ("黑色雨伞", False, False),
    ],
)
def test_when_and_where(text: str, when: bool, where: bool) -> None:
    assert told.tells_when(text) is when
    assert told.tells_where(text) is where
    assert told.tells_where_and_when(text) is (when and where)


@pytest.mark.parametrize(
    ("text", "people", "number", "date"),
    [
        ("30 people on 12 March", True, True, True),
        ("about thirty pensioners", True, True, False),
        ("三十人，3月12日", True, True, True),
        ("我们30位老人", True, True, False),
        ("60 pupils and 6 adults", True, True, False),
        ("a group of 25", True, True, False),
        ("30", False, True, False),
        ("12 March", False, False, True),
        ("3月12日", False, False, True),
        ("at 10:30", False, False, True),
        ("in the morning", False, False, False),
        ("不确定多少 people", False, False, False),
    ],
)
def test_how_many_and_which_day(text: str, people: bool, number: bool, date: bool) -> None:
    assert told.tells_people(text) is people
    assert told.tells_number(text) is number
    assert told.tells_date(text) is date


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Hillside Primary, Year 4", True),
        ("阳光小学三年级", True),
        ("我们是 St Mary school", True),
        ("a school trip", False),
        ("想带班级来参观", False),
    ],
)
def test_school(text: str, named: bool) -> None:
    assert told.tells_school(text) is named
