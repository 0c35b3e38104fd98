"""A bot that runs, with everything around it that a measurement needs; ended on the way out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import rasa_default
from bench.bots import Bot, docent, plain_rasa
from bench.ledger import Ledger
from bench.sink import Sink
from bench.wire import Caller

RASA = Path(__file__).resolve().parent.parent / ".docent/bench/rasa_default"


@dataclass(frozen=True)
class Running:
    """A running bot: its processes, the line to it, the platform behind it."""

    bot: Bot
    caller: Caller
    sink: Sink


@dataclass(frozen=True)
class RunningDocent(Running):
    """As `Running`, with Docent's own log of the messages."""

    ledger: Ledger


@asynccontextmanager
async def running_docent(
    settings: Mapping[str, str] | None = None,
) -> AsyncIterator[RunningDocent]:
    """Runs Docent on a fresh SQLite file, or on the database that the settings name."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="docent-bench-")))
        sink = await stack.enter_async_context(Sink())
        bot = docent(folder, sink.url, settings)
        await _started(stack, bot)
        ledger = Ledger(bot.program.environment["DATABASE_URL"])
        stack.callback(ledger.close)
        caller = await stack.enter_async_context(Caller(bot.url))
        yield RunningDocent(bot, caller, sink, ledger)


@asynccontextmanager
async def running_rasa() -> AsyncIterator[Running]:
    """Runs Rasa's default bot; the first time it is trained, which takes some minutes."""
    await asyncio.to_thread(rasa_default.train, RASA)
    async with AsyncExitStack() as stack:
        sink = await stack.enter_async_context(Sink())
        bot = plain_rasa(RASA, sink.url)
        await _started(stack, bot)
        yield Running(bot, await stack.enter_async_context(Caller(bot.url)), sink)


async def _started(stack: AsyncExitStack, bot: Bot) -> None:
    # In a thread: the platform lives on our loop, and the start asks it who we are.
    await asyncio.to_thread(bot.program.__enter__)
    stack.callback(bot.program.__exit__, None, None, None)
