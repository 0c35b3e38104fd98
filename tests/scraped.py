"""Every row that a scrape of Docent can have."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from prometheus_client.metrics import MetricWrapperBase

from bot import metrics, scraping
from bot.channels.measuring import Measuring, Seen
from bot.config import ROOT
from bot.store import figures
from bot.store.log import now

# What Prometheus itself puts on every row.
TARGET = frozenset({"job", "instance"})


@lru_cache(maxsize=1)
def known() -> Mapping[str, frozenset[str]]:
    """Returns every row that a scrape can have, with its labels."""
    found = {"up": TARGET}
    for collector in set(metrics.registry._collector_to_names):
        assert isinstance(collector, MetricWrapperBase)
        labels = frozenset(collector._labelnames) | TARGET
        for name in metrics.registry._collector_to_names[collector]:
            more = {"le"} if name.endswith("_bucket") else set()
            found[name] = labels | more
    for family in [*_measured(), *scraping.Whole(metrics.registry).collect()]:
        for sample in family.samples:
            found.setdefault(sample.name, frozenset(sample.labels) | TARGET)
    return found


def _measured() -> list[Any]:
    """Returns what is measured at a scrape, from a database in which there is something."""
    measuring = Measuring.__new__(Measuring)
    queues = [figures.Waiting(queue, "web", 1, 0, now()) for queue in figures.QUEUES]
    cases = figures.Cases({("queued", "normal"): 1}, now())
    measuring._seen = Seen(float("inf"), 0.01, queues, {"outbox": 1}, cases)
    measuring._promises = (0.0, {("first_reply", "past"): 1})
    measuring._up, measuring._folder, measuring._channels = True, ROOT, ("web",)
    return list(measuring._families())


def names() -> set[str]:
    """Returns the names of our own metrics, as the documentation has them."""
    rows = {re.sub(r"_(bucket|sum|count)$", "", name) for name in known()}
    ours = {name for name in rows if name.startswith("docent_") and not name.endswith("_created")}
    # A counter's family is another name for the same.
    return ours - {name.removesuffix("_total") for name in ours if name.endswith("_total")}
