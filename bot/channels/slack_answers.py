"""What Docent says to a visitor on Slack, and what it means when Slack refuses it.

Sources: docs.slack.dev/reference/methods/chat.postMessage (4,000 characters, errors), /chat.update
and /chat.delete (an app changes what it posted itself),
/reference/block-kit/blocks (50 blocks, 3,000 characters), /block-elements/button-element (75).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.channels.slack_api import SlackApi, SlackRefused
from bot.channels.slack_readback import find_post
from bot.channels.slack_visitors import CHOICE
from bot.channels.slack_words import rich_text
from bot.desk.mrkdwn import escape, to_slack
from bot.errors import SendFailed
from bot.limits import utf16_units
from bot.messages import Choice, Outbound

LONGEST = 4000
# How far Slack's clock may be behind ours.
CLOCKS_DIFFER = timedelta(minutes=1)

# What ends one conversation and says nothing of the others -> what staff can do about it.
_GONE = {
    "cannot_dm_bot": "The visitor is an app; nobody can be answered there.",
    "cannot_reply_to_message": "The message is of a kind that has no thread.",
    "channel_not_found": "The channel is gone or the app was removed from it.",
    "is_archived": "The channel was archived.",
    "is_inactive": "The channel was frozen.",
    "messages_tab_disabled": "Install the Slack app again with docs/slack_app_manifest.yml.",
    "not_in_channel": "Invite the app to the channel again, or write to the visitor in Slack.",
    "restricted_action": "Ask a workspace admin to let the app post in that channel.",
    "restricted_action_read_only_channel": "Ask for leave to post in that channel.",
    "restricted_action_thread_only_channel": "Ask for leave to post in that channel.",
    "thread_not_found": "The visitor's message was deleted with its thread.",
    "user_disabled": "The visitor's Slack account is deactivated.",
    "user_not_found": "The visitor's Slack account is gone.",
    "user_not_visible": "The visitor is in a workspace that the app may not see.",
}

# An admin may set how long messages can be changed.
_UNCHANGEABLE = frozenset(
    {
        "cant_delete_message",
        "cant_update_message",
        "compliance_exports_prevent_deletion",
        "edit_window_closed",
        "message_not_found",
    }
)


def render(person_id: str, message: Outbound) -> dict[str, Any]:
    """Returns the arguments of chat.postMessage.

    Nothing in it is markup. Buttons stand below a text that needs a block of its own then; so
    does one that escaping makes too long for `text`, which is what notifications show.
    """
    words, place = escape(message.text), message.place
    # Slack takes a person's id for their direct messages, should the place not be known.
    channel = place.get("channel") or person_id.rpartition(":")[2]
    blocks: list[dict[str, Any]] = []
    if message.choices or utf16_units(words) > LONGEST:
        blocks = [rich_text(message.text)]
    if message.choices:
        blocks.append({"type": "actions", "elements": [_button(c) for c in message.choices]})
    return {
        "channel": channel,
        **({"thread_ts": place["thread_ts"]} if place.get("thread_ts") else {}),
        "text": words if utf16_units(words) <= LONGEST else to_slack(message.text, LONGEST),
        **({"blocks": blocks} if blocks else {}),
        "mrkdwn": False,
        "unfurl_links": False,
        "unfurl_media": False,
    }


async def post_once(api: SlackApi, post: dict[str, Any], message: Outbound) -> str:
    """Posts what `render` returned; where it may stand there already, only if it does not.

    Its number in the log travels as message metadata. Returns its channel and ts; raises
    SendFailed.
    """
    channel = post["channel"]
    if message.row:
        mark = {"event_type": "docent_message", "event_payload": {"row": message.row}}
        post = {**post, "metadata": mark}
        if message.again_since is not None:
            since, thread_ts = message.again_since - CLOCKS_DIFFER, post.get("thread_ts")
            if found := await find_post(api, mark, channel, thread_ts, since):
                return f"{channel}:{found}"
    answer = await api.call("chat.postMessage", **post)
    return f"{answer.get('channel')}:{answer.get('ts')}"


def to_one_visitor(refused: SlackRefused) -> SendFailed:
    """Returns what a refusal means for a message to a visitor.

    For the desk's own posts the same words mean that the desk's channel has to be mended.
    """
    if refused.code in _GONE:
        return SendFailed(refused.reason, retryable=False, next_step=_GONE[refused.code])
    if refused.broken:
        # It goes out once somebody has mended it: the outbox waits longer from try to try.
        step = refused.next_step
        return SendFailed(refused.reason, retryable=True, next_step=step, broken=True)
    return refused


async def change(api: SlackApi, method: str, platform_id: str, text: str | None = None) -> None:
    """Changes or takes away a message that was posted to a visitor.

    Args:
        api: Slack's Web API.
        method: chat.update, or chat.delete without a text.
        platform_id: The message's channel and ts.
        text: What it says now. Unlike a new post it knows no `mrkdwn`: a block keeps it plain.

    Raises:
        SendFailed: Slack did not do it.
    """
    channel, _, ts = platform_id.partition(":")
    said = {} if text is None else {"text": to_slack(text, LONGEST), "blocks": [rich_text(text)]}
    try:
        await api.call(method, channel=channel, ts=ts, **said)
    except SlackRefused as refused:
        if refused.code == "message_not_found" and text is None:
            return
        if refused.code in _UNCHANGEABLE:
            step = "The visitor keeps the earlier text: write a new message."
            raise SendFailed(refused.reason, retryable=False, next_step=step) from None
        raise to_one_visitor(refused) from None


def _button(choice: Choice) -> dict[str, Any]:
    return {
        "type": "button",
        "text": {"type": "plain_text", "text": choice.label, "emoji": True},
        "action_id": CHOICE + choice.id,
    }
