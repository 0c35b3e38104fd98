"""The project with other facts: a copy in which `museum.yml` alone is another file."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bot.config import ROOT

# The code finds its folder by where it lies itself, so these are copies and not links to folders.
COPIED = ("bot", "actions", "data")
LINKED = ("config.yml", "credentials.yml", "domain.yml", "endpoints.yml", "migrations", "models")


def other_museum(folder: Path, desk: Mapping[str, Any]) -> Path:
    """Lays out the project in a folder, some facts of its desk replaced; returns the folder."""
    root = folder / "museum"
    root.mkdir()
    for name in COPIED:
        left_out = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, root / name, copy_function=_same, ignore=left_out)
    for name in LINKED:
        (root / name).symlink_to(ROOT / name)
    file, yaml = root / "data" / "museum.yml", YAML()
    facts = yaml.load(file.read_text("utf-8"))
    facts["desk"].update(desk)
    # Not written into the file that both share.
    file.unlink()
    with file.open("w", encoding="utf-8") as written:
        yaml.dump(facts, written)
    return root


def _same(source: str, target: str) -> str:
    """Puts a file there without copying its bytes, where the disk is the same one."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target
