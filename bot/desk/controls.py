"""What can be pressed on a case's card: the steps that its state allows; pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from bot.desk.elements import HEADER, OPTION, Block, actions, button, plain
from bot.desk.help_buttons import suggest_button
from bot.desk.people import URGENT
from bot.desk.ringing import is_slack_id
from bot.store.cases import OPEN_STATES, UNCLAIMED

# The ids by which a pressed button comes back.
CLAIM, RELEASE, RESOLVE, BACK_TO_BOT, REOPEN = (
    "claim",
    "release",
    "resolve",
    "back_to_bot",
    "reopen",
)
DEPARTMENT, ASSIGN, PRIORITY = "department", "assign", "priority"
CARD_BLOCK = "case:"


class Department(Protocol):
    """A department as the menu shows it."""

    @property
    def id(self) -> str:
        """What the log calls it."""

    @property
    def name(self) -> str:
        """What staff call it."""


def controls(case: Any, departments: Sequence[Department]) -> list[Block]:
    """Returns what makes sense now: a row of buttons, and one of menus below it.

    A phone shows two or three of them side by side, so what is done most comes first.
    """
    block = f"{CARD_BLOCK}{case.id}"
    buttons = {**actions(_buttons(case)), "block_id": block}
    if case.state not in OPEN_STATES:
        return [buttons]
    menus = [*_departments(case.department, departments), _assign(case), _priority(case)]
    return [buttons, {**actions(menus), "block_id": f"{block}:more"}]


def _buttons(case: Any) -> list[Block]:
    value = str(case.id)
    if case.state not in OPEN_STATES:
        return [button("Reopen", REOPEN, value)]
    close = [button("Resolve", RESOLVE, value), button("Back to bot", BACK_TO_BOT, value)]
    if case.state in UNCLAIMED:
        return [button("Claim", CLAIM, value, "primary"), *close]
    return [*close, button("Release", RELEASE, value), suggest_button(case.id)]


def _departments(current: str, departments: Sequence[Department]) -> list[Block]:
    options = {d.id: {"text": plain(d.name, OPTION), "value": d.id} for d in departments[:100]}
    menu: Block = {
        "type": "static_select",
        "action_id": DEPARTMENT,
        "placeholder": plain("Department", HEADER),
        "options": list(options.values()),
    }
    chosen = {"initial_option": options[current]} if current in options else {}
    return [{**menu, **chosen}] if options else []


def _assign(case: Any) -> Block:
    """Returns the menu of colleagues; it shows the owner, as far as Slack knows them."""
    menu: Block = {
        "type": "users_select",
        "action_id": ASSIGN,
        "placeholder": plain("Assign to…", HEADER),
    }
    owner = str(case.owner_id or "")
    return {**menu, "initial_user": owner} if is_slack_id(owner) else menu


def _priority(case: Any) -> Block:
    label, value = ("Not urgent", "normal") if case.priority == URGENT else ("Mark urgent", URGENT)
    return {
        "type": "overflow",
        "action_id": PRIORITY,
        "options": [{"text": plain(label, OPTION), "value": value}],
    }
