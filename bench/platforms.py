"""The stand-ins and lines of the tests, which refuse what a platform refuses, for `make soak`."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

# They are run from here and not installed.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from scenarios.house import ADA, House  # type: ignore[import-not-found]
from scenarios.lines import (  # type: ignore[import-not-found]
    LINES,
    TELEGRAM_WORD,
    WHATSAPP_SECRET,
    Line,
    settings_of,
)
from standins import (  # type: ignore[import-not-found]
    telegram_updates,
    wechat_push,
    whatsapp_webhooks,
)
from standins.graph import (  # type: ignore[import-not-found]
    GraphStandin,
    attachment,
    batch,
    post_webhook,
    quick_reply,
)
from standins.slack import SlackStandin  # type: ignore[import-not-found]
from standins.telegram import TelegramStandin  # type: ignore[import-not-found]
from standins.wechat import WeChatStandin  # type: ignore[import-not-found]
from standins.whatsapp import WhatsAppStandin  # type: ignore[import-not-found]
from standins.wire import call  # type: ignore[import-not-found]

__all__ = [
    "ADA",
    "LINES",
    "PNG",
    "TELEGRAM_WORD",
    "WHATSAPP_SECRET",
    "House",
    "Line",
    "attachment",
    "batch",
    "call",
    "open_house",
    "post_webhook",
    "quick_reply",
    "telegram_updates",
    "wechat_push",
    "whatsapp_webhooks",
]

PNG = b"\x89PNG\r\n\x1a\n" + bytes(60)


def open_house(stack: ExitStack, folder: Path) -> tuple[House, dict[str, Any]]:
    """Returns the running program between all its platforms, and the three it has beside its own.

    Args:
        stack: What ends all of them.
        folder: Where the database and the log lie.
    """
    graph, slack = stack.enter_context(GraphStandin()), stack.enter_context(SlackStandin())
    whatsapp = stack.enter_context(WhatsAppStandin())
    telegram = stack.enter_context(TelegramStandin())
    wechat = stack.enter_context(WeChatStandin())
    _keep_pictures(whatsapp, telegram, wechat)
    house = House(folder, graph, slack, **settings_of(whatsapp, telegram, wechat))
    stack.callback(house.program.kill)
    house.program.start()
    return house, {"whatsapp": whatsapp, "telegram": telegram, "wechat": wechat}


def _keep_pictures(whatsapp: Any, telegram: Any, wechat: Any) -> None:
    """Gives the platforms the pictures that visitors will send: a person is to see them."""
    sent = whatsapp_webhooks.media("44", "image")
    whatsapp.keep_media(sent["image"]["id"], PNG, "image/png")
    for size in telegram_updates.carrying(44, "image")["message"]["photo"]:
        telegram.keep_file(size["file_id"], PNG)
    wechat.material.keep(wechat_push.image("44")["MediaId"], PNG, "image/png")
