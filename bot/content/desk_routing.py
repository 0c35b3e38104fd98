"""Reads the desk's departments and its routing table from museum.yml."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from bot.content import museum_file
from bot.content.desk_sections import CHANNELS, check_keys, texts
from bot.content.museum_file import MuseumFile
from bot.content.sentences import LANGUAGES
from bot.content.topics import topic_files

# What a case may be opened for; actions/ and bot/answering.py say which it is.
REASONS = (
    "speak_to_human",
    "complaint",
    "failure",
    "abuse",
    "emergency",
    "lost_property",
    "group_visit",
    "school_booking",
    "many_messages",
)
MOODS = ("angry", "upset", "neutral", "pleased")
PRIORITIES = ("urgent", "normal")
CONDITIONS = ("reason", "topic", "mood", "priority", "language", "channel")

_CHINESE = "zh"
_DEPARTMENT_REMEDY = "Write {id: access, name: Access}"
_PEOPLE_REMEDY = "Write a list of Slack member ids: [U0123ABCD]"
_ROOM_REMEDY = (
    "Write the channel's id, such as C0123ABCD; Slack shows it at the end of its details"
)
_MAPPING_REMEDY = "Write rows such as - {reason: complaint, department: access}"
_ROOM = re.compile(r"[CG][A-Z0-9]{2,}")
_PERSON = re.compile(r"[UW][A-Z0-9]{2,}")
_INTENT = re.compile(r"^- intent: (\S+)", re.MULTILINE)
Conditions = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Department:
    """A part of the museum that staff pass cases to, with its Slack channel and its people."""

    id: str
    name: str
    slack_channel: str | None = None
    people: tuple[str, ...] = ()


@dataclass(frozen=True)
class RoutingRow:
    """A row of the routing table; without conditions it takes every case.

    `number` counts from 1 in the file, None for the row that nobody wrote: all to the first
    department. `people` are told besides those of the department.
    """

    number: int | None
    conditions: Conditions
    department: Department
    slack_channel: str | None = None
    people: tuple[str, ...] = ()

    def fits(self, told: Mapping[str, str | None]) -> bool:
        """Whether what is known of a case meets every condition; what is unknown meets none."""
        return all(told.get(name) in values for name, values in self.conditions.items())


def departments(file: MuseumFile, desk: CommentedMap) -> tuple[Department, ...]:
    """The departments of a file; raises ContentError at the line to mend."""
    found: list[Department] = []
    for row in file.rows(desk, "departments"):
        department = _department(file, row)
        if department.id in [each.id for each in found]:
            problem = f"there are two departments {department.id}"
            raise file.error(row, "id", problem, "Give each an id of its own")
        found.append(department)
    return tuple(found)


def _department(file: MuseumFile, row: CommentedMap) -> Department:
    check_keys(file, row, "a department", ("id", "name"), ("slack_channel", "people"))
    return Department(
        file.get(row, "id", museum_file.some_text, _DEPARTMENT_REMEDY),
        file.get(row, "name", museum_file.some_text, _DEPARTMENT_REMEDY),
        *_room_and_people(file, row),
    )


def _room_and_people(file: MuseumFile, row: CommentedMap) -> tuple[str | None, tuple[str, ...]]:
    room = file.get(row, "slack_channel", _room, _ROOM_REMEDY) if "slack_channel" in row else None
    return room, file.get(row, "people", _people, _PEOPLE_REMEDY) if "people" in row else ()


def praise_channel(file: MuseumFile, desk: CommentedMap) -> str | None:
    """The id of the Slack channel to which praise is posted; None where nobody asked for it."""
    if "praise_channel" not in desk:
        return None
    room: str = file.get(desk, "praise_channel", _room, _ROOM_REMEDY)
    return room


# --- The table ---


def routing(
    file: MuseumFile, desk: CommentedMap, known: Sequence[Department]
) -> tuple[RoutingRow, ...]:
    """The routing table of a file, its last row without conditions; empty without departments.

    The older mapping `reason: department` is read as rows of one reason each.
    """
    rows = _rows(file, desk, {each.id: each for each in known}) if "routing" in desk else ()
    if known and all(row.conditions for row in rows):
        return (*rows, RoutingRow(None, {}, known[0]))
    return rows


def _rows(
    file: MuseumFile, desk: CommentedMap, known: Mapping[str, Department]
) -> tuple[RoutingRow, ...]:
    if not isinstance(desk["routing"], CommentedSeq):
        return _old_rows(file, desk, known)
    rows: list[RoutingRow] = []
    for number, node in enumerate(file.rows(desk, "routing"), start=1):
        row = _row(file, node, number, known)
        before = next((each for each in rows if _takes_all_of(each, row)), None)
        if before is not None:
            problem = f"row {number} of routing gets no case: row {before.number} takes them all"
            raise file.error(node, next(iter(node)), problem, f"Move it above row {before.number}")
        rows.append(row)
    return tuple(rows)


def _row(
    file: MuseumFile, node: CommentedMap, number: int, known: Mapping[str, Department]
) -> RoutingRow:
    what = f"row {number} of routing"
    check_keys(file, node, what, ["department"], (*CONDITIONS, "slack_channel", "people"))
    department = _target(file, node, "department", f"{what} sends", known)
    conditions = {name: _condition(file, node, name) for name in CONDITIONS if name in node}
    return RoutingRow(number, conditions, department, *_room_and_people(file, node))


def _target(
    file: MuseumFile, node: CommentedMap, key: Any, what: str, known: Mapping[str, Department]
) -> Department:
    name = str(node[key])
    if name not in known:
        problem = f"{what} to {name}, which is no department"
        raise file.error(node, key, problem, f"Known are {', '.join(known)}")
    return known[name]


def _condition(file: MuseumFile, node: CommentedMap, name: str) -> tuple[str, ...]:
    known, remedy = _known(file, name)
    values = file.get(node, name, texts, f"Write {name}: one, or {name}: [one, another]")
    for index, value in enumerate(values):
        if known is not None and value not in known:
            listed = isinstance(node[name], CommentedSeq)
            where, key = (node[name], index) if listed else (node, name)
            raise file.error(where, key, f"{value} is not a known {name}", remedy)
    chinese = [each for each in LANGUAGES if each.startswith(_CHINESE)]
    spread = [chinese if value == _CHINESE else [value] for value in values]
    return tuple(dict.fromkeys(each for group in spread for each in group))


def _known(file: MuseumFile, name: str) -> tuple[Collection[str] | None, str]:
    """The values that a condition may name, None where that cannot be told, and the remedy."""
    if name == "topic":
        remedy = "Name a file of nlu/faq without .yml, or an intent of nlu/service.yml"
        return known_topics(file.path.parent), remedy
    fixed = {
        "reason": REASONS,
        "mood": MOODS,
        "priority": PRIORITIES,
        "language": (*LANGUAGES, _CHINESE),
        "channel": CHANNELS,
    }[name]
    return fixed, f"Known are {', '.join(fixed)}"


def known_topics(data: Path) -> frozenset[str] | None:
    """What Docent can take a message for, None for a folder that holds no topics."""
    folder, service = data / "nlu" / "faq", data / "nlu" / "service.yml"
    if not folder.is_dir():
        return None
    intents = _INTENT.findall(service.read_text(encoding="utf-8")) if service.exists() else []
    return frozenset([*(path.stem for path in topic_files(folder)), *intents])


def _takes_all_of(before: RoutingRow, row: RoutingRow) -> bool:
    """Whether a row stands below one that takes every case it could get."""
    return all(
        name in row.conditions and set(row.conditions[name]) <= set(values)
        for name, values in before.conditions.items()
    )


def _old_rows(
    file: MuseumFile, desk: CommentedMap, known: Mapping[str, Department]
) -> tuple[RoutingRow, ...]:
    node = file.get(desk, "routing", museum_file.mapping, _MAPPING_REMEDY)
    return tuple(
        RoutingRow(
            number,
            {"reason": (str(reason),)},
            _target(file, node, reason, f"routing sends {reason}", known),
        )
        for number, reason in enumerate(node, start=1)
    )


# --- Slack's ids ---


def _room(value: Any) -> str:
    if not isinstance(value, str) or not _ROOM.fullmatch(value):
        raise ValueError(f"{value} is not the id of a Slack channel")
    return value


def _people(value: Any) -> tuple[str, ...]:
    if not isinstance(value, CommentedSeq):
        raise ValueError("not a list")
    for each in texts(value):
        if not _PERSON.fullmatch(each):
            raise ValueError(f"{each} is not the id of a Slack member")
    return tuple(dict.fromkeys(texts(value)))
