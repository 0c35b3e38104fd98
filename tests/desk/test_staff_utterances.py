"""Three hundred things that staff write: what is a note stays, and no reply is held back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import Book, Clock

from bot.desk.casework import Casework, Outcome, Person, Request
from bot.store import Connection, cases, log
from bot.store.database import Database

ADA, BEN = Person("U0ADA", "Ada"), Person("U0BEN", "本 Ben")
CORPUS: dict[str, list[Any]] = yaml.safe_load(
    Path(__file__).with_name("staff_utterances.yml").read_text(encoding="utf-8")
)
# contract.md: the words that mark a note, in each form that it names.
PREFIXES = ("note", "internal", "private", "备注", "備註", "内部", "內部", "私信")
FORMS = (
    "{word}: x",
    "{word} : x",
    "{word}：x",
    "*{word}:* x",
    "*{word}*: x",
    "_{word}:_ x",
    "_{word}_: x",
    "<@U0BEN> {word}: x",
    ":memo: {word}: x",
    "📝{word}：x",
    "<@U0BEN> :memo: *{word}* ：x",
)


def full_width(text: str) -> str:
    """Returns ASCII letters as a Chinese keyboard may write them."""
    return "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isalpha() else c for c in text)


MARKED = [form.format(word=word) for word in PREFIXES for form in FORMS]
MARKED += [form.format(word=word.upper()) for word in PREFIXES[:3] for form in FORMS]
MARKED += [f"{full_width(word)}：x" for word in PREFIXES[:3]]


@pytest.fixture
def desk(database: Database, book: Book, casework: Casework, clock: Clock) -> Desk:
    return Desk(database, book, casework)


class Desk:
    """A case, and staff who write in it."""

    def __init__(self, database: Database, book: Book, casework: Casework) -> None:
        self.database, self.book, self.casework = database, book, casework
        row = book.row(book.heard("Is it free? 免费吗"))
        opened = database.now(casework.open_case, row, "en", Request("speak_to_human"))
        self.case_id, self._times = opened.id, 0

    def claimed(self) -> Desk:
        """Lets Ada claim the case."""
        assert self.database.now(self.casework.claim, self.case_id, ADA).kind == "done"
        return self

    def each(self, texts: list[str], person: Person, **how: Any) -> list[tuple[str, str]]:
        """Lets somebody write each text; returns those with what became of them."""

        def say(connection: Connection) -> list[tuple[str, str]]:
            return [(text, self.say(connection, text, person, **how).kind) for text in texts]

        return self.database.now(say)

    def say(self, connection: Connection, text: str, person: Person, **how: Any) -> Outcome:
        """Lets somebody write a new message in Slack."""
        self._times += 1
        ts = f"1700000000.{self._times:06}"
        return self.casework.staff_says(connection, self.case_id, person, text, slack_ts=ts, **how)

    def sent(self) -> list[str]:
        """Returns what of staff's words is with the visitor or on its way."""
        out = self.book.rows(direction="out", author="staff")
        return [row.text for row in out if row.state != "cancelled"]


def odd(done: list[tuple[str, str]], kind: str) -> list[tuple[str, str]]:
    """Returns what did not end so."""
    return [(text, became) for text, became in done if became != kind]


def test_the_corpus_is_large_enough() -> None:
    assert sum(map(len, CORPUS.values())) >= 300
    for name in ("note", "reply"):
        assert len(set(CORPUS[name])) == len(CORPUS[name]) >= 120


@pytest.mark.parametrize("how", [{}, {"confirm": "anyway"}, {"confirm": "claim"}], ids=str)
@pytest.mark.parametrize("person", [ADA, BEN], ids=["owner", "colleague"])
def test_no_note_is_sent_whoever_writes_it(desk: Desk, person: Person, how: Any) -> None:
    done = desk.claimed().each(CORPUS["note"], person, **how)
    if how.get("confirm") == "claim" and person == BEN:
        assert odd(done, "refused") == []
    else:
        assert odd(done, "note") == []
    assert desk.sent() == []


def test_no_note_is_sent_after_the_end(desk: Desk) -> None:
    desk.database.now(desk.claimed().casework.resolve, desk.case_id, ADA)
    assert odd(desk.each(CORPUS["note"], ADA), "note") == []
    assert odd(desk.each(CORPUS["note"], ADA, confirm="follow_up"), "note") == []
    assert desk.sent() == []


@pytest.mark.parametrize("claimed", [True, False])
def test_every_prefix_of_the_contract_in_each_form_is_a_note(desk: Desk, claimed: bool) -> None:
    if claimed:
        desk.claimed()
    assert odd(desk.each(MARKED, ADA), "note") == []
    assert desk.sent() == []


def test_no_reply_of_the_owner_is_held_back(desk: Desk) -> None:
    done = desk.claimed().each(CORPUS["reply"], ADA)
    assert odd(done, "queued") == []
    assert len(desk.sent()) == len(CORPUS["reply"])


def test_a_colleague_and_everybody_before_a_claim_is_asked(desk: Desk) -> None:
    assert odd(desk.each(CORPUS["reply"], BEN), "needs_claim") == []
    assert odd(desk.claimed().each(CORPUS["reply"], BEN), "needs_confirm") == []
    assert desk.sent() == []


@pytest.mark.parametrize(("before", "after", "wanted"), CORPUS["edits"])
def test_an_edit_never_sends_a_note_nor_a_note_that_became_a_reply(
    desk: Desk, before: str, after: str, wanted: str
) -> None:
    desk.claimed()

    def edit(connection: Connection) -> Outcome:
        said = desk.say(connection, before, ADA)
        row = log.message(connection, said.seq or 0)
        return desk.casework.staff_edits(connection, row, ADA, after)

    outcome = desk.database.now(edit)
    kinds = {"replaced": "queued", "taken_back": "note", "offer": "needs_send", "note": "note"}
    assert outcome.kind == kinds[wanted], outcome
    assert len(desk.sent()) == (wanted == "replaced")
    if wanted == "replaced":
        assert desk.sent() != [before]
    events = desk.database.now(cases.case, desk.case_id)
    assert events.state == "claimed"
