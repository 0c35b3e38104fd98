"""What stands in which list and in which order, and what a search finds, on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from conftest import STAFFED, Book, Clock
from postgres import BOTH

from bot.desk.finding import find_cases
from bot.store import cases, desk_lists
from bot.store.database import Database

ADA, BEN = "U0ADA", "U0BEN"


class Desk:
    """Cases, and the lists of them."""

    def __init__(self, database: Database, book: Book) -> None:
        self.database, self.book = database, book
        self._people = 0

    def open(
        self,
        question: str = "Is it free?",
        name: str = "Li",
        due: float | None = 60,
        **values: Any,
    ) -> Any:
        """Opens a case that is due in so many minutes, and sets its columns."""
        self._people += 1
        person = str(self._people)
        seq = self.book.heard(question, person, name=name)
        made = self.database.now(
            cases.insert_case,
            conversation_id=f"messenger:{person}",
            reason="speak_to_human",
            question=question,
            department=values.pop("department", "ticketing"),
            language="en",
            due_at=None if due is None else STAFFED + timedelta(minutes=due),
        )
        self.book.change(seq, case_id=made.id)
        if values:
            self.database.now(cases.change_case, made.id, **values)
        return made

    def owned(self, owner: str, **more: Any) -> Any:
        """Opens a case that somebody has."""
        return self.open(state="claimed", owner_id=owner, owner=owner, **more)

    def sheet(self, owner: str = ADA, **more: Any) -> desk_lists.Sheet:
        return self.database.now(desk_lists.sheet, STAFFED, owner, **more)

    def listed(self, which: str, owner: str = ADA, **more: Any) -> list[int]:
        rows = self.database.now(desk_lists.listed, which, STAFFED, owner, **more)
        return [row.id for row in rows]

    def found(self, typed: str, limit: int = 30) -> list[int]:
        return [row.id for row in self.database.now(find_cases, typed, limit)]


@pytest.fixture
def desk(database: Database, book: Book, clock: Clock) -> Desk:
    return Desk(database, book)


def ids(rows: Any) -> list[int]:
    return [row.id for row in rows]


@BOTH
def test_each_case_stands_in_the_first_list_that_it_belongs_to(desk: Desk) -> None:
    late = desk.open(due=-5)
    own_late = desk.owned(ADA, due=-20)
    own = desk.owned(ADA, due=30)
    others, free = desk.owned(BEN), desk.open()
    desk.open(state="resolved", open_key=None)
    sheet = desk.sheet()
    assert ids(sheet.overdue) == [own_late.id, late.id]
    assert ids(sheet.mine) == [own.id]
    assert ids(sheet.rest) == [free.id, others.id]
    assert sheet.counts == desk_lists.Counts(5, 2, 2, 2, 1)
    assert sheet.counts.in_lists == (2, 1, 2)


def test_an_empty_desk_counts_nothing(desk: Desk) -> None:
    assert desk.sheet() == desk_lists.Sheet(desk_lists.Counts(), [], [], [])


@BOTH
def test_unclaimed_urgent_and_near_ones_come_first(desk: Desk) -> None:
    far, near = desk.open(due=90), desk.open(due=10)
    never = desk.open(due=None)
    urgent = desk.open(due=50, priority="urgent")
    taken = desk.owned(BEN, due=1)
    again = desk.open(due=20, state="reopened")
    assert desk.listed(desk_lists.OPEN) == [
        case.id for case in (urgent, near, again, far, never, taken)
    ]


def test_what_waits_for_the_visitor_is_mine_and_not_overdue(desk: Desk) -> None:
    case = desk.open(state="waiting", owner_id=ADA, due=None)
    assert desk.listed(desk_lists.MINE) == [case.id]
    assert desk.listed(desk_lists.OVERDUE) == []


def test_a_released_case_is_nobodys(desk: Desk) -> None:
    desk.open(state="queued", owner_id=None)
    assert desk.listed(desk_lists.MINE, owner="") == []


def test_what_is_due_this_very_moment_is_not_overdue(desk: Desk) -> None:
    desk.open(due=0)
    assert desk.sheet().counts.overdue == 0


def test_a_department_has_lists_of_its_own(desk: Desk) -> None:
    desk.open(department="access")
    lost = desk.open(department="lost_property", due=-1)
    assert desk.listed(desk_lists.OPEN, department="lost_property") == [lost.id]
    assert desk.sheet(department="access").counts == desk_lists.Counts(1, 1, 0, 0, 0)


def test_a_list_is_cut_and_the_counts_are_not(desk: Desk) -> None:
    for _ in range(7):
        desk.open()
    sheet = desk.sheet(limit=3)
    assert len(sheet.rest) == 3
    assert sheet.counts.in_lists == (0, 0, 7)


# -- searching ------------------------------------------------------------------------------------

ROWS = (
    ("I lost my grey scarf", "James O'Hara"),
    ("我的围巾丢了，灰色的", "陈晓梅"),
    ("圍巾 scarf 不見了", "林雅婷 Lin"),
    ("100% wool_coat?", "Li Wei"),
)


TYPED: tuple[tuple[str, list[int]], ...] = (
    ("scarf", [3, 1]),
    ("SCARF grey", [1]),
    ("围巾", [3, 2]),
    ("圍巾", [3, 2]),
    ("林雅婷 scarf", [3]),
    ("晓梅", [2]),
    ("曉梅", [2]),
    ("“James”", [1]),
    ("o'hara", [1]),
    ("100%", [4]),
    ("l_c", [4]),
    ("%", [4]),
    ("wool#coat", []),
    ("D-1002", [2]),
    ("d1002", [2]),
    ("Ｄ－１００２", [2]),
    ("1003", [3]),
    ("D-9999", []),
    ("nobody wrote this", []),
    ("...", []),
)


@BOTH
def test_finding(desk: Desk) -> None:
    for question, name in ROWS:
        desk.open(question, name)
    assert [(typed, desk.found(typed)) for typed, _ in TYPED] == list(TYPED)


def test_open_cases_are_found_before_closed_ones_and_newer_before_older(desk: Desk) -> None:
    desk.open("伞 umbrella")
    desk.open("伞 umbrella", state="resolved", open_key=None)
    desk.open("伞 umbrella")
    assert desk.found("umbrella") == [3, 1, 2]
    assert desk.found("umbrella", limit=2) == [3, 1]


@BOTH
def test_translations_details_and_later_words_are_found(desk: Desk) -> None:
    beside = {"text": "My purse is gone", "engine": "googletrans"}
    first = desk.open("我的钱包不见了", translation=beside)
    second = desk.open("yes", details={"What was lost?": "一把红色的伞"})
    third = desk.open("hello")
    seq = desk.book.heard("it was near the 恐龙 hall", "3")
    desk.book.change(seq, case_id=third.id)
    assert desk.found("purse") == [first.id]
    assert desk.found("红色") == [second.id]
    assert desk.found("恐龙") == [third.id]
    assert desk.found("googletrans") == []


def test_what_the_desk_wrote_is_not_searched(desk: Desk) -> None:
    case = desk.open("hello")
    desk.book.said("Our 恐龙 hall is closed", "1", author="staff", case_id=case.id)
    assert desk.found("恐龙") == []


def test_the_tail_holds_no_notes_and_nothing_taken_back(desk: Desk) -> None:
    case = desk.open("第一 one")
    desk.book.said("two", "1", author="staff", state="sent")
    desk.book.said("secret", "1", author="staff", direction="note", state="kept")
    desk.book.said("withdrawn", "1", author="staff", state="cancelled")
    row = desk.database.now(cases.case, case.id)
    texts = [m.text for m in desk.database.now(desk_lists.tail, row, 5)]
    assert texts == ["第一 one", "two"]
    assert [m.text for m in desk.database.now(desk_lists.tail, row, 1)] == ["two"]
