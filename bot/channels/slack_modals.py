"""Modals: opened at the door, because leave to open one lives three seconds.

Sources: docs.slack.dev/surfaces/modals (trigger_id, limits), /reference/methods/views.open.

Events of the desk are handled one behind another, each with questions to Slack and a translator:
a button that opens a modal (its action id begins with "modal:") does not wait in that queue. What
is decided in the modal comes back as an event of the kind "view" and takes its turn.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.channels.slack_api import SlackApi
from bot.channels.slack_intake import OPENS_MODAL, Notice
from bot.channels.slack_people import Member, SlackPeople
from bot.errors import SendFailed
from bot.store.database import Database
from bot.store.tables import desk_events

logger = logging.getLogger(__name__)

# Longer than leave to open a modal lives; nothing is gained by waiting on.
SECONDS = 4.0
TOO_LATE = "Slack gave up waiting before the window could open. Please press the button again."

Payload = dict[str, Any]
View = dict[str, Any]
# Returns the modal to open, or the words that say why there is none.
Opener = Callable[[Payload, Member], Awaitable[View | str]]


class SlackModals:
    """Opens modals.

    Args:
        database: Where desk_events is; each row is told how its opening ended.
        api: Slack's Web API.
        people: Says who somebody is.
        openers: What each button opens, by its action id without "modal:".
    """

    def __init__(
        self,
        database: Database,
        api: SlackApi,
        people: SlackPeople,
        openers: Mapping[str, Opener],
    ) -> None:
        self._database = database
        self._api = api
        self._people = people
        self._openers = openers
        self._opening: set[asyncio.Task[None]] = set()

    def begin(self, notice: Notice) -> None:
        """Starts to open the modal of a press; never waits and never fails."""
        task = asyncio.create_task(self._open(notice), name="slack modal")
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)

    async def close(self) -> None:
        """Gives up what is being opened."""
        opening = list(self._opening)
        for task in opening:
            task.cancel()
        await asyncio.gather(*opening, return_exceptions=True)

    async def _open(self, notice: Notice) -> None:
        try:
            reason = await asyncio.wait_for(self._opened(notice.payload), SECONDS)
        except Exception as error:
            # The words of an error may hold what the modal shows.
            reason = f"warning: not opened ({getattr(error, 'reason', type(error).__name__)})"
            await self._whisper(notice.payload, TOO_LATE)
        logger.info("slack modal", extra={"ending": reason})
        await self._note(notice.key, reason)

    async def _opened(self, payload: Payload) -> str:
        opener = self._openers.get(payload["action"].removeprefix(OPENS_MODAL))
        if opener is None:
            return "no-op: an unknown button"
        member = await self._people.who(payload["user"], payload["team"])
        if member.barred:
            await self._whisper(payload, f"Nothing was done: you are {member.barred}.")
            return f"warning: pressed by {member.barred}"
        found = await opener(payload, member)
        if isinstance(found, str):
            await self._whisper(payload, found)
            return f"refused: {found}"
        await self._api.call("views.open", trigger_id=payload["trigger_id"], view=found)
        return "modal: opened"

    async def _whisper(self, payload: Payload, words: str) -> None:
        """Says something to whoever pressed, below what they pressed."""
        if not payload["response_url"]:
            return
        try:
            await self._api.whisper(payload["response_url"], words, payload["thread_ts"])
        except SendFailed as error:
            logger.info("a press was not answered", extra={"error": error.reason})

    async def _note(self, key: str, reason: str) -> None:
        def note(connection: Any) -> None:
            mine = desk_events.update().where(desk_events.c.key == key)
            connection.execute(mine.values(reason=reason[:200]))

        try:
            await self._database.run(note)
        except Exception:
            logger.exception("the end of a modal was not written")
