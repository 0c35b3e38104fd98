"""What the tests of the content share."""

from __future__ import annotations

from pathlib import Path

import pytest

from .folder import make_folder


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder without a fault."""
    return make_folder(tmp_path)
