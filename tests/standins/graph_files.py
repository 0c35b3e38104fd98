"""Files of the Graph stand-in: saved assets, and what people sent, at addresses that end.

developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/
saving-assets: "image", "audio", "video", "file", up to 25 MB; images 8 MB by address.
"""

from __future__ import annotations

import json
from itertools import count

from .base import Exchange, Reply
from .graph_rules import MEDIA, GraphRefusal, fail
from .multipart import GotFile, Part, form_of
from .wire import JsonDict

LARGEST = 25 * 1000 * 1000
# Graph goes by the content type: audio must say that it is audio.
GROUPS = ("image", "audio", "video")


class AssetShelf:
    """The assets of one page, and the files that people sent to it."""

    def __init__(self) -> None:
        self.saved: dict[str, tuple[str, Part]] = {}
        self.got: list[GotFile] = []
        self.cdn: dict[str, tuple[bytes, str]] = {}
        self._numbers = count(9300000000000001)

    def save(self, exchange: Exchange) -> JsonDict:
        """Take an upload; return its id."""
        form = form_of(exchange)
        if "message" not in form or "filedata" not in form:
            fail("(#100) Upload attachment failure.")
        asset = json.loads(form["message"].text)["attachment"]
        file = form["filedata"]
        if asset["type"] not in MEDIA or asset["payload"].get("is_reusable") is not True:
            fail("(#100) Incorrect attachment: is_reusable must be true")
        group = file.mime.partition("/")[0]
        if asset["type"] != (group if group in GROUPS else "file"):
            raise GraphRefusal("(#100) Upload attachment failure.", 100, 2018047)
        if len(file.data) > LARGEST:
            fail("(#100) Attachment size exceeds allowable limit")
        number = str(next(self._numbers))
        self.saved[number] = (asset["type"], file)
        return {"attachment_id": number}

    def send(self, psid: str, message: JsonDict) -> None:
        """Hand a saved asset to a person."""
        attachment = message.get("attachment") or {}
        number = (attachment.get("payload") or {}).get("attachment_id")
        if number is None:
            return
        if number not in self.saved:
            # The examples of libraries name ids that nobody uploaded here.
            return
        kind, file = self.saved[number]
        if kind != attachment["type"]:
            raise GraphRefusal("(#100) Invalid attachment ID.", 100, 2018074)
        self.got.append(GotFile(psid, kind, file.filename or "", file.mime, file.data))

    def give(self, name: str) -> Reply:
        """Give what a person sent; an address that ended is forbidden."""
        if name not in self.cdn:
            return Reply(403, "URL signature expired")
        data, mime = self.cdn[name]
        return Reply(200, data, {"Content-Type": mime})
