"""A process dies when a platform has taken a message and nobody wrote it down: it tells us."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from conftest import LIMITS, Clock

from bot.channels.echoes import Marks
from bot.content.voice import Voice
from bot.desk.casework import Person, Request
from bot.messages import Outbound, Receipt, Reply
from bot.outbox import lay
from bot.store import log
from bot.store.database import Database
from bot.store.tables import desk_jobs

from .echoing import SECRET, SIDES, Museum, Side, send_all

TEXTS = ["We are open until 17:30.", "我们开放到下午五点半。", "请book两张ticket 🎟️"]
each_text = pytest.mark.parametrize("text", TEXTS)


@pytest.fixture(params=SIDES, ids=lambda side: side.name)
async def museum(
    request: Any, database: Database, voice: Voice, clock: Clock
) -> AsyncIterator[Museum]:
    side: Side = request.param()
    with side.standin:
        made = Museum(side, database, voice)
        yield made
        for channel in made.channels:
            await channel.close()


@each_text
async def test_what_the_platform_tells_is_not_sent_again(
    museum: Museum, clock: Clock, text: str
) -> None:
    await museum.tell_once()
    seq, behind = museum.lay(text), museum.lay("behind it 在后")
    await museum.die_after_sending()
    outbox, inbox = museum.come_back()
    await send_all(outbox)
    assert museum.texts[1:] == [text], "the telling has its time, and nothing overtakes"
    row = museum.book.row(seq)
    assert (row.state, row.maybe_twice, row.platform_id) == ("queued", True, None)
    taken = museum.side.sent()[1]
    await inbox.accept(museum.side.told(taken))
    await send_all(outbox)
    assert museum.texts[1:] == museum.ended == [text, "behind it 在后"]
    row = museum.book.row(seq)
    assert (row.state, row.maybe_twice, row.platform_id) == ("sent", False, taken.message_id)
    assert museum.book.row(behind).state == "sent"


@each_text
async def test_what_it_does_not_tell_is_sent_again_after_a_while_and_flagged(
    museum: Museum, clock: Clock, text: str
) -> None:
    await museum.tell_once()
    seq, _ = museum.lay(text), museum.lay("behind it 在后")
    await museum.die_after_sending()
    outbox, _ = museum.come_back()
    clock.on(seconds=9.9)
    await send_all(outbox)
    assert museum.texts[1:] == [text]
    clock.on(seconds=0.1)
    await send_all(outbox)
    assert museum.texts[1:] == [text, text, "behind it 在后"]
    assert (museum.book.row(seq).state, museum.book.row(seq).maybe_twice) == ("sent", True)


@each_text
async def test_a_channel_that_never_told_is_not_waited_for(museum: Museum, text: str) -> None:
    seq = museum.lay(text)
    await museum.die_after_sending()
    outbox, _ = museum.come_back()
    await send_all(outbox)
    assert museum.texts == [text, text]
    assert (museum.book.row(seq).state, museum.book.row(seq).maybe_twice) == ("sent", True)


async def test_a_channel_that_has_long_told_nothing_is_not_waited_for(
    museum: Museum, clock: Clock
) -> None:
    await museum.tell_once()
    clock.on(days=31)
    museum.book.heard("还在吗 still there?", museum.side.person, museum.side.name)
    museum.lay("是的 yes")
    await museum.die_after_sending()
    outbox, _ = museum.come_back()
    await send_all(outbox)
    assert museum.texts[1:] == ["是的 yes", "是的 yes"]


def _other_number(mark: str, other: int) -> str:
    return f"{other}.{mark.partition('.')[2]}"


FORGED: dict[str, Callable[[str, int], str | None]] = {
    "another row's number": _other_number,
    "no proof": lambda mark, _: mark.partition(".")[0],
    "a wrong proof": lambda mark, _: mark[:-1] + ("0" if mark[-1] != "0" else "1"),
    "a number too large": lambda mark, _: "9" * 40 + mark[mark.index(".") :],
    "another script's digits": lambda mark, _: "١" + mark[mark.index(".") :],
    "words": lambda *_: "几点开门 when?",
    "nothing": lambda *_: None,
    "the whole of a foreign app's": lambda *_: '{"row": 1, "语言": "zh"}',
}


@pytest.mark.parametrize("kind", FORGED)
async def test_a_forged_number_changes_nothing(museum: Museum, kind: str) -> None:
    await museum.tell_once()
    seq, other = museum.lay("一 one"), museum.lay("二 two", state="sending")
    await museum.die_after_sending()
    _, inbox = museum.come_back()
    before = museum.book.rows()
    taken = museum.side.sent()[1]
    mark = museum.side.mark(taken)
    assert mark == f"{seq}.{mark and mark.partition('.')[2]}"
    told = museum.side.told(taken, mark=FORGED[kind](mark, other))
    assert [each.row for each in told if isinstance(each, Receipt)] in ([], [None])
    await inbox.accept(told)
    assert museum.book.rows() == before


async def test_a_number_told_of_another_person_changes_nothing(museum: Museum) -> None:
    await museum.tell_once()
    museum.lay("一 one")
    await museum.die_after_sending()
    _, inbox = museum.come_back()
    before = museum.book.rows()
    taken = museum.side.sent()[1]
    await inbox.accept(museum.side.told(taken, person="24680002"))
    assert museum.book.rows() == before


async def test_the_platform_may_tell_before_we_have_written_it_down(
    museum: Museum, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox, inbox = museum.process()
    seq = museum.lay("您好 hello")
    channel = museum.channels[-1]
    send = channel.deliver

    async def told_first(person: str, message: Outbound) -> str | None:
        name = await send(person, message)
        await inbox.accept(museum.side.told(museum.side.sent()[-1]))
        assert museum.book.row(seq).state == "sent"
        return name

    monkeypatch.setattr(channel, "deliver", told_first)
    await send_all(outbox)
    row, [taken] = museum.book.row(seq), museum.side.sent()
    assert (row.state, row.maybe_twice, row.platform_id) == ("sent", False, taken.message_id)
    assert museum.ended == ["您好 hello"]
    assert (row.held_by, row.lease_until, row.reason) == (None, None, None)


async def test_what_is_written_down_already_is_told_in_vain(museum: Museum) -> None:
    await museum.tell_once()
    outbox, inbox = museum.process()
    seq = museum.lay("您好 hello")
    await send_all(outbox)
    before = {**museum.book.row(seq)._mapping, "receipt": None}
    for _ in range(3):
        await inbox.accept(museum.side.told(museum.side.sent()[-1]))
    assert {**museum.book.row(seq)._mapping, "receipt": None} == before
    assert museum.ended == ["您好 hello"]


async def test_what_went_twice_before_it_was_told_stays_flagged(
    museum: Museum, clock: Clock
) -> None:
    await museum.tell_once()
    seq = museum.lay("两次 twice")
    await museum.die_after_sending()
    museum.come_back()
    clock.on(seconds=11)
    await museum.die_after_sending()
    outbox, inbox = museum.come_back()
    for taken in museum.side.sent()[1:]:
        await inbox.accept(museum.side.told(taken))
    clock.on(seconds=60)
    await send_all(outbox)
    assert museum.texts[1:] == ["两次 twice"] * 2
    assert (museum.book.row(seq).state, museum.book.row(seq).maybe_twice) == ("sent", True)


async def test_a_lost_answer_waits_for_the_telling_too(museum: Museum, clock: Clock) -> None:
    await museum.tell_once()
    outbox, inbox = museum.process()
    seq = museum.lay("断了 broken")
    museum.side.standin.accept_then_drop(1)
    await send_all(outbox)
    clock.on(seconds=9)
    await send_all(outbox)
    assert museum.texts[1:] == ["断了 broken"]
    await inbox.accept(museum.side.told(museum.side.sent()[1]))
    clock.on(seconds=60)
    await send_all(outbox)
    assert museum.texts[1:] == ["断了 broken"]
    assert (museum.book.row(seq).state, museum.book.row(seq).maybe_twice) == ("sent", False)


async def test_a_reply_of_staff_is_marked_as_delivered(museum: Museum, database: Database) -> None:
    await museum.tell_once()
    casework, talk = museum.casework, f"{museum.side.name}:{museum.side.person}"
    asked = museum.book.heard("找人 a person", museum.side.person, museum.side.name)

    def claimed(connection: Any) -> int:
        row = log.message(connection, asked)
        assert row is not None
        case = casework.open_case(connection, row, "en", Request("speak_to_human"))
        casework.claim(connection, case.id, Person("U1", "Ana"))
        return int(case.id)

    more = {"author": "staff", "language": "en", "case_id": database.now(claimed)}
    await send_all(museum.process()[0])
    [seq] = database.now(lay, talk, museum.side.name, Reply("您好 hello"), LIMITS["web"], **more)
    museum.book.change(seq, slack_ts="1.2")
    await museum.die_after_sending()
    _, inbox = museum.come_back()
    assert museum.book.rows(desk_jobs, kind="react") == []
    for _ in range(2):
        await inbox.accept(museum.side.told(museum.side.sent()[-1]))
    [job] = museum.book.rows(desk_jobs, kind="react")
    assert job.payload == {"ts": "1.2", "name": "white_check_mark"}
    assert museum.book.row(seq).state == "sent"


async def test_only_the_number_travels(museum: Museum) -> None:
    outbox, _ = museum.process()
    seq = museum.lay("秘密 a secret")
    await send_all(outbox)
    [taken] = museum.side.sent()
    number, _, proof = (museum.side.mark(taken) or "").partition(".")
    assert (number, len(proof), SECRET in proof) == (str(seq), 16, False)


@pytest.mark.parametrize("person", ["447700900123", "US.13491208655302741918", "24680001"])
def test_a_mark_is_of_one_channel_one_secret_and_one_person(person: str) -> None:
    marks = Marks("whatsapp", SECRET)
    mark = marks.mark(person, 41)
    assert marks.read(mark, [None, "somebody", person]) == (person, 41)
    assert marks.read(mark, ["somebody", 7, None]) is None
    assert Marks("messenger", SECRET).read(mark, [person]) is None
    assert Marks("whatsapp", "another 别的").read(mark, [person]) is None
    assert Marks("whatsapp", "").read(mark, [person]) is None
    assert (marks.mark(person, 0), Marks("whatsapp", "").mark(person, 41)) == ("", "")
