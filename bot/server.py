"""The web server of `docent up`: Rasa's agent, the channels and the pages in one process."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import rasa.core.channels.channel
from sanic import Sanic
from sanic.request import Request
from sanic.server.loop import try_use_uvloop

from bot import logs, stages
from bot.channels.base import Channel
from bot.channels.desk import desk
from bot.channels.messenger import Messenger
from bot.channels.pages import pages
from bot.channels.shielding import shield
from bot.channels.slack import Slack
from bot.channels.telegram import Telegram
from bot.channels.web import Web
from bot.channels.web_files import LARGEST_UPLOAD
from bot.channels.wechat import WeChat
from bot.channels.whatsapp import WhatsApp
from bot.config import Settings
from bot.dialogue import load_agent
from bot.following import Following
from bot.parts import BACKLOG, READY
from bot.processor import Actions

logger = logging.getLogger(__name__)

# One row for each channel; credentials.yml has the same for `rasa run`.
CHANNELS: tuple[type[Channel], ...] = (Web, Messenger, WhatsApp, Telegram, WeChat, Slack)
# Requests end at the latest after this when the program is told to stop.
GRACE_SECONDS = 3.0
HEAD_SECONDS = 10


def make_app(settings: Settings, model: Path, actions: Actions, since: int = 0) -> Sanic:
    """Returns the server; the model is loaded once it listens.

    Args:
        settings: The settings.
        model: The model of the content, used unless another was published.
        actions: Runs the custom actions.
        since: The last publication that the start knew of.

    Raises:
        SettingError: A channel is switched on without its secret.
    """
    logs.set_detail(settings["LOG_DETAIL"])
    stages.started()
    app = Sanic("docent", configure_logging=False)
    # An upload of a page is the largest; `read_json` has a limit of its own.
    app.config.REQUEST_MAX_SIZE = LARGEST_UPLOAD + 4096
    # Who sends the head of a request drop by drop holds a connection no longer than this; a body,
    # of a phone with a bad line, has Sanic's 60 seconds. A head has 8 kB at most.
    app.config.REQUEST_TIMEOUT = HEAD_SECONDS
    app.config.GRACEFUL_SHUTDOWN_TIMEOUT = GRACE_SECONDS
    app.config.FALLBACK_ERROR_FORMAT = "json"
    app.config.MOTD = False
    app.ctx.agent = app.ctx.following = None
    rasa.core.channels.channel.register(list(_enabled(settings)), app, route="/webhooks/")
    app.blueprint(pages)
    app.blueprint(desk)

    async def load_model(app: Sanic, _loop: Any) -> None:
        # The inbox accepts messages meanwhile; /ready turns green when this is done.
        following = _following(app, actions, since)
        app.ctx.loading = asyncio.create_task(_first_model(following, model))
        app.ctx.following = asyncio.create_task(_follow(app.ctx.loading, following))

    async def stop_following(app: Sanic, _loop: Any) -> None:
        if app.ctx.following is not None:
            app.ctx.following.cancel()

    app.register_listener(load_model, "after_server_start")
    app.register_listener(stop_following, "before_server_stop")
    app.register_middleware(shield(settings), "response")
    app.register_middleware(_hang_up, "response")
    return app


def _following(app: Sanic, actions: Actions, since: int) -> Following:
    def load(path: Path) -> Any:
        return load_agent(path, actions)

    def install(agent: Any) -> None:
        # The dialogue looks for its agent anew with each turn (bot/channels/host.py).
        app.ctx.agent = agent

    host = app.ctx.host
    following = Following(host.database, since, load, install)
    host.model_news = following.wake
    return following


async def _first_model(following: Following, model: Path) -> None:
    try:
        await following.begin(model)
    except Exception:
        logger.exception("the model cannot be loaded")
        os._exit(1)


async def _follow(loading: asyncio.Task[None], following: Following) -> None:
    await loading
    await following.watch()


def _hang_up(request: Request, _response: Any) -> None:
    """Ends a connection with its answer where this server is about to end."""
    if request.app.ctx.host.is_leaving and request.stream is not None:
        request.stream.keep_alive = False


def _enabled(settings: Settings) -> Iterable[Channel]:
    made = (channel(settings) for channel in CHANNELS)
    return (channel for channel in made if channel.is_enabled)


def serve(app: Sanic, door: socket.socket) -> None:
    """Serves on a listening socket until SIGTERM or SIGINT, then ends the work in hand."""
    app.config.ACCESS_LOG = False
    try_use_uvloop()
    asyncio.run(_serve(app, door))


async def _serve(app: Sanic, door: socket.socket) -> None:
    # Sanic's own way of ending works on the queues first and hangs up last: what it accepts
    # meanwhile it cannot serve any more. Here a server that ends first accepts no more.
    told_to_stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, told_to_stop.set)
    running: Any = await app.create_server(
        sock=door,
        backlog=BACKLOG,
        return_asyncio_server=True,
        asyncio_server_kwargs={"start_serving": False},
    )
    await running.startup()
    await running.before_start()
    await running.start_serving()
    began = asyncio.create_task(_begun(app, running))
    stop = asyncio.create_task(told_to_stop.wait())
    await asyncio.wait({began, stop}, return_when=asyncio.FIRST_COMPLETED)
    if began.done():
        began.result()
        await stop
    began.cancel()
    await _ended(app, running)
    # A model that is still being loaded, on a thread, would be waited for, and TensorFlow's own
    # end takes seconds: all that was to be written is.
    sys.stderr.flush()
    os._exit(0)


async def _begun(app: Sanic, running: Any) -> None:
    """Starts the rooms, and says so to who started us once visitors are answered."""
    await running.after_start()
    await app.ctx.loading
    if ready := os.environ.get(READY):
        with suppress(OSError):
            os.write(int(ready), b"1")
            os.close(int(ready))


async def _ended(app: Sanic, running: Any) -> None:
    app.ctx.host.is_leaving = True
    running.server.close()
    await app.ctx.host.announce()
    late = time.monotonic() + GRACE_SECONDS
    while running.connections and time.monotonic() < late:
        for connection in list(running.connections):
            connection.close_if_idle()
        await asyncio.sleep(0.02)
    await running.before_stop()
    for connection in list(running.connections):
        connection.abort()
    await running.after_stop()
