"""Whether each channel's platform takes our keys, asked twice a minute and heard at every send.

A token that was revoked shows within a minute: in /ready, in the metrics and on the desk.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot import metrics
from bot.errors import ChannelBroken, SendFailed

if TYPE_CHECKING:
    from bot.channels.base import Channel

logger = logging.getLogger(__name__)

ASK_EVERY_SECONDS = 30.0
ANSWER_SECONDS = 20.0


@dataclass(frozen=True)
class State:
    """What is known of a channel; `reason` says in words what is wrong."""

    ok: bool
    reason: str = ""


class Health:
    """Watches the channels.

    Args:
        channels: Those that are switched on.
        tell: Tells staff of a change, in words.
    """

    def __init__(
        self, channels: Mapping[str, Channel], tell: Callable[[str], Awaitable[None]]
    ) -> None:
        self._channels = channels
        self._tell = tell
        self._states = dict.fromkeys(channels, State(True))
        self._untold: asyncio.Queue[str] = asyncio.Queue()

    def details(self) -> dict[str, dict[str, Any]]:
        """Returns what `/ready` shows of each channel."""
        return {
            name: {"ok": state.ok, **({"reason": state.reason} if state.reason else {})}
            for name, state in self._states.items()
        }

    def heard(self, channel: str, failure: SendFailed | None) -> None:
        """Learns from a message that was sent or refused; a passing failure says nothing."""
        if failure is None:
            self._set(channel, State(True))
        elif failure.broken:
            self._set(channel, State(False, f"{failure.reason}. {failure.next_step}".strip()))

    async def watch(self) -> None:
        """Asks all platforms again and again, and tells staff what changed."""
        await asyncio.gather(self._ask_on(), self._tell_on())

    async def ask(self) -> None:
        """Asks every platform once."""
        await asyncio.gather(*(self._ask(name) for name in self._channels))

    async def _ask_on(self) -> None:
        while True:
            await self.ask()
            await asyncio.sleep(ASK_EVERY_SECONDS)

    async def _tell_on(self) -> None:
        while True:
            words = await self._untold.get()
            try:
                await self._tell(words)
            except Exception:
                logger.exception("staff could not be told of a channel's state")

    async def _ask(self, name: str) -> None:
        try:
            await asyncio.wait_for(self._channels[name].check(), ANSWER_SECONDS)
        except ChannelBroken as broken:
            self._set(name, State(False, str(broken)))
        except (SendFailed, asyncio.TimeoutError):
            # Away for a moment is not broken: what is to be sent is tried again.
            logger.info("a platform did not answer", extra={"channel": name})
        except Exception:
            logger.exception("a channel could not be checked", extra={"channel": name})
        else:
            self._set(name, State(True))

    def _set(self, name: str, state: State) -> None:
        metrics.channel_up.labels(name).set(state.ok)
        before, self._states[name] = self._states[name], state
        if before.ok == state.ok:
            return
        words = f"{name}: {state.reason}" if not state.ok else f"{name} works again."
        logger.warning("a channel changed", extra={"channel": name, "ok": state.ok})
        self._untold.put_nowait(words)
