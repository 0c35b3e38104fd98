"""Right and wrong decisions of a table that is small enough to count by hand."""

from __future__ import annotations

from fake import RESULTS

from report.decisions import Decision, Family, decisions, families


def test_each_decision_is_right_wrong_or_out_of_scope() -> None:
    assert decisions(RESULTS).table == {
        "answer": Decision(right=2, wrong=1, out_of_scope=1),
        "service": Decision(right=1, wrong=0, out_of_scope=0),
        "clarify": Decision(right=1, wrong=0, out_of_scope=1),
        "out_of_scope": Decision(right=0, wrong=1, out_of_scope=2),
    }


def test_the_shares_follow_from_them() -> None:
    found = decisions(RESULTS)
    assert found.precision == 3 / 5
    assert (found.answered_right, found.answered_wrong) == (3 / 6, 1 / 6)
    assert found.out_of_scope_answered == 1 / 4


def test_nothing_asked_is_nothing_decided() -> None:
    assert decisions([]).precision == 0.0
    assert families([]) == {}


def test_kinds_out_of_scope_come_with_the_most_answered_first() -> None:
    found = families(RESULTS)
    assert found == {"sport": Family(1, 0, 1), "weather": Family(1, 1, 0)}
    assert list(found) == ["sport", "weather"]
    assert found["sport"].texts == 2
