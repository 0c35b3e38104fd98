"""The arguments of Web API methods: read from JSON or a form, and checked as Slack checks them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from .slack_blocks import BlockFault, check_blocks
from .slack_store import SlackRefusal, Workspace
from .wire import JsonDict

# Slack cuts longer texts and posts the rest (api.slack.com/changelog/2018-04-truncating-...).
# Here they are refused: a reply that loses its end should fail a test, not pass it.
TEXT = 40_000
TS = re.compile(r"\d{10}\.\d{6}")
EMOJI = re.compile(r"[a-z0-9_+'\-]+(::skin-tone-[2-6])?")

Method = Callable[[Workspace, JsonDict], JsonDict]
METHODS: dict[str, Method] = {}


def method(name: str) -> Callable[[Method], Method]:
    """Enter a function under its Web API name."""

    def enter(function: Method) -> Method:
        METHODS[name] = function
        return function

    return enter


def json_argument(arguments: JsonDict, name: str, error: str = "invalid_arguments") -> Any:
    """Return an argument that may come as JSON or, in a form, as JSON in a string."""
    value = arguments.get(name)
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value) if value else None
    except ValueError:
        raise SlackRefusal(error) from None


def yes(value: Any) -> bool:
    """Read a boolean of JSON or of a form."""
    return value is True or str(value).lower() in ("1", "true")


def content(arguments: JsonDict) -> JsonDict:
    """Return text, blocks and attachments after the checks that all posts share."""
    text = str(arguments.get("text") or "")
    blocks = json_argument(arguments, "blocks", "invalid_blocks_format")
    attachments = json_argument(arguments, "attachments", "invalid_attachments")
    if not text.strip() and not blocks and not attachments:
        raise SlackRefusal("no_text")
    if len(text) > TEXT:
        raise SlackRefusal("msg_too_long")
    if blocks is not None:
        checked(blocks)
    metadata = json_argument(arguments, "metadata", "invalid_metadata_format")
    if metadata and not {"event_type", "event_payload"} <= set(metadata):
        raise SlackRefusal("invalid_metadata_schema")
    parts = {"blocks": blocks, "attachments": attachments, "metadata": metadata}
    return {"text": text, **{name: deepcopy(part) for name, part in parts.items() if part}}


def checked(blocks: Any, most: int = 50, root: str = "/blocks") -> None:
    """Refuse bad blocks as Slack does: the reasons in ``errors`` and once more in the metadata."""
    try:
        check_blocks(blocks, most, root)
    except BlockFault as fault:
        metadata = {"messages": [f"[ERROR] {fault}"]}
        more = {"errors": [str(fault)]} if fault.error == "invalid_blocks" else {}
        raise SlackRefusal(fault.error, **more, response_metadata=metadata) from fault


def thread_ts(arguments: JsonDict) -> str | None:
    """Return the thread of a post; a ts that isn't one is refused, a ts of nothing is not."""
    value = arguments.get("thread_ts")
    if value in (None, ""):
        return None
    if not isinstance(value, str) or not TS.fullmatch(value):
        message = f"[ERROR] {value} is not a valid thread_ts"
        raise SlackRefusal("invalid_thread_ts", response_metadata={"messages": [message]})
    return value
