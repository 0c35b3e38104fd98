"""Kills and outages under traffic, and what they did to the visitors; `make chaos` prints it."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# The stand-ins of the platforms are those of the tests.
sys.path.append(str(ROOT / "tests"))
