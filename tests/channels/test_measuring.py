"""/metrics: whole, quick, right, and there when the database is not."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Book
from postgres import BOTH
from prometheus_client.parser import text_string_to_metric_families

from bot.channels import measuring
from bot.channels.measuring import Measuring
from bot.store import figures
from bot.store.database import Database
from bot.store.observer import Observer

from .served import Served, serving

CLOCKS = {("first_reply", "past"): 2, ("resolution", "kept"): 1}


def told(page: bytes) -> dict[tuple[str, ...], float]:
    """Returns the values of a page by name and the values of the labels."""
    found = {}
    for family in text_string_to_metric_families(page.decode()):
        for sample in family.samples:
            found[(sample.name, *(v for _, v in sorted(sample.labels.items())))] = sample.value
    return found


@pytest.fixture
def measured(database: Database, tmp_path: Path) -> Iterator[Measuring]:
    made = Measuring(Observer(database.url), lambda _: CLOCKS, tmp_path, ("web", "messenger"))
    yield made
    made.close()


@BOTH
async def test_the_page_tells_what_waits_and_what_is_promised(
    measured: Measuring, book: Book
) -> None:
    for person, text in enumerate(("Is it free?", "免费吗？", "你们 today 开吗")):
        book.heard(text, str(person))
    page = told(await measured.page())
    assert page["docent_database_up",] == 1
    assert page["docent_queue_length", "messenger", "inbox"] == 3
    assert page["docent_queue_length", "web", "outbox"] == 0
    assert page["docent_queue_oldest_age_seconds", "", "desk_jobs"] == 0
    assert page["docent_dead_letters", "outbox"] == 0
    assert page["docent_case_clocks", "first_reply", "past"] == 2
    assert page["docent_cases_unclaimed_oldest_age_seconds",] == 0
    assert page["docent_disk_free_bytes",] > 0
    assert page["docent_build_info", "3.6.21", "0.1.0"] == 1


async def test_the_database_is_asked_once_in_five_seconds(
    measured: Measuring, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    real = figures.waiting
    monkeypatch.setattr(figures, "waiting", lambda c: asked.append(1) or real(c))
    for _ in range(5):
        await measured.page()
    assert len(asked) == 1
    monkeypatch.setattr(measuring, "FRESH_SECONDS", 0.0)
    await measured.page()
    assert len(asked) == 2


async def test_without_a_database_the_page_is_there_and_says_so(tmp_path: Path) -> None:
    away = Observer("postgresql://docent:s3cret@127.0.0.1:1/none")
    measured = Measuring(away, lambda _: CLOCKS, tmp_path, ("web",))
    began = time.monotonic()
    page = await measured.page()
    assert time.monotonic() - began < 5
    assert told(page)["docent_database_up",] == 0
    assert ("docent_queue_length", "web", "inbox") not in told(page)
    assert b"s3cret" not in page
    measured.close()


async def test_a_database_that_hangs_holds_no_scrape(
    measured: Measuring, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    book.heard("hello")
    assert told(await measured.page())["docent_queue_length", "messenger", "inbox"] == 1
    calls: list[float] = []

    def hang(_connection: Any) -> Any:
        calls.append(time.monotonic())
        time.sleep(0.5)
        return []

    monkeypatch.setattr(figures, "waiting", hang)
    monkeypatch.setattr(measuring, "FRESH_SECONDS", 0.0)
    monkeypatch.setattr(measuring, "WAIT_SECONDS", 0.05)
    pages = [told(await measured.page()) for _ in range(3)]
    # One question hangs, no second is asked, and what was known last still stands.
    assert len(calls) == 1
    assert [page["docent_database_up",] for page in pages] == [0, 0, 0]
    assert pages[-1]["docent_queue_length", "messenger", "inbox"] == 1
    monkeypatch.setattr(measuring, "STALE_SECONDS", 0.0)
    assert ("docent_queue_length", "messenger", "inbox") not in told(await measured.page())


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    with serving(folder, METRICS_TOKEN="a word 博物馆") as running:
        yield running


FROM_OUTSIDE = {"X-Forwarded-For": "203.0.113.5"}
WITH_TOKEN = {"Authorization": "Bearer a word 博物馆".encode()}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        (FROM_OUTSIDE, 403),
        ({"Host": "chat.example.org"}, 403),
        ({**FROM_OUTSIDE, "Authorization": "Bearer another"}, 403),
        ({**FROM_OUTSIDE, "Authorization": "Bearer"}, 403),
        ({**FROM_OUTSIDE, **WITH_TOKEN}, 200),
    ],
)
def test_who_may_scrape(served: Served, headers: dict[str, Any], status: int) -> None:
    with served.client() as client:
        answer = client.get("/metrics", headers=headers)
    assert answer.status_code == status
    assert ("docent_messages_accepted_total" in answer.text) is (status == 200)


def test_a_scrape_of_the_real_server_is_in_prometheus_format(served: Served) -> None:
    with served.client() as client:
        client.post("/webhooks/web/session")
        answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    page = told(answer.content)
    assert page["docent_webhooks_total", "web", "200"] >= 1
    assert page["docent_webhook_seconds_count", "web"] >= 1
    assert page["docent_database_transaction_seconds_count",] >= 1
