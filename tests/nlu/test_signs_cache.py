"""What the patterns said of texts, kept between two trainings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.nlu import signs_cache
from bot.nlu.emergencies import Signs, signs
from bot.nlu.signs_cache import SignsCache

TEXTS = ["there is a fire in the cafe", "有人晕倒了", "wifi密码", "help 救命"]


def keep(path: Path, texts: list[str]) -> list[Signs]:
    with SignsCache(path) as known:
        return [known.get(text) for text in texts]


def test_what_is_kept_is_what_the_patterns_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "folder" / "signs.json"
    assert keep(path, TEXTS) == [signs(text) for text in TEXTS]
    monkeypatch.setattr(signs_cache, "signs", None)
    assert keep(path, TEXTS) == [signs(text) for text in TEXTS]


def test_other_patterns_judge_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "signs.json"
    keep(path, TEXTS)
    nothing = Signs(None, (False,), False)
    monkeypatch.setattr(signs_cache, "signs", lambda _: nothing)
    monkeypatch.setattr(signs_cache, "judges", lambda: "others")
    assert keep(path, TEXTS) == [nothing] * len(TEXTS)


@pytest.mark.parametrize("broken", ["", "{", "[]", '{"judges": 1}'])
def test_a_broken_file_is_made_anew(tmp_path: Path, broken: str) -> None:
    path = tmp_path / "signs.json"
    path.write_text(broken, encoding="utf-8")
    assert keep(path, TEXTS[:1]) == [signs(TEXTS[0])]
    assert list(json.loads(path.read_text(encoding="utf-8"))["texts"]) == TEXTS[:1]


def test_only_what_was_used_stays(tmp_path: Path) -> None:
    path = tmp_path / "signs.json"
    keep(path, TEXTS)
    keep(path, TEXTS[2:])
    assert list(json.loads(path.read_text(encoding="utf-8"))["texts"]) == TEXTS[2:]


def test_after_a_failure_nothing_is_written(tmp_path: Path) -> None:
    path = tmp_path / "signs.json"
    known = SignsCache(path)
    known.get(TEXTS[0])
    known.__exit__(ValueError, ValueError(), None)
    assert not path.exists()
