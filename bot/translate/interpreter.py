"""The interpreter between staff and visitors: who reads what in which language.

Staff read English beside what a visitor wrote, and a visitor reads their own language. Both texts
are kept; what cannot be translated in time goes as it was written, and says so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from bot.language import base
from bot.translate.each import translate_each
from bot.translate.engines import NoTranslator, Translation, Translator
from bot.translate.glossary import Glossary
from bot.translate.guard import LONGEST
from bot.translate.memory import Memory, NoMemory, filled, learnt, templates
from bot.translate.protected import between, find
from bot.translate.said import (
    BY_MEMORY,
    NOT_TRANSLATED,
    ORIGINAL_SENT,
    REMEMBERED,
    SAME_LANGUAGE,
    SENT_AS_WRITTEN,
    STAFF_LANGUAGE,
    TOO_LONG,
    TRANSLATED,
    Heard,
    Spoken,
)
from bot.translate.tongues import OTHER, Converter, adapted, dominant, polite
from bot.translate.wording import Wording

# Nobody waits longer for a visitor's words, nor for those of staff and their way back.
INCOMING_SECONDS = 3.0
OUTGOING_SECONDS = 4.0
FORWARD_SECONDS = 3.0

Result = TypeVar("Result")


class Interpreter:
    """Translates between visitors and staff.

    Itself a `Translator`, with everything protected, so that it stands wherever one is asked for.

    Args:
        translator: The engine, within its limits.
        glossary: Names and words that have one translation.
        memory: What was said before, and what people corrected.
        to_traditional: Writes Simplified in Traditional; else characters are exchanged.
    """

    def __init__(
        self,
        translator: Translator,
        glossary: Glossary | None = None,
        memory: Memory | None = None,
        to_traditional: Converter | None = None,
    ) -> None:
        self._glossary = glossary or Glossary()
        self._memory = memory or NoMemory()
        self._to_traditional = to_traditional
        self._wording = Wording(translator, self._glossary, self._finished)
        self._is_off = isinstance(translator, NoTranslator)

    @classmethod
    def around(cls, translator: Translator) -> Interpreter:
        """Returns a translator that is an interpreter already, or one with nothing but it."""
        return translator if isinstance(translator, Interpreter) else cls(translator)

    async def translate(self, text: str, source: str, target: str) -> Translation | None:
        """Translates from the memory or with the engine within three seconds, or returns None."""
        return await _within(INCOMING_SECONDS, self._worded(text, source, target))

    # --- From visitors to staff ---

    async def to_staff(self, text: str, language: str) -> Heard:
        """Returns a visitor's words as staff read them.

        Args:
            text: What the visitor wrote.
            language: That of the conversation, where the text does not tell.
        """
        return (await self.each_to_staff([text], language))[text]

    async def each_to_staff(self, texts: Sequence[str], language: str) -> Mapping[str, Heard]:
        """Returns several texts as staff read them, with one question to the engine."""
        heard = {text: Heard(text, SAME_LANGUAGE) for text in texts}
        foreign = [text for text in heard if self._is_foreign(text)]
        if not foreign:
            return heard
        source = self.language_of(foreign[0]) or language
        found = await _within(INCOMING_SECONDS, self._each(foreign, source)) or {}
        for text in foreign:
            heard[text] = _heard(text, found.get(text))
        return heard

    async def _each(self, texts: Sequence[str], source: str) -> Mapping[str, Translation]:
        if len(texts) == 1:
            one = await self._worded(texts[0], source, STAFF_LANGUAGE)
            return {} if one is None else {texts[0]: one}
        return await translate_each(self, texts, source, STAFF_LANGUAGE)

    def _is_foreign(self, text: str) -> bool:
        source = self.language_of(text)
        if source == OTHER:
            return True
        return source is not None and base(source) != base(STAFF_LANGUAGE)

    # --- From staff to visitors ---

    async def to_visitor(self, text: str, language: str) -> Spoken:
        """Returns what staff wrote as the visitor reads it, and its way back to judge it by.

        Args:
            text: What was written, in English or Chinese.
            language: The visitor's: "en", "zh-Hans" or "zh-Hant".
        """
        source = self.language_of(text)
        if source in (None, OTHER) or base(str(source)) == base(language):
            return self._same(text, language, source)
        ends = _now() + OUTGOING_SECONDS
        said = await _within(FORWARD_SECONDS, self._worded(text, str(source), language))
        if said is None:
            notice = TOO_LONG if len(text) > LONGEST and not self._is_off else SENT_AS_WRITTEN
            return Spoken(text, text, language, source, ORIGINAL_SENT, notice=notice)
        back = await _within(ends - _now(), self._worded(said.text, language, str(source), True))
        return Spoken(
            said.text,
            text,
            language,
            source,
            _state(said),
            said.engine,
            None if back is None else back.text,
        )

    async def sent(self, spoken: Spoken) -> None:
        """Notes that a translation was sent as it was: the same words are then not asked again."""
        lesson = self.lesson(spoken)
        if lesson is not None:
            await self._memory.keep(*lesson)

    def lesson(self, spoken: Spoken) -> tuple[str, str, str, str, str] | None:
        """Returns what is to be kept of a translation that was sent, None where there is nothing.

        Original, source, target, wording and engine, in the order in which a memory takes them.
        """
        if spoken.state not in (TRANSLATED, REMEMBERED) or not spoken.source:
            return None
        key, text = learnt(spoken, self._glossary)
        return key, spoken.source, spoken.language, text, spoken.engine

    async def corrected(self, spoken: Spoken, text: str, by: str) -> Spoken:
        """Takes a person's wording for a translation, and keeps it for the next time.

        Args:
            spoken: What was proposed.
            text: What the visitor is to read instead.
            by: Who wrote it, as their colleagues know them.

        Returns:
            What is to be sent: that text, without a way back of the text before.
        """
        better = replace(spoken, text=text, state=REMEMBERED, engine=BY_MEMORY, back=None)
        better = replace(better, notice=None)
        if spoken.source in (None, OTHER) or base(str(spoken.source)) == base(spoken.language):
            return replace(better, state=SAME_LANGUAGE, engine="")
        key, worded = learnt(better, self._glossary)
        await self._memory.correct(key, str(spoken.source), spoken.language, worded, by)
        return better

    def _same(self, text: str, language: str, source: str | None) -> Spoken:
        if base(language) != "zh" or source in (None, OTHER):
            return Spoken(text, text, language, source, SAME_LANGUAGE)
        shown = adapted(text, language, self._glossary, self._to_traditional)
        engine = "" if shown == text else "opencc"
        return Spoken(shown, text, language, source, SAME_LANGUAGE, engine)

    # --- Both ways ---

    def language_of(self, text: str) -> str | None:
        """Returns the language that most of a text is in, names and links left out of account."""
        return dominant(between(text, find(text, STAFF_LANGUAGE, self._glossary)))

    async def _worded(
        self, text: str, source: str, target: str, anew: bool = False
    ) -> Translation | None:
        """Returns a translation from the memory, unless asked anew, or from the engine."""
        if self._is_off or len(text) > LONGEST:
            return None
        candidates = templates(text, target, self._glossary)
        known = None if anew else await self._memory.recall(list(candidates), source, target)
        if known is not None:
            text = filled(known.text, candidates[known.original])
            return Translation(text, target, BY_MEMORY)
        return await self._wording.translate(text, source, target)

    def _finished(self, text: str, language: str) -> str:
        """Returns an engine's words as this reader is spoken to."""
        if base(language) != "zh":
            return text
        return polite(adapted(text, language, self._glossary, self._to_traditional))


def _heard(text: str, found: Translation | None) -> Heard:
    if found is None:
        return Heard(text, ORIGINAL_SENT, notice=NOT_TRANSLATED)
    return Heard(text, _state(found), found.text, found.engine)


def _state(found: Translation) -> str:
    return REMEMBERED if found.engine == BY_MEMORY else TRANSLATED


def _now() -> float:
    return asyncio.get_running_loop().time()


async def _within(seconds: float, work: Awaitable[Result]) -> Result | None:
    """Returns what comes in time, or None."""
    try:
        return await asyncio.wait_for(work, max(seconds, 0))
    except asyncio.TimeoutError:
        return None
