"""Files of the Telegram stand-in: getFile and its address, photos and documents that people get.

core.telegram.org/bots/api#getfile (20 MB), #sending-files (photos 10 MB, others 50 MB).
"""

from __future__ import annotations

from dataclasses import dataclass

from .base import Exchange
from .multipart import GotFile, form_of
from .telegram_rules import refuse
from .wire import JsonDict

MB = 1000 * 1000
MOST = {"photo": 10 * MB, "video": 50 * MB, "audio": 50 * MB, "document": 50 * MB}
PICTURES = ("image/jpeg", "image/png", "image/webp")


@dataclass
class Upload:
    """A file that came with a call."""

    kind: str
    name: str
    mime: str
    data: bytes

    def got_by(self, chat: int) -> GotFile:
        """Return it as what a chat got."""
        return GotFile(str(chat), self.kind, self.name, self.mime, self.data)


def uploaded(kind: str, exchange: Exchange) -> Upload:
    """Return the file of a call by the Bot API's rules."""
    part = form_of(exchange).get(kind)
    if part is None or part.filename is None:
        refuse(f"there is no {kind} in the request")
    if not part.data:
        refuse("file must be non-empty")
    if len(part.data) > MOST[kind]:
        refuse("Request Entity Too Large", 413)
    if kind == "photo" and part.mime not in PICTURES:
        refuse("IMAGE_PROCESS_FAILED")
    return Upload(kind, part.filename, part.mime, part.data)


def described(file: Upload) -> JsonDict:
    """Return a file as Telegram tells of it in a message."""
    about = {"file_id": "sent", "file_unique_id": "u", "file_size": len(file.data)}
    if file.kind == "photo":
        return {"photo": [{**about, "width": 1, "height": 1}]}
    return {file.kind: {**about, "file_name": file.name, "mime_type": file.mime}}
