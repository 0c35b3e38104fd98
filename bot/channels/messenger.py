"""Facebook Messenger, through Meta's Graph API.

Sources: developers.facebook.com/docs/messenger-platform/webhooks (signature, batches, events),
/docs/messenger-platform/reference/send-api (limits, errors, messaging_type).
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
from datetime import datetime, timezone
from typing import Any

import aiohttp

from bot.channels.base import Channel, Delivery, clean, dicts, part, read_json
from bot.config import Settings
from bot.errors import BadRequest, BadSignature, SendFailed
from bot.limits import Limits, utf16_units
from bot.messages import Attachment, Inbound, Outbound

CHANNEL = "messenger"
# Text 2,000 characters; quick replies: up to 13 with 20 characters each, of which we use three.
LIMITS = Limits(length=2000, measure=utf16_units, choices=3, label=20)
TIMEOUT = aiohttp.ClientTimeout(total=20, connect=5)
DEFAULT_VERSION = "v23.0"
ATTACHMENT_KINDS = frozenset({"image", "audio", "video", "file", "location", "fallback"})

# Graph error code (and subcode) -> may the same message succeed later, and what staff can do.
# developers.facebook.com/docs/messenger-platform/error-codes
_PASSING_CODES = frozenset({1, 2, 4, 17, 32, 341, 613, 1200})
_WINDOW = (10, 2018278)
_NEXT_STEPS = {
    10: "The page may not write to this visitor now; check the app's permissions.",
    100: "Messenger refused the form of the message; please report this.",
    190: "The page token is no longer valid: renew MESSENGER_PAGE_TOKEN.",
    200: "The app lacks the permission pages_messaging.",
    551: "The visitor cannot be reached on Messenger any more.",
}


class Messenger(Channel):
    """Reads whole batches, trusts only signed bodies, and sends with the page's token."""

    channel = CHANNEL
    limits = LIMITS

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._session: aiohttp.ClientSession | None = None

    def handshake(self, delivery: Delivery) -> str:
        """Echoes Meta's challenge to whoever knows the verify token."""
        token = delivery.query.get("hub.verify_token", "")
        wanted = self.settings["MESSENGER_VERIFY_TOKEN"]
        if delivery.query.get("hub.mode") != "subscribe" or not _same(token, wanted):
            raise BadSignature("the verify token is not ours")
        return delivery.query.get("hub.challenge", "")

    def verify(self, delivery: Delivery) -> None:
        """Checks X-Hub-Signature-256 over the raw body."""
        secret = self.settings["MESSENGER_APP_SECRET"].encode()
        digest = hmac.new(secret, delivery.body, hashlib.sha256).hexdigest()
        if not _same(delivery.headers.get("x-hub-signature-256", ""), f"sha256={digest}"):
            raise BadSignature("the signature does not match the body")

    def parse(self, delivery: Delivery) -> list[Inbound]:
        """Returns every message and button press of every entry; echoes and receipts give none."""
        body = read_json(delivery.body)
        if body.get("object", "page") != "page":
            # Instagram and others share the webhook's form; the page cannot answer them.
            return []
        if not isinstance(body.get("entry"), list):
            raise BadRequest("the body has no entries")
        events = [e for entry in dicts(body["entry"]) for e in dicts(entry.get("messaging"))]
        return [inbound for event in events if (inbound := _inbound(event)) is not None]

    async def send(self, person_id: str, message: Outbound) -> str | None:
        """Posts one message; returns its `mid`."""
        url = f"{_versioned(self.settings['MESSENGER_API_URL'])}/me/messages"
        token = self.settings["MESSENGER_PAGE_TOKEN"]
        try:
            async with self._http().post(
                url, params={"access_token": token}, json=render(person_id, message)
            ) as response:
                answer = await _json(response)
                if response.status >= 400 or "error" in answer:
                    raise _failure(response, answer)
                return clean(answer.get("message_id")) or None
        except asyncio.TimeoutError:
            raise _unclear("Messenger did not answer in time") from None
        except aiohttp.ClientConnectorError:
            raise SendFailed("Messenger cannot be reached", retryable=True) from None
        except aiohttp.ClientError:
            # The address carries the token, so the error's own words stay out of the log.
            raise _unclear("the connection to Messenger broke") from None

    async def close(self) -> None:
        """Closes the connection pool."""
        if self._session is not None:
            await self._session.close()

    def _http(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=TIMEOUT)
        return self._session


def render(person_id: str, message: Outbound) -> dict[str, Any]:
    """Returns the body of a Send API call; buttons become quick replies with opaque payloads."""
    content: dict[str, Any] = {"text": message.text}
    if message.choices:
        content["quick_replies"] = [
            {"content_type": "text", "title": choice.label, "payload": choice.id}
            for choice in message.choices
        ]
    return {
        "recipient": {"id": person_id},
        "messaging_type": "RESPONSE",
        "message": content,
    }


def _inbound(event: dict[str, Any]) -> Inbound | None:
    sender = part(event, "sender").get("id")
    if not isinstance(sender, str) or not sender or len(sender) > 200:
        return None
    message, postback = part(event, "message"), part(event, "postback")
    if message.get("is_echo") or message.get("is_deleted"):
        return None
    if postback:
        return _pressed(event, sender, postback)
    return _written(event, sender, message) if message else None


def _written(event: dict[str, Any], sender: str, message: dict[str, Any]) -> Inbound | None:
    mid = clean(message.get("mid"))
    attachments = tuple(_attachment(a) for a in dicts(message.get("attachments")))
    text = clean(message.get("text"))
    if not mid or not (text or attachments or "text" in message):
        return None
    choice = clean(part(message, "quick_reply").get("payload")) or None
    return _message(event, sender, mid, text, choice, attachments)


def _pressed(event: dict[str, Any], sender: str, postback: dict[str, Any]) -> Inbound:
    # Older postbacks have no mid; the same press is then known by person, time and payload.
    payload = clean(postback.get("payload"))
    seed = f"{sender}|{event.get('timestamp')}|{payload}".encode()
    mid = clean(postback.get("mid")) or f"postback:{hashlib.sha256(seed).hexdigest()[:40]}"
    return _message(event, sender, mid, clean(postback.get("title")), payload or None, ())


def _message(
    event: dict[str, Any],
    sender: str,
    mid: str,
    text: str,
    choice: str | None,
    attachments: tuple[Attachment, ...],
) -> Inbound:
    return Inbound(
        channel=CHANNEL,
        person_id=sender,
        platform_id=mid[:200],
        text=text,
        choice=choice,
        attachments=attachments,
        sent_at=_moment(event.get("timestamp")),
    )


def _attachment(attachment: dict[str, Any]) -> Attachment:
    kind = clean(attachment.get("type"))
    url = part(attachment, "payload").get("url")
    return Attachment(
        kind if kind in ATTACHMENT_KINDS else "file", url if isinstance(url, str) else None
    )


def _moment(milliseconds: object) -> datetime | None:
    try:
        return datetime.fromtimestamp(float(milliseconds) / 1000, timezone.utc)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), wanted.encode())


def _versioned(url: str) -> str:
    url = url.rstrip("/")
    return url if re.search(r"/v\d+\.\d+$", url) else f"{url}/{DEFAULT_VERSION}"


async def _json(response: aiohttp.ClientResponse) -> dict[str, Any]:
    try:
        answer = await response.json(content_type=None)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _failure(response: aiohttp.ClientResponse, answer: dict[str, Any]) -> SendFailed:
    error = part(answer, "error")
    code, subcode = error.get("code"), error.get("error_subcode")
    passing = code in _PASSING_CODES or response.status == 429 or response.status >= 500
    if (code, subcode) == _WINDOW:
        step = "The visitor has to write first."
        return SendFailed("Messenger's 24-hour window is closed", retryable=False, next_step=step)
    return SendFailed(
        f"Messenger answered {response.status}, code {code}",
        retryable=passing,
        retry_after=_retry_after(response),
        next_step=_NEXT_STEPS.get(code, "") if isinstance(code, int) else "",
    )


def _unclear(reason: str) -> SendFailed:
    """A failure after which Messenger may have the message all the same."""
    return SendFailed(reason, retryable=True, maybe_delivered=True)


def _retry_after(response: aiohttp.ClientResponse) -> float | None:
    hint = response.headers.get("Retry-After", "")
    return float(hint) if hint.isdigit() else None
