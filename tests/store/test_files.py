"""Files as rows and as bytes: claimed by one, given back, kept once, and let go in time."""

from __future__ import annotations

import os
import stat
import time
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import claims
import pytest
from conftest import Book, Clock

from bot.desk.carrying import expect
from bot.messages import Moved
from bot.store import cases, changes, files, log
from bot.store.blobs import Blobs
from bot.store.database import Database

both = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
SENT = {"kind": "image", "id": "AgAC", "name": "票 ticket.png", "mime": "image/png", "size": 99}


@pytest.fixture
def case(book: Book, clock: Clock) -> Any:
    book.heard("我的票 my ticket")
    values = {"conversation_id": "messenger:7", "reason": "speak_to_human", "question": "?"}
    more = {"department": "visitor-services", "language": "en"}
    opened = book.database.now(cases.insert_case, **values, **more)
    assert opened is not None
    return opened


def sends(book: Book, case: Any, *attachments: dict[str, Any]) -> int:
    """Lets the visitor send files in the case; returns how many are to be fetched."""
    seq = book.heard("")
    book.change(seq, payload={"attachments": list(attachments)})
    return book.database.now(expect, book.row(seq), case.id)


@both
def test_a_file_is_claimed_by_one_and_comes_back_when_its_worker_dies(
    database: Database, book: Book, clock: Clock, case: Any
) -> None:
    assert sends(book, case, SENT) == 1
    row = database.now(files.claim)
    assert (row.name, row.mime, row.reference["id"]) == ("票 ticket.png", "image/png", "AgAC")
    assert database.now(files.claim) is None
    clock.on(seconds=files.LEASE.total_seconds() - 1)
    assert database.now(files.recover, everything=False) == 0
    clock.on(seconds=2)
    assert database.now(files.recover, everything=False) == 1
    assert database.now(files.claim).id == row.id


@both
def test_what_is_tried_again_waits(
    database: Database, book: Book, clock: Clock, case: Any
) -> None:
    sends(book, case, SENT)
    row = database.now(files.claim)
    database.now(files.again, row.id, 30, "away")
    assert database.now(files.claim) is None
    clock.on(seconds=31)
    again = database.now(files.claim)
    assert (again.id, again.attempts, again.reason) == (row.id, 1, "away")


@pytest.mark.parametrize(
    "nothing",
    [
        {"kind": "location", "latitude": 51.5, "longitude": -0.1},
        {"kind": "contact", "name": "李雷 Li"},
        {"kind": "sticker", "url": "https://cdn.fbsbx.com/thumb"},
        {"kind": "file"},
        {},
    ],
)
def test_what_has_no_bytes_is_not_fetched(book: Book, case: Any, nothing: Any) -> None:
    assert sends(book, case, nothing) == 0


def test_the_same_message_twice_is_fetched_once(book: Book, case: Any) -> None:
    seq = book.heard("")
    book.change(seq, payload={"attachments": [SENT, SENT]})
    assert book.database.now(expect, book.row(seq), case.id) == 2
    assert book.database.now(expect, book.row(seq), case.id) == 0


@both
def test_a_conversation_that_moves_takes_its_files_along(
    database: Database, book: Book, case: Any
) -> None:
    sends(book, case, SENT)
    database.now(changes.move, Moved("messenger", "7", "8"))
    found = database.now(files.by_message, "messenger:8")
    assert [each.name for rows in found.values() for each in rows] == ["票 ticket.png"]


@both
def test_a_message_waits_for_its_file_and_counts_no_try(
    database: Database, book: Book, clock: Clock, case: Any
) -> None:
    sends(book, case, SENT)
    [file] = database.now(files.of_case, case.id)
    said = book.said("📎 ticket.pdf", author="staff", payload={"file": file.id})
    later = book.said("Words behind it 后面的话", author="staff")
    claimed = database.now(claims.outbound, ("messenger",))
    assert claimed.seq == said
    assert not database.now(files.is_ready, claimed, file)
    assert database.now(claims.outbound, ("messenger",)) is None
    clock.on(seconds=1)
    again = database.now(claims.outbound, ("messenger",))
    assert (again.seq, again.attempts) == (said, 0)
    database.now(files.end, file.id, "refused", reason="not carried")
    assert not database.now(files.is_ready, again, database.now(files.file, file.id))
    assert (book.row(said).state, book.row(said).reason) == ("cancelled", "not carried")
    assert database.now(claims.outbound, ("messenger",)).seq == later


@both
def test_files_of_open_cases_are_kept_and_old_ones_let_go(
    database: Database, book: Book, clock: Clock, case: Any
) -> None:
    sends(book, case, SENT, SENT)
    for row in database.now(files.of_case, case.id):
        database.now(files.end, row.id, "held", digest="a" * 64)
    clock.on(days=400)
    assert database.now(files.outdated, 30) == []
    database.now(cases.close, case.id, "resolved")
    clock.on(days=29)
    assert database.now(files.outdated, 30) == []
    clock.at += timedelta(days=2)
    first, second = database.now(files.outdated, 30)
    assert not database.now(files.let_go, first, "deleted")
    assert database.now(files.let_go, second, "deleted")
    assert database.now(log.message, first.message_seq) is not None
    assert database.now(files.outdated, 30) == []


def test_bytes_lie_once_and_are_read_by_nobody_else(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path / "files")
    data = "票 ticket".encode()
    digest = blobs.keep(data)
    assert digest == blobs.keep(data) == sha256(data).hexdigest()
    [path] = [each for each in blobs.folder.rglob("*") if each.is_file()]
    assert (blobs.read(digest), stat.S_IMODE(path.stat().st_mode)) == (data, 0o600)
    blobs.remove(digest)
    blobs.remove(digest)
    assert blobs.read(digest) is None


@pytest.mark.parametrize("digest", ["", "../../etc/passwd", "A" * 64, "票" * 64, "a" * 63])
def test_what_is_no_digest_leads_nowhere(tmp_path: Path, digest: str) -> None:
    with pytest.raises(ValueError, match="no digest"):
        Blobs(tmp_path).read(digest)


def test_what_a_crash_left_half_written_is_removed(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    old, new = blobs.keep(b"old"), blobs.keep(b"new")
    half = blobs.path(old).with_suffix(".x.part")
    half.write_bytes(b"ha")
    for path in (blobs.path(old), half):
        os.utime(path, (time.time() - 7200,) * 2)
    assert blobs.older(3600) == [old]
    assert not half.exists()
    assert blobs.read(new) == b"new"
