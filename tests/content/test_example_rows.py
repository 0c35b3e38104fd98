"""Rows of examples: what their metadata may say, and the line of what they may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.content.topics import TopicFile

from .folder import FAQ, SERVICE, replaced, write


def told(metadata: str) -> str:
    """The topic of the folder with this line above its examples, which is line 5."""
    return replaced("  examples: |", f"  metadata: {metadata}\n  examples: |")


def read(data: Path) -> TopicFile:
    file = TopicFile(data / "nlu" / "faq" / "wifi.yml", FAQ)
    file.topic()
    return file


def test_an_example_knows_its_intent_and_its_row(data: Path) -> None:
    write(data, told("{language: en, style: keyword}"))
    file = TopicFile(data / "nlu" / "faq" / "wifi.yml", FAQ)
    example = file.topic().examples[0]
    assert file.problems == []
    assert (example.text, example.line, example.intent) == ("is there wifi", 7, "faq/wifi")
    assert (example.language, example.style) == ("en", "keyword")


def test_a_row_of_an_editor_tells_nothing(data: Path) -> None:
    example = TopicFile(data / "nlu" / "faq" / "wifi.yml", FAQ).topic().examples[0]
    assert (example.intent, example.language, example.style) == ("faq/wifi", None, None)


def test_a_topic_may_have_many_rows(data: Path) -> None:
    more = "- intent: faq/wifi\n  metadata: {language: zh, style: mixed}\n  examples: |\n"
    write(data, replaced("\nresponses:", f"{more}    - 有没有free wifi\n\nresponses:"))
    examples = TopicFile(data / "nlu" / "faq" / "wifi.yml", FAQ).topic().examples
    assert len(examples) == 17
    assert (examples[-1].text, examples[-1].style) == ("有没有free wifi", "mixed")


SLIPS = {
    "no mapping": ("keyword", "not a language and a style"),
    "no style": ("{language: en}", "not a language and a style"),
    "something else": ("{language: en, style: txt, sitting: 2}", "not a language and a style"),
    "unknown language": ("{language: fr, style: keyword}", "language fr is not known"),
    "unknown style": ("{language: en, style: shouting}", "style shouting is not known. Known are"),
    "a Chinese style": ("{language: en, style: traditional}", "English style traditional"),
    "plain is for service": ("{language: en, style: plain}", "English style plain"),
}


@pytest.mark.parametrize(("metadata", "message"), SLIPS.values(), ids=SLIPS)
def test_a_slip_is_told_with_its_line(data: Path, metadata: str, message: str) -> None:
    write(data, told(metadata))
    assert [(each.line, message in each.message) for each in read(data).problems] == [(5, True)]


@pytest.mark.parametrize(
    ("intent", "style", "known"),
    [
        ("greeting", "plain", True),
        ("greeting", "emoji", True),
        ("greeting", "weather", False),
        ("out_of_scope", "weather", True),
        ("out_of_scope", "no word!", False),
    ],
)
def test_service_intents_have_styles_of_their_own(
    data: Path, intent: str, style: str, known: bool
) -> None:
    row = f'intent: {intent}\n  metadata: {{language: en, style: "{style}"}}'
    write(data, replaced("intent: greeting", row, SERVICE), "nlu/service.yml")
    file = TopicFile(data / "nlu" / "service.yml", "data/nlu/service.yml")
    file.all_examples()
    assert (file.problems == []) is known
