"""What Docent posts to Slack: in order, once, and again after whatever went wrong."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.models.blocks import Block

from bot.channels import slack_posts
from bot.channels.slack_api import MENDABLE, PASSING, SlackApi, SlackRefused, refusal
from bot.errors import SendFailed
from bot.store import cases, queue
from bot.store.tables import case_events, desk_jobs

from .slack_room import ADA, DESK, Room, open_room


@pytest.fixture
async def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Room]:
    """A desk that is quick to try again."""
    monkeypatch.setattr(slack_posts, "BACKOFF", (0.05,))
    monkeypatch.setattr("bot.channels.slack_api.MENDABLE_SECONDS", 0.1)
    async with open_room(tmp_path) as opened:
        yield opened


def api(room: Room, timeout: int = 1) -> SlackApi:
    return SlackApi(room.slack.token, room.slack.api_url, timeout)


def hurry(room: Room, timeout: int = 1) -> None:
    """Lets the desk give Slack less time to answer."""
    posts = room.host.channels["slack"]._workers[1]._handle.__self__  # type: ignore[attr-defined]
    posts._api.client.timeout = timeout


def texts(room: Room, case: Any) -> list[str]:
    return [str(m["text"]) for m in room.slack.thread(DESK, case.slack_ts)]


# -- once, whatever happens -----------------------------------------------------------------------

PASSING_FAULTS: list[dict[str, Any]] = [
    {"error": "internal_error"},
    {"error": "service_unavailable"},
    {"error": "fatal_error"},
    {"error": "request_timeout"},
    {"error": "ratelimited", "status": 429, "retry_after": 1},
    {"status": 500},
    {"status": 503},
    {"error": "invalid_auth"},
    {"error": "token_revoked"},
    {"error": "channel_not_found"},
    {"error": "not_in_channel"},
    {"error": "is_archived"},
]


@pytest.mark.parametrize("fault", PASSING_FAULTS)
async def test_a_card_is_posted_once_after_trouble(room: Room, fault: dict[str, Any]) -> None:
    room.slack.fail_next(2, on="chat.postMessage", **fault)
    await room.ask()
    await room.quiet()
    assert len(room.slack.roots(DESK)) == 1


@pytest.mark.parametrize("fault", PASSING_FAULTS)
async def test_words_are_posted_once_and_in_order_after_trouble(
    room: Room, fault: dict[str, Any]
) -> None:
    case = await room.ask()
    room.slack.fail_next(2, on="chat.postMessage", **fault)
    for number in range(4):
        room.add(f"words {number}")
    await room.quiet()
    assert [text[-7:] for text in texts(room, case)] == [f"words {n}" for n in range(4)]


@pytest.mark.parametrize("where", ["root", "thread"])
async def test_a_post_whose_answer_was_lost_is_not_posted_again(room: Room, where: str) -> None:
    case = await room.ask() if where == "thread" else None
    room.slack.accept_then_drop(on="chat.postMessage")
    if case is None:
        case = await room.ask("lost and found")
    else:
        room.add("lost and found")
    await room.quiet()
    assert str(room.slack.messages(DESK)).count("'text': 'lost and found'") == 1
    assert len(room.slack.roots(DESK)) == 1


async def test_a_post_that_slack_took_too_late_is_not_posted_again(room: Room) -> None:
    case = await room.ask()
    hurry(room)
    room.slack.hang_next(3, on="chat.postMessage")
    room.add("slow words")
    await room.quiet()
    assert len(texts(room, case)) == 1


async def test_a_post_that_slack_never_took_is_posted(room: Room) -> None:
    case = await room.ask()
    hurry(room)
    room.slack.hang_next(3, on="chat.postMessage", taken=False)
    room.add("slow words")
    await room.quiet()
    assert len(texts(room, case)) == 1


async def test_doubt_outlives_a_second_failure(room: Room) -> None:
    case = await room.ask()
    room.slack.accept_then_drop(on="chat.postMessage")
    room.slack.fail_next(2, error="internal_error", on="conversations.replies")
    room.add("doubtful words")
    await room.quiet()
    assert len(texts(room, case)) == 1


async def test_the_same_words_twice_are_two_posts(room: Room) -> None:
    case = await room.ask()
    room.slack.accept_then_drop(on="chat.postMessage")
    room.add("hello")
    room.add("hello")
    await room.quiet()
    assert len(texts(room, case)) == 2


async def test_what_cannot_be_read_back_is_posted(room: Room) -> None:
    case = await room.ask()
    room.slack.fail_next(error="internal_error", on="chat.postMessage")
    room.slack.fail_next(error="missing_scope", on="conversations.replies")
    room.add("doubtful words")
    await room.quiet()
    assert len(texts(room, case)) == 1


@pytest.mark.parametrize("kind", ["root", "visitor"])
async def test_a_post_of_a_process_that_died_is_not_posted_again(room: Room, kind: str) -> None:
    case = await room.ask()
    room.add("once only")
    await room.quiet()
    (job,) = [job for job in room.rows(desk_jobs) if job.kind == kind]

    def die(connection: Any) -> None:
        # As the process left it: Slack was asked, and the answer never heard.
        again = {"state": "working", "reason": None}
        connection.execute(desk_jobs.update().where(desk_jobs.c.id == job.id).values(**again))
        if kind == "root":
            cases.change_case(connection, case.id, slack_channel=None, slack_ts=None)
        queue.recover(connection, everything=True)

    room.database.now(die)
    room.host.wake()
    await room.quiet()
    assert len(room.slack.roots(DESK)) == 1
    assert len(texts(room, case)) == 1
    assert room.case(case.id).slack_ts == case.slack_ts


async def test_a_read_back_turns_the_pages(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.channels.slack_readback.PAGE_SIZE", 2)
    case = await room.ask()
    for number in range(5):
        room.add(f"words {number}")
    await room.quiet()
    room.slack.accept_then_drop(on="chat.postMessage")
    room.add("the last")
    await room.quiet()
    assert len(texts(room, case)) == 6
    assert len(room.slack.calls("conversations.replies")) > 2


async def test_slack_down_for_a_while_loses_nothing(room: Room) -> None:
    case = await room.ask()
    room.slack.down()
    for number in range(3):
        room.add(f"words {number}")
    await asyncio.sleep(0.5)
    room.slack.up()
    await room.quiet()
    assert [text[-7:] for text in texts(room, case)] == [f"words {n}" for n in range(3)]


async def test_a_case_opened_while_slack_is_down_gets_its_card(room: Room) -> None:
    room.slack.down()
    asking = asyncio.create_task(room.ask())
    await asyncio.sleep(0.3)
    room.slack.up()
    await asking
    assert len(room.slack.roots(DESK)) == 1


async def test_the_card_shows_the_state_of_the_moment_it_is_posted(room: Room) -> None:
    room.slack.down()
    asking = asyncio.create_task(room.ask())
    await room.until(lambda: room.rows(desk_jobs))
    job = room.rows(desk_jobs)[0]
    from bot.desk.casework import Person

    room.database.now(room.host.casework.claim, job.case_id, Person("web:ada", "Ada"))
    room.slack.up()
    case = await asking
    await room.quiet()
    assert "Claimed by Ada" in str(room.slack.message(DESK, case.slack_ts))


async def test_one_post_a_second_loses_nothing(tmp_path: Path) -> None:
    async with open_room(tmp_path, rate_limit=True) as room:
        case = await room.ask()
        for number in range(3):
            room.add(f"words {number}")
        await room.quiet()
        assert [text[-7:] for text in texts(room, case)] == [f"words {n}" for n in range(3)]


async def test_a_desk_that_stops_and_starts_goes_on(tmp_path: Path) -> None:
    async with open_room(tmp_path) as room:
        room.slack.down()
        row = room.database.now(_opened, room)
        await asyncio.sleep(0.2)
    async with open_room(tmp_path) as room:
        await room.until(lambda: room.case(row.id).slack_ts)
        assert len(room.slack.roots(DESK)) == 1


def _opened(connection: Any, room: Room) -> Any:
    from bot.desk.casework import Request
    from bot.messages import Inbound
    from bot.store import log

    seq = log.accept(connection, Inbound("messenger", "7", "m1", "Hello"), "en", {})
    assert seq is not None
    log.change_message(connection, seq, state="answered")
    row = log.message(connection, seq)
    assert row is not None
    return room.host.casework.open_case(connection, row, "en", Request("speak_to_human"))


# -- what is final --------------------------------------------------------------------------------


async def test_what_slack_will_not_show_is_at_least_spoken_of(room: Room) -> None:
    case = await room.ask()
    room.slack.fail_next(error="msg_blocks_too_long", on="chat.postMessage")
    room.add("unshowable")
    await room.quiet()
    (said,) = texts(room, case)
    assert "It is in the log" in said


async def test_a_reaction_that_stands_already_is_done(room: Room) -> None:
    case = await room.ask()
    payload = {"ts": case.slack_ts, "name": "tada"}
    for _ in range(2):
        room.database.now(queue.add_job, "react", case.id, payload)
    room.host.wake()
    await room.quiet()
    assert [job.state for job in room.rows(desk_jobs)] == ["done"] * 3


async def test_a_job_that_cannot_succeed_ends_and_the_next_goes_on(room: Room) -> None:
    case = await room.ask()
    gone = {"ts": "1700000000.000100", "name": "tada"}
    room.database.now(queue.add_job, "react", case.id, gone)
    room.database.now(queue.add_job, "no-such-kind", case.id, {"seq": 1})
    room.add("afterwards")
    await room.until(lambda: texts(room, case))
    await room.quiet()
    assert [job.state for job in room.rows(desk_jobs)] == ["done", "dead", "dead", "done"]
    assert "not shown" in [row.what for row in room.rows(case_events)]


async def test_an_offer_that_cannot_be_whispered_is_said_aloud(room: Room) -> None:
    case = await room.ask()
    with room.slack.changing() as workspace:
        workspace.channels[DESK].members.discard(ADA)
    await room.say(ADA, case, "I am not in this channel")
    await room.until(lambda: "kept as a note" in texts(room, case)[-1])


async def test_a_preview_that_comes_too_late_is_left_out(tmp_path: Path) -> None:
    async with open_room(tmp_path, undo=1) as room:
        case = await room.ask()
        await room.claimed(case)
        await room.quiet()
        room.slack.fail_next(
            2, error="ratelimited", status=429, retry_after=1, on="chat.postEphemeral"
        )
        await room.say(ADA, case, "Yes")
        await room.until(lambda: room.replies)
        await room.quiet()
        assert room.slack.ephemerals() == []


# -- every kind of post ---------------------------------------------------------------------------


async def test_words_of_the_web_desk_are_shown_in_the_thread(room: Room) -> None:
    case = await room.ask()
    from bot.desk.casework import Person

    ada = Person("web:ada", "Ada")
    room.database.now(room.host.casework.claim, case.id, ada)
    room.database.now(room.host.casework.staff_says, case.id, ada, "From the web <desk>")
    room.host.wake()
    await room.until(lambda: "From the web &lt;desk&gt;" in room.thread(case))
    await room.until(lambda: room.replies == ["From the web <desk>"])


async def test_every_post_is_block_kit_that_slack_takes(room: Room) -> None:
    case = await room.ask("<b>&", name="A" * 300)
    await room.claimed(case)
    await room.say(ADA, case, "Yes")
    await room.say("U0BEN", case, "No")
    room.add("more" * 3000)
    await room.quiet()
    for call in [*room.slack.calls("chat.postMessage"), *room.slack.calls("chat.update")]:
        assert call.body is not None
        for block in Block.parse_all(call.body["blocks"]):
            block.to_dict()
        assert call.body["text"].strip()
        assert not re.search(r"<(?!date\^|!date\^)", call.body["text"])
    assert room.slack.refused == []


# -- the API --------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", sorted(PASSING))
def test_passing_errors_are_tried_again(code: str) -> None:
    assert refusal(code).retryable
    assert refusal(code).maybe_delivered


@pytest.mark.parametrize("code", sorted(MENDABLE))
def test_mendable_errors_are_tried_again_later_and_say_what_to_do(code: str) -> None:
    error = refusal(code)
    assert error.retryable
    assert (error.retry_after or 0) >= 30
    assert error.next_step.endswith(".")
    assert code in error.reason


@pytest.mark.parametrize("code", ["msg_too_long", "invalid_blocks", "no_text", "no_such_word"])
def test_other_errors_are_final(code: str) -> None:
    assert not refusal(code).retryable


async def test_slack_unreached_is_certainly_not_posted(room: Room) -> None:
    room.slack.down()
    with pytest.raises(SendFailed) as failed:
        await api(room).call("chat.postMessage", channel=DESK, text="x")
    assert failed.value.retryable
    assert not failed.value.maybe_delivered
    room.slack.up()


async def test_a_late_answer_is_maybe_posted(room: Room) -> None:
    room.slack.hang_next(3, on="chat.postMessage")
    with pytest.raises(SendFailed) as failed:
        await api(room).call("chat.postMessage", channel=DESK, text="x")
    assert failed.value.retryable
    assert failed.value.maybe_delivered


async def test_retry_after_is_kept_without_asking_again(room: Room) -> None:
    room.slack.rate_limit_next(1, retry_after=7, on="chat.postMessage")
    slow = api(room)
    for _ in range(2):
        with pytest.raises(SendFailed) as failed:
            await slow.call("chat.postMessage", channel=DESK, text="x")
        assert 5 < (failed.value.retry_after or 0) <= 7
    assert len(room.slack.calls("chat.postMessage")) == 1


async def test_a_refusal_names_slacks_word_and_no_secret(room: Room) -> None:
    with pytest.raises(SlackRefused) as failed:
        await api(room).call(
            "chat.postMessage", channel=DESK, text="very private words", blocks=[{}]
        )
    shown = f"{failed.value} {failed.value.reason} {failed.value.__cause__}"
    assert "private words" not in shown
    assert room.slack.token not in shown
