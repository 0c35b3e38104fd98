"""Facebook Messenger, through Meta's Graph API.

Sources: developers.facebook.com/docs/messenger-platform/webhooks (signature, batches),
/docs/messenger-platform/reference/send-api (limits, errors, messaging_type, sender_action),
/docs/messenger-platform/policy/policy-overview (24 hours; 7 days for a person's answer).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aiohttp

from bot.channels import messenger_files, meta
from bot.channels.base import Channel
from bot.channels.downloads import Source, download
from bot.channels.echoes import Marks
from bot.channels.http import Answer, Http
from bot.channels.messenger_events import read_echo, read_event
from bot.channels.payload import Delivery, clean, dicts, part, read_json, text_of
from bot.config import Settings
from bot.errors import BadRequest, ChannelBroken, SendFailed
from bot.limits import Limits, utf16_units
from bot.messages import Carried, Event, Outbound
from bot.windows import BY_PERSON, MESSAGE, Allowance, Window

CHANNEL = "messenger"
# Text 2,000 characters; quick replies: up to 13 with 20 characters each, of which we use three.
LIMITS = Limits(length=2000, measure=utf16_units, choices=3, label=20)
DAY = 24 * 3600.0
# HUMAN_AGENT is for answers that a person wrote; automated ones may not use it.
WINDOW = Window(
    "Messenger's 24-hour window", {MESSAGE: Allowance(DAY)}, {MESSAGE: Allowance(7 * DAY)}
)
TIMEOUT = aiohttp.ClientTimeout(total=20, connect=5)

# Graph error code (and subcode) -> what staff can do about it.
# developers.facebook.com/docs/messenger-platform/error-codes
_WINDOW_CLOSED = (10, 2018278)
_RENEW = "The page token is no longer valid: renew MESSENGER_PAGE_TOKEN."
_NEXT_STEPS = {
    10: "The page may not write to this visitor now; check the app's permissions.",
    100: "Messenger refused the form of the message; please report this.",
    200: "The app lacks the permission pages_messaging.",
    551: "The visitor cannot be reached on Messenger any more.",
}


class Messenger(Channel):
    """Reads whole batches, trusts only signed bodies, and sends with the page's token."""

    channel = CHANNEL
    limits = LIMITS
    window = WINDOW
    files = messenger_files.FILES

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._http = Http("Messenger", TIMEOUT)
        self._marks = Marks(CHANNEL, settings["MESSENGER_APP_SECRET"])

    def handshake(self, delivery: Delivery) -> str:
        """Echoes Meta's challenge to whoever knows the verify token."""
        return meta.challenge(delivery, self.settings["MESSENGER_VERIFY_TOKEN"])

    def verify(self, delivery: Delivery) -> None:
        """Checks X-Hub-Signature-256 over the raw body."""
        meta.check_signature(delivery, self.settings["MESSENGER_APP_SECRET"])

    def parse(self, delivery: Delivery) -> list[Event]:
        """Returns every event of every entry; of echoes only those of our own messages."""
        body = read_json(delivery.body)
        if body.get("object", "page") != "page":
            # Instagram and others share the webhook's form; the page cannot answer them.
            return []
        if not isinstance(body.get("entry"), list):
            raise BadRequest("the body has no entries")
        events = [e for entry in dicts(body["entry"]) for e in dicts(entry.get("messaging"))]
        return [
            found
            for event in events
            for found in (*read_event(event), *read_echo(event, self._marks))
        ]

    async def send(self, person_id: str, message: Outbound) -> str | None:
        """Posts one message; returns its `mid`."""
        mark = self._marks.mark(person_id, message.row)
        answer = await self._tell(render(person_id, message, mark))
        return clean(answer.body.get("message_id")) or None

    async def typing(self, person_id: str, platform_id: str) -> None:
        """Shows the three dots; Meta takes them away after 20 seconds or with the answer."""
        await self._tell({"recipient": {"id": person_id}, "sender_action": "typing_on"})

    async def check(self) -> str:
        """Asks Graph whose token this is."""
        answer = await self._call("GET", "/me", params={"fields": "id,name"})
        if answer.status >= 400 or "error" in answer.body:
            failure = _failure(answer)
            if failure.retryable:
                raise failure
            step = failure.next_step or "Check the MESSENGER_ variables."
            raise ChannelBroken(failure.reason, step)
        return f"the page {clean(answer.body.get('name')) or answer.body.get('id')}"

    async def close(self) -> None:
        """Closes the connection pool."""
        await self._http.close()

    async def fetch(self, reference: Mapping[str, Any], most: int) -> bytes:
        """Gets a file from the address that came with it, which Meta signs and lets end."""
        base = self.settings["MESSENGER_API_URL"]
        source = Source("Messenger", messenger_files.HOSTS, base)
        return await download(self._http, source, clean(reference.get("url")), most)

    async def send_file(self, person_id: str, message: Outbound, file: Carried) -> str | None:
        """Saves a file with Meta and sends it by its id; returns the message's `mid`."""
        form = messenger_files.upload(file)
        saved = await self._call("POST", "/me/message_attachments", data=form)
        if saved.status >= 400 or "error" in saved.body:
            raise _failure(saved)
        content = messenger_files.content(file, text_of(saved.body.get("attachment_id")))
        content |= marked(self._marks.mark(person_id, message.row))
        answer = await self._tell({**envelope(person_id, message), "message": content})
        return clean(answer.body.get("message_id")) or None

    async def _tell(self, body: dict[str, object]) -> Answer:
        answer = await self._call("POST", "/me/messages", json=body)
        if answer.status >= 400 or "error" in answer.body:
            raise _failure(answer)
        return answer

    async def _call(self, method: str, path: str, **how: Any) -> Answer:
        url = meta.versioned(self.settings["MESSENGER_API_URL"]) + path
        token = {"access_token": self.settings["MESSENGER_PAGE_TOKEN"]}
        params = {**token, **how.pop("params", {})}
        return await self._http.call(method, url, params=params, **how)


def render(person_id: str, message: Outbound, mark: str = "") -> dict[str, object]:
    """Returns the body of a Send API call; buttons become quick replies with opaque payloads."""
    content: dict[str, object] = {"text": message.text, **marked(mark)}
    if message.choices:
        content["quick_replies"] = [
            {"content_type": "text", "title": choice.label, "payload": choice.id}
            for choice in message.choices
        ]
    return {**envelope(person_id, message), "message": content}


def marked(mark: str) -> dict[str, object]:
    """Returns what of a message Meta gives back in its echo."""
    return {"metadata": mark} if mark else {}


def envelope(person_id: str, message: Outbound) -> dict[str, object]:
    """Returns whom a message is for, and by which right it goes."""
    late = message.standing == BY_PERSON and message.written_by_person
    how = (
        {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
        if late
        else {"messaging_type": "RESPONSE"}
    )
    return {"recipient": {"id": person_id}, **how}


def _failure(answer: Answer) -> SendFailed:
    error = part(answer.body, "error")
    code, subcode = error.get("code"), error.get("error_subcode")
    if (code, subcode) == _WINDOW_CLOSED:
        step = "The visitor has to write first."
        return SendFailed("Messenger's 24-hour window is closed", retryable=False, next_step=step)
    broken = code in meta.TOKEN_CODES
    passing = code in meta.PASSING_CODES or answer.status == 429 or answer.status >= 500
    return SendFailed(
        f"Messenger answered {answer.status}, code {code}",
        retryable=passing and not broken,
        retry_after=answer.retry_after,
        next_step=_RENEW if broken else _NEXT_STEPS.get(code, "") if isinstance(code, int) else "",
        broken=broken,
    )
