"""Bodies that failed, as files that `--replay` sends again."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from fuzz.cases import Case


def save(folder: Path, target: str, case: Case, why: str) -> Path:
    """Writes a case: a line of JSON about it, then the body as it is."""
    folder.mkdir(parents=True, exist_ok=True)
    about = {name: value for name, value in vars(case).items() if name != "body"}
    head = json.dumps({"target": target, "why": why, **about}).encode()
    path = folder / f"{target}-{hashlib.sha256(head + case.body).hexdigest()[:12]}.case"
    path.write_bytes(head + b"\n" + case.body)
    return path


def load(path: Path) -> tuple[str, Case]:
    """Returns the target's name and the case in a file."""
    head, _, body = path.read_bytes().partition(b"\n")
    about = json.loads(head)
    headers = tuple((name, value) for name, value in about["headers"])
    return about["target"], Case(body, about["method"], about["path"], headers, about["way"])
