"""A corrected translation at the Slack desk: of a waiting reply, and of a visitor's words."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from standins.slack import labels

from bot.desk.rewording import let_go
from bot.store import log
from bot.store.tables import case_events, messages, translations

from .slack_room import ADA, DESK, Room
from .test_slack_translated import ENGLISH, speaks, translating

BETTER = {
    "zh-Hans": ("博物馆开到5:30pm，票价£12。", "博物馆开到5:30pm，票价£12。"),
    "zh-Hant": ("博物馆开到5:30pm，票价£12。", "博物館開到5:30pm，票價£12。"),
}


def fields(room: Room) -> dict[str, str]:
    blocks = room.slack.views(ADA)[-1]["blocks"]
    inputs = [block for block in blocks if block["type"] == "input"]
    return {b["block_id"]: b["element"].get("initial_value", "") for b in inputs}


async def correct(room: Room, ts: str, text: str) -> None:
    """Presses Correct below a post and sends the window with a text."""
    before = len(room.slack.views(ADA))
    await room.press(ADA, ts, "Correct")
    await room.until(lambda: len(room.slack.views(ADA)) > before)
    view_id = room.slack.views(ADA)[-1]["id"]
    await room.do(room.driver.submit, ADA, view_id, {"text": {"text": {"value": text}}})


async def previewed(room: Room) -> dict[str, Any]:
    found = await room.until(
        lambda: [e for e in room.slack.ephemerals(ADA) if "Correct" in labels(e)]
    )
    shown: dict[str, Any] = found[-1]
    return shown


async def posted(room: Room, case: Any, words: str) -> str:
    found = await room.until(
        lambda: [
            m
            for m in room.slack.thread(DESK, case.slack_ts)
            if words in str(m) and "Correct" in labels(m)
        ]
    )
    return str(found[-1]["ts"])


async def goes_at_once(room: Room) -> None:
    """Waits until the correction is shown for its author to judge, and lets it go."""
    await room.until(lambda: "corrected" in str(room.slack.messages(DESK)))
    assert "Undo" in labels(room.slack.ephemerals(ADA)[-1])
    [row] = [r for r in room.rows(messages) if r.author == "staff"]
    assert room.database.now(let_go, row.seq)
    room.host.wake()


def shows(room: Room, case: Any, words: str) -> bool:
    return words in room.thread(case)


def learnt(room: Room) -> list[tuple[str, str]]:
    return [(r.text, r.corrected_by) for r in room.rows(translations) if r.corrected_by]


async def test_a_reply_that_waits_goes_as_it_was_corrected(tmp_path: Path) -> None:
    typed, read = BETTER["zh-Hant"]
    async with translating(tmp_path, undo=30) as (room, _):
        case = await room.ask()
        speaks(room, "zh-Hant")
        await room.claimed(case)
        await room.say(ADA, case, ENGLISH)
        shown = await previewed(room)
        await correct(room, shown["ts"], typed)
        await goes_at_once(room)
        await room.until(lambda: room.replies == [read])
        await room.quiet()
        [row] = [r for r in room.rows(messages) if r.author == "staff"]
        assert (row.translation["text"], row.translation["state"]) == (ENGLISH, "remembered")
        assert learnt(room)[0][1] == "Ada"
        assert "Ada corrected the translation of a reply" in room.thread(case)
        audits = [(r.actor, r.what) for r in room.rows(case_events)]
        assert ("Ada", "corrected a translation") in audits


async def test_a_reply_waits_while_its_window_shows_all_three_texts(tmp_path: Path) -> None:
    async with translating(tmp_path, undo=2) as (room, _):
        case = await room.ask()
        speaks(room, "zh-Hans")
        await room.claimed(case)
        await room.say(ADA, case, ENGLISH)
        shown = await previewed(room)
        await room.press(ADA, shown["ts"], "Correct")
        [view] = await room.until(lambda: room.slack.views(ADA))
        [row] = [r for r in room.rows(messages) if r.author == "staff"]
        assert (row.not_before - log.now()).total_seconds() > 60
        assert fields(room) == {"text": row.text}
        assert ENGLISH in str(view["blocks"])
        assert row.translation["back"] in str(view["blocks"])
        await room.do(room.driver.close_view, ADA, view["id"])
        await room.until(lambda: room.replies == [row.text])
        assert not learnt(room)


async def test_the_next_visitor_reads_the_better_words(tmp_path: Path) -> None:
    async with translating(tmp_path, undo=1) as (room, engine):
        case = await room.ask()
        speaks(room, "zh-Hans")
        await room.claimed(case)
        await room.say(ADA, case, ENGLISH)
        shown = await previewed(room)
        await correct(room, shown["ts"], BETTER["zh-Hans"][0])
        await room.until(lambda: len(room.replies) == 1)
        asked = len(engine.exchanges)
        await room.say(ADA, case, ENGLISH.replace("£12", "£14"))
        await room.until(lambda: len(room.replies) == 2)
        assert room.replies[1] == BETTER["zh-Hans"][0].replace("£12", "£14")
        assert len(engine.exchanges) <= asked + 1  # the way back alone


VISITORS = ["parking 停哪里比较好 3pm？", "几点关门？我想买两张票", "請問幾點關門？"]


async def test_a_visitors_words_are_read_better(tmp_path: Path) -> None:
    async with translating(tmp_path) as (room, _):
        case = await room.ask()
        await room.claimed(case)
        for number, words in enumerate(VISITORS):
            wrong, right = f"Rubbish {number}", f"They ask something, the {number}th."
            seq = room._heard(words, "Li Wei", "7")
            beside = {"text": wrong, "language": "en", "engine": "x", "state": "translated"}
            room.database.now(log.change_message, seq, translation=beside)
            room.database.now(room.host.casework.relay, room.database.now(log.message, seq))
            room.host.wake()
            await correct(room, await posted(room, case, wrong), right)
            await room.until(partial(shows, room, case, right))
            row: Any = room.database.now(log.message, seq)
            assert (row.translation["text"], row.text) == (right, words)
        assert "corrected the translation of the visitor" in room.thread(case)
        assert room.replies == []
        assert len(learnt(room)) == len(VISITORS)


async def test_where_no_engine_answered_a_person_may(tmp_path: Path) -> None:
    async with translating(tmp_path, undo=30) as (room, engine):
        case = await room.ask()
        speaks(room, "zh-Hans")
        await room.claimed(case)
        engine.fail_next(500, 9)
        await room.say(ADA, case, ENGLISH)
        shown = await previewed(room)
        assert "Not translated" in str(shown)
        await correct(room, shown["ts"], BETTER["zh-Hans"][0])
        await goes_at_once(room)
        await room.until(lambda: room.replies == [BETTER["zh-Hans"][1]])
        [row] = [r for r in room.rows(messages) if r.author == "staff"]
        assert row.translation["text"] == ENGLISH
        assert len(learnt(room)) == 1


async def test_a_note_in_the_window_goes_nowhere(tmp_path: Path) -> None:
    async with translating(tmp_path, undo=1) as (room, _):
        case = await room.ask()
        speaks(room, "zh-Hans")
        await room.claimed(case)
        await room.say(ADA, case, ENGLISH)
        shown = await previewed(room)
        await correct(room, shown["ts"], "备注：这个 price 对吗？")
        await room.until(lambda: len(room.replies) == 1)
        assert "备注" not in str(room.replies)
        await room.until(lambda: "Nothing was changed" in str(room.slack.ephemerals(ADA)))


async def test_what_has_gone_out_is_corrected_once(tmp_path: Path) -> None:
    async with translating(tmp_path) as (room, _):
        case = await room.ask()
        speaks(room, "zh-Hant")
        await room.claimed(case)
        await room.say(ADA, case, ENGLISH)
        await room.until(lambda: len(room.replies) == 1)
        ts = await posted(room, case, "The visitor reads")
        await correct(room, ts, BETTER["zh-Hant"][0])
        await room.until(lambda: len(room.replies) == 2)
        assert room.replies[1].endswith(BETTER["zh-Hant"][1])
        await room.quiet()
        assert (len(room.replies), len(learnt(room))) == (2, 1)
        await correct(room, ts, BETTER["zh-Hant"][0])
        await room.until(lambda: "Nothing was sent" in str(room.slack.ephemerals(ADA)))
        assert len(room.replies) == 2
