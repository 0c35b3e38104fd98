"""Every row of the event matrix in docs/staff_desk.md: what happens in Slack, and how it ends.

Each event ends as delivered, as a note, as a no-op, or with a warning that somebody can see.
"""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from standins.slack import labels

from bot.config import ROOT
from bot.content.voice import Voice
from bot.desk.casework import Request
from bot.errors import SendFailed
from bot.store import cases, log
from bot.store.tables import desk_events, desk_jobs, messages

from .slack_room import ADA, BEN, DESK, Room, open_room

SEEN = ("warning", "whisper", "offer", "failed", "transcript")
# How an event's own words begin -> how it ended.
ENDS = {"reply": "delivered", "done": "delivered", "note": "note", "no-op": "no-op"}
ENDS |= {"warning": "warning", "refused": "warning", "undo": "delivered"}


@pytest.fixture
def folder(tmp_path: Path, migrated: Path, voice: Voice, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a database that is set up; the museum's words are read once for all."""
    monkeypatch.setattr("bot.channels.host.load_voice", lambda _: voice)
    shutil.copy(migrated, tmp_path / "docent.db")
    return tmp_path


@pytest.fixture
async def room(folder: Path) -> AsyncIterator[Room]:
    """A desk that sends at once."""
    async with open_room(folder) as opened:
        yield opened


@pytest.fixture
async def slow_room(folder: Path) -> AsyncIterator[Room]:
    """A desk where a reply can be taken back for a minute."""
    async with open_room(folder, undo=60) as opened:
        yield opened


async def end(room: Room) -> str:
    """Waits until all is quiet; returns how the newest event ended. A warning was seen."""
    reason = await room.ended()
    ended = ENDS[reason.partition(":")[0].split()[0]]
    if ended == "warning":
        assert any(job.kind in SEEN for job in room.rows(desk_jobs)), room.story()
    return ended


def offered(room: Room, user: str) -> Any:
    """The last question that somebody was asked."""
    return [each for each in room.slack.ephemerals(user) if labels(each)][-1]


async def begun(room: Room, said: str = "We close at 3") -> tuple[Any, Any]:
    """A case that Ada has, and her reply in it, which was sent."""
    case = await room.ask()
    await room.claimed(case)
    reply = await room.say(ADA, case, said)
    await room.quiet()
    return case, reply


async def test_staff_edits_a_reply(room: Room) -> None:
    case, said = await begun(room)
    await room.do(room.driver.edit, ADA, DESK, said.ts, "We close at 5")
    await room.do(room.driver.retry, 1)
    assert await end(room) == "delivered"
    assert room.replies == ["We close at 3", "Correction: We close at 5"]
    assert "Messenger cannot change what was sent" in room.thread(case)
    await room.do(room.driver.edit, ADA, DESK, said.ts, "note: 5, I think")
    assert await end(room) == "warning"
    assert len(room.replies) == 2


async def test_an_edit_in_time_replaces_what_waits(slow_room: Room) -> None:
    room = slow_room
    case, said = await room.ask(), None
    await room.claimed(case)
    said = await room.say(ADA, case, "我们三点闭馆")
    await room.until(lambda: room.slack.ephemerals(ADA))
    await room.do(room.driver.edit, ADA, DESK, said.ts, "我们五点闭馆")
    await room.until(lambda: len(room.slack.ephemerals(ADA)) == 2)
    first, second = room.slack.ephemerals(ADA)
    assert "我们五点闭馆" in str(second)
    # The button of the first preview takes back what stands there now.
    await room.press(ADA, first["ts"], "Undo")
    await room.until(lambda: [r.state for r in room.rows(messages)][-1] == "cancelled")


async def test_an_edit_that_is_told_twice_by_slack_is_carried_once(room: Room) -> None:
    """The same edit under two event ids, as of a message that was also sent to the channel."""
    _, said = await begun(room)
    await room.do(room.driver.edit, ADA, DESK, said.ts, "We close at 5")
    await room.quiet()
    [event] = [row for row in room.rows(desk_events) if row.kind == "message_changed"]
    twin = {"key": "event:twin", "kind": event.kind, "payload": event.payload, "at": event.at}
    row = {**twin, "state": "queued", "thread": event.thread}
    room.database.now(log.insert_ignoring, desk_events, row)
    room.host.wake()
    assert await room.ended() == "no-op: this edit is known"
    assert len(room.replies) == 2


async def test_a_note_that_becomes_a_reply_is_offered(room: Room) -> None:
    case, _ = await begun(room)
    said = await room.say(ADA, case, "备注：花瓶碎了 the vase broke")
    await room.do(room.driver.edit, ADA, DESK, said.ts, "花瓶碎了 the vase broke")
    assert await end(room) == "note"
    assert len(room.replies) == 1
    question = offered(room, ADA)
    assert labels(question) == ["Send to visitor", "Keep as note"]
    await room.press(ADA, question["ts"], "Send to visitor")
    await room.until(lambda: room.replies[1:] == ["花瓶碎了 the vase broke"])


async def test_an_edit_heard_before_its_message_is_asked_about_and_sent_once(room: Room) -> None:
    _, said = await begun(room)
    await room.do(room.driver.edit, ADA, DESK, said.ts, "We close at 5")
    await room.quiet()
    # As if the message itself had been lost: its edit names a ts that nobody knows.
    lost = f"{float(said.ts) + 1:.6f}"
    event = [row for row in room.rows(desk_events) if row.kind == "message_changed"][-1]
    text = {**event.payload["event"]["message"], "ts": lost, "text": "Lost and found"}
    payload = {**event.payload, "event": {**event.payload["event"], "message": text}}
    row = {"key": "event:lost", "kind": "message_changed", "payload": payload, "at": event.at}
    room.database.now(log.insert_ignoring, desk_events, {**row, "state": "queued"})
    room.host.wake()
    assert await end(room) == "note"
    assert "Lost and found" not in room.replies
    await room.press(ADA, offered(room, ADA)["ts"], "Send to visitor")
    await room.until(lambda: "Lost and found" in room.replies)


async def test_staff_deletes_a_reply(room: Room) -> None:
    case, said = await begun(room)
    await room.do(room.driver.delete, DESK, said.ts)
    assert await end(room) == "warning"
    assert "already delivered. The visitor keeps it" in room.thread(case)
    assert room.replies == ["We close at 3"]


async def test_files_from_staff(room: Room) -> None:
    case, _ = await begun(room)
    await room.do(room.driver.share_file, ADA, DESK, "map.pdf", "Here is 地图", case.slack_ts)
    await end(room)
    assert "Here is 地图" in room.replies


async def test_file_from_a_visitor(room: Room) -> None:
    case = await room.ask()
    seq = room._heard("", "Li Wei", "7")
    sent = {"attachments": [{"kind": "image", "name": "围巾 scarf.jpg"}]}
    room.database.now(log.change_message, seq, payload=sent)
    room.database.now(room.host.casework.relay, room.database.now(log.message, seq))
    room.host.wake()
    await room.until(lambda: "📎" in room.thread(case))


async def test_emoji_reaction(room: Room) -> None:
    case, said = await begun(room)
    for emoji in ("thumbsup", "tada", "white_check_mark", "eyes"):
        await room.do(room.driver.react, BEN, emoji, DESK, said.ts)
        assert await end(room) == "no-op"
        await room.do(room.driver.react, BEN, emoji, DESK, case.slack_ts)
        assert await end(room) == ("warning" if emoji == "eyes" else "no-op"), "Ada has it"
    assert room.case(case.id).owner_id == ADA
    assert room.case(case.id).closed_at is None
    await room.do(room.driver.react, ADA, "white_check_mark", DESK, case.slack_ts)
    assert await end(room) == "delivered"
    assert room.case(case.id).state == "resolved"


async def test_also_send_to_channel(room: Room) -> None:
    case, _ = await begun(room)
    await room.do(room.driver.broadcast, ADA, DESK, case.slack_ts, "For all 大家 to see")
    await room.do(room.driver.retry, 1)
    assert await end(room) == "delivered"
    assert room.replies[1:] == ["For all 大家 to see"]


async def test_bot_workflow_or_other_app_posts(room: Room) -> None:
    case, _ = await begun(room)
    for classic in (True, False):
        await room.do(room.driver.bot_says, DESK, "Fire 演习", case.slack_ts, classic=classic)
        assert await end(room) == "note"
    assert room.notes() == ["Fire 演习", "Fire 演习"]


async def test_first_block_not_rich_text(room: Room) -> None:
    case, _ = await begun(room)
    await room.say(ADA, case, "From an old 手机", blocks=None)
    assert await end(room) == "delivered"
    section = [{"type": "section", "text": {"type": "mrkdwn", "text": "x"}}]
    await room.say(ADA, case, "From a workflow form", blocks=section)
    assert await end(room) == "delivered"
    shared = [{"is_share": True, "text": "said elsewhere", "fallback": "x"}]
    await room.say(ADA, case, "", blocks=None, attachments=shared)
    assert await end(room) == "warning"
    assert room.replies[1:] == ["From an old 手机", "From a workflow form"]
    assert "the forwarded message" in room.thread(case)


async def test_two_staff_reply_at_once(room: Room) -> None:
    case, _ = await begun(room)
    await asyncio.gather(room.say(ADA, case, "from Ada"), room.say(BEN, case, "来自 Ben"))
    await room.quiet()
    assert room.replies[1:] == ["from Ada"]
    question = offered(room, BEN)
    assert labels(question) == ["Send anyway", "Keep as note"]
    await room.press(BEN, question["ts"], "Send anyway")
    await room.quiet()
    if len(room.replies) == 2:
        # Asked before Ada wrote: now Ben is told of her, and asked once more.
        question = offered(room, BEN)
        assert "Ada is replying" in str(question)
        await room.press(BEN, question["ts"], "Send anyway")
    await room.until(lambda: room.replies[1:] == ["from Ada", "来自 Ben"])


async def test_reply_while_the_bot_has_the_visitor(room: Room) -> None:
    case = await room.ask()
    await room.say(ADA, case, "Yes 可以")
    assert await end(room) == "note"
    assert room.replies == []
    await room.press(ADA, offered(room, ADA)["ts"], "Claim and send")
    await room.until(lambda: room.replies == ["Yes 可以"])
    talk = room.database.now(log.conversation, "messenger:7")
    assert talk.speaker == log.HUMAN


@pytest.mark.parametrize(
    ("button", "state"), [("Reopen and send", "claimed"), ("Send as follow-up", "resolved")]
)
async def test_reply_after_resolve(room: Room, button: str, state: str) -> None:
    case, _ = await begun(room)
    await room.press(ADA, case.slack_ts, "Resolve")
    await room.until(lambda: room.case(case.id).state == "resolved")
    await room.say(BEN, case, "One more 还有")
    assert await end(room) == "note"
    question = offered(room, BEN)
    assert labels(question) == ["Reopen and send", "Send as follow-up", "Keep as note"]
    assert "closed" in str(question)
    await room.press(BEN, question["ts"], button)
    await room.until(lambda: room.replies[1:] == ["One more 还有"])
    await room.quiet()
    now = room.case(case.id)
    assert now.state == {"claimed": "waiting"}.get(state, state)
    assert (now.open_key is None) == (state == "resolved")
    talk = room.database.now(log.conversation, "messenger:7")
    assert talk.speaker == (log.CLOSED if state == "resolved" else log.HUMAN)


async def test_a_follow_up_is_refused_while_another_case_is_open(room: Room) -> None:
    case, _ = await begun(room)
    await room.press(ADA, case.slack_ts, "Resolve")
    await room.until(lambda: room.case(case.id).state == "resolved")
    await room.say(ADA, case, "One more 还有")
    await room.quiet()
    other = await room.ask("Me again")
    await room.press(ADA, offered(room, ADA)["ts"], "Send as follow-up")
    assert await end(room) == "warning"
    assert other.ref in room.rows(desk_events)[-1].reason
    assert room.replies == ["We close at 3"]


async def test_visitor_writes_after_resolve(room: Room) -> None:
    case, _ = await begun(room)
    await room.press(ADA, case.slack_ts, "Resolve")
    await room.until(lambda: room.case(case.id).state == "resolved")
    again = await room.ask("还有 a question")
    assert (again.id, again.previous_id) == (case.id + 1, case.id)
    await room.until(lambda: again.ref in room.thread(case))


async def test_nobody_online(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = type(room.host.casework._clock)
    monkeypatch.setattr(clock, "is_staffed", lambda *_: False)
    case = await room.ask("有人吗 anyone?")
    assert case.state == "queued"
    [words] = [row.text for row in room.rows(messages) if row.author == "system"]
    assert "desk" in words or "back" in words or "open" in words


async def stay(room: Room, *texts: str) -> None:
    """Lets the owner write what must stay in the thread."""
    case, _ = await begun(room)
    for text in texts:
        await room.say(ADA, case, text)
        assert await end(room) == "note"
    assert room.replies == ["We close at 3"]


async def test_internal_note_in_the_thread(room: Room) -> None:
    await stay(room, "note: she is rude", "备注:她很凶", ":memo: *内部* : 先等 wait")


async def test_note_with_a_full_width_colon(room: Room) -> None:
    await stay(room, "note：refund?", "备注：退款", "ＮＯＴＥ：退款 refund")


async def test_mention_of_a_colleague_before_a_note(room: Room) -> None:
    await stay(room, "<@U0BEN> note: refund?", "<@U0BEN> 退款", "@alice 备注: x")


async def test_unknown_slack_user(room: Room) -> None:
    case, _ = await begun(room)
    room.slack.add_user("U0NEW", "Nia")
    room.slack.fail_next(error="user_not_found", on="users.info")
    await room.say("U0NEW", case, "Hello 你好")
    assert await end(room) == "warning"
    assert "cannot name just now" in room.thread(case)
    assert room.notes() == ["Hello 你好"]


async def test_delivery_failed(room: Room) -> None:
    case, _ = await begun(room)
    room.pocket.failure = SendFailed("the window is closed", retryable=False, next_step="Wait.")
    await room.say(ADA, case, "Too late 太晚了")
    await room.until(lambda: "Not delivered" in room.thread(case))
    assert "the window is closed" in room.thread(case)
    assert "Wait." in room.thread(case)


async def test_duplicate_event(room: Room) -> None:
    case, _ = await begun(room)
    await room.say(ADA, case, "Once 一次")
    for number in (1, 2, 3):
        await room.do(room.driver.retry, number)
    assert await end(room) == "delivered"
    assert room.replies[1:] == ["Once 一次"]


async def test_channel_gone_or_card_deleted(room: Room) -> None:
    case = await room.ask("Where 在哪里?")
    await room.quiet()
    await room.do(room.driver.delete, DESK, case.slack_ts)
    assert await end(room) == "warning"
    (root,) = room.slack.roots(DESK)
    new = room.case(case.id)
    assert new.slack_ts == root["ts"] != case.slack_ts
    assert "Where 在哪里?" in room.thread(new), "what was said before"


async def test_a_channel_that_was_archived_gives_its_cases_to_the_desk(room: Room) -> None:
    old = "C0OLD"
    room.slack.add_channel(old, "old-desk")
    seq = room._heard("Where 在哪里?", "Li Wei", "7")
    row = room.database.now(log.message, seq)
    case = room.database.now(room.host.casework.open_case, row, "en", Request("speak_to_human"))
    room.database.now(cases.change_case, case.id, slack_channel=old)
    room.host.wake()
    await room.until(lambda: room.case(case.id).slack_ts)
    assert room.case(case.id).slack_channel == old
    with room.slack.changing() as workspace:
        workspace.channels[old].is_archived = True
    room.add("Are you there?")
    await room.until(lambda: room.case(case.id).slack_channel == DESK)
    await room.quiet()
    shown = room.thread(room.case(case.id))
    assert "Are you there?" in shown
    assert "Where 在哪里?" in shown


async def test_resolve_from_slack(room: Room) -> None:
    case, _ = await begun(room)
    await room.press(ADA, case.slack_ts, "Resolve")
    await room.do(room.driver.retry, 1)
    assert await end(room) == "delivered"
    assert room.case(case.id).state == "resolved"
    await room.do(room.driver.react, ADA, "white_check_mark", DESK, case.slack_ts)
    assert await end(room) == "warning"


async def test_channel_shared_with_another_organisation(room: Room) -> None:
    room.slack.add_channel("C0EXT", "with-others", is_ext_shared=True)
    case = await room.ask("Is it free? 免费吗")
    room.database.now(cases.change_case, case.id, slack_channel="C0EXT", slack_ts=None)
    room.add("And on Sunday?")
    await room.until(lambda: room.case(case.id).slack_ts)
    assert room.case(case.id).slack_channel == DESK
    assert room.slack.messages("C0EXT") == []


async def test_message_of_another_kind(room: Room) -> None:
    case, _ = await begun(room)
    for subtype in ("me_message", "reminder_add", "something_new"):
        await room.say(ADA, case, "hm 嗯", subtype=subtype)
        assert await end(room) == "warning"
    assert room.notes() == ["hm 嗯"] * 3


async def test_message_without_words(room: Room) -> None:
    case, _ = await begun(room)
    await room.say(ADA, case, "")
    assert await end(room) == "warning"
    assert "no words" in room.thread(case)


async def test_a_message_whose_deletion_came_first_is_not_sent(room: Room) -> None:
    case, said = await begun(room)
    gone = f"{float(said.ts) + 1:.6f}"
    before = {"thread_ts": case.slack_ts, "ts": gone, "user": ADA, "text": "Oops"}
    event = {"channel": DESK, "deleted_ts": gone, "previous_message": before}
    told = {"payload": {"event": event, "team": "T0DOCENT", "app": "", "bot": ""}}
    row = {**told, "key": "event:gone", "kind": "message_deleted", "state": "queued"}
    room.database.now(log.insert_ignoring, desk_events, {**row, "at": log.now()})
    room.host.wake()
    assert await end(room) == "no-op"
    late = {"key": f"message:{DESK}:{gone}", "kind": "message", "payload": {}, "state": "queued"}
    assert room.database.now(log.insert_ignoring, desk_events, {**late, "at": log.now()}) is None


def test_each_row_of_the_table_has_its_test() -> None:
    page = (ROOT / "docs" / "staff_desk.md").read_text(encoding="utf-8")
    [chapter] = re.findall(
        r"^## What becomes of what happens in Slack\n(.*?)^## ", page, re.M | re.S
    )
    rows = re.findall(r"^\| ([^|]+?) \|", chapter, re.M)[1:]
    names = [re.sub(r"\W+", "_", row.casefold()).strip("_") for row in rows]
    assert len(names) >= 24
    assert [name for name in names if f"test_{name}" not in globals()] == []
