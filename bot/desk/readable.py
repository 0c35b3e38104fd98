"""What visitors wrote, made readable for staff: a translation beside it, or a notice."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from bot.desk.people import Request
from bot.desk.requests import with_translations, words_to_read
from bot.language import base
from bot.translate import Translator, translate_each

# What staff read and write.
STAFF_LANGUAGE = "en"
NOTICE = {"notice": "Not translated: translation is switched off or did not answer."}
Beside = dict[str, str]


@dataclass(frozen=True)
class Told:
    """A request for a case, and what stands beside the visitor's last words."""

    request: Request
    beside: Beside | None = None


def untranslated(language: str) -> Beside | None:
    """Returns the notice where staff need a translation and there is no time for one."""
    return None if base(language) == STAFF_LANGUAGE else NOTICE


async def beside(translator: Translator, text: str, language: str) -> Beside | None:
    """Returns what stands beside a visitor's words: a translation, a notice, or nothing."""
    if base(language) == STAFF_LANGUAGE or not text.strip():
        return None
    translation = await translator.translate(text, language, STAFF_LANGUAGE)
    return NOTICE if translation is None else asdict(translation)


async def readable(translator: Translator, request: Request, text: str, language: str) -> Told:
    """Returns a request with the translations of its details, and what stands beside a text.

    One question to the translator is enough for all of it.
    """
    texts = words_to_read(request, text)
    if base(language) == STAFF_LANGUAGE or not texts:
        return Told(request)
    found = await translate_each(translator, texts, language, STAFF_LANGUAGE)
    whole = found.get(text)
    notice = NOTICE if text.strip() else None
    request = with_translations(request, {text: found[text].text for text in found})
    return Told(request, notice if whole is None else asdict(whole))
