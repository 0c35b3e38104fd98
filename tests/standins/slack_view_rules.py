"""What Slack refuses in modals and app homes, beside what slack_sdk's own model refuses.

docs.slack.dev/reference/views (100 blocks, titles of 24 characters, 3,000 of private metadata),
/reference/block-kit/block-elements/plain-text-input-element (3,000 characters).
"""

from __future__ import annotations

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.views import View

from .slack_arguments import checked
from .slack_blocks import VIEW_BLOCKS, elements_of
from .slack_store import SlackRefusal
from .wire import JsonDict

TITLE = 24
INPUT = 3000


def check_view(wanted: JsonDict, kind: str) -> None:
    """Refuse a view that Slack would refuse, with its reason."""
    if not isinstance(wanted, dict) or wanted.get("type") != kind or not wanted.get("blocks"):
        raise refusal("a view needs its type and blocks")
    checked(wanted["blocks"], VIEW_BLOCKS, "/view/blocks")
    fault = fault_in(wanted, kind)
    if fault:
        raise refusal(fault)
    try:
        View(**wanted).to_dict()
    except (SlackObjectFormationError, TypeError) as error:
        raise refusal(str(error)) from error


def fault_in(wanted: JsonDict, kind: str) -> str:
    """Return what is wrong with the parts that the model does not look at, or ""."""
    for name in ("title", "submit", "close"):
        words = wanted.get(name)
        if words is not None and (words.get("type") != "plain_text" or not words.get("text")):
            return f"{name} must be plain_text"
    if kind == "modal" and "title" not in wanted:
        return "a modal needs a title"
    has_input = any(block["type"] == "input" for block in wanted["blocks"])
    if kind == "modal" and has_input and "submit" not in wanted:
        return "submit is required when an input block is within the blocks array"
    return next(filter(None, (field_fault(block) for block in wanted["blocks"])), "")


def field_fault(block: JsonDict) -> str:
    """Return what is wrong with the text fields of a block, or ""."""
    for pointer, element in elements_of(block):
        if element.get("type") != "plain_text_input":
            continue
        most = element.get("max_length", INPUT)
        if not 1 <= most <= INPUT or not 0 <= element.get("min_length", 0) <= most:
            return f"a field holds 1 to {INPUT} characters [{pointer}]"
        if len(element.get("initial_value") or "") > most:
            return f"initial_value is longer than max_length [{pointer}]"
    return ""


def refusal(words: str) -> SlackRefusal:
    """Return the refusal that Slack words in the metadata of its answer."""
    metadata = {"messages": [f"[ERROR] {words}"]}
    return SlackRefusal("invalid_arguments", response_metadata=metadata)
