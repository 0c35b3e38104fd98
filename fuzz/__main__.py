"""Fuzzes every parser with signed and mutated bodies, for a bounded time; prints a table.

The exit code is 1 where something was found: a 5xx, an answer that takes longer than a second each
time, an error in the log, memory that grows, or a message that never ends.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random

from bot.config import ROOT
from fuzz import keys, lines, poison
from fuzz.attack import Attack, Found
from fuzz.cases import Target
from fuzz.house import House
from fuzz.saved import load
from fuzz.sink import Sink
from fuzz.socket_mode import SocketMode
from fuzz.targets import Messenger, SealedWeChat, Telegram, WeChat, WhatsApp
from fuzz.targets_pages import Desk, Login, Web
from fuzz.targets_slack import Slack
from fuzz.wire import send

TARGETS: tuple[type[Target], ...] = (
    *(Messenger, WhatsApp, Telegram, WeChat, SealedWeChat, Slack, Web, Desk, Login),
)
SOCKET, PARSE = "slack-socket", "parse"
NAMES = (*(each.name for each in TARGETS), SOCKET, PARSE)
FOLDER = ROOT / "var" / "fuzz"


def main() -> int:
    """Fuzzes what was asked for; returns the exit code."""
    asked = _asked()
    if asked.replay is not None:
        return _replay(asked.replay)
    chosen = asked.channel or list(NAMES)
    each = asked.seconds / len(chosen)
    print(f"Fuzzing {', '.join(chosen)}: {each:.0f} s each, seed {asked.seed}.", flush=True)
    found: list[Found] = []
    with tempfile.TemporaryDirectory() as folder, Sink() as sink:
        for sealed in (False, True):
            named = [t() for t in TARGETS if t.name in chosen and t.sealed is sealed]
            with_socket = SOCKET in chosen and not sealed
            if named or with_socket:
                inside = Path(folder) / str(sealed)
                inside.mkdir()
                found += _under_fire(inside, sink, named, with_socket, each, asked.seed)
        if PARSE in chosen:
            found.append(lines.fuzz(Random(f"{asked.seed}-{PARSE}"), each, FOLDER))
        if not asked.without_dialogue:
            found += poison.drive(Path(folder), sink, found, FOLDER)
    return _print(found, asked.seed)


def _under_fire(
    folder: Path, sink: Sink, targets: Sequence[Target], socket: bool, seconds: float, seed: int
) -> list[Found]:
    """Fuzzes targets one after the other on one server."""
    settings = keys.settings(folder, sink.url, any(t.sealed for t in targets), socket)
    found = []
    with House(folder, settings) as house:
        for target in targets:
            random = Random(f"{seed}-{target.name}")
            found.append(_told(Attack(house, target, random, FOLDER).run(seconds)))
        if socket:
            random = Random(f"{seed}-{SOCKET}")
            found.append(_told(SocketMode(house, sink, random, FOLDER).run(seconds)))
    return found


def _told(found: Found) -> Found:
    print(f"  {found.name}: {found.requests} requests, {len(found.finds)} finds", flush=True)
    return found


def _replay(path: Path) -> int:
    """Sends a case again that was saved."""
    name, case = load(path)
    target = next(each() for each in TARGETS if each.name == name)
    with tempfile.TemporaryDirectory() as folder, Sink() as sink:
        settings = keys.settings(Path(folder), sink.url, target.sealed, False)
        with House(Path(folder), settings) as house:
            target.prepare(house.told)
            told = send(house.port, target.signed(case))
            time.sleep(1)
            print(f"{name}: {told.status} after {told.seconds * 1000:.0f} ms")
            print("\n".join(house.complaints()))
    return int(told.status is None or told.status >= 500)


def _print(found: Sequence[Found], seed: int) -> int:
    """Prints the table and the finds; returns the exit code."""
    print()
    print("| channel | requests | accepted | refused | slowest ms | others ms | + MB | finds |")
    print("|---|---|---|---|---|---|---|---|")
    for each in found:
        refused = ", ".join(
            f"{status} {n}" for status, n in sorted(each.statuses.items()) if status[0] != "2"
        )
        print(
            f"| {each.name} | {each.requests} | {each.taken} | {refused or '-'} "
            f"| {each.slowest * 1000:.0f} | {each.others * 1000:.0f} "
            f"| {each.grown_mb:.0f} | {len(each.finds)} |"
        )
    print("\nslowest: one try; what is slow three times more is a find. others: somebody else's")
    print("easy question meanwhile. closed: hung up on what is no HTTP or too large.")
    finds = [f"{each.name}: {words}" for each in found for words in each.finds]
    for words in finds:
        print(f"FOUND {words}")
    print(f"{len(finds)} finds with seed {seed}.")
    return int(bool(finds))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=120.0, help="in all, without the start")
    parser.add_argument("--seed", type=int, default=int(time.time()) % 100_000)
    parser.add_argument("--channel", action="append", choices=NAMES, help="this one alone")
    parser.add_argument("--replay", type=Path, help="sends a case again that failed")
    parser.add_argument("--without-dialogue", action="store_true", help="leaves the last part out")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
