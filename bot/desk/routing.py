"""Which department gets a case, by the table in museum.yml, and why; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from bot.content.desk_routing import Department, RoutingRow


@dataclass(frozen=True)
class CaseFacts:
    """What the table may ask about a case; None for what is not known.

    Args:
        reason: What it was opened for.
        channel: Where the visitor writes.
        language: "en", "zh-Hans" or "zh-Hant".
        priority: "urgent" or "normal".
        topic: What Docent took the visitor's message for, without "faq/".
        mood: How the visitor sounds, one of MOODS in bot/content/desk_routing.py.
    """

    reason: str
    channel: str
    language: str
    priority: str = "normal"
    topic: str | None = None
    mood: str | None = None


@dataclass(frozen=True)
class Route:
    """Where a case goes.

    Args:
        department: Its id.
        slack_channel: The id of the channel for its card, None for the desk's own.
        people: Slack ids of those who are told.
        row_number: The row of `desk.routing` that decided, from 1; None where no row did.
        why: The same in words, for the audit trail.
    """

    department: str
    slack_channel: str | None
    people: tuple[str, ...]
    row_number: int | None
    why: str


def route(facts: CaseFacts, rows: Sequence[RoutingRow]) -> Route:
    """Returns where a case goes: the first row that fits decides.

    Raises:
        ValueError: No row fits; `Museum.routes` ends with one that always does.
    """
    told: Mapping[str, str | None] = asdict(facts)
    row = next((row for row in rows if row.fits(told)), None)
    if row is None:
        raise ValueError("no row of desk.routing fits, and there is no department")
    return _route(row.department, row.slack_channel, row.people, row.number, _why(row, told))


def moved(department: Department, person: str) -> Route:
    """Returns where a case goes that somebody gives to another department by hand."""
    return _route(department, None, (), None, f"moved by {person}")


def _route(
    department: Department,
    slack_channel: str | None,
    people: tuple[str, ...],
    number: int | None,
    why: str,
) -> Route:
    return Route(
        department.id,
        slack_channel or department.slack_channel,
        tuple(dict.fromkeys([*people, *department.people])),
        number,
        why,
    )


def _why(row: RoutingRow, told: Mapping[str, str | None]) -> str:
    if row.number is None:
        return "no row of desk.routing fits: the first department"
    met = ", ".join(f"{name} is {told[name]}" for name in row.conditions)
    return f"row {row.number} of desk.routing: {met or 'every other case'}"
