"""Sentences: said in three languages, refused with the line when one of them is lame."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.content.sentences import load_sentences, sentence_problems
from bot.errors import ContentError

GOOD = """\
# Comments stay out of the count.
welcome:
  en: Hello from [[name]]
  zh-Hans: 欢迎来到[[name]]
  zh-Hant: 歡迎來到[[name]]
opening:
  open_now:
    en: "Open until {closes}."
    zh-Hans: "开放至{closes}。"
    zh-Hant: "開放至{closes}。"
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "sentences.yml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Open until 17:30."),
        ("zh-Hans", "开放至17:30。"),
        ("zh", "开放至17:30。"),
        ("zh-Hant", "開放至17:30。"),
    ],
)
def test_a_sentence_is_said_with_its_blanks_filled(
    tmp_path: Path, language: str, said: str
) -> None:
    sentences = load_sentences(written(tmp_path, GOOD))
    assert sentences.say("opening.open_now", language, closes="17:30", unused=1) == said


def test_facts_stay_for_the_museum_and_keys_can_be_asked_for(tmp_path: Path) -> None:
    sentences = load_sentences(written(tmp_path, GOOD))
    assert sentences.say("welcome", "en") == "Hello from [[name]]"
    assert "welcome" in sentences
    assert "opening" not in sentences


def test_an_unknown_sentence_or_a_missing_value_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    sentences = load_sentences(path)
    with pytest.raises(ContentError, match=r"no sentence opening\.gone"):
        sentences.say("opening.gone", "en")
    with pytest.raises(ContentError, match=r"sentences\.yml:7: .*\{closes\}"):
        sentences.say("opening.open_now", "en")


LAME = {
    "missing language": ("a:\n  en: Hello\n  zh-Hans: 您好\n", 1, "no zh-Hant text"),
    "empty language": ("a:\n  en: ''\n  zh-Hans: 您\n  zh-Hant: 您\n", 1, "no en text"),
    "a bare text": ("# note\na: Hello\n", 2, "not a sentence"),
    "zh alone": ("a:\n  en: Hello\n  zh: 您好\n", 1, "no zh-Hans text"),
    "unknown key": ("a:\n  en: H\n  zh-Hans: 您\n  zh-Hant: 您\n  fr: S\n", 1, "unknown key fr"),
    "blank in one": (
        "b:\n  a:\n    en: At {time}\n    zh-Hans: 在{time}\n    zh-Hant: 在\n",
        2,
        "{time}",
    ),
    "lone brace": ("a:\n  en: 'Hi {'\n  zh-Hans: 您\n  zh-Hant: 您\n", 1, "brace"),
    "nameless blank": ("a:\n  en: 'Hi {}'\n  zh-Hans: '{}'\n  zh-Hant: '{}'\n", 1, "brace"),
    "broken yaml": ("a:\n  en: 'Hi\n", 3, "not valid YAML"),
    "empty": ("", 1, "empty"),
    "a list": ("- a\n", 1, "no sentences"),
}


@pytest.mark.parametrize(("text", "line", "problem"), LAME.values(), ids=LAME)
def test_a_lame_sentence_is_refused_with_its_line(
    tmp_path: Path, text: str, line: int, problem: str
) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ContentError) as caught:
        load_sentences(path)
    assert str(caught.value).startswith(f"{path}:{line}: ")
    assert problem in caught.value.problem
    assert [fault.place for fault in sentence_problems(path)] == [f"{path}:{line}"]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="cannot be read"):
        load_sentences(tmp_path / "sentences.yml")


def test_all_problems_are_listed_in_order(tmp_path: Path) -> None:
    path = written(tmp_path, "a: 1\nb:\n  en: B\nc: 3\n")
    places = [fault.place.rpartition(":")[2] for fault in sentence_problems(path)]
    assert places == ["1", "2", "4"]
