"""What the translation memory learns from what staff sent, and what it forgets again."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

from bot.store import Connection, Row, log, revisions, translations
from bot.translate import Translator
from bot.translate.interpreter import Interpreter
from bot.translate.said import Spoken

# Engines' wordings that nobody used for so long are forgotten; people's are kept.
UNUSED = timedelta(days=180)
EVERY = timedelta(days=1)


def spoken_of(row: Row[Any]) -> Spoken:
    """Returns a message of staff as it was worded: what they wrote, and what is read."""
    beside = row.translation or {}
    return Spoken(
        row.text,
        str(beside.get("text") or row.text),
        row.language or "",
        beside.get("language"),
        str(beside.get("state") or ""),
        str(beside.get("engine") or ""),
        beside.get("back"),
        beside.get("notice"),
    )


def learn(connection: Connection, translator: Translator, row: Row[Any]) -> None:
    """Keeps the wording of a reply that was sent as the engine proposed it.

    A reply that was cut to its channel is left out: its first part is no translation of the whole.
    """
    if row.author != "staff" or not isinstance(translator, Interpreter):
        return
    if revisions.is_change(row) or len(revisions.parts(connection, row)) > 1:
        return
    lesson = None
    with suppress(Exception):
        # That a message was sent is recorded whatever can be learnt from it.
        lesson = translator.lesson(spoken_of(row))
    if lesson is not None:
        translations.keep(connection, *lesson)


def forget(connection: Connection) -> int:
    """Forgets what engines worded and nobody used since; returns how many wordings."""
    return translations.forget_unused(connection, log.now() - UNUSED)
