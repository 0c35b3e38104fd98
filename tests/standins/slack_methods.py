"""The Web API methods that write: messages, ephemerals, reactions."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from .slack_arguments import EMOJI, content, method, thread_ts, yes
from .slack_store import Channel, SlackRefusal, Workspace
from .wire import JsonDict


def as_bot(workspace: Workspace, arguments: JsonDict) -> JsonDict:
    """Return the author of the app's own posts; a borrowed name makes it a bot_message."""
    author: JsonDict = {"bot_id": workspace.bot_id, "app_id": workspace.app_id}
    if arguments.get("username"):
        return {**author, "subtype": "bot_message", "username": arguments["username"]}
    profile = {"id": workspace.bot_id, "app_id": workspace.app_id, "name": "docent"}
    profile["team_id"] = workspace.team_id
    return {**author, "user": workspace.bot_user, "bot_profile": profile}


def writable(workspace: Workspace, name: Any) -> Channel:
    """Return a channel the bot may post to."""
    channel = workspace.channel(name, member=True)
    if channel.is_archived:
        raise SlackRefusal("is_archived")
    return channel


@method("auth.test")
def auth_test(workspace: Workspace, arguments: JsonDict) -> JsonDict:
    """Tell the bot who it is."""
    return {
        "url": f"https://{workspace.domain}.slack.com/",
        "team": "Museum",
        "user": "docent",
        "team_id": workspace.team_id,
        "user_id": workspace.bot_user,
        "bot_id": workspace.bot_id,
        "is_enterprise_install": False,
    }


@method("chat.postMessage")
def chat_post_message(workspace: Workspace, arguments: JsonDict) -> JsonDict:
    """Post to a channel or a thread.

    A well-formed thread_ts of no message is answered with ok and shown nowhere: that is what
    Slack does (python-slack-sdk#840). The stand-in lists such posts as ``orphans``.
    """
    channel = writable(workspace, arguments.get("channel"))
    post = {**as_bot(workspace, arguments), **content(arguments)}
    post["thread_ts"] = thread_ts(arguments)
    if post["thread_ts"] and yes(arguments.get("reply_broadcast")):
        post["subtype"] = "thread_broadcast"
    message = workspace.add_message(channel, post)
    return {"channel": channel.id, "ts": message["ts"], "message": deepcopy(message)}


@method("chat.update")
def chat_update(workspace: Workspace, arguments: JsonDict) -> JsonDict:
    """Change one of the bot's own messages; a text without blocks takes the old blocks away."""
    channel = workspace.channel(arguments.get("channel"))
    message = own(workspace, channel, arguments.get("ts"), "cant_update_message")
    post = content(arguments)
    if "blocks" not in post:
        message.pop("blocks", None)
    else:  # Slack shows no "(edited)" where blocks changed
        post["blocks"] = workspace.name_parts(post["blocks"])
    if "blocks" not in post:
        message["edited"] = {"user": workspace.bot_user, "ts": workspace.next_ts()}
    message.update(post)
    shown = deepcopy(message)
    return {"channel": channel.id, "ts": message["ts"], "text": shown["text"], "message": shown}


def own(workspace: Workspace, channel: Channel, ts: Any, error: str) -> JsonDict:
    """Return a message of the bot's own."""
    message = workspace.message(channel, ts)
    if message.get("bot_id") != workspace.bot_id:
        raise SlackRefusal(error)
    return message


@method("chat.delete")
def chat_delete(workspace: Workspace, arguments: JsonDict) -> JsonDict:
    """Delete one of the bot's own messages."""
    channel = workspace.channel(arguments.get("channel"))
    message = own(workspace, channel, arguments.get("ts"), "cant_delete_message")
    workspace.remove(channel, message["ts"])
    return {"channel": channel.id, "ts": message["ts"]}


@method("chat.postEphemeral")
def chat_post_ephemeral(workspace: Workspace, arguments: JsonDict) -> JsonDict:
    """Show something to one person; it can't be read, updated or deleted by its ts."""
    channel = writable(workspace, arguments.get("channel"))
    user = arguments.get("user")
    if user not in workspace.users or user not in channel.members:
        raise SlackRefusal("user_not_in_channel")
    post = {**as_bot(workspace, arguments), **content(arguments)}
    post["thread_ts"] = thread_ts(arguments)
    return {"message_ts": add_ephemeral(workspace, channel.id, str(user), post)["ts"]}


def add_ephemeral(workspace: Workspace, channel: str, user: str, post: JsonDict) -> JsonDict:
    """Keep an ephemeral beside the channels, with whom it was shown to."""
    ghost = {"type": "message", "ts": workspace.next_ts(), **post}
    ghost.update({"channel": channel, "shown_to": user, "is_ephemeral": True})
    workspace.name_parts(ghost.get("blocks", []))
    workspace.ephemerals.append(ghost)
    return ghost


@method("chat.getPermalink")
def chat_get_permalink(workspace: Workspace, arguments: JsonDict) -> JsonDict:
    """Return the address of a message for people."""
    channel = workspace.channel(arguments.get("channel"))
    message = workspace.message(channel, arguments.get("message_ts"))
    link = f"https://{workspace.domain}.slack.com/archives/{channel.id}/p"
    link += message["ts"].replace(".", "")
    if message.get("thread_ts", message["ts"]) != message["ts"]:
        link += f"?thread_ts={message['thread_ts']}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def reaction(workspace: Workspace, arguments: JsonDict) -> tuple[JsonDict, str]:
    """Return the message and the emoji of a reaction call."""
    channel = workspace.channel(arguments.get("channel"))
    name = str(arguments.get("name") or "")
    if not EMOJI.fullmatch(name):
        raise SlackRefusal("invalid_name")
    return workspace.message(channel, arguments.get("timestamp")), name


@method("reactions.add")
def reactions_add(workspace: Workspace, arguments: JsonDict) -> JsonDict:
    """React as the bot."""
    message, name = reaction(workspace, arguments)
    workspace.react(message, workspace.bot_user, name)
    return {}


@method("reactions.remove")
def reactions_remove(workspace: Workspace, arguments: JsonDict) -> JsonDict:
    """Take the bot's reaction away."""
    message, name = reaction(workspace, arguments)
    workspace.unreact(message, workspace.bot_user, name)
    return {}
