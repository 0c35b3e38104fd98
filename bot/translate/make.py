"""The translators that the settings name."""

from __future__ import annotations

from bot.config import Settings
from bot.translate.engines import (
    GoogleEngine,
    LibreEngine,
    MakeTransport,
    NoTranslator,
    Translator,
)
from bot.translate.guard import Guarded


class GoogleTranslator(Guarded):
    """The unofficial web client `googletrans`, within its limits."""

    def __init__(self, transport: MakeTransport | None = None) -> None:
        super().__init__(GoogleEngine(transport))


class LibreTranslator(Guarded):
    """A LibreTranslate server, within its limits."""

    def __init__(self, url: str) -> None:
        super().__init__(LibreEngine(url))


def make_translator(settings: Settings) -> Translator:
    """Returns the translator that the settings name."""
    if settings["TRANSLATOR"] == "googletrans":
        return GoogleTranslator()
    if settings["TRANSLATOR"] == "libretranslate":
        return LibreTranslator(settings["TRANSLATOR_URL"])
    return NoTranslator()
