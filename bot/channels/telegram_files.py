"""Files on Telegram: fetched by getFile, sent as a photo, a recording, a video or a document.

Sources: core.telegram.org/bots/api#getfile (20 MB down), #sending-files (10 MB for photos, 50 MB
for others), #sendphoto, #senddocument. The token stands in the addresses: none is ever logged.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import aiohttp

from bot.channels.downloads import Source, TooLarge, download
from bot.channels.http import Http
from bot.channels.payload import clean, number, part
from bot.channels.telegram_errors import failure_of
from bot.desk.file_kinds import JPEG, MB, PNG, FileLimits
from bot.errors import SendFailed
from bot.messages import Carried, Outbound

# 50 MB would be taken; more than 25 MB Docent does not carry anywhere.
FILES = FileLimits(
    "Telegram",
    dict.fromkeys(("image", "audio", "video", "document"), 25 * MB),
    "files up to 25 MB",
)
PHOTO = 10 * MB
# What Telegram shows as itself; everything else goes as a document, which changes nothing in it.
_AS = {JPEG.mime: "photo", PNG.mime: "photo", "video/mp4": "video", "audio/mpeg": "audio"}
LARGEST_DOWN = 20 * MB
_AGAIN = "Ask the visitor to send it again."


class TelegramFiles:
    """Moves files with the bot's token.

    Args:
        http: The connections to Telegram.
        url: Where the Bot API is, without a slash at the end.
        token: The bot's token.
    """

    def __init__(self, http: Http, url: str, token: str) -> None:
        self._http, self._url, self._token = http, url.rstrip("/"), token

    async def fetch(self, file_id: str, most: int) -> bytes:
        """Returns a file's bytes; raises SendFailed."""
        found = await self._call("getFile", json={"file_id": file_id})
        size, path = number(found.get("file_size")), clean(found.get("file_path"))
        if size is not None and size > min(most, LARGEST_DOWN):
            raise TooLarge(min(most, LARGEST_DOWN))
        if not path or ".." in path.split("/"):
            raise SendFailed("Telegram does not give the file", retryable=False, next_step=_AGAIN)
        source = Source("Telegram", (), self._url)
        return await download(
            self._http, source, f"{self._url}/file/bot{self._token}/{path.lstrip('/')}", most
        )

    async def send(self, chat: str, message: Outbound, file: Carried) -> int | None:
        """Sends a file; returns its number in the chat, None where not told."""
        kind = _kind(file)
        form = aiohttp.FormData(quote_fields=False)
        form.add_field("chat_id", chat)
        for name, value in _place(message.place).items():
            form.add_field(name, value)
        form.add_field(kind, file.data, filename=file.name, content_type=file.mime)
        sent = await self._call(f"send{kind.capitalize()}", data=form)
        found = number(sent.get("message_id"))
        return None if found is None else int(found)

    async def _call(self, method: str, **how: Any) -> dict[str, Any]:
        url = f"{self._url}/bot{self._token}/{method}"
        answer = await self._http.call("POST", url, **how)
        if answer.body.get("ok") is True and answer.status < 300:
            return part(answer.body, "result")
        if method == "getFile" and answer.status == 400:
            words = clean(answer.body.get("description")).lower()
            if "too big" in words:
                raise TooLarge(LARGEST_DOWN)
            raise SendFailed("Telegram has the file no more", retryable=False, next_step=_AGAIN)
        raise failure_of(answer)


def _kind(file: Carried) -> str:
    kind = _AS.get(file.mime, "document")
    return "document" if kind == "photo" and len(file.data) > PHOTO else kind


def _place(place: Mapping[str, str]) -> dict[str, str]:
    """Returns topic and message to answer; a message that is gone is answered all the same."""
    found = {"message_thread_id": place["thread"]} if place.get("thread") else {}
    if message := place.get("reply_to"):
        answered = {"message_id": int(message), "allow_sending_without_reply": True}
        found["reply_parameters"] = json.dumps(answered)
    return found
