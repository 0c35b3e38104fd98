"""What a search shows to whoever asked: a case with its last words, or a list."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from conftest import STAFFED
from standins.slack_blocks import check_blocks

from bot.desk.elements import Post
from bot.desk.found import listing, nothing, one_case, standing

from .test_case_rows import case

SITE, ZONE = "https://museum.slack.com/", ZoneInfo("Europe/London")


def said(text: str, author: str = "visitor", name: str | None = None) -> Any:
    return SimpleNamespace(
        text=text, author=author, author_name=name, at=STAFFED, payload={}, versions=None
    )


def shown(*messages: Any, **values: Any) -> Post:
    return one_case(case(**values), list(messages), "Ticketing", STAFFED, ZONE, SITE)


def test_a_case_with_its_last_words() -> None:
    post = shown(
        said("我的围巾丢了"),
        said("Passed on.", "system"),
        said("Found it <!here>", "staff", "Ada"),
        said("谢谢 thanks"),
    )
    check_blocks(post.blocks)
    words = str(post.blocks)
    assert "24 Nov 11:00 Visitor: 我的围巾丢了" in words
    assert "Docent: Passed on." in words
    assert "Ada: Found it &lt;!here&gt;" in words
    assert "WeChat · 简体 · Ticketing" in words
    labels = [each["text"]["text"] for each in post.blocks[-1]["elements"]]
    assert labels == ["Claim", "Open thread"]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "unclaimed · due in 12 min"),
        ({"state": "claimed", "owner": "Ada"}, "claimed · due in 12 min"),
        ({"state": "waiting", "due_at": None}, "waiting for the visitor"),
        ({"state": "resolved"}, "resolved"),
        ({"state": "returned"}, "back with the bot"),
        ({"due_at": STAFFED - timedelta(hours=3)}, "unclaimed · 3 h overdue"),
    ],
)
def test_where_a_case_stands(values: dict[str, Any], words: str) -> None:
    assert standing(case(**values), STAFFED) == words


def test_a_closed_case_without_a_thread_has_no_buttons() -> None:
    post = shown(state="resolved", slack_ts=None)
    assert [each["type"] for each in post.blocks if each["type"] == "actions"] == []


@pytest.mark.parametrize("unit", ["a", "馆", "😀", "&"])
def test_long_words_fit_in_a_message(unit: str) -> None:
    beside = {"text": unit * 5000, "engine": "x"}
    long = [said(unit * 3000) for _ in range(20)]
    check_blocks(shown(*long, question=unit * 5000, translation=beside).blocks)


@pytest.mark.parametrize("count", [0, 1, 15, 16, 30])
def test_a_list_fits_in_a_message(count: int) -> None:
    long = [case(question="馆" * 500, translation={"text": "x" * 500})] * min(count, 30)
    post = listing("Open", long, 40 if count == 30 else count, STAFFED, SITE)
    check_blocks(post.blocks)
    left = max(0, (40 if count == 30 else count) - 15)
    assert (f"… and {left} more" in str(post.blocks)) is bool(left)


def test_nothing_found_says_what_was_looked_for() -> None:
    post = nothing("围巾 <!here>")
    check_blocks(post.blocks)
    assert post.text == "No case was found for “围巾 &lt;!here&gt;”."
