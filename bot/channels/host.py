"""Puts the rooms together inside one server process, and starts and stops their workers.

`rasa run` and `docent up` both come here: each channel's blueprint mounts the host, the first one
builds it, and it lives on `app.ctx.host`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from sanic import Blueprint, Sanic

from bot.bus import INBOX, MODEL, OUTBOX, PAGES
from bot.channels.files import Files
from bot.channels.health import Health, State
from bot.channels.housekeeping import Chore, Daily, keep_house, recover
from bot.channels.measuring import Measuring
from bot.channels.together import Together
from bot.channels.understanding import Understanding
from bot.channels.warming import warm
from bot.config import ROOT, Settings
from bot.content.voice import load_voice
from bot.desk.blocks import announcement
from bot.desk.casework import Casework
from bot.desk.interpreting import make_interpreter
from bot.desk.learning import forget, learn
from bot.desk.lost import Lost
from bot.desk.rewording import Rewording
from bot.desk.silence import Silence
from bot.desk.speaking import Speaking
from bot.desk.standing import standings
from bot.desk.suggestions import Suggestions, read_saved
from bot.desk.watch import Watch
from bot.dialogue import Dialogue
from bot.errors import SendFailed, TurnFailed
from bot.inbox import Inbox
from bot.outbox import Outbox
from bot.pacing import Pace
from bot.store import Connection, Row, health, queue
from bot.store.blobs import Blobs
from bot.store.database import Database
from bot.store.observer import Observer
from bot.worker import end

if TYPE_CHECKING:
    from bot.channels.base import Channel

logger = logging.getLogger(__name__)

# How long visitors wait for a model to be loaded; then their questions go to a person.
MODEL_SECONDS = 120.0
# How long a waiting page goes without looking at the log itself.
NEWS_SECONDS = 1.0


class Host:
    """Everything that one server process runs.

    Args:
        app: The web server; Rasa's agent appears at `app.ctx.agent`.
        settings: The settings.
        channels: The channels that are switched on.
    """

    def __init__(self, app: Sanic, settings: Settings, channels: list[Channel]) -> None:
        self._app = app
        self.settings = settings
        self.channels = {channel.channel: channel for channel in channels}
        self.database = Database(settings.database_url)
        self.voice = load_voice(ROOT / "data")
        self.translator = make_interpreter(settings, self.voice.museum, self.database)
        self.speaking = Speaking(self.database, self.translator)
        read = Understanding(lambda: self._app.ctx.agent if self.has_model else None)
        saved = read_saved(ROOT / "data", self.voice.museum)
        self.suggestions = Suggestions(self.database, self.voice, read.responses, read.rank, saved)
        limits = {name: channel.limits for name, channel in self.channels.items()}
        self.casework = Casework(
            self.voice, limits, settings.desk_undo_seconds, "slack" in settings.enabled
        )
        self.casework.windows = {name: c.window for name, c in self.channels.items()}
        self.rewording = Rewording(self.database, self.casework, self.translator)
        self.blobs = Blobs(settings.files_folder)
        self.outbox = Outbox(
            self.database,
            self.channels,
            self._reply_sent,
            self.casework.reply_failed,
            self.casework.reply_waits,
            self.show,
            self._hear,
            self.blobs,
        )
        self.files = Files(
            self.database, self.blobs, self.channels, self.casework, settings, self.wake
        )
        self.inbox = Inbox(
            self.database,
            self._dialogue,
            self.casework,
            self.voice,
            limits,
            self.translator,
            self.wake,
            self._thinking,
            Pace(settings.visitor_messages_a_minute, settings.waiting_messages),
        )
        self.inbox.commits = self.outbox.run_in_company
        self.inbox.finished = self._answered
        self.inbox.heard = self.outbox.heard
        self.health = Health(self.channels, self._tell_health)
        self.watch = Watch(self.database, self.casework, self.wake)
        self.silence = Silence(self.database, self.casework, self.translator, self.wake)
        self.lost = Lost(self.database, self.casework, self.wake)
        self.measuring = Measuring(
            Observer(settings.database_url),
            lambda connection: standings(connection, self.voice.museum),
            settings.root,
            tuple(self.channels),
        )
        self.news = asyncio.Condition()
        # This server is about to end: who waits for news is told to ask another.
        self.is_leaving = False
        self._background: list[asyncio.Task[Any]] = []
        self._dialogues: dict[int, Dialogue] = {}
        self._forget = Daily(lambda: self.database.run(forget))
        self.model_news: Callable[[], Any] = lambda: None
        self.together = Together(self.database, settings["REDIS_URL"], self._wakes(), channels)
        self.inbox.arrived = lambda: self.together.tell(INBOX)

    async def start(self) -> None:
        """Migrates the database, takes up what was left unfinished and starts the workers."""
        await asyncio.to_thread(self.database.migrate)
        await asyncio.to_thread(warm, self.voice)
        for channel in self.channels.values():
            channel.share(self.database)
        left = await self.database.run(queue.recover, everything=self.database.is_sqlite)
        if left:
            logger.warning("taking up unfinished work", extra={"rows": left})
        self.outbox.worker.start()
        await self.files.start()
        self._background.append(asyncio.create_task(self._start_inbox()))
        for channel in self.channels.values():
            await channel.started(self)
        await self.together.start()
        chores = keep_house(self._chores(), leads=lambda: self.together.leads)
        self._background.append(asyncio.create_task(chores))
        self._background.append(asyncio.create_task(self.health.watch()))

    async def stop(self) -> None:
        """Ends the work in hand and closes every connection."""
        await end(self._background)
        await self.inbox.worker.stop()
        await self.outbox.worker.stop()
        await self.files.worker.stop()
        for channel in self.channels.values():
            await channel.hush()
            await channel.close()
        await self.announce()
        # Last: who is not seen alive loses what is in its hands to the others.
        await self.together.stop()
        self.measuring.close()
        self.database.close()

    def wake(self) -> None:
        """Says that there may be something to send or to show, here and to other processes."""
        self._wake_senders()
        self.together.tell(OUTBOX)
        self.show()

    def _answered(self) -> None:
        """As `wake`, where the outbox has taken up already what is to be sent."""
        self.files.worker.wake()
        self.show()

    def show(self) -> None:
        """Says that there may be something to show, to staff or on a page, as `wake`."""
        self._show_here()
        self.together.tell(PAGES)

    def _wakes(self) -> dict[str, Callable[[], Any]]:
        """Returns what to do for news of other processes."""
        return {
            INBOX: self.inbox.worker.wake,
            OUTBOX: self._wake_senders,
            PAGES: self._show_here,
            MODEL: lambda: self.model_news(),
        }

    def _wake_senders(self) -> None:
        self.outbox.worker.wake()
        self.files.worker.wake()

    def _show_here(self) -> None:
        for channel in self.channels.values():
            channel.wake()
        self._background = [task for task in self._background if not task.done()]
        self._background.append(asyncio.create_task(self.announce()))

    async def announce(self) -> None:
        """Wakes every page that waits for news."""
        async with self.news:
            self.news.notify_all()

    async def wait_for_news(self, seconds: float) -> None:
        """Waits until `announce`, at most so many seconds.

        Another process may write to the log as well: never longer than NEWS_SECONDS.
        """
        with suppress(asyncio.TimeoutError):
            async with self.news:
                await asyncio.wait_for(self.news.wait(), min(seconds, NEWS_SECONDS))

    async def readiness(self) -> dict[str, bool]:
        """Returns what `/ready` answers by: the model and the database."""
        return {"model": self.has_model, "database": await self.database.is_reachable()}

    async def _tell_health(self, channel: str, state: State) -> None:
        """Tells staff that a channel broke or works again, if no process has told them yet."""

        def tell(connection: Connection) -> None:
            if health.change(connection, channel, state.ok, state.reason, state.seen):
                words = announcement(channel, state.ok, state.reason)
                self.casework.announce(connection, words, state.ok)

        await self.database.run(tell)
        self.show()

    def _reply_sent(self, connection: Connection, row: Row[Any], reason: str) -> None:
        self.casework.reply_sent(connection, row, reason)
        learn(connection, self.translator, row)

    def _hear(self, channel: str, failure: SendFailed | None) -> None:
        self.health.heard(channel, failure)

    def _thinking(self, row: Row[Any]) -> None:
        person_id = row.conversation_id.partition(":")[2]
        if (channel := self.channels.get(row.channel)) is not None:
            channel.thinking(person_id, row.message_id or row.platform_id)

    @property
    def has_model(self) -> bool:
        """Whether a model is loaded."""
        agent = getattr(self._app.ctx, "agent", None)
        return agent is not None and bool(agent.is_ready())

    def _dialogue(self) -> Dialogue:
        if not self.has_model:
            raise TurnFailed("no model is loaded")
        agent = self._app.ctx.agent
        # Rasa may replace the agent by one with a newer model: the wrapper follows.
        if id(agent) not in self._dialogues:
            self._dialogues = {id(agent): Dialogue(agent, self.voice)}
        return self._dialogues[id(agent)]

    async def _start_inbox(self) -> None:
        # What arrives while the model loads is accepted and waits; where there is none, the inbox
        # says so to each visitor and opens a case.
        late = asyncio.get_running_loop().time() + MODEL_SECONDS
        while not self.has_model and asyncio.get_running_loop().time() < late:  # noqa: ASYNC110
            # Rasa sets the agent and tells nobody.
            await asyncio.sleep(0.1)
        if not self.has_model:
            logger.error("no model is loaded: every question goes to a person")
        self.inbox.worker.start()

    def _chores(self) -> tuple[Chore, ...]:
        return (
            lambda: recover(self.database),
            self.watch.look,
            self.silence.pass_on,
            self.lost.look,
            self._forget.do,
            self.files.keep_house,
        )


def mount(routes: Blueprint, channel: Channel) -> None:
    """Lets a channel's blueprint bring the host up and down with the server."""

    async def build(app: Sanic, _loop: Any) -> None:
        if getattr(app.ctx, "host", None) is None:
            here = [c for c in app.ctx.input_channels if getattr(c, "is_enabled", False)]
            app.ctx.host = Host(app, channel.settings, here)

    async def start(app: Sanic, _loop: Any) -> None:
        if not getattr(app.ctx, "host_runs", False):
            app.ctx.host_runs = True
            await app.ctx.host.start()

    async def stop(app: Sanic, _loop: Any) -> None:
        if getattr(app.ctx, "host_runs", False):
            app.ctx.host_runs = False
            await app.ctx.host.stop()

    routes.listener("before_server_start")(build)
    routes.listener("after_server_start")(start)
    routes.listener("before_server_stop")(stop)
