"""The posts within a case's thread, as Block Kit; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Any

from bot.desk.attached import attached, words_of
from bot.desk.blocks import (
    CHANNELS,
    UNDO,
    in_words,
    visitor_name,
    window_words,
)
from bot.desk.elements import (
    SECTION,
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
from bot.desk.help_buttons import correct_button, suggest_button
from bot.desk.mrkdwn import one_line, to_slack
from bot.store.log import now
from bot.translate.said import ORIGINAL_SENT, READY, REMEMBERED, TRANSLATED
from bot.windows import Left

SPEAKERS = {"visitor": "Visitor", "bot": "Docent", "system": "Docent", "staff": "Staff"}


def transcript(rows: Sequence[Any], zone: tzinfo) -> Post:
    """Returns what was said before the case, oldest first; the newest words are kept whole."""
    lines = [_spoken(row, zone) for row in rows]
    shown: list[str] = []
    for line in reversed(lines):
        if sum(len(kept) + 1 for kept in [line, *shown]) > SECTION // 2 and shown:
            shown.insert(0, "… (more in the log)")
            break
        shown.insert(0, line)
    title = "What was said before"
    words = {"type": "section", "text": plain("\n".join(shown), SECTION)}
    return Post(title, [context(markup(f"*{title}*")), words])


def visitor(row: Any, name: str, notice: str = "") -> Post:
    """Returns a visitor's words with their translation or a notice beside them.

    Args:
        row: The message, as the store returns it.
        name: The visitor's name, as `visitor_name` returns it.
        notice: What staff should know about the translation, where there is none.
    """
    sent = ", ".join(f"📎 {each}" for each in attached(row.payload))
    words = row.text.strip() or sent or "(no words)"
    blocks = [context(plain(f"{name} (visitor)", SMALL)), section(words)]
    blocks += [context(plain(sent, SMALL))] if sent and words != sent else []
    blocks += translated(row.translation)
    blocks += [context(plain(notice, SMALL))] if notice else []
    blocks += _helped(row)
    return Post(to_slack(f"{name} (visitor): {words}", TEXT), blocks)


def visitor_changed(row: Any, name: str, text: str | None) -> Post:
    """Returns what a visitor's earlier message says now, or that it was taken back."""
    if text is None:
        head, words = f"{name} (visitor) took a message back. It said:", row.text
    else:
        head, words = f"{name} (visitor) changed a message. It says now:", text
    words = words.strip() or "(no words)"
    blocks = [context(plain(head, SMALL)), section(words)]
    return Post(to_slack(f"{head} {words}", TEXT), blocks)


def line(text: str) -> Post:
    """Returns one quiet line about the case."""
    return Post(to_slack(text, TEXT), [context(plain(text, SECTION))])


def warning(text: str) -> Post:
    """Returns one line that staff must not miss."""
    words = f"⚠️ {text}"
    return Post(to_slack(words, TEXT), [section(words)])


def announcement(text: str, ok: bool) -> Post:
    """Returns one line for all staff: good news, or what they must not miss."""
    return line(f"✅ {text}") if ok else warning(text)


def staff_echo(author: str, text: str) -> Post:
    """Returns what a colleague wrote on the web desk."""
    name = one_line(author)
    blocks = [context(plain(f"{name} (web desk)", SMALL)), section(text)]
    return Post(to_slack(f"{name}: {text}", TEXT), blocks)


def preview(row: Any, case: Any, seconds: int, left: Left | None = None) -> Post:
    """Returns what is about to be sent, to whom and in which language, with a way back."""
    channel = CHANNELS.get(case.channel, case.channel)
    head = f"Sending in {seconds} s to {visitor_name(case)} ({channel}, {in_words(row.language)}):"
    undo = button("Undo", UNDO, f"{case.id}:{row.seq}", "danger")
    blocks = [context(plain(head, SMALL)), section(row.text), *_as_written(row.translation)]
    blocks += [context(plain(window_words(left, now()), SMALL))] if left else []
    correct = [correct_button(case.id, row.seq)] if is_translated(row) else []
    return Post(to_slack(f"{head} {row.text}", TEXT), [*blocks, actions([undo, *correct])])


def sent_as(row: Any) -> Post:
    """Returns what the visitor reads of a reply that was translated, for everybody at the desk."""
    head = f"The visitor reads ({in_words(row.language)}):"
    blocks = [context(plain(head, SMALL)), section(row.text)]
    blocks += [actions([correct_button(row.case_id, row.seq)])] if is_translated(row) else []
    return Post(to_slack(f"{head} {row.text}", TEXT), blocks)


def ready_echo(row: Any, author: str, what: str) -> Post:
    """Returns who sends which ready answer, in words that staff can read."""
    head = f"{one_line(author)} sends a {what}"
    words = str((row.translation or {}).get("text") or row.text)
    return Post(to_slack(f"{head}: {words}", TEXT), [context(plain(head, SMALL)), section(words)])


def reworded(row: Any, author: str, text: str) -> Post:
    """Returns a translation as somebody corrected it, for everybody at the desk."""
    of = "the visitor's words" if row.direction == "in" else "a reply"
    head = f"{one_line(author)} corrected the translation of {of}:"
    return Post(to_slack(f"{head} {text}", TEXT), [context(plain(head, SMALL)), section(text)])


def is_translated(row: Any) -> bool:
    """Tells whether there is a translation beside a message that a person could better.

    Where an engine failed, a person may write the first one; the museum's own answers and a text
    that only changed its script are nobody's translation.
    """
    state = (row.translation or {}).get("state")
    return state in (TRANSLATED, REMEMBERED, ORIGINAL_SENT)


def _helped(row: Any) -> list[Block]:
    """Returns the buttons below a visitor's words."""
    if row.case_id is None or not row.text.strip():
        return []
    correct = [correct_button(row.case_id, row.seq)] if is_translated(row) else []
    return [actions([suggest_button(row.case_id), *correct])]


def _as_written(translation: Mapping[str, str] | None) -> list[Block]:
    """Returns the author's own words beside a translated reply, and its way back to judge by."""
    if not translation:
        return []
    if not translation.get("text"):
        return [context(plain(str(translation["notice"]), SMALL))]
    engine = translation.get("engine") or "translation"
    is_ready = translation.get("state") == READY
    label = "In English" if is_ready else f"You wrote ({engine})"
    blocks = [context(plain(label, SMALL)), section(str(translation["text"]))]
    if back := translation.get("back"):
        blocks += [context(plain("Translated back, it says", SMALL)), section(str(back))]
    return blocks


def failed(text: str, reason: str, next_step: str = "") -> Post:
    """Returns that a message will not reach the visitor, why, and what can be done."""
    head = f"⚠️ Not delivered. {reason}".strip()
    blocks = [section(head)]
    blocks += [section(f"Next step: {next_step}")] if next_step else []
    blocks += [context(plain(f"It said: {one_line(text)}", SMALL))]
    return Post(to_slack(f"{head} {next_step}".strip(), TEXT), blocks)


def _spoken(row: Any, zone: tzinfo) -> str:
    speaker = SPEAKERS.get(row.author, row.author)
    return f"{row.at.astimezone(zone):%H:%M} {speaker}: {words_of(row)}"
