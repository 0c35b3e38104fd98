"""The file of texts on emergencies is read with its lines, and as it stands is balanced."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from bot.config import ROOT
from bot.nlu.emergencies import KINDS
from bot.nlu.emergency_texts import CALM, PATH, Text, emergency_texts

HAN = re.compile("[\u3400-\u9fff]")


def test_texts_have_their_lines_and_kinds(tmp_path: Path) -> None:
    path = tmp_path / "emergencies.yml"
    path.write_text("# Why.\nfire: |\n  - 着火了\n\n  - smoke!\ncalm: |\n  - fire exit?\n")
    assert emergency_texts(path) == [
        Text("着火了", 3, "fire"),
        Text("smoke!", 5, "fire"),
        Text("fire exit?", 7, "calm"),
    ]


@pytest.mark.parametrize("written", ["flood: |\n  - water\n", "fire:\n  - smoke\n"])
def test_another_heading_is_refused(tmp_path: Path, written: str) -> None:
    path = tmp_path / "emergencies.yml"
    path.write_text(written)
    with pytest.raises(ValueError, match="line 1"):
        emergency_texts(path)


def test_every_kind_has_texts_in_both_languages() -> None:
    texts = emergency_texts(ROOT / PATH)
    counts = Counter((each.kind, bool(HAN.search(each.text))) for each in texts)
    assert all(counts[kind, han] >= 90 for kind in KINDS for han in (True, False))
    assert min(counts[CALM, True], counts[CALM, False]) >= 400
