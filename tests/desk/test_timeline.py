"""From the audit trail of a case to its timeline."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from bot.desk.timeline import AUDITED, Entry, Happened, stories, timeline_of

from .stories import at, story


class Row(NamedTuple):
    """A row of the audit trail, as the store returns it."""

    at: object
    what: str
    actor: str = "Anna 王"


@pytest.mark.parametrize(
    ("what", "happened"),
    [
        ("opened", Happened.OPENED),
        ("wrote", Happened.WROTE),
        ("delivered", Happened.DELIVERED),
        ("waiting", Happened.WAITING),
        ("claimed", Happened.CLAIMED),
        ("released", Happened.RELEASED),
        ("expired", Happened.RELEASED),
        ("resolved", Happened.RESOLVED),
        ("returned", Happened.RETURNED),
        ("reopened", Happened.REOPENED),
    ],
)
def test_the_words_of_the_audit_trail(what: str, happened: Happened) -> None:
    now = at("11-23 10:00")
    assert timeline_of([Row(now, what)]) == [Entry(now, happened)]


def test_other_steps_move_no_clock() -> None:
    rows = [Row(at("11-23 10:00"), what) for what in ("noted", "undid", "department", "已备注")]
    assert timeline_of(rows) == []


def test_every_thing_that_can_happen_has_its_word() -> None:
    assert set(AUDITED.values()) == set(Happened)


def test_entries_of_one_instant_count_as_they_are_given() -> None:
    resolved_first = story("11-23 10:00 opened\n11-23 11:00 resolved\n11-23 11:00 delivered")
    answered_first = story("11-23 10:00 opened\n11-23 11:00 delivered\n11-23 11:00 resolved")
    assert stories(resolved_first)[0].met_at is None
    assert stories(answered_first)[0].met_at == at("11-23 11:00")


def test_entries_may_come_in_any_order() -> None:
    told = story("11-23 10:00 opened\n11-23 11:00 delivered\n11-23 12:00 wrote")
    assert stories(reversed(told)) == stories(told)


def test_a_story_without_an_opening_has_no_clock() -> None:
    assert stories(story("11-23 10:00 wrote\n11-23 11:00 delivered\n11-23 12:00 waiting")) == []
