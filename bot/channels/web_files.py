"""Files on the museum's own chat page: a visitor's upload, and how the page gets those of staff.

An upload is taken only while a person of the museum has the conversation: until then nobody would
look at it, and Docent keeps nothing of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.desk.file_kinds import GIF, HEIC, JPEG, PDF, PNG, WEBP, FileLimits, clean_name, kind_of
from bot.errors import BadRequest
from bot.messages import Attachment
from bot.store import Connection, Row, files, log
from bot.store.blobs import Blobs

# 5 MiB, as people say it of pictures on phones; documents of staff may be as large as elsewhere.
LARGEST_UPLOAD = 5 * 1024 * 1024
TAKEN = (JPEG, PNG, GIF, WEBP, HEIC, PDF)
# What one conversation may have sent in all: a hand does not send more, a script would.
MOST_UPLOADS = 40
FILES = FileLimits(
    "The chat page",
    dict.fromkeys(("image", "audio", "video", "document"), 25 * 1000 * 1000),
    "files up to 25 MB",
)


@dataclass(frozen=True)
class Uploaded(Attachment):
    """A file that lies here already, by what it hashes to."""

    digest: str | None = None


def check_upload(connection: Connection, conversation_id: str) -> None:
    """Tells whether this conversation may upload now; raises BadRequest."""
    talk = log.conversation(connection, conversation_id)
    if talk is None or talk.speaker not in log.WITH_PERSON:
        raise BadRequest("files are taken while one of the team has the conversation", status=409)
    sent = sum(len(each) for each in files.by_message(connection, conversation_id).values())
    if sent >= MOST_UPLOADS:
        raise BadRequest("too many files", status=429)


def keep_upload(blobs: Blobs, data: bytes, name: str) -> Uploaded:
    """Keeps an upload on disk and returns it as a message tells of it; raises BadRequest."""
    if not 0 < len(data) <= LARGEST_UPLOAD:
        raise BadRequest("a file may have 1 byte to 5 MB", status=413)
    kind = kind_of(data)
    if kind not in TAKEN:
        raise BadRequest("pictures and PDF are taken", status=415)
    group = "image" if kind.group == "image" else "file"
    called = clean_name(name, kind)
    digest = blobs.keep(data)
    return Uploaded(group, name=called, mime=kind.mime, size=len(data), digest=digest)


def shown_to_visitor(row: Row[Any], held: Mapping[int, list[Row[Any]]]) -> list[dict[str, Any]]:
    """Returns the files of a message as the page shows them; `held` are those of staff."""
    if row.direction == "in":
        sent = row.payload.get("attachments") or ()
        told = ("name", "mime", "size")
        mine = [each for each in sent if each.get("digest")]
        return [{**{key: each.get(key) for key in told}, "url": None} for each in mine]
    return [
        {
            "name": each.name,
            "mime": each.mime,
            "size": each.size,
            "url": f"/webhooks/web/files?id={each.id}" if each.digest else None,
        }
        for each in held.get(row.seq, ())
    ]


def file_for(connection: Connection, conversation_id: str, file_id: int) -> Row[Any] | None:
    """Returns a file that a visitor may have: one that was sent to them."""
    row = files.file(connection, file_id)
    if row is None or row.conversation_id != conversation_id:
        return None
    return row if row.direction == "out" and row.state == "sent" else None
