"""Between Slack's notation and the words that a visitor typed or is to read; pure.

Source: https://docs.slack.dev/messaging/formatting-message-text. Of what people type Slack escapes
`&`, `<` and `>`, writes everything that links or pings in `<...>`, and names emoji (`:ticket:`).
Nothing else is undone here: marks such as `*` and `_` are the visitor's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from bot.desk.emoji import EMOJI
from bot.desk.mrkdwn import unescape

_TOKEN = re.compile(r"<([^<>]*)>")
# ":+1::skin-tone-3:" is one emoji; "10:30:15" and "a:b:c" are none.
_NAMED = re.compile(r"(?<!\w):([a-z0-9_+'-]{1,60}):(?::skin-tone-([2-6]):)?(?!\w)")
_ADDRESS = re.compile(r"https?://[^\s<>，。；！？、（）【】「」]+")
# What ends a sentence rather than an address.
_AFTER = ".,;:!?)]}'\""
# U+1F3FB is the lightest tone, which Slack numbers 2.
_TONES = {str(number): chr(0x1F3FB + number - 2) for number in range(2, 7)}


def readable(text: str, bot: str = "") -> str:
    """Returns what a person typed, from the `text` of Slack's event.

    Args:
        text: The words in Slack's notation.
        bot: Our user id; a mention of us at the start is how we are called, and is left out.
    """
    rest = without_call(text, bot)
    if bot:
        rest = rest.replace(f"<@{bot}>", f"<@{bot}|Docent>")
    return unescape(_NAMED.sub(_emoji, _TOKEN.sub(_spelled, rest)))


def without_call(text: str, bot: str) -> str:
    """Returns the text without the mention of us that it begins with, or as it is."""
    called = re.match(rf"\s*<@{re.escape(bot)}(?:\|[^<>]*)?>[\s:,，：]*", text) if bot else None
    return text[called.end() :] if called else text


def mentions(text: str, user: str) -> bool:
    """Tells whether a text in Slack's notation mentions a user."""
    return bool(user) and (f"<@{user}>" in text or f"<@{user}|" in text)


def emoji_of(name: str) -> str:
    """Returns the emoji of a reaction, or its name between colons where we do not know it."""
    plain, _, tone = name.partition("::skin-tone-")
    return EMOJI[plain] + _TONES.get(tone, "") if plain in EMOJI else f":{name}:"


def rich_text(text: str) -> dict[str, Any]:
    """Returns a block that shows a text as it is, with its addresses as links.

    In `rich_text` nothing is markup (docs.slack.dev/reference/block-kit/blocks/rich-text-block): a
    `plain_text` would not link, and `mrkdwn` would make bold of a visitor's asterisks.
    """
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": list(_pieces(text))}],
    }


def _pieces(text: str) -> Iterator[dict[str, Any]]:
    end = 0
    for found in _ADDRESS.finditer(text):
        address = found[0].rstrip(_AFTER)
        if found.start() > end:
            yield {"type": "text", "text": text[end : found.start()]}
        yield {"type": "link", "url": address}
        end = found.start() + len(address)
    if end < len(text):
        yield {"type": "text", "text": text[end:]}


def _spelled(match: re.Match[str]) -> str:
    target, _, label = match[1].partition("|")
    if target.startswith(("@", "#")):
        return target[0] + (label or target[1:]).lstrip(target[0])
    if target.startswith("!"):
        # <!here>, <!subteam^S1|@desk>; a date carries its own words.
        return label or "@" + target[1:].split("^", 2)[:2][-1]
    address = target.removeprefix("mailto:").removeprefix("tel:")
    if not label or label in (address, target, address.partition("://")[2].rstrip("/")):
        return address
    return f"{label} ({address})"


def _emoji(match: re.Match[str]) -> str:
    name, tone = match[1], match[2]
    if name not in EMOJI or name.isdigit():
        return match[0]
    return EMOJI[name] + _TONES.get(tone or "", "")
