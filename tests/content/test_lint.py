"""The lint: what no file shows alone is told with its line, and a good folder is silent."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.content.example_rows import Problem
from bot.content.lint import lint
from bot.content.museum import load_museum

from .folder import CHINESE_TEXT, ENGLISH_TEXT, FAQ, SENTENCES, SERVICE, replaced, write


def linted(data: Path) -> list[Problem]:
    return lint(data, load_museum(data / "museum.yml")).problems


def test_a_good_folder_has_no_problem(data: Path) -> None:
    assert linted(data) == []


def test_a_problem_is_written_as_editors_jump_to_it(data: Path) -> None:
    write(data, replaced("faq/wifi\n", "faq/wi-fi\n"))
    (problem,) = linted(data)
    assert str(problem).startswith("data/nlu/faq/wifi.yml:4: the intent is faq/wi-fi.")


# What the file becomes, the line of the complaint, and words of it.
SLIPS = {
    "duplicate": (replaced("any sockets", "WiFi, password?!"), 12, f"stands already at {FAQ}:7"),
    "duplicate in full width": (replaced("充电宝", "可 以充电吗？"), 20, f"at {FAQ}:17"),
    "unknown fact": (replaced("[[links.home]]", "[[links.hone]]"), 27, "[[links.hone]]"),
    "unknown fact in Chinese": (
        replaced("馆内免费上网。", "馆内[[a.b]]免费上网。"),
        33,
        "[[a.b]]",
    ),
    "Chinese as English": (
        replaced(ENGLISH_TEXT, "      馆内无线网络免费 wifi\n"),
        25,
        "English answer is not in English",
    ),
    "English as Chinese": (
        replaced(CHINESE_TEXT, "      Wifi is free in 馆内\n"),
        32,
        "Chinese answer is not in Chinese",
    ),
    "too many characters": (
        replaced("Wifi is free", "Wifi is free " * 160),
        25,
        "characters. Keep it within 2000",
    ),
    "too many bytes": (
        replaced("馆内免费上网。", "馆内免费上网。" * 100),
        32,
        "too many for WeChat",
    ),
    "typed link": (
        replaced("More: [[links.home]]", "More: https://test.example/tickets"),
        27,
        "Write [[links.tickets]]",
    ),
    "typed link, bare": (replaced("[[links.home]]", "www.test.example"), 27, "[[links.home]]"),
    "typed e-mail": (
        replaced("[[links.home]]", "hello@test.example"),
        27,
        "Write [[contacts.email]]",
    ),
    "typed telephone": (
        replaced("[[links.home]]", "+44 1632 960 100"),
        27,
        "Write [[contacts.phone]]",
    ),
}


@pytest.mark.parametrize(("text", "line", "message"), SLIPS.values(), ids=SLIPS)
def test_a_slip_is_told_with_its_line(data: Path, text: str, line: int, message: str) -> None:
    write(data, text)
    told = [(each.path, each.line) for each in linted(data) if message in each.message]
    assert told == [(FAQ, line)]


QUIET = [
    "Write to us: staff@test.example",
    "See https://elsewhere.example/tickets",
    "See https://test.example/tickets/today and my.test.example",
    "Ask for the 馆 stamp at the desk",
    "A longer\n\n      answer with a blank line",
]


@pytest.mark.parametrize("text", QUIET)
def test_what_only_looks_like_a_slip_is_let_pass(data: Path, text: str) -> None:
    write(data, replaced("More: [[links.home]]", text))
    assert linted(data) == []


def test_duplicates_are_found_across_files(data: Path) -> None:
    write(data, replaced("- hello", "- Is there WiFi?", SERVICE), "nlu/service.yml")
    (problem,) = linted(data)
    assert (problem.path, problem.line) == ("data/nlu/service.yml", 5)
    assert f"{FAQ}:6" in problem.message


def test_marked_words_and_emoji_count_as_they_are_read(data: Path) -> None:
    write(data, replaced("any sockets", "[wifi](thing) password"))
    assert [each.line for each in linted(data)] == [12]
    write(data, replaced("any sockets", "👋 wifi password"))
    assert linted(data) == []


def test_service_intents_are_checked_for_commands_and_yaml(data: Path) -> None:
    write(data, replaced("- hello", "- /greet", SERVICE), "nlu/service.yml")
    assert [(each.path, each.line) for each in linted(data)] == [("data/nlu/service.yml", 5)]
    write(data, "nlu: [", "nlu/service.yml")
    assert [each.path for each in linted(data)] == ["data/nlu/service.yml"]


SENTENCE_SLIPS = {
    "missing label": (replaced("  wifi:", "  wi_fi:", SENTENCES), 5, "topics.wifi is missing"),
    "no labels": (SENTENCES[: SENTENCES.index("topics:")], 1, "topics.wifi is missing"),
    "long label": (
        replaced("en: Wifi", "en: Wireless network access", SENTENCES),
        6,
        "23 characters, at most 20",
    ),
    "unknown fact": (replaced("[[name]]", "[[nome]]", SENTENCES), 1, "[[nome]]"),
    "no Traditional": (replaced("  zh-Hant: 您好\n", "", SENTENCES), 1, "no zh-Hant text"),
    "empty": ("", 1, "empty"),
}


@pytest.mark.parametrize(("text", "line", "message"), SENTENCE_SLIPS.values(), ids=SENTENCE_SLIPS)
def test_a_slip_in_sentences_is_told(data: Path, text: str, line: int, message: str) -> None:
    write(data, text, "sentences.yml")
    (problem,) = linted(data)
    assert (problem.path, problem.line) == ("data/sentences.yml", line)
    assert message in problem.message


def test_missing_sentences_are_told(data: Path) -> None:
    (data / "sentences.yml").unlink()
    assert [each.path for each in linted(data)] == ["data/sentences.yml"]


def test_problems_come_in_the_order_of_the_files(data: Path) -> None:
    write(data, replaced("- any sockets", "- /restart").replace("[[name]]", "[[nome]]"))
    write(data, "", "nlu/faq/audio.yml")
    places = [(each.path, each.line) for each in linted(data)]
    assert places == sorted(places)
    assert ("data/nlu/faq/audio.yml", 1) in places
