"""What Slack makes of the words a person types: escaped text, and rich_text beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .wire import JsonDict

# Slack's apps turn these into names; of the rest, the tests have no need.
EMOJI = {
    "👀": ("eyes", "1f440"),
    "✅": ("white_check_mark", "2705"),
    "👍": ("+1", "1f44d"),
    "🙏": ("pray", "1f64f"),
    "🙂": ("slightly_smiling_face", "1f642"),
    "😀": ("grinning", "1f600"),
    "🔒": ("lock", "1f512"),
    "🎉": ("tada", "1f389"),
}
TOKEN = re.compile(
    r"(?P<user><@[UW][A-Z0-9]+>)"
    r"|(?P<group><!subteam\^S[A-Z0-9]+(\|[^>]*)?>)"
    r"|(?P<range><!(here|channel|everyone)>)"
    r"|(?P<channel><#C[A-Z0-9]+(\|[^>]*)?>)"
    r"|(?P<link>https?://[^\s<>]+)"
    r"|(?P<emoji>:(?=[^:\s]*[a-z1])[a-z0-9_+'\-]+:)"
    rf"|(?P<unicode>{'|'.join(EMOJI)})"
    r"|(?P<bold>(?<!\w)\*[^*\n]+\*(?!\w))"
    r"|(?P<italic>(?<!\w)_[^_\n]+_(?!\w))"
)


def escape(text: str) -> str:
    """Escape the three characters that Slack escapes, and no others."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def wire_text(typed: str) -> str:
    """Return the ``text`` of the event: mentions kept, links wrapped, the rest escaped."""
    return "".join(spell(kind, piece) for kind, piece in pieces(typed))


def rich_text(typed: str, block_id: str = "rich") -> list[JsonDict]:
    """Return the ``blocks`` of the event; their texts are not escaped."""
    elements = [element(kind, piece) for kind, piece in pieces(typed)]
    section = {"type": "rich_text_section", "elements": elements}
    return [{"type": "rich_text", "block_id": block_id, "elements": [section]}]


def pieces(typed: str) -> Iterator[tuple[str, str]]:
    """Cut typed text into plain pieces and tokens."""
    end = 0
    for match in TOKEN.finditer(typed):
        if match.start() > end:
            yield "text", typed[end : match.start()]
        yield kind_of(match), match.group()
        end = match.end()
    if end < len(typed):
        yield "text", typed[end:]


def kind_of(match: re.Match[str]) -> str:
    """Return the name of the group that matched."""
    return next(name for name, value in match.groupdict().items() if value is not None)


def spell(kind: str, piece: str) -> str:
    """Write one piece as in ``text``."""
    if kind == "link":
        return f"<{escape(piece)}>"
    if kind == "unicode":
        return f":{EMOJI[piece][0]}:"
    return escape(piece) if kind in ("text", "bold", "italic") else piece


def element(kind: str, piece: str) -> JsonDict:
    """Write one piece as a rich_text element."""
    if kind == "user":
        return {"type": "user", "user_id": piece[2:-1]}
    if kind == "group":
        return {"type": "usergroup", "usergroup_id": piece[10:-1].split("|")[0]}
    if kind == "range":
        return {"type": "broadcast", "range": piece[2:-1]}
    if kind == "channel":
        return {"type": "channel", "channel_id": piece[2:-1].split("|")[0]}
    if kind == "link":
        return {"type": "link", "url": piece}
    if kind == "emoji":
        return {"type": "emoji", "name": piece[1:-1]}
    if kind == "unicode":
        return {"type": "emoji", "name": EMOJI[piece][0], "unicode": EMOJI[piece][1]}
    if kind in ("bold", "italic"):
        return {"type": "text", "text": piece[1:-1], "style": {kind: True}}
    return {"type": "text", "text": piece}
