"""Lays words for a visitor in the log: cut to what their channel carries, buttons made opaque."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.limits import Limits, shorten, split, split_for_choices
from bot.messages import Reply
from bot.store import Connection, Row, log, revisions


def lay(
    connection: Connection,
    conversation_id: str,
    channel: str,
    reply: Reply,
    limits: Limits,
    *,
    author: str,
    language: str,
    author_name: str | None = None,
    author_id: str | None = None,
    in_reply_to: int | None = None,
    case_id: int | None = None,
    not_before: datetime | None = None,
    slack_ts: str | None = None,
    translation: Mapping[str, str] | None = None,
    payload: Mapping[str, Any] | None = None,
) -> list[int]:
    """Writes a reply to the log, ready to be sent; returns the numbers of its messages.

    `translation` is what stands beside the whole of it for staff; it is kept with the first part,
    and so is `payload`, what else is known of the reply.
    """
    numbers: list[int] = []
    parts = cut(reply, limits)
    for index, part in enumerate(parts):
        last = index == len(parts) - 1
        shown = _opaque(connection, conversation_id, reply, limits) if last else []
        held = {revisions.PART_OF: numbers[0]} if numbers else dict(payload or {})
        numbers.append(
            log.add_message(
                connection,
                conversation_id=conversation_id,
                channel=channel,
                direction="out",
                author=author,
                author_name=author_name,
                author_id=author_id,
                text=part,
                language=language,
                payload={**held, **({"choices": shown} if shown else {})},
                state="queued",
                in_reply_to=in_reply_to,
                case_id=case_id,
                not_before=not_before or _response_until(connection, in_reply_to, limits),
                slack_ts=slack_ts if index == 0 else None,
                translation=dict(translation) if translation and index == 0 else None,
            )
        )
    return numbers


def cut(reply: Reply, limits: Limits) -> list[str]:
    """Returns the texts of the messages that a reply becomes."""
    return list((split_for_choices if reply.buttons else split)(reply.text, limits))


def lay_template(connection: Connection, row: Row[Any], name: str) -> None:
    """Lays the message that a platform allows outside its window, once for all that wait."""
    log.add_message(
        connection,
        conversation_id=row.conversation_id,
        channel=row.channel,
        direction="out",
        author="system",
        text=f"[template {name}]",
        language=row.language,
        payload={"template": True},
        state="queued",
        case_id=row.case_id,
    )


def _response_until(
    connection: Connection, in_reply_to: int | None, limits: Limits
) -> datetime | None:
    """Returns until when an answer belongs to the response to the webhook, if it does."""
    if in_reply_to is None or not limits.passive_seconds:
        return None
    asked = log.message(connection, in_reply_to)
    until = None if asked is None else asked.at + timedelta(seconds=limits.passive_seconds)
    return until if until is not None and until > log.now() else None


def _opaque(
    connection: Connection, conversation_id: str, reply: Reply, limits: Limits
) -> list[dict[str, str]]:
    """Gives every button an id that means nothing outside and belongs to this person alone."""
    shown = []
    for button in reply.buttons[: limits.choices]:
        choice_id = secrets.token_urlsafe(12)
        label = shorten(button.label, limits.label, limits.measure)
        log.add_choice(
            connection,
            id=choice_id,
            conversation_id=conversation_id,
            value=button.value,
            label=label,
        )
        shown.append({"id": choice_id, "label": label})
    return shown
