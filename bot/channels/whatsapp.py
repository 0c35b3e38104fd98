"""WhatsApp, through Meta's Cloud API.

Sources: developers.facebook.com/documentation/business-messaging/whatsapp/ (webhooks, messages,
support/error-codes); limits and shapes from github.com/facebook/openapi,
business-messaging-api_v23.0.yaml (MIT).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aiohttp

from bot.channels import meta, whatsapp_files
from bot.channels.base import Channel
from bot.channels.downloads import Source, download
from bot.channels.echoes import Marks
from bot.channels.http import Answer, Http
from bot.channels.payload import Delivery, clean, dicts, part, read_json
from bot.channels.whatsapp_errors import NO_TRANSLATION, Pace, TooFast, code_of, failure
from bot.channels.whatsapp_events import read_change
from bot.channels.whatsapp_render import render, templates, to, typing
from bot.config import Settings
from bot.errors import BadRequest, ChannelBroken, SendFailed
from bot.limits import Limits, utf16_units
from bot.messages import Carried, Event, Outbound
from bot.windows import MESSAGE, Allowance, Window

CHANNEL = "whatsapp"
ACCOUNT = "whatsapp_business_account"
# Text 4,096; above buttons or a list 1,024; ten rows of 24. Meta's schema says maxLength, which
# counts code points, and its pages say "characters": UTF-16 is the stricter reading of both.
LIMITS = Limits(length=4096, measure=utf16_units, choices=10, label=24, with_choices=1024)
# After that only an approved template may go, whoever wrote the words.
WINDOW = Window("WhatsApp's 24-hour window", {MESSAGE: Allowance(24 * 3600.0)})
TIMEOUT = aiohttp.ClientTimeout(total=20, connect=5)
_ABOUT = ("display_phone_number", "verified_name", "quality_rating")


class WhatsApp(Channel):
    """Reads whole batches, trusts only signed bodies, and serves one phone number."""

    channel = CHANNEL
    limits = LIMITS
    window = WINDOW
    files = whatsapp_files.FILES

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._http = Http("WhatsApp", TIMEOUT)
        self._pace = Pace()
        self._marks = Marks(CHANNEL, settings["WHATSAPP_APP_SECRET"])

    def handshake(self, delivery: Delivery) -> str:
        """Echoes Meta's challenge to whoever knows the verify token."""
        return meta.challenge(delivery, self.settings["WHATSAPP_VERIFY_TOKEN"])

    def verify(self, delivery: Delivery) -> None:
        """Checks X-Hub-Signature-256 over the raw body."""
        meta.check_signature(delivery, self.settings["WHATSAPP_APP_SECRET"])

    def parse(self, delivery: Delivery) -> list[Event]:
        """Returns every event of every change that is about our number."""
        body = read_json(delivery.body)
        if body.get("object", ACCOUNT) != ACCOUNT:
            return []
        if not isinstance(body.get("entry"), list):
            raise BadRequest("the body has no entries")
        changes = [c for entry in dicts(body["entry"]) for c in dicts(entry.get("changes"))]
        number = self.settings["WHATSAPP_PHONE_NUMBER_ID"]
        return [e for change in changes for e in read_change(change, number, self._marks)]

    async def send(self, person_id: str, message: Outbound) -> str | None:
        """Posts one message; returns its `wamid`."""
        try:
            wamid = await self._deliver_one(person_id, message)
        except TooFast as refused:
            if refused.retry_after is None:
                refused.retry_after = self._pace.wait(person_id)
            raise
        self._pace.clear(person_id)
        return wamid

    def template(self) -> str:
        """Returns the approved template that asks a visitor to write again."""
        return self.settings["WHATSAPP_TEMPLATE"]

    async def typing(self, person_id: str, platform_id: str) -> None:
        """Marks the visitor's message as read and shows the three dots."""
        _accepted(await self._post_message(typing(platform_id)))

    async def check(self) -> str:
        """Asks Graph which number this is."""
        try:
            answer = _accepted(await self._call("GET", "", params={"fields": ",".join(_ABOUT)}))
        except SendFailed as failed:
            if failed.retryable:
                raise
            step = failed.next_step or "Check the WHATSAPP_ variables."
            raise ChannelBroken(failed.reason, step) from None
        shown, name, quality = (clean(answer.body.get(key)) for key in _ABOUT)
        return f"the number {shown} of {name}, quality {quality.lower() or 'unknown'}"

    async def close(self) -> None:
        """Closes the connection pool."""
        await self._http.close()

    async def fetch(self, reference: Mapping[str, Any], most: int) -> bytes:
        """Asks Meta where a file lies, which it tells for five minutes, and gets it."""
        media = clean(reference.get("id"))
        answer = await self._graph("GET", f"/{media}")
        whatsapp_files.check_there(answer.body)
        about = _accepted(answer).body
        url = whatsapp_files.address_of(about, most)
        base = self.settings["WHATSAPP_API_URL"]
        source = Source("WhatsApp", whatsapp_files.HOSTS, base, self._headers)
        return await download(self._http, source, url, most)

    async def send_file(self, person_id: str, message: Outbound, file: Carried) -> str | None:
        """Uploads a file and sends it by its id; returns the message's `wamid`."""
        answer = _accepted(await self._call("POST", "/media", data=whatsapp_files.upload(file)))
        media = clean(answer.body.get("id"))
        body = {**to(person_id), **whatsapp_files.content(file, media)}
        return _taken(await self._post_message(body | self._mark(person_id, message)))

    async def _deliver_one(self, person_id: str, message: Outbound) -> str | None:
        if message.is_template:
            return await self._send_template(person_id, message)
        body = render(person_id, message) | self._mark(person_id, message)
        return _taken(await self._post_message(body))

    async def _send_template(self, person_id: str, message: Outbound) -> str | None:
        """Sends the template in the first language in which it is approved."""
        mark = self._mark(person_id, message)
        *others, last = templates(person_id, self.template(), message.language)
        for body in others:
            answer = await self._post_message(body | mark)
            if code_of(part(answer.body, "error")) != NO_TRANSLATION:
                return _taken(answer)
        return _taken(await self._post_message(last | mark))

    def _mark(self, person_id: str, message: Outbound) -> dict[str, Any]:
        """Returns what of a message Meta gives back in its statuses."""
        mark = self._marks.mark(person_id, message.row)
        return {"biz_opaque_callback_data": mark} if mark else {}

    async def _post_message(self, body: dict[str, Any]) -> Answer:
        return await self._call("POST", "/messages", json=body)

    async def _call(self, method: str, path: str, **how: Any) -> Answer:
        number = self.settings["WHATSAPP_PHONE_NUMBER_ID"]
        return await self._graph(method, f"/{number}{path}", **how)

    async def _graph(self, method: str, path: str, **how: Any) -> Answer:
        url = meta.versioned(self.settings["WHATSAPP_API_URL"]) + path
        return await self._http.call(method, url, headers=self._headers, **how)

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.settings['WHATSAPP_ACCESS_TOKEN']}"}


def _accepted(answer: Answer) -> Answer:
    if answer.status >= 400 or "error" in answer.body:
        raise failure(answer)
    return answer


def _taken(answer: Answer) -> str | None:
    """Returns the id of a message that was taken; raises SendFailed where it was not."""
    sent = dicts(_accepted(answer).body.get("messages"))
    return clean(sent[0].get("id")) or None if sent else None
