"""The lint of topics: every slip is told with its file and line, and a good folder is silent."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.content.museum import Museum, load_museum
from bot.content.topics import Problem, is_chinese, lint, load_topics
from bot.errors import ContentError

REPOSITORY = Path(__file__).parents[2] / "data"
FACTS = """\
name: {en: Test Museum, zh: 测试博物馆}
time_zone: Europe/London
contacts: {email: hello@test.example, phone: "+44 1632 960 100"}
links: {home: "https://test.example", tickets: "https://test.example/tickets"}
opening:
  week: {mon: closed, tue: closed, wed: closed, thu: closed, fri: closed, sat: closed,
         sun: "10:00-17:00"}
  last_entry_minutes: 45
exhibitions: []
desk:
  hours: {mon: "09:00-17:00", tue: closed, wed: closed, thu: closed, fri: closed, sat: closed,
          sun: closed}
  promise_minutes: {default: 60}
  departments: []
"""
# Line 1 version, 4 intent, 5 examples, 6 to 13 English, 14 to 21 Chinese, 23 responses,
# 24 response, 25 English text, 28 condition, 32 Chinese text.
WIFI = """\
version: "3.1"

nlu:
- intent: faq/wifi
  examples: |
    - is there wifi
    - wifi password
    - how do I get online
    - can I use the internet
    - free wireless?
    - where can I charge my phone
    - any sockets
    - do you have the net
    - 有wifi吗
    - wifi密码
    - 怎么上网
    - 可以充电吗
    - 網絡
    - 免费上网
    - 充电宝
    - 馆内有网吗

responses:
  utter_faq/wifi:
  - text: |-
      Wifi is free at [[name]].
      More: [[links.home]]
  - condition:
    - type: slot
      name: language
      value: zh
    text: |-
      馆内免费上网。
"""
SERVICE = """\
version: "3.1"
nlu:
- intent: greeting
  examples: |
    - hello
    - 👋
"""
SENTENCES = """\
welcome:
  en: Hello from [[name]]
  zh-Hans: 您好
  zh-Hant: 您好
topics:
  wifi:
    en: Wifi
    zh-Hans: 无线网络
    zh-Hant: 無線網路
"""
FAQ = "data/nlu/faq/wifi.yml"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder without a fault."""
    folder = tmp_path / "data"
    (folder / "nlu" / "faq").mkdir(parents=True)
    (folder / "museum.yml").write_text(FACTS, encoding="utf-8")
    (folder / "sentences.yml").write_text(SENTENCES, encoding="utf-8")
    (folder / "nlu" / "service.yml").write_text(SERVICE, encoding="utf-8")
    (folder / "nlu" / "faq" / "wifi.yml").write_text(WIFI, encoding="utf-8")
    return folder


def linted(data: Path) -> list[Problem]:
    return lint(data, museum(data))


def museum(data: Path) -> Museum:
    return load_museum(data / "museum.yml")


def write(data: Path, text: str, name: str = "nlu/faq/wifi.yml") -> None:
    (data / name).write_text(text, encoding="utf-8")


def replaced(old: str, new: str, text: str = WIFI) -> str:
    assert text.count(old) >= 1, old
    return text.replace(old, new, 1)


def test_a_good_folder_has_no_problem(data: Path) -> None:
    assert linted(data) == []


def test_a_topic_is_read_with_its_lines(data: Path) -> None:
    (topic,) = load_topics(data / "nlu" / "faq")
    assert (topic.name, len(topic.examples)) == ("wifi", 16)
    assert (topic.examples[0].text, topic.examples[0].line) == ("is there wifi", 6)
    assert (topic.examples[-1].text, topic.examples[-1].line) == ("馆内有网吗", 21)
    assert topic.answers["en"].text.endswith("More: [[links.home]]")
    assert (topic.answers["en"].line, topic.answers["zh"].line) == (25, 32)


def test_a_problem_is_written_as_editors_jump_to_it(data: Path) -> None:
    write(data, replaced("faq/wifi\n", "faq/wi-fi\n"))
    (problem,) = linted(data)
    assert str(problem).startswith("data/nlu/faq/wifi.yml:4: the intent is faq/wi-fi.")


ENGLISH_TEXT = """\
      Wifi is free at [[name]].
      More: [[links.home]]
"""
CHINESE_TEXT = "      馆内免费上网。\n"
CHINESE_ANSWER = WIFI[WIFI.index("  - condition:") :]
ENGLISH_ANSWER = WIFI[WIFI.index("  - text: |-") : WIFI.index("  - condition:")]

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
    "duplicate": (replaced("any sockets", "WiFi, password?!"), 12, f"stands already at {FAQ}:7"),
    "duplicate in full width": (replaced("充电宝", "可 以充电吗？"), 20, f"at {FAQ}:17"),
    "unknown key of the file": (replaced("nlu:\n", "rules: []\nnlu:\n"), 3, "unknown key rules"),
    "unknown key of the intent": (
        replaced("  examples: |", "  metadata: 1\n  examples: |"),
        5,
        "unknown key metadata",
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


def test_a_file_that_is_not_utf8_is_told(data: Path) -> None:
    (data / "nlu" / "faq" / "wifi.yml").write_bytes("nlu: 你".encode("gb18030"))
    assert [str(each) for each in linted(data)] == [
        f"{FAQ}:1: the file is not UTF-8. Save it as UTF-8"
    ]


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
