"""Reads what colleagues ask Docent on Slack: direct messages, mentions, presses, edits, reactions.

Sources: docs.slack.dev/reference/events/message (subtypes, edits), /reference/events/app_mention,
/reference/events/reaction_added, /reference/interaction-payloads/block_actions-payload.

Whoever writes to us is a visitor here, guests and people of other workspaces too. What happens in
a channel of the desk is staff's: nothing of it is read in this file.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from bot.channels.payload import clean, dicts, moment, number, part, text_of
from bot.channels.slack_intake import channel_of, installation
from bot.channels.slack_words import emoji_of, mentions, readable
from bot.messages import Attachment, Edited, Event, Inbound, Reacted

CHANNEL = "slack"
# Before the opaque id of a choice, so that a press is known from those of the desk.
CHOICE = "choice:"
# A plain message, one with a file, and one that was "also sent to the channel".
CARRIED = ("", "file_share", "thread_broadcast")
KINDS = ("image", "audio", "video")
_ID = re.compile(r"[A-Za-z0-9]{1,40}")
_TS = re.compile(r"[0-9]{1,12}\.[0-9]{1,6}")

Body = dict[str, Any]


@dataclass(frozen=True)
class Talk:
    """One event with what it takes to read it: who we are, and where it happened."""

    event: Body
    bot: str
    team: str
    channel: str

    @property
    def is_private(self) -> bool:
        """Whether it happened in a direct message to us; their ids begin with D."""
        return self.channel.startswith("D") or self.event.get("channel_type") == "im"

    def concerns_us(self, *texts: str) -> bool:
        """Tells whether words are meant for us: in private all, elsewhere those that call us."""
        called = self.event.get("type") == "app_mention"
        return self.is_private or called or any(mentions(text, self.bot) for text in texts)

    def person(self, message: Body) -> str:
        """Returns who wrote a message as `T1:U2`; "" for apps, workflows and ourselves."""
        if any(message.get(name) for name in ("bot_id", "bot_profile", "app_id")):
            return ""
        user = clean(message.get("user"))
        # `user_team` names the workspace of somebody who came by Slack Connect.
        team = clean(message.get("user_team")) or clean(message.get("team")) or self.team
        ours = user in (self.bot, "USLACKBOT")
        return f"{team}:{user}" if not ours and _ID.fullmatch(user) and _ID.fullmatch(team) else ""


def visitor_events(body: Body, desks: Collection[str]) -> list[Event]:
    """Returns what a visitor did, in a request of Slack's; nothing for what is staff's or ours.

    Args:
        body: The request.
        desks: The channels of the desk.
    """
    channel = channel_of(body)
    if channel in desks or not _ID.fullmatch(channel):
        return []
    if body.get("type") == "block_actions":
        return [press for action in dicts(body.get("actions")) for press in _pressed(body, action)]
    event, us = part(body, "event"), installation(body)
    talk = Talk(event, us["bot"], us["team"], channel)
    kind = event.get("type") if body.get("type") == "event_callback" else None
    if kind in ("reaction_added", "reaction_removed"):
        return _reacted(talk)
    return _message(talk) if kind in ("message", "app_mention") else []


def _message(talk: Talk) -> list[Event]:
    subtype = talk.event.get("subtype") or ""
    if subtype == "message_changed":
        return _changed(talk)
    if subtype == "message_deleted":
        return _gone(talk, part(talk.event, "previous_message"), talk.event.get("deleted_ts"))
    return _written(talk, talk.event) if subtype in CARRIED else []


def _written(talk: Talk, message: Body) -> list[Event]:
    ts, text = clean(message.get("ts")), clean(message.get("text"))
    person = talk.person(message)
    files = tuple(_attachment(each) for each in dicts(message.get("files")))
    if not person or not _TS.fullmatch(ts) or not talk.concerns_us(text):
        return []
    if not isinstance(message.get("text"), str) and not files:
        return []
    return [
        Inbound(
            CHANNEL,
            person,
            _named(talk.channel, ts),
            readable(text, talk.bot),
            attachments=files,
            sent_at=moment(ts),
            position=_position(ts),
            place=_place(talk.channel, talk.is_private, ts, clean(message.get("thread_ts"))),
        )
    ]


def _changed(talk: Talk) -> list[Event]:
    message, before = part(talk.event, "message"), part(talk.event, "previous_message")
    if message.get("subtype") == "tombstone":
        return _gone(talk, before or message, message.get("ts"))
    ts, text, old = (clean(message.get("ts")), clean(message.get("text")), before.get("text"))
    person = talk.person(message)
    is_words = isinstance(message.get("text"), str) and (message.get("subtype") or "") in CARRIED
    # A preview that Slack adds under a link is a change too, of the looks alone.
    if not person or not ts or not is_words or text == old:
        return []
    if not talk.concerns_us(text, clean(old)):
        return []
    at = moment(part(message, "edited").get("ts") or talk.event.get("event_ts"))
    return [Edited(CHANNEL, person, _named(talk.channel, ts), readable(text, talk.bot), at)]


def _gone(talk: Talk, message: Body, ts: object) -> list[Event]:
    person, named = talk.person(message), clean(ts) or clean(message.get("ts"))
    if not person or not named or not talk.concerns_us(clean(message.get("text"))):
        return []
    at = moment(talk.event.get("event_ts") or talk.event.get("ts"))
    return [Edited(CHANNEL, person, _named(talk.channel, named), None, at)]


def _reacted(talk: Talk) -> list[Event]:
    """Reads an emoji on a message of ours; Slack names its author where it knows one."""
    event, person = talk.event, talk.person(talk.event)
    ts, name = clean(part(event, "item").get("ts")), clean(event.get("reaction"))
    if not person or not ts or not name or event.get("item_user", talk.bot) != talk.bot:
        return []
    emoji = emoji_of(name) if event["type"] == "reaction_added" else ""
    return [Reacted(CHANNEL, person, _named(talk.channel, ts), emoji)]


def _pressed(body: Body, action: Body) -> list[Inbound]:
    chosen, channel = clean(action.get("action_id")), channel_of(body)
    us, user = installation(body), part(body, "user")
    talk = Talk({}, us["bot"], us["team"], channel)
    person = talk.person({"user": user.get("id"), "team": user.get("team_id")})
    if not chosen.startswith(CHOICE) or not person:
        return []
    container, message = part(body, "container"), part(body, "message")
    ts = clean(container.get("message_ts") or message.get("ts"))
    thread = clean(container.get("thread_ts") or message.get("thread_ts"))
    at = clean(action.get("action_ts"))
    seed = "|".join((person, channel, ts, at, chosen))
    return [
        Inbound(
            CHANNEL,
            person,
            f"press:{hashlib.sha256(seed.encode()).hexdigest()[:40]}",
            readable(clean(part(action, "text").get("text"))),
            choice=chosen.removeprefix(CHOICE)[:40],
            sent_at=moment(at),
            position=_position(at),
            place=_place(channel, talk.is_private, ts, thread),
        )
    ]


def _attachment(file: Body) -> Attachment:
    """Reads https://docs.slack.dev/reference/objects/file-object; nothing of it is fetched."""
    mime, url = clean(file.get("mimetype")), clean(file.get("url_private"))
    size, milliseconds = number(file.get("size")), number(file.get("duration_ms"))
    kind = mime.partition("/")[0]
    # What people record in Slack itself is a clip of this subtype.
    spoken = file.get("subtype") == "slack_audio"
    return Attachment(
        "voice" if spoken else kind if kind in KINDS else "file",
        url=url or None,
        id=text_of(file.get("id")) or None,
        name=clean(file.get("name"))[:200] or None,
        mime=mime[:200] or None,
        size=None if size is None else int(size),
        seconds=None if milliseconds is None else milliseconds / 1000,
    )


def _named(channel: str, ts: str) -> str:
    """Returns how a message is known: a ts is unlike all others in its channel only."""
    return f"{channel}:{ts}"[:200]


def _place(channel: str, is_private: bool, ts: str, thread: str) -> dict[str, str]:
    """Returns where the answer belongs: below a mention, and in private where the visitor is."""
    root = thread or ("" if is_private else ts)
    return {"channel": channel, **({"thread_ts": root} if _TS.fullmatch(root) else {})}


def _position(ts: str) -> int | None:
    """Returns Slack's order of messages: the time in microseconds."""
    if not _TS.fullmatch(ts):
        return None
    seconds, _, micro = ts.partition(".")
    return int(seconds) * 1_000_000 + int(micro.ljust(6, "0"))
