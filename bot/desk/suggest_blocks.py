"""Suggested answers and saved replies in Slack, for the one person who asked; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.content.saved_replies import SavedReply
from bot.desk.blocks import in_words
from bot.desk.elements import (
    HEADER,
    OPTION,
    SMALL,
    TEXT,
    Block,
    Post,
    actions,
    button,
    context,
    plain,
    section,
)
from bot.desk.help_buttons import EDIT_READY, correct_button
from bot.desk.mrkdwn import one_line, to_slack

# The kind of the post, and of the desk job that keeps what was offered.
SUGGESTIONS = "suggestions"
# The ids by which a pressed button comes back.
SEND_READY, CLAIM_AND_SEND_READY, SEND_READY_ANYWAY, CHOOSE_SAVED = (
    "ready:send",
    "ready:claim",
    "ready:anyway",
    "ready:choose",
)
# Slack takes 10,000 characters for a whole message: three answers in two languages fit so. What
# is sent is whole.
SHOWN, SHOWN_ENGLISH = 900, 600
_SENDS = {
    "": ("Send", SEND_READY, "primary"),
    "claim": ("Claim and send", CLAIM_AND_SEND_READY, "primary"),
    "anyway": ("Send anyway", SEND_READY_ANYWAY, "danger"),
}

Payload = Mapping[str, Any]


def suggestions(payload: Payload, case: Any) -> Post:
    """Returns what is offered, each with the buttons that send it.

    Args:
        payload: What the job says: `key`, `head`, `answers`, `language`, and `question`, `seq`,
            `translation`, `saved`, `confirm` where there is something in them.
        case: The case.
    """
    head = str(payload["head"])
    value = f"{case.id}:{payload['key']}"
    blocks = [context(plain(head, SMALL))]
    for index, each in enumerate(payload["answers"]):
        blocks += _offered(each, f"{value}:{index}", str(payload.get("confirm") or ""))
    last = [*_correcting(payload, case), *_menu(payload, case)]
    blocks += [actions(last)] if last else []
    return Post(to_slack(head, TEXT), blocks)


def chosen(press: Payload) -> tuple[int, str, int] | None:
    """Returns the case, the post's key and the place that a button of an offer names."""
    case_id, _, rest = str(press["value"]).partition(":")
    key, _, index = rest.rpartition(":")
    if not (case_id.isdecimal() and index.isdecimal() and len(case_id) < 19 and len(index) < 4):
        return None
    return int(case_id), key, int(index)


def head_of(question: str, answers: Sequence[object]) -> str:
    """Returns the line above suggestions."""
    asked = one_line(question)
    shown = asked if len(asked) <= 120 else f"{asked[:119]}…"
    if not answers:
        return f"Nothing in the museum's answers is near to: {shown}"
    return f"Suggested answers to: {shown}"


def _offered(each: Payload, value: str, confirm: str) -> list[Block]:
    language, text, english = each["language"], str(each["text"]), str(each["english"])
    label, action, style = _SENDS[confirm]
    title = f"{each['label']} · {in_words(language)}"
    blocks = [context(plain(title, SMALL)), section(text, SHOWN)]
    blocks += [] if text == english else [context(plain(f"In English: {english}", SHOWN_ENGLISH))]
    edit = button("Edit first", EDIT_READY, value)
    return [*blocks, actions([button(label, action, value, style), edit])]


def _correcting(payload: Payload, case: Any) -> list[Block]:
    """The question on a case's card has no button of its own for its translation."""
    if not payload.get("translation") or not payload.get("seq"):
        return []
    return [correct_button(case.id, int(payload["seq"]), "Correct its translation")]


def _menu(payload: Payload, case: Any) -> list[Block]:
    options = [
        {"text": plain(title, OPTION), "value": f"{case.id}:{reply_id}"}
        for reply_id, title in payload.get("saved") or ()
    ]
    if not options:
        return []
    return [
        {
            "type": "static_select",
            "action_id": CHOOSE_SAVED,
            "placeholder": plain("Saved replies", HEADER),
            "options": options,
        }
    ]


def menu_of(saved: Sequence[SavedReply]) -> list[list[str]]:
    """Returns what the menu of saved replies shows, as a job keeps it."""
    return [[reply.id, reply.title] for reply in saved]
