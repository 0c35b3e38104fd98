"""The app's Home tab: published when somebody opens it, and kept fresh for an hour.

Sources: docs.slack.dev/reference/methods/views.publish (tier 4, some hundred a minute; `hash`),
/reference/events/app_home_opened, /surfaces/app-home.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.channels.payload import clean, part
from bot.channels.slack_api import SlackApi, SlackRefused
from bot.channels.slack_events import Step
from bot.channels.slack_messages import Ending
from bot.channels.slack_people import SlackPeople
from bot.content.calendar import clock_words
from bot.content.museum import Museum
from bot.desk.blocks import announcement
from bot.desk.case_rows import CLAIM
from bot.desk.casework import Casework
from bot.desk.clock import DeskClock
from bot.desk.home import DEPARTMENT, Around, closed_to, home, without_time
from bot.errors import SendFailed
from bot.store import Connection, cases, desk_lists, health, log
from bot.store.database import Database
from bot.worker import Worker, singly

logger = logging.getLogger(__name__)

# For how long a tab is kept fresh after it was opened or something in it was pressed.
KEPT_SECONDS = 3600.0
# How often one tab changes at most, and how often it is looked at though nothing was told: what
# is due "in 12 min" is due in eleven a minute later.
PAUSE_SECONDS, LOOK_SECONDS = 3.0, 60.0
# Slack allows some hundred a minute; with many tabs open each changes less often.
A_MINUTE = 80
# How long the answer to a press stands on top.
NOTICE_SECONDS = 60.0
TABS_AT_ONCE = 2
GONE = "This case is not here any more."

Payload = dict[str, Any]


@dataclass
class Tab:
    """One person's Home tab, as it was published last; times are seconds that only grow."""

    user: str
    team: str
    until: float
    next_at: float
    department: str | None = None
    notice: str = ""
    notice_until: float = 0.0
    shown: dict[str, Any] | None = None
    shown_at: float = 0.0
    hash: str = ""


class SlackHomes:
    """Publishes Home tabs.

    Args:
        database: Where the cases lie.
        api: Slack's Web API.
        people: Says who somebody is.
        casework: The desk.
        museum: Departments, hours and the time zone.
        channels: The channels that are switched on, whose health is shown.
        clock: Seconds that only grow.
    """

    def __init__(
        self,
        database: Database,
        api: SlackApi,
        people: SlackPeople,
        casework: Casework,
        museum: Museum,
        channels: Collection[str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._api = api
        self._people = people
        self._casework = casework
        self._museum = museum
        self._channels = channels
        self._clock = clock
        self._tabs: dict[str, Tab] = {}
        self.worker: Worker[Tab] = Worker(
            "slack homes", singly(self._next), self.show, TABS_AT_ONCE
        )

    def wake(self) -> None:
        """Says that what the tabs show may have changed."""
        now, pause = self._clock(), max(PAUSE_SECONDS, len(self._tabs) * 60 / A_MINUTE)
        for tab in self._tabs.values():
            tab.next_at = min(tab.next_at, max(now, tab.shown_at + pause))
        self.worker.wake()

    async def opened(self, payload: Payload) -> Step:
        """Shows a Home tab to whoever opened it; waits for no network."""
        event = part(payload, "event")
        tab = self._tab(clean(event.get("user")), payload["team"])
        chosen = clean(part(event, "view").get("private_metadata"))
        tab.department, tab.notice = chosen or tab.department, ""
        self._at_once(tab)
        return lambda _connection: Ending("home: shown")

    async def pressed(self, payload: Payload) -> Step:
        """Does what was pressed in a Home tab or in a list of `/docent`."""
        member = await self._people.who(payload["user"], payload["team"])
        action, value = payload["action"], payload["value"]
        if member.barred:
            words = f"Nothing was done: you are {member.barred}."
            return self._says(payload, f"warning: pressed by {member.barred}", words)
        if action == DEPARTMENT:
            tab = self._tab(member.id, payload["team"])
            tab.department, tab.notice = self._department(payload["option"]), ""
            self._at_once(tab)
            return lambda _connection: Ending("home: a department was chosen")
        if action != CLAIM:
            return lambda _connection: Ending("no-op: a link was followed")

        def claim(connection: Connection) -> Ending:
            number = int(value) if value.isdecimal() and len(value) <= 18 else 0
            found = cases.find_case(connection, number)
            if found is None:
                return self._says(payload, "no-op: no such case", GONE)(connection)
            outcome = self._casework.claim(connection, number, member.person)
            words = outcome.reason or f"You have {found.ref} now. Answer in its thread."
            log_words = f"{outcome.kind}: {outcome.reason}".rstrip(": ")
            return self._says(payload, log_words, words)(connection)

        return claim

    async def show(self, tab: Tab) -> None:
        """Publishes a tab if it says anything new."""
        view = await self._view(tab)
        if without_time(view) == tab.shown:
            return
        # Where another process has published since, the tab is its to keep fresh.
        known = {"hash": tab.hash} if tab.hash else {}
        try:
            answer = await self._api.call("views.publish", user_id=tab.user, view=view, **known)
        except SendFailed as error:
            return self._failed(tab, error)
        tab.shown, tab.shown_at = without_time(view), self._clock()
        tab.hash = clean(part(answer, "view").get("hash"))

    async def _next(self) -> Tab | None:
        now = self._clock()
        self._tabs = {user: tab for user, tab in self._tabs.items() if tab.until > now}
        due = [tab for tab in self._tabs.values() if tab.next_at <= now]
        tab = min(due, key=lambda each: each.next_at, default=None)
        if tab is not None:
            tab.next_at = now + LOOK_SECONDS
        return tab

    async def _view(self, tab: Tab) -> dict[str, Any]:
        member = await self._people.who(tab.user, tab.team)
        if member.barred:
            return closed_to(member.barred)
        site = clean((await self._people.ourselves()).get("url"))
        at = log.now()
        found, broken = await self._database.run(self._read, tab, at)
        around = Around(
            at=at,
            zone=self._museum.time_zone,
            hours=hours_words(self._museum, at),
            broken=broken,
            departments=self._museum.departments,
            department=tab.department,
            site=site,
            notice=tab.notice if self._clock() < tab.notice_until else "",
        )
        return home(found, around)

    def _read(
        self, connection: Connection, tab: Tab, at: datetime
    ) -> tuple[desk_lists.Sheet, list[str]]:
        found = desk_lists.sheet(connection, at, tab.user, tab.department)
        broken = health.broken(connection, self._channels)
        return found, [announcement(name, False, reason) for name, reason in broken.items()]

    def _tab(self, user: str, team: str) -> Tab:
        now = self._clock()
        tab = self._tabs.setdefault(user, Tab(user, team, 0.0, now))
        tab.until = now + KEPT_SECONDS
        return tab

    def _at_once(self, tab: Tab) -> None:
        """Publishes a tab now and whatever it showed: Slack may have lost it, or another wrote."""
        tab.shown, tab.hash, tab.next_at = None, "", self._clock()
        self.worker.wake()

    def _department(self, chosen: str) -> str | None:
        return chosen if chosen in {each.id for each in self._museum.departments} else None

    def _says(self, payload: Payload, reason: str, words: str) -> Step:
        """Ends a press with words for whoever pressed: below the list, or on top of the tab."""

        async def answer() -> None:
            if payload["response_url"]:
                await self._api.show(payload["response_url"], words, _quiet(words))
                return
            tab = self._tab(payload["user"], payload["team"])
            tab.notice, tab.notice_until = words, self._clock() + NOTICE_SECONDS
            self._at_once(tab)

        return lambda _connection: Ending(reason, then=answer)

    def _failed(self, tab: Tab, error: SendFailed) -> None:
        now = self._clock()
        if isinstance(error, SlackRefused) and error.code == "hash_conflict":
            self._tabs.pop(tab.user, None)
            return
        logger.warning("a Home tab was not shown", extra={"reason": error.reason})
        if error.retryable:
            tab.next_at = now + (error.retry_after or PAUSE_SECONDS)
        else:
            self._tabs.pop(tab.user, None)


def hours_words(museum: Museum, at: datetime) -> str:
    """Says whether somebody answers now, and until when or from when on."""
    local = at.astimezone(museum.time_zone)
    until = museum.desk.closing_after(local)
    if until is not None:
        return f"The desk is open until {clock_words(until.time()).en}."
    opening = DeskClock(museum).reopening(at, "en")
    return f"The desk is closed. It opens {opening}." if opening else "The desk is closed."


def _quiet(words: str) -> list[dict[str, Any]]:
    # A colleague's name is among them: nothing in it may ping.
    return [{"type": "section", "text": {"type": "plain_text", "text": words, "emoji": False}}]
