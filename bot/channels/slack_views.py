"""The windows of the desk in Slack, as Block Kit views; pure.

Limits: docs.slack.dev/reference/views (titles of 24 characters, 3,000 of private metadata),
/reference/block-kit/block-elements/plain-text-input-element (3,000 characters).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from bot.desk.blocks import in_words
from bot.desk.elements import Block, context, plain, section
from bot.desk.suggestions import Ready
from bot.language import ENGLISH

View = dict[str, Any]
# A title, and what the buttons of a window say.
TITLE, FIELD = 24, 3000
# Shown above a field, not edited: as much as a phone shows at once.
SHOWN = 1500
READY, CORRECT = "ready:edit", "correct:translation"
# The fields, by block; the action within each is called so too.
TEXT, IN_ENGLISH = "text", "english"
HINT = "Change either one. If you change the English alone, it is translated."


def modal(
    callback: str, title: str, submit: str, blocks: list[Block], about: Mapping[str, Any]
) -> View:
    """Returns a window with fields; `about` comes back with it.

    Slack tells us when it is closed without being sent.
    """
    return {
        "type": "modal",
        "callback_id": callback,
        "title": plain(title, TITLE),
        "submit": plain(submit, TITLE),
        "close": plain("Cancel", TITLE),
        "private_metadata": json.dumps(about, separators=(",", ":")),
        "notify_on_close": True,
        "blocks": blocks,
    }


def field(name: str, label: str, value: str, hint: str = "", optional: bool = False) -> Block:
    """Returns a text field that is filled in already."""
    element = {
        "type": "plain_text_input",
        "action_id": name,
        "multiline": True,
        "max_length": FIELD,
        **({"initial_value": value[:FIELD]} if value else {}),
    }
    made: Block = {
        "type": "input",
        "block_id": name,
        "label": {"type": "plain_text", "text": label},
        "element": element,
        "optional": optional,
    }
    return {**made, "hint": {"type": "plain_text", "text": hint}} if hint else made


def entered(view: Mapping[str, Any], name: str) -> str:
    """Returns what stands in a field of a window that was sent."""
    return str(view["values"].get(name, {}).get(name, "")).strip()


def about(view: Mapping[str, Any]) -> dict[str, Any]:
    """Returns what a window was opened for; empty where it says nothing that we wrote."""
    try:
        found = json.loads(view["private_metadata"])
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def edit_ready(words: Ready, about_it: Mapping[str, Any]) -> View:
    """Returns the window in which a ready answer is changed before it goes."""
    label = f"The visitor reads ({in_words(words.language)})"
    english = words.language == ENGLISH
    blocks = [field(TEXT, label, words.text, "" if english else HINT)]
    blocks += [] if english else [field(IN_ENGLISH, "In English", words.english, optional=True)]
    told = {**about_it, TEXT: digest(words.text), IN_ENGLISH: digest(words.english)}
    return modal(READY, words.label[:TITLE], "Send", blocks, told)


def correct_translation(
    original: str, text: str, language: str, back: str | None, about_it: Mapping[str, Any]
) -> View:
    """Returns the window in which a translation is corrected.

    Args:
        original: What was written.
        text: Its translation, empty where there is none.
        language: The reader's.
        back: The translation in the writer's language again, where it is known.
        about_it: What comes back with it.
    """
    reader = "Staff read" if about_it.get("incoming") else "The visitor reads"
    blocks = [context(plain("It was written", TITLE)), section(original, SHOWN)]
    blocks += [field(TEXT, f"{reader} ({in_words(language)})", text)]
    blocks += (
        [context(plain("Translated back, it said", FIELD)), section(back, SHOWN)] if back else []
    )
    return modal(CORRECT, "Correct the translation", "Correct", blocks, about_it)


def digest(text: str) -> str:
    """Returns a short name for a text, by which it is known whether somebody changed it."""
    return hashlib.sha256(text.strip().encode()).hexdigest()[:16]
