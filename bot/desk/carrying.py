"""Files of a case, as rows: the visitor's to be fetched for staff, those of staff to be sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from bot.desk.file_kinds import clean_name
from bot.desk.people import Outcome, Person
from bot.desk.telling import Telling
from bot.store import Connection, Row, cases, files, log, revisions

# What of a visitor's message has bytes that staff can look at.
FETCHED = ("image", "audio", "voice", "video", "file")
# Ours: more than this in one message nobody sends by hand.
MOST_FILES = 10
CLIP = "📎"

# What it takes to fetch a file, and what it is called: `id`, `url`, `name`, `mime`, `size`.
Reference = Mapping[str, Any]


def expect(connection: Connection, row: Row[Any], case_id: int) -> int:
    """Lays out the files of a visitor's message to be fetched; returns how many are new."""
    sent = (row.payload.get("attachments") or ())[:MOST_FILES]
    new = 0
    for place, reference in enumerate(sent):
        if reference.get("kind") not in FETCHED or not _lies_somewhere(reference):
            continue
        added = files.add(
            connection,
            key=f"in:{row.seq}:{place}",
            message_seq=row.seq,
            case_id=case_id,
            conversation_id=row.conversation_id,
            direction="in",
            kind=reference["kind"],
            **_told(reference),
        )
        new += added is not None
    return new


class Carrying(Telling):
    """How files are laid out, and what is told of them."""

    def file_held(
        self, connection: Connection, row: Row[Any], name: str, mime: str, size: int, digest: str
    ) -> None:
        """Notes that a file's bytes are here, and shows them in the thread."""
        held = {"name": name, "mime": mime, "size": size, "digest": digest, "reason": None}
        files.end(connection, row.id, "held", **held)
        who = "visitor" if row.direction == "in" else "docent"
        cases.audit(connection, row.case_id, who, "file", name)
        # What a colleague put into the thread stands there already.
        if row.direction == "in" or "digest" in row.reference:
            self._post(connection, "file", row.case_id, file=row.id)

    def file_lost(
        self, connection: Connection, row: Row[Any], state: str, reason: str, next_step: str
    ) -> None:
        """Notes that a file is not carried (`refused`, `failed`), and tells the thread why."""
        files.end(connection, row.id, state, reason=f"{reason} {next_step}".strip())
        cases.audit(connection, row.case_id, "docent", f"file {state}", reason)
        words = "A file of the visitor is not shown" if row.direction == "in" else "Not sent"
        if row.direction == "out" and row.message_seq is not None:
            log.cancel_queued(connection, row.message_seq, reason)
        told = f"{words}: {row.name}. {reason} {next_step}"
        self._post(connection, "warning", row.case_id, text=told.strip())

    def _lay_files(
        self,
        connection: Connection,
        case_id: int,
        person: Person,
        sent: Sequence[Reference],
        slack_ts: str | None,
        words: Outcome,
    ) -> Outcome:
        """Lays a message for each file behind the words; the first stands for files alone."""
        standing = cases.case(connection, case_id)
        said = None if words.seq is None else log.message(connection, words.seq)
        alone = said is None
        moment = self._leaving_at() if said is None else said.not_before
        first = words.seq
        for place, reference in enumerate(sent[:MOST_FILES]):
            file_id = self._add(connection, standing, reference, slack_ts, place)
            if file_id is None:
                continue
            ts = slack_ts if alone and place == 0 else None
            payload = {"file": file_id, **({revisions.PART_OF: first} if first else {})}
            seq = self._message(connection, standing, person, reference, payload, moment, ts)
            first = first or seq
        if alone and first is not None:
            self._tell_alone(connection, standing, person, first, slack_ts)
        return Outcome("queued", words.reason, first)

    def _leaving_at(self) -> datetime | None:
        wait = timedelta(seconds=self.undo_seconds)
        return log.now() + wait if self.undo_seconds else None

    def _add(
        self,
        connection: Connection,
        standing: Row[Any],
        reference: Reference,
        slack_ts: str | None,
        place: int,
    ) -> int | None:
        known = f"{slack_ts}:{place}" if slack_ts else uuid4().hex
        return files.add(
            connection,
            key=f"out:{standing.id}:{known}",
            case_id=standing.id,
            conversation_id=standing.conversation_id,
            direction="out",
            kind="file",
            **_told(reference),
        )

    def _message(
        self,
        connection: Connection,
        standing: Row[Any],
        person: Person,
        reference: Reference,
        payload: Mapping[str, int],
        not_before: datetime | None,
        slack_ts: str | None,
    ) -> int:
        language = log.pinned_language(connection, standing.conversation_id)
        seq = log.add_message(
            connection,
            conversation_id=standing.conversation_id,
            channel=standing.channel,
            direction="out",
            author="staff",
            author_id=person.id,
            author_name=person.name,
            text=named(reference),
            language=language or standing.language,
            payload=dict(payload),
            state="queued",
            case_id=standing.id,
            not_before=not_before,
            slack_ts=slack_ts,
        )
        files.change(connection, payload["file"], message_seq=seq)
        return seq

    def _tell_alone(
        self,
        connection: Connection,
        standing: Row[Any],
        person: Person,
        seq: int,
        slack_ts: str | None,
    ) -> None:
        cases.audit(connection, standing.id, person.name, "replied")
        if slack_ts and self.undo_seconds:
            shown = {"user": person.id, "seq": seq, "seconds": self.undo_seconds}
            self._post(connection, "preview", standing.id, **shown)


def _lies_somewhere(reference: Reference) -> bool:
    return any(reference.get(name) for name in ("id", "url", "digest"))


def _told(reference: Reference) -> dict[str, Any]:
    """Returns the columns that say what was told of a file, before anybody has seen it."""
    size = reference.get("size")
    return {
        "name": clean_name(reference.get("name"), None),
        "mime": reference.get("mime"),
        "size": size if isinstance(size, int) else None,
        "reference": {k: v for k, v in reference.items() if v is not None},
    }


def named(reference: Reference) -> str:
    return f"{CLIP} {clean_name(reference.get('name'), None)}"
