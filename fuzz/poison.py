"""What was accepted has to end: some of it goes through the real program, with the real dialogue.

Afterwards one good message to each channel must be answered: nothing that came before may stand in
its way for ever.
"""

from __future__ import annotations

import sqlite3
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from bench.process import Program
from bot.config import ROOT
from bot.supervisor import ENVIRONMENT, free_port
from bot.variables import SETTINGS
from fuzz import keys
from fuzz.attack import Found
from fuzz.cases import Case, Target
from fuzz.saved import save
from fuzz.sink import Sink
from fuzz.targets import Messenger, Telegram, WeChat, WhatsApp
from fuzz.targets_slack import Slack
from fuzz.wire import send

NAME = "then the dialogue"
DOORS: tuple[type[Target], ...] = (Messenger, WhatsApp, Telegram, WeChat, Slack)
# How long the program may take to end what it accepted.
PATIENCE = 180.0
# Rows that are not at their end.
OPEN = (
    ("messages", ("received", "answering", "queued", "sending")),
    ("desk_events", ("queued", "working")),
    ("files", ("waiting", "working")),
)


def drive(folder: Path, sink: Sink, found: Sequence[Found], failures: Path) -> list[Found]:
    """Sends a sample of what was accepted to the real program, and waits for the end of it."""
    doors = {door.name: door() for door in DOORS}
    cases = [(doors[f.name], case) for f in found if f.name in doors for case in f.accepted]
    if not cases:
        return []
    inside = folder / "dialogue"
    inside.mkdir()
    port = free_port()
    values = keys.settings(inside, sink.url, sealed=False, socket=False)
    unset = {setting.name: "" for setting in SETTINGS}
    told = Found(NAME)
    command = [sys.executable, "-m", "bot", "up", "--port", str(port)]
    ready, log = f"http://127.0.0.1:{port}/ready", inside / "program.log"
    with Program(command, {**ENVIRONMENT, **unset, **values}, ROOT, log, ready):
        for target, case in cases:
            _send(port, target, case, told)
        _wait(inside / "docent.db", told)
        good = [(doors[name], doors[name].good(n)) for n, name in enumerate(doors)]
        for target, one in good:
            assert one is not None
            _send(port, target, one, told)
        _wait(inside / "docent.db", told)
    _judge(inside / "docent.db", told, len(good))
    if told.finds:
        told.finds += [str(save(failures, t.name, case, "accepted")) for t, case in cases[:200]]
    return [told]


def _send(port: int, target: Target, case: Case, told: Found) -> None:
    answer = send(port, target.signed(case))
    told.requests += 1
    told.statuses[str(answer.status)] += 1
    if answer.status is None or answer.status >= 500:
        told.finds.append(f"{target.name} answered {answer.status}")


def _wait(database: Path, told: Found) -> None:
    begun = time.monotonic()
    while left := _left(database):
        if time.monotonic() - begun > PATIENCE:
            told.finds.append(f"not at its end after {PATIENCE:.0f} s: {left}")
            return
        time.sleep(0.5)
    told.slowest = max(told.slowest, time.monotonic() - begun)


def _left(database: Path) -> dict[str, int]:
    found = {}
    for table, states in OPEN:
        marks = ", ".join("?" * len(states))
        query = f"SELECT count(*) FROM {table} WHERE state IN ({marks})"
        if count := _one(database, query, *states):
            found[table] = count
    return found


def _judge(database: Path, told: Found, good: int) -> None:
    query = "SELECT count(*) FROM messages WHERE direction = 'in' AND state != 'answered'"
    if lost := _one(database, query):
        told.finds.append(f"{lost} messages ended without an answer")
    asked = "SELECT count(*) FROM messages WHERE direction = 'in' AND text LIKE '%可以拍照吗'"
    if (heard := _one(database, asked)) < good:
        told.finds.append(f"only {heard} of {good} good messages were heard afterwards")


def _one(database: Path, query: str, *values: str) -> int:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)) as opened:
        return int(opened.execute(query, values).fetchone()[0])
