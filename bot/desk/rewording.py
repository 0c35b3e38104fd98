"""Corrected translations: a person's wording takes the place of an engine's, and is learnt.

Of a reply that still waits the visitor reads the corrected words alone; one that has gone out is
changed or corrected as an edit of its author would be. Of a visitor's words staff read the better
translation.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from bot.desk import replies
from bot.desk.casework import Casework
from bot.desk.learning import spoken_of
from bot.desk.people import Outcome, Person
from bot.language import base
from bot.store import Connection, Row, cases, log, revisions
from bot.store.database import Database
from bot.translate import Translator
from bot.translate.interpreter import Interpreter
from bot.translate.said import READY, SAME_LANGUAGE, STAFF_LANGUAGE, Spoken

# So long a reply waits for whoever is correcting it; if they never say so, it goes as it was.
HELD = timedelta(minutes=2)
WAITS = ("queued", "waiting")
GONE = "This message is not here any more."
NOT_OURS = "Only what was translated can be corrected."
EMPTY = "There are no words in it, so nothing was changed."
LEARNT = "The visitor keeps the earlier words; Docent remembers yours."


@dataclass(frozen=True)
class Wording:
    """A message whose translation may be corrected: what was written, and how it reads now."""

    seq: int
    case_id: int
    incoming: bool
    original: str
    text: str
    language: str
    back: str | None = None
    waits: bool = False


class Rewording:
    """Corrects translations.

    Args:
        database: Where the messages lie.
        casework: The desk.
        translator: Learns; an interpreter has a memory.
    """

    def __init__(
        self,
        database: Database,
        casework: Casework,
        translator: Translator,
    ) -> None:
        self._database = database
        self._casework = casework
        self._interpreter = Interpreter.around(translator)

    async def correct(self, case_id: int, seq: int, person: Person, text: str) -> Outcome:
        """Takes a person's wording for the translation of a message, and learns it.

        Args:
            case_id: The case.
            seq: The message.
            person: Who corrects it.
            text: How it is to read.

        Returns:
            done, or refused with the reason.
        """
        row = await self._database.run(_row, case_id, seq)
        text = text.strip()
        why = EMPTY if not text else _refusal(row)
        if row is None or why:
            return Outcome("refused", why)
        if row.direction == "out" and (kept := replies.never_sent(text)) is not None:
            return Outcome("refused", f"Nothing was changed. {kept.value}")
        before = self._heard(row) if row.direction == "in" else self._said(row)
        shown = await self._in_script(text, before.language)
        better = await self._interpreter.corrected(before, shown, person.name)
        return await self._database.run(self._change, case_id, seq, person, better)

    def _heard(self, row: Row[Any]) -> Spoken:
        beside = row.translation or {}
        source = self._interpreter.language_of(row.text) or row.language
        text = str(beside.get("text") or row.text)
        return Spoken(text, row.text, STAFF_LANGUAGE, source, str(beside.get("state") or ""))

    def _said(self, row: Row[Any]) -> Spoken:
        said = spoken_of(row)
        # What no engine could translate was kept without its language.
        return replace(said, source=said.source or self._interpreter.language_of(said.original))

    async def _in_script(self, text: str, language: str) -> str:
        """Returns a text in the script that its reader reads: staff may type Simplified."""
        read = self._interpreter.language_of(text)
        if read is None or base(read) != "zh" or base(language) != "zh":
            return text
        return (await self._interpreter.to_visitor(text, language)).text

    def _change(
        self, connection: Connection, case_id: int, seq: int, person: Person, better: Spoken
    ) -> Outcome:
        cases.held(connection, case_id)
        row = _row(connection, case_id, seq)
        if row is None:
            return Outcome("refused", GONE)
        if row.direction == "in":
            return self._shown(connection, row, person, better)
        # The desk's own way for what staff change: reworded while it waits, corrected after.
        outcome = self._casework.staff_edits(connection, row, person, better.original, better)
        if outcome.kind != "queued":
            return Outcome("refused", f"Nothing was sent: {outcome.reason} {LEARNT}")
        return self._told(connection, row, person, better.text, outcome.reason)

    def _shown(
        self, connection: Connection, row: Row[Any], person: Person, better: Spoken
    ) -> Outcome:
        beside = {"text": better.text, "language": STAFF_LANGUAGE, "engine": better.engine}
        log.change_message(connection, row.seq, translation={**beside, "state": better.state})
        _card_too(connection, row, better.text)
        return self._told(connection, row, person, better.text, "of the visitor's words")

    def _told(
        self, connection: Connection, row: Row[Any], person: Person, text: str, how: str
    ) -> Outcome:
        cases.audit(connection, row.case_id, person.name, "corrected a translation", how)
        self._casework.show_reworded(connection, row.case_id, person, row.seq, text)
        return Outcome("done", seq=row.seq)


def wording(connection: Connection, case_id: int, seq: int) -> Wording | str:
    """Returns what may be corrected of a message, or why nothing may."""
    row = _row(connection, case_id, seq)
    why = _refusal(row)
    if row is None or why:
        return why
    beside = row.translation or {}
    if row.direction == "in":
        text = str(beside.get("text") or "")
        return Wording(seq, case_id, True, row.text, text, STAFF_LANGUAGE)
    said, waits = spoken_of(row), row.state in WAITS
    whole = "".join(revisions.reads(part) or "" for part in revisions.parts(connection, row))
    return Wording(seq, case_id, False, said.original, whole, said.language, said.back, waits)


def hold(connection: Connection, seq: int) -> bool:
    """Lets a reply wait while it is corrected; False where it has left."""
    return _put_off(connection, seq, HELD)


def let_go(connection: Connection, seq: int) -> bool:
    """Sends a reply that was held as it is, in a moment; False where it has left."""
    return _put_off(connection, seq, timedelta(0))


def _put_off(connection: Connection, seq: int, wait: timedelta) -> bool:
    row = log.message(connection, seq)
    if row is None or row.direction != "out":
        return False
    at = log.now() + wait
    return all(
        revisions.replace(connection, each.seq, not_before=at)
        for each in revisions.parts(connection, row)
    )


def _row(connection: Connection, case_id: int, seq: int) -> Row[Any] | None:
    row = log.message(connection, seq)
    return row if row is not None and row.case_id == case_id else None


def _refusal(row: Row[Any] | None) -> str:
    if row is None or row.state == "cancelled" or row.direction == "note":
        return GONE
    beside = row.translation or {}
    plain = beside.get("state") in (SAME_LANGUAGE, READY)
    return NOT_OURS if not beside or plain or revisions.is_change(row) else ""


def _card_too(connection: Connection, row: Row[Any], text: str) -> None:
    """Keeps the better translation on the card where the message is the case's question."""
    case = cases.case(connection, row.case_id)
    if case.question == row.text:
        beside = {**(case.translation or {}), "text": text, "engine": "memory"}
        beside.pop("notice", None)
        cases.change_case(connection, case.id, translation=beside)
