"""The web server of `docent up`: Rasa's agent, the channels and the pages in one process."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import rasa.core.channels.channel
from sanic import Sanic

from bot.channels.base import Channel
from bot.channels.desk import desk
from bot.channels.messenger import Messenger
from bot.channels.pages import pages
from bot.channels.slack import Slack
from bot.channels.telegram import Telegram
from bot.channels.web import Web
from bot.channels.web_files import LARGEST_UPLOAD
from bot.channels.wechat import WeChat
from bot.channels.whatsapp import WhatsApp
from bot.config import Settings
from bot.dialogue import load_agent

logger = logging.getLogger(__name__)

# One row for each channel; credentials.yml has the same for `rasa run`.
CHANNELS: tuple[type[Channel], ...] = (Web, Messenger, WhatsApp, Telegram, WeChat, Slack)
# Long polls end at the latest after this when the program is told to stop.
GRACE_SECONDS = 3.0


def make_app(settings: Settings, model: Path, action_url: str, action_secret: str) -> Sanic:
    """Returns the server; the model is loaded once it listens.

    Raises:
        SettingError: A channel is switched on without its secret.
    """
    app = Sanic("docent", configure_logging=False)
    # An upload of a page is the largest; `read_json` has a limit of its own.
    app.config.REQUEST_MAX_SIZE = LARGEST_UPLOAD + 4096
    app.config.GRACEFUL_SHUTDOWN_TIMEOUT = GRACE_SECONDS
    app.config.FALLBACK_ERROR_FORMAT = "json"
    app.config.MOTD = False
    # A strike closes the galleries: many visitors connect at the same moment.
    app.config.BACKLOG = 2048
    app.ctx.agent = None
    rasa.core.channels.channel.register(list(_enabled(settings)), app, route="/webhooks/")
    app.blueprint(pages)
    app.blueprint(desk)

    async def load_model(app: Sanic, _loop: Any) -> None:
        # The inbox accepts messages meanwhile; /ready turns green when this is done.
        loading = asyncio.to_thread(load_agent, model, action_url, action_secret)
        app.ctx.loading = asyncio.create_task(_keep_agent(app, loading))

    app.register_listener(load_model, "after_server_start")
    return app


async def _keep_agent(app: Sanic, loading: Any) -> None:
    try:
        app.ctx.agent = await loading
    except Exception:
        logger.exception("the model cannot be loaded")
        os._exit(1)


def _enabled(settings: Settings) -> Iterable[Channel]:
    made = (channel(settings) for channel in CHANNELS)
    return (channel for channel in made if channel.is_enabled)


def serve(app: Sanic, host: str, port: int) -> None:
    """Serves until SIGTERM or SIGINT, then ends the work in hand."""
    app.run(host, port, workers=1, access_log=False, backlog=2048)
