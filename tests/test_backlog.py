"""How much may wait, counted seldom, and what a platform hears when it is too much."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from channels.served import Served, serving
from conftest import Book

from bot import backlog
from bot.backlog import Backlog
from bot.errors import QueueFull
from bot.store import Connection
from bot.store.database import Database


class Counted:
    """Counts how often the database is asked."""

    def __init__(self, database: Database) -> None:
        self.times = 0
        sa.event.listen(database.engine, "begin", self._count)

    def _count(self, _: Connection) -> None:
        self.times += 1


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backlog, "LOOK_AGAIN_SECONDS", 0.0)


@pytest.mark.usefixtures("hurried")
async def test_beyond_the_bound_nothing_is_accepted_until_there_is_room(
    database: Database, book: Book
) -> None:
    seqs = [book.heard(f"第{n} one", str(n)) for n in range(10)]
    line = Backlog(database, 12)
    await line.admit(2)
    for n in (11, 12):
        book.heard("更多 more", str(n))
    with pytest.raises(QueueFull):
        await line.admit(1)
    for seq in seqs[:3]:
        book.change(seq, state="answered")
    await line.admit(1)


async def test_it_is_counted_once_for_many_messages(database: Database, book: Book) -> None:
    book.heard("你好 hi")
    counted, line = Counted(database), Backlog(database, 100_000)
    for _ in range(5000):
        await line.admit(1)
    assert counted.times == 1


async def test_while_it_is_full_it_is_counted_once_a_second(
    database: Database, book: Book
) -> None:
    book.heard("满了 full")
    counted, line = Counted(database), Backlog(database, 1)
    for _ in range(100):
        with pytest.raises(QueueFull):
            await line.admit(1)
    assert counted.times == 1


@pytest.mark.parametrize(("most", "messages"), [(0, 5), (1, 0)])
async def test_no_bound_and_what_is_no_message_are_never_refused(
    database: Database, book: Book, most: int, messages: int
) -> None:
    for text in ("一", "two"):
        book.heard(text)
    await Backlog(database, most).admit(messages)


def test_a_full_queue_is_503_for_visitors_and_ready_all_the_same(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    # The model is not loaded, so what is accepted waits.
    with serving(tmp_path_factory.mktemp("full"), WAITING_MESSAGES="3") as served:
        with served.client() as client:
            client.post("/webhooks/web/session", json={})
            answers = [_say(client, n) for n in range(6)]
            assert [each.status_code for each in answers] == [200] * 3 + [503] * 3
            assert answers[-1].headers["retry-after"] == "30"
            assert answers[-1].json() == {"error": "busy"}
            assert _ready(served) == _ready(served)
        assert len(served.book.rows(direction="in")) == 3


def _say(client: Any, number: int) -> Any:
    told = {"id": f"page-message-{number}", "text": "开门吗 open?"}
    return client.post("/webhooks/web/webhook", json=told)


def _ready(served: Served) -> int:
    with served.client() as client:
        return int(client.get("/ready").status_code)
