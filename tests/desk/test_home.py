"""The Home tab as a view: what fits, what is left out and said to be, and who sees nothing."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from conftest import STAFFED
from standins.slack_view_rules import check_view

from bot.desk.home import Around, closed_to, home, shares, without_time
from bot.store.desk_lists import Counts, Sheet

from .test_case_rows import case

ZONE = ZoneInfo("Europe/London")


class Department:
    """A department of the menu."""

    def __init__(self, number: int) -> None:
        self.id, self.name = f"d{number}", f"部门 {number}"


def around(**values: Any) -> Around:
    known = {"at": STAFFED, "zone": ZONE, "hours": "The desk is open until 5:30pm."}
    return Around(**{**known, "site": "https://museum.slack.com/", **values})


def sheet(overdue: int = 0, mine: int = 0, rest: int = 0, read: int = 30, **totals: int) -> Sheet:
    """Returns a desk with so many cases, of which so many were read."""
    late = case(due_at=STAFFED - timedelta(minutes=1))
    counts = {"open": overdue + mine + rest, "unclaimed": rest, "overdue": overdue, "mine": mine}
    return Sheet(
        Counts(**{**counts, **totals}),
        [late] * min(overdue, read),
        [case(state="claimed", owner="Ada")] * min(mine, read),
        [case()] * min(rest, read),
    )


def words(view: dict[str, Any]) -> str:
    return str(view["blocks"])


@pytest.mark.parametrize(
    ("sizes", "room", "shown"),
    [
        ([2, 1, 3], 30, [2, 1, 3]),
        ([40, 40, 40], 30, [10, 10, 10]),
        ([40, 2, 40], 30, [14, 2, 14]),
        ([0, 0, 50], 30, [0, 0, 30]),
        ([5, 5, 5], 0, [0, 0, 0]),
        ([3, 3, 3], 4, [2, 1, 1]),
    ],
)
def test_shares(sizes: list[int], room: int, shown: list[int]) -> None:
    assert shares(sizes, room) == shown


@pytest.mark.parametrize("counts", [(0, 0, 0), (1, 1, 1), (30, 30, 30), (300, 9, 300), (0, 0, 99)])
@pytest.mark.parametrize("broken", [0, 6])
def test_slack_takes_every_home(counts: tuple[int, int, int], broken: int) -> None:
    departments = [Department(number) for number in range(120)]
    more = {"broken": ["WeChat does not work. 40001"] * broken, "departments": departments}
    view = home(sheet(*counts), around(notice="Ben has this case.", **more))
    check_view(view, "home")
    assert len(view["blocks"]) <= 100
    assert len(view["blocks"]) > 80 or max(counts) <= 1


def test_what_does_not_fit_is_counted() -> None:
    view = home(sheet(overdue=40, mine=2, rest=60), around())
    shown = words(view).count("*D-1005*")
    left = [int(number) for number in re.findall(r"… and (\d+) more", words(view))]
    assert shown + sum(left) == 102
    assert "`/docent overdue`" in words(view)
    assert "Mine (2)" in words(view)


def test_the_counts_stand_on_top() -> None:
    view = home(sheet(overdue=2, mine=1, rest=9, mine_overdue=0), around())
    assert view["blocks"][1]["text"]["text"] == "*2* overdue · *1* mine · *12* open, 9 unclaimed"
    titles = [b["text"]["text"] for b in view["blocks"] if b["type"] == "header"]
    assert titles == ["The desk", "Overdue (2)", "Mine (1)", "Open (9)"]


def test_an_empty_desk_says_so() -> None:
    view = home(sheet(), around())
    assert "Nobody is waiting" in words(view)
    assert [b["type"] for b in view["blocks"]].count("header") == 1


def test_hours_broken_channels_and_the_last_press_are_told() -> None:
    view = home(sheet(), around(broken=["微信 WeChat *down*"], notice="Ben has this case."))
    assert "open until 5:30pm" in words(view)
    [broken] = [b for b in view["blocks"] if "WeChat" in str(b)]
    assert broken["text"]["type"] == "plain_text"
    assert "Ben has this case." in words(view)


def test_the_menu_remembers_the_department() -> None:
    view = home(sheet(rest=1), around(departments=[Department(1), Department(2)], department="d2"))
    [menu] = [b["elements"][0] for b in view["blocks"] if "home:department" in str(b)]
    assert menu["initial_option"]["value"] == "d2"
    assert view["private_metadata"] == "d2"


def test_a_department_that_is_gone_shows_all() -> None:
    view = home(sheet(), around(departments=[Department(1)], department="gone"))
    assert "'initial_option': {'text': {'type': 'plain_text', 'text': 'All departments'" in words(
        view
    )
    check_view(view, "home")


def test_only_the_time_of_the_foot_is_no_news() -> None:
    later = STAFFED + timedelta(seconds=1)
    one, two = home(sheet(), around()), home(sheet(), around(at=later))
    assert one != two
    assert without_time(one) == without_time(two)
    assert without_time(one) != without_time(home(sheet(rest=1), around()))


@pytest.mark.parametrize("barred", ["a guest", "somebody from another organisation"])
def test_who_is_no_staff_sees_no_visitor(barred: str) -> None:
    view = closed_to(barred)
    assert barred in words(view)
    assert len(view["blocks"]) == 1
    check_view(view, "home")
