"""Translation for staff, behind one small interface; failing means the original with a notice.

A translator never raises and never keeps anybody waiting longer than its time limit.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import httpx
from googletrans import Translator as GoogleClient

from bot.config import Settings

logger = logging.getLogger(__name__)

TIME_LIMIT_SECONDS = 3.0
# Longer texts would not fit in the unofficial client's address; they stay untranslated.
LONGEST = 3000


@dataclass(frozen=True)
class Translation:
    """A translated text with the engine that made it; both texts are kept in the log."""

    text: str
    language: str
    engine: str


class Translator(Protocol):
    """Turns a text into another language, or says that it cannot by returning None."""

    async def translate(self, text: str, source: str, target: str) -> Translation | None:
        """Translates between "en", "zh-Hans" and "zh-Hant"."""


class NoTranslator:
    """Translation is switched off."""

    async def translate(self, text: str, source: str, target: str) -> Translation | None:
        """Returns None."""
        return None


class GoogleTranslator:
    """The unofficial web client `googletrans`; its silent failures are caught here.

    On an error status it returns the input as if translated, and on unexpected JSON the letter
    "x" (googletrans 4.0.2): so errors are made to raise, and such answers count as failures.
    """

    engine = "googletrans"
    codes = {"en": "en", "zh-Hans": "zh-cn", "zh-Hant": "zh-tw"}  # noqa: RUF012

    async def translate(self, text: str, source: str, target: str) -> Translation | None:
        """Translates, or returns None."""
        if not text.strip() or len(text) > LONGEST:
            return None
        try:
            translated = await asyncio.wait_for(self._ask(text, target), TIME_LIMIT_SECONDS)
        except Exception as error:
            # The client raises bare exceptions, and its connection errors carry the text.
            logger.warning("googletrans failed", extra={"error": type(error).__name__})
            return None
        if translated in ("", "x") or translated.strip() == text.strip():
            return None
        return Translation(translated, target, self.engine)

    async def _ask(self, text: str, target: str) -> str:
        async with GoogleClient(raise_exception=True) as client:
            answer = await client.translate(text, dest=self.codes[target])
        return str(answer.text)


class LibreTranslator:
    """A LibreTranslate server of the museum's own.

    Source: libretranslate.com/docs (POST /translate).
    """

    engine = "libretranslate"
    codes = {"en": "en", "zh-Hans": "zh", "zh-Hant": "zt"}  # noqa: RUF012

    def __init__(self, url: str) -> None:
        self._url = f"{url.rstrip('/')}/translate"

    async def translate(self, text: str, source: str, target: str) -> Translation | None:
        """Translates, or returns None."""
        if not text.strip() or len(text) > LONGEST:
            return None
        wanted = {"q": text, "source": "auto", "target": self.codes[target], "format": "text"}
        try:
            async with httpx.AsyncClient(timeout=TIME_LIMIT_SECONDS) as client:
                answer = await client.post(self._url, json=wanted)
            answer.raise_for_status()
            translated = answer.json()["translatedText"]
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            logger.warning("libretranslate failed", extra={"error": type(error).__name__})
            return None
        if not isinstance(translated, str) or not translated.strip():
            return None
        return Translation(translated, target, self.engine)


async def translate_each(
    translator: Translator, texts: Sequence[str], source: str, target: str
) -> dict[str, Translation]:
    """Translates several texts with one question, a line for each; what failed is left out.

    Where an engine joins or parts lines, it is asked for each text by itself.
    """
    lines = [" ".join(text.split()) for text in texts]
    whole = await translator.translate("\n".join(lines), source, target)
    if whole is None:
        return {}
    parts = [part.strip() for part in whole.text.strip().split("\n")]
    if len(parts) == len(lines) and all(parts):
        return {text: replace(whole, text=part) for text, part in zip(texts, parts, strict=True)}
    each = await asyncio.gather(*(translator.translate(text, source, target) for text in texts))
    return {text: found for text, found in zip(texts, each, strict=True) if found is not None}


def make_translator(settings: Settings) -> Translator:
    """Returns the translator that the settings name."""
    if settings["TRANSLATOR"] == "googletrans":
        return GoogleTranslator()
    if settings["TRANSLATOR"] == "libretranslate":
        return LibreTranslator(settings["TRANSLATOR_URL"])
    return NoTranslator()
