"""Visitors of each platform who send and get files, before its stand-in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from typing import Any, ClassVar

from standins import slack_files, whatsapp_webhooks
from standins.graph import GraphStandin
from standins.multipart import GotFile
from standins.slack import SlackStandin
from standins.telegram import TOKEN, TelegramStandin
from standins.wechat import SECRET, WeChatStandin
from standins.wechat_push import APP_ID
from standins.whatsapp import WhatsAppStandin

from bot.channels.base import Channel
from bot.channels.messenger import Messenger
from bot.channels.slack import Slack
from bot.channels.telegram import Telegram
from bot.channels.wechat import WeChat
from bot.channels.whatsapp import WhatsApp
from bot.config import Settings
from bot.messages import Attachment

from .files_room import Visitors


class OnMessenger(Visitors):
    """Somebody on Messenger."""

    name, person = "messenger", "7788"

    @property
    def values(self) -> dict[str, str]:
        """Returns the settings."""
        return {
            "MESSENGER_PAGE_TOKEN": self.standin.page_token,
            "MESSENGER_APP_SECRET": "app-secret",
            "MESSENGER_VERIFY_TOKEN": "word",
            "MESSENGER_API_URL": self.standin.url,
        }

    def channel(self, settings: Settings) -> Channel:
        """Returns the channel."""
        return Messenger(settings)

    def keep(self, data: bytes, mime: str) -> Attachment:
        """Lays the file on Meta's servers."""
        url = self.standin.keep_file("sent-1", data, mime)
        return Attachment("image", url=url)

    def forget(self, sent: Attachment) -> None:
        """Lets the address end."""
        self.standin.assets.cdn.clear()

    @property
    def got(self) -> list[GotFile]:
        """Returns the files that the person got."""
        return list(self.standin.assets.got)

    def words(self) -> list[str]:
        """Returns the texts that the person got."""
        return list(self.standin.texts(self.person))

    def stumble(self) -> None:
        """Lets Graph be away for a moment."""
        self.standin.fail_next(status=500, code=2, on="file")


class OnWhatsApp(Visitors):
    """Somebody on WhatsApp."""

    name, person = "whatsapp", "447700900123"

    @property
    def values(self) -> dict[str, str]:
        """Returns the settings."""
        return {
            "WHATSAPP_ACCESS_TOKEN": self.standin.token,
            "WHATSAPP_PHONE_NUMBER_ID": whatsapp_webhooks.NUMBER_ID,
            "WHATSAPP_APP_SECRET": "app-secret",
            "WHATSAPP_VERIFY_TOKEN": "word",
            "WHATSAPP_API_URL": self.standin.url,
        }

    def channel(self, settings: Settings) -> Channel:
        """Returns the channel."""
        return WhatsApp(settings)

    def keep(self, data: bytes, mime: str) -> Attachment:
        """Lays the file with Meta."""
        self.standin.keep_media("7001", data, mime)
        return Attachment("image", id="7001", mime=mime)

    def forget(self, sent: Attachment) -> None:
        """Lets Meta forget the id."""
        self.standin.media.kept.clear()

    @property
    def got(self) -> list[GotFile]:
        """Returns the files that the person got."""
        return list(self.standin.media.got)

    def words(self) -> list[str]:
        """Returns the texts that the person got."""
        return [text for text in self.standin.texts(self.person) if text]

    def stumble(self) -> None:
        """Lets the Cloud API be away for a moment."""
        self.standin.fail_next(status=503, code=131016, on="media")
        self.standin.fail_next(status=503, code=131016, on="number")


class OnTelegram(Visitors):
    """Somebody on Telegram."""

    name, person = "telegram", "4711"

    @property
    def values(self) -> dict[str, str]:
        """Returns the settings."""
        return {
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_SECRET_TOKEN": "a-secret_0",
            "TELEGRAM_API_URL": self.standin.url,
        }

    def channel(self, settings: Settings) -> Channel:
        """Returns the channel."""
        return Telegram(settings)

    def keep(self, data: bytes, mime: str) -> Attachment:
        """Lays the file with Telegram."""
        self.standin.keep_file("AgAC", data)
        return Attachment("image", id="AgAC")

    def forget(self, sent: Attachment) -> None:
        """Lets Telegram forget it."""
        self.standin._files.clear()

    @property
    def got(self) -> list[GotFile]:
        """Returns the files that the person got."""
        return list(self.standin.got)

    def words(self) -> list[str]:
        """Returns the texts that the person got."""
        return [text for text in self.standin.texts(int(self.person)) if text]

    def stumble(self) -> None:
        """Lets Telegram be away for a moment."""
        for method in ("getFile", "sendDocument"):
            self.standin.fail_next(status=502, on=method)


class OnWeChat(Visitors):
    """Somebody on WeChat."""

    name, person = "wechat", "oVisitor"

    @property
    def values(self) -> dict[str, str]:
        """Returns the settings."""
        return {
            "WECHAT_APP_ID": APP_ID,
            "WECHAT_APP_SECRET": SECRET,
            "WECHAT_TOKEN": "word",
            "WECHAT_API_URL": self.standin.url,
        }

    def channel(self, settings: Settings) -> Channel:
        """Returns the channel; nothing waits for the response to a webhook here."""
        made = WeChat(settings)
        made.limits = replace(WeChat.limits, passive_seconds=0.0)  # type: ignore[misc]
        return made

    def keep(self, data: bytes, mime: str) -> Attachment:
        """Lays the file with WeChat."""
        self.standin.material.keep("media-1", data, mime)
        return Attachment("image", id="media-1")

    def forget(self, sent: Attachment) -> None:
        """Lets the three days be over."""
        self.standin.material.kept.clear()

    @property
    def got(self) -> list[GotFile]:
        """Returns the files that the person got."""
        return list(self.standin.material.got)

    def words(self) -> list[str]:
        """Returns the texts that the person got."""
        return [text for text in self.standin.texts(self.person) if text]

    def stumble(self) -> None:
        """Lets WeChat be busy for a moment."""
        for what in ("media", "upload"):
            self.standin.fail_next(code=-1, on=what)


class OnSlack(Visitors):
    """A colleague who asks in Slack, in a direct message."""

    name, person = "slack", "T0DOCENT:U0GIL"
    place: ClassVar[dict[str, str]] = {"channel": "D0GIL"}

    @property
    def values(self) -> dict[str, str]:
        """Returns no settings: the desk has them all."""
        return {}

    def channel(self, settings: Settings) -> Channel:
        """Returns the channel, which the room replaces by the desk's own."""
        return Slack(settings)

    def meet(self, slack: SlackStandin) -> None:
        """Lets the colleague be in the workspace."""
        self.standin = slack
        slack.add_user("U0GIL", "Gil 吉尔")
        with slack.changing() as workspace:
            workspace.open_im("U0GIL")

    def keep(self, data: bytes, mime: str) -> Attachment:
        """Shares a file with the app."""
        with self.standin.changing() as workspace:
            stored = slack_files.store(workspace, "photo.png", data, "U0GIL")
            told = slack_files.describe(workspace, stored)
        return Attachment("image", url=told["url_private"], id=told["id"], name="photo.png")

    def forget(self, sent: Attachment) -> None:
        """Deletes it."""
        self.standin.workspace.files[sent.id].gone = True

    @property
    def got(self) -> list[GotFile]:
        """Returns the files that stand in the direct message."""
        shown = [f for m in self.standin.messages("D0GIL") for f in m.get("files", ())]
        kept = [self.standin.workspace.files[each["id"]] for each in shown]
        return [GotFile(self.person, "file", f.name, "", f.data or b"") for f in kept]

    def words(self) -> list[str]:
        """Returns the texts that stand there."""
        return [each["text"] for each in self.standin.messages("D0GIL") if each.get("text")]

    def stumble(self) -> None:
        """Lets Slack fail inside, once when a file is fetched and once when it is uploaded."""
        for what in ("files", "files.getUploadURLExternal"):
            self.standin.fail_next(status=503, on=what)


PEOPLE: dict[str, tuple[Callable[[], Any], type[Visitors]]] = {
    "messenger": (GraphStandin, OnMessenger),
    "whatsapp": (WhatsAppStandin, OnWhatsApp),
    "telegram": (lambda: TelegramStandin(local=True), OnTelegram),
    "wechat": (WeChatStandin, OnWeChat),
    "slack": (lambda: nullcontext(None), OnSlack),
}


@contextmanager
def somebody_on(name: str) -> Iterator[Visitors]:
    """Starts a platform's stand-in with a person on it."""
    standin, visitors = PEOPLE[name]
    with standin() as opened:
        yield visitors(opened)
