"""Files on Messenger: fetched from Meta's servers, saved there first and then sent by their id.

Sources: developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/
saving-assets (kinds, 25 MB, upload of a local file), .../send-messages (attachment_id).
"""

from __future__ import annotations

import json
from typing import Any

import aiohttp

from bot.desk.file_kinds import GIF, JPEG, MB, PNG, FileLimits
from bot.messages import Carried

# A picture of up to 8 MB is taken in either way of sending.
FILES = FileLimits(
    "Messenger",
    {
        **dict.fromkeys((JPEG.mime, PNG.mime, GIF.mime), 8 * MB),
        **dict.fromkeys(("audio", "video", "document"), 25 * MB),
    },
    "JPEG, PNG and GIF pictures up to 8 MB, recordings, videos and documents up to 25 MB",
)
# Where Meta lets what people send lie: scontent.xx.fbcdn.net, cdn.fbsbx.com, lookaside.fbsbx.com.
HOSTS = ("fbcdn.net", "fbsbx.com")


def upload(file: Carried) -> aiohttp.FormData:
    """Returns the form that saves a file with Meta."""
    # quote_fields=False: a Chinese name would travel as percent signs.
    form = aiohttp.FormData(quote_fields=False)
    asset = {"type": asset_of(file.mime), "payload": {"is_reusable": True}}
    form.add_field("message", json.dumps({"attachment": asset}))
    form.add_field("filedata", file.data, filename=file.name, content_type=file.mime)
    return form


def content(file: Carried, attachment_id: str) -> dict[str, Any]:
    """Returns the message that carries a saved file."""
    payload = {"attachment_id": attachment_id}
    return {"attachment": {"type": asset_of(file.mime), "payload": payload}}


def asset_of(mime: str) -> str:
    """Returns Meta's word for a kind of file."""
    group = mime.partition("/")[0]
    return group if group in ("image", "audio", "video") else "file"
