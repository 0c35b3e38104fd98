"""What the web desk and the catching up ask of the log, on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.store import cases, catch_up, desk_reads, log, queue
from bot.store.tables import desk_jobs

BOTH = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)


def opened(book: Any, text: str, person: str) -> Any:
    """Opens a case for a visitor's message."""
    row = book.row(book.heard(text, person=person))
    told = {"reason": "failure", "question": text, "department": "access", "language": "en"}
    made = book.database.now(cases.insert_case, conversation_id=row.conversation_id, **told)
    assert made is not None
    return made


@BOTH
def test_what_the_web_desk_reads(book: Any) -> None:
    first, second = opened(book, "伞 umbrella", "7"), opened(book, "门票 ticket", "8")
    third = opened(book, "又 again", "9")
    run = book.database.now
    run(lambda c: cases.change_case(c, first.id, owner_id="U1", owner="安 An"))
    run(lambda c: cases.change_case(c, third.id, previous_id=first.id))
    book.said("好 yes", person="7", author="staff", author_id="web:bo", author_name="Bo")
    assert run(desk_reads.colleagues) == [("web:bo", "Bo"), ("U1", "安 An")]
    assert run(desk_reads.next_refs, first.id) == [third.ref]
    assert run(desk_reads.next_refs, third.id) == []
    for case in (second, first):
        assert run(cases.close, case.id, "resolved")
    assert [row.ref for row in run(desk_reads.newest_closed, 9)] == [first.ref, second.ref]
    assert len(run(desk_reads.newest_closed, 1)) == 1


@BOTH
def test_what_catching_up_reads_and_writes(book: Any) -> None:
    run = book.database.now
    case = opened(book, "伞 umbrella", "7")
    assert run(catch_up.threads) == []
    run(lambda c: cases.change_case(c, case.id, slack_channel="C1", slack_ts="1.2"))
    assert [(row.id, row.slack_ts) for row in run(catch_up.threads)] == [(case.id, "1.2")]
    at = log.now()
    assert run(catch_up.read_until) < at - timedelta(days=9999)
    for each in (at, at + timedelta(minutes=1)):
        run(catch_up.set_read_until, each)
        assert run(catch_up.read_until) == each


@BOTH
def test_posts_are_folded_hurried_and_counted(book: Any) -> None:
    run, case = book.database.now, opened(book, "伞 umbrella", "7")
    for number in range(4):
        run(queue.add_job, "line", case.id, {"text": f"第{number}"})
    first, *others = book.rows(desk_jobs)
    assert [row.id for row in run(catch_up.waiting_after, first)] == [row.id for row in others]
    told = run(catch_up.fold, first, [row.id for row in others[:2]], "backfill", {"entries": []})
    assert (told.id, told.kind, told.payload) == (first.id, "backfill", {"entries": []})
    assert [row.state for row in book.rows(desk_jobs)] == ["queued", "done", "done", "queued"]
    assert run(catch_up.has_post, case.id, "line")
    assert not run(catch_up.has_post, case.id, "card")
    assert run(catch_up.behind, log.now()) == 0
    run(queue.retry, desk_jobs, first.id, "queued", 600.0, "away")
    assert run(catch_up.hurry) == 1
    assert run(catch_up.hurry) == 0
    assert run(catch_up.behind, log.now() + timedelta(seconds=1)) == 2
    assert {row.not_before for row in book.rows(desk_jobs)} == {None}
