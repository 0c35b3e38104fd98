"""What /metrics shows: the counts of all processes, and what the database and the disk say now.

The database is asked at most once in five seconds, over a connection of its own. A scrape neither
waits for it nor fails with it: without an answer the figures are the last known, and soon none.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST as CONTENT_TYPE
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from sanic.request import Request

from bot import metrics, scraping
from bot.channels.desk_access import is_local
from bot.config import Settings
from bot.store import Connection, figures
from bot.store.log import now
from bot.store.observer import Observer

__all__ = ["CONTENT_TYPE", "Measuring", "may_scrape"]

logger = logging.getLogger(__name__)

# How long figures of the database are good for, and how long they stand in for newer ones.
FRESH_SECONDS, STALE_SECONDS = 5.0, 60.0
# Promises are computed anew from the trails of all open cases: seldom enough for hundreds.
PROMISES_SECONDS = 30.0
# A scrape waits no longer for the database; Prometheus's own limit is ten seconds.
WAIT_SECONDS = 1.0

Standings = Callable[[Connection], Mapping[tuple[str, str], int]]


def may_scrape(request: Request, settings: Settings) -> bool:
    """Tells whether a request may read the figures: this machine, or who knows METRICS_TOKEN.

    They name no visitor, but tell everybody how many there are and how late the museum answers.
    """
    wanted = settings["METRICS_TOKEN"]
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if wanted and hmac.compare_digest(given.encode(), wanted.encode()):
        return True
    return is_local(request)


@dataclass(frozen=True)
class Seen:
    """What the database said; `at` is a time of the monotonic clock, `took` in seconds."""

    at: float
    took: float
    queues: list[figures.Waiting]
    dead: Mapping[str, int]
    cases: figures.Cases


class Measuring:
    """Answers scrapes.

    Args:
        observer: Looks at the database.
        standings: Counts the clocks of the open cases, as `bot.desk.standing` does.
        folder: A folder on the disk whose room is told.
        channels: The channels that are switched on: their empty queues are told as well.
    """

    def __init__(
        self, observer: Observer, standings: Standings, folder: Path, channels: tuple[str, ...]
    ) -> None:
        self._observer = observer
        self._standings = standings
        self._folder = folder
        self._channels = channels
        # One thread: a database that hangs holds one question and no second.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="figures")
        self._asked: asyncio.Future[None] | None = None
        self._seen: Seen | None = None
        self._promises: tuple[float, Mapping[tuple[str, str], int]] = (float("-inf"), {})
        self._up = False

    async def page(self) -> bytes:
        """Returns the whole page; never raises because of the database, and never waits long."""
        if self._seen is None or time.monotonic() - self._seen.at > FRESH_SECONDS:
            await self._ask()
        return await asyncio.to_thread(scraping.page, metrics.registry, self._families())

    def close(self) -> None:
        """Ends the looking."""
        self._thread.shutdown(wait=False)
        self._observer.close()

    async def _ask(self) -> None:
        if self._asked is None or self._asked.done():
            loop = asyncio.get_running_loop()
            self._asked = loop.run_in_executor(self._thread, self._look)
        await asyncio.wait({self._asked}, timeout=WAIT_SECONDS)
        if not self._asked.done():
            self._up = False

    def _look(self) -> None:
        """Asks the database; on the thread for it."""
        began = time.monotonic()
        try:
            queues = self._observer.look(figures.waiting)
            dead = self._observer.look(figures.dead)
            cases = self._observer.look(figures.open_cases)
            if began - self._promises[0] > PROMISES_SECONDS:
                self._promises = (began, self._observer.look(self._standings))
        except Exception as error:
            self._up = False
            logger.warning("figures cannot be read", extra={"error": type(error).__name__})
        else:
            ended = time.monotonic()
            self._seen, self._up = Seen(ended, ended - began, queues, dead, cases), True

    def _families(self) -> Iterator[Metric]:
        yield _gauge("docent_database_up", "1 while the database answers.", {(): self._up})
        yield self._disk()
        seen = self._seen
        if seen is not None and time.monotonic() - seen.at < STALE_SECONDS:
            yield _gauge(
                "docent_database_figures_seconds",
                "How long it took to read these figures.",
                {(): seen.took},
            )
            yield from self._queues(seen)
            yield from self._cases(seen.cases)

    def _disk(self) -> Metric:
        name, words = "docent_disk_free_bytes", "Room for the database and for files."
        try:
            return _gauge(name, words, {(): shutil.disk_usage(self._folder).free})
        except OSError:
            return _gauge(name, words, {})

    def _queues(self, seen: Seen) -> Iterator[Metric]:
        known = {(row.queue, row.channel): row for row in seen.queues}
        keys = sorted({*known, *self._empty()})
        rows = {key: known.get(key, figures.Waiting(*key, 0, 0, None)) for key in keys}
        labels = ("queue", "channel")
        yield _gauge(
            "docent_queue_length",
            "What waits to be done, and what is being done.",
            {key: row.rows for key, row in rows.items()},
            labels,
        )
        yield _gauge(
            "docent_queue_in_hand",
            "Of these, what somebody works on now.",
            {key: row.in_hand for key, row in rows.items()},
            labels,
        )
        yield _gauge(
            "docent_queue_oldest_age_seconds",
            "How long the oldest has been due.",
            {key: row.seconds for key, row in rows.items()},
            labels,
        )
        yield _gauge(
            "docent_dead_letters",
            "What failed for good within a day.",
            {(queue,): count for queue, count in seen.dead.items()},
            ("queue",),
        )

    def _empty(self) -> Iterator[tuple[str, str]]:
        for queue in figures.QUEUES:
            if queue in (figures.INBOX, figures.OUTBOX):
                yield from ((queue, channel) for channel in self._channels)
            else:
                yield queue, ""

    def _cases(self, found: figures.Cases) -> Iterator[Metric]:
        labels = ("state", "priority")
        yield _gauge("docent_cases_open", "Open cases.", found.counts, labels)
        since = found.unclaimed_since
        age = 0.0 if since is None else (now() - since).total_seconds()
        yield _gauge(
            "docent_cases_unclaimed_oldest_age_seconds",
            "How long the oldest case without an owner has been open, at night as well.",
            {(): age},
        )
        yield _gauge(
            "docent_case_clocks",
            "Running promises of open cases: kept, near (a reminder is due) or past.",
            self._promises[1],
            ("clock", "standing"),
        )


def _gauge(
    name: str, words: str, values: Mapping[Any, float], labels: tuple[str, ...] = ()
) -> Metric:
    made = GaugeMetricFamily(name, words, labels=labels)
    for key, value in values.items():
        made.add_metric(key, float(value))
    return made
