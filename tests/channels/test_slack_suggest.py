"""Suggested answers and saved replies at the Slack desk: one tap sends what was shown."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from standins.slack import control, labels

from bot.store import log
from bot.store.tables import case_events, desk_jobs, messages

from .slack_room import ADA, BEN, DESK, Room, open_room

PARKING = [
    {"topic": "parking", "confidence": 0.81},
    {"topic": "complaint", "confidence": 0.1},
    {"topic": "directions", "confidence": 0.05},
    {"topic": "cycling", "confidence": 0.03},
    {"topic": "wifi", "confidence": 0.01},
]
LANGUAGES = [
    ("en", "Where can I park?", "Tar Lane car park"),
    ("zh-Hans", "停车场在哪里？", "没有自己的停车场"),
    ("zh-Hant", "請問哪裡可以停車？", "沒有自己的停車場"),
    ("zh-Hans", "parking 停哪里比较好？", "没有自己的停车场"),
]


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    """A desk that sends at once."""
    async with open_room(tmp_path) as opened:
        yield opened


async def asked(room: Room, text: str, language: str, ranking: Any = PARKING) -> Any:
    """A case whose visitor asked something that the bot ranked."""
    case = await room.ask(text)
    [row] = [r for r in room.rows(messages) if r.direction == "in"]
    room.database.now(log.change_message, row.seq, ranking=ranking)
    room.database.now(log.change_conversation, "messenger:7", language=language)
    return case


async def offer(room: Room, case: Any, user: str = ADA) -> dict[str, Any]:
    """Asks for suggestions below the visitor's newest words; returns what is shown."""
    before = len(room.slack.ephemerals(user))
    button = await below_words(room, case)
    await room.press(user, button, "Suggest")
    await room.until(lambda: len(room.slack.ephemerals(user)) > before)
    shown: dict[str, Any] = room.slack.ephemerals(user)[-1]
    return shown


async def below_words(room: Room, case: Any) -> str:
    """Lets the visitor write on, and returns the post of those words."""
    language = room.database.now(log.pinned_language, "messenger:7")
    room.add("Are you there? 有人吗?")
    room.database.now(log.change_conversation, "messenger:7", language=language)
    found = await room.until(
        lambda: [m for m in room.slack.thread(DESK, case.slack_ts) if "Suggest" in labels(m)]
    )
    row = [r for r in room.rows(messages) if r.direction == "in"][-1]
    room.database.now(log.change_message, row.seq, ranking=[{"topic": "goodbye", "confidence": 1}])
    return str(found[-1]["ts"])


def said(room: Room) -> list[Any]:
    return [r for r in room.rows(messages) if r.author == "staff" and r.direction == "out"]


def showing(room: Room, words: list[str]) -> list[Any]:
    return [each for each in room.slack.ephemerals(ADA) if texts(each) == words]


def got(room: Room, words: str) -> bool:
    return words in room.replies


def windows(room: Room, count: int) -> bool:
    return len(room.slack.views(ADA)) == count


def texts(post: dict[str, Any]) -> list[str]:
    return [b["text"]["text"] for b in post["blocks"] if b["type"] == "section"]


@pytest.mark.parametrize(("language", "question", "answer"), LANGUAGES[::2] + LANGUAGES[3:])
async def test_one_tap_sends_the_nearest_answer_in_the_visitors_language(
    room: Room, language: str, question: str, answer: str
) -> None:
    case = await asked(room, question, language)
    await room.claimed(case)
    shown = await offer(room, case)
    assert labels(shown) == ["Send", "Edit first"] * 3 + ["Saved replies"]
    assert answer in texts(shown)[0]
    assert ("In English: We have no car park" in str(shown)) is (language != "en")
    await room.press(ADA, shown["ts"], "Send")
    [sent] = await room.until(lambda: room.replies)
    assert answer in sent
    await room.quiet()
    [row] = said(room)
    told = row.translation
    if language == "en":
        assert not told
    else:
        await room.until(lambda: "The visitor reads" in room.thread(case))
        assert (told["engine"], told["state"], told["language"]) == ("faq", "ready", "en")
        assert told["text"].startswith("We have no car park")
    assert "sends a suggested answer: Parking" in room.thread(case)
    assert "On its way" in str(room.slack.ephemerals(ADA))
    audits = [(r.actor, r.what, r.detail) for r in room.rows(case_events)]
    assert ("Ada", "sent a suggestion", "parking") in audits


async def test_two_taps_are_one_reply(room: Room) -> None:
    case = await asked(room, "Where can I park?", "en")
    await room.claimed(case)
    shown = await offer(room, case)
    await asyncio.gather(*(room.press(ADA, shown["ts"], "Send") for _ in range(3)))
    await room.quiet()
    assert len(said(room)) == 1


async def test_nobodys_case_is_claimed_by_a_second_tap(room: Room) -> None:
    case = await asked(room, "停车 where?", "zh-Hant")
    shown = await offer(room, case)
    await room.press(ADA, shown["ts"], "Send")
    again = await room.until(
        lambda: [e for e in room.slack.ephemerals(ADA) if "Claim and send" in labels(e)]
    )
    assert room.replies == []
    assert room.case(case.id).owner_id is None
    await room.press(ADA, again[-1]["ts"], "Claim and send")
    [sent] = await room.until(lambda: room.replies)
    assert "沒有自己的停車場" in sent
    assert room.case(case.id).owner_id == ADA


async def test_a_colleague_is_asked_first(room: Room) -> None:
    case = await asked(room, "Where can I park?", "en")
    await room.claimed(case, ADA)
    shown = await offer(room, case, BEN)
    await room.press(BEN, shown["ts"], "Send")
    again = await room.until(
        lambda: [e for e in room.slack.ephemerals(BEN) if "Send anyway" in labels(e)]
    )
    assert "Ada has this case" in str(again[-1])
    await room.press(BEN, again[-1]["ts"], "Send anyway")
    await room.until(lambda: len(room.replies) == 1)


async def test_nothing_is_sent_that_was_not_offered_to_whoever_presses(room: Room) -> None:
    room.slack.add_user("U0GUEST", "Gus", is_restricted=True)
    case = await asked(room, "Where can I park?", "en")
    await room.claimed(case)
    shown = await offer(room, case)
    value = control(shown, "Send")[1]["value"]
    bogus = ["", "x", "1:2", "9999999:k:0", "1:nokey:0", "1::", "1:k:99999"]
    for user, named in [(BEN, value), ("U0GUEST", value), *((ADA, each) for each in bogus)]:
        with room.slack.changing() as workspace:
            ghost = {**shown, "ts": workspace.next_ts(), "shown_to": user}
            workspace.ephemerals.append(ghost)
        await room.press(user, ghost["ts"], "Send", value=named)
    await room.quiet()
    assert room.replies == []


async def test_a_guest_and_a_closed_case_are_offered_nothing(room: Room) -> None:
    room.slack.add_user("U0GUEST", "Gus", is_restricted=True)
    case = await asked(room, "Where can I park?", "en")
    await room.claimed(case)
    shown = await offer(room, case)
    words = [m for m in room.slack.thread(DESK, case.slack_ts) if "Suggest" in labels(m)][-1]
    await room.press("U0GUEST", words["ts"], "Suggest")
    await room.press(ADA, case.slack_ts, "Resolve")
    await room.until(lambda: room.case(case.id).state == "resolved")
    await room.press(ADA, shown["ts"], "Send")
    await room.press(ADA, words["ts"], "Suggest")
    await room.quiet()
    assert room.replies == []
    assert "Tar Lane" not in str(room.slack.ephemerals("U0GUEST"))
    assert str(room.slack.ephemerals(ADA)).count("so nothing was sent") >= 2


async def test_a_suggestion_can_be_undone(tmp_path: Path) -> None:
    async with open_room(tmp_path, undo=60) as room:
        case = await asked(room, "停车场在哪里？", "zh-Hans")
        await room.claimed(case)
        shown = await offer(room, case)
        await room.press(ADA, shown["ts"], "Send")
        found = await room.until(
            lambda: [e for e in room.slack.ephemerals(ADA) if "Undo" in labels(e)]
        )
        assert "In English" in str(found[-1])
        assert "You wrote" not in str(found[-1])
        await room.press(ADA, found[-1]["ts"], "Undo")
        await room.until(lambda: said(room)[0].state == "cancelled")
        assert room.replies == []


# -- saved replies --------------------------------------------------------------------------------


ANYTHING = {
    "en": "Is there anything else I can help you with?",
    "zh-Hans": "请问还有什么可以帮您的吗？",
    "zh-Hant": "請問還有什麼可以幫您的嗎？",
}


async def test_a_saved_reply_is_chosen_seen_and_sent(room: Room) -> None:
    case = await asked(room, "OK 好的", "en")
    await room.claimed(case)
    shown = await offer(room, case)
    for language, words in ANYTHING.items():
        sent = len(room.replies)
        room.database.now(log.change_conversation, "messenger:7", language=language)
        await room.press(ADA, shown["ts"], "ready:choose", option="Is there anything else?")
        found = await room.until(partial(showing, room, [words]))
        assert len(room.replies) == sent
        await room.press(ADA, found[-1]["ts"], "Send")
        await room.until(partial(got, room, words))
    audits = [(r.what, r.detail) for r in room.rows(case_events)]
    assert audits.count(("sent a saved reply", "anything_else")) == 3


async def test_where_nothing_was_understood_saved_replies_are_there(room: Room) -> None:
    case = await asked(room, "asdf 嗯?", "en", ranking=None)
    await room.claimed(case)
    shown = await offer(room, case)
    assert labels(shown) == ["Saved replies"]
    assert "Nothing in the museum's answers is near to" in str(shown)


# -- changed first --------------------------------------------------------------------------------


def fields(room: Room, user: str = ADA) -> dict[str, str]:
    blocks = room.slack.views(user)[-1]["blocks"]
    inputs = [block for block in blocks if block["type"] == "input"]
    return {b["block_id"]: b["element"]["initial_value"] for b in inputs}


async def send_window(room: Room, user: str = ADA, **changed: str) -> None:
    values = {
        name: {name: {"value": changed.get(name, old)}} for name, old in fields(room).items()
    }
    view_id = room.slack.views(user)[-1]["id"]
    await room.do(room.driver.submit, user, view_id, values)


@pytest.mark.parametrize(("language", "question", "answer"), LANGUAGES[::2])
async def test_edit_first_opens_a_window_that_is_filled_in(
    room: Room, language: str, question: str, answer: str
) -> None:
    case = await asked(room, question, language)
    await room.claimed(case)
    shown = await offer(room, case)
    await room.press(ADA, shown["ts"], "Edit first")
    await room.until(lambda: room.slack.views(ADA))
    assert answer in fields(room)["text"]
    assert ("english" in fields(room)) is (language != "en")
    await send_window(room, text="£2.40 一小时 an hour")
    [sent] = await room.until(lambda: room.replies)
    assert sent.startswith("£2.40")
    await room.until(lambda: "changed" in room.thread(case))


async def test_a_note_sends_nothing_and_an_unchanged_window_the_answer(room: Room) -> None:
    case = await asked(room, "停车场在哪里？", "zh-Hans")
    await room.claimed(case)
    shown = await offer(room, case)
    for count, changed in enumerate(({"text": "备注：先问一下 Ben"}, {}), 1):
        await room.press(ADA, shown["ts"], "Edit first")
        await room.until(partial(windows, room, count))
        assert room.replies == []
        await send_window(room, **changed)
        await room.quiet()
    assert "marked as a note" in str(room.slack.ephemerals(ADA))
    [sent] = await room.until(lambda: room.replies)
    assert "没有自己的停车场" in sent
    assert said(room)[0].translation["engine"] == "faq"


async def test_every_post_was_taken(room: Room) -> None:
    long = "停" * 1400
    case = await asked(room, long, "zh-Hans")
    await room.claimed(case)
    await offer(room, case)
    await room.quiet()
    assert {job.state for job in room.rows(desk_jobs)} == {"done"}
