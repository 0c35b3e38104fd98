"""Finds out whether a post whose answer was lost stands in the channel after all."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.channels.payload import dicts, part
from bot.channels.slack_api import SlackApi, SlackRefused

PAGES = 10
PAGE_SIZE = 200


async def find_post(
    api: SlackApi, marker: dict[str, Any], channel: str, thread_ts: str | None, since: datetime
) -> str | None:
    """Returns the ts of the message that carries this metadata, or None.

    Args:
        api: Slack's Web API.
        marker: The metadata the message was posted with.
        channel: The channel's id.
        thread_ts: The thread to look through; None for the channel itself.
        since: Nothing older is looked at.

    Raises:
        SendFailed: Slack cannot be asked just now.
    """
    method = "conversations.replies" if thread_ts else "conversations.history"
    asked: dict[str, Any] = {
        "channel": channel,
        "include_all_metadata": True,
        "limit": PAGE_SIZE,
        "oldest": f"{since.timestamp():.6f}",
        **({"ts": thread_ts} if thread_ts else {}),
    }
    for _ in range(PAGES):
        answer = await _read(api, method, asked)
        for message in dicts(answer.get("messages")):
            if part(message, "metadata").get("event_payload") == marker["event_payload"]:
                return str(message["ts"])
        asked["cursor"] = part(answer, "response_metadata").get("next_cursor")
        if not asked["cursor"]:
            return None
    return None


async def _read(api: SlackApi, method: str, asked: dict[str, Any]) -> dict[str, Any]:
    try:
        return await api.read(method, **asked)
    except SlackRefused as error:
        # What may not be read, or is gone, must not keep staff from hearing of a visitor.
        if error.retryable and error.code not in ("missing_scope", "no_permission"):
            raise
        return {}
