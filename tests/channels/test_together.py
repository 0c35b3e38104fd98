"""What only the process that leads does, and what it gives back of the dead."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from conftest import Book
from postgres import migrated_database

from bot.bus import TOPICS
from bot.channels.slack import Slack
from bot.channels.together import Together
from bot.config import Settings
from bot.store import log, queue
from bot.store.database import Database

from .served import serving

SLACK = {
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_APP_TOKEN": "xapp-1",
    "SLACK_DESK_CHANNEL": "C0DESK",
    "SLACK_API_URL": "http://127.0.0.1:9/api/",
}
# A process that nobody ever was.
NOBODY = 7


async def test_what_is_seen_dead_twice_is_given_back(until: Callable[..., Any]) -> None:
    database = Database(migrated_database())
    book, woken = Book(database), []
    wakes = {topic: lambda topic=topic: woken.append(topic) for topic in TOPICS}
    together = Together(database, "", wakes, ())
    seq = book.heard("几点关门 on Sunday?")
    book.change(seq, state="answering", lease_until=log.now() + queue.LEASE, held_by=NOBODY)
    missed = await together.look(frozenset())
    assert (missed, book.row(seq).state, woken) == ({NOBODY}, "answering", [])
    assert await together.look(missed) == frozenset()
    assert book.row(seq).state == "received"
    assert set(woken) == set(TOPICS)
    database.close()


async def test_slack_is_listened_to_by_the_one_that_leads(tmp_path: Path) -> None:
    slack = Slack(Settings(SLACK))
    assert slack._socket is not None
    assert slack._socket._runs is None
    await slack.lead()
    runs = slack._socket._runs
    assert runs is not None
    assert not runs.done()
    await slack.cede()
    assert runs.done()
    await slack.close()


def test_the_one_server_of_sqlite_leads(tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        assert served.host.together.leads
    assert not served.host.together.leads
