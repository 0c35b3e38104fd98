"""What an accessibility checker would ask of a page, run inside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

CHECKS = Path(__file__).with_name("checks.js").read_text(encoding="utf-8")


def complaints(page: Any) -> dict[str, list[str]]:
    """Every check that found something, with what it found."""
    return {name: found for name, found in page.evaluate(CHECKS).items() if found}
