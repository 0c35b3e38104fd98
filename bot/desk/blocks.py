"""What staff see in Slack, as Block Kit; pure.

Whatever a visitor or a colleague wrote stands in `plain_text`, where Slack formats, links and
pings nothing (https://docs.slack.dev/reference/block-kit/composition-objects/text-object); only
our own words use Slack's markup.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any

from bot.desk.case_details import DETAIL, alarm, detailed, heading, is_told
from bot.desk.controls import Department, controls
from bot.desk.elements import (
    HEADER,
    SECTION,
    SMALL,
    TEXT,
    Block,
    Post,
    context,
    markup,
    plain,
    section,
    translated,
)
from bot.desk.mrkdwn import one_line, to_slack
from bot.desk.rated import on_card
from bot.store.cases import CLAIMED, OPEN_STATES
from bot.windows import CLOSED, Left

# Ours: how much of a name is shown.
NAME = 80

CHANNELS = {
    "messenger": "Messenger",
    "whatsapp": "WhatsApp",
    "telegram": "Telegram",
    "wechat": "WeChat",
    "slack": "Slack",
    "web": "Web chat",
}
LANGUAGES = {
    "en": "English",
    "zh-Hans": "Chinese (Simplified, 简体)",
    "zh-Hant": "Chinese (Traditional, 繁體)",
}
STATES = {
    "queued": "Waiting for a person. Press *Claim* or react with :eyes: to answer.",
    "reopened": "Opened again. Press *Claim* or react with :eyes: to answer.",
    "resolved": ":white_check_mark: Resolved. *Reopen* to write to the visitor again.",
    "returned": ":leftwards_arrow_with_hook: Back with the bot. *Reopen* to take it back.",
}
MOODS = {"angry": "😠 angry", "upset": "😟 upset", "pleased": "🙂 pleased"}

# The ids by which a pressed button of a message comes back that only its author sees; those of
# the card stand in bot/desk/controls.py.
CLAIM_AND_SEND, SEND_ANYWAY, KEEP_AS_NOTE, UNDO = (
    "claim_and_send",
    "send_anyway",
    "keep_as_note",
    "undo",
)


def card(
    case: Any, departments: Sequence[Department], zone: tzinfo, left: Left | None = None
) -> Post:
    """Returns the root message of a case in its present state.

    Args:
        case: A case with its visitor, as the store returns it.
        departments: The museum's departments, in the order of the menu.
        zone: The museum's time zone, for clients that cannot show a date in the reader's own.
        left: What is left of the visitor's window, where their channel has one.
    """
    who = visitor_name(case)
    question = case.question.strip() or "(no words)"
    facts = [CHANNELS.get(case.channel, case.channel), in_words(case.language), _reason(case)]
    facts += [MOODS[case.mood]] if case.mood in MOODS else []
    blocks = [
        *alarm(case),
        {"type": "header", "text": plain(f"{case.ref} · {who}", HEADER)},
        context(plain(" · ".join(facts), SMALL)),
        *_before(case),
        *on_card(case),
    ]
    if not is_told(question, case.details):
        most = DETAIL if case.details else SECTION
        blocks += [section(question, most), *translated(case.translation, most)]
    blocks += detailed(case.details, case.translation)
    asked = next(iter((case.details or {}).values()), question)
    guesses = best_guesses(case.understood)
    blocks += [context(plain(guesses, SMALL))] if guesses else []
    blocks += [context(markup(_promise(case, zone)))] if _waits(case) else []
    blocks += [context(markup(_window(left, zone)))] if left and case.state in OPEN_STATES else []
    blocks += [_state(case), *controls(case, departments)]
    return Post(to_slack(f"{heading(case)}: {who} · {facts[0]}: {asked}", TEXT), blocks)


def visitor_name(case: Any) -> str:
    """Returns the visitor's name on one line, or the end of the platform's id of the person."""
    return one_line(case.name or "")[:NAME] or f"Visitor {one_line(case.person_id)[-6:]}"


def announcement(channel: str, ok: bool, reason: str) -> str:
    """Returns the line that tells all staff that a channel broke, or that it works again."""
    name = CHANNELS.get(channel, channel)
    return f"{name} works again." if ok else f"{name} does not work. {reason}"


def in_words(language: str | None) -> str:
    """Returns a language as staff call it."""
    return LANGUAGES.get(language or "", language or "language not known")


def best_guesses(understood: Sequence[Mapping[str, Any]] | None) -> str:
    """Returns the three best topics with their confidence, best first."""
    best = sorted(understood or (), key=lambda guess: -float(guess["confidence"]))[:3]
    named = (
        f"{str(guess['topic']).removeprefix('faq/').replace('_', ' ')} {guess['confidence']:.0%}"
        for guess in best
    )
    words = " · ".join(named)
    return f"Docent's guesses: {words}" if words else ""


def _reason(case: Any) -> str:
    return str(case.reason).replace("_", " ")


def _waits(case: Any) -> bool:
    return case.due_at is not None and case.state in OPEN_STATES


def _before(case: Any) -> list[Block]:
    """Returns the line that names the visitor's case before this one."""
    words = f"Wrote before: {case.previous_ref}"
    return [context(plain(words, SMALL))] if case.previous_ref else []


def _promise(case: Any, zone: tzinfo) -> str:
    """Says what is promised next: a reply while the visitor waits for one, else the end."""
    what = "Reply promised by" if case.waiting_since else "To be resolved by"
    return f":alarm_clock: {what} {_moment(case.due_at, zone)}"


def _moment(at: datetime, zone: tzinfo) -> str:
    """Writes a time that Slack shows in each reader's own zone."""
    fallback = at.astimezone(zone).strftime("%d %b %H:%M")
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{fallback}>"


def _window(left: Left, zone: tzinfo) -> str:
    """Says until when the visitor may be written to, and how often; a card stands for long, so
    it names the time and not what is left of it."""
    if left.standing == CLOSED or left.until is None:
        spent = "no message is left" if left.messages == 0 else "closed"
        return f":hourglass: Reply window: {spent} until the visitor writes again"
    counted = "" if left.messages is None else f", {left.messages} of {left.out_of} messages left"
    return f":hourglass: Reply window until {_moment(left.until, zone)}{counted}"


def window_words(left: Left, at: datetime) -> str:
    """Says what is left of a visitor's window at a moment: "4 h 10 m, 3 of 5 messages left"."""
    if left.standing == CLOSED or left.until is None:
        return "The reply window is closed: the visitor has to write first."
    minutes = max(0, int((left.until - at).total_seconds() // 60))
    days, hours = divmod(minutes // 60, 24)
    span = f"{days} d {hours} h" if days else f"{hours} h {minutes % 60} m"
    counted = "" if left.messages is None else f", {left.messages} of {left.out_of} messages"
    return f"Reply window: {span}{counted} left"


def _state(case: Any) -> Block:
    if case.state in CLAIMED:
        owner = one_line(case.owner or "a colleague")[:NAME]
        words = f"Claimed by {owner}. What {owner} writes in this thread goes to the visitor."
        words += " Waiting for the visitor." if case.state == "waiting" else ""
        return {"type": "section", "text": plain(words, SECTION)}
    return {"type": "section", "text": markup(STATES.get(case.state, case.state))}
