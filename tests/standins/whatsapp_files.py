"""Media of the WhatsApp stand-in: uploads, ids, addresses that end, and what people get.

developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256
from itertools import count

from .base import Exchange, Reply
from .multipart import GotFile, form_of
from .whatsapp_rules import CloudRefusal
from .wire import JsonDict

MB = 1000 * 1000
_OFFICE = "application/vnd.openxmlformats-officedocument"
# MIME type -> what a message calls it, and the most bytes.
TAKEN = {
    **dict.fromkeys(("image/jpeg", "image/png"), ("image", 5 * MB)),
    **dict.fromkeys(
        ("audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"), ("audio", 16 * MB)
    ),
    **dict.fromkeys(("video/mp4", "video/3gpp"), ("video", 16 * MB)),
    **dict.fromkeys(
        (
            "application/pdf",
            "text/plain",
            f"{_OFFICE}.wordprocessingml.document",
            f"{_OFFICE}.spreadsheetml.sheet",
            f"{_OFFICE}.presentationml.presentation",
        ),
        ("document", 100 * MB),
    ),
}


@dataclass
class Media:
    """One file that Meta keeps."""

    data: bytes
    mime: str
    name: str = ""
    gone: bool = False


class MediaShelf:
    """The media of one number."""

    def __init__(self) -> None:
        self.kept: dict[str, Media] = {}
        self.got: list[GotFile] = []
        self._numbers = count(1200000000000001)

    def upload(self, exchange: Exchange) -> JsonDict:
        """Take an upload; return its id."""
        form = form_of(exchange)
        if "messaging_product" not in form or "file" not in form:
            raise CloudRefusal(100, "(#100) The parameter messaging_product and file are required")
        file = form["file"]
        if file.mime not in TAKEN or form["type"].text != file.mime:
            raise CloudRefusal(100, "(#100) Param file must be a file with one of the known types")
        if len(file.data) > TAKEN[file.mime][1]:
            raise CloudRefusal(131052, "the file is too large", 400)
        number = str(next(self._numbers))
        self.kept[number] = Media(file.data, file.mime, file.filename or "")
        return {"id": number}

    def send(self, person: str, body: JsonDict) -> None:
        """Hand an uploaded file to a person; one of another kind is refused."""
        kind = body.get("type", "text")
        media_id = body.get(kind, {}).get("id") if isinstance(body.get(kind), dict) else None
        if media_id is None or kind == "text":
            return
        media = self.kept.get(media_id)
        if media is None:
            # Meta's own examples name ids that nobody uploaded here.
            return
        if TAKEN.get(media.mime, ("",))[0] != kind:
            raise CloudRefusal(131009, "the media id is not of this type")
        name = body[kind].get("filename") or media.name
        self.got.append(GotFile(person, kind, name, media.mime, media.data))

    def about(self, media_id: str, base: str) -> Reply:
        """Say where a file lies."""
        media = self.kept[media_id]
        if media.gone:
            raise CloudRefusal(100, f"Object with ID '{media_id}' does not exist", subcode=33)
        digest = b64encode(sha256(media.data).digest()).decode()
        told = {"mime_type": media.mime, "sha256": digest, "file_size": str(len(media.data))}
        url = f"{base}/file/{media_id}"
        return Reply(200, {"messaging_product": "whatsapp", "id": media_id, "url": url, **told})

    def content(self, media_id: str) -> Reply:
        """Give a file's bytes."""
        media = self.kept[media_id]
        return (
            Reply(404, "") if media.gone else Reply(200, media.data, {"Content-Type": media.mime})
        )
