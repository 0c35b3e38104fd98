"""What Slack refuses in blocks: slack_sdk's own models first, then the limits they leave out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block, BlockElement, TextObject

from .wire import JsonDict

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
OPTION_TEXT = 75
OPTION_VALUE = 150
BUTTON_TEXT = 75
HEADER_TEXT = 150
SECTION_TEXT = 3000
FIELD_TEXT = 2000
CONTEXT_TEXT = 3000
IDENTIFIER = 255
# Nowhere documented. bolt-js#2867 measured 9,597 characters accepted and 11,341 refused.
ALL_TEXT = 10_000

# What each kind of block must carry, and what slack_sdk doesn't insist on.
REQUIRED = {
    "section": (),
    "header": ("text",),
    "actions": ("elements",),
    "context": ("elements",),
    "input": ("label", "element"),
    "image": ("alt_text",),
    "divider": (),
    "rich_text": ("elements",),
    "markdown": ("text",),
}
CHOICES = frozenset(
    {"static_select", "multi_static_select", "overflow", "radio_buttons", "checkboxes"}
)


class BlockFault(Exception):
    """One broken rule, with Slack's JSON pointer to the place."""

    def __init__(self, message: str, pointer: str, error: str = "invalid_blocks") -> None:
        """Word the fault as Slack words it in ``errors``."""
        super().__init__(f"{message} [json-pointer:{pointer}]")
        self.error = error


def check_blocks(blocks: Any, most: int = MESSAGE_BLOCKS, root: str = "/blocks") -> None:
    """Raise BlockFault unless Slack would take these blocks."""
    if not isinstance(blocks, list) or not all(isinstance(each, dict) for each in blocks):
        raise BlockFault("must be an array of objects", root, "invalid_blocks_format")
    if len(blocks) > most:
        raise BlockFault(f"no more than {most} items allowed", root)
    for number, block in enumerate(blocks):
        check_block(block, f"{root}/{number}")
    check_unique(blocks, root)
    if most == MESSAGE_BLOCKS and sum(len(text) for text in texts(blocks)) > ALL_TEXT:
        raise BlockFault("all texts together are too long", root, "msg_blocks_too_long")


def check_block(block: JsonDict, where: str) -> None:
    """Check one block by slack_sdk's model and by our own table."""
    kind = block.get("type")
    if kind not in REQUIRED:
        raise BlockFault(f"unsupported type: {kind}", f"{where}/type")
    for name in REQUIRED[kind]:
        if not block.get(name):
            raise BlockFault(f"missing required field: {name}", where)
    check_identifier(block, "block_id", where)
    check_texts(block, where)
    check_elements(block, where)
    check_model(block, where)


def check_model(block: JsonDict, where: str) -> None:
    """Let slack_sdk judge: it counts elements, options, fields and most lengths."""
    try:
        for parsed in Block.parse_all([block]):
            parsed.to_dict()
    except (SlackObjectFormationError, TypeError, AttributeError) as error:
        raise BlockFault(str(error), where) from error


def check_texts(block: JsonDict, where: str) -> None:
    """Check the texts that stand in the block itself, and that they are of the right kind."""
    kind = block["type"]
    if kind == "header":
        check_text(block["text"], f"{where}/text", HEADER_TEXT, plain=True)
    if kind == "section":
        check_section(block, where)
    if kind == "input":
        check_text(block["label"], f"{where}/label", 2000, plain=True)


def check_section(block: JsonDict, where: str) -> None:
    """Check a section: a text of 3,000, or fields of 2,000 each."""
    if "text" not in block and not block.get("fields"):
        raise BlockFault("missing required field: text", where)
    if "text" in block:
        check_text(block["text"], f"{where}/text", SECTION_TEXT)
    for number, field in enumerate(block.get("fields", [])):
        check_text(field, f"{where}/fields/{number}", FIELD_TEXT)


def check_elements(block: JsonDict, where: str) -> None:
    """Check buttons, menus and context elements."""
    if block["type"] == "rich_text":
        return
    for spot, element in elements_of(block, where):
        if not isinstance(element, dict) or not element.get("type"):
            raise BlockFault("missing required field: type", spot)
        if element["type"] in ("mrkdwn", "plain_text"):
            check_text(element, spot, CONTEXT_TEXT)
            continue
        check_known(element, spot)
        check_identifier(element, "action_id", spot)
        if element["type"] == "button":
            check_text(element.get("text"), f"{spot}/text", BUTTON_TEXT, plain=True)
        check_options(element, spot)


def check_known(element: JsonDict, where: str) -> None:
    """Check that slack_sdk knows this element and finds in it what it needs."""
    try:
        known = BlockElement.parse(element)
    except (TypeError, AttributeError, KeyError) as error:
        raise BlockFault(f"missing required field: {error}", where) from error
    if known is None or isinstance(known, TextObject):
        raise BlockFault(f"unsupported type: {element['type']}", f"{where}/type")


def check_options(element: JsonDict, where: str) -> None:
    """Check the options of a menu: text, value, and that the first choice is one of them."""
    if element["type"] in CHOICES and not (element.get("options") or element.get("option_groups")):
        raise BlockFault("missing required field: options", where)
    groups = [element, *element.get("option_groups", [])]
    options = [option for group in groups for option in group.get("options", [])]
    for number, option in enumerate(options):
        spot = f"{where}/options/{number}"
        plain = element["type"].endswith("_select") or element["type"] == "overflow"
        check_text(option.get("text"), f"{spot}/text", OPTION_TEXT, plain=plain)
        if not 0 < len(option.get("value") or "") <= OPTION_VALUE:
            raise BlockFault(f"must be less than {OPTION_VALUE + 1} characters", f"{spot}/value")
    first = element.get("initial_option")
    if first is not None and first not in options:
        raise BlockFault("must match one of the options", f"{where}/initial_option")


def check_text(text: Any, where: str, most: int, *, plain: bool = False) -> None:
    """Check one text object; Slack counts characters, and a bare string isn't a text object."""
    if not isinstance(text, dict) or text.get("type") not in ("plain_text", "mrkdwn"):
        raise BlockFault("must provide an object", where)
    if plain and text["type"] != "plain_text":
        raise BlockFault("must be a valid enum value: plain_text", f"{where}/type")
    words = text.get("text")
    if not isinstance(words, str) or not words:
        raise BlockFault("must be more than 0 characters", f"{where}/text")
    if len(words) > most:
        raise BlockFault(f"must be less than {most + 1} characters", f"{where}/text")


def check_identifier(item: JsonDict, name: str, where: str) -> None:
    """Check an action_id or block_id where there is one; Slack makes up the missing ones."""
    value = item.get(name)
    if value is not None and (not isinstance(value, str) or not 0 < len(value) <= IDENTIFIER):
        raise BlockFault(f"must be less than {IDENTIFIER + 1} characters", f"{where}/{name}")


def check_unique(blocks: list[JsonDict], root: str) -> None:
    """Refuse a block_id used twice, and an action_id used twice in one block."""
    seen: set[str] = set()
    for number, block in enumerate(blocks):
        where = f"{root}/{number}"
        if block.get("block_id") in seen:
            raise BlockFault(f"block_id `{block['block_id']}` already exists", where)
        seen |= {block["block_id"]} if block.get("block_id") else set()
        names = [each.get("action_id") for _, each in elements_of(block, where)]
        names = [name for name in names if name]
        if len(set(names)) != len(names):
            raise BlockFault("`action_id` already exists", where)


def elements_of(block: JsonDict, where: str = "") -> Iterator[tuple[str, JsonDict]]:
    """Yield each element of a block with the pointer to it."""
    if block.get("type") == "rich_text":
        return
    for number, element in enumerate(block.get("elements") or []):
        yield f"{where}/elements/{number}", element
    for name in ("accessory", "element"):
        if name in block:
            yield f"{where}/{name}", block[name]


def texts(node: Any) -> Iterator[str]:
    """Yield every visible text of blocks, however deep."""
    if isinstance(node, list):
        for each in node:
            yield from texts(each)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "text" and isinstance(value, str):
                yield value
            else:
                yield from texts(value)
