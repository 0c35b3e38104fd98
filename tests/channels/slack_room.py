"""A desk at work: the real host, Slack's stand-in, and a visitor's channel that keeps all."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, ClassVar

import sqlalchemy as sa
from sanic import Sanic
from standins.slack import SlackDriver, SlackStandin

from bot.channels.base import Channel
from bot.channels.host import Host
from bot.channels.payload import Delivery
from bot.channels.slack import Slack
from bot.config import Settings
from bot.desk.casework import Request
from bot.errors import SendFailed
from bot.limits import Limits
from bot.messages import Inbound, Outbound
from bot.store import cases, log
from bot.store.tables import desk_events, desk_jobs, messages

DESK, ADA, BEN, SECRET = "C0DESK", "U0ADA", "U0BEN", "a-signing-secret"
PATIENCE = 10.0

# Sanic rewrites its own classes at each start; out of test mode it can do so once in a process.
Sanic.test_mode = True


class Pocket(Channel):
    """A visitor's channel that keeps what it is asked to send."""

    channel = "messenger"
    limits: ClassVar[Limits] = Limits(length=2000)

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.sent: list[Outbound] = []
        self.failure: SendFailed | None = None

    def verify(self, delivery: Delivery) -> None:
        """Trusts everybody."""

    def parse(self, delivery: Delivery) -> list[Inbound]:
        """Reads nothing."""
        return []

    async def send(self, person_id: str, message: Outbound) -> str | None:
        """Keeps the message."""
        if self.failure is not None:
            raise self.failure
        self.sent.append(message)
        return f"mid.{len(self.sent)}"


class Room:
    """What a test needs in hand; `open` puts it together."""

    def __init__(
        self, slack: SlackStandin, driver: SlackDriver, host: Host, pocket: Pocket
    ) -> None:
        self.slack, self.driver, self.host, self.pocket = slack, driver, host, pocket
        self.database = host.database
        self._mids = 0

    # -- visitors -----------------------------------------------------------------------------

    def _heard(self, text: str, name: str, person: str) -> int:
        self._mids += 1
        inbound = Inbound("messenger", person, f"mid.in.{self._mids}", text, name=name)
        seq = self.database.now(log.accept, inbound, "en", {})
        assert seq is not None
        self.database.now(log.change_message, seq, state="answered")
        return int(seq)

    async def ask(
        self, text: str = "Is it free?", name: str = "Li Wei", person: str = "7", **why: Any
    ) -> Any:
        """Opens a case for a visitor's question, and waits until its card is there."""
        seq = self._heard(text, name, person)
        row = self.database.now(log.message, seq)
        want = Request("speak_to_human", **why)
        opened = self.database.now(self.host.casework.open_case, row, "en", want)
        self.host.wake()
        return await self.until(lambda: self.case(opened.id).slack_ts and self.case(opened.id))

    def add(self, text: str, name: str = "Li Wei", person: str = "7") -> None:
        """Lets the visitor write on."""
        row = self.database.now(log.message, self._heard(text, name, person))
        self.database.now(self.host.casework.relay, row)
        self.host.wake()

    @property
    def replies(self) -> list[str]:
        """What staff's words reached the visitor."""
        return [m.text for m in self.pocket.sent if m.author == "staff"]

    # -- staff --------------------------------------------------------------------------------

    async def do(self, deed: Callable[..., Any], *arguments: Any, **more: Any) -> Any:
        """Does something as staff; the driver blocks, so it gets a thread."""
        for _ in range(3):
            got = await asyncio.to_thread(deed, *arguments, **more)
            # On a busy machine nothing may be written in time: then Slack sends it again.
            if got.status != 503:
                break
        assert got.status == 200, (got.status, got.body)
        return got

    async def say(self, user: str, case: Any, text: str, **more: Any) -> Any:
        """Writes in a case's thread."""
        return await self.do(self.driver.say, user, DESK, text, case.slack_ts, **more)

    async def press(self, user: str, ts: str, name: str, **more: Any) -> Any:
        """Presses a button."""
        return await self.do(self.driver.press, user, DESK, ts, name, **more)

    async def claimed(self, case: Any, user: str = ADA) -> None:
        """Claims a case and waits until that is done."""
        await self.press(user, case.slack_ts, "Claim")
        await self.until(lambda: self.case(case.id).state == "claimed")

    # -- questions ----------------------------------------------------------------------------

    def case(self, number: int) -> Any:
        """The case as it stands."""
        return self.database.now(cases.case, number)

    def rows(self, table: sa.Table) -> list[Any]:
        """All rows of a table."""
        order = next(iter(table.primary_key.columns))
        return list(self.database.now(lambda c: c.execute(sa.select(table).order_by(order)).all()))

    def notes(self) -> list[str]:
        """The notes in the log."""
        return [row.text for row in self.rows(messages) if row.direction == "note"]

    def thread(self, case: Any) -> str:
        """Everything that people can read in a case's thread, as one text."""
        return "\n".join(str(m) for m in self.slack.thread(DESK, case.slack_ts))

    async def until(self, true: Callable[[], Any], seconds: float = PATIENCE) -> Any:
        """Waits for something to become true, and returns it."""
        end = asyncio.get_running_loop().time() + seconds
        while not (found := true()):
            assert asyncio.get_running_loop().time() < end, self.story()
            await asyncio.sleep(0.02)
        return found

    async def quiet(self) -> None:
        """Waits until nothing is left to handle, to post or to send."""
        busy = ("queued", "working", "sending")

        def waiting() -> list[Any]:
            rows = [*self.rows(desk_events), *self.rows(desk_jobs), *self.rows(messages)]
            return [row for row in rows if row.state in busy]

        await self.until(lambda: not waiting())

    async def ended(self) -> str:
        """Waits until all is quiet and returns how the newest event ended."""
        await self.quiet()
        return str(self.rows(desk_events)[-1].reason)

    def story(self) -> str:
        """What happened, for the messages of failed tests."""
        events = [(r.kind, r.state, r.reason) for r in self.rows(desk_events)]
        jobs = [(r.kind, r.state, r.reason) for r in self.rows(desk_jobs)]
        said = [(r.direction, r.author, r.text, r.state, r.reason) for r in self.rows(messages)]
        return f"\nevents: {events}\njobs: {jobs}\nmessages: {said}\n{self.slack.story()}"


@asynccontextmanager
async def open_room(
    tmp_path: Path,
    undo: int = 0,
    values: dict[str, str] | None = None,
    visitors: Callable[[Settings], Any] = Pocket,
    **standin: Any,
) -> AsyncIterator[Room]:
    """Starts everything on free ports, and stops it.

    `values` are settings of the test's own, `visitors` makes the channel that they write on.
    """
    with SlackStandin(**standin) as slack:
        settings = Settings(
            {
                "DATABASE_URL": f"sqlite:///{tmp_path}/docent.db",
                "SLACK_BOT_TOKEN": slack.token,
                "SLACK_SIGNING_SECRET": SECRET,
                "SLACK_DESK_CHANNEL": DESK,
                "SLACK_API_URL": slack.api_url,
                "DESK_UNDO_SECONDS": str(undo),
                **(values or {}),
            }
        )
        app = Sanic(f"room{id(slack)}", configure_logging=False)
        door, pocket = Slack(settings), visitors(settings)
        here = {channel.channel: channel for channel in (pocket, door)}
        app.ctx.host = Host(app, settings, list(here.values()))
        app.ctx.host_runs = True  # started below, on this test's own loop
        app.blueprint(door.blueprint(None), url_prefix="/webhooks/slack")
        listening = socket.create_server(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        server = await app.create_server(sock=listening, return_asyncio_server=True)
        await server.startup()
        await app.ctx.host.start()
        # The host asks at its start how Slack is: a test's faults are for what comes after.
        await asyncio.to_thread(slack.wait_until, lambda: _was_asked(slack))
        driver = SlackDriver(f"http://127.0.0.1:{port}/webhooks/slack/webhook", SECRET, slack)
        try:
            yield Room(slack, driver, app.ctx.host, pocket)
        finally:
            await app.ctx.host.stop()
            await server.close()


def _was_asked(slack: SlackStandin) -> bool:
    """Tells whether the host has looked at the desk's channel."""
    return any(each.reply is not None for each in slack.calls("conversations.info"))
