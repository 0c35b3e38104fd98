"""What a visitor should read, made from the published content, at the moment of asking."""

from __future__ import annotations

import re
from datetime import datetime, timezone

from bot.config import ROOT
from bot.content.hours_answer import opening_answer
from bot.content.topics import load_topics
from bot.content.voice import Voice, load_voice
from bot.desk.clock import DeskClock
from bot.language import base

REF = re.compile(r"D-\d{4,}")


class Words:
    """The museum's words: those of `data/`."""

    def __init__(self) -> None:
        self.voice: Voice = load_voice(ROOT / "data")
        self._topics = {topic.name: topic for topic in load_topics(ROOT / "data" / "nlu" / "faq")}

    def answer(self, topic: str, language: str, *, first: bool = False) -> str:
        """The answer to a topic; the first one in a conversation says who speaks."""
        told = self._topics[topic].answers[base(language)].text
        words = self.voice.answer(told, language)
        return f"{words}\n\n{self.say('disclosure', language)}" if first else words

    def topic_of(self, label: str, language: str) -> str:
        """The topic that a button is about."""
        return next(name for name in self._topics if self.voice.label(name, language) == label)

    def hours(self, question: str, language: str) -> str:
        """The computed opening times that a question asks for, now."""
        museum, sentences = self.voice.museum, self.voice.sentences
        now = datetime.now(timezone.utc)
        told = opening_answer(question, language, museum, sentences, now)
        return museum.fill(told, language)

    def say(self, key: str, language: str, **values: object) -> str:
        """One of Docent's own sentences."""
        return self.voice.say(key, language, **values)

    def acknowledgements(
        self, key: str, language: str, ref: str, places: tuple[int, ...] = (1,)
    ) -> list[str]:
        """What a visitor may be told when a case opens: the place, or when the desk opens."""
        between = " " if language == "en" else ""
        head = self.say(key, language, ref=ref)
        clock, now = DeskClock(self.voice.museum), datetime.now(timezone.utc)
        if not clock.is_staffed(now):
            time = clock.reopening(now, language)
            return [f"{head}{between}{self.say('out_of_hours', language, time=time)}"]
        return [f"{head}{between}{self._place(place, language)}" for place in places]

    def _place(self, place: int, language: str) -> str:
        key = "queue_next" if place == 1 else "queue_position"
        return self.say(key, language, position=place)


def ref_in(text: str) -> str:
    """The reference that a visitor was told."""
    found = REF.search(text)
    assert found, f"no reference in {text!r}"
    return found[0]
