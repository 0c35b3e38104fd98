"""Words on their way into Slack and out of it; pure.

Slack's markup is described at https://docs.slack.dev/messaging/formatting-message-text: only
`&`, `<` and `>` are control characters, and everything that pings or links stands in `<...>`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from bot.desk.emoji import EMOJI
from bot.limits import utf16_units

CUT = "… (cut; the full text is in the log)"

_ENTITIES = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"))
_MARKUP = re.compile(r"<([@#!]|https?://|mailto:|tel:)([^<>|]*)(?:\|([^<>]*))?>")
_LINK = re.compile(r"https?://[^\s<>]+")
# Stands for a link while the marks around it are removed: links hold underscores of their own.
_HELD = re.compile("\ue000([0-9]+)\ue001")
# Nobody types what marks the place of a link.
_PLACE = re.compile("[\ue000\ue001]")
_FENCE = re.compile(r"```\n?(.*?)\n?```", re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
# Slack formats only between a boundary and a word: 2*3*4 and snake_case_name are left alone.
_BOLD = re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+)(?<=\S)\*(?![\w*])")
_ITALIC = re.compile(r"(?<!\w)_(?=[^\s_])([^\n]+?)(?<=[^\s_])_(?!\w)")
_SHORTCODE = re.compile(r":([a-z0-9_+'-]+):")
_SKIN_TONE = re.compile(r":skin-tone-[2-6]:")


def escape(text: str) -> str:
    """Returns the text with Slack's three control characters made harmless."""
    for character, entity in _ENTITIES:
        text = text.replace(character, entity)
    return text


def unescape(text: str) -> str:
    """Returns the text with Slack's three entities turned back into characters."""
    for character, entity in reversed(_ENTITIES):
        text = text.replace(entity, character)
    return text


def quiet(text: str) -> str:
    """Returns the text without characters that hide, reorder or overwrite what stands near them.

    Control characters and bidirectional overrides could make a visitor's words look like ours;
    the joiners inside emoji stay.
    """
    return "".join(c for c in text if c in "\n\t" or not _is_trick(c))


def one_line(text: str) -> str:
    """Returns a name or a title on one line, so that it cannot start a line of its own."""
    return " ".join(quiet(text).split())


def to_slack(text: str, most: int) -> str:
    """Returns anybody's words, escaped and cut to fit.

    Args:
        text: The words as they came.
        most: The limit in UTF-16 units, counted after escaping as Slack does.
    """
    text = quiet(text)
    whole = escape(text)
    if utf16_units(whole) <= most:
        return whole
    tail = CUT if most > 4 * len(CUT) else "…"
    return _fitting(text, most - len(tail)) + tail


def to_visitor(text: str) -> str:
    """Turns what staff typed in Slack into plain text for a visitor.

    `<https://x|label>` becomes "label (https://x)", `<mailto:a@b|a@b>` an address, `<#C1|name>`
    "#name"; `*bold*`, `_italic_` and code lose their marks; `:emoji:` becomes Unicode where it is
    a common one and is left out otherwise. `~` stays, because Chinese writers use it for tone.
    """
    links: list[str] = []

    def hold(link: str) -> str:
        links.append(link)
        return f"\ue000{len(links) - 1}\ue001"

    text = _SKIN_TONE.sub("", _FENCE.sub(r"\1", _PLACE.sub("", _HELD.sub("", text))))
    text = _MARKUP.sub(lambda match: _spelled_out(match, hold), text)
    plain = _unmarked(_LINK.sub(lambda match: hold(match[0]), text))
    return unescape(_HELD.sub(lambda match: links[int(match[1])], plain)).strip()


def _is_trick(character: str) -> bool:
    if unicodedata.category(character) == "Cc":
        return True
    return character in "\u061c\u200e\u200f\u2028\u2029\ufeff" or (
        "\u202a" <= character <= "\u202e" or "\u2066" <= character <= "\u2069"
    )


def _fitting(text: str, most: int) -> str:
    """Returns the longest beginning that fits when escaped; never half an entity."""
    used, shown = 0, []
    for character in text:
        escaped = escape(character)
        used += utf16_units(escaped)
        if used > most:
            break
        shown.append(escaped)
    return "".join(shown).rstrip()


def _unmarked(text: str) -> str:
    for pattern in (_CODE, _BOLD, _ITALIC, _BOLD):
        text = pattern.sub(r"\1", text)
    shown = _SHORTCODE.sub(_emoji, text)
    return shown if shown == text else re.sub(r"(?<=\S) {2,}(?=\S)", " ", shown)


def _spelled_out(match: re.Match[str], hold: Callable[[str], str]) -> str:
    kind, rest, label = match[1], match[2], match[3]
    if kind in "@#":
        return f"{kind}{label}" if label else ""
    if kind == "!":
        return label or ""
    target = rest if kind in ("mailto:", "tel:") else kind + rest
    if not label or label in (target, target.partition("://")[2].rstrip("/")):
        return hold(target)
    return f"{label} ({hold(target)})"


def _emoji(match: re.Match[str]) -> str:
    name, text = match[1], match.string
    around = text[max(0, match.start() - 1) : match.start()] + text[match.end() : match.end() + 1]
    # "10:30:00" holds no emoji; "thanks:smile:" does, because Slack's picker writes it so.
    inside_words = any(character.isalnum() for character in around)
    if name in EMOJI and not (name.isdigit() and inside_words):
        return EMOJI[name]
    return match[0] if inside_words or name.isdigit() else ""
