"""What is answered without being read: a file, an empty message, an old button, a whole essay."""

from __future__ import annotations

from typing import Any

from bot import history
from bot.taking import Asked

# A longer text is not read as a question; its writer is asked for the question in short.
LONGEST_QUESTION = 1500

# What a visitor may send instead of words; data/sentences.yml has an answer to each.
SEEN_KINDS = ("image", "audio", "voice", "video", "file", "sticker", "location", "contact")


def sentence_for(asked: Asked) -> str | None:
    """Returns the key of the sentence that answers what is no question in words, or None."""
    payload, text = asked.row.payload, asked.text.strip()
    if payload.get("means"):
        return None
    if payload.get("choice") and asked.choice is None and not text:
        return "choice_expired"
    if not text:
        return _received(payload.get("attachments"))
    if len(text) > LONGEST_QUESTION and not history.form_asks(asked.memory or []):
        return "too_long"
    return None


def _received(attachments: list[dict[str, Any]] | None) -> str:
    """Returns the sentence that answers what came without words."""
    if not attachments:
        return "empty_message"
    kind = attachments[0]["kind"]
    return f"received.{kind}" if kind in SEEN_KINDS else "received.file"
