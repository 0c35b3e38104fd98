"""Asks the platforms whether they take our keys and our set-up, for `docent channels check`."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from bot.channels.base import Channel
from bot.channels.health import ANSWER_SECONDS
from bot.errors import ChannelBroken, SendFailed
from bot.store.database import Database

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Finding:
    """What a platform said of one channel, in words for whoever sets it up."""

    channel: str
    ok: bool
    words: str

    def __str__(self) -> str:
        return f"{self.channel}: {'ok, ' if self.ok else 'not in order. '}{self.words}"


async def look_at(channels: Sequence[Channel], database: Database) -> list[Finding]:
    """Asks all of these channels' platforms at once; returns what was found in the same order."""
    return list(await asyncio.gather(*(_look_at(channel, database) for channel in channels)))


async def _look_at(channel: Channel, database: Database) -> Finding:
    channel.share(database)
    try:
        words = await asyncio.wait_for(channel.check(), ANSWER_SECONDS)
    except ChannelBroken as broken:
        return Finding(channel.channel, False, str(broken))
    except SendFailed as failure:
        step = failure.next_step or "Try again in a moment."
        return Finding(channel.channel, False, f"{failure.reason}. {step}")
    except asyncio.TimeoutError:
        reason = f"There was no answer in {ANSWER_SECONDS:.0f} seconds. Try again in a moment."
        return Finding(channel.channel, False, reason)
    except Exception as error:
        logger.exception("a channel could not be checked", extra={"channel": channel.channel})
        return Finding(channel.channel, False, f"{type(error).__name__}. Please report this.")
    finally:
        await channel.close()
    return Finding(channel.channel, True, words)
