"""Where other people's payloads lie, beside the repository and never in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PLATFORMS = REPOSITORY / ".." / "shared" / "platforms"
FIXTURES = REPOSITORY / "tests" / "fixtures"


def reference(*parts: str) -> Path:
    """Return a file or folder of the reference data, or skip the test and say what is missing."""
    path = PLATFORMS.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"NOT CHECKED: no reference data at {path}", allow_module_level=True)
    return path


def load(path: Path) -> Any:
    """Read a JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))
