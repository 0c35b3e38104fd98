"""The platforms of a run: how each posts what a visitor wrote, and what it took from us."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from standins import messenger, telegram_updates, whatsapp_webhooks
from standins.graph import GraphStandin
from standins.telegram import TelegramStandin
from standins.whatsapp import WhatsAppStandin

SECRET, WORD = "chaos-secret", "chaos-word"
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Post:
    """One webhook, ready to be posted as often as need be."""

    channel: str
    person: str
    platform_id: str
    body: bytes
    headers: Mapping[str, str]

    @property
    def conversation_id(self) -> str:
        """As the log names the conversation."""
        return f"{self.channel}:{self.person}"


@dataclass(frozen=True)
class Arrived:
    """A message that a platform took from us."""

    text: str
    platform_id: str
    at: float


class Platforms:
    """Three platforms that always take what is right, and always tell."""

    def __init__(
        self, graph: GraphStandin, whatsapp: WhatsAppStandin, telegram: TelegramStandin
    ) -> None:
        self.graph, self.whatsapp, self.telegram = graph, whatsapp, telegram

    @property
    def all(self) -> tuple[GraphStandin, WhatsAppStandin, TelegramStandin]:
        """The stand-ins."""
        return self.graph, self.whatsapp, self.telegram

    def settings(self) -> dict[str, str]:
        """What switches the three on, at their stand-ins."""
        return {
            "MESSENGER_PAGE_TOKEN": self.graph.page_token,
            "MESSENGER_APP_SECRET": SECRET,
            "MESSENGER_VERIFY_TOKEN": WORD,
            "MESSENGER_API_URL": self.graph.url,
            "WHATSAPP_ACCESS_TOKEN": self.whatsapp.token,
            "WHATSAPP_PHONE_NUMBER_ID": self.whatsapp.number_id,
            "WHATSAPP_APP_SECRET": SECRET,
            "WHATSAPP_VERIFY_TOKEN": WORD,
            "WHATSAPP_API_URL": self.whatsapp.url,
            "TELEGRAM_BOT_TOKEN": self.telegram.token,
            "TELEGRAM_SECRET_TOKEN": WORD,
            "TELEGRAM_API_URL": self.telegram.url,
        }

    def post(self, channel: str, person: str, text: str) -> Post:
        """Makes the webhook of a message."""
        if channel == "telegram":
            update = telegram_updates.text(int(person), text)
            headers = {**JSON, "X-Telegram-Bot-Api-Secret-Token": WORD}
            body = json.dumps(update).encode()
            return Post(channel, person, str(update["update_id"]), body, headers)
        if channel == "whatsapp":
            mid = whatsapp_webhooks.new_wamid()
            said = whatsapp_webhooks.text(person, text, mid)
            body = messenger.encode(whatsapp_webhooks.webhook(said))
        else:
            mid = messenger.new_mid()
            body = messenger.encode(messenger.batch(messenger.messenger_event(person, text, mid)))
        headers = {**JSON, "X-Hub-Signature-256": messenger.sign(body, SECRET)}
        return Post(channel, person, mid, body, headers)

    def arrived(self) -> dict[str, list[Arrived]]:
        """What each visitor has got, in order, by conversation."""
        found: dict[str, list[Arrived]] = defaultdict(list)
        for sent in self.graph.sent():
            found[f"messenger:{sent.psid}"].append(Arrived(sent.text, sent.message_id, sent.at))
        for told in self.whatsapp.sent():
            found[f"whatsapp:{told.person}"].append(Arrived(told.text, told.message_id, told.at))
        for each in self.telegram.sent():
            place = f"{each.chat_id}:{each.message_id}"
            found[f"telegram:{each.chat_id}"].append(Arrived(each.text, place, each.at))
        return dict(found)

    def count(self) -> int:
        """How many messages they took."""
        return sum(len(standin.sent()) for standin in self.all)


@contextmanager
def platforms() -> Iterator[Platforms]:
    """Starts the three."""
    with ExitStack() as stack:
        made: list[Any] = [GraphStandin(), WhatsAppStandin(), TelegramStandin()]
        yield Platforms(*[stack.enter_context(each) for each in made])
