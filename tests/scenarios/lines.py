"""A visitor's line to the museum on each platform: what they write, and what they have read."""

from __future__ import annotations

import json
import time
from abc import ABC, abstractmethod
from itertools import count
from typing import Any, ClassVar

from standins import telegram_updates, wechat_push, whatsapp_webhooks
from standins.telegram import TelegramStandin
from standins.wechat import WeChatStandin
from standins.whatsapp import WhatsAppStandin
from standins.wire import call

from .house import House, post_webhook
from .waiting import PATIENCE, until

WHATSAPP_SECRET, WHATSAPP_WORD = "another-app-secret", "another-verify-word"
TELEGRAM_WORD, WECHAT_WORD = "telegram-word", "a-word-of-the-museum"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
_people = count(700_001)


class Line(ABC):
    """One visitor on one platform.

    Args:
        house: The house.
        standin: The platform, where it is one that the house does not know.
    """

    channel: ClassVar[str]

    def __init__(self, house: House, standin: Any = None) -> None:
        self.house, self.standin = house, standin
        self.person = self.someone(next(_people))

    def someone(self, number: int) -> str:
        """Returns the platform's id of a person who has never written."""
        return str(number)

    @property
    def conversation_id(self) -> str:
        """As `docent log` takes it."""
        return f"{self.channel}:{self.person}"

    @abstractmethod
    def write(self, text: str) -> None:
        """Lets the visitor write; the platform is told 200."""

    @abstractmethod
    def read(self) -> list[str]:
        """Returns everything that the visitor has read, in order."""

    def reads(self, number: int) -> str:
        """Returns the message of this number, from 1, once it is there."""
        until(lambda: len(self.read()) >= number, f"message {number} on {self.channel}")
        return self.read()[number - 1]

    def url(self) -> str:
        """The address that the platform posts to."""
        return self.house.webhook(self.channel)


class WebLine(Line):
    """The museum's own page."""

    channel = "web"

    def someone(self, number: int) -> str:
        opened = call("POST", f"{self.house.webhook('web').removesuffix('webhook')}session", b"{}")
        self.cookie = opened.headers["set-cookie"].partition(";")[0]
        return str(json.loads(opened.body)["conversation"]).partition(":")[2]

    def write(self, text: str) -> None:
        body = {"id": f"page-message-{time.time_ns()}", "text": text}
        headers = {"Content-Type": "application/json", "Cookie": self.cookie}
        assert call("POST", self.url(), json.dumps(body).encode(), headers).status == 200

    def read(self) -> list[str]:
        url = f"{self.url().removesuffix('webhook')}messages?after=0"
        got = json.loads(call("GET", url, headers={"Cookie": self.cookie}).body)
        return [each["text"] for each in got["messages"] if each["author"] != "visitor"]


class MessengerLine(Line):
    """Messenger."""

    channel = "messenger"

    def write(self, text: str) -> None:
        self.house.write(self.person, text)

    def read(self) -> list[str]:
        return self.house.graph.texts(self.person)


class WhatsAppLine(Line):
    """WhatsApp."""

    channel = "whatsapp"
    standin: WhatsAppStandin

    def someone(self, number: int) -> str:
        return f"447700{number}"

    def write(self, text: str) -> None:
        body = whatsapp_webhooks.webhook(whatsapp_webhooks.text(self.person, text))
        assert post_webhook(self.url(), body, WHATSAPP_SECRET, timeout=PATIENCE).status == 200

    def read(self) -> list[str]:
        return self.standin.texts(self.person)


class TelegramLine(Line):
    """Telegram."""

    channel = "telegram"
    standin: TelegramStandin

    def write(self, text: str) -> None:
        update = telegram_updates.text(int(self.person), text)
        answer = telegram_updates.post_update(self.url(), update, TELEGRAM_WORD)
        assert answer.status == 200, answer

    def read(self) -> list[str]:
        return self.standin.texts(int(self.person))


class WeChatLine(Line):
    """WeChat: what is shown in answer to a message, and what the account sends later."""

    channel = "wechat"
    standin: WeChatStandin

    def someone(self, number: int) -> str:
        self.account = wechat_push.Account(WECHAT_WORD, aes_key=AES_KEY)
        self.shown: list[tuple[float, str]] = []
        return f"oDocent{number}"

    def write(self, text: str) -> None:
        pushed = self.account.push(self.url(), wechat_push.text(self.person, text))
        assert not pushed.sorry, pushed
        if pushed.shown:
            self.shown.append((time.time(), pushed.shown))

    def read(self) -> list[str]:
        sent = [(each.at, each.text) for each in self.standin.sent(self.person)]
        return [text for _, text in sorted([*self.shown, *sent])]


class SlackLine(Line):
    """A colleague who asks in a direct message."""

    channel = "slack"

    def someone(self, number: int) -> str:
        self.user = f"U0VIS{number}"
        self.house.slack.add_user(self.user, f"Visitor {number}")
        return f"{self.house.slack.workspace.team_id}:{self.user}"

    def write(self, text: str) -> None:
        assert self.house.driver.dm(self.user, text).status == 200

    def read(self) -> list[str]:
        with self.house.slack.changing() as workspace:
            channel = workspace.open_im(self.user).id
        return [
            each["text"]
            for each in self.house.slack.messages(channel)
            if each.get("user") != self.user
        ]


LINES: tuple[type[Line], ...] = (
    WebLine,
    MessengerLine,
    WhatsAppLine,
    TelegramLine,
    WeChatLine,
    SlackLine,
)


def settings_of(
    whatsapp: WhatsAppStandin, telegram: TelegramStandin, wechat: WeChatStandin
) -> dict[str, str]:
    """Returns what switches the three on, at their stand-ins."""
    return {
        "WHATSAPP_ACCESS_TOKEN": whatsapp.token,
        "WHATSAPP_PHONE_NUMBER_ID": whatsapp.number_id,
        "WHATSAPP_APP_SECRET": WHATSAPP_SECRET,
        "WHATSAPP_VERIFY_TOKEN": WHATSAPP_WORD,
        "WHATSAPP_API_URL": whatsapp.url,
        "TELEGRAM_BOT_TOKEN": telegram.token,
        "TELEGRAM_SECRET_TOKEN": TELEGRAM_WORD,
        "TELEGRAM_API_URL": telegram.url,
        "WECHAT_APP_ID": wechat.app_id,
        "WECHAT_APP_SECRET": wechat.secret,
        "WECHAT_TOKEN": WECHAT_WORD,
        "WECHAT_AES_KEY": AES_KEY,
        "WECHAT_API_URL": wechat.url,
    }
