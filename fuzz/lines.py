"""`docent parse` with lines that nobody types: each gives one line, and it ends well."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from random import Random

from bot.config import ROOT
from bot.supervisor import ENVIRONMENT
from fuzz.attack import Found
from fuzz.cases import Case
from fuzz.saved import save
from fuzz.values import TEXTS

NAME = "parse"
LINES = 400
START_SECONDS = 120.0


def fuzz(random: Random, seconds: float, folder: Path) -> Found:
    """Sends lines to one `docent parse`, so many as it surely reads in that time."""
    sent = [_line(random) for _ in range(min(LINES, int(seconds * 20) + 20))]
    found = Found(NAME, requests=len(sent))
    body = b"\n".join(sent) + b"\n"
    begun = time.monotonic()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "bot", "parse"],
            input=body,
            capture_output=True,
            cwd=ROOT,
            env={**os.environ, **ENVIRONMENT},
            timeout=START_SECONDS + seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        found.finds.append(f"it did not end: {save(folder, NAME, Case(body), 'hangs')}")
        return found
    found.slowest = (time.monotonic() - begun) / len(sent)
    _judge(found, done, sent, folder)
    return found


def _judge(
    found: Found, done: subprocess.CompletedProcess[bytes], sent: list[bytes], folder: Path
) -> None:
    try:
        answers = [json.loads(line) for line in done.stdout.splitlines()]
    except ValueError:
        answers = []
    found.statuses["2xx"] = len(answers)
    if done.returncode or len(answers) != len(sent):
        why = f"exit code {done.returncode}, {len(answers)} lines for {len(sent)}"
        last = done.stderr.decode(errors="replace").strip().rpartition("\n")[2][:200]
        path = save(folder, NAME, Case(b"\n".join(sent)), why)
        found.finds.append(f"{why} ({last}): {path}")


def _line(random: Random) -> bytes:
    """Returns one line: no end of line within, whatever else."""
    text = "".join(random.choice(TEXTS)[:3000] for _ in range(random.choice((1, 1, 2, 6))))
    data = text.replace("\n", " ").encode("utf-8", "surrogatepass")
    if random.random() < 0.1:
        data = bytes(random.choices(range(11, 256), k=40))
    return data.replace(b"\n", b" ")
