"""A case in a list: what is due when, who asks what, and nothing that formats or pings."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from conftest import STAFFED
from standins.slack_blocks import check_blocks

from bot.desk.case_rows import WORDS, due_words, facts, rows, thread_link

SITE = "https://museum.slack.com/"


def case(**values: Any) -> Any:
    """Returns a case as the store would."""
    known = {
        "id": 5,
        "ref": "D-1005",
        "name": "李 Lei",
        "person_id": "2345",
        "channel": "wechat",
        "language": "zh-Hans",
        "question": "我的围巾丢了 scarf",
        "translation": None,
        "state": "queued",
        "priority": "normal",
        "owner": None,
        "owner_id": None,
        "department": "ticketing",
        "due_at": STAFFED + timedelta(minutes=12),
        "slack_channel": "C0DESK",
        "slack_ts": "1700000000.000100",
    }
    return SimpleNamespace(**{**known, **values})


def words(blocks: Any) -> str:
    """Returns everything that is read."""
    return str(blocks)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (12 * 60, "due in 12 min"),
        (12 * 60 - 1, "due in 12 min"),
        (1, "due in 1 min"),
        (0, "due now"),
        (-1, "due now"),
        (-60, "1 min overdue"),
        (-20 * 60 - 59, "20 min overdue"),
        (60 * 60, "due in 1 h"),
        (95 * 60, "due in 1 h 35 min"),
        (24 * 3600, "due in 1 d"),
        (-(50 * 3600), "2 d 2 h overdue"),
    ],
)
def test_due_in_words(seconds: int, said: str) -> None:
    assert due_words(STAFFED + timedelta(seconds=seconds), STAFFED) == said


def test_what_promises_nothing_says_nothing() -> None:
    assert due_words(None, STAFFED) == ""
    assert "due" not in words(rows(case(due_at=None), STAFFED, SITE)[0])


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "WeChat · 简体"),
        ({"language": "zh-Hant", "channel": "web"}, "Web chat · 繁體"),
        ({"state": "claimed", "owner": "Ada *", "language": "en"}, "WeChat · English · Ada *"),
        ({"state": "reopened", "owner": "Ada", "language": "en"}, "WeChat · English"),
    ],
)
def test_the_facts_in_one_line(values: dict[str, Any], said: str) -> None:
    assert facts(case(**values)) == said


def test_an_unclaimed_case_can_be_claimed_and_followed() -> None:
    blocks = rows(case(), STAFFED, SITE)
    claim, thread = blocks[-1]["elements"]
    assert (claim["text"]["text"], claim["value"]) == ("Claim", "5")
    assert thread["url"] == "https://museum.slack.com/archives/C0DESK/p1700000000000100"
    check_blocks(blocks)


def test_a_claimed_case_leads_to_its_thread_alone() -> None:
    blocks = rows(case(state="claimed", owner="Ada"), STAFFED, SITE)
    assert [block["type"] for block in blocks] == ["context", "section"]
    assert blocks[1]["accessory"]["text"]["text"] == "Open thread"
    check_blocks(blocks)


@pytest.mark.parametrize("values", [{"slack_ts": None}, {"slack_channel": None}])
def test_without_a_card_there_is_no_link(values: dict[str, Any]) -> None:
    assert thread_link(case(**values), SITE) == ""
    blocks = rows(case(state="claimed", **values), STAFFED, SITE)
    assert "accessory" not in blocks[1]
    assert thread_link(case(), "") == ""


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"due_at": STAFFED - timedelta(minutes=20)}, "*D-1005* · 🔴 *20 min overdue*"),
        ({"priority": "urgent"}, "🚨 *D-1005* · due in 12 min"),
        ({"state": "waiting", "due_at": None}, "*D-1005* · waiting for the visitor"),
        ({"state": "resolved", "due_at": None}, "*D-1005* · resolved"),
    ],
)
def test_the_head_says_what_presses(values: dict[str, Any], said: str) -> None:
    assert rows(case(**values), STAFFED, SITE)[0]["elements"][0]["text"] == said


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("two\nlines", "李 Lei: two lines"),
        ("换\u202e行 <!channel> & *b*", "李 Lei: 换行 &lt;!channel&gt; &amp; *b*"),
        ("", "李 Lei: (no words)"),
        ("馆" * 300, "李 Lei: " + "馆" * (WORDS - 1) + "…"),
    ],
)
def test_a_visitors_words_stand_on_one_plain_line(question: str, shown: str) -> None:
    text = rows(case(question=question), STAFFED, SITE)[1]["text"]
    assert (text["type"], text["emoji"], text["text"]) == ("plain_text", False, shown)


def test_a_translation_stands_below() -> None:
    beside = {"text": "I lost my scarf", "engine": "googletrans"}
    text = rows(case(translation=beside), STAFFED, SITE)[1]["text"]["text"]
    assert text.endswith("scarf\n↳ I lost my scarf")


def test_a_name_cannot_format() -> None:
    blocks = rows(case(name="*<!here>*", state="claimed", owner="<@U1>"), STAFFED, SITE)
    marked = [e for e in blocks[0]["elements"] if e["type"] == "mrkdwn"]
    assert "here" not in words(marked)
    assert "<@U1>" not in words(blocks)
