"""Channels that hold threads: whether one is fit for a visitor's words, and what if it is gone.

Sources: docs.slack.dev/apis/slack-connect (a channel shared with another organisation is read
there too), /reference/methods/conversations.info, /reference/methods/chat.postMessage#errors.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from bot.channels.payload import part
from bot.channels.slack_api import SlackApi, SlackRefused
from bot.errors import SendFailed
from bot.store import Connection, Row, cases, log, queue

# Ours: a channel may be shared later.
KNOWN_SECONDS = 600.0
AGAIN_SECONDS = 60.0
# What was said that a new thread begins with.
BACKFILLED = 12
NEWEST = (1 << 63) - 1
# A thread in such a channel is lost for us.
LOST = frozenset({"channel_not_found", "is_archived", "not_in_channel"})
SHARED = "a Slack Connect channel is shared with another organisation"


class SlackRooms:
    """Knows which channels other organisations read.

    Args:
        api: Slack's Web API.
        clock: Seconds that only grow.
    """

    def __init__(self, api: SlackApi, clock: Callable[[], float] = time.monotonic) -> None:
        self._api = api
        self._clock = clock
        self._known: dict[str, tuple[float, bool]] = {}

    async def for_card(self, wanted: str, desk: str) -> str:
        """Returns the channel for a card: the one that is wanted, else the desk's own.

        Raises:
            SendFailed: The desk's own channel is shared too: nothing is posted until it is not.
        """
        if not await self._is_shared(wanted):
            return wanted
        if wanted != desk and not await self._is_shared(desk):
            return desk
        step = "Set SLACK_DESK_CHANNEL to a channel of your own workspace."
        raise SendFailed(SHARED, retryable=True, retry_after=AGAIN_SECONDS, next_step=step)

    async def _is_shared(self, channel: str) -> bool:
        until, shared = self._known.get(channel, (0.0, False))
        if until > self._clock():
            return shared
        try:
            answer = await self._api.read("conversations.info", channel=channel)
        except SendFailed:
            # What cannot be asked is found out by posting.
            return False
        shared = bool(part(answer, "channel").get("is_ext_shared"))
        self._known[channel] = (self._clock() + KNOWN_SECONDS, shared)
        return shared


def is_lost(error: SendFailed) -> bool:
    """Tells whether a refusal means that a thread's channel is gone for us."""
    return isinstance(error, SlackRefused) and error.code in LOST


def move_thread(connection: Connection, row: Row[Any], desk: str) -> bool:
    """Lets a case begin a new thread at the desk, its old channel being gone; False where it
    stands at the desk already, or nowhere yet."""
    case = cases.case(connection, row.case_id)
    if case.slack_ts is None or case.slack_channel == desk:
        return False
    cases.change_case(connection, case.id, slack_channel=desk, slack_ts=None)
    cases.audit(connection, case.id, "docent", "new thread", "its channel cannot be reached")
    said = log.last_before(connection, case.conversation_id, NEWEST, BACKFILLED)
    if said:
        queue.add_job(connection, "transcript", case.id, {"seqs": said})
    return True
