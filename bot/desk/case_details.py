"""On a case's card: what the visitor told before, and the alarm of an urgent one; pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.desk.elements import SMALL, Block, context, markup, plain, section
from bot.desk.people import URGENT
from bot.store.cases import UNCLAIMED

# Pings everybody who is there; a visitor's words stand in `plain_text`, which pings nobody.
ALARM = "🚨 *URGENT* <!here> Please look at this now."
# Slack takes 10,000 characters for a whole message; the thread has what is cut here.
DETAIL = 700
STILL_URGENT = "🚨 *URGENT*"


def heading(case: Any) -> str:
    """Returns how a notification begins: the reference, and first of all that it is urgent."""
    return f"🚨 URGENT {case.ref}" if case.priority == URGENT else str(case.ref)


def alarm(case: Any) -> list[Block]:
    """Returns the first line of an urgent case's card; it pings while nobody has the case."""
    if case.priority != URGENT:
        return []
    words = ALARM if case.state in UNCLAIMED else STILL_URGENT
    return [{"type": "section", "text": markup(words)}]


def is_told(question: str, details: Mapping[str, str] | None) -> bool:
    """Tells whether a visitor's last words are one of the details, so that they are shown once."""
    return question.strip() in {words.strip() for words in (details or {}).values()}


def detailed(
    details: Mapping[str, str] | None, translation: Mapping[str, Any] | None
) -> list[Block]:
    """Returns a label and the visitor's own words for each detail, a translation beside them."""
    if not details:
        return []
    translated = (translation or {}).get("details") or {}
    blocks: list[Block] = []
    for label, words in details.items():
        blocks += [context(plain(label, SMALL)), section(words, DETAIL)]
        if label in translated:
            blocks.append(section(f"↳ {translated[label]}", DETAIL))
    if not translated and (translation or {}).get("notice"):
        blocks.append(context(plain(str((translation or {})["notice"]), SMALL)))
    return blocks
