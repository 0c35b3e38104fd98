"""Leads from a department's channel to a thread that stays in another one."""

from __future__ import annotations

from bot.channels.payload import clean
from bot.channels.slack_api import SlackApi, SlackRefused
from bot.channels.slack_jobs import Job
from bot.desk.case_details import heading
from bot.desk.elements import Post
from bot.desk.ringing import pointer

# A channel that we cannot post in before somebody mends it; the thread is told instead.
UNREACHABLE = frozenset(
    {
        "channel_not_found",
        "is_archived",
        "not_in_channel",
        "restricted_action",
        "restricted_action_read_only_channel",
        "restricted_action_thread_only_channel",
    }
)
NOT_SHOWN = "The channel of this department cannot be reached: invite the app to it ({code})."


async def pointer_post(api: SlackApi, job: Job) -> Post:
    """Returns the line with the address of the case's card; raises SendFailed.

    https://docs.slack.dev/reference/methods/chat.getPermalink needs no scope.
    """
    case, link = job.case, ""
    assert case is not None
    try:
        answer = await api.read(
            "chat.getPermalink", channel=case.slack_channel, message_ts=case.slack_ts
        )
        link = clean(answer.get("permalink"))
    except SlackRefused as error:
        if error.retryable:
            raise
    return pointer(str(job.payload["text"]), job.payload["people"], heading(case), link)
