"""Published models: which is the newest, and on PostgreSQL its bytes for whoever lacks the file.

A row is written with all of its bytes or not at all. The last three are kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, Table

from bot.store import Connection, Row
from bot.store.log import now
from bot.store.tables import BigId, Moment, metadata

KEPT = 3
CHUNK_BYTES = 1 << 20

publications = Table(
    "publications",
    metadata,
    Column("id", BigId, primary_key=True),
    # docent-<fingerprint of all that went into it>
    Column("name", sa.String(80), nullable=False),
    # Of the code that it runs on: a process takes no model made for other components.
    Column("code", sa.String(16), nullable=False),
    Column("sha256", sa.String(64), nullable=False),
    Column("size", sa.BigInteger, nullable=False),
    Column("at", Moment, nullable=False),
    # Why a process would not take it.
    Column("refused", sa.String(200)),
)
publication_chunks = Table(
    "publication_chunks",
    metadata,
    Column("publication_id", sa.ForeignKey("publications.id", ondelete="CASCADE"), nullable=False),
    Column("number", sa.Integer, nullable=False),
    Column("data", sa.LargeBinary, nullable=False),
    sa.PrimaryKeyConstraint("publication_id", "number"),
)


def add(
    connection: Connection, name: str, code: str, model: Path, digest: str, with_bytes: bool
) -> int:
    """Publishes a model and forgets the oldest; returns the publication's number.

    Args:
        connection: An open transaction.
        name: The file's name without its ending.
        code: The fingerprint of the code that it runs on.
        model: The file.
        digest: The SHA-256 of its bytes in hex.
        with_bytes: Whether others may lack the file.
    """
    size = model.stat().st_size
    row = {"name": name, "code": code, "sha256": digest, "size": size, "at": now()}
    made = connection.execute(sa.insert(publications).values(**row))
    number = int(made.inserted_primary_key[0])
    if with_bytes:
        for index, data in enumerate(_chunks(model)):
            chunk = {"publication_id": number, "number": index, "data": data}
            connection.execute(sa.insert(publication_chunks), chunk)
    _forget_old(connection)
    return number


def later(connection: Connection, code: str, after: int) -> Sequence[Row[Any]]:
    """Returns what was published for this code after a publication, the newest first."""
    query = sa.select(publications).order_by(publications.c.id.desc())
    where = (publications.c.code == code, publications.c.id > after)
    return connection.execute(query.where(*where)).all()


def named(connection: Connection, name: str) -> Row[Any] | None:
    """Returns the last publication of a model of this name, or None."""
    return _first(connection, publications.c.name == name)


def last(connection: Connection) -> Row[Any] | None:
    """Returns the last publication of all, or None."""
    return _first(connection)


def refuse(connection: Connection, number: int, reason: str) -> None:
    """Notes that a process would not take a model, and why."""
    mine = publications.c.id == number
    connection.execute(sa.update(publications).where(mine).values(refused=reason[:200]))


def write(connection: Connection, number: int, place: Path) -> str:
    """Writes a publication's bytes to a file, and returns what they hash to."""
    digest, index = hashlib.sha256(), 0
    with place.open("wb") as file:
        while (data := _chunk(connection, number, index)) is not None:
            digest.update(data)
            file.write(data)
            index += 1
    return digest.hexdigest()


def _first(connection: Connection, *where: Any) -> Row[Any] | None:
    query = sa.select(publications).where(*where).order_by(publications.c.id.desc()).limit(1)
    return connection.execute(query).one_or_none()


def _chunk(connection: Connection, number: int, index: int) -> bytes | None:
    mine = [publication_chunks.c.publication_id == number, publication_chunks.c.number == index]
    query = sa.select(publication_chunks.c.data).where(*mine)
    found = connection.execute(query).scalar_one_or_none()
    return None if found is None else bytes(found)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while data := file.read(CHUNK_BYTES):
            yield data


def _forget_old(connection: Connection) -> None:
    newest_first = sa.select(publications.c.id).order_by(publications.c.id.desc())
    old = list(connection.execute(newest_first.offset(KEPT)).scalars())
    if old:
        of_old = publication_chunks.c.publication_id.in_(old)
        connection.execute(sa.delete(publication_chunks).where(of_old))
        connection.execute(sa.delete(publications).where(publications.c.id.in_(old)))
