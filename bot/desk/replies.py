"""Note or reply: what may leave the staff's thread and what may not; pure.

A slip must not reach a visitor, so every doubt ends as a note. Which texts are never sent,
whoever writes them, is promised to staff in docs/staff_desk.md.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum

from bot.desk.mrkdwn import to_visitor, unescape

__all__ = ["Decision", "Why", "decide", "never_sent", "to_visitor"]


class Why(str, Enum):
    """Why a text was kept, in words for its author."""

    MARKED = "It is marked as a note."
    COLLEAGUE = "It mentions a colleague or a group."
    NO_WORDS = "There are no words in it."
    UNCLAIMED = "Nobody has claimed this case yet."
    NOT_OWNER = "Somebody else has this case."
    CLOSED = "This case is closed."


@dataclass(frozen=True)
class Decision:
    """What to do with a text: `kind` is reply, note, offer_claim, _anyway or _reopen."""

    kind: str
    reason: str = ""


_WORDS = "note|internal|private|[备備][注註]|[内內]部|私信"
# After folding: one of the words, or several ("internal note", "内部备注"), and a colon that
# nothing but spaces, marks and closing brackets parts from it.
_MARKED = re.compile(rf"(?:{_WORDS})(?:[\W_]*(?:{_WORDS}))*[^\w:]*:|//")
_PINGS = re.compile(
    r"<@[^<>]+>|<!(?:subteam\^[^<>]+|here|channel|everyone)(?:\|[^<>]*)?>"
    r"|(?<![\w.])@(?:here|channel|everyone)(?!\w)"
)
_MENTION = re.compile(r"<[@!#][^<>]*>|@\w[\w.-]*")
_HANDLE_FIRST = re.compile(r"(?:[^\w<]|:[^\s:]{1,100}:)*[@\uff20][^\W\d]")
# ":note:" may be an emoji or a slip of the keyboard: it counts as the word.
_SHORTCODE = re.compile(rf"[:\uff1a](?!(?:{_WORDS})[:\uff1a])[^\s:\uff1a]{{1,100}}[:\uff1a]", re.I)
_KEYCAP = re.compile(r"[0-9#*]\ufe0f?\u20e3")
# An emoji that Unicode counts among the letters and that NFKC would turn into "i".
_LETTER_EMOJI = "\u2139"
# Colons that NFKC does not fold into ":".
_COLONS = str.maketrans(
    {"\u2236": ":", "\ua789": ":", "\u02d0": ":", "\ufe30": ":", "\u05c3": ":"}
)
_MARKS = str.maketrans("", "", "*_~`")


def decide(
    text: str,
    *,
    author_is_owner: bool,
    claimed: bool,
    closed: bool = False,
    confirm: str | None = None,
) -> Decision:
    """Decides what becomes of a text in a case's thread.

    Args:
        text: The words as typed, in Slack's markup.
        author_is_owner: Whether its author has claimed the case.
        claimed: Whether anybody has.
        closed: Whether the case is over.
        confirm: "claim", "anyway" or "follow_up" once the author pressed that button.
    """
    kept = never_sent(text)
    if kept is not None:
        return Decision("note", kept.value)
    if closed:
        is_said = confirm == "follow_up"
        return Decision("reply") if is_said else Decision("offer_reopen", Why.CLOSED.value)
    if not claimed:
        return Decision("offer_claim", Why.UNCLAIMED.value)
    if author_is_owner or confirm == "anyway":
        return Decision("reply")
    return Decision("offer_anyway", Why.NOT_OWNER.value)


def never_sent(text: str) -> Why | None:
    """Returns why a text must not reach a visitor, whoever wrote it; None where it may."""
    if _MARKED.match(_folded(_without_lead(unescape(text)))):
        return Why.MARKED
    if _PINGS.search(text) or _addresses_somebody(text):
        return Why.COLLEAGUE
    return None if _is_visible(to_visitor(text)) else Why.NO_WORDS


def _is_visible(text: str) -> bool:
    """Tells whether anything of a text is seen; a joiner of zero width alone is not."""
    return any(unicodedata.category(c) not in ("Cf", "Cc", "Zs", "Zl", "Zp") for c in text)


def _addresses_somebody(text: str) -> bool:
    """Tells whether a text begins with a handle: Slack leaves an unknown "@anna" as plain text."""
    return _HANDLE_FIRST.match(text) is not None


def _without_lead(text: str) -> str:
    """Drops leading mentions, emoji, spaces, brackets and marks, before anything is folded.

    Folding comes after, because it makes a letter of the emoji U+2139, which would hide the note.
    """
    position = 0
    while position < len(text):
        step = _lead(text, position)
        if not step:
            break
        position += step
    return text[position:]


def _lead(text: str, position: int) -> int:
    """Returns how many characters at this position only stand before the words."""
    folded = unicodedata.normalize("NFKC", text[position : position + 120])
    for pattern in (_MENTION, _SHORTCODE, _KEYCAP):
        found = pattern.match(text, position)
        if found:
            return found.end() - position
    if (text[position] != folded[:1]) and (found := _MENTION.match(folded)):
        return found.end()
    character = text[position]
    plain = unicodedata.normalize("NFKC", character)
    if character == _LETTER_EMOJI or _is_picture(character):
        return 1
    return 0 if plain[:1].isalnum() or plain == "/" else 1


def _is_picture(character: str) -> bool:
    return unicodedata.category(character) in ("So", "Sk", "Cf", "Mn", "Me")


def _folded(text: str) -> str:
    head = unicodedata.normalize("NFKC", text[:200].translate(_COLONS)).casefold()
    visible = "".join(c for c in head if unicodedata.category(c) not in ("Cf", "Mn", "Me"))
    return visible.translate(_MARKS)
