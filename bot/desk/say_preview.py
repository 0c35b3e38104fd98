"""An announcement before it goes and after, as its author sees it in Slack; pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.desk.announcing import Draft, visitors
from bot.desk.blocks import in_words
from bot.desk.elements import (
    HEADER,
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
from bot.desk.mrkdwn import to_slack

# The ids by which a pressed button comes back: what stands before the colon says who reads it.
SEND, CANCEL, TAKE_BACK = "say:send", "say:cancel", "say:take_back"


def preview(draft: Draft) -> Post:
    """Returns who would read what, with the two ways on."""
    told = draft.audience
    count, number = visitors(len(told.people)), str(draft.number)
    head = f"Tell {count}?"
    blocks: list[Block] = [{"type": "header", "text": plain(head, HEADER)}]
    blocks.append(context(plain(who(draft), SMALL)))
    for language, readers in told.languages.items():
        blocks += _wording(language, readers, draft.said[language])
    send = button(f"Send to {count}", SEND, number, "primary")
    return Post(to_slack(head, TEXT), [*blocks, actions([send, _cancel(number)])])


def who(draft: Draft) -> str:
    """Says who would be told, and who cannot be."""
    told = draft.audience
    others = len(told.people) - told.waiting
    parts = [f"{told.waiting} with an open case"]
    parts += [f"{others} more who wrote in the last 24 hours"] if draft.today else []
    words = f"{', '.join(parts)}. No case is claimed or closed by it."
    if told.shut:
        words += f" Not told, because their reply window is closed: {visitors(told.shut)}."
    return words


def sent(words: str, number: int, seconds: int) -> Post:
    """Returns that an announcement leaves, with a way back as long as there is one."""
    said = f"{words} It leaves in {seconds} s." if seconds else words
    blocks = [section(said)]
    back = button("Take back", TAKE_BACK, str(number), "danger")
    return Post(to_slack(said, TEXT), [*blocks, actions([back])] if seconds else blocks)


def _wording(language: str, readers: int, said: Mapping[str, Any]) -> list[Block]:
    beside = said["beside"] or {}
    blocks = [
        context(plain(f"{in_words(language)} · {visitors(readers)}", SMALL)),
        section(str(said["text"])),
    ]
    if beside.get("notice"):
        # With two texts nobody needs a translator.
        hint = " Give both texts yourself: /docent say en: ... zh: ..."
        return [*blocks, context(plain(f"⚠️ {beside['notice']}{hint}", SMALL))]
    if beside.get("back"):
        blocks.append(context(plain(f"Translated back, it says: {beside['back']}", SMALL)))
    elif beside.get("engine") not in (None, "", "opencc"):
        blocks.append(context(plain(f"Worded by {beside['engine']}", SMALL)))
    return blocks


def _cancel(number: str) -> Block:
    return button("Cancel", CANCEL, number)
