"""Measures the FAQ path of Docent and of Rasa's default bot, one after the other, in one run.

A message counts from the request to the webhook until its answer reaches the platform. Both bots
answer the same questions, which their training has not seen, one at a time on an idle machine.
The first run trains Rasa's default bot, which takes some ten minutes; later runs take two.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import requests
import yaml

from bench import rasa_default
from bench.process import Program, wait_for
from bench.sink import Sink
from bot.content.publish import current_model, train
from bot.supervisor import free_port

ROOT = Path(__file__).resolve().parent.parent
WARM_UP = 20
MESSAGES = 200
ANSWER_SECONDS = 20.0
SECRET = "bench"
Ask = Callable[[str, str], None]


@dataclass(frozen=True)
class Figures:
    """What was measured of one bot."""

    name: str
    cpu_ms: float
    p50_ms: float
    p95_ms: float
    memory_mb: float
    ready_seconds: float
    unanswered: int


def main() -> None:
    """Prints the table."""
    model = current_model() or train()
    folder = ROOT / ".docent/bench/rasa_default"
    rasa_default.train(folder)
    with tempfile.TemporaryDirectory() as temporary, Sink() as sink:
        plain = _measure("Rasa's default bot", *_rasa(folder, sink), sink)
        ours = _measure(f"Docent ({model.stem})", *_docent(Path(temporary), sink), sink)
    _print(plain, ours)


def _rasa(folder: Path, sink: Sink) -> tuple[Program, Ask]:
    port = free_port()
    webhook = f"http://127.0.0.1:{port}/webhooks/callback/webhook"
    web = requests.Session()

    def ask(person: str, text: str) -> None:
        web.post(webhook, json={"sender": person, "message": text}, timeout=30)

    return rasa_default.program(folder, port, sink.url), ask


def _docent(folder: Path, sink: Sink) -> tuple[Program, Ask]:
    port = free_port()
    environment = {
        "DATABASE_URL": f"sqlite:///{folder}/bench.db",
        "MESSENGER_PAGE_TOKEN": "bench",
        "MESSENGER_APP_SECRET": SECRET,
        "MESSENGER_VERIFY_TOKEN": "bench",
        "MESSENGER_API_URL": sink.url,
    }
    command = [sys.executable, "-m", "bot", "up", "--port", str(port)]
    address = f"http://127.0.0.1:{port}"
    program = Program(command, environment, ROOT, folder / "docent.log", f"{address}/ready")
    web = requests.Session()

    def ask(person: str, text: str) -> None:
        message = {"mid": f"m_{person}", "text": text}
        event = {"sender": {"id": person}, "recipient": {"id": "page"}, "message": message}
        body = json.dumps({"object": "page", "entry": [{"messaging": [event]}]}).encode()
        digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        web.post(
            f"{address}/webhooks/messenger/webhook",
            data=body,
            headers={"X-Hub-Signature-256": f"sha256={digest}"},
            timeout=30,
        )

    return program, ask


def _measure(name: str, program: Program, ask: Ask, sink: Sink) -> Figures:
    questions = _questions()
    print(f"Measuring {name} ...", file=sys.stderr, flush=True)
    with program:
        for number in range(WARM_UP):
            _timed(ask, sink, f"{name}-warm-{number}", questions[-1 - number])
        before = program.cpu_seconds()
        times = [
            _timed(ask, sink, f"{name}-{number}", questions[number % len(questions)])
            for number in range(MESSAGES)
        ]
        cpu = program.cpu_seconds() - before
        memory = program.memory_mb()
    answered = [t for t in times if t is not None]
    ranked = sorted(answered)
    return Figures(
        name,
        cpu_ms=cpu / MESSAGES * 1000,
        p50_ms=statistics.median(ranked) * 1000,
        p95_ms=ranked[int(len(ranked) * 0.95)] * 1000,
        memory_mb=memory,
        ready_seconds=program.ready_seconds,
        unanswered=len(times) - len(answered),
    )


def _timed(ask: Ask, sink: Sink, person: str, text: str) -> float | None:
    person = hashlib.sha256(person.encode()).hexdigest()[:16]
    started = perf_counter()
    ask(person, text)
    if not wait_for(lambda: person in sink.arrived, ANSWER_SECONDS):
        return None
    return sink.arrived[person] - started


def _questions() -> list[str]:
    asked = yaml.safe_load((ROOT / "tests/nlu/dev.yml").read_text())["questions"]
    topics = {path.stem for path in (ROOT / "data/nlu/faq").glob("*.yml")}
    found = [question["text"] for question in asked if question["topic"] in topics]
    # They stand by topic: evenly picked, all topics are asked about.
    return found[:: max(1, len(found) // (MESSAGES + WARM_UP))]


def _print(plain: Figures, ours: Figures) -> None:
    rows = [
        ("CPU, ms a message", "cpu_ms", "{:.1f}"),
        ("webhook to send, p50 ms", "p50_ms", "{:.0f}"),
        ("webhook to send, p95 ms", "p95_ms", "{:.0f}"),
        ("memory, MB (PSS of all processes)", "memory_mb", "{:.0f}"),
        ("start to ready, s", "ready_seconds", "{:.1f}"),
        ("unanswered", "unanswered", "{:d}"),
    ]
    print(f"\n{MESSAGES} FAQ questions, one at a time, {os.cpu_count()} cores, SQLite\n")
    print(f"{'':36}{'Rasa default':>14}{'Docent':>10}{'ratio':>8}")
    for title, field, form in rows:
        theirs, mine = getattr(plain, field), getattr(ours, field)
        ratio = f"{mine / theirs:.2f}" if theirs else "-"
        print(f"{title:36}{form.format(theirs):>14}{form.format(mine):>10}{ratio:>8}")


if __name__ == "__main__":
    main()
