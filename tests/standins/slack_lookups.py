"""The Web API methods that read: people, channels, threads."""

from __future__ import annotations

from copy import deepcopy

from .slack_arguments import method, yes
from .slack_store import SlackRefusal, Workspace
from .wire import JsonDict


@method("users.info")
def users_info(workspace: Workspace, arguments: JsonDict) -> JsonDict:
    """Return a person."""
    person = workspace.users.get(str(arguments.get("user")))
    if person is None:
        raise SlackRefusal("user_not_found")
    return {"user": deepcopy(person)}


@method("conversations.info")
def conversations_info(workspace: Workspace, arguments: JsonDict) -> JsonDict:
    """Return a channel."""
    channel = workspace.channel(arguments.get("channel"))
    about = {
        "id": channel.id,
        "name": channel.name,
        "is_channel": channel.kind == "channel",
        "is_group": channel.kind == "group",
        "is_im": channel.kind == "im",
        "is_mpim": channel.kind == "mpim",
        "is_private": channel.is_private,
        "is_archived": channel.is_archived,
        "is_member": workspace.bot_user in channel.members,
        "is_ext_shared": channel.is_ext_shared,
        "is_shared": channel.is_ext_shared,
    }
    return {"channel": about}


@method("conversations.open")
def conversations_open(workspace: Workspace, arguments: JsonDict) -> JsonDict:
    """Open a direct message."""
    users = str(arguments.get("users") or "").split(",")
    if len(users) != 1:
        raise SlackRefusal("not_enough_users" if not users[0] else "too_many_users")
    return {"channel": {"id": workspace.open_im(users[0]).id}}


@method("conversations.replies")
def conversations_replies(workspace: Workspace, arguments: JsonDict) -> JsonDict:
    """Read a thread, the root first; metadata only for those who ask for it."""
    channel = workspace.channel(arguments.get("channel"), member=True)
    asked = channel.messages.get(str(arguments.get("ts")))
    if asked is None:
        raise SlackRefusal("thread_not_found")
    root = channel.messages.get(str(asked.get("thread_ts", asked["ts"])), asked)
    messages = [workspace.with_replies(channel, root), *deepcopy(channel.thread(root["ts"]))]
    return page(messages, arguments)


@method("conversations.history")
def conversations_history(workspace: Workspace, arguments: JsonDict) -> JsonDict:
    """Read a channel's roots, the newest first."""
    channel = workspace.channel(arguments.get("channel"), member=True)
    roots = [each for each in channel.messages.values() if is_root(each)]
    return page([workspace.with_replies(channel, each) for each in reversed(roots)], arguments)


def is_root(message: JsonDict) -> bool:
    """Tell whether a message stands in the channel itself."""
    own_thread: bool = message.get("thread_ts", message["ts"]) == message["ts"]
    return own_thread or message.get("subtype") == "thread_broadcast"


def page(messages: list[JsonDict], arguments: JsonDict) -> JsonDict:
    """Cut a list into pages with Slack's cursor."""
    if not yes(arguments.get("include_all_metadata")):
        for message in messages:
            message.pop("metadata", None)
    start, size = int(arguments.get("cursor") or 0), int(arguments.get("limit") or 100)
    more = start + size < len(messages)
    cursor = {"next_cursor": str(start + size) if more else ""}
    chosen = messages[start : start + size]
    return {"messages": chosen, "has_more": more, "response_metadata": cursor}
