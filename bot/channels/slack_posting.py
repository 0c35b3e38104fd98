"""Posts one message to Slack, once: Slack has no idempotency key, so a doubt is read back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.channels.slack_api import SlackApi
from bot.channels.slack_jobs import Job, is_unsure
from bot.channels.slack_readback import find_post
from bot.desk.elements import Post

# How far before the job was laid out a post is looked for: the clocks may differ.
LOOK_BACK = timedelta(minutes=10)
_QUIET = {"mrkdwn": False, "unfurl_links": False, "unfurl_media": False}


async def post_once(
    api: SlackApi, job: Job, content: Post, channel: str, thread_ts: str | None
) -> str:
    """Posts one message unless it stands there already; returns its ts.

    Args:
        api: Slack's Web API.
        job: The job that asks for it; its number is the message's metadata.
        content: What is posted.
        channel: Where.
        thread_ts: The thread; None for the channel itself.

    Raises:
        SendFailed: Slack did not take it, or cannot say whether it did.
    """
    marker = job.marker("thread" if thread_ts else "root")
    if is_unsure(job.row):
        since = job.row.at - LOOK_BACK
        found = await find_post(api, marker, channel, thread_ts, since)
        if found:
            return found
    place = {"channel": channel, **({"thread_ts": thread_ts} if thread_ts else {})}
    loud = {"reply_broadcast": True} if content.loud and thread_ts else {}
    words = words_of(content)
    answer = await api.call(
        "chat.postMessage", **place, **words, **_QUIET, **loud, metadata=marker
    )
    return str(answer["ts"])


def words_of(content: Post) -> dict[str, Any]:
    """Returns a post as the arguments of Slack's methods."""
    return {"text": content.text, "blocks": content.blocks}
