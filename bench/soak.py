"""`make soak`: 40,000 messages through all six channels in one go.

Memory may not grow, no queue may stay, every message has to end, and no line of the log may be an
error. The table goes to stdout, progress to stderr; the exit code is 1 where a bound is broken.
"""

from __future__ import annotations

import argparse
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench import noise
from bench.figures import Figure, table, verdict
from bench.ledger import Ledger
from bench.platforms import House, open_house
from bench.process import Tree, end_cleanly
from bench.questions import held_out
from bench.say import say
from bench.soak_report import LONGEST_QUEUE, Seen, Watch, figures, log_errors
from bench.soak_visitors import Staff, Visitors
from bot.channels.wechat_api import NO_SIGN_NEEDED
from bot.content.publish import current_model, train

MESSAGES = 40_000
VISITORS = 64
MOST_MINUTES = 38.0
TELL_EVERY, MEMORY_EVERY, LOOK_EVERY = 10.0, 5.0, 0.5
EMPTY_SECONDS = 120.0


def main() -> int:
    """Runs it, prints the table and returns the exit code."""
    end_cleanly()
    size = _read_arguments(sys.argv[1:])
    load, before = noise.load_average(), noise.calibrate()
    _ = current_model() or train()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="docent-soak-")))
        say("starting ...")
        house, standins = open_house(stack, folder)
        rows = Soak(house, standins, size).run()
    print(table(f"{size.messages} messages through all six channels (SQLite)", rows))
    print(table("Noise of the machine", noise.figures(load, before, noise.calibrate())))
    return verdict(rows)


class Soak:
    """One run.

    Args:
        house: The running program between its platforms.
        standins: The platforms that the house does not know.
        size: How many messages and visitors, and for how many minutes at most.
    """

    def __init__(
        self, house: House, standins: dict[str, object], size: argparse.Namespace
    ) -> None:
        self._house, self._size, self._platforms = house, size, [house.graph, house.slack]
        self._platforms += standins.values()
        self._tree = Tree(house.program.process.pid)
        self._ledger = Ledger(f"sqlite:///{house.program.database}")
        self._watch, self._waiting = Watch(), 0
        self._began = time.monotonic()
        self._visitors = Visitors(house, standins, held_out(), size.messages, self._may_write)
        self._staff = Staff(house, self._open_cases)

    def run(self) -> list[Figure]:
        """Lets everybody write until all is written and answered; returns what was seen."""
        cpu = self._tree.cpu_seconds()
        people = [
            threading.Thread(target=self._visitors.come_and_go, daemon=True)
            for _ in range(self._size.visitors)
        ]
        staff = threading.Thread(target=self._staff.work, daemon=True)
        for each in [*people, staff]:
            each.start()
        self._look(lambda: any(each.is_alive() for each in people))
        written = time.monotonic() - self._began
        self._staff.goes_home = True
        end = time.monotonic() + EMPTY_SECONDS
        self._look(lambda: (staff.is_alive() or self._waiting > 0) and time.monotonic() < end)
        return figures(self._seen(written, self._tree.cpu_seconds() - cpu))

    def _may_write(self) -> bool:
        while self._waiting >= LONGEST_QUEUE:
            time.sleep(LOOK_EVERY / 2)
        return time.monotonic() - self._began < self._size.minutes * 60

    def _look(self, goes_on: Callable[[], bool]) -> None:
        """Watches memory and queue as long as it goes on."""
        told = looked = 0.0
        # A long run has enough samples; a short one needs them closer together.
        every = min(MEMORY_EVERY, self._size.messages / 1000)
        while True:
            self._waiting = self._ledger.open_messages()
            self._watch.queue.append(self._waiting)
            if not goes_on():
                return
            if time.monotonic() - looked > every:
                looked = time.monotonic()
                self._watch.memory_mb.append(self._tree.memory_mb())
                self._watch.heap_mb.append(self._tree.heap_mb())
            if time.monotonic() - told > TELL_EVERY:
                told = time.monotonic()
                words = f"{self._visitors.told.messages} of {self._size.messages} written"
                say(f"{words}, {self._waiting} open, {self._watch.memory_mb[-1]:.0f} MB")
            time.sleep(LOOK_EVERY)

    def _refused(self) -> Counter[str]:
        refused = [each for platform in self._platforms for each in platform.refused]
        return Counter(_words_of(each) for each in refused if not _needs_nothing(each))

    def _open_cases(self) -> list[str]:
        return self._ledger.unclaimed_cases()

    def _seen(self, written: float, cpu: float) -> Seen:
        program = self._house.program
        return Seen(
            messages=self._size.messages,
            told=self._visitors.told,
            seconds=written,
            cpu_seconds=cpu,
            watch=self._watch,
            ends=self._ledger.ends(),
            dead=self._ledger.dead(),
            resolved=self._staff.resolved,
            failures=self._visitors.told.failures + self._staff.failures,
            refused=self._refused(),
            errors=log_errors(program.log()),
            database_bytes=self._ledger.size_bytes(),
        )


def _needs_nothing(exchange: Any) -> bool:
    """Tells whether it is WeChat's way to say that a visitor sees the typing sign already."""
    body = exchange.reply.body
    return isinstance(body, dict) and body.get("errcode") in NO_SIGN_NEEDED


def _words_of(exchange: Any) -> str:
    """Says which method a platform refused, and with which words of its own."""
    method, body = exchange.path.rpartition("/")[2], exchange.reply.body
    if isinstance(body, dict):
        # Not the words of WeChat, which name each request.
        body = body.get("errcode") or body.get("description") or body.get("error") or body
    return f"{method} {exchange.reply.status} {str(body)[:120]}"


def _read_arguments(given: list[str]) -> argparse.Namespace:
    reads = argparse.ArgumentParser(prog="make soak", description=__doc__)
    reads.add_argument("--messages", type=int, default=MESSAGES, help=f"{MESSAGES}")
    reads.add_argument("--visitors", type=int, default=VISITORS, help=f"at once; {VISITORS}")
    words = f"it writes no longer than so many minutes; {MOST_MINUTES:g}"
    reads.add_argument("--minutes", type=float, default=MOST_MINUTES, help=words)
    return reads.parse_args(given)


if __name__ == "__main__":
    sys.exit(main())
