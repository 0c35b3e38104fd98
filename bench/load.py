"""`make load`: Docent under load, beside Rasa's default bot, in one run; the bounds of issue 6.

The table goes to stdout, progress to stderr. The exit code is 1 where a bound is broken.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys

import uvloop

from bench import acknowledging, beside, noise, one_visitor, rasa_default, workers
from bench.figures import Figure, table, verdict
from bench.process import end_cleanly
from bench.questions import held_out, without_repeats
from bench.running import running_docent, running_rasa
from bench.say import say
from bot.content.publish import current_model, train

# With --quick everything is so much smaller: to see that it works, not what it measures.
QUICK = 20
Size = argparse.Namespace
Part = tuple[str, list[Figure], tuple[str, ...]]


async def _ack(size: Size) -> Part:
    count = size.timed // 4 + size.fill + size.timed
    async with running_docent() as running:
        questions = without_repeats(count, held_out())
        rows = await acknowledging.measure(running, questions, size.fill, size.timed)
    return "Acknowledgement of signed webhooks (SQLite)", rows, ()


async def _burst(size: Size) -> Part:
    async with running_docent() as running:
        rows = await one_visitor.burst(running, held_out())
    return f"{one_visitor.BURST} messages of one visitor, sent in one moment (SQLite)", rows, ()


async def _visitors(size: Size) -> Part:
    title = f"{size.visitors} visitors, each asks again when answered (SQLite)"
    counts = (size.messages, max(20, size.messages // 10), size.visitors)
    async with running_docent() as running:
        if size.without_rasa:
            return title, await beside.measure(running, None, held_out(), counts), ()
        async with running_rasa() as plain:
            rows = await beside.measure(running, plain, held_out(), counts)
    return title, rows, (f"Rasa default: {rasa_default.told()}",)


async def _turns(size: Size) -> Part:
    questions = without_repeats(size.turns, held_out(plain=True))
    # Nobody may write five hundred messages so fast, save here.
    async with running_docent({"VISITOR_MESSAGES_A_MINUTE": "0"}) as running:
        rows = await one_visitor.growth(running, questions, one_visitor.MOST_GROWTH)
    if not size.without_rasa:
        async with running_rasa() as plain:
            rows += await one_visitor.growth(plain, questions, None)
    return f"One conversation of {size.turns} turns (SQLite)", rows, ()


async def _workers(size: Size) -> Part:
    questions = without_repeats(size.queue + size.live, held_out())
    rows = await workers.measure(questions, size.queue, size.live, size.visitors)
    return f"Workers on {os.cpu_count()} cores (PostgreSQL, Redis)", rows, ()


PARTS = {"ack": _ack, "burst": _burst, "visitors": _visitors, "turns": _turns, "workers": _workers}


def main() -> int:
    """Measures, prints the tables and returns the exit code."""
    end_cleanly()
    size = _read_arguments(sys.argv[1:])
    load, before = noise.load_average(), noise.calibrate()
    _ = current_model() or train()
    uvloop.install()
    figures: list[Figure] = []
    for name in size.only:
        say(f"{name} ...")
        title, rows, foot = asyncio.run(PARTS[name](size))
        print("\n".join([table(title, rows), *(f"  {line}" for line in foot)]), flush=True)
        figures += rows
    rows = noise.figures(load, before, noise.calibrate())
    print(table("Noise of the machine", rows))
    return verdict(figures)


def _read_arguments(given: list[str]) -> Size:
    reads = argparse.ArgumentParser(prog="make load", description=__doc__)
    reads.add_argument("--only", help=f"some of {','.join(PARTS)}", default=",".join(PARTS))
    reads.add_argument("--quick", action="store_true", help="smaller numbers, to see it work")
    reads.add_argument("--without-rasa", action="store_true", help="Docent alone")
    counts = {
        "messages": (5000, "messages of many visitors to each bot"),
        "visitors": (200, "visitors at once"),
        "fill": (2000, "messages that fill the queue before acknowledgements are timed"),
        "timed": (1000, "acknowledgements that are timed while the queue is full"),
        "turns": (500, "turns of the one long conversation"),
        "queue": (3000, "messages that wait for the workers"),
        "live": (1500, "messages of visitors to the workers, then"),
    }
    for name, (default, words) in counts.items():
        reads.add_argument(f"--{name}", type=int, help=f"{words}; {default}")
    size = reads.parse_args(given)
    size.only = size.only.split(",")
    if unknown := set(size.only) - set(PARTS):
        reads.error(f"there is no part {', '.join(sorted(unknown))}")
    for name, (default, _) in counts.items():
        small = max(20, default // QUICK) if size.quick else default
        setattr(size, name, getattr(size, name) or small)
    return size


if __name__ == "__main__":
    sys.exit(main())
