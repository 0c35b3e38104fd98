"""The linear reader of emergencies: what it learns, weighs and keeps."""

from __future__ import annotations

import numpy as np
import pytest

from bot.nlu.alarm_reader import AlarmReader, Heard, learn, runs_of
from bot.nlu.emergencies import KINDS, signs

URGENT = {
    "threat": ["zzz knife", "zzz gun"],
    "fire": ["zzz smoke", "zzz flames"],
    "injury": ["zzz blood", "zzz hurt"],
    "distress": ["zzz stuck", "zzz trapped"],
    "lost_child": ["zzz my son", "zzz my girl"],
}
CALM = ["opening hours", "ticket price", "where are the lions", "book a tour", "几点关门"]


def vector(text: str) -> np.ndarray:
    return np.array([len(text) / 20, 1.0], dtype=np.float32)


def heard(text: str, kind: str | None, written: bool = True) -> Heard:
    return Heard(text, vector(text), signs(text), kind, written)


@pytest.fixture(scope="module")
def reader() -> AlarmReader:
    urgent = [heard(text, kind) for kind, texts in URGENT.items() for text in texts]
    return learn([*urgent, *(heard(text, None, written=False) for text in CALM)])


def test_what_was_learnt_is_told_with_its_kind(reader: AlarmReader) -> None:
    for kind, texts in URGENT.items():
        for text in texts:
            score, likeliest = reader.judge(text, vector(text), signs(text))
            assert (score > 0, likeliest) == (True, kind)


def test_what_is_calm_scores_low(reader: AlarmReader) -> None:
    assert all(reader.judge(text, vector(text), signs(text))[0] < 0 for text in CALM)


def test_nothing_and_unknown_letters_can_be_judged(reader: AlarmReader) -> None:
    assert reader.judge("", vector(""), signs(""))[1] in KINDS
    assert reader.judge("ß", vector("ß"), signs("ß"))[1] in KINDS


def test_what_is_kept_judges_the_same(reader: AlarmReader) -> None:
    again = AlarmReader(reader.weights, reader.bias, reader.runs)
    text = "zzz flames and smoke"
    told = reader.judge(text, vector(text), signs(text))
    assert again.judge(text, vector(text), signs(text)) == told


def test_runs_of_letters() -> None:
    assert set(runs_of("abc")) == {"a", "b", "c", "ab", "bc", "abc"}
    assert set(runs_of("")) == set()
