"""Emergencies told by patterns, from questions about them and from figures of speech."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.emergencies import KINDS, emergency, signs

ROWS = yaml.safe_load(Path(__file__).with_name("urgent.yml").read_text())["questions"]
# Somewhat below what was measured last; docs/understanding.md has the figures.
FOUND = {"develop": 0.98, "hold_out": 0.9}
FALSE = {"develop": 0.02, "hold_out": 0.05}
MEDIAN_MS = 0.3


def rows(half: str, *, urgent: bool) -> list[dict[str, str]]:
    return [r for r in ROWS if r["half"] == half and (r["kind"] != "none") is urgent]


@pytest.mark.parametrize("half", FOUND)
def test_most_are_found(half: str) -> None:
    told = rows(half, urgent=True)
    assert sum(emergency(r["text"]) is not None for r in told) / len(told) >= FOUND[half]


@pytest.mark.parametrize("half", FOUND)
def test_their_kind_is_right(half: str) -> None:
    told = rows(half, urgent=True)
    assert sum(emergency(r["text"]) == r["kind"] for r in told) / len(told) >= FOUND[half]


@pytest.mark.parametrize("half", FALSE)
def test_false_alarms_are_rare(half: str) -> None:
    calm = rows(half, urgent=False)
    assert sum(emergency(r["text"]) is not None for r in calm) / len(calm) <= FALSE[half]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("someone got stabbed, blood everywhere", "threat"),
        ("smoke in the lift and a man has fainted", "fire"),
        ("got a plaster? my kids bleeding", "injury"),
        ("stuck in the lift and panicking", "distress"),
        ("cant find my dauhter", "lost_child"),
        ("她不會呼吸", "injury"),
        ("孩子走丢了", "lost_child"),
        ("fire alarm响了要走吗", "fire"),
        ("小孩膝盖🩸", "injury"),
        ("SOS!!", "distress"),
        # Supposed, asked about, past, on show, figures of speech.
        ("what if my child gets lost", None),
        ("are your staff trained for seizures", None),
        ("she had a stroke in 2019, is there a lift", None),
        ("painting of a man with a gun", None),
        ("I'm dying to see the mummies", None),
        ("人多到爆炸", None),
        ("孩子的水壶不见了help", None),
        ("", None),
    ],
)
def test_emergency(text: str, kind: str | None) -> None:
    assert emergency(text) == kind


@given(st.text(max_size=120), st.sampled_from(["", "bleeding", "着火", "lost my son", "🩸"]))
def test_nothing_raises(text: str, alarm: str) -> None:
    assert emergency(f"{text} {alarm} {text}") in (*KINDS, None)


@pytest.mark.parametrize(
    ("text", "kind", "marked"),
    [
        ("help, she collapsed in room 4", "injury", [True, False, False, True]),
        ("what if someone collapsed?", None, [False, False, False, False, True]),
        ("画里着火了吗", None, [False, False, False, False, False, True, True]),
        ("wifi", None, []),
    ],
)
def test_signs_are_what_a_model_may_weigh(text: str, kind: str | None, marked: list[bool]) -> None:
    found = signs(text)
    assert found.kind == kind
    assert list(found.marks[: len(marked)]) == marked
    assert len(found.marks) == 8


def test_it_is_quick() -> None:
    times = []
    for row in ROWS:
        start = time.process_time()
        emergency(row["text"])
        times.append((time.process_time() - start) * 1000)
    assert statistics.median(times) < MEDIAN_MS
