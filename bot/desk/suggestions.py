"""Suggestions: the museum's nearest answers to what a visitor asked last, in both languages.

They are made as the bot makes its own: computed from museum.yml for what was asked and for now,
else as their topic's file has them. Saved replies stand beside them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from bot.content.answers import Responses, answer, has_answer
from bot.content.museum import Museum
from bot.content.saved_replies import SavedReply, load_saved_replies
from bot.content.voice import Voice
from bot.language import ENGLISH
from bot.store import Connection, Row, cases, log, ready
from bot.store.database import Database
from bot.translate.said import BY_MUSEUM, READY, Spoken

# How many answers are suggested, and in how many of the visitor's messages a question is sought.
COUNT, LOOKED_AT = 3, 4
SUGGESTION, SAVED = "suggestion", "saved reply"
_NAMES = {SUGGESTION: "suggested answer", SAVED: "saved reply"}

Ranking = Sequence[Mapping[str, Any]]
# Ranks the topics for a text, best first; None where no model is loaded.
Rank = Callable[[str], Awaitable[Ranking | None]]


@dataclass(frozen=True)
class Ready:
    """Words that nobody has to type: `text` as the visitor reads them, and in English.

    `kind` is suggestion or saved reply, `id` the topic or the reply's id. Where somebody changed
    them first, `worded` says how they reach the visitor.
    """

    kind: str
    id: str
    label: str
    text: str
    english: str
    language: str
    worded: Spoken | None = None

    def spoken(self) -> Spoken:
        """Returns the words as the desk sends them, with no translator asked."""
        name = f"{_NAMES[self.kind]}: {self.label}"
        if self.worded is not None:
            return replace(self.worded, ready=f"{name}, changed")
        engine = "" if self.text == self.english else BY_MUSEUM
        return Spoken(self.text, self.english, self.language, ENGLISH, READY, engine, ready=name)

    def changed(self, spoken: Spoken) -> Ready:
        """Returns the words as somebody changed them before they go."""
        return replace(self, text=spoken.text, english=spoken.original, worded=spoken)

    def kept(self) -> dict[str, Any]:
        """Returns the words as a job of the desk keeps them."""
        return asdict(self)


def ready_of(kept: Mapping[str, Any]) -> Ready:
    """Returns ready words from what `kept` made of them."""
    worded = kept.get("worded")
    return Ready(**{**kept, "worded": Spoken(**worded) if worded else None})


@dataclass(frozen=True)
class Suggested:
    """What is suggested for a case: the message it is about, and the answers, nearest first."""

    seq: int | None
    question: str
    translation: Mapping[str, str] | None
    language: str
    answers: tuple[Ready, ...]


@dataclass(frozen=True)
class Asked:
    """What a visitor wrote last, newest first, and what was understood of the case."""

    rows: Sequence[Row[Any]]
    understood: Ranking
    question: str
    language: str


class Suggestions:
    """Suggests answers.

    Args:
        database: Where the conversations lie.
        voice: Facts and sentences.
        responses: Gives the museum's answers of the moment.
        rank: Ranks the topics for a text.
        saved: The saved replies.
    """

    def __init__(
        self,
        database: Database,
        voice: Voice,
        responses: Callable[[], Responses],
        rank: Rank,
        saved: Sequence[SavedReply] = (),
    ) -> None:
        self._database = database
        self._voice = voice
        self._responses = responses
        self._rank = rank
        self._saved = {reply.id: reply for reply in saved}

    async def for_case(self, case_id: int) -> Suggested:
        """Returns the nearest answers to what the visitor of a case asked last."""
        asked = await self._database.run(_asked, case_id)
        row, ranking = await self._question(asked)
        text = asked.question if row is None else row.text
        translation = None if row is None or not row.translation else dict(row.translation)
        answers = self._answers(ranking, text, asked.language)
        return Suggested(row and row.seq, text, translation, asked.language, answers)

    async def language_of(self, case_id: int) -> str:
        """Returns the language that the visitor of a case reads."""
        return (await self._database.run(_asked, case_id)).language

    @property
    def saved(self) -> Sequence[SavedReply]:
        """The saved replies, in the order of their file."""
        return tuple(self._saved.values())

    def saved_reply(self, reply_id: str, language: str) -> Ready | None:
        """Returns a saved reply for a reader, or None where there is none of that id."""
        reply = self._saved.get(reply_id)
        if reply is None:
            return None
        text, english = (reply.words(each, self._voice) for each in (language, ENGLISH))
        return Ready(SAVED, reply.id, reply.title, text, english, language)

    async def _question(self, asked: Asked) -> tuple[Row[Any] | None, Ranking]:
        """Returns the newest message that asks something, and its ranking.

        Visitors write in bursts: behind the question there may be a greeting or a thank-you.
        """
        ranked = [(row, await self._ranked(row)) for row in asked.rows]
        found = [each for each in ranked if each[1]]
        responses = self._responses()
        for row, ranking in found:
            if has_answer(str(ranking[0]["topic"]), responses):
                return row, ranking
        if found:
            return found[0]
        return (asked.rows[0] if asked.rows else None), asked.understood

    async def _ranked(self, row: Row[Any]) -> Ranking:
        """Returns the ranking that the bot noted; what was written to a person has none yet."""
        return row.ranking or await self._rank(row.text) or ()

    def _answers(self, ranking: Ranking, text: str, language: str) -> tuple[Ready, ...]:
        responses, now = self._responses(), log.now()
        found: dict[str, Ready] = {}
        for guess in sorted(ranking, key=lambda each: -float(each["confidence"])):
            topic = str(guess["topic"]).removeprefix("faq/")
            words = answer(topic, text, language, self._voice, responses, now)
            if words and words not in found:
                english = answer(topic, text, ENGLISH, self._voice, responses, now)
                label = self._label(topic)
                found[words] = Ready(SUGGESTION, topic, label, words, english, language)
            if len(found) == COUNT:
                break
        return tuple(found.values())

    def _label(self, topic: str) -> str:
        known = f"topics.{topic}" in self._voice.sentences
        return self._voice.label(topic, ENGLISH) if known else topic.replace("_", " ")


def read_saved(folder: Path, museum: Museum) -> tuple[SavedReply, ...]:
    """Returns the saved replies of a data folder; raises ContentError for a slip in them."""
    return load_saved_replies(folder / "replies.yml", museum)


def _asked(connection: Connection, case_id: int) -> Asked:
    standing = cases.case(connection, case_id)
    language = log.pinned_language(connection, standing.conversation_id) or standing.language
    rows = ready.unanswered(connection, standing.conversation_id, LOOKED_AT)
    return Asked(rows, standing.understood or (), standing.question, language)
