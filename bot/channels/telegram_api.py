"""Telegram's Bot API: python-telegram-bot writes the calls and reads the answers, Http makes them.

Source: core.telegram.org/bots/api#making-requests. Telegram wants the token in the address, and
python-telegram-bot writes addresses and parameters to its log at DEBUG, and its own client (httpx)
addresses at INFO. So the library is never told the token: the address is put in front here.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar

import aiohttp
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    ReplyParameters,
    User,
    WebhookInfo,
)
from telegram.constants import ChatAction
from telegram.error import TelegramError
from telegram.request import BaseRequest, RequestData

from bot.channels.http import Http
from bot.channels.telegram_errors import AlreadySo, failure_of
from bot.errors import SendFailed
from bot.messages import Outbound

TIMEOUT = aiohttp.ClientTimeout(total=20, connect=5)
# What we read. A list of our own switches the rest off, and reactions come only by name:
# core.telegram.org/bots/api#setwebhook.
UPDATES = (
    "message",
    "edited_message",
    "callback_query",
    "message_reaction",
    "my_chat_member",
)

Result = TypeVar("Result")

# It writes what it sends at DEBUG, visitors' words among them.
logging.getLogger("telegram").setLevel(logging.WARNING)
logging.getLogger("telegram.Bot").setLevel(logging.WARNING)


class TelegramApi:
    """Calls Telegram with the bot's token; each call is one attempt.

    Args:
        url: Where the Bot API is, https://api.telegram.org or a stand-in.
        token: The bot's token.
    """

    def __init__(self, url: str, token: str) -> None:
        self.http = Http("Telegram", TIMEOUT)
        calls = _Calls(self.http, f"{url.rstrip('/')}/bot{token}")
        self._bot = Bot(
            "kept-from-the-library",
            base_url=lambda _: "",
            base_file_url=lambda _: "",
            request=calls,
            get_updates_request=calls,
        )

    async def send(self, chat: str, message: Outbound) -> int | None:
        """Sends a message as plain text; returns its number in the chat, None where not told."""
        try:
            sent = await _made(
                self._bot.send_message(
                    chat,
                    message.text,
                    link_preview_options=LinkPreviewOptions(is_disabled=True),
                    **_place(message.place),
                    reply_markup=_keyboard(message),
                )
            )
        except Unreadable:
            return None
        # The library trusts the shape of answers.
        return getattr(sent, "message_id", None)

    async def edit(self, chat: str, number: int, text: str) -> None:
        """Changes the words of a message: core.telegram.org/bots/api#editmessagetext."""
        quiet = LinkPreviewOptions(is_disabled=True)
        with suppress(AlreadySo, Unreadable):
            await _made(
                self._bot.edit_message_text(text, chat, number, link_preview_options=quiet)
            )

    async def delete(self, chat: str, number: int) -> None:
        """Takes a message away, within 48 hours: core.telegram.org/bots/api#deletemessage."""
        with suppress(AlreadySo, Unreadable):
            await _made(self._bot.delete_message(chat, number))

    async def typing(self, chat: str) -> None:
        """Shows "typing" for up to five seconds, or until the answer."""
        await _made(self._bot.send_chat_action(chat, ChatAction.TYPING))

    async def answer_press(self, query_id: str) -> None:
        """Stops the spinner on a button that was pressed."""
        await _made(self._bot.answer_callback_query(query_id))

    async def me(self) -> User:
        """Returns whose token this is."""
        return await _made(self._bot.get_me())

    async def webhook(self) -> WebhookInfo:
        """Returns where Telegram sends what visitors write, and how that goes."""
        return await _made(self._bot.get_webhook_info())

    async def set_webhook(self, url: str, secret: str) -> None:
        """Tells Telegram where to send what visitors write; what waits there is kept."""
        await _made(self._bot.set_webhook(url, allowed_updates=UPDATES, secret_token=secret))

    async def close(self) -> None:
        """Closes the connections."""
        await self.http.close()


class Unreadable(SendFailed):
    """Telegram did what it was asked to; what it told of it is of no known shape."""


class _Calls(BaseRequest):
    """Makes python-telegram-bot's calls through our own pool."""

    def __init__(self, http: Http, base: str) -> None:
        self._http, self._base = http, base

    @property
    def read_timeout(self) -> float | None:
        """Returns what the library asks for and we do not use."""
        return TIMEOUT.total

    async def initialize(self) -> None:
        """Opens nothing yet."""

    async def shutdown(self) -> None:
        """Closes nothing: the pool is not the library's."""

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *_: Any, **__: Any
    ) -> tuple[int, bytes]:
        """Makes one call; raises SendFailed unless Telegram says that it was done."""
        form = request_data.json_parameters if request_data else {}
        answer = await self._http.call("POST", self._base + url, data=form)
        if answer.body.get("ok") is not True or answer.status >= 300:
            raise failure_of(answer)
        return 200, json.dumps({"result": _bare(answer.body.get("result"))}).encode()


async def _made(call: Awaitable[Result]) -> Result:
    """Waits for a call; raises SendFailed."""
    try:
        return await call
    except TelegramError as error:
        # The library wraps what a request raises.
        if isinstance(error.__cause__, SendFailed):
            raise error.__cause__ from None
        raise _unreadable() from None
    except Exception:
        raise _unreadable() from None


def _unreadable() -> Unreadable:
    return Unreadable("Telegram's answer cannot be read", retryable=True, maybe_delivered=True)


def _bare(result: Any) -> Any:
    """Returns a message as its number alone.

    The library refuses a whole message over one part that it does not know, such as a gift in the
    message that ours replies to; and then what was sent would be sent again.
    """
    if isinstance(result, dict) and "message_id" in result:
        return {
            "message_id": result["message_id"],
            "date": 0,
            "chat": {"id": 0, "type": "private"},
        }
    return result


def _keyboard(message: Outbound) -> InlineKeyboardMarkup | None:
    """Returns one button a row: a phone cuts longer labels where two share one."""
    rows: Sequence[Sequence[InlineKeyboardButton]] = [
        [InlineKeyboardButton(choice.label, callback_data=choice.id)] for choice in message.choices
    ]
    return InlineKeyboardMarkup(rows) if rows else None


def _place(place: Mapping[str, str]) -> dict[str, Any]:
    """Returns topic and message to answer; a message that is gone is answered all the same."""
    found: dict[str, Any] = {}
    if thread := place.get("thread"):
        found["message_thread_id"] = int(thread)
    if message := place.get("reply_to"):
        found["reply_parameters"] = ReplyParameters(int(message), allow_sending_without_reply=True)
    return found
