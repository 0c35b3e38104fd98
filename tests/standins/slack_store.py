"""The workspace behind the Slack stand-in: people, channels, messages, and nothing of HTTP."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import count
from threading import Lock
from typing import Any

from .wire import JsonDict

TOMBSTONE = "This message was deleted."
TRIGGER_LIFE = 3.0
HOOK_LIFE = 30 * 60.0
HOOK_USES = 5


class SlackRefusal(Exception):
    """An error of the Web API: HTTP 200, ``ok: false`` and a word."""

    def __init__(self, error: str, **more: Any) -> None:
        """Remember the word and what Slack says beside it."""
        super().__init__(error)
        self.error, self.more = error, more


@dataclass
class Channel:
    """A channel, private channel or direct message."""

    id: str
    name: str
    members: set[str]
    is_private: bool = False
    is_archived: bool = False
    is_ext_shared: bool = False
    is_mpim: bool = False
    im_with: str | None = None
    messages: dict[str, JsonDict] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """The ``channel_type`` of events."""
        if self.im_with is not None:
            return "im"
        if self.is_mpim:
            return "mpim"
        return "group" if self.is_private else "channel"

    def thread(self, root_ts: str) -> list[JsonDict]:
        """Return the replies to a root, the root not among them."""
        return [
            each
            for each in self.messages.values()
            if each.get("thread_ts") == root_ts and each["ts"] != root_ts
        ]


@dataclass
class Trigger:
    """Leave to open a view: once, and within three seconds."""

    user: str
    at: float
    used: bool = False


@dataclass
class Hook:
    """A response_url: five uses in thirty minutes, about one message."""

    channel: str
    user: str
    at: float
    ts: str | None = None
    thread_ts: str | None = None
    ephemeral: bool = False
    uses: int = 0


class Workspace:
    """Everything one Slack team holds, as far as a bot can see it."""

    team_id = "T0DOCENT"
    domain = "docent-museum"
    app_id = "A0DOCENT"
    bot_user = "U0DOCENT"
    bot_id = "B0DOCENT"

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        """Begin with the bot, two members of staff and a desk channel."""
        self.clock = clock
        self.users: dict[str, JsonDict] = {}
        self.channels: dict[str, Channel] = {}
        self.ephemerals: list[JsonDict] = []
        self.views: dict[str, JsonDict] = {}
        self.homes: dict[str, JsonDict] = {}
        self.triggers: dict[str, Trigger] = {}
        self.files: dict[str, Any] = {}
        self.address: Callable[[], str] = lambda: "https://files.slack.com"
        self.hooks: dict[str, Hook] = {}
        self._last_ts = 0
        self._ticking = Lock()
        self._numbers = count(1)
        self.add_user(self.bot_user, "docent", is_bot=True)
        self.add_user("U0ADA", "Ada Marsh")
        self.add_user("U0BEN", "Ben Okoro")
        self.add_channel("C0DESK", "museum-desk")

    def number(self) -> int:
        """Return a number that was never used before."""
        return next(self._numbers)

    def next_ts(self) -> str:
        """Return a message ts: the time in microseconds, unique and increasing."""
        with self._ticking:
            now = int(self.clock() * 1_000_000)
            self._last_ts = max(now, self._last_ts + 100)
            return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    # -- people and places --------------------------------------------------------------------

    def add_user(self, user: str, name: str = "", **more: Any) -> JsonDict:
        """Make a user, in every channel unless ``join=False``; ``is_restricted`` is a guest."""
        if more.pop("join", True):
            for channel in self.channels.values():
                channel.members |= set() if channel.im_with else {user}
        profile = {
            "real_name": name,
            "display_name": more.pop("display_name", name.split(" ")[0]),
            "email": f"{user.lower()}@museum.example",
            "team": more.get("team_id", self.team_id),
        }
        person = {
            "id": user,
            "team_id": self.team_id,
            "name": name.lower().replace(" ", "."),
            "real_name": name,
            "deleted": False,
            "tz": "Europe/London",
            "tz_offset": 0,
            "profile": profile,
            "is_admin": False,
            "is_bot": False,
            "is_restricted": False,
            "is_ultra_restricted": False,
            "is_stranger": False,
            **more,
        }
        self.users[user] = person
        return person

    def add_channel(self, channel: str, name: str = "", **more: Any) -> Channel:
        """Make a channel with everybody in it, or with ``members``."""
        members = set(more.pop("members", self.users))
        made = Channel(channel, name or channel.lower(), members, **more)
        self.channels[channel] = made
        return made

    def open_im(self, user: str) -> Channel:
        """Return the direct message channel between a person and the bot."""
        if user not in self.users:
            raise SlackRefusal("user_not_found")
        channel = "D" + user[1:]
        if channel not in self.channels:
            members = {user, self.bot_user}
            self.add_channel(channel, "directmessage", members=members, im_with=user)
        return self.channels[channel]

    def channel(self, name: Any, *, member: bool = False) -> Channel:
        """Return a channel by id, #name or person, as far as the bot may see it."""
        wanted = str(name or "").removeprefix("#")
        if wanted in self.users:
            return self.open_im(wanted)
        for each in self.channels.values():
            if wanted in (each.id, each.name):
                return self._visible(each, member)
        raise SlackRefusal("channel_not_found")

    def _visible(self, channel: Channel, member: bool) -> Channel:
        inside = self.bot_user in channel.members
        if channel.is_private and not inside:
            raise SlackRefusal("channel_not_found")
        if member and not inside:
            raise SlackRefusal("not_in_channel")
        return channel

    # -- messages -----------------------------------------------------------------------------

    def add_message(self, channel: Channel, content: JsonDict) -> JsonDict:
        """Put a message into a channel and give it a ts and its thread."""
        message: JsonDict = {"type": "message", "ts": self.next_ts(), "team": self.team_id}
        message.update({key: value for key, value in content.items() if value is not None})
        root = channel.messages.get(message.get("thread_ts", ""))
        if root is not None:
            root["thread_ts"] = root["ts"]
            message["parent_user_id"] = root.get("user")
        self.name_parts(message.get("blocks", []))
        channel.messages[message["ts"]] = message
        return message

    def name_parts(self, blocks: list[JsonDict]) -> list[JsonDict]:
        """Give names to the blocks and buttons that came without one, as Slack does."""
        for block in blocks:
            block.setdefault("block_id", f"b{self.number()}")
            for element in block.get("elements", []):
                if element.get("type") == "button":
                    element.setdefault("action_id", f"a{self.number()}")
        return blocks

    def message(self, channel: Channel, ts: Any) -> JsonDict:
        """Return a message that exists."""
        try:
            return channel.messages[str(ts)]
        except KeyError:
            raise SlackRefusal("message_not_found") from None

    def remove(self, channel: Channel, ts: str) -> JsonDict | None:
        """Delete a message; a root with replies leaves a tombstone, which is returned."""
        message = channel.messages[ts]
        if not channel.thread(ts):
            del channel.messages[ts]
            return None
        tombstone = {
            "type": "message",
            "subtype": "tombstone",
            "text": TOMBSTONE,
            "user": "USLACKBOT",
            "hidden": True,
            "ts": ts,
            "thread_ts": ts,
        }
        channel.messages[ts] = tombstone
        return {**message, **tombstone}

    def react(self, message: JsonDict, user: str, name: str) -> None:
        """Add one person's reaction."""
        reactions = message.setdefault("reactions", [])
        entry = next((each for each in reactions if each["name"] == name), None)
        if entry is None:
            entry = {"name": name, "users": [], "count": 0}
            reactions.append(entry)
        if user in entry["users"]:
            raise SlackRefusal("already_reacted")
        entry["users"].append(user)
        entry["count"] += 1

    def unreact(self, message: JsonDict, user: str, name: str) -> None:
        """Take one person's reaction away."""
        for entry in message.get("reactions", []):
            if entry["name"] == name and user in entry["users"]:
                entry["users"].remove(user)
                entry["count"] -= 1
                message["reactions"] = [each for each in message["reactions"] if each["count"]]
                return
        raise SlackRefusal("no_reaction")

    def with_replies(self, channel: Channel, message: JsonDict) -> JsonDict:
        """Return a message as readers get it: a root tells of its replies."""
        shown = deepcopy(message)
        replies = channel.thread(message["ts"])
        if replies:
            people = list(dict.fromkeys(each.get("user") for each in replies))
            shown["reply_count"] = len(replies)
            shown["reply_users"] = people
            shown["reply_users_count"] = len(people)
            shown["latest_reply"] = replies[-1]["ts"]
        return shown

    # -- leave to answer ----------------------------------------------------------------------

    def new_trigger(self, user: str) -> str:
        """Return a trigger_id."""
        trigger = f"{self.number()}.{int(self.clock())}.{user.lower()}"
        self.triggers[trigger] = Trigger(user, self.clock())
        return trigger

    def spend_trigger(self, trigger_id: Any) -> Trigger:
        """Use a trigger_id up."""
        trigger = self.triggers.get(str(trigger_id))
        if trigger is None:
            raise SlackRefusal("invalid_trigger_id")
        if trigger.used:
            raise SlackRefusal("exchanged_trigger_id")
        if self.clock() - trigger.at > TRIGGER_LIFE:
            raise SlackRefusal("expired_trigger_id")
        trigger.used = True
        return trigger

    def new_hook(self, hook: Hook, kind: str = "actions") -> str:
        """Return the path of a response_url."""
        path = f"/{kind}/{self.team_id}/{self.number()}/secret"
        self.hooks[path] = hook
        return path

    def everything(self) -> Iterator[JsonDict]:
        """Yield all that anybody could still read."""
        for channel in self.channels.values():
            yield from channel.messages.values()
        yield from self.ephemerals
        yield from self.views.values()
        yield from self.homes.values()
