"""`/docent`: from the signed command to what its caller alone sees, and to every visitor."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from standins.slack import labels

from bot.errors import SendFailed
from bot.store import cases, log
from bot.store.tables import desk_events, messages

from .slack_room import ADA, DESK, Room, open_room

HALL = "C0HALL"


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    """A desk that sends at once, and another channel."""
    async with open_room(tmp_path) as opened:
        opened.slack.add_channel(HALL, "hall")
        yield opened


@pytest.fixture
async def slow_room(tmp_path: Path) -> AsyncIterator[Room]:
    """A desk where an announcement can be taken back for a minute."""
    async with open_room(tmp_path, undo=60) as opened:
        yield opened


async def ask(room: Room, text: str, user: str = ADA, channel: str = DESK) -> dict[str, Any]:
    """Uses the command, and returns what its caller alone was shown."""
    before = len(room.slack.ephemerals(user))
    await room.do(room.driver.slash, user, "/docent", text, channel)
    await room.until(lambda: len(room.slack.ephemerals(user)) > before)
    shown = room.slack.ephemerals(user)[before]
    return dict(shown)


async def pressed(room: Room, shown: dict[str, Any], name: str, channel: str = DESK) -> str:
    """Presses a button of what was shown, and returns what is to be read by then."""
    before = room.slack.ephemerals(ADA)
    await room.do(room.driver.press, ADA, channel, shown["ts"], name)
    await room.until(lambda: room.slack.ephemerals(ADA) != before)
    return str(room.slack.ephemerals(ADA))


def speaks(room: Room, language: str, person: str) -> None:
    room.database.now(log.change_conversation, f"messenger:{person}", language=language)


# -- lists and searching --------------------------------------------------------------------------


async def test_help_and_the_nearest_command(room: Room) -> None:
    for text, said in (
        ("", "/docent find D-1005"),
        ("help", "/docent say TEXT"),
        ("opne", "Did you mean: /docent open?"),
        ("你好 hello", "is no command"),
        ("open kitchen", "There is no department"),
        ("say", "Say what?"),
    ):
        assert said in str(await ask(room, text)), text


async def test_lists_of_cases(room: Room) -> None:
    first = await room.ask("几点 open?", name="李 Lei")
    second = await room.ask("lost my 伞", person="8")
    await room.claimed(second)
    room.database.now(cases.change_case, second.id, department="access")
    everything = str(await ask(room, "open"))
    assert everything.index(first.ref) < everything.index(second.ref)
    mine = str(await ask(room, "mine"))
    assert (second.ref in mine, first.ref in mine) == (True, False)
    assert "Overdue: none" in str(await ask(room, "overdue"))
    assert first.ref not in str(await ask(room, "open access"))


async def test_a_case_is_found_with_its_last_words(room: Room) -> None:
    case = await room.ask("我的圍巾丢了 scarf", name="李 Lei")
    room.add("在恐龙厅 near the dinosaurs", name="李 Lei")
    point = case.slack_ts.replace(".", "")
    for text in ("find D-1001", "find d1001", "D-1001", "find 围巾", "find LEI"):
        shown = await ask(room, text)
        for said in (case.ref, "李 Lei", "在恐龙厅 near the dinosaurs", point):
            assert said in str(shown), text
        assert labels(shown) == ["Claim", "Open thread"]


async def test_several_are_listed_and_none_is_said_to_be_none(room: Room) -> None:
    one, two = await room.ask("伞 umbrella"), await room.ask("my umbrella", person="8")
    shown = str(await ask(room, "find umbrella"))
    assert one.ref in shown
    assert two.ref in shown
    assert "No case was found for “帽子 hat”" in str(await ask(room, "find 帽子 hat"))


async def test_it_works_in_any_channel_and_its_buttons_too(room: Room) -> None:
    case = await room.ask("伞 umbrella")
    shown = await ask(room, "find umbrella", channel=HALL)
    assert f"You have {case.ref} now" in await pressed(room, shown, "Claim", HALL)
    assert room.case(case.id).owner_id == ADA
    assert room.slack.messages(HALL) == []


async def test_who_is_no_full_member_sees_and_does_nothing(room: Room) -> None:
    case = await room.ask("secret 秘密")
    for kind in ("is_restricted", "is_stranger", "is_bot"):
        user = f"U0{kind[3:].upper()}"
        room.slack.add_user(user, "Eve", **{kind: True})
        for text in ("open", "find 秘密", "say 大家好 all"):
            shown = str(await ask(room, text, user))
            assert "Nothing was done: you are" in shown
            assert "secret" not in shown
            assert case.ref not in shown
    assert [row for row in room.rows(desk_events) if row.kind == "announcement"] == []


async def test_a_visitors_words_cannot_ping_or_format(room: Room) -> None:
    await room.ask("<!here> *x* <https://evil.example|y>", name="<@U0BEN>")
    for text in ("open", "find evil", "find <!here>"):
        shown = str(await ask(room, text))
        assert "<!here>" not in shown
        assert "<@U0BEN>" not in shown
        assert "<https://evil" not in shown


# -- announcements --------------------------------------------------------------------------------

TEXT = "say en: The galleries are closed today. zh: 今天展厅关闭。"


async def three_wait(room: Room) -> None:
    for person, language in (("1", "en"), ("2", "zh-Hans"), ("3", "zh-Hant")):
        await room.ask("人工 please", person=person)
        speaks(room, language, person)


async def test_everybody_who_waits_reads_it_in_their_language(room: Room) -> None:
    await three_wait(room)
    shown = await ask(room, TEXT)
    assert labels(shown) == ["Send to 3 visitors", "Cancel"]
    assert "今天展廳關閉。" in str(shown)
    assert room.replies == []
    assert "On its way to 3 visitors." in await pressed(room, shown, "Send to 3 visitors")
    await room.until(lambda: len(room.replies) == 3)
    assert room.replies == [
        "The galleries are closed today.",
        "今天展厅关闭。",
        "今天展廳關閉。",
    ]
    case = room.case(1)
    assert (case.state, case.owner_id, case.first_reply_at) == ("queued", None, None)
    await room.until(lambda: "told everybody who waits" in room.thread(case))
    lines = [str(m) for m in room.slack.thread(DESK, case.slack_ts)]
    assert len([line for line in lines if "told everybody who waits" in line]) == 1
    said = "told 3 visitors: The galleries are closed today."
    await room.until(lambda: said in str(room.slack.roots(DESK)))


async def test_pressed_twice_it_is_sent_once_and_the_way_back_stays(slow_room: Room) -> None:
    room = slow_room
    await three_wait(room)
    shown = await ask(room, TEXT)
    with room.slack.changing():
        wanted = (ADA, DESK, shown["ts"], "Send to 3 visitors", None, None)
        presses = [room.driver._press_payload(*wanted) for _ in range(2)]
    for press in presses:
        await room.do(room.driver.deliver_form, {"payload": json.dumps(press)})
    await room.until(lambda: [row.state for row in _presses(room)] == ["done", "done"])
    await room.until(lambda: len(room.slack.ephemerals(ADA)) == 2)
    rows = [row for row in room.rows(messages) if row.author == "staff"]
    assert len(rows) == 3
    assert labels(room.slack.ephemerals(ADA)[0]) == ["Take back"]


async def test_taken_back_as_a_whole(slow_room: Room) -> None:
    room = slow_room
    await three_wait(room)
    shown = await ask(room, TEXT)
    await room.do(room.driver.press, ADA, DESK, shown["ts"], "Send to 3 visitors")
    await room.until(lambda: "Take back" in str(room.slack.ephemerals(ADA)))
    await room.do(room.driver.press, ADA, DESK, shown["ts"], "Take back")
    await room.until(lambda: "took the announcement back" in str(room.slack.ephemerals(ADA)))
    assert {r.state for r in room.rows(messages) if r.author == "staff"} == {"cancelled"}
    assert room.replies == []


async def test_what_is_a_note_or_cancelled_is_never_announced(room: Room) -> None:
    await room.ask()
    for text in ("note: strike", "备注：罢工", "en: ok zh: 内部：x", "// x 罢工"):
        assert "It is marked as a note." in str(await ask(room, f"say {text}"))
    assert [row for row in room.rows(desk_events) if row.kind == "announcement"] == []
    shown = await ask(room, TEXT)
    assert "Cancelled; nothing was sent." in await pressed(room, shown, "Cancel")
    await room.quiet()
    assert room.replies == []


async def test_today_reaches_who_only_asked(room: Room) -> None:
    room._heard("Are you open 今天?", "Li Wei", "9")
    assert "no visitor has an open case" in str(await ask(room, "say Closed 闭馆"))
    shown = await ask(room, "say --today en: Closed. zh: 闭馆。")
    assert labels(shown) == ["Send to 1 visitor", "Cancel"]
    await pressed(room, shown, "Send to 1 visitor")
    await room.until(lambda: room.replies == ["Closed."])


async def test_a_failed_delivery_is_told_in_the_thread(room: Room) -> None:
    case = await room.ask()
    await room.quiet()
    room.pocket.failure = SendFailed("blocked 被拉黑", retryable=False, next_step="Ring them.")
    shown = await ask(room, "say en: Closed zh: 闭馆")
    await pressed(room, shown, "Send to 1 visitor")
    await room.until(lambda: "Not delivered" in room.thread(case))


def _presses(room: Room) -> list[Any]:
    return [row for row in room.rows(desk_events) if row.kind == "action"]
