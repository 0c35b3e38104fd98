"""Windows and offers in Slack: within Slack's limits whatever stands in them, and read back."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from standins.slack_blocks import check_blocks
from standins.slack_view_rules import check_view

from bot.channels.slack_views import (
    FIELD,
    IN_ENGLISH,
    TEXT,
    about,
    correct_translation,
    digest,
    edit_ready,
    entered,
)
from bot.config import ROOT
from bot.content.museum import load_museum
from bot.desk.suggest_blocks import chosen, head_of, menu_of, suggestions
from bot.desk.suggestions import Ready, read_saved

UNITS = ["a", "馆", "😀", "&", "<"]
SAVED = read_saved(ROOT / "data", load_museum(ROOT / "data" / "museum.yml"))
CASE: Any = SimpleNamespace(id=7)


def ready(text: str, english: str, language: str = "zh-Hant") -> Ready:
    return Ready("suggestion", "opening_hours", "Opening times", text, english, language)


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("size", [1, 2_000, 3_000, 9_000])
def test_a_window_is_taken_whatever_stands_in_it(unit: str, size: int) -> None:
    words = (unit * size)[:size]
    check_view(edit_ready(ready(words, words + "x"), {"case": 7}), "modal")
    view = correct_translation(words, words, "zh-Hans", words, {"case": 7, "seq": 2**60})
    check_view(view, "modal")
    assert all(len(b["element"]["initial_value"]) <= FIELD for b in fields(view))


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("size", [1, 700, 2_000])
@pytest.mark.parametrize("confirm", ["", "claim", "anyway"])
def test_an_offer_is_taken_whatever_stands_in_it(unit: str, size: int, confirm: str) -> None:
    words = ready((unit * size)[:size], ("x" + unit * size)[:size])
    payload = {
        "key": "k" * 16,
        "head": head_of(unit * size, [words] * 3),
        "answers": [words.kept()] * 3,
        "saved": menu_of(SAVED),
        "seq": 7,
        "translation": True,
        "confirm": confirm,
    }
    check_blocks(suggestions(payload, CASE).blocks)


@pytest.mark.parametrize(("language", "count"), [("en", 1), ("zh-Hans", 2), ("zh-Hant", 2)])
def test_an_english_visitor_has_one_field_and_a_chinese_one_two(language: str, count: int) -> None:
    view = edit_ready(ready("您好 hi", "Hello", language), {"case": 7})
    assert [b["block_id"] for b in fields(view)] == [TEXT, IN_ENGLISH][:count]
    assert fields(view)[0]["element"]["initial_value"] == "您好 hi"


@pytest.mark.parametrize("words", ["Open at 10", "10点开门", "10點 open"])
def test_what_was_entered_comes_back(words: str) -> None:
    view = {"values": {TEXT: {TEXT: f" {words}\n"}}, "private_metadata": '{"case":7}'}
    assert (entered(view, TEXT), entered(view, IN_ENGLISH)) == (words, "")
    assert about(view) == {"case": 7}
    assert digest(words) == digest(f"{words} \n") != digest(words + "!")


@pytest.mark.parametrize("words", ["", "x", "[1]", "7", "null"])
def test_what_we_did_not_write_says_nothing(words: str) -> None:
    assert about({"private_metadata": words}) == {}


@pytest.mark.parametrize(
    ("value", "place"),
    [("7:a-key_:0", (7, "a-key_", 0)), ("7:a:b:2", (7, "a:b", 2)), ("x:k:1", None), ("7", None)],
)
def test_a_button_names_its_offer(value: str, place: Any) -> None:
    assert chosen({"value": value}) == place


def test_a_visitors_words_stay_plain() -> None:
    evil = "<!channel> *bold* :white_check_mark: <https://evil.example|here>"
    view = correct_translation(evil, evil, "en", evil, {})
    post = suggestions({"key": "k", "head": head_of(evil, [1]), "answers": []}, CASE)
    for shown in (str(view["blocks"][1:2] + view["blocks"][3:]), str(post.blocks)):
        assert "<!channel>" not in shown
        assert "mrkdwn" not in shown
        assert "'emoji': True" not in shown


def fields(view: dict[str, Any]) -> list[Any]:
    return [block for block in view["blocks"] if block["type"] == "input"]
