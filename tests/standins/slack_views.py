"""Modals, app homes and response_urls of the Slack stand-in."""

from __future__ import annotations

from copy import deepcopy

from .slack_arguments import content, json_argument, method, thread_ts, yes
from .slack_methods import add_ephemeral, as_bot
from .slack_store import Hook, SlackRefusal, Workspace
from .slack_view_rules import check_view
from .wire import JsonDict

# docs.slack.dev/reference/methods/views.publish#errors: view_too_large.
LARGEST_VIEW = 250_000


def view(workspace: Workspace, arguments: JsonDict, kind: str) -> JsonDict:
    """Check a view and give it an id."""
    wanted = json_argument(arguments, "view")
    check_view(wanted, kind)
    made = deepcopy(wanted)
    workspace.name_parts(made["blocks"])
    made.update({"id": f"V{workspace.number():08d}", "team_id": workspace.team_id})
    made.update({"app_id": workspace.app_id, "bot_id": workspace.bot_id})
    made.update({"state": {"values": {}}, "hash": f"{workspace.next_ts()}"})
    return made


@method("views.open")
def views_open(workspace: Workspace, arguments: JsonDict) -> JsonDict:
    """Open a modal with a trigger_id of the last three seconds."""
    made = view(workspace, arguments, "modal")
    trigger = workspace.spend_trigger(arguments.get("trigger_id"))
    workspace.views[made["id"]] = {**made, "shown_to": trigger.user}
    return {"view": made}


@method("views.update")
def views_update(workspace: Workspace, arguments: JsonDict) -> JsonDict:
    """Put another view in the place of one that is open; a hash that is old is refused."""
    number = str(arguments.get("view_id"))
    if number not in workspace.views:
        raise SlackRefusal("not_found")
    before = workspace.views[number]
    if arguments.get("hash") not in (None, before["hash"]):
        raise SlackRefusal("hash_conflict")
    made = {**view(workspace, arguments, "modal"), "id": number}
    workspace.views[number] = {**made, "shown_to": before["shown_to"]}
    return {"view": made}


@method("views.publish")
def views_publish(workspace: Workspace, arguments: JsonDict) -> JsonDict:
    """Set a person's app home; a hash that is old is refused."""
    user = str(arguments.get("user_id"))
    if user not in workspace.users:
        raise SlackRefusal("user_not_found")
    before = workspace.homes.get(user, {})
    if arguments.get("hash") not in (None, before.get("hash")):
        raise SlackRefusal("hash_conflict")
    made = view(workspace, arguments, "home")
    if len(str(made["blocks"])) > LARGEST_VIEW:
        raise SlackRefusal("view_too_large")
    workspace.homes[user] = {**made, "id": before.get("id", made["id"])}
    return {"view": workspace.homes[user]}


def respond(workspace: Workspace, hook: Hook, arguments: JsonDict) -> None:
    """Do what a post to a response_url asks for."""
    if yes(arguments.get("delete_original")):
        replace(workspace, hook, None)
        return
    post = content(arguments)
    if yes(arguments.get("replace_original")) and hook.ts is not None:
        replace(workspace, hook, post)
        return
    post = {**as_bot(workspace, {}), **post, "thread_ts": thread_ts(arguments)}
    if arguments.get("response_type") == "in_channel":
        workspace.add_message(workspace.channels[hook.channel], post)
    else:
        add_ephemeral(workspace, hook.channel, hook.user, post)


def replace(workspace: Workspace, hook: Hook, post: JsonDict | None) -> None:
    """Change or remove the message that the button stood in, ephemeral or not."""
    channel = workspace.channels[hook.channel]
    ghosts = [each for each in workspace.ephemerals if each["ts"] == hook.ts]
    message = ghosts[0] if ghosts else channel.messages.get(hook.ts or "")
    if message is None:
        raise SlackRefusal("message_not_found")
    if post is not None:
        message.pop("blocks", None)
        message.update({**post, "blocks": workspace.name_parts(post.get("blocks", []))})
    elif ghosts:
        workspace.ephemerals.remove(message)
    else:
        workspace.remove(channel, message["ts"])
