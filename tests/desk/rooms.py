"""A desk on a real database, brought into any state of a case by real steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conftest import Book, Clock

from bot.desk.casework import Casework, Outcome, Person, Request
from bot.store import cases, log, trail
from bot.store.database import Database
from bot.store.tables import desk_jobs

ANA, BEN = Person("U0ANA", "Ana"), Person("U0BEN", "本 Ben")


class Room:
    """A desk, its log and its clock."""

    def __init__(self, database: Database, book: Book, casework: Casework, clock: Clock) -> None:
        self.database, self.book, self.casework, self.clock = database, book, casework, clock

    def open(self, text: str = "I lost my scarf", person: str = "7", **why: Any) -> Any:
        """Opens a case for a visitor's words."""
        language = why.pop("language", "en")
        row = self.book.row(self.book.heard(text, person, language=language))
        request = Request(**{"reason": "speak_to_human", **why})
        return self.database.now(self.casework.open_case, row, language, request)

    def do(self, step: str, *args: Any, **values: Any) -> Outcome:
        """Takes one step."""
        outcome = self.database.now(getattr(self.casework, step), *args, **values)
        assert isinstance(outcome, Outcome)
        return outcome

    def hear(self, text: str = "还在吗? still there?", **how: Any) -> Any:
        """Lets the visitor write on."""
        row = self.book.row(self.book.heard(text, **how))
        self.database.now(self.casework.relay, row)
        return row

    def answer(self, by: Person = ANA, case_id: int = 1, text: str = "在二楼 upstairs") -> Outcome:
        """Lets somebody answer, and the platform take it."""
        said = self.do("staff_says", case_id, by, text, confirm="anyway")
        if said.kind == "queued":
            self.arrive(said.seq or 0)
        return said

    def arrive(self, seq: int) -> None:
        """Lets the platform take a reply."""
        self.book.change(seq, state="sent", done_at=self.clock())
        self.database.now(self.casework.reply_sent, self.book.row(seq), "")

    def look(self, case_id: int = 1) -> bool:
        """Lets the watch look at a case."""
        return bool(self.database.now(self.casework.look, case_id))

    def case(self, case_id: int = 1) -> Any:
        """Returns a case."""
        return self.database.now(cases.case, case_id)

    def bring(self, state: str) -> Any:
        """Opens case 1 and brings it into a state."""
        self.open()
        for step in TO[state]:
            self.answer() if step == "answer" else self.do(step, 1, ANA)
        assert self.case().state == state
        return self.case()

    def out(self, **where: Any) -> list[str]:
        """Returns what is laid for visitors."""
        return self.book.texts(direction="out", **where)

    def jobs(self, kind: str | None = None) -> list[Any]:
        """Returns what is to be posted to the thread."""
        return [row for row in self.book.rows(desk_jobs) if kind in (None, row.kind)]

    def events(self, case_id: int = 1) -> list[tuple[str, str, str]]:
        """Returns who did what."""
        rows = self.database.now(trail.events, case_id)
        return [(row.actor, row.what, row.detail) for row in rows]

    def speaker(self) -> str:
        """Returns who speaks."""
        return str(self.book.talk().speaker)


TO: Mapping[str, tuple[str, ...]] = {
    "queued": (),
    "claimed": ("claim",),
    "waiting": ("claim", "answer"),
    "resolved": ("resolve",),
    "returned": ("back_to_bot",),
    "reopened": ("resolve", "reopen"),
}
SPEAKERS = {
    "queued": log.QUEUED,
    "reopened": log.QUEUED,
    "claimed": log.HUMAN,
    "waiting": log.HUMAN,
    "resolved": log.CLOSED,
    "returned": log.BOT,
}
