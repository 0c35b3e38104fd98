"""What the tests of others' complaints work with: an inbox, a desk, an outbox, and a visitor."""

from __future__ import annotations

from typing import Any

from conftest import Book, Clock
from test_inbox import Desk
from test_outbox import Office

from bot.content.voice import Voice
from bot.desk.casework import Casework, Outcome, Person, Request
from bot.limits import Limits
from bot.store import cases
from bot.store.database import Database
from bot.store.tables import cases as case_table
from bot.store.tables import desk_jobs

ANA, BEN = Person("U0ANA", "Ana"), Person("U0BEN", "本 Ben")
CHANNELS = ("web", "messenger", "whatsapp", "telegram", "wechat", "slack")
EVERYWHERE = {name: Limits(length=2000) for name in CHANNELS}
WANTS_PERSON = {"reason": "speak_to_human", "sentence": "handoff_open"}


class Museum(Desk):
    """All between a visitor and staff but the platforms; the dialogue says what it is told to."""

    def __init__(self, database: Database, voice: Voice, book: Book, clock: Clock) -> None:
        casework = Casework(voice, EVERYWHERE, 0, True)
        super().__init__(database, casework, voice)
        self.inbox._limits = EVERYWHERE
        # The ids of what the book writes into the log itself begin at 1.
        self._ids = 1000
        self.book, self.clock = book, clock
        self.office = Office(database)

    def open(self, text: str = "I need a person", language: str = "en", **why: Any) -> Any:
        """A visitor's words become a case."""
        person, channel = why.pop("person", "7"), why.pop("channel", "messenger")
        seq = self.book.heard(text, person, channel, language)
        self.book.change(seq, state="answered")
        request = Request(**{"reason": "speak_to_human", **why})
        row = self.book.row(seq)
        return self.database.now(self.casework.open_case, row, language, request)

    def do(self, step: str, case: Any, *given: Any, **more: Any) -> Outcome:
        """A member of staff takes a step."""
        outcome = self.database.now(getattr(self.casework, step), case.id, *given, **more)
        assert isinstance(outcome, Outcome)
        return outcome

    def claimed(self, text: str = "I need a person", **why: Any) -> Any:
        """A case that Ana has."""
        case = self.open(text, **why)
        assert self.do("claim", case, ANA).kind == "done"
        return case

    async def sent(self) -> list[str]:
        """Sends all that is due, and returns all that arrived."""
        while await self.office.deliver():
            pass
        return self.office.postman.texts

    async def answered(self, case: Any, text: str = "Here it is.", who: Person = ANA) -> None:
        """Staff answer, and it arrives."""
        outcome = self.do("staff_says", case, who, text)
        assert outcome.kind == "queued", outcome
        while await self.office.deliver():
            pass
        row = self.book.row(outcome.seq or 0)
        self.database.now(self.casework.reply_sent, row, "")

    def case(self, number: int = 1) -> Any:
        """A case as it stands."""
        return self.database.now(cases.case, number)

    def cases(self) -> list[Any]:
        """All cases."""
        return self.book.rows(case_table)

    def bot(self) -> list[str]:
        """What the bot said."""
        return self.book.texts(direction="out", author="bot")

    def told(self, person: str = "7", channel: str = "messenger") -> list[str]:
        """What a visitor was told."""
        return self.book.texts(direction="out", conversation_id=f"{channel}:{person}")

    def jobs(self, *kinds: str) -> list[dict[str, Any]]:
        """What staff are shown, of these kinds."""
        return [row.payload for row in self.book.rows(desk_jobs) if row.kind in kinds]
