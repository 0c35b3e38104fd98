"""The reading of topics: each phrase has its line, and so has every slip."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.content.topics import TopicFile, is_chinese, load_topics
from bot.errors import ContentError

from .folder import (
    CHINESE_ANSWER,
    CHINESE_TEXT,
    ENGLISH_ANSWER,
    FAQ,
    WIFI,
    replaced,
    write,
)

REPOSITORY = Path(__file__).parents[2] / "data"


def read(data: Path) -> TopicFile:
    file = TopicFile(data / "nlu" / "faq" / "wifi.yml", FAQ)
    file.topic()
    return file


def test_a_topic_is_read_with_its_lines(data: Path) -> None:
    (topic,) = load_topics(data / "nlu" / "faq")
    assert (topic.name, len(topic.examples)) == ("wifi", 16)
    assert (topic.examples[0].text, topic.examples[0].line) == ("is there wifi", 6)
    assert (topic.examples[-1].text, topic.examples[-1].line) == ("馆内有网吗", 21)
    assert topic.answers["en"].text.endswith("More: [[links.home]]")
    assert (topic.answers["en"].line, topic.answers["zh"].line) == (25, 32)


# What the file becomes, the line of the complaint, and words of it.
SLIPS = {
    "no Chinese answer": (replaced(CHINESE_ANSWER, ""), 24, "no Chinese answer"),
    "no English answer": (replaced(ENGLISH_ANSWER, ""), 24, "no English answer"),
    "empty answer": (
        replaced(CHINESE_TEXT, "").replace("    text: |-\n", "    text: ''\n"),
        32,
        "Chinese answer is empty",
    ),
    "no responses": (WIFI[: WIFI.index("responses:")], 1, "no English answer"),
    "few English examples": (replaced("    - any sockets\n", ""), 5, "7 English examples"),
    "few Chinese examples": (replaced("    - 充电宝\n", ""), 5, "7 Chinese examples"),
    "no examples": (
        WIFI[: WIFI.index("  examples")] + WIFI[WIFI.index("responses:") :],
        4,
        "no examples",
    ),
    "unknown key of the file": (replaced("nlu:\n", "rules: []\nnlu:\n"), 3, "unknown key rules"),
    "unknown key of the intent": (
        replaced("  examples: |", "  entities: 1\n  examples: |"),
        5,
        "unknown key entities",
    ),
    "unknown key of an answer": (
        replaced("  - condition:", "  - buttons: []\n    condition:"),
        28,
        "unknown key buttons",
    ),
    "unknown key of the condition": (
        replaced("      value: zh\n", "      value: zh\n      extra: 1\n"),
        28,
        "condition is not known",
    ),
    "another condition": (replaced("value: zh", "value: de"), 28, "condition is not known"),
    "wrong intent": (replaced("intent: faq/wifi", "intent: faq/internet"), 4, "write faq/wifi"),
    "wrong response": (
        replaced("  utter_faq/wifi:", "  utter_faq/internet:"),
        24,
        "write utter_faq/wifi",
    ),
    "setting in an example": (replaced("any sockets", "any ${HOME}"), 12, "${"),
    "setting in an answer": (replaced("More: ", "More ${TOKEN}: "), 27, "${"),
    "command as example": (replaced("- any sockets", "- /restart"), 12, "leading /"),
    "command as answer": (replaced("      馆内免费", "      /馆内免费"), 32, "leading /"),
    "tab": (replaced("    - any sockets", "    -\tany sockets"), 12, "a tab character"),
    "invalid YAML": (replaced("  examples: |", "   examples: |"), 5, "not valid YAML"),
    "twice the same key": (WIFI + "nlu: []\n", 34, "not valid YAML"),
    "empty file": ("", 1, "empty"),
    "only comments": ("# later\n", 1, "empty"),
    "a list": ("- a\n", 1, "no keys"),
    "no dash": (replaced("    - any sockets", "    any sockets"), 12, "not an example"),
    "nothing after the dash": (replaced("    - any sockets", "    -"), 12, "not an example"),
    "examples as a list": (
        replaced("  examples: |", "  examples:"),
        5,
        "no examples. Write examples: |",
    ),
    "nlu without a list": ("version: '3.1'\nnlu: nothing\n", 2, "nlu holds no list"),
    "answers without a list": (
        WIFI[: WIFI.index("  - text")] + "    text: Hello\n",
        24,
        "utter_faq/wifi holds no list",
    ),
    "second English answer": (WIFI + "  - text: Another one\n", 34, "a second English answer"),
}


@pytest.mark.parametrize(("text", "line", "message"), SLIPS.values(), ids=SLIPS)
def test_a_slip_is_told_with_its_line(data: Path, text: str, line: int, message: str) -> None:
    write(data, text)
    told = [(each.path, each.line) for each in read(data).problems if message in each.message]
    assert told == [(FAQ, line)]


def test_a_file_that_is_not_utf8_is_told(data: Path) -> None:
    (data / "nlu" / "faq" / "wifi.yml").write_bytes("nlu: 你".encode("gb18030"))
    assert [str(each) for each in read(data).problems] == [
        f"{FAQ}:1: the file is not UTF-8. Save it as UTF-8"
    ]


def test_loading_stops_at_the_first_line_to_mend(data: Path) -> None:
    write(data, replaced("value: zh", "value: de").replace("- any sockets", "- /restart"))
    with pytest.raises(ContentError) as caught:
        load_topics(data / "nlu" / "faq")
    assert caught.value.place == f"{data / 'nlu' / 'faq' / 'wifi.yml'}:12"
    assert caught.value.remedy == "Take it out"


@pytest.mark.parametrize(
    ("text", "chinese"),
    [
        ("Wifi is free", False),
        ("馆内免费上网", True),
        ("到Custom House Quay，下车就是", True),
        ("Ask for 普通话 audio guides at the desk today", False),
        ("[[name]] https://test.example 10:00", None),
    ],
)
def test_the_language_of_an_answer(text: str, chinese: bool | None) -> None:
    assert is_chinese(text) is chinese


def test_the_topics_of_this_repository_load() -> None:
    assert load_topics(REPOSITORY / "nlu" / "faq")
