"""The app's Home tab in Slack: what is overdue, one's own, and open; pure.

Source: docs.slack.dev/reference/views/home-tab-views (100 blocks, 3,000 characters of metadata).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from bot.desk.case_rows import BLOCKS, more, rows
from bot.desk.controls import Department
from bot.desk.elements import (
    HEADER,
    OPTION,
    SMALL,
    Block,
    actions,
    context,
    markup,
    plain,
    section,
)
from bot.store.desk_lists import Counts, Sheet

MOST_BLOCKS = 100
DEPARTMENT, EVERY = "home:department", "every"
CALLBACK = "desk_home"
# Heading, notice, counts, hours, menu, three titles with a line for what is left, the foot.
_AROUND = 14
# A museum has six channels; more broken ones than this are named in the web desk.
_MOST_BROKEN = 3


@dataclass(frozen=True)
class Around:
    """What the Home tab shows beside the cases.

    Args:
        at: The present moment.
        zone: The museum's time zone.
        hours: Whether the desk is open and until when, in words.
        broken: What to say of each channel that does not work.
        departments: The museum's departments.
        department: The one whose cases are shown, None for all.
        site: The workspace's address, "" where it is not known yet.
        notice: What came of the last press.
    """

    at: datetime
    zone: tzinfo
    hours: str
    broken: Sequence[str] = ()
    departments: Sequence[Department] = ()
    department: str | None = None
    site: str = ""
    notice: str = ""


def home(sheet: Sheet, around: Around) -> dict[str, Any]:
    """Returns the Home tab of somebody of staff."""
    lists = (("Overdue", sheet.overdue), ("Mine", sheet.mine), ("Open", sheet.rest))
    shown = shares([len(each[1]) for each in lists], _room(around))
    blocks = _top(sheet.counts, around)
    totals = sheet.counts.in_lists
    for (title, cases), count, total in zip(lists, shown, totals, strict=True):
        blocks += _list(title, cases[:count], total, around)
    if not sheet.counts.open:
        blocks.append(context(markup("Nobody is waiting for an answer.")))
    blocks.append(_foot(around))
    return _view(blocks, around.department or "")


def closed_to(barred: str) -> dict[str, Any]:
    """Returns the Home tab of somebody who is no staff; it holds no visitor's words.

    Args:
        barred: What they are: "a guest".
    """
    words = (
        "The desk is for full members of this workspace. "
        f"You are {barred}, so no cases are shown here. "
        "You can ask Docent about the museum in the Messages tab."
    )
    return _view([section(words)], "")


def shares(sizes: Sequence[int], room: int) -> list[int]:
    """Returns how many of each list are shown: in turn one of each, until the room is used."""
    shown = [0] * len(sizes)
    while room > 0 and any(count < size for count, size in zip(shown, sizes, strict=True)):
        for index, size in enumerate(sizes):
            if shown[index] < size and room > 0:
                shown[index] += 1
                room -= 1
    return shown


def without_time(view: dict[str, Any]) -> dict[str, Any]:
    """Returns what a view says, without the moment at which it said it: to tell what is new."""
    return {**view, "blocks": view["blocks"][:-1]}


def _room(around: Around) -> int:
    broken = min(len(around.broken), _MOST_BROKEN)
    return (MOST_BLOCKS - _AROUND - broken) // BLOCKS


def _top(counts: Counts, around: Around) -> list[Block]:
    blocks: list[Block] = [{"type": "header", "text": plain("The desk", HEADER)}]
    blocks += [context(plain(around.notice, SMALL))] if around.notice else []
    numbers = (
        f"*{counts.overdue}* overdue · *{counts.mine}* mine · "
        f"*{counts.open}* open, {counts.unclaimed} unclaimed"
    )
    blocks.append({"type": "section", "text": markup(numbers)})
    blocks.append(context(plain(around.hours, SMALL)))
    blocks += [section(f"⚠️ {words}", SMALL) for words in around.broken[:_MOST_BROKEN]]
    blocks += [actions([_menu(around)])] if around.departments else []
    return blocks


def _list(title: str, cases: Sequence[Any], total: int, around: Around) -> list[Block]:
    if not cases:
        return []
    blocks: list[Block] = [{"type": "header", "text": plain(f"{title} ({total})", HEADER)}]
    for case in cases:
        blocks += rows(case, around.at, around.site)
    left = total - len(cases)
    return [*blocks, more(left, f"`/docent {title.lower()}`")] if left > 0 else blocks


def _menu(around: Around) -> Block:
    options = [_option("All departments", EVERY)]
    options += [_option(each.name, each.id) for each in around.departments[:99]]
    chosen = around.department or EVERY
    first = next((each for each in options if each["value"] == chosen), options[0])
    return {
        "type": "static_select",
        "action_id": DEPARTMENT,
        "placeholder": plain("Department", HEADER),
        "options": options,
        "initial_option": first,
    }


def _option(name: str, value: str) -> Block:
    return {"text": plain(name, OPTION), "value": value}


def _foot(around: Around) -> Block:
    shown = around.at.astimezone(around.zone).strftime("%H:%M")
    at = f"<!date^{int(around.at.timestamp())}^{{time}}|{shown}>"
    return context(markup(f"As of {at}. `/docent` says what else you can do here."))


def _view(blocks: list[Block], metadata: str) -> dict[str, Any]:
    return {
        "type": "home",
        "callback_id": CALLBACK,
        "private_metadata": metadata,
        "blocks": blocks,
    }
