"""Meta's two platforms as they tell what they took: channel, stand-in and webhooks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import suppress
from typing import Any, ClassVar

import claims
from conftest import LIMITS, Book
from dying import Died, Mortal
from standins import messenger as graph_events
from standins import whatsapp_webhooks as cloud_events
from standins.graph import GraphStandin
from standins.whatsapp import WhatsAppStandin

from bot.channels.base import Channel
from bot.channels.messenger import Messenger
from bot.channels.payload import Delivery
from bot.channels.whatsapp import WhatsApp
from bot.config import Settings
from bot.content.voice import Voice
from bot.desk.casework import Casework
from bot.inbox import Inbox
from bot.messages import Event
from bot.outbox import Outbox
from bot.store import queue
from bot.store.database import Database
from bot.translate import NoTranslator

SECRET = "app-secret-of-both-口令"


class Side(ABC):
    """One platform: what it took, and the webhook in which it says so."""

    name: ClassVar[str]
    person: ClassVar[str]
    standin: Any
    channel: Channel

    @abstractmethod
    def open(self) -> Channel:
        """Makes the channel of one more process."""

    @abstractmethod
    def mark(self, sent: Any) -> str | None:
        """Returns what a message carried for us."""

    @abstractmethod
    def webhook(self, person: str, mid: str, mark: str | None) -> Any:
        """Returns the body that says that a message was taken."""

    def sent(self) -> list[Any]:
        """Returns what the visitor got."""
        return list(self.standin.sent(self.person))

    def told(self, sent: Any, **other: Any) -> list[Event]:
        """Returns what the channel reads in the webhook about a message."""
        given = {"person": self.person, "mid": sent.message_id, "mark": self.mark(sent), **other}
        body = graph_events.encode(self.webhook(**given))
        return list(self.channel.parse(Delivery(body, {}, {})))


class MessengerSide(Side):
    """Messenger: echoes."""

    name, person = "messenger", "24680001"

    def __init__(self) -> None:
        self.standin = GraphStandin("PAGE-TOKEN")

    def open(self) -> Channel:
        values = {
            "MESSENGER_APP_SECRET": SECRET,
            "MESSENGER_PAGE_TOKEN": "PAGE-TOKEN",
            "MESSENGER_VERIFY_TOKEN": "word",
            "MESSENGER_API_URL": self.standin.url,
        }
        self.channel = Messenger(Settings(values))
        return self.channel

    def mark(self, sent: Any) -> str | None:
        return sent.body["message"].get("metadata")

    def webhook(self, person: str, mid: str, mark: str | None) -> Any:
        return graph_events.batch(graph_events.echo(person, "…", mid, metadata=mark))


class WhatsAppSide(Side):
    """WhatsApp: statuses."""

    name, person = "whatsapp", "447700900123"

    def __init__(self) -> None:
        self.standin = WhatsAppStandin("EAAG-TOKEN")

    def open(self) -> Channel:
        values = {
            "WHATSAPP_APP_SECRET": SECRET,
            "WHATSAPP_ACCESS_TOKEN": "EAAG-TOKEN",
            "WHATSAPP_VERIFY_TOKEN": "word",
            "WHATSAPP_PHONE_NUMBER_ID": cloud_events.NUMBER_ID,
            "WHATSAPP_TEMPLATE": "write_again",
            "WHATSAPP_API_URL": self.standin.url,
        }
        self.channel = WhatsApp(Settings(values))
        return self.channel

    def mark(self, sent: Any) -> str | None:
        return sent.body.get("biz_opaque_callback_data")

    def webhook(self, person: str, mid: str, mark: str | None) -> Any:
        return cloud_events.receipts(cloud_events.status(mid, "sent", person, data=mark))


SIDES = (MessengerSide, WhatsAppSide)


class Museum:
    """One process after the other on the same database, in front of the same platform."""

    def __init__(self, side: Side, database: Database, voice: Voice) -> None:
        self.side, self.database, self.book = side, database, Book(database)
        self.voice = voice
        self.casework = Casework(voice, {**LIMITS, "whatsapp": LIMITS["messenger"]}, 5, True)
        self.ended: list[str] = []
        self.channels: list[Channel] = []
        self.book.heard("几点 when?", person=side.person, channel=side.name)

    def process(self, database: Database | None = None) -> tuple[Outbox, Inbox]:
        """Starts what one process has: its outbox and its inbox."""
        here = database or self.database
        self.channels.append(self.side.open())
        senders: Any = {self.side.name: self.channels[-1]}
        nobody: Any = lambda *_: None  # noqa: E731
        outbox = Outbox(here, senders, self._sent, nobody, nobody, lambda: None)
        dialogue: Any = nobody
        words = (self.casework, self.voice, LIMITS, NoTranslator(), lambda: None)
        inbox = Inbox(here, dialogue, *words)
        inbox.heard = outbox.heard
        return outbox, inbox

    def _sent(self, connection: Any, row: Any, reason: str) -> None:
        self.ended.append(row.text)
        self.casework.reply_sent(connection, row, reason)

    def lay(self, text: str, **more: Any) -> int:
        """Lays a message to the visitor."""
        return self.book.said(text, self.side.person, channel=self.side.name, **more)

    async def die_after_sending(self) -> None:
        """Lets a process send one message and die before it can write that down."""
        mine = Database(self.database.url)
        outbox, _ = self.process(mine)
        leaving = await claims.one(outbox)
        assert leaving is not None
        before = len(self.side.sent())
        mortal = Mortal(mine, 0, lambda: None)
        with suppress(Died):
            await outbox.deliver(leaving)
        mine.close()
        assert mortal.is_dead
        assert len(self.side.sent()) == before + 1, "it died before the platform took it"

    def come_back(self) -> tuple[Outbox, Inbox]:
        """Starts the next process, which takes up what was left."""
        made = self.process()
        self.database.now(queue.recover, everything=True)
        return made

    async def tell_once(self) -> None:
        """Lets the platform tell of some message, so that the channel is known to tell."""
        outbox, inbox = self.process()
        self.lay("before 之前")
        await send_all(outbox)
        [first] = self.side.sent()
        await inbox.accept(self.side.told(first))
        self.ended.clear()

    @property
    def texts(self) -> list[str]:
        """What the visitor has read."""
        return [each.text for each in self.side.sent()]


async def send_all(outbox: Outbox) -> None:
    """Sends all that is due."""
    while (leaving := await claims.one(outbox)) is not None:
        await outbox.deliver(leaving)
