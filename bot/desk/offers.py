"""What an author is asked and shown about words that stayed in the thread, or change; pure."""

from __future__ import annotations

from typing import Any

from bot.desk.blocks import (
    CHANNELS,
    CLAIM_AND_SEND,
    KEEP_AS_NOTE,
    SEND_ANYWAY,
    UNDO,
    in_words,
    visitor_name,
)
from bot.desk.elements import SMALL, TEXT, Post, actions, button, context, plain, section
from bot.desk.mrkdwn import to_slack
from bot.store import revisions

REOPEN_AND_SEND, SEND_FOLLOW_UP, SEND_NOW = "reopen_and_send", "send_follow_up", "send_now"

# What is asked -> the buttons that send, each with its label and its look.
ASKED: dict[str, tuple[tuple[str, str, str], ...]] = {
    "claim": (("Claim and send", CLAIM_AND_SEND, "primary"),),
    "anyway": (("Send anyway", SEND_ANYWAY, "danger"),),
    "send": (("Send to visitor", SEND_NOW, "primary"),),
    "reopen": (
        ("Reopen and send", REOPEN_AND_SEND, "primary"),
        ("Send as follow-up", SEND_FOLLOW_UP, ""),
    ),
}
# What became of the words -> what is asked.
OFFERS = {
    "needs_claim": "claim",
    "needs_confirm": "anyway",
    "needs_send": "send",
    "needs_reopen": "reopen",
}
# A pressed button -> what its author has said with it.
CONFIRMS: dict[str, str | None] = {
    CLAIM_AND_SEND: "claim",
    SEND_ANYWAY: "anyway",
    SEND_NOW: None,
    REOPEN_AND_SEND: "reopen",
    SEND_FOLLOW_UP: "follow_up",
}


def offer(case_id: int, ts: str, kind: str, reason: str = "", knowing: int | None = None) -> Post:
    """Returns the question to an author whose words stayed in the thread.

    Args:
        case_id: The case.
        ts: Slack's id of the message in question.
        kind: "claim" where nobody has the case, "anyway" where somebody else has, "send" where
            the author has, "reopen" where it is closed.
        reason: Why the words were not sent.
        knowing: A colleague's reply that the reason tells of: who presses knows of it.
    """
    value = f"{case_id}:{ts}"
    told = value if knowing is None else f"{value}:{knowing}"
    send = [button(label, name, told, style) for label, name, style in ASKED[kind]]
    keep = button("Keep as note", KEEP_AS_NOTE, value)
    words = f"Not sent to the visitor. {reason}".strip()
    return Post(to_slack(words, TEXT), [section(words), actions([*send, keep])])


def correcting(row: Any, case: Any, seconds: int) -> Post:
    """Returns what a correction is about to make of what the visitor has, with a way back."""
    channel = CHANNELS.get(case.channel, case.channel)
    does = "Changing what the visitor has" if row.payload.get(revisions.EDITS) else "Sending this"
    head = f"{does} in {seconds} s: {visitor_name(case)} ({channel}, {in_words(row.language)})"
    why = "" if row.payload.get(revisions.EDITS) else _cannot(channel)
    undo = button("Undo", UNDO, f"{case.id}:{row.seq}", "danger")
    blocks = [context(plain(head, SMALL)), section(row.text)]
    written = (row.translation or {}).get("text")
    blocks += [context(plain("You wrote", SMALL)), section(str(written))] if written else []
    blocks += [context(plain(why, SMALL))] if why else []
    return Post(to_slack(f"{head} {row.text}", TEXT), [*blocks, actions([undo])])


def _cannot(channel: str) -> str:
    return f"{channel} cannot change what was sent, so the visitor gets a correction."
