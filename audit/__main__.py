"""Asks PyPI's advisory service about every package of requirements.lock, and explains the answer.

Exit codes: 0 nothing that is not explained; 1 something is not; 3 the service could not be asked.

pip-audit needs newer libraries than Rasa allows, so it lives in an environment of its own.
Source: github.com/pypa/pip-audit (--disable-pip reads a hashed lock as it is).
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import venv
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from audit.allowed import load
from audit.judging import Known, judge, unheard
from bot.config import ROOT

PIP_AUDIT = "pip-audit>=2.9,<3"
HOME = ROOT / ".docent" / "audit"
LOCK = ROOT / "requirements.lock"
NOT_ASKED = 3
INSTALL_SECONDS, ASK_SECONDS = 300.0, 600.0


class NotAsked(Exception):
    """The service gave no answer."""


def main() -> int:
    """Prints what is known of our packages; returns the exit code."""
    allowed = load()
    try:
        report = _report(_program())
    except NotAsked as reason:
        print(f"The advisory service could not be asked: {reason}", file=sys.stderr)
        return NOT_ASKED
    found = judge(report, allowed, datetime.now(timezone.utc).date())
    _print(found)
    for words in unheard(report, allowed):
        print(f"No longer told of, remove it from audit/allowed.yml: {words}")
    return int(any(each.why is None for each in found))


def _program() -> Path:
    """Returns pip-audit in an environment of its own, made where there is none."""
    program = HOME / "bin" / "pip-audit"
    if not program.exists():
        print(f"Installing {PIP_AUDIT} into {HOME.relative_to(ROOT)}.", file=sys.stderr)
        venv.create(HOME, with_pip=True, clear=True)
        _run([str(HOME / "bin" / "pip"), "install", "--quiet", PIP_AUDIT], INSTALL_SECONDS)
    return program


def _report(program: Path) -> dict[str, Any]:
    """Returns pip-audit's report; raises NotAsked."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "report.json"
        asked = ["-r", str(LOCK), "--disable-pip", "--format", "json", "--output", str(file)]
        # Its code is 1 for advisories and for troubles alike: the report tells them apart.
        said = _run([str(program), *asked, "--progress-spinner", "off"], ASK_SECONDS, (0, 1))
        if not file.exists():
            raise NotAsked(said.strip().rpartition("\n")[2][:300] or "it wrote no report")
        report: dict[str, Any] = json.loads(file.read_text("utf-8"))
        return report


def _run(command: list[str], seconds: float, good: tuple[int, ...] = (0,)) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - our own words
            command, capture_output=True, text=True, timeout=seconds, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotAsked(type(error).__name__) from None
    if done.returncode not in good:
        raise NotAsked(done.stderr.strip().rpartition("\n")[2][:300])
    return done.stderr


def _print(found: list[Known]) -> None:
    print("| package | version | advisory | mended in | why it does not touch us |")
    print("|---|---|---|---|---|")
    for each in sorted(found, key=lambda known: (known.why is not None, known.package)):
        why = each.why or "**not explained**"
        print(f"| {each.package} | {each.version} | {each.name} | {each.fixed} | {why} |")
    open_ones = sum(each.why is None for each in found)
    print(f"\n{len(found)} advisories, {open_ones} of them not explained.")


if __name__ == "__main__":
    sys.exit(main())
