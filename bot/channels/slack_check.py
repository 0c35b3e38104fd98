"""Asks Slack who we are, and whether the desk's channel is fit to be one.

Sources: docs.slack.dev/reference/methods/auth.test, /conversations.info,
/apis/slack-connect (a channel shared with another organisation is read there too).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from bot.channels.payload import clean, part
from bot.channels.slack_api import SlackApi, SlackRefused
from bot.errors import ChannelBroken

# What docs/slack_app_manifest.yml asks for; a test holds the two together.
SCOPES = frozenset(
    {
        "app_mentions:read",
        "channels:history",
        "channels:read",
        "chat:write",
        "commands",
        "files:read",
        "files:write",
        "groups:history",
        "groups:read",
        "im:history",
        "reactions:read",
        "reactions:write",
        "users:read",
    }
)
REINSTALL = "Install the Slack app again with docs/slack_app_manifest.yml."


async def look_around(api: SlackApi, desk: str) -> str:
    """Returns in words who we are and where the desk is.

    Args:
        api: Slack's Web API, with the bot's token.
        desk: The id of the desk's channel.

    Raises:
        ChannelBroken: The token, its scopes or the desk's channel are not what Docent needs.
        SendFailed: Slack cannot be asked now.
    """
    try:
        ours, scopes = await api.whose_token()
        lacking = SCOPES - scopes if scopes else frozenset()
        if lacking:
            named = ", ".join(sorted(lacking))
            raise ChannelBroken(f"the Slack app lacks the scopes {named}", REINSTALL)
        channel = part(await api.read("conversations.info", channel=desk), "channel")
    except SlackRefused as refused:
        if refused.next_step and refused.code != "ratelimited":
            raise ChannelBroken(refused.reason, refused.next_step) from None
        raise
    _fit(channel)
    bot, team = clean(ours.get("user")) or "?", clean(ours.get("team")) or "?"
    return f"bot @{bot} in {team}, desk #{clean(channel.get('name')) or desk}"


async def refuse_shared(api: SlackApi, rooms: Collection[str]) -> None:
    """Refuses channels of departments that another organisation reads; raises as `look_around`.

    One that cannot be looked at is none of that: its cases go to the desk's own channel.
    """
    for room in sorted(rooms):
        try:
            channel = part(await api.read("conversations.info", channel=room), "channel")
        except SlackRefused:
            continue
        if channel.get("is_ext_shared"):
            raise _shared(channel)


def _shared(channel: dict[str, Any]) -> ChannelBroken:
    return ChannelBroken(
        f"#{clean(channel.get('name'))}: a Slack Connect channel is shared with another "
        "organisation and may not be the desk",
        "Set SLACK_DESK_CHANNEL, or slack_channel in museum.yml, to a channel of your own.",
    )


def _fit(channel: dict[str, Any]) -> None:
    """Refuses a channel that cannot be the desk."""
    name = "#" + clean(channel.get("name"))
    if channel.get("is_ext_shared"):
        raise _shared(channel)
    if channel.get("is_im") or channel.get("is_mpim"):
        raise ChannelBroken(
            "the desk's channel is a direct message", "Set SLACK_DESK_CHANNEL to a channel's id."
        )
    if channel.get("is_archived"):
        step = "Unarchive it, or set SLACK_DESK_CHANNEL to another."
        raise ChannelBroken(f"the desk's channel {name} is archived", step)
    if not channel.get("is_member"):
        step = "Invite the app to it."
        raise ChannelBroken(f"the app is not in the desk's channel {name}", step)
