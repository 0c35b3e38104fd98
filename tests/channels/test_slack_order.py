"""Which Slack events wait for each other, and that a slow translator holds up one thread alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from standins.translators import TranslatorStandin

from bot.channels.slack_intake import event_notice
from bot.channels.slack_order import thread_of
from bot.store import log
from bot.store.tables import messages

from .slack_room import ADA, BEN, open_room

C, ROOT, TS = "C0DESK", "1700000000.000100", "1700000000.000200"
MESSAGE = {"type": "message", "channel": C, "user": "U1", "ts": TS, "thread_ts": ROOT}
BEFORE = {"ts": TS, "thread_ts": ROOT, "text": "旧 old"}
EVENTS: dict[str, dict[str, Any]] = {
    "a message in a thread": MESSAGE,
    "its edit": {
        "type": "message",
        "subtype": "message_changed",
        "channel": C,
        "ts": "1700000001.000000",
        "message": {**BEFORE, "text": "新 new"},
        "previous_message": BEFORE,
    },
    "its deletion": {
        "type": "message",
        "subtype": "message_deleted",
        "channel": C,
        "ts": "1700000001.000000",
        "deleted_ts": TS,
        "previous_message": BEFORE,
    },
    "the deletion of the card": {
        "type": "message",
        "subtype": "message_deleted",
        "channel": C,
        "ts": "1700000001.000000",
        "deleted_ts": ROOT,
        "previous_message": {"ts": ROOT, "text": "card"},
    },
    "a reaction to the card": {
        "type": "reaction_added",
        "user": "U1",
        "reaction": "eyes",
        "item": {"type": "message", "channel": C, "ts": ROOT},
    },
}


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS.keys())
def test_what_happens_in_a_thread_belongs_to_it(event: dict[str, Any]) -> None:
    notice = event_notice({"event": event, "event_id": "Ev1"})
    assert thread_of(notice.payload) == f"{C}:{ROOT}"


def test_a_pressed_button_belongs_to_its_thread_or_its_card() -> None:
    pressed = {"channel": C, "ts": TS, "thread_ts": ROOT}
    assert thread_of(pressed) == f"{C}:{ROOT}"
    assert thread_of({**pressed, "ts": ROOT, "thread_ts": ""}) == f"{C}:{ROOT}"


@pytest.mark.parametrize("payload", [{}, {"event": {}}, {"channel": C}, {"event": {"ts": TS}}])
def test_what_has_no_thread_waits_for_nothing(payload: dict[str, Any]) -> None:
    assert thread_of(payload) is None


async def test_a_slow_translator_holds_up_no_other_thread(tmp_path: Path) -> None:
    with TranslatorStandin() as engine:
        values = {"TRANSLATOR": "libretranslate", "TRANSLATOR_URL": engine.url}
        async with open_room(tmp_path, values=values) as room:
            slow, quick = await room.ask(person="7"), await room.ask(person="8")
            for case, who in ((slow, ADA), (quick, BEN)):
                await room.claimed(case, who)
            room.database.now(log.change_conversation, "messenger:7", language="zh-Hans")
            await room.quiet()
            engine.hang_next(2.0, n=9)
            await room.say(ADA, slow, "The museum is open until 5:30pm.")
            await room.until(lambda: engine.exchanges)
            await room.say(ADA, slow, "note: she waits 她在等")
            await room.say(BEN, quick, "Yes, it is.")
            await room.until(lambda: room.replies)
            assert room.replies == ["Yes, it is."]
            await room.until(lambda: len(room.replies) == 2)
            await room.quiet()
            # In the slow thread the second message waited for the first.
            said = [r.direction for r in room.rows(messages) if r.author_id == ADA]
            assert said == ["out", "note"]
