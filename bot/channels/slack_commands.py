"""The slash command: lists, a search, and announcements, all of it for its caller's eyes alone.

Source: docs.slack.dev/interactivity/implementing-slash-commands (200 within three seconds, and
then up to five answers in thirty minutes at the response_url).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.channels.payload import clean
from bot.channels.slack_api import SlackApi
from bot.channels.slack_events import Step
from bot.channels.slack_messages import Ending
from bot.channels.slack_people import Member, SlackPeople
from bot.content.museum import Museum
from bot.desk import say_preview
from bot.desk.announcing import Announcer, NotSaid, Windows
from bot.desk.casework import Casework
from bot.desk.commands import (
    FIND,
    HELP,
    LIST,
    SAY,
    Command,
    help_post,
    hint_for,
    read_command,
)
from bot.desk.elements import Post, section
from bot.desk.finding import find_cases
from bot.desk.found import TAIL, listing, nothing, one_case
from bot.desk.mrkdwn import to_slack
from bot.desk.replies import to_visitor
from bot.store import Connection, Row, desk_lists, log

Payload = dict[str, Any]
# Counts and lists are of what can be shown; a search names so many.
_FOUND = 10


class SlackCommands:
    """Handles `/docent` and the buttons of announcements.

    Args:
        api: Slack's Web API.
        people: Says who somebody is.
        casework: The desk.
        announcer: Prepares announcements.
        museum: Departments and the time zone.
        known: The channels that are switched on, with their windows.
    """

    def __init__(
        self,
        api: SlackApi,
        people: SlackPeople,
        casework: Casework,
        announcer: Announcer,
        museum: Museum,
        known: Windows,
    ) -> None:
        self._api = api
        self._people = people
        self._casework = casework
        self._announcer = announcer
        self._museum = museum
        self._known = known

    async def command(self, payload: Payload) -> Step:
        """Reads a command and does it; only full members of the workspace get an answer."""
        member = await self._people.who(payload["user"], payload["team"])
        if member.barred:
            words = f"Nothing was done: you are {member.barred}."
            return self._step(payload, f"warning: commanded by {member.barred}", _said(words))
        command = read_command(payload["text"], self._museum.departments)
        if command.kind in (LIST, FIND):
            site = clean((await self._people.ourselves()).get("url"))
            show = self._list if command.kind == LIST else self._find
            return self._reading(payload, command.kind, lambda c: show(c, command, member, site))
        if command.kind == SAY:
            return await self._prepare(payload, command, member)
        return self._step(payload, f"command: {command.kind}", self._help(command))

    async def pressed(self, payload: Payload) -> Step:
        """Sends, drops or takes back an announcement."""
        member = await self._people.who(payload["user"], payload["team"])
        value = payload["value"]
        if member.barred or not value.isdecimal() or len(value) > 18:
            words = f"Nothing was done: you are {member.barred or 'too late'}."
            return self._step(payload, "warning: not allowed", _said(words))
        number = int(value)

        def send(connection: Connection) -> Ending:
            person = member.person
            outcome = self._casework.say_to_all(connection, number, person, self._known)
            seconds = self._casework.undo_seconds
            if outcome.kind == "queued":
                post = say_preview.sent(outcome.reason, number, seconds)
                return self._ends(payload, "announcement: queued", post, replace=True)
            # Of two presses the second leaves the way back in its place.
            replace = outcome.kind == "refused"
            reason = f"announcement: {outcome.kind}"
            return self._ends(payload, reason, _said(outcome.reason), replace=replace)

        def end(connection: Connection) -> Ending:
            back = payload["action"] == say_preview.TAKE_BACK
            work = self._casework.take_back_from_all if back else self._casework.drop_announcement
            outcome = work(connection, number, member.person)
            reason = f"announcement: {'taken back' if back else 'dropped'}: {outcome.kind}"
            return self._ends(payload, reason, _said(outcome.reason), replace=True)

        return send if payload["action"] == say_preview.SEND else end

    async def _prepare(self, payload: Payload, command: Command, member: Member) -> Step:
        if not command.text:
            return self._step(payload, "command: help", help_post("Say what?"))
        key = f"{payload['trigger_id'] or payload['response_url']}"
        try:
            draft = await self._announcer.prepare(
                key, member.person, command.text, today=command.today, from_slack=True
            )
        except NotSaid as refusal:
            return self._step(payload, "announcement: refused", _said(str(refusal)))
        return self._step(payload, "announcement: previewed", say_preview.preview(draft))

    def _list(self, connection: Connection, command: Command, member: Member, site: str) -> Post:
        at, department = log.now(), command.department
        found = desk_lists.listed(connection, command.which, at, member.id, department)
        counts = desk_lists.counts(connection, at, member.id, department)
        total = {"overdue": counts.overdue, "mine": counts.mine}.get(command.which, counts.open)
        title = command.which.capitalize()
        if department is not None:
            title = f"{title}, {self._name(department)}"
        return listing(title, found, total, at, site)

    def _find(self, connection: Connection, command: Command, member: Member, site: str) -> Post:
        typed = to_visitor(command.text)
        found = find_cases(connection, typed, _FOUND)
        if not found:
            return nothing(typed)
        if len(found) > 1:
            return listing("Found", found, len(found), log.now(), site)
        return self._one(connection, found[0], site)

    def _one(self, connection: Connection, case: Row[Any], site: str) -> Post:
        said = desk_lists.tail(connection, case, TAIL)
        name = self._name(case.department)
        return one_case(case, said, name, log.now(), self._museum.time_zone, site)

    def _help(self, command: Command) -> Post:
        if command.kind == HELP:
            return help_post()
        return help_post(hint_for(command, self._museum.departments))

    def _name(self, department: str) -> str:
        names = {each.id: each.name for each in self._museum.departments}
        return names.get(department, department)

    def _reading(self, payload: Payload, kind: str, read: Callable[[Connection], Post]) -> Step:
        return lambda connection: self._ends(payload, f"command: {kind}", read(connection))

    def _step(self, payload: Payload, reason: str, post: Post) -> Step:
        return lambda _connection: self._ends(payload, reason, post)

    def _ends(self, payload: Payload, reason: str, post: Post, *, replace: bool = False) -> Ending:
        async def answer() -> None:
            url = payload["response_url"]
            await self._api.show(url, post.text, post.blocks, replace=replace)

        return Ending(reason, then=answer if payload["response_url"] else None)


def _said(words: str) -> Post:
    return Post(to_slack(words, 3000), [section(words)])
