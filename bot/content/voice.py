"""How Docent speaks: sentences and answers with the museum's facts in them, for one reader."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.content.museum import Museum, load_museum, to_traditional
from bot.content.sentences import Sentences, load_sentences
from bot.language import TRADITIONAL


@dataclass(frozen=True)
class Voice:
    """The museum's facts and Docent's own sentences."""

    museum: Museum
    sentences: Sentences

    def say(self, key: str, language: str, **values: object) -> str:
        """Returns one of Docent's own sentences, facts filled in."""
        return self.museum.fill(self.sentences.say(key, language, **values), language)

    def answer(self, text: str, language: str) -> str:
        """Returns an editor's answer for one reader: facts filled in, Traditional where read."""
        filled = self.museum.fill(text, language)
        return to_traditional(filled) if language == TRADITIONAL else filled

    def label(self, topic: str, language: str) -> str:
        """Returns the words on the button for a topic, without `faq/`."""
        return self.sentences.say(f"topics.{topic.removeprefix('faq/')}", language)


def load_voice(data: Path) -> Voice:
    """Reads `museum.yml` and `sentences.yml` of a data folder; raises ContentError."""
    return Voice(load_museum(data / "museum.yml"), load_sentences(data / "sentences.yml"))
