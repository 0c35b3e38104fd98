"""The pieces of Block Kit that everything in Slack is made of; pure.

Whatever a visitor or a colleague wrote stands in `plain_text`, where Slack formats, links and
pings nothing; only our own words use Slack's markup.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.desk.mrkdwn import to_slack

Block = dict[str, Any]

# Limits in Slack's reference, in characters: docs.slack.dev/reference/block-kit/blocks.
SECTION, HEADER, OPTION = 3000, 150, 75
# Ours: small print, and the words of a notification.
SMALL, TEXT = 300, 3000


@dataclass(frozen=True)
class Post:
    """One Slack message: blocks, and the text for notifications and screen readers.

    A loud one in a thread is shown in the channel as well.
    """

    text: str
    blocks: list[Block] = field(default_factory=list)
    loud: bool = False


def translated(translation: Mapping[str, Any] | None, most: int = SECTION) -> list[Block]:
    """Returns the translation beside a visitor's words, or the notice that there is none."""
    if not translation:
        return []
    if not translation.get("text"):
        return [context(plain(str(translation["notice"]), SMALL))]
    label = f"Translation ({translation['engine']})" if "engine" in translation else "Translation"
    return [context(plain(label, SMALL)), section(str(translation["text"]), most)]


def section(text: str, most: int = SECTION) -> Block:
    """Returns a paragraph of anybody's words."""
    return {"type": "section", "text": plain(text, most)}


def context(element: Block) -> Block:
    """Returns a line in small print."""
    return {"type": "context", "elements": [element]}


def actions(elements: list[Block]) -> Block:
    """Returns a row of buttons and menus."""
    return {"type": "actions", "elements": elements}


def button(label: str, action: str, value: str, style: str = "") -> Block:
    """Returns a button; `value` comes back when it is pressed."""
    made = {
        "type": "button",
        "text": {"type": "plain_text", "text": label},
        "action_id": action,
        "value": value,
    }
    return {**made, "style": style} if style else made


def plain(text: str, most: int) -> Block:
    """Returns anybody's words, in which Slack formats, links and pings nothing."""
    # emoji=False: ":white_check_mark:" in a visitor's words must not become our sign of delivery.
    return {"type": "plain_text", "text": to_slack(text, most) or " ", "emoji": False}


def markup(text: str) -> Block:
    """Returns our own words, in Slack's markup."""
    return {"type": "mrkdwn", "text": text}
