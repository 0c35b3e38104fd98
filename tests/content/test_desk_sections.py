"""What the desk promises and routes, as museum.yml says it: read, and refused with its line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.config import ROOT
from bot.content.desk_routing import CONDITIONS, MOODS, PRIORITIES, REASONS
from bot.content.desk_sections import CHANNELS, KINDS, Escalation
from bot.content.museum import Museum, load_museum
from bot.errors import ContentError

from .facts import GOOD

OLD = "  promise_minutes: {web: 15, default: 120}\n"
CHAIN = """\
  escalation:
    - {after: 0, tell: owner}
    - {after: 20, tell: [channel, U0BOSS, 王主管]}
"""
NEW = f"""\
  promises:
    first_reply: {{urgent: 0, web: 15, default: 120}}
    next_reply: {{urgent: 5, whatsapp: 30, default: 60}}
    resolution:
      urgent: 240
      web: none
      default: 960
  reminder_minutes: 5
{CHAIN}  claim_minutes: 90
"""
DEPARTMENTS = """\
  departments:
    - {id: access, name: Access}
"""
TEAMS = """\
  departments:
    - {id: access, name: Access}
    - {id: 中文, name: 中文服务 team, slack_channel: C0CHINESE, people: [U0WANG, U0LI]}
"""
TABLE = """\
  routing:
    - {priority: urgent, department: access, people: [U0BOSS]}
    - reason: [complaint, abuse]
      language:
        - zh-Hans
        - zh-Hant
      department: 中文
    - {mood: angry, channel: wechat, topic: wifi, department: 中文, slack_channel: C0ANGRY}
    - {department: access}
"""
assert OLD in GOOD
assert DEPARTMENTS in GOOD
DESK = GOOD.replace(OLD, NEW).replace(DEPARTMENTS, TEAMS) + TABLE


def loaded(tmp_path: Path, text: str = DESK) -> Museum:
    """The museum of a text, in a folder with one topic."""
    topics = tmp_path / "nlu" / "faq"
    topics.mkdir(parents=True, exist_ok=True)
    (topics / "wifi.yml").write_text("version: '3.1'\n", encoding="utf-8")
    service = "nlu:\n- intent: praise\n  examples: |\n    - 真好\n"
    (tmp_path / "nlu" / "service.yml").write_text(service, encoding="utf-8")
    path = tmp_path / "museum.yml"
    path.write_text(text, encoding="utf-8")
    return load_museum(path)


@pytest.mark.parametrize(
    ("kind", "channel", "urgent", "minutes"),
    [
        ("first_reply", "web", False, 15),
        ("first_reply", "wechat", False, 120),
        ("first_reply", "web", True, 0),
        ("next_reply", "whatsapp", False, 30),
        ("next_reply", "whatsapp", True, 5),
        ("next_reply", "web", False, 60),
        ("resolution", "web", False, None),
        ("resolution", "web", True, 240),
        ("resolution", "slack", False, 960),
    ],
)
def test_urgent_goes_before_the_channel_and_the_channel_before_the_default(
    tmp_path: Path, kind: str, channel: str, urgent: bool, minutes: int | None
) -> None:
    museum = loaded(tmp_path)
    assert museum.promises.minutes(kind, channel, urgent) == minutes
    assert museum.promise_minutes("web") == 15


def test_the_reminder_the_chain_and_the_claims_are_read(tmp_path: Path) -> None:
    promises = loaded(tmp_path).promises
    assert (promises.reminder_minutes, promises.claim_minutes) == (5, 90)
    assert promises.escalation == (
        Escalation(0, ("owner",)),
        Escalation(20, ("channel", "U0BOSS", "王主管")),
    )


def test_what_is_not_written_is_usual(tmp_path: Path) -> None:
    only = "  promises:\n    first_reply: {default: 60}\n"
    promises = loaded(tmp_path, GOOD.replace(OLD, only)).promises
    assert (promises.reminder_minutes, promises.escalation, promises.claim_minutes) == (
        10,
        (),
        240,
    )
    assert promises.minutes("first_reply", "web", urgent=True) == 0
    assert promises.minutes("next_reply", "web", urgent=True) is None
    assert promises.minutes("resolution", "web") is None


def test_the_older_form_promises_first_replies_alone(tmp_path: Path) -> None:
    text = GOOD.replace("{web: 15, default", "{web: 15, 微信: 30, default")
    promises = loaded(tmp_path, text).promises
    found = [promises.minutes(kind, "web") for kind in KINDS]
    assert found == [15, None, None]
    assert promises.minutes("first_reply", "telegram") == 120
    assert promises.minutes("first_reply", "telegram", urgent=True) == 0


def test_claims_may_last(tmp_path: Path) -> None:
    text = DESK.replace("claim_minutes: 90", "claim_minutes: none")
    assert loaded(tmp_path, text).promises.claim_minutes is None


def test_departments_and_rows_are_read(tmp_path: Path) -> None:
    museum = loaded(tmp_path)
    access, chinese = museum.departments
    assert (access.slack_channel, access.people) == (None, ())
    assert (chinese.slack_channel, chinese.people) == ("C0CHINESE", ("U0WANG", "U0LI"))
    assert [row.number for row in museum.routes] == [1, 2, 3, 4]
    assert [row.department.id for row in museum.routes] == ["access", "中文", "中文", "access"]
    assert museum.routes[1].conditions == {
        "reason": ("complaint", "abuse"),
        "language": ("zh-Hans", "zh-Hant"),
    }
    assert museum.routes[2].slack_channel == "C0ANGRY"
    assert museum.routes[0].people == ("U0BOSS",)


def test_zh_means_both_ways_of_writing(tmp_path: Path) -> None:
    table = "  routing:\n    - {language: [en, zh], department: access}\n"
    [row, last] = loaded(tmp_path, GOOD + table).routes
    assert row.conditions == {"language": ("en", "zh-Hans", "zh-Hant")}
    assert (last.number, last.conditions) == (None, {})


def test_callers_that_know_the_reason_alone_are_served(tmp_path: Path) -> None:
    table = """\
  routing:
    - {language: zh, reason: failure, department: access}
    - {reason: [complaint, 'failure'], department: 中文}
"""
    museum = loaded(tmp_path, GOOD.replace(DEPARTMENTS, TEAMS) + table)
    assert museum.department_for("complaint") == "中文"
    assert museum.department_for("failure") == "中文"
    assert museum.department_for("speak_to_human") == "access"
    assert museum.routing == {"failure": "中文", "complaint": "中文"}


@pytest.mark.parametrize("topic", ["wifi", "praise"])
def test_a_topic_is_a_file_or_an_intent_of_service(tmp_path: Path, topic: str) -> None:
    text = DESK.replace("topic: wifi", f"topic: {topic}")
    assert loaded(tmp_path, text).routes[2].conditions["topic"] == (topic,)


# What is replaced in DESK, by what, words of the line that is complained of, and the problem.
WRONG = {
    "both forms": ("  promises:\n", f"{OLD}  promises:\n", "promise_minutes", "stands beside"),
    "no promise": (NEW, "", "  hours:", "promises is missing"),
    "no first reply": (
        "    first_reply: {urgent: 0, web: 15, default: 120}\n",
        "",
        "next_reply",
        "lacks first_reply",
    ),
    "unknown clock": ("resolution:", "解决:", "解决:", "unknown key 解决"),
    "unknown channel": ("{urgent: 5, whatsapp", "{urgent: 5, whatsup", "whatsup", "key whatsup"),
    "no default": (", default: 60}", "}", "whatsapp", "next_reply lacks default"),
    "no minutes": ("whatsapp: 30", "whatsapp: soon", "soon", "soon is not a whole number"),
    "negative": ("whatsapp: 30", "whatsapp: -3", "-3", "-3 is not a whole number"),
    "half a minute": ("whatsapp: 30", "whatsapp: 0.5", "0.5", "0.5 is not a whole number"),
    "no first reply on a channel": ("web: 15", "web: none", "web: none", "none is not a whole"),
    "no table": ("{urgent: 5, whatsapp: 30, default: 60}", "60", "next_reply: 60", "not a group"),
    "reminder": ("reminder_minutes: 5", "reminder_minutes: 五", "五", "五 is not a whole"),
    "claim": ("claim_minutes: 90", "claim_minutes: 0", "claim_minutes: 0", "0 minutes ends"),
    "claim words": ("claim_minutes: 90", "claim_minutes: never", "never", "not a whole number"),
    "misspelt key": ("claim_minutes", "claims_minutes", "claims_", "unknown key claims_minutes"),
    "step key": ("after: 20, tell", "later: 20, tell", "later: 20", "lacks after"),
    "step more": ("after: 20,", "after: 20, how: 电话,", "how: 电话", "unknown key how"),
    "step time": ("after: 20", "after: soon", "after: soon", "soon is not a whole number"),
    "step order": ("after: 0", "after: 20", "[channel, U0BOSS", "not later than 20"),
    "tell nobody": ("tell: owner", "tell: []", "tell: []", "neither a text nor a list"),
    "tell a slip": ("tell: owner", "tell: ownr", "tell: ownr", "ownr is not known"),
    "tell a number": ("U0BOSS, 王主管", "U0BOSS, 7", "U0BOSS, 7", "neither a text nor a list"),
    "chain no list": (
        CHAIN,
        "  escalation: {after: 0, tell: owner}\n",
        "escalation:",
        "not a list",
    ),
    "department twice": (
        "{id: 中文, name",
        "{id: access, name",
        "中文服务",
        "two departments access",
    ),
    "department key": ("people: [U0WANG", "staff: [U0WANG", "U0WANG", "unknown key staff"),
    "department room": (
        "C0CHINESE",
        "'#中文'",
        "'#中文'",
        "#中文 is not the id of a Slack channel",
    ),
    "department people": ("[U0WANG, U0LI]", "[王]", "[王]", "王 is not the id of a Slack member"),
    "people no list": ("[U0WANG, U0LI]", "U0WANG", "people: U0WANG", "not a list"),
    "row key": ("mood: angry", "moods: angry", "moods", "row 3 of routing has the unknown key"),
    "row department": (
        "wifi, department: 中文",
        "wifi, department: 中国",
        "中国",
        "no department",
    ),
    "row without department": (
        "    - {department: access}\n",
        "    - {priority: normal, people: [U0BOSS]}\n",
        "priority: normal",
        "row 4 of routing lacks department",
    ),
    "row department a list": (
        "wifi, department: 中文",
        "wifi, department: [中文]",
        "[中文]",
        "which is no department",
    ),
    "topic": ("topic: wifi", "topic: wlan", "topic: wlan", "wlan is not a known topic"),
    "language": (
        "        - zh-Hant\n",
        "        - 繁體\n",
        "- 繁體",
        "繁體 is not a known language",
    ),
    "channel": ("channel: wechat", "channel: 微信", "微信", "微信 is not a known channel"),
    "mood": ("mood: angry", "mood: 生气", "生气", "生气 is not a known mood"),
    "priority": ("{priority: urgent", "{priority: high", "high", "high is not a known priority"),
    "reason": ("[complaint, abuse]", "[complaint, 投诉]", "投诉", "投诉 is not a known reason"),
    "empty list": ("[complaint, abuse]", "[]", "reason: []", "neither a text nor a list"),
    "row room": ("C0ANGRY", "angry", "slack_channel: angry", "angry is not the id"),
    "never reached": (
        "    - {mood: angry,",
        "    - {department: access}\n    - {mood: angry,",
        "mood: angry",
        "row 4 of routing gets no case: row 3 takes them all",
    ),
    "narrower below": (
        "    - {department: access}\n",
        "    - {reason: abuse, language: zh, mood: upset, department: access}\n",
        "mood: upset",
        "row 4 of routing gets no case: row 2 takes them all",
    ),
}


@pytest.mark.parametrize(("old", "new", "line", "problem"), WRONG.values(), ids=WRONG)
def test_a_slip_is_refused_with_its_line(
    tmp_path: Path, old: str, new: str, line: str, problem: str
) -> None:
    assert old in DESK
    text = DESK.replace(old, new, 1)
    with pytest.raises(ContentError) as caught:
        loaded(tmp_path, text)
    assert problem in caught.value.problem
    path, _, number = caught.value.place.rpartition(":")
    assert path == str(tmp_path / "museum.yml")
    assert line in text.splitlines()[int(number) - 1]
    assert caught.value.remedy


def test_both_forms_name_the_older_one(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"museum\.yml:\d+: promise_minutes stands beside"):
        loaded(tmp_path, DESK.replace("  promises:\n", f"{OLD}  promises:\n"))


@pytest.mark.parametrize(
    ("value", "problem"),
    [("C0ACCESS", "is not known"), ("中文", "is not known"), ("Anna 王", "is not known")],
)
def test_people_are_told_as_a_list(tmp_path: Path, value: str, problem: str) -> None:
    with pytest.raises(ContentError, match=problem):
        loaded(tmp_path, DESK.replace("tell: owner", f"tell: {value}"))


def test_a_table_without_topics_needs_no_topic_files(tmp_path: Path) -> None:
    path = tmp_path / "museum.yml"
    path.write_text(DESK.replace("topic: wifi", "topic: anything"), encoding="utf-8")
    assert load_museum(path).routes[2].conditions["topic"] == ("anything",)


# --- The page for those who write it ---

PAGE = (ROOT / "docs" / "promises.md").read_text(encoding="utf-8")


def test_what_the_page_shows_can_be_written(tmp_path: Path) -> None:
    examples = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.M | re.S)
    shown = "".join(examples).replace("desk:\n", "")
    text = GOOD.replace(OLD, "").replace(DEPARTMENTS, shown)
    path = tmp_path / "museum.yml"
    path.write_text(text, encoding="utf-8")
    museum = load_museum(path)
    assert set(museum.promises.tables) == set(KINDS)
    assert len(museum.routes) == 5


@pytest.mark.parametrize("word", [*CONDITIONS, *REASONS, *MOODS, *PRIORITIES, *CHANNELS])
def test_the_page_names_every_condition_and_value(word: str) -> None:
    assert f"`{word}`" in PAGE
