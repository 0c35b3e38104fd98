"""The museum's answer to a topic for one reader, as the bot gives it: computed, else as written.

In the shape in which Rasa keeps answers: under `utter_faq/<topic>` the English text, and the
Chinese one with the condition that the slot language is zh. A loaded model's domain has them, and
so have the files of data/nlu/faq.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bot.content.computed import computed
from bot.content.topics import topic_files
from bot.content.voice import Voice
from bot.language import base

Responses = Mapping[str, Sequence[Mapping[str, Any]]]
PREFIX = "utter_faq/"


def has_answer(topic: str, responses: Responses) -> bool:
    """Tells whether there is an answer to a topic, without `faq/`."""
    return f"{PREFIX}{topic}" in responses


def answer(
    topic: str, text: str, language: str, voice: Voice, responses: Responses, now: datetime
) -> str:
    """Returns the answer to a topic, or "" where there is none.

    Args:
        topic: The topic's name, without `faq/`.
        text: What the visitor asked; days, times and people in it are answered to.
        language: "en", "zh-Hans" or "zh-Hant".
        voice: Facts and sentences.
        responses: The written answers.
        now: This moment, aware.
    """
    if not has_answer(topic, responses):
        return ""
    asked = " ".join(text.split())
    made = computed(topic, asked, language, voice.museum, voice.sentences, now)
    words = _written(responses[f"{PREFIX}{topic}"], language) if made is None else made.text
    return voice.answer(words, language).strip()


def _written(rows: Sequence[Mapping[str, Any]], language: str) -> str:
    """Returns the text for a language: the Chinese one stands under a condition."""
    wanted = base(language) == "zh"
    fitting = [row for row in rows if bool(row.get("condition")) is wanted]
    return str(next(iter(fitting), {}).get("text") or "")


@lru_cache(maxsize=4)
def written_responses(folder: Path) -> Responses:
    """Returns the answers that stand in the files of a folder; a broken file gives none.

    Read once: a change shows, as everywhere, when Docent is started again.
    """
    found: dict[str, Sequence[Mapping[str, Any]]] = {}
    for path in topic_files(folder):
        # The examples above the answers are a hundred times as long, and of no use here.
        _, _, tail = path.read_text(encoding="utf-8").partition("\nresponses:")
        try:
            found.update(YAML(typ="safe").load(f"responses:{tail}")["responses"] or {})
        except Exception:  # noqa: S112 - whatever is wrong with a file, `docent lint` says it
            continue
    return found
