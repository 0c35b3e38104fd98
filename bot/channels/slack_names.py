"""Finds out what visitors on Slack are called, after their message was acknowledged.

Staff then read a name on the card of a case, and not the end of an id. Nothing waits for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bot.channels.slack_link import ended
from bot.channels.slack_people import SlackPeople
from bot.messages import Event, Inbound, conversation_id
from bot.store import DatabaseError, log
from bot.store.database import Database

# So many people are remembered as asked for; then everybody is asked for anew.
MOST = 10_000


class VisitorNames:
    """Asks once for each person who writes.

    Args:
        database: Where conversations lie.
        people: Says who somebody is.
    """

    def __init__(self, database: Database, people: SlackPeople) -> None:
        self._database = database
        self._people = people
        self._met: set[str] = set()
        self._asking: set[asyncio.Task[None]] = set()

    def meet(self, events: Sequence[Event]) -> None:
        """Begins to find out the names of those who wrote; never waits and never fails."""
        new = {event.person_id for event in events if isinstance(event, Inbound)} - self._met
        if len(self._met) > MOST:
            self._met.clear()
        self._met |= new
        for person in new:
            task = asyncio.create_task(self._ask(person))
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)

    async def close(self) -> None:
        """Ends the questions that are under way."""
        await ended(*self._asking)

    async def _ask(self, person: str) -> None:
        team, _, user = person.partition(":")
        member = await self._people.who(user, team)
        if member.name == user:
            # Slack could not say it now: the next message asks again.
            self._met.discard(person)
            return
        key = conversation_id("slack", person)
        try:
            await self._database.run(log.change_conversation, key, name=member.name)
        except DatabaseError:
            self._met.discard(person)
