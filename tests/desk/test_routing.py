"""Which department gets a case, by the table of museum.yml, and why."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.config import ROOT
from bot.content.desk_routing import REASONS, Department, RoutingRow
from bot.content.desk_sections import CHANNELS
from bot.content.museum import load_museum
from bot.content.voice import Voice
from bot.desk.routing import CaseFacts, Route, moved, route

HEAD = """\
name: {en: Test Museum, zh: 测试博物馆}
time_zone: Europe/London
opening:
  week: {mon: closed, tue: closed, wed: closed, thu: closed, fri: closed, sat: closed,
         sun: "10:00-17:00"}
  last_entry_minutes: 45
exhibitions: []
desk:
  hours: {mon: "09:00-17:00", tue: closed, wed: closed, thu: closed, fri: closed, sat: closed,
          sun: closed}
  promise_minutes: {default: 60}
  departments:
    - {id: front, name: Visitor services}
    - {id: chinese, name: 中文服务, slack_channel: C0CHINESE, people: [U0WANG, U0LI]}
    - {id: taiwan, name: 臺灣訪客 team}
    - {id: lost, name: Lost property, slack_channel: C0LOST}
"""
TABLE = """\
  routing:
    - {priority: urgent, department: front, slack_channel: C0URGENT, people: [U0BOSS]}
    - {reason: lost_property, language: [zh-Hans, zh-Hant], department: lost, people: [U0WANG]}
    - {reason: lost_property, department: lost}
    - {language: zh-Hant, department: taiwan}
    - {language: zh, mood: [angry, upset], department: chinese, people: [U0BOSS, U0LI],
       slack_channel: C0CARE}
    - {language: zh, department: chinese}
    - {topic: [group_visits, school_groups], channel: [web, whatsapp], department: lost}
    - {department: front}
"""


def rows(tmp_path: Path, table: str = TABLE) -> tuple[RoutingRow, ...]:
    path = tmp_path / "museum.yml"
    path.write_text(HEAD + table, encoding="utf-8")
    return load_museum(path).routes


ASKED = CaseFacts("speak_to_human", "messenger", "en")
# What is known of a case, and where it goes: department, channel, people, row.
CASES = {
    "English": ({}, "front", None, (), 8),
    "Simplified": ({"language": "zh-Hans"}, "chinese", "C0CHINESE", ("U0WANG", "U0LI"), 6),
    "Traditional": ({"language": "zh-Hant"}, "taiwan", None, (), 4),
    "urgent in English": ({"priority": "urgent"}, "front", "C0URGENT", ("U0BOSS",), 1),
    "urgent in Chinese": (
        {"priority": "urgent", "language": "zh-Hans", "mood": "angry"},
        "front",
        "C0URGENT",
        ("U0BOSS",),
        1,
    ),
    "angry in Simplified": (
        {"language": "zh-Hans", "mood": "angry"},
        "chinese",
        "C0CARE",
        ("U0BOSS", "U0LI", "U0WANG"),
        5,
    ),
    "pleased in Simplified": (
        {"language": "zh-Hans", "mood": "pleased"},
        "chinese",
        "C0CHINESE",
        ("U0WANG", "U0LI"),
        6,
    ),
    "lost in English": ({"reason": "lost_property"}, "lost", "C0LOST", (), 3),
    "lost in Traditional": (
        {"reason": "lost_property", "language": "zh-Hant"},
        "lost",
        "C0LOST",
        ("U0WANG",),
        2,
    ),
    "a topic on the web": (
        {"topic": "school_groups", "channel": "web"},
        "lost",
        "C0LOST",
        (),
        7,
    ),
    "a topic on another channel": ({"topic": "school_groups"}, "front", None, (), 8),
}


@pytest.mark.parametrize(
    ("known", "department", "channel", "people", "row"), CASES.values(), ids=CASES
)
def test_the_first_row_that_fits_decides(
    tmp_path: Path,
    known: dict[str, str],
    department: str,
    channel: str | None,
    people: tuple[str, ...],
    row: int,
) -> None:
    found = route(replace(ASKED, **known), rows(tmp_path))
    assert found == Route(department, channel, people, row, found.why)


@pytest.mark.parametrize(
    ("known", "why"),
    [
        ({}, "row 8 of desk.routing: every other case"),
        (
            {"reason": "lost_property", "language": "zh-Hant"},
            "row 2 of desk.routing: reason is lost_property, language is zh-Hant",
        ),
        (
            {"language": "zh-Hans", "mood": "upset"},
            "row 5 of desk.routing: mood is upset, language is zh-Hans",
        ),
        (
            {"topic": "group_visits", "channel": "web"},
            "row 7 of desk.routing: topic is group_visits, channel is web",
        ),
    ],
)
def test_the_audit_trail_reads_why(tmp_path: Path, known: dict[str, str], why: str) -> None:
    assert route(replace(ASKED, **known), rows(tmp_path)).why == why


def test_what_is_not_known_meets_no_condition(tmp_path: Path) -> None:
    table = "  routing:\n    - {mood: neutral, department: lost}\n"
    found = route(ASKED, rows(tmp_path, table))
    assert (found.department, found.row_number) == ("front", None)
    assert found.why == "no row of desk.routing fits: the first department"


def test_without_a_table_all_goes_to_the_first_department(tmp_path: Path) -> None:
    assert route(ASKED, rows(tmp_path, "")).department == "front"


def test_the_older_form_is_still_read(tmp_path: Path) -> None:
    old = "  routing:\n    complaint: chinese\n    lost_property: lost\n"
    found = route(replace(ASKED, reason="lost_property"), rows(tmp_path, old))
    assert (found.department, found.slack_channel, found.row_number) == ("lost", "C0LOST", 2)
    assert found.why == "row 2 of desk.routing: reason is lost_property"
    assert route(ASKED, rows(tmp_path, old)).department == "front"


def test_no_department_at_all_is_an_error() -> None:
    with pytest.raises(ValueError, match="no department"):
        route(ASKED, ())


def test_a_case_that_is_moved_goes_to_the_channel_of_its_new_department() -> None:
    department = Department("chinese", "中文服务", "C0CHINESE", ("U0WANG",))
    found = moved(department, "Anna 王")
    assert found == Route("chinese", "C0CHINESE", ("U0WANG",), None, "moved by Anna 王")


# --- This repository's table, and the words that rows may use ---


@pytest.mark.parametrize(
    ("known", "department"),
    [
        ({}, "visitor_services"),
        ({"reason": "emergency", "priority": "urgent"}, "visitor_services"),
        ({"reason": "group_visit", "language": "zh-Hant"}, "ticketing"),
        ({"reason": "lost_property", "language": "zh-Hans"}, "lost_property"),
        ({"topic": "repatriation"}, "curatorial"),
        ({"topic": "wheelchair_access", "language": "zh-Hans"}, "access"),
        ({"reason": "complaint", "topic": "book_tickets"}, "visitor_services"),
        ({"reason": "failure", "topic": "book_tickets"}, "visitor_services"),
    ],
)
def test_this_museums_table(voice: Voice, known: dict[str, str], department: str) -> None:
    assert route(replace(ASKED, **known), voice.museum.routes).department == department


def calls(folder: str) -> Iterator[ast.Call]:
    for path in sorted((ROOT / folder).glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield node


def reasons_in_actions() -> Iterator[str]:
    """What the actions open cases for."""
    for call in calls("actions"):
        name = ast.unparse(call.func)
        told = call.args[1:2] if name == "ask_for_case" else []
        told += [each.value for each in call.keywords if each.arg == "reason" and name == "Form"]
        for value in told:
            if isinstance(value, ast.Constant):
                yield str(value.value)


def test_the_table_knows_every_reason_for_a_case() -> None:
    found = set(reasons_in_actions())
    assert {"speak_to_human", "lost_property", "failure"} <= found
    # The inbox opens cases by itself where no action can: too many failures, two bots in a loop.
    assert found | {"many_messages"} == set(REASONS)


def test_the_tables_know_every_channel() -> None:
    server = ast.parse((ROOT / "bot" / "server.py").read_text(encoding="utf-8"))
    [served] = [
        node.value
        for node in server.body
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "CHANNELS"
    ]
    assert isinstance(served, ast.Tuple)
    assert {ast.unparse(each).lower() for each in served.elts} == set(CHANNELS)
