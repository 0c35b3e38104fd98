"""Publications: the newest first, all bytes or none, three kept."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from postgres import BOTH

from bot.store import publications
from bot.store.database import Database

pytestmark = BOTH

DIGEST = "ab" * 32


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "docent-1.tar.gz"
    path.write_bytes(bytes(range(256)) * 9000)
    return path


def test_its_bytes_come_back_as_they_were(database: Database, model: Path, tmp_path: Path) -> None:
    number = database.now(publications.add, "docent-1", "code", model, DIGEST, True)
    digest = database.now(publications.write, number, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == model.read_bytes()
    assert digest == hashlib.sha256(model.read_bytes()).hexdigest()


def test_without_bytes_there_is_nothing_to_write(
    database: Database, model: Path, tmp_path: Path
) -> None:
    number = database.now(publications.add, "docent-1", "code", model, DIGEST, False)
    database.now(publications.write, number, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == b""


def test_what_came_later_for_this_code(database: Database, model: Path) -> None:
    first = database.now(publications.add, "docent-1", "code", model, DIGEST, False)
    database.now(publications.add, "docent-2", "other", model, DIGEST, False)
    third = database.now(publications.add, "docent-3", "code", model, DIGEST, False)
    names = [row.name for row in database.now(publications.later, "code", 0)]
    assert names == ["docent-3", "docent-1"]
    assert [row.id for row in database.now(publications.later, "code", first)] == [third]
    assert database.now(publications.last).name == "docent-3"
    assert database.now(publications.named, "docent-2").code == "other"
    assert database.now(publications.named, "没有") is None


def test_three_are_kept(database: Database, model: Path, tmp_path: Path) -> None:
    numbers = [
        database.now(publications.add, f"docent-{n}", "code", model, DIGEST, True)
        for n in range(5)
    ]
    kept = [row.id for row in database.now(publications.later, "code", 0)]
    assert kept == numbers[:1:-1]
    database.now(publications.write, numbers[0], tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == b""


def test_a_refusal_is_noted(database: Database, model: Path) -> None:
    number = database.now(publications.add, "docent-1", "code", model, DIGEST, False)
    database.now(publications.refuse, number, "坏 broken" * 100)
    assert len(database.now(publications.last).refused) == 200
