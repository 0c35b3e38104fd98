"""The translation memory: wordings that were used, and those that people corrected.

Texts are compared without regard to full and half width and to the space between words.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.store import Connection, Row
from bot.store.log import INSERTS, now
from bot.store.tables import translations

# What an author wrote is nobody's machine.
BY_PERSON = "person"


def recall(
    connection: Connection, texts: Sequence[str], source: str, target: str
) -> tuple[int, Row[Any]] | None:
    """Returns the best wording for one of several texts: which of them, and its row.

    A person's wording goes before an engine's, an earlier text before a later one.
    """
    keys = [_hash(text) for text in texts]
    rows = connection.execute(
        sa.select(translations).where(
            translations.c.source_hash.in_(keys),
            translations.c.source_language == source,
            translations.c.target_language == target,
        )
    ).all()
    found = [(keys.index(row.source_hash), row) for row in rows]
    return min(found, key=lambda each: (each[1].corrected_by is None, each[0]), default=None)


def keep(
    connection: Connection, original: str, source: str, target: str, text: str, engine: str
) -> None:
    """Keeps an engine's wording that was sent; of a known text it only counts the use."""
    insert = _insert(connection, original, source, target).values(
        text=text, engine=engine, corrected_by=None
    )
    used = {"uses": translations.c.uses + 1, "at": now()}
    connection.execute(insert.on_conflict_do_update(index_elements=_KEY, set_=used))


def correct(
    connection: Connection, original: str, source: str, target: str, text: str, by: str
) -> None:
    """Keeps a person's wording, in the place of any other for that text and language."""
    values = {"text": text, "engine": BY_PERSON, "corrected_by": by}
    insert = _insert(connection, original, source, target).values(**values)
    used = {**values, "uses": translations.c.uses + 1, "at": now()}
    connection.execute(insert.on_conflict_do_update(index_elements=_KEY, set_=used))


def forget_unused(connection: Connection, before: datetime) -> int:
    """Forgets engines' wordings that nobody used since then; returns how many."""
    result = connection.execute(
        sa.delete(translations).where(
            translations.c.corrected_by.is_(None), translations.c.at < before
        )
    )
    return int(result.rowcount)


_KEY = ["source_hash", "source_language", "target_language"]


def _insert(connection: Connection, original: str, source: str, target: str) -> Any:
    return INSERTS[connection.dialect.name](translations).values(
        source_hash=_hash(original),
        source_language=source,
        target_language=target,
        original=original,
        uses=1,
        at=now(),
    )


def _hash(text: str) -> str:
    alike = " ".join(unicodedata.normalize("NFKC", text).split())
    return hashlib.sha256(alike.encode("utf-8", "surrogatepass")).hexdigest()
