"""A case in two or three small blocks, for lists that are read on a phone; pure."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.desk.blocks import CHANNELS, visitor_name
from bot.desk.elements import SMALL, Block, actions, button, context, markup, plain, section
from bot.desk.mrkdwn import one_line
from bot.desk.people import URGENT
from bot.store.cases import OPEN_STATES, UNCLAIMED

# The ids by which a pressed button comes back: what stands before the colon says who reads it.
CLAIM, OPEN_THREAD = "home:claim", "home:thread"
# Ours: how much of a question is shown, and of an owner's name.
WORDS, OWNER = 140, 40
# How many blocks a case takes at most.
BLOCKS = 3
# What is said in the place of a promise where none runs.
STATES = {
    "waiting": "waiting for the visitor",
    "resolved": "resolved",
    "returned": "back with the bot",
}
LANGUAGES = {"en": "English", "zh-Hans": "简体", "zh-Hant": "繁體"}


def rows(case: Any, at: datetime, site: str) -> list[Block]:
    """Returns a case as a list shows it: when it is due, who asks what, and what can be done.

    Args:
        case: A case with its visitor, as the store returns it.
        at: The present moment.
        site: The workspace's address, "" where it is not known yet.
    """
    head: Block = {
        "type": "context",
        "elements": [markup(_head(case, at)), plain(facts(case), SMALL)],
    }
    asked = section(_asked(case))
    link = thread_link(case, site)
    buttons = [button("Claim", CLAIM, str(case.id), "primary")] if _is_free(case) else []
    if not buttons:
        # A single button fits beside the words, which saves a line.
        return [head, {**asked, "accessory": link_button(case, link)} if link else asked]
    buttons += [link_button(case, link)] if link else []
    return [head, asked, actions(buttons)]


def facts(case: Any) -> str:
    """Returns channel, language and owner, if anybody is, on one line."""
    channel = CHANNELS.get(case.channel, case.channel)
    language = LANGUAGES.get(case.language, case.language or "")
    owner = one_line(case.owner or "")[:OWNER] if case.state not in UNCLAIMED else ""
    return " · ".join(each for each in (channel, language, owner) if each)


def due_words(due: datetime | None, at: datetime) -> str:
    """Says how long until a promise breaks, or since: "due in 12 min", "20 min overdue"."""
    if due is None:
        return ""
    if due < at:
        minutes = int((at - due).total_seconds() // 60)
        return f"{_span(minutes)} overdue" if minutes else "due now"
    minutes = int(-(-(due - at).total_seconds() // 60))
    return f"due in {_span(minutes)}" if minutes else "due now"


def thread_link(case: Any, site: str) -> str:
    """Returns the address of a case's thread; "" where there is none yet.

    Slack opens https://<workspace>/archives/<channel>/p<ts without its point>, as
    docs.slack.dev/reference/methods/chat.getPermalink gives it, without being asked for each.
    """
    if not (site and case.slack_channel and case.slack_ts):
        return ""
    point = str(case.slack_ts).replace(".", "")
    return f"{site.rstrip('/')}/archives/{case.slack_channel}/p{point}"


def link_button(case: Any, link: str) -> Block:
    """Returns a button that leads to a case's thread."""
    made = button("Open thread", OPEN_THREAD, str(case.id))
    return {**made, "url": link}


def more(left: int, where: str) -> Block:
    """Returns the line that says how many cases are not shown; `where` is our own markup."""
    return context(markup(f"… and {left} more: {where}"))


def _head(case: Any, at: datetime) -> str:
    urgent = "🚨 " if case.priority == URGENT else ""
    is_open = case.state in OPEN_STATES
    late = "🔴 " if is_open and case.due_at is not None and case.due_at < at else ""
    due = due_words(case.due_at, at)
    words = f"{late}*{due}*" if late else STATES.get(case.state, due)
    return f"{urgent}*{case.ref}*{f' · {words}' if words else ''}"


def _asked(case: Any) -> str:
    words = f"{visitor_name(case)}: {_cut(case.question) or '(no words)'}"
    translated = _cut(str((case.translation or {}).get("text") or ""))
    return f"{words}\n↳ {translated}" if translated else words


def _cut(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= WORDS else f"{line[: WORDS - 1].rstrip()}…"


def _is_free(case: Any) -> bool:
    return case.state in UNCLAIMED


def _span(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    if hours:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{rest} min"
