"""Following what is published: fetched where it lacks, checked, tried, and refused where wrong."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from postgres import migrated_database

from bot import publishing
from bot.content import publish
from bot.errors import ContentError
from bot.following import Following
from bot.store import publications
from bot.store.database import Database

BYTES = "一个模型 a model".encode() * 100_000


class Agent:
    """What was made of a file; it reads unless the file says that it does not."""

    def __init__(self, path: Path) -> None:
        self.content = path.read_bytes()
        if self.content.startswith(b"unloadable"):
            raise ValueError("visitors' words")

    def is_ready(self) -> bool:
        return True

    async def parse_message(self, text: str) -> dict[str, Any]:
        assert text
        if self.content.startswith(b"mute"):
            raise RuntimeError("visitors' words")
        return {}


@pytest.fixture
def shared() -> Iterator[Database]:
    database = Database(migrated_database())
    yield database
    database.close()


class Machine:
    """One machine: its folder, and the models that answered on it."""

    def __init__(self, root: Path, database: Database, since: int = 0) -> None:
        (root / "models").mkdir(parents=True)
        self.root, self.database = root, database
        self.agents: list[Agent] = []
        self.following = Following(database, since, Agent, self.agents.append, root)

    def publish(self, name: str, content: bytes = BYTES) -> int:
        model = publish.place(name, self.root)
        model.write_bytes(content)
        publish.vouch(model)
        return self.database.now(publishing.announce, model, self.root)


@pytest.fixture
def machines(tmp_path: Path, shared: Database) -> tuple[Machine, Machine]:
    here, there = (Machine(tmp_path / name, shared) for name in ("here", "那里"))
    for machine in (here, there):
        machine.following.name = "docent-0"
    return here, there


async def test_a_model_is_no_place_to_look_for_garbage(machines: tuple[Machine, Machine]) -> None:
    here, _ = machines
    gc.unfreeze()
    here.publish("docent-1")
    assert await here.following.look()
    assert gc.get_freeze_count() > 1000


async def test_a_machine_without_the_file_gets_it(machines: tuple[Machine, Machine]) -> None:
    here, there = machines
    here.publish("docent-1")
    assert await here.following.look()
    assert await there.following.look()
    assert [agent.content for agent in here.agents + there.agents] == [BYTES, BYTES]
    fetched = publish.place("docent-1", there.root)
    assert publish.is_ours(fetched)
    assert not await there.following.look()


@pytest.mark.parametrize("content", [b"unloadable", b"mute"])
async def test_what_cannot_be_used_is_refused_and_the_one_before_goes_on(
    machines: tuple[Machine, Machine], content: bytes
) -> None:
    here, there = machines
    here.publish("docent-1")
    assert await there.following.look()
    here.publish("docent-2", content)
    assert not await there.following.look()
    assert (there.following.name, len(there.agents)) == ("docent-1", 1)
    last = there.database.now(publications.last)
    assert "visitors" not in last.refused
    here.publish("docent-3")
    assert await there.following.look()
    assert there.following.name == "docent-3"


async def test_other_bytes_than_were_published_are_refused(
    machines: tuple[Machine, Machine],
) -> None:
    here, there = machines
    number = here.publish("docent-1")
    table = publications.publications
    wrong = table.update().where(table.c.id == number).values(sha256=hashlib.sha256().hexdigest())
    here.database.now(lambda c: c.execute(wrong))
    assert not await there.following.look()
    assert not publish.place("docent-1", there.root).exists()
    assert not list(there.root.glob("models/*.part"))


async def test_a_start_takes_the_newest_that_can_be_used(
    machines: tuple[Machine, Machine], tmp_path: Path, shared: Database
) -> None:
    here, _ = machines
    here.publish("docent-1")
    here.publish("docent-2", b"unloadable")
    late = Machine(tmp_path / "late", shared)
    await late.following.begin(Path("not needed"))
    assert (late.following.name, len(late.agents)) == ("docent-1", 1)


async def test_what_was_published_before_the_start_is_left(
    machines: tuple[Machine, Machine], tmp_path: Path, shared: Database
) -> None:
    here, _ = machines
    number = here.publish("docent-1")
    late = Machine(tmp_path / "late", shared, number)
    own = publish.place("docent-9", late.root)
    own.write_bytes(b"own")
    await late.following.begin(own)
    assert late.following.name == "docent-9"


async def test_models_for_other_code_are_left(
    machines: tuple[Machine, Machine], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = machines
    monkeypatch.setattr(publish, "code", lambda _root: "newer")
    here.publish("docent-1")
    assert not await there.following.look()


def test_machines_that_start_at_once_train_once(tmp_path: Path, shared: Database) -> None:
    here, there = (Machine(tmp_path / name, shared) for name in ("a", "b"))
    name = publish.name(here.root)

    def train() -> None:
        here.publish(name)

    def fails() -> None:
        raise AssertionError("it was trained already")

    assert publishing.for_start(shared, train, here.root) == publish.place(name, here.root)
    assert publishing.for_start(shared, fails, there.root) == publish.place(name, there.root)
    assert publishing.for_start(None, fails, there.root) == publish.place(name, there.root)


def test_without_a_model_the_start_says_so(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="no model could be trained"):
        publishing.for_start(None, lambda: None, tmp_path)
