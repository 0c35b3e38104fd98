"""What visitors wrote, made readable for staff: a translation beside it, or a notice."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from bot.desk.people import Request
from bot.desk.requests import with_translations, words_to_read
from bot.language import base
from bot.translate import Heard, Interpreter, Translator
from bot.translate.said import NOT_TRANSLATED, ORIGINAL_SENT, STAFF_LANGUAGE

logger = logging.getLogger(__name__)

NOTICE = {"notice": NOT_TRANSLATED, "state": ORIGINAL_SENT}
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
    """Returns what stands beside a visitor's words: a translation, a notice, or nothing.

    Whatever the translator does: the words go on.
    """
    try:
        heard = await Interpreter.around(translator).to_staff(text, language)
    except Exception as error:
        return _untold(error, language)
    return heard.beside()


async def readable(translator: Translator, request: Request, text: str, language: str) -> Told:
    """Returns a request with the translations of its details, and what stands beside a text.

    One question to the translator is enough for all of it; whatever it does, there is a request.
    """
    texts = words_to_read(request, text)
    try:
        heard = await Interpreter.around(translator).each_to_staff(texts, language)
    except Exception as error:
        return Told(request, _untold(error, language))
    found = {words: each.text for words, each in heard.items() if each.text is not None}
    whole = heard.get(text) or Heard(text, "")
    return Told(with_translations(request, found), whole.beside())


def _untold(error: Exception, language: str) -> Beside | None:
    # The words of an error may hold the visitor's: only its kind is told.
    logger.warning("nothing was translated", extra={"error": type(error).__name__})
    return untranslated(language)
