"""Files of the Slack stand-in: uploads in two steps, shares in threads, bytes behind the token.

docs.slack.dev/reference/methods/files.getUploadURLExternal (a form or a query, no JSON),
files.completeUploadExternal; docs.slack.dev/messaging/working-with-files (url_private).
"""

from __future__ import annotations

from dataclasses import dataclass
from mimetypes import guess_type
from typing import Any
from urllib.parse import quote

from .base import Exchange, Reply
from .slack_arguments import json_argument, method, thread_ts
from .slack_methods import as_bot, writable
from .slack_store import SlackRefusal, Workspace
from .wire import JsonDict

LARGEST = 1_000_000_000
UPLOAD, PRIVATE = "/upload/v1/", "/files-pri/"
SIGN_IN = "<!doctype html><title>Sign in to Slack</title>"


@dataclass
class Stored:
    """One file that Slack holds, or waits for."""

    id: str
    name: str
    length: int
    user: str
    data: bytes | None = None
    gone: bool = False


def store(workspace: Workspace, name: str, data: bytes, user: str) -> Stored:
    """Keep a file that a person shared."""
    made = Stored(f"F{workspace.number():08d}", name, len(data), user, data)
    workspace.files[made.id] = made
    return made


def describe(workspace: Workspace, file: Stored) -> JsonDict:
    """Return a file as events and messages tell of it."""
    address = f"{workspace.address()}{PRIVATE}{workspace.team_id}-{file.id}"
    return {
        "id": file.id,
        "name": file.name,
        "title": file.name,
        "mimetype": guess_type(file.name)[0] or "application/octet-stream",
        "filetype": file.name.rsplit(".", 1)[-1],
        "user": file.user,
        "size": file.length,
        "mode": "hosted",
        "is_external": False,
        "url_private": f"{address}/{quote(file.name)}",
        "url_private_download": f"{address}/download/{quote(file.name)}",
    }


@method("files.getUploadURLExternal")
def get_upload_url(workspace: Workspace, arguments: JsonDict) -> JsonDict:
    """Give the address for one file's bytes."""
    name, length = str(arguments.get("filename") or ""), str(arguments.get("length") or "")
    if not name or not length.isdecimal() or int(length) < 1:
        raise SlackRefusal("invalid_arguments")
    if int(length) > LARGEST:
        raise SlackRefusal("file_upload_size_restricted")
    made = Stored(f"F{workspace.number():08d}", name, int(length), workspace.bot_user)
    workspace.files[made.id] = made
    return {"upload_url": f"{workspace.address()}{UPLOAD}{made.id}", "file_id": made.id}


@method("files.completeUploadExternal")
def complete_upload(workspace: Workspace, arguments: JsonDict) -> JsonDict:
    """Share uploaded files; done twice, they stand there twice."""
    given = json_argument(arguments, "files")
    if not isinstance(given, list) or not given:
        raise SlackRefusal("invalid_arguments")
    chosen = [_uploaded(workspace, each) for each in given]
    where, people = arguments.get("channel_id"), arguments.get("channels")
    if (where is None) == (people is None):
        raise SlackRefusal("invalid_channel")
    if people is not None and arguments.get("thread_ts"):
        raise SlackRefusal("invalid_arguments")
    channel = writable(workspace, where or people)
    thread = thread_ts(arguments)
    if thread is not None and thread not in channel.messages:
        raise SlackRefusal("invalid_thread_ts")
    shown = [describe(workspace, each) for each in chosen]
    post = {**as_bot(workspace, {}), "text": str(arguments.get("initial_comment") or "")}
    post |= {"files": shown, "upload": False, "thread_ts": thread}
    workspace.add_message(channel, post)
    return {"files": [{"id": each.id, "title": each.name} for each in chosen]}


def serve(workspace: Workspace, token_ok: bool, exchange: Exchange) -> Reply:
    """Take the bytes of an upload, or give those of a file."""
    if exchange.path.startswith(UPLOAD):
        return _take(workspace, exchange)
    found = workspace.files.get(exchange.path.removeprefix(PRIVATE).partition("/")[0][9:])
    if not token_ok:
        return Reply(200, SIGN_IN, {"Content-Type": "text/html"})
    if found is None or found.data is None or found.gone:
        return Reply(404, "")
    return Reply(200, found.data, {"Content-Type": "application/octet-stream"})


def _take(workspace: Workspace, exchange: Exchange) -> Reply:
    file = workspace.files.get(exchange.path.removeprefix(UPLOAD))
    if file is None or exchange.method != "POST" or len(exchange.raw) != file.length:
        return Reply(400, "invalid upload")
    file.data = exchange.raw
    return Reply(200, f"OK - {file.length}")


def _uploaded(workspace: Workspace, given: Any) -> Stored:
    file = workspace.files.get(str(given.get("id"))) if isinstance(given, dict) else None
    if file is None or file.data is None:
        raise SlackRefusal("file_not_found")
    return file
