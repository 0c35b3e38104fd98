"""What `/docent` shows of cases, to its caller alone; pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any

from bot.desk.attached import words_of
from bot.desk.blocks import visitor_name
from bot.desk.case_rows import (
    CLAIM,
    STATES,
    due_words,
    facts,
    link_button,
    more,
    rows,
    thread_link,
)
from bot.desk.elements import (
    HEADER,
    SMALL,
    TEXT,
    Block,
    Post,
    actions,
    button,
    context,
    markup,
    plain,
    section,
    translated,
)
from bot.desk.mrkdwn import one_line, to_slack
from bot.desk.thread import SPEAKERS
from bot.store.cases import OPEN_STATES, UNCLAIMED

# A message takes 50 blocks: a title, three for each case, and a line.
MOST = 15
# Slack takes 10,000 characters for a whole message.
QUESTION, LINE, TAIL = 1500, 160, 6


def listing(title: str, cases: Sequence[Any], total: int, at: datetime, site: str) -> Post:
    """Returns a list of cases.

    Args:
        title: Ours, such as "Overdue".
        cases: As many as were read, in their order.
        total: How many there are.
        at: The present moment.
        site: The workspace's address, "" where it is not known yet.
    """
    head = f"{title}: {total}" if total else f"{title}: none"
    blocks: list[Block] = [{"type": "section", "text": plain(head, SMALL)}]
    for case in cases[:MOST]:
        blocks += rows(case, at, site)
    left = total - min(len(cases), MOST)
    blocks += [more(left, "Docent's *Home* tab shows them")] if left > 0 else []
    return Post(to_slack(head, TEXT), blocks)


def one_case(
    case: Any, said: Sequence[Any], department: str, at: datetime, zone: tzinfo, site: str
) -> Post:
    """Returns a case with the end of its conversation.

    Args:
        case: A case with its visitor, as the store returns it.
        said: The last messages, oldest first.
        department: What its department is called.
        at: The present moment.
        zone: The museum's time zone.
        site: The workspace's address, "" where it is not known yet.
    """
    who = visitor_name(case)
    line = f"{facts(case)} · {department}"
    blocks: list[Block] = [
        {"type": "header", "text": plain(f"{case.ref} · {who}", HEADER)},
        context(plain(line, SMALL)),
        context(markup(f"*{standing(case, at)}*")),
        section(case.question.strip() or "(no words)", QUESTION),
        *translated(case.translation, QUESTION),
    ]
    if said:
        words = "\n".join(_spoken(row, zone) for row in said[-TAIL:])
        blocks += [context(markup("*The last words*")), section(words)]
    blocks += _buttons(case, site)
    return Post(to_slack(f"{case.ref}: {who}: {one_line(case.question)}", TEXT), blocks)


def standing(case: Any, at: datetime) -> str:
    """Returns where a case stands, and when it is due: "unclaimed · 20 min overdue"."""
    state = "unclaimed" if case.state in UNCLAIMED else STATES.get(case.state, "claimed")
    due = due_words(case.due_at, at) if case.state in OPEN_STATES else ""
    return f"{state} · {due}" if due else state


def nothing(query: str) -> Post:
    """Returns that no case was found."""
    words = f"No case was found for “{one_line(query)[:80]}”."
    return Post(to_slack(words, TEXT), [section(words)])


def _buttons(case: Any, site: str) -> list[Block]:
    free = case.state in UNCLAIMED
    made = [button("Claim", CLAIM, str(case.id), "primary")] if free else []
    link = thread_link(case, site)
    made += [link_button(case, link)] if link else []
    return [actions(made)] if made else []


def _spoken(row: Any, zone: tzinfo) -> str:
    who = row.author_name if row.author == "staff" else SPEAKERS.get(row.author, row.author)
    said = words_of(row)
    short = said if len(said) <= LINE else f"{said[: LINE - 1].rstrip()}…"
    return f"{row.at.astimezone(zone):%d %b %H:%M} {one_line(who or 'Staff')}: {short}"
