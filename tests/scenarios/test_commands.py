"""The `docent` command: a wrong name ends in one clear line, a right one in JSON lines."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from bot.supervisor import free_port
from bot.variables import SETTINGS

from .program import run_docent

FIELDS = {"text", "language", "topic", "confidence", "ranking", "decision"}
DECISIONS = {"answer", "clarify", "out_of_scope", "service"}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Settings of a fresh machine, with a database of this test alone."""
    unset = {setting.name: "" for setting in SETTINGS}
    return {**os.environ, **unset, "DATABASE_URL": f"sqlite:///{tmp_path}/docent.db"}


WRONG = {
    "messenger without its secret": (
        {"MESSENGER_PAGE_TOKEN": "t", "MESSENGER_VERIFY_TOKEN": "v"},
        "MESSENGER_APP_SECRET",
    ),
    "slack without its secret": (
        {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_DESK_CHANNEL": "C1"},
        "SLACK_SIGNING_SECRET",
    ),
    "slack without its channel": (
        {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s"},
        "SLACK_DESK_CHANNEL",
    ),
    "a word for a port": ({"PORT": "abc"}, "PORT"),
    "a port too high": ({"PORT": "70000"}, "PORT"),
    "negative seconds": ({"DESK_UNDO_SECONDS": "-1"}, "DESK_UNDO_SECONDS"),
    "an unknown translator": ({"TRANSLATOR": "babelfish"}, "TRANSLATOR"),
    "a translator without an address": ({"TRANSLATOR": "libretranslate"}, "TRANSLATOR_URL"),
    "no address of a database": ({"DATABASE_URL": "docent.db"}, "DATABASE_URL"),
    "an unknown kind of database": ({"DATABASE_URL": "oracular://x/y"}, "DATABASE_URL"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_setting_is_named(environment: dict[str, str], name: str) -> None:
    settings, named = WRONG[name]
    command = ("cases",) if named == "DATABASE_URL" else ("up",)
    done = run_docent({"PORT": str(free_port()), **environment, **settings}, *command)
    assert done.returncode != 0
    assert named in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_port_out_of_range_on_the_command_line(environment: dict[str, str]) -> None:
    done = run_docent(environment, "up", "--port", "70000")
    assert done.returncode != 0
    assert "70000" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("log", "nobody"), "nobody"),
        (("log", "messenger:nobody"), "messenger:nobody"),
        (("cases", "--state", "sleepy"), "sleepy"),
        (("parse", "--model", "models/none.tar.gz"), "models/none.tar.gz"),
    ],
)
def test_a_name_that_is_not_there(
    environment: dict[str, str], arguments: tuple[str, ...], named: str
) -> None:
    done = run_docent(environment, *arguments)
    assert done.returncode != 0
    assert done.stdout == ""
    assert named in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_no_cases_are_no_lines(environment: dict[str, str]) -> None:
    done = run_docent(environment, "cases")
    assert (done.returncode, done.stdout) == (0, "")


def test_parse_writes_one_object_a_line(environment: dict[str, str]) -> None:
    texts = [
        "can i take photos",
        "周日几点关门",
        "可以帶嬰兒車進去嗎",
        "",
        "/restart",
        '/faq{"a": 1}',
        "I want to talk to a person",
        "   ",
        "🙂",
    ]
    done = run_docent(environment, "parse", stdin="".join(f"{text}\n" for text in texts))
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [each["text"] for each in found] == texts
    for each in found:
        assert set(each) >= FIELDS
        assert each["decision"] in DECISIONS
        assert each["language"] in ("en", "zh-Hans", "zh-Hant")
        assert len(each["ranking"]) >= 3
        assert each["ranking"][0] == {"topic": each["topic"], "confidence": each["confidence"]}
        confidences = [ranked["confidence"] for ranked in each["ranking"]]
        assert confidences == sorted(confidences, reverse=True)
        assert not each["topic"].startswith("faq/")
    by_text = {each["text"]: each for each in found}
    assert by_text["can i take photos"]["topic"] == "photography"
    assert by_text["周日几点关门"]["topic"] == "opening_hours"
    assert by_text["周日几点关门"]["language"] == "zh-Hans"
    assert by_text["可以帶嬰兒車進去嗎"]["language"] == "zh-Hant"
    assert by_text["I want to talk to a person"]["topic"] == "speak_to_human"
    assert by_text["I want to talk to a person"]["decision"] == "service"
