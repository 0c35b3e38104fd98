"""Who somebody in Slack is: staff, or a guest, a bot or a stranger whose words never go out."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.channels.payload import clean, part
from bot.channels.slack_api import SlackApi
from bot.desk.casework import Person
from bot.desk.mrkdwn import one_line
from bot.errors import SendFailed

CACHE_SECONDS = 600.0
# When Slack cannot say who we are, it is asked again after this long.
UNKNOWN_SECONDS = 30.0
UNKNOWN = "somebody whom Slack cannot name just now"


@dataclass(frozen=True)
class Member:
    """Somebody in Slack; `barred` says what they are ("a guest") where they are not staff."""

    id: str
    name: str
    barred: str = ""

    @property
    def person(self) -> Person:
        """The member as the desk knows people."""
        return Person(self.id, self.name)


class SlackPeople:
    """Asks Slack who somebody is, and remembers it for ten minutes.

    Args:
        api: Slack's Web API.
        clock: Seconds that only grow.
    """

    def __init__(self, api: SlackApi, clock: Callable[[], float] = time.monotonic) -> None:
        self._api = api
        self._clock = clock
        self._known: dict[tuple[str, str], tuple[float, Member]] = {}
        self._bot: tuple[float, dict[str, Any]] = (0.0, {})

    async def who(self, user_id: str, team_id: str) -> Member:
        """Returns a member of the team; barred where Slack cannot say who it is."""
        until, member = self._known.get((user_id, team_id), (0.0, None))
        if member is not None and until > self._clock():
            return member
        try:
            answer = await self._api.read("users.info", user=user_id)
        except SendFailed as error:
            return Member(user_id, user_id, f"{UNKNOWN} ({error.reason})")
        member = read_member(user_id, part(answer, "user"), team_id)
        self._known[user_id, team_id] = (self._clock() + CACHE_SECONDS, member)
        return member

    async def ourselves(self) -> dict[str, Any]:
        """Returns what auth.test says of our bot; empty while Slack cannot say it."""
        until, answer = self._bot
        if until > self._clock():
            return answer
        try:
            answer = await self._api.call("auth.test")
            self._bot = (float("inf"), answer)
        except SendFailed:
            answer = {}
            self._bot = (self._clock() + UNKNOWN_SECONDS, answer)
        return answer


def read_member(user_id: str, user: dict[str, Any], team_id: str) -> Member:
    """Reads users.info: https://docs.slack.dev/reference/objects/user-object.

    Args:
        user_id: Who was asked for.
        user: Slack's user object.
        team_id: The workspace of the desk; somebody from another one came by Slack Connect.
    """
    profile = part(user, "profile")
    names = (profile.get("display_name"), profile.get("real_name"), user.get("real_name"))
    name = next((n for n in map(_name, (*names, user.get("name"))) if n), user_id)
    return Member(user_id, name, _barred(user_id, user, team_id))


def _barred(user_id: str, user: dict[str, Any], team_id: str) -> str:
    if user.get("id") != user_id:
        return UNKNOWN
    if user.get("is_bot") or user.get("is_workflow_bot") or user_id == "USLACKBOT":
        return "a bot"
    if user.get("is_restricted") or user.get("is_ultra_restricted"):
        return "a guest"
    if user.get("is_stranger") or _is_elsewhere(user, team_id):
        return "somebody from another organisation"
    return "somebody whose account is deactivated" if user.get("deleted") else ""


def _is_elsewhere(user: dict[str, Any], team_id: str) -> bool:
    # In an Enterprise organisation one person belongs to several workspaces.
    teams = [user.get("team_id"), *(part(user, "enterprise_user").get("teams") or ())]
    return bool(team_id and user.get("team_id")) and team_id not in teams


def _name(value: object) -> str:
    return one_line(clean(value))[:80]
