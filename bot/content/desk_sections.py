"""Reads what the desk promises from museum.yml: targets, reminder, escalation, claims."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from bot.content import museum_file
from bot.content.museum_file import MuseumFile

# Where visitors write; a table of promises and the routing table may name them.
CHANNELS = ("web", "messenger", "whatsapp", "telegram", "wechat", "slack")
FIRST_REPLY, NEXT_REPLY, RESOLUTION = "first_reply", "next_reply", "resolution"
KINDS = (FIRST_REPLY, NEXT_REPLY, RESOLUTION)
OWNER, DEPARTMENT, CHANNEL = "owner", "department", "channel"
# Whom a row of the escalation may tell besides people by name.
TOLD = (OWNER, DEPARTMENT, CHANNEL)
KEYS = ("promises", "promise_minutes", "reminder_minutes", "escalation", "claim_minutes")

_URGENT, _DEFAULT, _NONE = "urgent", "default", "none"
_TABLE_KEYS = (_URGENT, *CHANNELS, _DEFAULT)
_TABLE_REMEDY = "Write minutes of desk time: {urgent: 0, web: 15, default: 120}"
_OLD_REMEDY = "Write minutes for each channel, and for default"
_STEP_REMEDY = "Write {after: 15, tell: department}"
_TELL_REMEDY = f"Write {', '.join(TOLD)}, or a list of Slack ids or names"
_CLAIM_REMEDY = "Write minutes of desk time, or none"
Table = Mapping[str, int | None]


@dataclass(frozen=True)
class Escalation:
    """One step of the chain: whom to tell, `after` minutes of desk time after a breach.

    `tell` holds "owner", "department", "channel", and Slack ids or names of people.
    """

    after: int
    tell: tuple[str, ...]


@dataclass(frozen=True)
class Promises:
    """What the desk promises, in minutes of desk time; no table means no promise.

    A table maps "urgent", the channels and "default" to minutes, None where nothing is promised.
    `claim_minutes` is None where claims last for ever.
    """

    tables: Mapping[str, Table]
    reminder_minutes: int = 10
    escalation: tuple[Escalation, ...] = ()
    claim_minutes: int | None = 240

    def minutes(self, kind: str, channel: str, urgent: bool = False) -> int | None:
        """The minutes that are promised on a channel, None for no promise; priority goes first."""
        table = self.tables.get(kind)
        if table is None:
            return None
        if urgent and _URGENT in table:
            return table[_URGENT]
        return table.get(channel, table[_DEFAULT])


def promises(file: MuseumFile, desk: CommentedMap) -> Promises:
    """What a file promises; raises ContentError at the line to mend.

    The older `promise_minutes`, first replies alone, is read as it always was.
    """
    usual = Promises({})
    return Promises(
        tables=_old_tables(file, desk) if "promise_minutes" in desk else _tables(file, desk),
        reminder_minutes=_reminder(file, desk, usual.reminder_minutes),
        escalation=_chain(file, desk),
        claim_minutes=_claim(file, desk, usual.claim_minutes),
    )


def check_keys(
    file: MuseumFile,
    row: CommentedMap,
    what: str,
    needed: Collection[str],
    more: Collection[str] = (),
) -> None:
    """Refuses a row that lacks a needed key or has one that nobody reads."""
    for key in needed:
        if key not in row:
            raise file.error(row, next(iter(row)), f"{what} lacks {key}", f"Add {key}:")
    known = [*needed, *more]
    for name in row:
        if name not in known:
            problem = f"{what} has the unknown key {name}"
            raise file.error(row, name, problem, f"Known are {', '.join(known)}")


def texts(value: Any) -> tuple[str, ...]:
    """A text or a list of texts, as a list."""
    listed = value if isinstance(value, CommentedSeq) else [value]
    if not listed or not all(isinstance(each, str) and each.strip() for each in listed):
        raise ValueError("neither a text nor a list of texts")
    return tuple(each.strip() for each in listed)


# --- Targets ---


def _tables(file: MuseumFile, desk: CommentedMap) -> Mapping[str, Table]:
    node = file.get(desk, "promises", museum_file.mapping, f"Write first_reply. {_TABLE_REMEDY}")
    check_keys(file, node, "promises", [FIRST_REPLY], KINDS[1:])
    found = {kind: _table(file, node, kind) for kind in node}
    # What is urgent is due at once, unless the file says otherwise.
    return {**found, FIRST_REPLY: {_URGENT: 0, **found[FIRST_REPLY]}}


def _table(file: MuseumFile, node: CommentedMap, kind: str) -> Table:
    table = file.get(node, kind, museum_file.mapping, _TABLE_REMEDY)
    check_keys(file, table, kind, [_DEFAULT], _TABLE_KEYS)
    # A visitor who waits for a person is always promised one.
    read: Callable[[Any], Any] = museum_file.minutes if kind == FIRST_REPLY else _minutes_or_none
    return {str(name): file.get(table, name, read, _TABLE_REMEDY) for name in table}


def _old_tables(file: MuseumFile, desk: CommentedMap) -> Mapping[str, Table]:
    if "promises" in desk:
        problem = "promise_minutes stands beside promises, which says the same"
        raise file.error(desk, "promise_minutes", problem, "Move it to promises.first_reply")
    node = file.get(desk, "promise_minutes", museum_file.mapping, _OLD_REMEDY)
    file.get(node, _DEFAULT, museum_file.minutes, _OLD_REMEDY)
    read = {str(name): file.get(node, name, museum_file.minutes, _OLD_REMEDY) for name in node}
    return {FIRST_REPLY: {_URGENT: 0, **read}}


def _minutes_or_none(value: Any) -> int | None:
    return None if value == _NONE else museum_file.minutes(value)


# --- Reminder, chain and claims ---


def _reminder(file: MuseumFile, desk: CommentedMap, usual: int) -> int:
    if "reminder_minutes" not in desk:
        return usual
    return int(
        file.get(desk, "reminder_minutes", museum_file.minutes, "Write minutes, 0 for none")
    )


def _claim(file: MuseumFile, desk: CommentedMap, usual: int | None) -> int | None:
    if "claim_minutes" not in desk:
        return usual
    minutes: int | None = file.get(desk, "claim_minutes", _minutes_or_none, _CLAIM_REMEDY)
    if minutes == 0:
        problem = "a claim of 0 minutes ends before anybody answers"
        raise file.error(desk, "claim_minutes", problem, _CLAIM_REMEDY)
    return minutes


def _chain(file: MuseumFile, desk: CommentedMap) -> tuple[Escalation, ...]:
    steps: list[Escalation] = []
    for row in file.rows(desk, "escalation") if "escalation" in desk else []:
        step = _step(file, row)
        if steps and step.after <= steps[-1].after:
            problem = f"{step.after} minutes are not later than {steps[-1].after} in the row above"
            raise file.error(row, "after", problem, "Put the earlier step first")
        steps.append(step)
    return tuple(steps)


def _step(file: MuseumFile, row: CommentedMap) -> Escalation:
    check_keys(file, row, "a row of escalation", ("after", "tell"))
    tell: tuple[str, ...] = file.get(row, "tell", texts, _TELL_REMEDY)
    if isinstance(row["tell"], str) and row["tell"] not in TOLD:
        # A slip of one of the three words would else be told to nobody.
        raise file.error(row, "tell", f"tell: {row['tell']} is not known", _TELL_REMEDY)
    return Escalation(file.get(row, "after", museum_file.minutes, _STEP_REMEDY), tell)
