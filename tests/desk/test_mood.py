"""How visitors sound: a table of our own in three halves, and what must never count."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.config import ROOT
from bot.content.mood_words import MoodWords, load_moods, mood_problems
from bot.content.museum import load_museum
from bot.desk.mood import MoodReader, graver, mood_reader
from bot.errors import ContentError

PHRASES = YAML(typ="safe").load(Path(__file__).with_name("mood_phrases.yml"))
LANGUAGES = ("en", "zh-Hans", "zh-Hant", "mixed")


@pytest.fixture(scope="module")
def reader() -> MoodReader:
    return mood_reader(load_museum(ROOT / "data" / "museum.yml"))


def read(reader: MoodReader, half: str, language: str = "") -> list[tuple[str, str, str]]:
    """Each phrase of a half with the mood that it has and the one that is read."""
    return [
        (mood, reader.mood(text), text)
        for mood, by_language in PHRASES[half].items()
        for name, texts in by_language.items()
        for text in texts
        if language in ("", name)
    ]


def share(rows: list[tuple[str, str, str]]) -> float:
    return sum(mood == found for mood, found, _ in rows) / len(rows)


def test_there_are_enough_phrases_and_none_stands_in_two_halves() -> None:
    halves = {
        name: [
            text for languages in half.values() for texts in languages.values() for text in texts
        ]
        for name, half in PHRASES.items()
    }
    every = [text for texts in halves.values() for text in texts]
    assert len(every) == len(set(every)) > 300
    assert len(halves["held_out"]) >= len(halves["tuned"])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("half", "least"), [("tuned", 1.0), ("held_out", 0.97), ("fresh", 0.65)])
def test_the_mood_is_read(reader: MoodReader, half: str, least: float, language: str) -> None:
    rows = read(reader, half, language)
    assert share(rows) >= least, [row for row in rows if row[0] != row[1]]


@pytest.mark.parametrize("half", ["tuned", "held_out"])
def test_what_reads_as_neutral_is_neutral(reader: MoodReader, half: str) -> None:
    called = [row for row in read(reader, half) if row[1] == "neutral"]
    assert share(called) >= 0.98


def test_hardly_anybody_who_only_asks_is_called_angry_or_upset(reader: MoodReader) -> None:
    neutral = [row for half in PHRASES for row in read(reader, half) if row[0] == "neutral"]
    wrong = [row for row in neutral if row[1] in ("angry", "upset")]
    assert len(wrong) <= 0.02 * len(neutral), wrong


@pytest.mark.parametrize(
    ("text", "mood"),
    [
        ("I'm happy with it", "pleased"),
        ("I'm not happy with it", "upset"),
        ("I am not at all impressed", "upset"),
        ("满意", "pleased"),
        ("不满意", "upset"),
        ("不是很滿意", "upset"),
        ("I'm not angry", "neutral"),
        ("我没有生气", "neutral"),
        ("not bad", "pleased"),
        ("真不错", "pleased"),
        ("好唔開心", "upset"),
        ("唔係好 happy", "upset"),
        ("couldn't be happier", "pleased"),
        ("没想到这么好，太棒了", "pleased"),
    ],
)
def test_a_denial_turns_a_word_around(reader: MoodReader, text: str, mood: str) -> None:
    assert reader.mood(text) == mood


@pytest.mark.parametrize(
    "text",
    [
        "How much is the Angry Birds exhibition?",
        "Where is The Scream?",
        "tickets for the Terrible Beauty show please",
        "愤怒的小鸟特展几点",
        "《愤怒的葡萄》手稿在哪",
        "「氣死人」這檔展還在嗎",
        'my label says "disgusting", is that right',
        "《Furious》 展在几楼",
    ],
)
def test_a_name_or_a_quotation_says_nothing(reader: MoodReader, text: str) -> None:
    assert reader.mood(text) == "neutral"


@pytest.mark.parametrize(
    ("text", "mood"),
    [
        ("Is the guide any good? Is it boring?", "neutral"),
        ("讲解好不好，会不会无聊", "neutral"),
        ("Is it rude to take photos", "neutral"),
        ("what if I'm disappointed, can I get a refund", "neutral"),
        ("are you kidding me", "angry"),
        ("导览 happy 吗", "neutral"),
    ],
)
def test_what_is_asked_or_supposed_is_not_felt(reader: MoodReader, text: str, mood: str) -> None:
    assert reader.mood(text) == mood


@pytest.mark.parametrize(
    ("text", "mood"),
    [
        ("CAN I BRING MY DOG", "neutral"),
        ("WHERE IS MY REFUND???", "upset"),
        ("so disappointing", "upset"),
        ("SO DISAPPOINTING FROM YOU ALL", "angry"),
        ("太失望了", "upset"),
        ("太失望了！！！", "angry"),
        ("有人吗？？？", "upset"),
        ("where is the shop 😡", "angry"),
        ("太美了 😭", "pleased"),
        ("没票了 😭", "upset"),
        ("👏👏", "pleased"),
        ("great service 🙄", "upset"),
        ("Lovely museum but the toilets were filthy", "upset"),
        ("The queue was awful, but the staff were lovely", "pleased"),
        ("展很好，就是厕所太脏", "upset"),
        ("Disgraceful, but the cake was lovely", "angry"),
        ("", "neutral"),
        ("😀", "neutral"),
    ],
)
def test_capitals_marks_signs_and_turns(reader: MoodReader, text: str, mood: str) -> None:
    assert reader.mood(text) == mood


def test_the_names_of_exhibitions_say_nothing() -> None:
    words = MoodWords({"angry": {"en": ("fury",), "zh": ("狂怒",)}})
    plain, named = MoodReader(words), MoodReader(words, ["Fury and Fire", "狂怒与火"])
    for text in ("I want to see fury and fire", "狂怒与火还展吗", "Fury and Fire 几点"):
        assert (plain.mood(text), named.mood(text)) == ("angry", "neutral")


def test_without_words_everybody_is_neutral() -> None:
    assert MoodReader(MoodWords()).mood("I am furious 😡 气死我了") == "neutral"


@pytest.mark.parametrize(
    ("mood", "before", "is_graver"),
    [
        ("angry", "upset", True),
        ("upset", None, True),
        ("pleased", "neutral", True),
        ("pleased", "angry", False),
        ("neutral", "upset", False),
        ("upset", "angry", False),
        (None, None, False),
    ],
)
def test_a_mood_only_grows_graver(mood: Any, before: Any, is_graver: bool) -> None:
    assert graver(mood, before) is is_graver


def test_the_gravest_of_several_counts(reader: MoodReader) -> None:
    assert reader.gravest(["thank you", "气死我了", "wonderful"]) == "angry"
    assert reader.gravest([]) == "neutral"


# -- the file ---------------------------------------------------------------------------------


def test_the_museums_own_file_has_no_fault() -> None:
    assert mood_problems(ROOT / "data" / "moods.yml") == []


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("cross:\n  en: [cross]\n", 1, "unknown key cross"),
        ("angry:\n  fr: [fâché]\n", 2, "angry has the unknown key fr"),
        ("angry:\n  en: furious\n", 2, "angry.en is no list"),
        ("angry: [furious]\n", 1, "angry holds no lists"),
        ("angry:\n  en:\n    - furious\n    - 生气\n", 4, "生气 is not English"),
        ("angry:\n  zh:\n    - 生氣\n", 3, "written in Traditional"),
        ("angry:\n  en: [cross]\nupset:\n  en:\n    - cross\n", 5, "cross stands already at"),
        ("negations:\n  en:\n    - no\n    - not\n    - 1\n", 5, "1 is no word"),
        ("- angry\n", 1, "holds no moods"),
    ],
)
def test_a_fault_is_named_with_its_line(
    tmp_path: Path, text: str, line: int, problem: str
) -> None:
    path = tmp_path / "moods.yml"
    path.write_text(text, encoding="utf-8")
    [fault] = mood_problems(path)
    assert str(fault).startswith(f"{path}:{line}")
    assert problem in str(fault)
    with pytest.raises(ContentError):
        load_moods(path)


def test_a_missing_file_is_no_fault(tmp_path: Path) -> None:
    assert mood_problems(tmp_path / "moods.yml") == []
    assert load_moods(tmp_path / "moods.yml") == MoodWords()
