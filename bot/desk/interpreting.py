"""The desk's interpreter: the engine that the settings name, the glossary and the memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

from bot.config import Settings
from bot.content.glossary import load_glossary
from bot.content.museum import Museum, to_traditional
from bot.store import DatabaseError, translations
from bot.store.database import Database
from bot.translate import Glossary, Interpreter, Remembered, make_translator


class DatabaseMemory:
    """The translation memory in the database; without it translations are made anew.

    Args:
        database: Where it lies.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def recall(self, texts: Sequence[str], source: str, target: str) -> Remembered | None:
        """Returns the best wording for one of the texts."""
        try:
            found = await self._database.run(translations.recall, texts, source, target)
        except DatabaseError:
            return None
        return None if found is None else Remembered(texts[found[0]], found[1].text)

    async def keep(self, original: str, source: str, target: str, text: str, engine: str) -> None:
        """Keeps an engine's wording that was used."""
        await self._try(translations.keep, original, source, target, text, engine)

    async def correct(self, original: str, source: str, target: str, text: str, by: str) -> None:
        """Keeps a person's wording."""
        await self._try(translations.correct, original, source, target, text, by)

    async def _try(self, work: Callable[..., None], *values: str) -> None:
        # What is to be sent does not wait until it can be learnt.
        with suppress(DatabaseError, ValueError):
            await self._database.run(work, *values)


def make_interpreter(settings: Settings, museum: Museum, database: Database) -> Interpreter:
    """Returns the interpreter of a desk; raises ContentError for a glossary that has a slip."""
    terms = load_glossary(museum.path.parent / "glossary.yml", museum)
    return Interpreter(
        make_translator(settings), Glossary(terms), DatabaseMemory(database), to_traditional
    )
