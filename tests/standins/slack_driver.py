"""SlackDriver: staff at work in the stand-in workspace, every deed delivered as a signed event."""

from __future__ import annotations

from copy import deepcopy
from typing import Any
from uuid import uuid4

from . import slack_files
from .slack_courier import GENUINE, Delivered, Delivery
from .slack_store import TOMBSTONE, Channel
from .slack_typing import rich_text, wire_text
from .slack_view_driver import ViewDriver
from .wire import JsonDict


class SlackDriver(ViewDriver):
    """What people (and other bots) do in channels; the stand-in keeps it, the webhook is told."""

    def say(
        self,
        user: str,
        channel: str,
        text: str,
        thread_ts: str | None = None,
        *,
        how: Delivery = GENUINE,
        **more: Any,
    ) -> Delivered:
        """Write in a channel or thread; ``text`` is what the person types, ``<@U...>`` mentions.

        ``more`` goes into the message as it is, for instance ``blocks=None`` for an old client.
        """
        message = self._write(user, channel, text, thread_ts, **more)
        return self.deliver_event(self._event(channel, message), how)

    def mention(
        self, user: str, channel: str, text: str, thread_ts: str | None = None
    ) -> list[Delivered]:
        """Write to the bot by name: Slack sends a message and an app_mention with the same ts."""
        message = self._write(user, channel, f"<@{self.workspace.bot_user}> {text}", thread_ts)
        event = self._event(channel, message)
        absent = ("channel_type", "parent_user_id")
        twin = {key: value for key, value in event.items() if key not in absent}
        return [self.deliver_event(event), self.deliver_event({**twin, "type": "app_mention"})]

    def dm(self, user: str, text: str, *, how: Delivery = GENUINE) -> Delivered:
        """Write to the bot in private."""
        with self.standin.changing() as workspace:
            channel = workspace.open_im(user).id
        return self.say(user, channel, text, how=how)

    def broadcast(
        self, user: str, channel: str, thread_ts: str, text: str, *, how: Delivery = GENUINE
    ) -> Delivered:
        """Answer in a thread and "also send to channel"."""
        message = self._write(user, channel, text, thread_ts, subtype="thread_broadcast")
        found = self._channel(channel)
        root = self.workspace.with_replies(found, found.messages[thread_ts])
        return self.deliver_event({**self._event(channel, message), "root": root}, how)

    def share_file(
        self,
        user: str,
        channel: str,
        name: str,
        text: str = "",
        thread_ts: str | None = None,
        *,
        data: bytes = b"%PDF-1.4 of a test",
        **facts: Any,
    ) -> Delivered:
        """Post a file, with or without words; ``facts`` are what Slack tells of it otherwise."""
        with self.standin.changing() as workspace:
            stored = slack_files.store(workspace, name, data, user)
            file = {**slack_files.describe(workspace, stored), **facts}
        extra: JsonDict = {"subtype": "file_share", "files": [file], "upload": False}
        message = self._write(user, channel, text, thread_ts, **extra)
        return self.deliver_event(self._event(channel, message))

    def bot_says(
        self,
        channel: str,
        text: str,
        thread_ts: str | None = None,
        *,
        bot_id: str = "B0OTHER",
        classic: bool = False,
    ) -> Delivered:
        """Let another app post: today's kind has a user, the classic kind a subtype instead."""
        author: JsonDict = {"bot_id": bot_id, "app_id": "A0OTHER"}
        if classic:
            author = {"bot_id": bot_id, "subtype": "bot_message", "username": "Alarm"}
        with self.standin.changing() as workspace:
            content = {**author, "text": wire_text(text), "thread_ts": thread_ts}
            content["user"] = None if classic else "U0OTHERBOT"
            message = workspace.add_message(self._channel(channel), content)
        return self.deliver_event(self._event(channel, message))

    def echo(self, channel: str, ts: str) -> Delivered:
        """Deliver the event of a message that stands already, such as the bot's own post."""
        message = self._channel(channel).messages[ts]
        return self.deliver_event(self._event(channel, message))

    def edit(
        self, user: str, channel: str, ts: str, text: str, *, how: Delivery = GENUINE
    ) -> Delivered:
        """Change a message."""
        with self.standin.changing() as workspace:
            message = self._channel(channel).messages[ts]
            previous = deepcopy(message)
            message.update({"text": wire_text(text), "blocks": rich_text(text)})
            message["edited"] = {"user": user, "ts": workspace.next_ts()}
            now = {**deepcopy(message), "source_team": message["team"]}
            now["user_team"] = message["team"]
        return self.deliver_event(self._changed_event(channel, now, previous), how)

    def delete(self, channel: str, ts: str, *, how: Delivery = GENUINE) -> Delivered:
        """Delete a message; of a root with replies Slack keeps a tombstone, which is a change."""
        found = self._channel(channel)
        with self.standin.changing() as workspace:
            previous = deepcopy(found.messages[ts])
            tombstone = workspace.remove(found, ts)
        if tombstone is not None:
            kept = {key: tombstone[key] for key in ("type", "subtype", "user", "ts", "thread_ts")}
            now = {**kept, "text": TOMBSTONE, "hidden": True}
            return self.deliver_event(self._changed_event(channel, now, previous), how)
        event = self._hidden(channel, "message_deleted", previous)
        return self.deliver_event({**event, "deleted_ts": ts}, how)

    def react(
        self, user: str, emoji: str, channel: str, ts: str, *, how: Delivery = GENUINE
    ) -> Delivered:
        """React to a message with an emoji's name."""
        with self.standin.changing() as workspace:
            workspace.react(self._channel(channel).messages[ts], user, emoji)
        return self.deliver_event(self._reaction("reaction_added", user, emoji, channel, ts), how)

    def unreact(self, user: str, emoji: str, channel: str, ts: str) -> Delivered:
        """Take a reaction away."""
        with self.standin.changing() as workspace:
            workspace.unreact(self._channel(channel).messages[ts], user, emoji)
        return self.deliver_event(self._reaction("reaction_removed", user, emoji, channel, ts))

    def join(self, user: str, channel: str) -> Delivered:
        """Enter a channel."""
        return self._move("member_joined_channel", user, channel)

    def leave(self, user: str, channel: str) -> Delivered:
        """Leave a channel."""
        return self._move("member_left_channel", user, channel)

    # -- the shapes of events -----------------------------------------------------------------

    def _channel(self, channel: str) -> Channel:
        return self.workspace.channels[channel]

    def _write(
        self, user: str, channel: str, text: str, thread_ts: str | None, **more: Any
    ) -> JsonDict:
        content: JsonDict = {
            "user": user,
            "text": wire_text(text),
            "thread_ts": thread_ts,
            "client_msg_id": str(uuid4()),
        }
        with self.standin.changing() as workspace:
            content["team"] = workspace.users[user]["team_id"]
            if text:
                content["blocks"] = rich_text(text, f"r{workspace.number()}")
            return deepcopy(workspace.add_message(self._channel(channel), {**content, **more}))

    def _event(self, channel: str, message: JsonDict) -> JsonDict:
        kind = self._channel(channel).kind
        around = {"channel": channel, "event_ts": message["ts"], "channel_type": kind}
        return {**deepcopy(message), **around}

    def _hidden(self, channel: str, subtype: str, previous: JsonDict) -> JsonDict:
        ts = self.workspace.next_ts()
        return {
            "type": "message",
            "subtype": subtype,
            "channel": channel,
            "hidden": True,
            "ts": ts,
            "event_ts": ts,
            "channel_type": self._channel(channel).kind,
            "previous_message": previous,
        }

    def _changed_event(self, channel: str, now: JsonDict, previous: JsonDict) -> JsonDict:
        return {**self._hidden(channel, "message_changed", previous), "message": now}

    def _reaction(self, kind: str, user: str, emoji: str, channel: str, ts: str) -> JsonDict:
        item = {"type": "message", "channel": channel, "ts": ts}
        author = self._channel(channel).messages[ts].get("user")
        event = {"type": kind, "user": user, "reaction": emoji, "item": item}
        event.update({"item_user": author} if author else {})
        return {**event, "event_ts": self.workspace.next_ts()}

    def _move(self, kind: str, user: str, channel: str) -> Delivered:
        found = self._channel(channel)
        with self.standin.changing() as workspace:
            found.members ^= {user}
            event = {
                "type": kind,
                "user": user,
                "channel": channel,
                "channel_type": "G" if found.is_private else "C",
                "team": workspace.team_id,
                "event_ts": workspace.next_ts(),
            }
        return self.deliver_event(event)
