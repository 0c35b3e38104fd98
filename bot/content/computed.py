"""Computed answers: topics that are answered from museum.yml, for what was asked and when."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import TypeVar

from bot.content.closures_answer import Shut, answer_closures
from bot.content.exhibitions_answer import Programme, answer_exhibition, answer_exhibitions
from bot.content.hours_answer import Hours, answer_opening
from bot.content.late_answer import Evenings, answer_late
from bot.content.museum import Museum
from bot.content.prices_answer import Till, answer_concessions, answer_prices
from bot.content.sentences import Sentences
from bot.content.telling import Computed, Teller

__all__ = ["COMPUTED", "Computed", "computed"]

Answer = Callable[[str, str, Museum, Sentences, datetime], Computed | None]


T = TypeVar("T", bound=Teller)


def _told_by(
    teller: Callable[[Museum, Sentences, str, datetime], T],
    answer: Callable[[str, T], Computed | None],
) -> Answer:
    def compute(
        text: str, language: str, museum: Museum, sentences: Sentences, now: datetime
    ) -> Computed | None:
        return answer(text, teller(museum, sentences, language, now.astimezone(museum.time_zone)))

    return compute


COMPUTED: Mapping[str, Answer] = MappingProxyType(
    {
        "opening_hours": _told_by(Hours, answer_opening),
        "late_opening": _told_by(Evenings, answer_late),
        "closures": _told_by(Shut, answer_closures),
        "exhibitions_on": _told_by(Programme, answer_exhibitions),
        "exhibition_specific": _told_by(Programme, answer_exhibition),
        "admission_price": _told_by(Till, answer_prices),
        "concessions": _told_by(Till, answer_concessions),
    }
)


def computed(
    topic: str, text: str, language: str, museum: Museum, sentences: Sentences, now: datetime
) -> Computed | None:
    """The computed answer, or None where the topic's file answers.

    Args:
        topic: The topic's name, without `faq/`.
        text: What the visitor wrote; or a question and its follow-up, a line each. Then the last
            line wins wherever it names a day, a time, visitors or an exhibition, and what it
            leaves open is taken from the line before. Line breaks inside one message must be
            made spaces by the caller.
        language: 'en', 'zh-Hans' (or 'zh') or 'zh-Hant'.
        now: This moment, aware, of any time zone; days and hours are the museum's.

    Raises:
        ContentError: sentences.yml lacks a sentence that is needed.
    """
    answer = COMPUTED.get(topic)
    return answer(text, language, museum, sentences, now) if answer else None
