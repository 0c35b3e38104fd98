"""A text in its context, with a ranking of known words in the place of the model."""

from __future__ import annotations

from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.config import ROOT
from bot.nlu.context import ONE_THING, Ranking, Reading, combined, understand

WORDS = {
    "faq/opening_hours": ("open", "close", "sunday", "monday", "几点", "周日", "周六"),
    "faq/admission_price": ("much", "free", "price", "门票", "多少钱"),
    "faq/concessions": ("student", "学生"),
    "faq/audio_guide": ("audio", "语音导览"),
    "faq/parking": ("park", "停车"),
    "faq/family_children": ("kids", "小孩", "pushchair", "婴儿车"),
    "greeting": ("hello", "你好"),
    "out_of_scope": ("weather", "天气"),
}


def rank(text: str) -> Ranking:
    """Ranks topics by how many of their words a text holds."""
    counts = {name: 0.02 + sum(word in text.lower() for word in WORDS[name]) for name in WORDS}
    total = sum(counts.values())
    ranking = [{"name": name, "confidence": count / total} for name, count in counts.items()]
    return sorted(ranking, key=lambda each: -each["confidence"])


def read(text: str, before: str = "", topic: str | None = None, **more: Any) -> Reading:
    previous = {"text": before, "topic": f"faq/{topic}" if topic else None, **more}
    return understand(text, {"previous": previous if before else None}, rank)


def best(reading: Reading) -> str:
    assert sum(each["confidence"] for each in reading.ranking) == pytest.approx(1)
    return str(reading.ranking[0]["name"]).removeprefix("faq/")


@pytest.mark.parametrize(
    ("before", "topic", "text", "wanted"),
    [
        ("when do you open", "opening_hours", "and on sunday?", "opening_hours"),
        ("how much is it", "admission_price", "and on sunday?", "admission_price"),
        ("门票多少钱", "admission_price", "那小孩呢？", "admission_price"),
        ("门票多少钱", "admission_price", "kids呢", "admission_price"),
        ("is there an audio guide", "audio_guide", "how much is it then", "audio_guide"),
        ("有语音导览吗", "audio_guide", "多少钱", "audio_guide"),
        ("when do you open", "opening_hours", "how much is it then", "admission_price"),
        ("how much is it", "admission_price", "what about parking", "parking"),
        ("门票多少钱", "admission_price", "那停车呢", "parking"),
        ("is there an audio guide", "audio_guide", "can I park my car", "parking"),
    ],
)
def test_a_follow_up_is_read_after_the_question_before(
    before: str, topic: str, text: str, wanted: str
) -> None:
    reading = read(text, before, topic)
    assert best(reading) == wanted
    assert reading.asked == (f"{before}\n{text}" if wanted == topic else text)


def test_without_a_question_before_a_text_stands_alone() -> None:
    for text in ("and on sunday?", "那小孩呢？", "no, I meant sunday", "wrong 不对"):
        assert read(text) == Reading(text, rank(text))


def test_a_text_after_one_that_was_asked_back_is_read_with_it() -> None:
    reading = read("for kids", "pushchair 婴儿车")
    assert (best(reading), reading.asked) == ("family_children", "pushchair 婴儿车\nfor kids")


def test_of_two_questions_before_the_nearer_one_is_meant() -> None:
    other = {"text": "when do you open", "topic": "faq/opening_hours"}
    reading = read("and on sunday?", "can i park", "parking", others=[other])
    assert (best(reading), reading.asked) == ("opening_hours", "when do you open\nand on sunday?")


def test_a_pressed_button_answers_what_was_asked() -> None:
    before = {"text": "sunday 婴儿车", "topic": None}
    metadata = {"choice": "faq/opening_hours", "previous": before}
    reading = understand("Opening times", metadata, rank)
    assert reading.asked == "sunday 婴儿车\nOpening times"
    assert reading.ranking == [{"name": "faq/opening_hours", "confidence": 1.0}]


@pytest.mark.parametrize("text", ["ok", "好的", "great 👍", "👍", "ok好的"])
def test_a_reaction_is_taken_as_thanks(text: str) -> None:
    assert best(read(text, "how much", "admission_price")) == "thanks"


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("no, I meant sunday", "when do you open on monday\nsunday"),
        ("不是这个，我问的是周日", "when do you open on monday\n周日"),
        ("no, I said when do you open on sunday", "when do you open on sunday"),
    ],
)
def test_a_corrected_day_keeps_the_topic(text: str, asked: str) -> None:
    reading = read(text, "when do you open on monday", "opening_hours")
    assert (best(reading), reading.asked, reading.rejected) == ("opening_hours", asked, ())


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("not the price, the opening times", "opening_hours"), ("我问的是停车", "parking")],
)
def test_a_rejected_topic_is_not_repeated(text: str, wanted: str) -> None:
    reading = read(text, "how much is it", "admission_price")
    assert best(reading) == wanted
    assert reading.rejected == ("faq/admission_price",)
    assert "faq/admission_price" not in {each["name"] for each in reading.ranking}


def test_wrong_and_nothing_else_brings_the_next_best() -> None:
    reading = read("不对", "学生门票多少钱", "admission_price")
    assert (best(reading), reading.unsure) == ("concessions", True)
    again = read("wrong", "学生门票多少钱", None, rejected=["faq/admission_price"])
    assert "faq/admission_price" not in {each["name"] for each in again.ranking}


def test_each_question_of_a_message_is_read_after_the_one_before() -> None:
    reading = read("Is there an audio guide? How much is it?\nAnd where do I park?")
    tops = [part.ranking[0]["name"] for part in reading.parts]
    assert tops == ["faq/audio_guide", "faq/audio_guide", "faq/parking"]
    assert reading.parts[1].text == "Is there an audio guide?\nHow much is it?"
    assert "\n" not in reading.asked
    assert read("你好！可以停车吗？").parts == ()


def test_parts_that_agree_make_the_whole_surer() -> None:
    text = "Open kids weather? Do you open, close on sunday?"
    assert read(text).ranking[0]["confidence"] > rank(text)[0]["confidence"]
    assert best(read(text)) == "opening_hours"


def test_combined_weighs_both() -> None:
    one = [{"name": "a", "confidence": 1.0}]
    two = [{"name": "b", "confidence": 1.0}]
    both = {each["name"]: each["confidence"] for each in combined(one, two, 0.25)}
    assert both == pytest.approx({"a": 0.75, "b": 0.25})


def test_a_message_that_surely_asks_one_thing_has_no_parts() -> None:
    text = "When do you open? 几点关门？"

    def sure(_: str) -> Ranking:
        rest = (1 - 0.9995, "faq/parking"), (0.9995, "faq/opening_hours")
        return [{"name": name, "confidence": chance} for chance, name in reversed(rest)]

    assert len(read(text).parts) == 2
    assert understand(text, {}, sure).parts == ()


def test_each_text_is_ranked_once() -> None:
    asked: list[str] = []

    def counting(text: str) -> Ranking:
        asked.append(text)
        return rank(text)

    understand("Is there an audio guide? 多少钱? And where do I park?", {}, counting)
    assert len(asked) == len(set(asked)) > 3


def test_no_part_that_would_count_is_left_out() -> None:
    config = YAML(typ="safe").load(ROOT / "config.yml")
    [scope] = [each for each in config["pipeline"] if each["name"].endswith(".Scope")]
    assert scope["supported"] >= ONE_THING
