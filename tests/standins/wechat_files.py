"""Media of the WeChat stand-in: temporary material that lives three days, and its rules.

developers.weixin.qq.com/doc/service/api/material/temporary/ (upload: pictures 10 MB, voice 2 MB,
video 10 MB; get), .../customer/message/api_sendcustommessage (image, voice, video by media_id).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

from .base import Exchange, Reply
from .multipart import GotFile, form_of
from .wechat_rules import refuse
from .wire import JsonDict

MB = 1024 * 1024
TYPES = {
    "image": (10 * MB, ("image/jpeg", "image/png", "image/gif", "image/bmp")),
    "voice": (2 * MB, ("audio/amr", "audio/mpeg")),
    "video": (10 * MB, ("video/mp4",)),
}


@dataclass
class Material:
    """One temporary file."""

    kind: str
    data: bytes
    mime: str
    name: str = ""
    gone: bool = False


class MaterialShelf:
    """The temporary material of one account."""

    def __init__(self) -> None:
        self.kept: dict[str, Material] = {}
        self.got: list[GotFile] = []
        self._numbers = count(1)

    def keep(self, media_id: str, data: bytes, mime: str) -> None:
        """Keep what a person sent."""
        group = mime.partition("/")[0]
        kind = {"audio": "voice", "video": "video"}.get(group, "image")
        self.kept[media_id] = Material(kind, data, mime)

    def upload(self, exchange: Exchange) -> JsonDict:
        """Take an upload; return its id."""
        kind, form = exchange.query.get("type", ""), form_of(exchange)
        if kind not in TYPES:
            refuse(40004)
        if "media" not in form or form["media"].filename is None:
            refuse(41005)
        most, kinds = TYPES[kind]
        file = form["media"]
        if len(file.data) > most:
            refuse(40006)
        if file.mime not in kinds:
            refuse(40005)
        media_id = f"temporary-{next(self._numbers)}"
        self.kept[media_id] = Material(kind, file.data, file.mime, file.filename or "")
        return {"type": kind, "media_id": media_id, "created_at": 1780000000}

    def give(self, media_id: str) -> Reply:
        """Give a file's bytes; WeChat says in JSON that it has none."""
        media = self.kept.get(media_id)
        if media is None or media.gone:
            refuse(40007)
        if media.kind == "video":
            return Reply(200, {"video_url": f"https://mpvideo.qpic.cn/{media_id}"})
        return Reply(200, media.data, {"Content-Type": media.mime})

    def send(self, person: str, kind: str, media_id: object) -> None:
        """Hand material to a person."""
        media = self.kept.get(str(media_id))
        if media is None or media.gone or media.kind != kind:
            refuse(40007)
        self.got.append(GotFile(person, kind, media.name, media.mime, media.data))
