"""Edits and deletions of replies: reworded while they wait, carried or told after, once each."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Book, Clock

from bot.content.voice import Voice
from bot.desk.casework import Casework, Outcome, Person, Request
from bot.limits import Limits
from bot.store import Connection, cases, log, queue, revisions
from bot.store.database import Database
from bot.store.tables import case_events, desk_jobs, messages

ADA, BEN = Person("U0ADA", "Ada"), Person("U0BEN", "Ben")
TS = "1700000000.000100"
LIMITS = {
    "messenger": Limits(length=2000),
    "telegram": Limits(length=40, edits=True, deletes=True),
}
WORDS = [
    ("We close at 3", "We close at 5"),
    ("我们三点闭馆", "我们五点闭馆"),
    ("3点 closed", "5点 closed"),
]


class Desk:
    """A claimed case of one visitor, and Ada's reply in it."""

    def __init__(self, database: Database, book: Book, voice: Voice, undo: int = 5) -> None:
        self.database, self.book = database, book
        self.casework = Casework(voice, LIMITS, undo, True)
        self.channel = ""

    def begin(self, channel: str, text: str = "We close at 3", language: str = "en") -> int:
        """Lets Ada answer a visitor on a channel; returns the reply's number."""
        self.channel = channel
        row = self.book.row(self.book.heard("?", channel=channel, language=language))
        want = Request("speak_to_human")
        opened = self.database.now(self.casework.open_case, row, language, want)
        self.database.now(self.casework.claim, opened.id, ADA)
        return self.say(opened.id, text)

    def say(self, case_id: int, text: str, ts: str = TS) -> int:
        """Lets Ada write; returns the number of her reply."""
        done = self.database.now(self.casework.staff_says, case_id, ADA, text, slack_ts=ts)
        assert done.seq is not None
        return int(done.seq)

    def send(self) -> list[str]:
        """Sends all that waits, whatever its time, as a platform does."""
        sent: list[str] = []

        def one(connection: Connection, row: Any) -> None:
            values = {"platform_id": None if revisions.is_change(row) else f"p.{row.seq}"}
            queue.finish(connection, messages, row.seq, "sent", done_at=log.now(), **values)
            if revisions.is_change(row):
                says = row.text if row.payload.get("edits") else None
                revisions.revise(connection, revisions.changed_by(row) or 0, says)
            fresh = log.message(connection, row.seq)
            assert fresh is not None
            self.casework.reply_sent(connection, fresh, "")

        for row in self.book.rows(direction="out", state="queued"):
            self.database.now(one, row)
            if row.author == "staff":
                sent.append(row.text)
        return sent

    def edit(self, seq: int, text: str, person: Person = ADA) -> Outcome:
        """Edits a message in Slack."""
        edits = self.casework.staff_edits
        return self.database.now(edits, self.book.row(seq), person, text)

    def delete(self, seq: int) -> Outcome:
        """Deletes a message in Slack."""
        return self.database.now(self.casework.staff_deletes, self.book.row(seq), ADA)

    def waits(self) -> list[Any]:
        """Returns what of staff's is about to leave."""
        return self.book.rows(direction="out", author="staff", state="queued")

    def told(self, kind: str = "warning") -> str:
        """Returns what the thread was told last."""
        jobs = [job for job in self.book.rows(desk_jobs) if job.kind == kind]
        return str(jobs[-1].payload["text"]) if jobs else ""

    def audited(self) -> list[str]:
        """Returns what was written down."""
        return [row.what for row in self.book.rows(case_events)]


@pytest.fixture
def desk(database: Database, book: Book, voice: Voice, clock: Clock) -> Desk:
    return Desk(database, book, voice)


# -- before it is sent ----------------------------------------------------------------------------


@pytest.mark.parametrize("channel", LIMITS)
@pytest.mark.parametrize(("before", "after"), WORDS)
def test_what_waits_is_reworded_in_its_place(
    desk: Desk, clock: Clock, channel: str, before: str, after: str
) -> None:
    seq = desk.begin(channel, before)
    clock.on(seconds=3)
    assert desk.edit(seq, after).kind == "queued"
    [row] = desk.waits()
    assert (row.seq, row.text, row.slack_ts) == (seq, after, TS)
    # The new words can be taken back for as long as the old ones could.
    assert (row.not_before - log.now()).total_seconds() == 5
    assert [j.payload["seq"] for j in desk.book.rows(desk_jobs, kind="preview")] == [seq, seq]
    assert desk.send() == [after]


def test_a_longer_wording_gets_more_messages_and_undo_takes_all(desk: Desk) -> None:
    seq = desk.begin("telegram", "Short.")
    desk.edit(seq, "A first sentence that is long enough. And a second one of the kind.")
    assert len(desk.waits()) == 2
    desk.edit(seq, "Short again.")
    assert [row.text for row in desk.waits()] == ["Short again."]
    desk.edit(seq, "A first sentence that is long enough. And a second one of the kind.")
    assert desk.database.now(desk.casework.undo, 1, ADA, seq).kind == "done"
    assert desk.send() == []


@pytest.mark.parametrize("note", ["note: she is rude", "备注：她很凶", "@ben 看 this"])
def test_an_edit_that_makes_it_a_note_takes_it_back(desk: Desk, note: str) -> None:
    seq = desk.begin("telegram")
    assert desk.edit(seq, note).kind == "note"
    assert desk.send() == []
    [kept] = desk.book.rows(direction="note")
    assert (kept.text, kept.slack_ts) == (note, TS)
    assert "nothing went to the visitor" in desk.told()


def test_an_edit_after_undo_is_not_sent_by_itself(desk: Desk) -> None:
    seq = desk.begin("telegram")
    desk.database.now(desk.casework.undo, 1, ADA, seq)
    assert desk.edit(seq, "We close at 5").kind == "needs_send"
    assert desk.send() == []
    # Its author presses "Send to visitor".
    desk.say(1, "We close at 5")
    assert desk.send() == ["We close at 5"]


def test_a_deletion_in_time_takes_it_back(desk: Desk) -> None:
    seq = desk.begin("messenger")
    assert desk.delete(seq).kind == "done"
    assert desk.send() == []
    assert "nothing went to the visitor" in desk.told()


# -- after it was sent ----------------------------------------------------------------------------


@pytest.mark.parametrize(("before", "after"), WORDS)
def test_an_edit_is_carried_where_the_platform_can(desk: Desk, before: str, after: str) -> None:
    seq = desk.begin("telegram", before)
    desk.send()
    assert desk.edit(seq, after).kind == "queued"
    [row] = desk.waits()
    assert (row.payload["edits"], row.text) == (seq, after)
    assert desk.told("line").startswith("Ada claimed")
    desk.send()
    assert revisions.reads(desk.book.row(seq)) == after
    assert "reads the new words now" in desk.told("line")
    assert desk.audited().count("delivered") == 1
    assert desk.edit(seq, after).kind == "note", "the visitor reads these words already"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Correction: We close at 5"),
        ("zh-Hans", "更正：We close at 5"),
        ("zh-Hant", "更正：We close at 5"),
    ],
)
def test_elsewhere_the_visitor_gets_one_correction(desk: Desk, language: str, words: str) -> None:
    seq = desk.begin("messenger", language=language)
    desk.send()
    desk.edit(seq, "We close at 4")
    desk.edit(seq, "We close at 5")
    assert desk.send() == [words]
    assert "the visitor was sent a correction" in desk.told("line")
    assert desk.edit(seq, "We close at 5").kind == "note"
    assert desk.send() == []
    desk.edit(seq, "We close at 3")
    assert desk.send()[0].endswith("We close at 3")


def test_a_correction_can_be_undone(desk: Desk) -> None:
    seq = desk.begin("messenger")
    desk.send()
    correction = desk.edit(seq, "We close at 5").seq
    assert desk.database.now(desk.casework.undo, 1, ADA, correction).kind == "done"
    assert desk.send() == []
    assert "the visitor keeps the earlier text" in desk.told("line")


def test_edited_back_before_the_correction_left_nothing_is_sent(desk: Desk) -> None:
    seq = desk.begin("telegram")
    desk.send()
    desk.edit(seq, "We close at 5")
    assert desk.edit(seq, "We close at 3").kind == "done"
    assert desk.send() == []


def test_a_long_reply_is_corrected_message_by_message(desk: Desk) -> None:
    long = "A first sentence that is long enough. And a second one of the kind."
    seq = desk.begin("telegram", long)
    assert len(desk.send()) == 2
    desk.edit(seq, long.replace("second", "third"))
    [row] = desk.waits()
    assert "third" in row.text
    desk.send()
    desk.edit(seq, "Short.")
    kinds = [("edits" in row.payload, "deletes" in row.payload) for row in desk.waits()]
    assert kinds == [(True, False), (False, True)]


@pytest.mark.parametrize("channel", LIMITS)
def test_a_note_is_never_carried_to_who_has_the_reply(desk: Desk, channel: str) -> None:
    seq = desk.begin(channel)
    desk.send()
    assert desk.edit(seq, "note: wrong, it is 5").kind == "refused"
    assert desk.send() == []
    assert "keeps the earlier text" in desk.told()


def test_a_deletion_is_carried_where_the_platform_can(desk: Desk) -> None:
    seq = desk.begin("telegram")
    desk.send()
    desk.edit(seq, "We close at 5")
    assert desk.delete(seq).kind == "queued"
    assert [row.payload.get("deletes") for row in desk.waits()] == [seq]
    desk.send()
    assert revisions.reads(desk.book.row(seq)) is None
    assert "does not see it any more" in desk.told("line")


def test_elsewhere_the_visitor_keeps_it_and_the_thread_says_so(desk: Desk) -> None:
    seq = desk.begin("messenger")
    desk.send()
    assert desk.delete(seq).kind == "refused"
    assert desk.send() == []
    assert "already delivered. The visitor keeps it" in desk.told()
    assert "Write what is right" in desk.told()


def test_after_the_end_an_edit_sends_no_message_of_its_own(desk: Desk) -> None:
    seq = desk.begin("messenger")
    desk.send()
    desk.database.now(desk.casework.resolve, 1, ADA)
    desk.send()
    assert desk.edit(seq, "We close at 5").kind == "refused"
    assert desk.send() == []
    assert "reopen it first" in desk.told()


def test_a_correction_is_no_answer_to_what_the_visitor_asked_since(desk: Desk) -> None:
    seq = desk.begin("telegram")
    desk.send()
    row = desk.book.row(desk.book.heard("And on Sunday?", channel="telegram"))
    desk.database.now(desk.casework.relay, row)
    desk.edit(seq, "We close at 5")
    desk.send()
    assert desk.database.now(cases.case, 1).state == "claimed"
