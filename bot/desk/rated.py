"""What staff see of how content a visitor was, and of praise, as Block Kit; pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.desk.elements import SMALL, TEXT, Block, Post, context, markup, plain, section, translated
from bot.desk.mrkdwn import one_line, to_slack
from bot.desk.ringing import is_slack_id

FACES = {5: "😀", 4: "🙂", 3: "😐", 2: "🙁", 1: "😠"}
# How much of a visitor's words stands on the card.
ON_CARD = 200


def on_card(case: Any) -> list[Block]:
    """Returns the card's line on how content the visitor was, once they have said it."""
    if case.rating is None:
        return []
    words = one_line(case.rating_words or "")
    said = f": {words[:ON_CARD]}{'…' if len(words) > ON_CARD else ''}" if words else ""
    return [context(plain(f"Visitor's rating: {scored(case.rating)}{said}", SMALL))]


def scored(rating: int) -> str:
    """Returns a rating in words: "😀 5 of 5"."""
    return f"{FACES.get(rating, '')} {rating} of 5".strip()


def rating(row: Any, payload: Mapping[str, Any]) -> Post:
    """Returns what a visitor answered, in the thread of the case."""
    head = f"The visitor's rating: {scored(int(payload['rating']))}"
    if not payload.get("has_words"):
        return Post(to_slack(head, TEXT), [context(plain(head, SMALL))])
    blocks = [context(plain(head, SMALL)), section(row.text), *translated(row.translation)]
    return Post(to_slack(f"{head}. {row.text}", TEXT), blocks)


def praise(row: Any, channel: str, payload: Mapping[str, Any]) -> Post:
    """Returns a visitor's praise for all to see, in both languages, and for whom it is.

    Args:
        row: The visitor's message.
        channel: Where they wrote it, as staff call it.
        payload: What the job says: `ref` and `owner` where a case had one.
    """
    head = f"💐 A visitor on {channel} wrote"
    blocks = [context(plain(head, SMALL)), section(row.text), *translated(row.translation)]
    blocks += _earned(payload)
    return Post(to_slack(f"{head}: {row.text}", TEXT), blocks)


def _earned(payload: Mapping[str, Any]) -> list[Block]:
    owner, owner_id, ref = (payload.get(name) for name in ("owner", "owner_id", "ref"))
    if not ref:
        return []
    if owner_id and is_slack_id(str(owner_id)):
        return [context(markup(f"For <@{owner_id}> ({ref})"))]
    return [context(plain(f"For {one_line(owner)} ({ref})" if owner else str(ref), SMALL))]
