"""Whether each channel's platform takes our keys, asked twice a minute and heard at every send.

A token that was revoked shows within a minute: in /ready, in the metrics and on the desk.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot import metrics
from bot.errors import ChannelBroken, SendFailed
from bot.store.log import now

if TYPE_CHECKING:
    from bot.channels.base import Channel

logger = logging.getLogger(__name__)

ASK_EVERY_SECONDS = 30.0
ANSWER_SECONDS = 20.0


@dataclass(frozen=True)
class State:
    """What is known of a channel.

    `reason` says in words what is wrong. `only_sending` says that no check has found it: messages
    are refused, while the platform knows us when it is asked.
    """

    ok: bool
    reason: str = ""
    only_sending: bool = False
    seen: datetime = field(default_factory=now, compare=False)


WELL = State(True)
Tell = Callable[[str, State], Awaitable[None]]


class Health:
    """Watches the channels.

    Args:
        channels: Those that are switched on.
        tell: Told of each state once it is known, and of each change; may be told again.
    """

    def __init__(self, channels: Mapping[str, Channel], tell: Tell) -> None:
        self._channels = channels
        self._tell = tell
        self._states: dict[str, State] = {}
        self._told: dict[str, State] = {}
        self._doubt = asyncio.Event()
        self._news = asyncio.Event()

    def details(self) -> dict[str, dict[str, Any]]:
        """Returns what `/ready` shows of each channel; well until something else is known."""
        states = {name: self._states.get(name, WELL) for name in self._channels}
        return {
            name: {"ok": state.ok, **({"reason": state.reason} if state.reason else {})}
            for name, state in states.items()
        }

    def heard(self, channel: str, failure: SendFailed | None) -> None:
        """Learns from a message that was sent or refused; a passing failure says nothing."""
        known = self._states.get(channel, WELL)
        if failure is not None and failure.broken and known.ok:
            self._set(channel, State(False, _words(failure), only_sending=True))
            self._doubt.set()
        elif failure is None and known.only_sending:
            self._set(channel, State(True))

    async def watch(self) -> None:
        """Asks all platforms again and again, and tells staff what changed."""
        await asyncio.gather(self._ask_on(), self._tell_on())

    async def ask(self) -> None:
        """Asks every platform once."""
        await asyncio.gather(*(self._ask(name) for name in self._channels))

    async def tell(self) -> None:
        """Tells what is not told yet; what cannot be told now is told the next time."""
        for name, state in list(self._states.items()):
            if self._told.get(name) == state:
                continue
            try:
                await self._tell(name, state)
                self._told[name] = state
            except Exception:
                logger.exception("staff could not be told of a channel's state")

    async def _ask_on(self) -> None:
        while True:
            self._doubt.clear()
            await self.ask()
            self._news.set()
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._doubt.wait(), ASK_EVERY_SECONDS)

    async def _tell_on(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            await self.tell()

    async def _ask(self, name: str) -> None:
        # As old as the question: another process may learn more before the answer is here.
        asked = now()
        try:
            await asyncio.wait_for(self._channels[name].check(), ANSWER_SECONDS)
        except ChannelBroken as broken:
            self._set(name, State(False, str(broken), seen=asked))
        except SendFailed as failure:
            # Away for a moment is not broken: what is to be sent is tried again.
            if failure.broken:
                self._set(name, State(False, _words(failure), seen=asked))
            else:
                logger.info("a platform did not answer", extra={"channel": name})
        except asyncio.TimeoutError:
            logger.info("a platform did not answer", extra={"channel": name})
        except Exception:
            logger.exception("a channel could not be checked", extra={"channel": name})
        else:
            if not self._states.get(name, WELL).only_sending:
                self._set(name, State(True, seen=asked))

    def _set(self, name: str, state: State) -> None:
        metrics.channel_up.labels(name).set(state.ok)
        before, self._states[name] = self._states.get(name, WELL), state
        if before.ok != state.ok:
            logger.warning("a channel changed", extra={"channel": name, "ok": state.ok})
        self._news.set()


def _words(failure: SendFailed) -> str:
    return f"{failure.reason}. {failure.next_step}".strip()
