"""Files on WeChat: temporary material, which lives three days and may be a picture or a recording.

Sources: developers.weixin.qq.com/doc/service/api/material/temporary/ (upload, get; sizes),
.../customer/message/api_sendcustommessage (what may be sent: no documents),
.../oplatform/developers/errCode/errCode.html.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import aiohttp

from bot.channels.downloads import Source, TooLarge, download
from bot.channels.http import Answer, Bytes, Http
from bot.channels.payload import clean
from bot.channels.wechat_errors import STALE, code_of, failure
from bot.channels.wechat_token import AccessToken
from bot.desk.file_kinds import AMR, GIF, JPEG, MP3, PNG, FileLimits
from bot.errors import SendFailed
from bot.messages import Carried

MIB = 1024 * 1024
FILES = FileLimits(
    "WeChat",
    {
        **dict.fromkeys((JPEG.mime, PNG.mime, GIF.mime), 10 * MIB),
        **dict.fromkeys((AMR.mime, MP3.mime), 2 * MIB),
    },
    "JPEG, PNG and GIF pictures up to 10 MB, AMR and MP3 recordings of up to a minute",
)
# Where videos lie; everything else comes from the API itself.
HOSTS = ("qpic.cn", "video.qq.com")
# Wrong kind, wrong size, recording too long: no other try helps.
_NOT_TAKEN = frozenset({40004, 40005, 40006, 40009, 45001, 45007})
_GONE = 40007


class WeChatFiles:
    """Moves files with the shared token.

    Args:
        http: The connections to WeChat.
        url: WeChat's address, without a slash at the end.
        token: The access token of all processes.
    """

    def __init__(self, http: Http, url: str, token: AccessToken) -> None:
        self._http, self._url, self._token = http, url, token

    async def fetch(self, reference: Mapping[str, Any], most: int) -> bytes:
        """Returns the bytes of what a visitor sent; raises SendFailed."""
        media = clean(reference.get("id"))
        if not media or reference.get("kind") == "file":
            # A document has a key that no page says how to use; a link is no file of WeChat's.
            step = "Ask the visitor to send it as a picture, or by e-mail."
            raise SendFailed("WeChat gives no documents", retryable=False, next_step=step)
        got = await self._get(await self._token.get(), media, most)
        if _code(got) in STALE:
            await self._token.forget(await self._token.get())
            got = await self._get(await self._token.get(), media, most)
        return await self._content(got, most)

    async def upload(self, file: Carried) -> tuple[str, str]:
        """Uploads a file; returns what WeChat calls its kind, and its id; raises SendFailed."""
        kind = "image" if file.mime.startswith("image/") else "voice"
        answer = await self._put(await self._token.get(), kind, file)
        if code_of(answer) in STALE:
            await self._token.forget(await self._token.get())
            answer = await self._put(await self._token.get(), kind, file)
        media = clean(answer.body.get("media_id"))
        if media:
            return kind, media
        if code_of(answer) in _NOT_TAKEN:
            reason = f"WeChat does not take this file (code {code_of(answer)})"
            step = f"It takes {FILES.takes}."
            raise SendFailed(reason, retryable=False, next_step=step)
        raise failure(answer)

    async def _content(self, got: Bytes, most: int) -> bytes:
        told = _told(got)
        if told is None:
            if not got.whole:
                raise TooLarge(most)
            if got.status != 200:
                raise SendFailed(f"WeChat answered {got.status} for the file", retryable=True)
            return got.data
        if url := clean(told.get("video_url")):
            secure = url.replace("http://", "https://", 1) if _is_abroad(url, self._url) else url
            source = Source("WeChat", HOSTS, self._url)
            return await download(self._http, source, secure, most)
        if _code(got) == _GONE:
            step = "WeChat keeps files for three days. Ask the visitor to send it again."
            raise SendFailed("WeChat has the file no more", retryable=False, next_step=step)
        raise failure(Answer(got.status, told, got.retry_after))

    async def _get(self, token: str, media: str, most: int) -> Bytes:
        query = {"access_token": token, "media_id": media}
        return await self._http.get(f"{self._url}/cgi-bin/media/get", most, params=query)

    async def _put(self, token: str, kind: str, file: Carried) -> Answer:
        form = aiohttp.FormData(quote_fields=False)
        form.add_field("media", file.data, filename=file.name, content_type=file.mime)
        query = {"access_token": token, "type": kind}
        url = f"{self._url}/cgi-bin/media/upload"
        return await self._http.call("POST", url, params=query, data=form)


def message(person_id: str, kind: str, media: str) -> dict[str, Any]:
    """Returns the body of a customer-service message that carries uploaded material."""
    return {"touser": person_id, "msgtype": kind, kind: {"media_id": media}}


def _is_abroad(url: str, api: str) -> bool:
    return not url.startswith(api)


def _code(got: Bytes) -> int | None:
    told = _told(got)
    return None if told is None else code_of(Answer(got.status, told, None))


def _told(got: Bytes) -> dict[str, Any] | None:
    """Returns what WeChat says in the place of a file, None where it is the file."""
    if not got.data.startswith(b"{") or len(got.data) > MIB:
        return None
    try:
        found = json.loads(got.data)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
