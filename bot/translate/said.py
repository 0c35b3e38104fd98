"""What becomes of words on their way: as staff read them, and as a visitor does."""

from __future__ import annotations

from dataclasses import dataclass

from bot.language import ENGLISH
from bot.translate.guard import LONGEST

# What staff read and write.
STAFF_LANGUAGE = ENGLISH

SAME_LANGUAGE = "same_language"
TRANSLATED = "translated"
REMEMBERED = "remembered"
ORIGINAL_SENT = "original_sent"
# The museum's own answer, which exists in both languages: nothing was translated.
READY = "ready"
BY_MUSEUM = "faq"
BY_MEMORY = "memory"
NOT_TRANSLATED = "Not translated: translation is switched off or did not answer."
SENT_AS_WRITTEN = f"{NOT_TRANSLATED} The visitor gets your words as you wrote them."
TOO_LONG = (
    f"Not translated: longer than {LONGEST} characters. "
    "The visitor gets your words as you wrote them."
)


@dataclass(frozen=True)
class Heard:
    """A visitor's words for staff. `text` is None where there is no translation beside them.

    `state` is same_language, translated, remembered or original_sent, the last with a notice.
    """

    original: str
    state: str
    text: str | None = None
    engine: str = ""
    notice: str | None = None

    def beside(self) -> dict[str, str] | None:
        """Returns what is kept in the log beside the words, None where nothing is needed."""
        if self.notice is not None:
            return {"notice": self.notice, "state": self.state}
        if self.text is None:
            return None
        kept = {"text": self.text, "language": STAFF_LANGUAGE, "engine": self.engine}
        return {**kept, "state": self.state}


@dataclass(frozen=True)
class Spoken:
    """What staff wrote, as the visitor will read it.

    Args:
        text: What is to be sent.
        original: What was written.
        language: The reader's.
        source: The writer's, None where the text holds no words.
        state: same_language, translated, remembered, original_sent or ready.
        engine: Who made the text from the original, empty where nobody did.
        back: The text in the writer's language again, to judge it by; None where there is none.
        notice: What the writer must know.
        ready: What the words are where nobody typed them: "suggested answer: Parking".
    """

    text: str
    original: str
    language: str
    source: str | None
    state: str
    engine: str = ""
    back: str | None = None
    notice: str | None = None
    ready: str = ""

    def kept(self) -> dict[str, str] | None:
        """Returns what is kept in the log beside the sent text, None where nothing was done.

        In the shape of a visitor's translation: `text` and `language` are what staff can read,
        here their own words, or there is a `notice`.
        """
        if self.notice is not None:
            return {"notice": self.notice, "state": self.state}
        if self.text == self.original:
            return None
        kept = {"text": self.original, "language": self.source or "", "engine": self.engine}
        return {**kept, "state": self.state, **({"back": self.back} if self.back else {})}


def as_written(text: str) -> Spoken:
    """Returns words that nobody translated or adapted."""
    return Spoken(text, text, "", None, SAME_LANGUAGE)
