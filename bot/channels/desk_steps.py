"""The steps of staff on a case at the web desk: the same casework as behind Slack's buttons."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.channels.desk_door import LARGEST_NUMBER, person_of, seq_of, text_of
from bot.channels.desk_shown import case_of
from bot.channels.payload import clean
from bot.desk.casework import Casework, Outcome, Person
from bot.desk.deciding import AFTER, ANYWAY, CLAIM
from bot.store import Connection, Row, cases, desk_reads
from bot.translate.said import Spoken

Body = Mapping[str, Any]
Step = Callable[[Casework, Connection, Row[Any], Person, Body], Outcome]

STEPS: dict[str, Step] = {
    "claim": lambda work, c, case, by, _: work.claim(c, case.id, by),
    "release": lambda work, c, case, by, _: work.release(c, case.id, by),
    "reopen": lambda work, c, case, by, _: work.reopen(c, case.id, by),
    "assign": lambda work, c, case, by, body: work.assign(c, case.id, by, _colleague(c, body)),
    "priority": lambda work, c, case, by, body: work.set_priority(
        c, case.id, by, clean(body.get("priority"))
    ),
    "resolve": lambda work, c, case, by, _: work.resolve(c, case.id, by),
    "back_to_bot": lambda work, c, case, by, _: work.back_to_bot(c, case.id, by),
    "department": lambda work, c, case, by, body: work.set_department(
        c, case.id, by, clean(body.get("department"))
    ),
    "reply": lambda work, c, case, by, body: work.staff_says(
        c,
        case.id,
        by,
        text_of(body),
        confirm=confirmed(body),
        spoken=body["spoken"],
        knowing=_knowing(body),
    ),
    "note": lambda work, c, case, by, body: work.keep_as_note(c, case.id, by, text_of(body)),
    "undo": lambda work, c, case, by, body: work.undo(c, case.id, by, seq_of(body)),
}


def take(
    connection: Connection,
    casework: Casework,
    ref: str,
    step: str,
    body: Body,
    spoken: Spoken | None,
) -> Outcome:
    """Takes one step; raises BadRequest for a case or a body that makes no sense."""
    found, person = case_of(connection, ref), person_of(body)
    # Ours stands in the place of whatever a page may call so.
    return STEPS[step](casework, connection, found, person, {**body, "spoken": spoken})


def to_be_answered(connection: Connection, ref: str, body: Body) -> int | None:
    """Returns the case that a reply is certain to be sent in; a text that may stay is not
    shown to a translation service."""
    found, person, confirm = cases.case_by_ref(connection, ref), person_of(body), confirmed(body)
    if found is None:
        return None
    if found.state not in cases.OPEN_STATES:
        return int(found.id) if confirm in AFTER else None
    return int(found.id) if confirm or found.owner_id == person.id else None


def confirmed(body: Body) -> str | None:
    """Returns what the author of a reply has confirmed (`bot.desk.deciding`), or None."""
    confirm = body.get("confirm")
    return confirm if confirm in (CLAIM, ANYWAY, *AFTER) else None


def _knowing(body: Body) -> int | None:
    """Returns the colleague's reply that the author was told of, or None."""
    knowing = body.get("knowing")
    return knowing if isinstance(knowing, int) and 0 < knowing < LARGEST_NUMBER else None


def _colleague(connection: Connection, body: Body) -> Person:
    """Returns to whom a case is given: whom the desk knows, also from Slack, else a name."""
    named = person_of(body, "to")
    known = {name.casefold(): (key, name) for key, name in desk_reads.colleagues(connection)}
    key, name = known.get(named.name.casefold(), (named.id, named.name))
    return Person(key, name)
