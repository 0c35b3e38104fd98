"""Posts that ring: our own line, and the people whom Slack is to call; pure.

A call is the one thing here that is written in Slack's markup, and only an id that Slack itself
could have given becomes one (https://docs.slack.dev/messaging/formatting-message-text).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.desk.elements import SECTION, TEXT, Post, context, markup, plain, section
from bot.desk.mrkdwn import one_line, to_slack

EVERYBODY = "<!channel>"
_ID = re.compile(r"[UW][A-Z0-9]{2,20}")


def is_slack_id(name: str) -> bool:
    """Tells whether this is the id of a member, whom Slack can call."""
    return _ID.fullmatch(name) is not None


def ping(text: str, people: Sequence[str] = (), channel: bool = False) -> Post:
    """Returns a line with those whom it calls; a quiet one where there is nobody to call.

    Args:
        text: The words; a colleague's name may stand in them.
        people: Ids on Slack become calls, everything else a name that is only read.
        channel: Whether everybody in the channel is called; the line is then shown there as well.
    """
    calls = [f"<@{each}>" for each in people if is_slack_id(each)]
    calls += [EVERYBODY] if channel else []
    names = [one_line(each)[:80] for each in people if not is_slack_id(each)]
    words = f"{text} ({', '.join(names)})" if names else text
    if not calls:
        return Post(to_slack(words, TEXT), [context(plain(words, SECTION))])
    called = {"type": "section", "text": markup(" ".join(calls))}
    return Post(to_slack(f"🔔 {words}", TEXT), [section(f"🔔 {words}"), called], channel)


def pointer(text: str, people: Sequence[str], heading: str, link: str) -> Post:
    """Returns the line that leads from a department's channel to a case's thread elsewhere.

    Args:
        text: Why it is here.
        people: Who is called.
        heading: The case's reference, and that it is urgent where it is.
        link: The address of the card, as Slack gave it.
    """
    called = ping(f"{heading}: {text}", people)
    # Slack's own address: it holds neither a bar nor a bracket.
    shown = f"<{link}|Open the thread>" if re.fullmatch(r"https://[^\s<>|]+", link) else ""
    more = [{"type": "section", "text": markup(shown)}] if shown else []
    return Post(called.text, [*called.blocks, *more])
