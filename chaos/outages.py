"""Part B: each thing that Docent needs is taken away under traffic, and comes back."""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from standins.slack import SlackStandin
from standins.translators import TranslatorStandin

from bot.store.database import Database
from chaos import scenes
from chaos.crashes import DRAIN_SECONDS, WORKERS, Plan, drain, services_on
from chaos.crowd import Crowd, Visitor, gather
from chaos.platforms import Platforms, platforms
from chaos.program import Service
from chaos.questions import Question
from chaos.record import keep
from chaos.scenes import Scene
from chaos.stores import Postgres, Redis, redis_binary
from chaos.table import say, show
from chaos.verdict import Verdict, judge

# The promise is 503 within a few seconds, whatever is away.
WEBHOOK_SECONDS = 10.0
# What does not need the platform that is away is answered as always.
OTHERS_SECONDS = 30.0
DESK = "C0DESK"
PERSON = ("can I talk to a person please", "我要转人工", "我想找人工客服 human please")
REF = re.compile(r"D-\d{4,}")


@dataclass
class Seen:
    """What one scene did to its visitors."""

    scene: Scene
    verdict: Verdict
    crowd: Crowd
    callers: int
    ended: bool
    seconds_after: float


class Stage:
    """A running program with its surroundings, on which scenes are played one after another."""

    def __init__(
        self,
        plan: Plan,
        questions: dict[str, list[Question]],
        there: Platforms,
        services: Sequence[Service],
        url: str,
        slack: SlackStandin | None = None,
    ) -> None:
        self._plan, self._questions, self._there = plan, questions, there
        self._services, self._url, self._slack = services, url, slack
        self._dice = random.Random(plan.seed)
        self._played = 0

    def play(self, scene: Scene) -> Seen:
        """Lets visitors ask before, during and after an outage."""
        say(f"{scene.name}, for {scene.seconds:.0f} s")
        self._played += 1
        visitors = gather(
            self._questions, self._plan.visitors, self._plan.messages, self._dice, self._played
        )
        callers = self._callers() if scene.asks_staff else []
        addresses = [service.url for service in self._services]
        crowd = Crowd(self._there, addresses, [*visitors, *callers], scene.seconds * 2, self._dice)
        ended, back = asyncio.run(self._act(scene, crowd))
        engine = Database(self._url).engine
        drained = drain(engine)
        after = time.monotonic() - back
        verdict = judge(engine, visitors, self._there.arrived())
        self._judge_callers(verdict, callers)
        keep(engine, self._plan.folder / f"messages-{self._played}.jsonl")
        engine.dispose()
        return Seen(scene, verdict, crowd, len(callers), ended and drained, after)

    async def _act(self, scene: Scene, crowd: Crowd) -> tuple[bool, float]:
        asking = asyncio.create_task(crowd.ask())
        await asyncio.sleep(scene.seconds * 0.5)
        away = scene.away()
        await asyncio.to_thread(away.__enter__)
        try:
            await asyncio.sleep(scene.seconds)
        finally:
            await asyncio.to_thread(away.__exit__, None, None, None)
        back = time.monotonic()
        try:
            await asyncio.wait_for(asking, DRAIN_SECONDS)
        except asyncio.TimeoutError:
            return False, back
        return True, back

    def _callers(self) -> list[Visitor]:
        """Visitors who want a person, one in each language."""
        return [
            Visitor("messenger", f"9{self._played:03d}{n:03d}", [Question(text, "", "", ())])
            for n, text in enumerate(PERSON)
        ]

    def _judge_callers(self, verdict: Verdict, callers: Sequence[Visitor]) -> None:
        """Each was told a reference, and staff got one card for it."""
        arrived = self._there.arrived()
        for caller in callers:
            name = caller.conversation_id
            told = [REF.search(each.text) for each in arrived.get(name, [])]
            refs = {found[0] for found in told if found}
            if not refs:
                verdict.blame("no answer", name, "asked for a person")
            for ref in refs:
                if (cards := self._cards(ref)) != 1:
                    verdict.blame("cards", name, f"{ref} has {cards} cards at Slack")

    def _cards(self, ref: str) -> int:
        end = time.monotonic() + DRAIN_SECONDS / 3
        while self._slack is not None:
            found = [m for m in self._slack.roots(DESK) if f"{ref}:" in str(m["text"])]
            if found or time.monotonic() > end:
                return len(found)
            time.sleep(0.5)
        return 0


def on_sqlite(plan: Plan, questions: dict[str, list[Question]]) -> list[Seen]:
    """Outages of one process on SQLite, of a platform, of Slack and of the translator."""
    with ExitStack() as stack:
        disk = stack.enter_context(scenes.small_disk(plan.folder / "disk"))
        there = stack.enter_context(platforms())
        slack = stack.enter_context(SlackStandin())
        translator = stack.enter_context(TranslatorStandin())
        file = plan.folder / "disk" / "docent.db"
        url = f"sqlite:///{file}"
        more = _staff_settings(slack, translator)
        services = stack.enter_context(services_on(plan, "outages-sqlite", url, there, 1, **more))
        stage = Stage(plan, questions, there, services, url, slack)
        found = [
            *scenes.of_staff(slack, translator),
            *scenes.of_platform(there.graph),
            *scenes.of_sqlite(services[0], file, disk),
        ]
        return [stage.play(scene) for scene in found if plan.wants(scene.name)]


def on_postgres(plan: Plan, questions: dict[str, list[Question]]) -> list[Seen]:
    """Outages of PostgreSQL and Redis under three processes."""
    with ExitStack() as stack:
        postgres, redis = Postgres(), Redis() if redis_binary() else None
        more = {}
        if redis is not None:
            stack.callback(redis.close)
            more = {"REDIS_URL": redis.url}
        there = stack.enter_context(platforms())
        made = services_on(plan, "outages-postgres", postgres.url, there, WORKERS, **more)
        services = stack.enter_context(made)
        stage = Stage(plan, questions, there, services, postgres.url)
        found = [*scenes.of_postgres(postgres), *(scenes.of_redis(redis) if redis else [])]
        return [stage.play(scene) for scene in found if plan.wants(scene.name)]


def _staff_settings(slack: SlackStandin, translator: TranslatorStandin) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": slack.token,
        "SLACK_SIGNING_SECRET": "chaos-signing-secret",
        "SLACK_DESK_CHANNEL": DESK,
        "SLACK_API_URL": slack.api_url,
        "TRANSLATOR": "libretranslate",
        "TRANSLATOR_URL": translator.url,
    }


def print_seen(seen: Sequence[Seen]) -> None:
    """Prints one line for each outage."""
    head = ["outage", "accepted", "503", "refused", "wrong", "flagged", "twice"]
    head += ["webhook s", "p50 s", "longest s", "others s", "drained s"]
    show(head, [_line(each) for each in seen])


def _line(seen: Seen) -> list[object]:
    statuses, verdict = seen.crowd.statuses, seen.verdict
    waits = sorted(verdict.waits)
    return [
        seen.scene.name,
        verdict.accepted + seen.callers,
        statuses["503"],
        sum(count for status, count in statuses.items() if status not in ("200", "503")),
        len(verdict.wrong),
        verdict.flagged,
        verdict.counts["arrived twice, flagged"],
        f"{seen.crowd.longest:.1f}",
        f"{waits[len(waits) // 2]:.1f}" if waits else "-",
        f"{waits[-1]:.1f}" if waits else "-",
        f"{max(verdict.others, default=0.0):.1f}",
        f"{seen.seconds_after:.1f}",
    ]


def broken(seen: Seen) -> list[str]:
    """Returns what may not be."""
    name, statuses = seen.scene.name, seen.crowd.statuses
    found = [f"{name}: {wrong}" for wrong in seen.verdict.wrong]
    if not seen.ended:
        found.append(f"{name}: not everything ended in time")
    if seen.crowd.longest > WEBHOOK_SECONDS:
        found.append(f"{name}: a webhook took {seen.crowd.longest:.1f} s")
    if odd := Counter({s: n for s, n in statuses.items() if s not in ("200", "503")}):
        found.append(f"{name}: webhooks were answered {dict(odd)}")
    if seen.scene.refuses and not statuses["503"]:
        found.append(f"{name}: no webhook was refused; was it away at all?")
    if not seen.scene.refuses and statuses["503"]:
        found.append(f"{name}: {statuses['503']} webhooks were refused for nothing")
    if "Messenger" in name and max(seen.verdict.others, default=0.0) > OTHERS_SECONDS:
        found.append(f"{name}: other platforms waited {max(seen.verdict.others):.1f} s")
    return found
