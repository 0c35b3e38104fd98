"""The other direction of Telegram: updates of all kinds, built and posted as Telegram does.

Shapes: core.telegram.org/bots/api#update. Posting: github.com/tdlib/telegram-bot-api,
WebhookActor.cpp: any 2xx is success; what fails is sent again, and what follows in the same chat
waits for it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from itertools import count
from typing import Any

from .telegram_shapes import chat_object
from .wire import Answer, JsonDict, call

SECRET = "a_made-up_secret_word"
# The longest that Telegram waits for an answer is not told; this is the stand-in's patience.
TIMEOUT = 20.0
LONGEST_RETRY_AFTER = 3600
LONGEST_DELAY = 60

_updates = count(700_000_001)
_messages = count(2001)
_queries = count(4_382_000_000_000_001)


def person(number: int, first: str = "Mei 美", last: str = "Lin", **more: Any) -> JsonDict:
    """Build a person; ``language_code`` and ``username`` may follow."""
    return {"id": number, "is_bot": False, "first_name": first, "last_name": last, **more}


def update(at: int | None = None, **content: Any) -> JsonDict:
    """Build an update; its number is the next one unless told."""
    return {"update_id": next(_updates) if at is None else at, **content}


def message(
    chat: int, *, by: JsonDict | None = None, message_id: int | None = None, **content: Any
) -> JsonDict:
    """Build a message of a person in a chat."""
    number = next(_messages) if message_id is None else message_id
    sender = by or person(chat if chat > 0 else 5005, language_code="en")
    frame = {"message_id": number, "from": sender, "chat": chat_object(chat)}
    return {**frame, "date": int(time.time()), **content}


def text(chat: int, words: str, *, at: int | None = None, **around: Any) -> JsonDict:
    """Build the update of a text message."""
    return update(at, message=message(chat, text=words, **around))


def started(chat: int, payload: str = "", **around: Any) -> JsonDict:
    """Build the press on the Start button, or on a link with a payload."""
    entities = [{"type": "bot_command", "offset": 0, "length": 6}]
    words = f"/start {payload}".strip()
    return text(chat, words, entities=entities, **around)


def mention(chat: int, username: str, words: str, **around: Any) -> JsonDict:
    """Build a message in a group that begins with the name of somebody."""
    entities = [{"type": "mention", "offset": 0, "length": len(username) + 1}]
    return text(chat, f"@{username} {words}", entities=entities, **around)


def edited(chat: int, message_id: int, *, at: int | None = None, **content: Any) -> JsonDict:
    """Build that a message says something else now."""
    changed = message(chat, message_id=message_id, edit_date=int(time.time()), **content)
    return update(at, edited_message=changed)


def carrying(chat: int, kind: str, *, at: int | None = None, **around: Any) -> JsonDict:
    """Build a message that carries one of ``CARRIED``."""
    return update(at, message=message(chat, **CARRIED[kind], **around))


def press(
    query_message: JsonDict, data: str, *, by: JsonDict, at: int | None = None, **more: Any
) -> JsonDict:
    """Build a press on a button under a message of the bot."""
    query = {"id": str(next(_queries)), "from": by, "chat_instance": "-3895640521"}
    return update(at, callback_query={**query, "message": query_message, "data": data, **more})


def reaction(chat: int, message_id: int, *emoji: str, old: tuple[str, ...] = ()) -> JsonDict:
    """Build that a person put emoji on a message, or took them back."""
    told = {
        "chat": chat_object(chat),
        "message_id": message_id,
        "user": person(chat if chat > 0 else 5005),
        "date": int(time.time()),
        "old_reaction": [{"type": "emoji", "emoji": each} for each in old],
        "new_reaction": [{"type": "emoji", "emoji": each} for each in emoji],
    }
    return update(message_reaction=told)


def membership(chat: int, bot: JsonDict, status: str) -> JsonDict:
    """Build that a person blocked the bot (kicked), or a group removed it (left)."""
    now = {"user": bot, "status": status, **({"until_date": 0} if status == "kicked" else {})}
    change = {
        "chat": chat_object(chat),
        "from": person(abs(chat)),
        "date": int(time.time()),
        "old_chat_member": {"user": bot, "status": "member"},
        "new_chat_member": now,
    }
    return update(my_chat_member=change)


def migrated(old: int, new: int) -> list[JsonDict]:
    """Build the two service messages of a group that became a supergroup."""
    return [
        update(message=message(old, migrate_to_chat_id=new)),
        update(message=message(new, migrate_from_chat_id=old)),
    ]


def of_no_use(chat: int, bot: JsonDict) -> dict[str, JsonDict]:
    """Build good updates that ask Docent nothing, by name."""
    channel = {"id": -1009000000001, "type": "channel", "title": "News"}
    post = {"message_id": 5, "chat": channel, "date": int(time.time()), "text": "新闻 news"}
    inline = {"id": "9", "from": person(chat), "query": "票 tickets", "offset": ""}
    robot = {"id": 77, "is_bot": True, "first_name": "Echo"}
    poll = {
        **{"id": "5", "question": "好不好?", "options": [], "total_voter_count": 0},
        **{"is_closed": True, "is_anonymous": True, "type": "regular"},
        **{"allows_multiple_answers": False, "allows_revoting": False},
        "members_only": False,
    }
    return {
        "a channel's post": update(channel_post=post),
        "an edited post": update(edited_channel_post={**post, "edit_date": 1}),
        "an inline query": update(inline_query=inline),
        "a business message": update(business_message=message(chat, text="公事 business")),
        "a poll that closed": update(poll=poll),
        "a bot's message": text(chat, "嘟 beep", by=robot),
        "a pinned message": update(
            message=message(chat, pinned_message=message(chat, text="置顶 pinned"))
        ),
        "people who joined": update(message=message(-4001, new_chat_members=[person(9)])),
        "somebody who left": update(message=message(-4001, left_chat_member=person(9))),
        "a group's new title": update(message=message(-4001, new_chat_title="馆友 Friends")),
        "a group's talk": text(-4001, "几点见？ when do we meet?"),
        "the bot was blocked": membership(chat, bot, "kicked"),
        "the bot was removed": membership(-4001, bot, "left"),
        "a kind of tomorrow": update(telepathy={"from": person(chat), "thought": "美"}),
    }


def _file(**more: Any) -> JsonDict:
    name = f"file-{next(_messages)}"
    return {"file_id": name, "file_unique_id": f"u-{name}", "file_size": 20480, **more}


def _size(side: int) -> JsonDict:
    return _file(width=side, height=side)


_PLACE = {"latitude": 51.5194, "longitude": -0.127}
_MOVIE = {"width": 640, "height": 360, "duration": 7, "mime_type": "video/mp4"}
_STICKER = {"type": "regular", "width": 512, "height": 512, "is_animated": False}

# What a message may carry, by name; the kinds of `bot.messages.Attachment` are among the names.
CARRIED: dict[str, JsonDict] = {
    "image": {"photo": [_size(90), _size(320), _size(1280)]},
    "file": {"document": _file(file_name="票 tickets.pdf", mime_type="application/pdf")},
    "voice": {"voice": _file(duration=4, mime_type="audio/ogg")},
    "audio": {"audio": _file(duration=180, title="Tour 导览", mime_type="audio/mpeg")},
    "video": {"video": _file(**_MOVIE)},
    "video_note": {"video_note": _file(length=240, duration=5)},
    "animation": {
        "animation": (_moving := _file(**_MOVIE, file_name="wave.mp4")),
        "document": {key: _moving[key] for key in ("file_id", "file_unique_id", "file_name")},
    },
    "sticker": {"sticker": _file(**_STICKER, is_video=False, emoji="👍")},
    "location": {"location": _PLACE},
    "venue": {
        "venue": {"location": _PLACE, "title": "大门 Main gate", "address": "Museum Street"},
        "location": _PLACE,
    },
    "contact": {"contact": {"phone_number": "+440000000", "first_name": "Ana 安"}},
    "dice": {"dice": {"emoji": "🎲", "value": 4}},
}


def post_update(
    url: str, body: JsonDict | bytes, secret: str | None = SECRET, timeout: float = TIMEOUT
) -> Answer:
    """Post one update once; ``secret=None`` leaves the header out."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Content-Type": "application/json", "Accept-Encoding": "gzip, deflate"}
    if secret is not None:
        headers["X-Telegram-Bot-Api-Secret-Token"] = secret
    return call("POST", url, raw, headers, timeout)


def deliver(
    url: str,
    *updates: JsonDict,
    secret: str | None = SECRET,
    tries: int = 8,
    sleep: Callable[[float], None] = time.sleep,
) -> list[list[int]]:
    """Post updates of one chat until each is taken; return what each try was answered.

    The first retry comes at once, then after 2, 4, 8 seconds and so on, or when Retry-After says.
    """
    return [_deliver(url, each, secret, tries, sleep) for each in updates]


def _deliver(
    url: str, body: JsonDict, secret: str | None, tries: int, sleep: Callable[[float], None]
) -> list[int]:
    statuses: list[int] = []
    delay = 1
    while len(statuses) < tries:
        answer = post_update(url, body, secret)
        statuses.append(answer.status)
        if 200 <= answer.status <= 299:
            break
        hint = min(int(answer.headers.get("retry-after", 0)), LONGEST_RETRY_AFTER)
        if hint == 0 and len(statuses) > 1:
            delay = min(delay * 2, LONGEST_DELAY)
        sleep(hint or (delay if len(statuses) > 1 else 0))
    return statuses
