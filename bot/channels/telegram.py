"""Telegram, through its Bot API.

Sources: core.telegram.org/bots/api#setwebhook (secret_token, allowed_updates), #sendmessage (4096
after entities), #inlinekeyboardbutton (64 bytes), #callbackquery (every press wants an answer),
#getwebhookinfo; github.com/tdlib/telegram-bot-api, WebhookActor.cpp (any 2xx is taken, else the
update is sent again, and what follows it in the chat waits).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from typing import Any

from sanic.request import Request
from sanic.response import HTTPResponse
from telegram import WebhookInfo

from bot.channels import meta
from bot.channels.base import Channel
from bot.channels.host import Host
from bot.channels.payload import Delivery, clean, delivery_of, part, read_json
from bot.channels.telegram_api import TelegramApi
from bot.channels.telegram_errors import Migrated
from bot.channels.telegram_events import query_of, read_update
from bot.channels.telegram_files import FILES, TelegramFiles
from bot.channels.telegram_groups import Me, needs_name
from bot.config import Settings
from bot.errors import BadSignature, ChannelBroken, Refused, SendFailed
from bot.limits import Limits, utf16_units
from bot.messages import Carried, Event, Moved, Outbound

CHANNEL = "telegram"
# A label may be longer, but phones cut it.
LIMITS = Limits(length=4096, measure=utf16_units, choices=8, label=40, edits=True, deletes=True)
SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 - the header's name
# A press is answered beside the visitor's answer, and nobody waits for it longer than this.
PRESS_SECONDS = 10.0
# How long a group's message waits for us to learn our own name, once, if it was not learnt before.
NAME_SECONDS = 3.0
SET_UP_SECONDS = 30.0
# A check waits for the set-up of the start, or it would report what is about to be mended.
SET_UP_WAIT = 5.0
MOVED_SECONDS = 0.5
RECENT = timedelta(hours=1)
# What Telegram cannot deliver it sends again every minute or two: an older error has passed.
STILL = timedelta(minutes=3)
_GUIDE = "set the webhook as docs/channels/telegram.md says."
_RESTART = f"Restart Docent, or {_GUIDE}"

logger = logging.getLogger(__name__)


class Telegram(Channel):
    """Trusts only what carries our secret word, and answers every press."""

    channel = CHANNEL
    limits = LIMITS
    files = FILES

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        token = settings["TELEGRAM_BOT_TOKEN"]
        self._api = TelegramApi(settings["TELEGRAM_API_URL"], token)
        self._files = TelegramFiles(self._api.http, settings["TELEGRAM_API_URL"], token)
        # A token begins with the bot's id: core.telegram.org/bots/api#authorizing-your-bot.
        digits = token.partition(":")[0]
        self._me = Me(int(digits) if digits.isdecimal() else None)
        self._host: Host | None = None
        self._beside: set[asyncio.Task[None]] = set()
        self._set_up: asyncio.Task[None] | None = None
        self._not_set_up: SendFailed | None = None

    def verify(self, delivery: Delivery) -> None:
        """Checks the secret word that was given to Telegram with the webhook."""
        given = delivery.headers.get(SECRET_HEADER, "")
        if not meta.same(given, self.settings["TELEGRAM_SECRET_TOKEN"]):
            raise BadSignature("the secret token is not ours")

    def parse(self, delivery: Delivery) -> list[Event]:
        """Returns what an update says; in groups only what is meant for the bot."""
        return read_update(read_json(delivery.body), self._me)

    async def send(self, person_id: str, message: Outbound) -> str | None:
        """Sends one message; returns chat and number, as numbers are used again in every chat."""
        return await self._numbered(person_id, self._api.send(person_id, message))

    async def _numbered(self, person_id: str, sending: Awaitable[int | None]) -> str | None:
        try:
            number = await sending
        except Migrated as moved:
            await self._follow(person_id, moved.to)
            raise SendFailed(moved.reason, retryable=True, retry_after=MOVED_SECONDS) from None
        return None if number is None else f"{person_id}:{number}"

    async def edit(self, person_id: str, platform_id: str, message: Outbound) -> None:
        """Changes a message that was sent; raises SendFailed."""
        chat, number = _place_of(platform_id)
        await self._api.edit(chat, number, message.text)

    async def delete(self, person_id: str, platform_id: str) -> None:
        """Takes a message away that was sent within 48 hours; raises SendFailed."""
        await self._api.delete(*_place_of(platform_id))

    async def fetch(self, reference: Mapping[str, Any], most: int) -> bytes:
        """Gets a file by its id."""
        return await self._files.fetch(clean(reference.get("id")), most)

    async def send_file(self, person_id: str, message: Outbound, file: Carried) -> str | None:
        """Sends a file; returns chat and number, as `send`."""
        return await self._numbered(person_id, self._files.send(person_id, message, file))

    async def typing(self, person_id: str, platform_id: str) -> None:
        """Shows "typing"; Telegram takes it away after five seconds or with the answer."""
        await self._api.typing(person_id)

    async def check(self) -> str:
        """Asks Telegram whose token this is, and whether what visitors write comes to us."""
        if self._set_up is not None:
            await asyncio.wait({self._set_up}, timeout=SET_UP_WAIT)
        try:
            await self._learn_name()
        except SendFailed as failure:
            if failure.retryable:
                raise
            raise ChannelBroken(failure.reason, failure.next_step) from None
        try:
            webhook = await self._api.webhook()
        except SendFailed:
            return f"@{self._me.username}; Telegram did not tell its webhook"
        self._check_webhook(webhook)
        return f"@{self._me.username}{_words_of(webhook)}"

    async def started(self, host: Host) -> None:
        """Learns the bot's name, and tells Telegram where we are."""
        self._host = host
        self._set_up = asyncio.create_task(self._keep_setting_up())

    async def close(self) -> None:
        """Ends what is under way and closes the connection pool."""
        tasks = [*self._beside, *([self._set_up] if self._set_up else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._api.close()

    async def _post(self, request: Request) -> HTTPResponse:
        delivery = delivery_of(request)
        with suppress(Refused):
            self.verify(delivery)
            await self._prepare(delivery)
        answer = await super()._post(request)
        if answer.status == 200:
            self._stop_spinner(delivery)
        return answer

    async def _prepare(self, delivery: Delivery) -> None:
        """Learns our name where this update cannot be read without it.

        Where Telegram does not tell it, a message in a group that only names somebody is taken for
        somebody else's: better silent than in every conversation of a group.
        """
        update = read_json(delivery.body)
        told = part(update, "message") or part(update, "edited_message")
        if needs_name(told, self._me):
            with suppress(SendFailed, asyncio.TimeoutError):
                await asyncio.wait_for(self._learn_name(), NAME_SECONDS)

    async def _learn_name(self) -> None:
        me = await self._api.me()
        self._me = Me(me.id, clean(me.username))

    def _stop_spinner(self, delivery: Delivery) -> None:
        """Answers a press, whatever it means: its button spins until then."""
        if query_id := query_of(read_json(delivery.body)):
            task = asyncio.create_task(_quietly(self._api.answer_press(query_id), PRESS_SECONDS))
            self._beside.add(task)
            task.add_done_callback(self._beside.discard)

    async def _follow(self, person_id: str, to: str) -> None:
        """Moves a conversation whose group has a new id; the message in hand moves with it."""
        if self._host is not None:
            await self._host.inbox.accept([Moved(CHANNEL, person_id, to)])

    async def _keep_setting_up(self) -> None:
        """Sets up what Telegram has to know, until it was told or says that it never will."""
        while True:
            try:
                await self._learn_name()
                # Always: Telegram does not tell which secret word it sends, and it may be old.
                if self.settings["PUBLIC_URL"].startswith("https://"):
                    secret = self.settings["TELEGRAM_SECRET_TOKEN"]
                    await self._api.set_webhook(self._address, secret)
                    logger.info("Telegram knows our address")
                return
            except SendFailed as failure:
                logger.warning("Telegram was not set up", extra={"reason": failure.reason})
                if not failure.retryable:
                    self._not_set_up = failure
                    return
                await asyncio.sleep(failure.retry_after or SET_UP_SECONDS)

    @property
    def _address(self) -> str:
        return f"{self.settings['PUBLIC_URL'].rstrip('/')}/webhooks/{CHANNEL}/webhook"

    def _check_webhook(self, webhook: WebhookInfo) -> None:
        """Raises ChannelBroken where visitors' words do not come to us."""
        public = self.settings["PUBLIC_URL"]
        if public and webhook.url != self._address:
            if (failure := self._not_set_up) is not None:
                raise ChannelBroken(failure.reason, failure.next_step)
            # Not the address itself: many put their token into it.
            reason = "Telegram has another webhook" if webhook.url else "Telegram has no webhook"
            is_https = public.startswith("https://")
            remedy = _RESTART if is_https else f"Telegram wants an https PUBLIC_URL; or {_GUIDE}"
            raise ChannelBroken(reason, remedy)
        wanted = {"message", "callback_query"}
        if webhook.allowed_updates and not wanted <= set(webhook.allowed_updates):
            raise ChannelBroken("Telegram's webhook leaves out messages or presses", _RESTART)
        refused = "403" in clean(webhook.last_error_message)
        if refused and webhook.pending_update_count and _has_failed(webhook, STILL):
            reason = "Telegram sends another secret than TELEGRAM_SECRET_TOKEN"
            raise ChannelBroken(reason, _RESTART)


async def _quietly(work: Awaitable[None], seconds: float) -> None:
    with suppress(SendFailed, asyncio.TimeoutError):
        await asyncio.wait_for(work, seconds)


def _words_of(webhook: WebhookInfo) -> str:
    """Returns what staff may want to know of a webhook: none, or why it failed of late."""
    if not webhook.url:
        return "; it has no webhook, so nothing that visitors write arrives"
    if not _has_failed(webhook, RECENT):
        return ""
    at = f"{webhook.last_error_date:%H:%M} UTC"
    return f"; at {at} it could not reach us: {clean(webhook.last_error_message)}"


def _has_failed(webhook: WebhookInfo, lately: timedelta) -> bool:
    failed = webhook.last_error_date
    return failed is not None and datetime.now(timezone.utc) - failed < lately


def _place_of(platform_id: str) -> tuple[str, int]:
    """Returns chat and number of a message, as `send` named it."""
    chat, _, number = platform_id.rpartition(":")
    if not number.isdecimal():
        reason = "Telegram did not tell what it calls this message"
        raise SendFailed(reason, retryable=False, next_step="Write a new message.")
    return chat, int(number)
