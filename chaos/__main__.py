"""`make chaos`: prints what kills and outages did to the visitors; fails where a bound broke."""

from __future__ import annotations

import argparse
import random
import shutil
import signal
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp

from chaos import crashes, outages
from chaos.questions import Question, load_questions
from chaos.table import say

PARTS = ("sqlite", "postgres", "outages-sqlite", "outages-postgres")
# Outages need no crowd: one question every few seconds of each visitor.
OUTAGE_MESSAGES, OUTAGE_VISITORS = 60, 20


def main() -> int:
    """Runs what was asked for; returns the exit code."""
    chosen = _options()
    # What was started is ended and unmounted also when we are told to stop.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    seed = chosen.seed if chosen.seed is not None else random.SystemRandom().randrange(10**6)
    print(f"seed {seed}", flush=True)
    folder = Path(mkdtemp(prefix="docent-chaos-"))
    say("choosing questions")
    questions = load_questions(random.Random(seed))
    say(f"{sum(map(len, questions.values()))} questions on {len(questions)} topics")
    plan = crashes.Plan(
        *(chosen.messages, chosen.visitors, chosen.kills, seed, folder, chosen.outage),
        echoes=not chosen.silent,
    )
    wrong: list[str] = []
    runs = []
    for name, run in (("sqlite", crashes.on_sqlite), ("postgres", crashes.on_postgres)):
        if chosen.only in (None, name):
            runs.append(run(plan, questions))
            wrong += crashes.broken(runs[-1])
    if runs:
        crashes.print_runs(runs)
    wrong += _outages(chosen, plan, questions)
    return _end(wrong, folder, chosen.keep)


def _outages(
    chosen: argparse.Namespace, plan: crashes.Plan, questions: dict[str, list[Question]]
) -> list[str]:
    small = replace(plan, messages=OUTAGE_MESSAGES, visitors=OUTAGE_VISITORS)
    seen: list[outages.Seen] = []
    for name, play in (("sqlite", outages.on_sqlite), ("postgres", outages.on_postgres)):
        if chosen.only in (None, f"outages-{name}"):
            seen += play(small, questions)
    if seen:
        outages.print_seen(seen)
    return [wrong for each in seen for wrong in outages.broken(each)]


def _end(wrong: list[str], folder: Path, keep: bool) -> int:
    if not wrong:
        if keep:
            print(f"Logs and databases are kept in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
        print("Every bound held.")
        return 0
    print(f"{len(wrong)} bound(s) broken; logs and databases are kept in {folder}")
    print("\n".join(wrong[:40]))
    return 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser("chaos", description=__doc__)
    parser.add_argument("--only", choices=PARTS)
    parser.add_argument("--messages", type=int, default=2000)
    parser.add_argument("--visitors", type=int, default=100)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--outage", default="", help="a part of the names of the wanted outages")
    parser.add_argument("--silent", action="store_true", help="Meta does not tell what it took")
    parser.add_argument("--keep", action="store_true", help="keep logs though nothing broke")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
