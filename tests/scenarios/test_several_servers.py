"""Several servers are one Docent: order, pages, publishing, crashes and renewal under traffic."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path

import pytest
from postgres import new_database
from redis_server import RedisServer
from standins.graph import GraphStandin
from standins.slack import SlackStandin

from bot import publishing
from bot.config import ROOT
from bot.content import publish
from bot.store import Connection, publications

from .program import is_alive
from .several import QUESTIONS, Company, Visitors, stopped
from .waiting import until

ONE = "order-1"
SPOILT = "docent-0f0f0f0f0f0f-spoilt"


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    server = RedisServer()
    server.start()
    yield server
    stopped(server)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, redis: RedisServer) -> Iterator[Company]:
    """Two servers."""
    with ExitStack() as stack:
        graph, slack = stack.enter_context(GraphStandin()), stack.enter_context(SlackStandin())
        folder = tmp_path_factory.mktemp("several")
        made = Company(folder, graph, slack, new_database(), redis.url)
        stack.callback(made.database.close)
        stack.callback(made.program.kill)
        made.program.start()
        made.wait_said("a model was loaded", 2)
        yield made


@pytest.fixture
def another_model(tmp_path: Path) -> Iterator[Path]:
    """The model once more, as if other content had made it."""
    model = tmp_path / "docent-0f0f0f0f0f0f.tar.gz"
    current = publish.current_model()
    assert current is not None
    shutil.copy(current, model)
    yield model
    for made in (ROOT / publish.MODELS).glob("docent-0f0f0f0f0f0f*"):
        made.unlink()


def test_what_one_visitor_writes_is_answered_in_order(house: Company) -> None:
    for question in QUESTIONS * 2:
        house.write(ONE, question)
    until(lambda: house.graph.sent(ONE), "the first answer")
    house.settled(ONE)
    answered = [row["in_reply_to"] for row in house.messages(ONE)]
    assert answered == sorted(answered)
    assert [row["text"] for row in house.messages(ONE)] == house.graph.texts(ONE)


def test_a_page_sees_what_another_server_answered(house: Company) -> None:
    page = HTTPConnection("127.0.0.1", house.program.port, timeout=60)
    page.request("POST", "/webhooks/web/session")
    opened = page.getresponse()
    cookie = str(opened.headers["set-cookie"]).partition(";")[0]
    person = json.loads(opened.read())["conversation"]
    mine = house.server_of(page.sock.getsockname()[1])
    os.kill(mine, signal.SIGSTOP)
    try:
        house.program.web_write(cookie, "question-1", QUESTIONS[1])
        until(lambda: house.was_sent(person), "the other server's answer")
    finally:
        os.kill(mine, signal.SIGCONT)
    page.request("GET", "/webhooks/web/messages?after=0&wait=20", headers={"Cookie": cookie})
    news = house.program.read_json(page.getresponse())
    page.close()
    assert [each["direction"] for each in news["messages"]] == ["in", "out"]


def test_a_model_is_swapped_everywhere_and_nobody_notices(
    house: Company, another_model: Path
) -> None:
    loaded = house.said("a model was loaded")
    with Visitors(house, "swap") as visitors:
        house.database.now(publishing.announce, another_model)
        house.wait_said("a model was loaded", loaded + 2)
    assert len(visitors.were_all_answered()) > 3
    assert house.program.log().count('"model": "docent-0f0f0f0f0f0f"') == 2
    assert not house.said("a turn failed")


@pytest.mark.slow
def test_a_model_that_is_not_what_was_published_is_refused(
    house: Company, another_model: Path
) -> None:
    table = publications.publications

    def spoil(connection: Connection) -> None:
        number = publishing.announce(connection, another_model)
        changed = table.update().where(table.c.id == number)
        connection.execute(changed.values(name=SPOILT, sha256="0" * 64))

    house.database.now(spoil)
    house.wait_said("a published model was refused", 2)
    house.ask("after-refusal", QUESTIONS[0])
    assert SPOILT in house.program.docent("doctor").stdout


def test_a_killed_server_is_missed_by_nobody(house: Company) -> None:
    [first, second] = house.servers()
    with Visitors(house, "killed") as visitors:
        until(lambda: len(visitors.wrote) > 3, "some to write")
        os.kill(first, signal.SIGKILL)
        until(lambda: not is_alive(first), "the killed server to be gone")
        until(lambda: len(visitors.wrote) > 12, "others to write")
    # Whoever it had just accepted sends again; whom it had answered, it may answer twice.
    for psid in set(visitors.wrote) - set(visitors.refused):
        until(lambda psid=psid: house.graph.sent(psid), f"an answer for {psid}")
    assert second in house.servers()
    until(lambda: len(house.servers()) == 2, "another server")


@pytest.mark.slow
def test_redis_may_go_and_come_back(house: Company, redis: RedisServer) -> None:
    ups = house.said("the bus is up")
    redis.kill()
    house.ask("no-redis", QUESTIONS[1])
    redis.start()
    house.wait_said("the bus is up", ups + 2)
    house.ask("redis-again", QUESTIONS[2])


@pytest.mark.slow
def test_all_servers_are_renewed_and_nobody_is_refused(house: Company) -> None:
    before = house.servers()
    assert house.program.process is not None
    with Visitors(house, "renewed") as visitors:
        house.program.process.send_signal(signal.SIGHUP)
        house.wait_said("all servers are renewed", 1)
    visitors.were_all_answered()
    assert not set(before) & set(house.servers())
    assert len(house.servers()) == 2


def test_the_end_is_clean(house: Company) -> None:
    held = "SELECT 1 FROM messages WHERE state IN ('answering', 'sending')"
    # What a killed server held is given back within seconds, and answered.
    until(lambda: not house.rows(held), "an end of all that was held")
    assert house.program.stop() == 0
    assert not house.rows(held)
