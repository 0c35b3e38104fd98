"""The inbox and the messages that come in one go: together, in order, once, and in good time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import claims
import pytest
import sqlalchemy as sa
from conftest import Book, Clock
from test_inbox import Desk

from bot.content.voice import Voice
from bot.desk.casework import Casework
from bot.dialogue import Turn
from bot.errors import TurnFailed
from bot.messages import Attachment, Reply
from bot.pacing import LONGEST_QUIET, QUIET
from bot.store import claiming, log, queue
from bot.store.database import Database
from bot.store.tables import cases as case_table
from bot.store.tables import choices, conversations
from bot.translate import Translation

UNCLEAR: Mapping[str, Any] = {"decision": "clarify", "intent": {"name": "nlu_fallback"}}
GREETING: Mapping[str, Any] = {"decision": "service", "intent": {"name": "greeting"}}
OPENING: Mapping[str, Any] = {
    "decision": "answer",
    "intent": {"name": "faq"},
    "questions": [{"topic": "faq/opening_hours"}],
}
READ = {
    "hi": GREETING,
    "你好": GREETING,
    "are you open": OPENING,
    "on sunday?": OPENING,
    "周日": UNCLEAR,
    "开门吗": OPENING,
    "hm the": UNCLEAR,
}


class Pieces(Desk):
    """An inbox whose model knows these texts, alone and together."""

    def __init__(self, database: Database, casework: Casework, voice: Voice) -> None:
        super().__init__(database, casework, voice)
        self.script.read = self._read  # type: ignore[method-assign]
        self.script.turns = []

    async def _read(self, text: str) -> dict[str, Any]:
        lines = [READ.get(line, OPENING) for line in text.split("\n")]
        return dict(OPENING if OPENING in lines else lines[0])

    def says(self, text: str, parsed: Mapping[str, Any]) -> Turn:
        """Makes a turn that was read in this way."""
        event = {"event": "user", "timestamp": 0.0, "parse_data": dict(parsed)}
        return Turn([event], [Reply(text)])

    async def write(self, *texts: str, **more: Any) -> None:
        """Accepts messages of one delivery."""
        await self.inbox.accept([self.message(text, **more) for text in texts])

    @property
    def asked(self) -> list[str]:
        """What the dialogue was asked."""
        return [each[1] for each in self.script.asked]


@pytest.fixture
def desk(database: Database, casework: Casework, voice: Voice, clock: Clock) -> Pieces:
    return Pieces(database, casework, voice)


def ends(book: Book) -> list[tuple[str, str | None]]:
    return [(row.state, row.reason) for row in book.rows(direction="in")]


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (["hi", "are you open", "on sunday?"], "are you open\non sunday?"),
        (["你好", "周日", "开门吗"], "周日\n开门吗"),
        (["hi", "周日", "are you open"], "周日\nare you open"),
    ],
    ids=str,
)
async def test_pieces_are_answered_once_and_the_log_says_with_which(
    desk: Pieces, book: Book, texts: list[str], words: str
) -> None:
    await desk.write(*texts)
    assert await desk.answer()
    assert not await desk.answer()
    assert desk.asked == [words]
    *_, last = book.rows(direction="in")
    joined = ("answered", f"answered with message {last.seq}")
    assert ends(book) == [joined, joined, ("answered", "answered")]
    [reply] = book.rows(direction="out")
    assert (reply.in_reply_to, reply.language) == (last.seq, last.language)
    assert book.talk().due_at is None


@pytest.mark.parametrize("texts", [["hi", "are you open"], ["你好", "开门吗"], ["hi", "开门吗"]])
@pytest.mark.parametrize(("seconds", "together"), [(3.9, True), (4.1, False)])
async def test_what_came_long_after_is_no_piece_however_long_both_waited(
    desk: Pieces, book: Book, clock: Clock, texts: list[str], seconds: float, together: bool
) -> None:
    await desk.write(texts[0])
    clock.on(seconds=seconds)
    await desk.write(texts[1])
    while await desk.answer():
        clock.on(seconds=5)
    assert len(book.rows(direction="out")) == (1 if together else 2)
    assert all(state == "answered" for state, _ in ends(book))


async def test_several_questions_are_answered_each_and_in_order(desk: Desk, book: Book) -> None:
    texts = ["Is it free?", "几点开门？", "有 wifi 吗?", "Can I park?"]
    desk.script.read = Desk(desk.database, desk.casework, desk.voice).script.read  # type: ignore[method-assign]
    await desk.inbox.accept([desk.message(text) for text in texts])
    while await desk.answer():
        pass
    assert [each[1] for each in desk.script.asked] == texts
    assert ends(book) == [("answered", "answered")] * 4


@pytest.mark.parametrize("text", ["hi", "你好", "hm the"])
async def test_what_says_little_is_waited_with_until_the_visitor_is_silent(
    desk: Pieces, book: Book, clock: Clock, text: str
) -> None:
    desk.script.turns = [desk.says("您好 hello", READ[text])]
    await desk.write(text)
    assert await desk.answer()
    assert not await desk.answer()
    assert book.rows(direction="out") == []
    assert ends(book) == [("received", "waits for more")]
    clock.at += QUIET
    assert await desk.answer()
    assert len(book.rows(direction="out")) == 1
    assert ends(book) == [("answered", "answered")]
    # Thought once, although it was taken twice, and no try was used up.
    assert desk.asked == [text]
    assert book.rows(direction="in")[0].attempts == 0


@pytest.mark.parametrize(
    ("text", "more"), [("hi", "are you open"), ("你好", "开门吗"), ("hi", "开门吗")]
)
async def test_what_comes_meanwhile_is_answered_with_it(
    desk: Pieces, book: Book, clock: Clock, text: str, more: str
) -> None:
    desk.script.turns = [desk.says("hello", GREETING), desk.says("9 到 5", OPENING)]
    await desk.write(text)
    await desk.answer()
    clock.on(seconds=0.8)
    await desk.write(more)
    clock.at += QUIET
    assert await desk.answer()
    assert desk.asked == [text, more]
    assert [row.text.split("\n")[0] for row in book.rows(direction="out")] == ["9 到 5"]


async def test_who_keeps_writing_pieces_waits_four_seconds_and_no_longer(
    desk: Pieces, book: Book, clock: Clock
) -> None:
    began = clock.at
    while not book.rows(direction="out"):
        desk.script.turns = [desk.says("哪个 which?", UNCLEAR)]
        await desk.write("hm the")
        await desk.answer()
        clock.on(seconds=1)
        await desk.answer()
    assert LONGEST_QUIET <= clock.at - began <= LONGEST_QUIET + QUIET
    assert len(book.rows(direction="out")) == 1


async def test_a_clear_question_waits_for_nothing(desk: Pieces, book: Book) -> None:
    desk.script.turns = [desk.says("9 to 5", OPENING)]
    await desk.write("are you open")
    assert await desk.answer()
    assert len(book.rows(direction="out")) == 1


async def test_unclear_words_before_a_question_of_its_own_wait_for_nothing(
    desk: Pieces, book: Book
) -> None:
    desk.script.turns = [desk.says("哪个 which?", UNCLEAR), desk.says("9 to 5", OPENING)]
    await desk.write("can the moon be seen 月亮?", "are you open")
    desk.script.read = lambda text: asyncio.sleep(0, dict(READ.get(text, UNCLEAR)))  # type: ignore[method-assign,misc]
    while await desk.answer():
        pass
    assert len(book.rows(direction="out")) == 2


# -- what ends a bundle -----------------------------------------------------------------------


async def test_a_file_a_button_and_an_event_stand_for_themselves(desk: Pieces, book: Book) -> None:
    image = Attachment("image", "https://cdn.example/1.jpg")
    await desk.write("are you open")
    await desk.inbox.accept([desk.message("on sunday?", attachments=(image,))])
    await desk.inbox.accept([desk.message("on sunday?", choice="c1")])
    await desk.inbox.accept([desk.message("on sunday?", means="greeting", act="click")])
    await desk.inbox.accept([desk.message("on sunday?", place={"thread": "2 楼"})])
    while await desk.answer():
        pass
    assert desk.asked == ["are you open", *["on sunday?"] * 4]
    assert set(ends(book)) == {("answered", "answered")}


async def test_while_a_form_asks_each_message_is_an_answer(
    desk: Pieces, database: Database
) -> None:
    await desk.write("hm the", "on sunday?", "周日")
    asks = [{"event": "active_loop", "name": "lost_property_form"}]
    desk.script.turns = [Turn(asks, [Reply(f"{n}?")]) for n in "123"]
    database.now(log.change_conversation, "messenger:7", memory=asks)
    while await desk.answer():
        pass
    assert desk.asked == ["hm the", "on sunday?", "周日"]


@pytest.mark.parametrize("speaker", [log.QUEUED, log.HUMAN])
async def test_a_person_gets_each_message_at_once_and_for_itself(
    desk: Pieces, book: Book, speaker: str
) -> None:
    await desk.hear("are you open")
    desk.claim()
    book.speaker(speaker)
    desk.script.asked.clear()
    await desk.write("hi", "hm the", "周日")
    while await desk.answer():
        pass
    assert desk.asked == []
    assert ends(book)[1:] == [("answered", "relayed")] * 3


async def test_who_takes_over_meanwhile_gets_each_message_for_itself(
    desk: Pieces, book: Book
) -> None:
    await desk.hear("are you open")
    said = len(book.rows(direction="out"))
    desk.script.meanwhile = desk.claim
    await desk.write("hi", "周日", "开门吗")
    while await desk.answer():
        desk.script.meanwhile = None
    assert ends(book)[1:] == [("answered", "relayed")] * 3
    assert len(book.rows(direction="out", author="bot")) == said


async def test_the_case_of_a_question_in_pieces_has_all_of_it(desk: Pieces, book: Book) -> None:
    wish = {"reason": "speak_to_human", "sentence": "handoff_open"}
    desk.script.turns = [Turn([], case=wish)]
    await desk.write("are you open", "on sunday?")
    await desk.answer()
    assert [case.question for case in book.rows(case_table)] == ["are you open\non sunday?"]
    assert ends(book)[-1] == ("answered", "answered")


# -- crashes and failures ---------------------------------------------------------------------


async def test_a_bundle_whose_program_dies_is_taken_again_as_a_whole(
    desk: Pieces, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.write("hi", "周日", "开门吗")

    def dies(*_args: Any, **_more: Any) -> None:
        raise KeyboardInterrupt

    asked = await claims.one(desk.inbox)
    assert asked is not None
    with monkeypatch.context() as dead:
        dead.setattr(claiming, "let_go", dies)
        with pytest.raises(KeyboardInterrupt):
            await desk.inbox.answer(asked)
    assert [row.state for row in book.rows(direction="in")] == ["answering", *["received"] * 2]
    assert book.rows(direction="out") == []
    desk.database.now(queue.recover, everything=True)
    assert await desk.answer()
    assert desk.asked == ["周日\n开门吗"] * 2
    assert len(book.rows(direction="out")) == 1


async def test_a_bundle_that_fails_is_tried_again_with_what_came_since(
    desk: Pieces, book: Book, clock: Clock
) -> None:
    desk.script.turns = [TurnFailed("no answer in time")]
    await desk.write("hi", "周日")
    await desk.answer()
    await desk.write("开门吗")
    assert not await desk.answer()
    clock.on(seconds=0.5)
    assert await desk.answer()
    assert desk.asked == ["周日", "周日\n开门吗"]
    assert [row.state for row in book.rows(direction="in")] == ["answered"] * 3


async def test_who_lost_the_claim_says_nothing(desk: Pieces, book: Book, clock: Clock) -> None:
    await desk.write("are you open", "on sunday?")
    slow = await claims.one(desk.inbox)
    assert slow is not None
    clock.on(seconds=queue.LEASE.total_seconds())
    assert await desk.answer()
    await desk.inbox.answer(slow)
    assert len(book.rows(direction="out")) == 1
    assert await desk.answer() is False


# -- fairness and order -----------------------------------------------------------------------


async def test_thirty_who_hang_in_their_turn_do_not_hold_up_the_next(
    desk: Pieces, book: Book, until: Callable[..., Any]
) -> None:
    release = asyncio.Event()
    run = desk.script.run

    async def hang(conversation_id: str, *rest: Any) -> Turn:
        if conversation_id != "messenger:last":
            await release.wait()
        return await run(conversation_id, *rest)

    desk.script.run = hang  # type: ignore[method-assign,assignment]
    for n in range(30):
        await desk.write("are you open", person=f"p{n}")
    await desk.write("开门吗", person="last")
    desk.inbox.worker.start()
    await until(lambda: book.rows(direction="out", conversation_id="messenger:last"))
    assert len(book.rows(direction="out")) == 1
    release.set()
    await until(lambda: len(book.rows(direction="out")) == 31)
    await desk.inbox.worker.stop()


class Asleep:
    """A translator that answers when it is told to."""

    def __init__(self) -> None:
        self.wakes = asyncio.Event()

    async def translate(self, text: str, source: str, target: str) -> Translation:
        """Waits, and translates."""
        await self.wakes.wait()
        return Translation(text.upper(), target, "asleep")


async def test_fifty_who_wait_for_the_translator_do_not_hold_up_the_next(
    desk: Pieces, book: Book, until: Callable[..., Any]
) -> None:
    desk.inbox._translator = engine = Asleep()
    for n in range(50):
        await desk.write("还在吗", person=f"p{n}")
    every = sa.update(conversations).values(speaker=log.QUEUED)
    desk.database.now(lambda c: c.execute(every))
    await desk.write("开门吗", person="last")
    desk.inbox.worker.start()
    await until(lambda: book.rows(direction="out", conversation_id="messenger:last"))
    assert len(book.rows(direction="in", state="answering")) == 50
    engine.wakes.set()
    await desk.inbox.worker.stop()


# -- too fast, too much -----------------------------------------------------------------------


SLOW = {"en": "Is it free?", "zh-Hans": "门票多少钱？", "zh-Hant": "請問門票多少錢？"}


@pytest.mark.parametrize("language", SLOW)
async def test_who_writes_too_fast_is_told_once_and_the_rest_is_kept(
    desk: Pieces, book: Book, voice: Voice, clock: Clock, language: str
) -> None:
    await desk.write(*[f"{SLOW[language]} {n}" for n in range(130)])
    rows = book.rows(direction="in")
    assert [row.state for row in rows] == ["received"] * 120 + ["answered"] * 10
    assert "one visitor may send" in rows[-1].reason
    assert book.texts(direction="out") == [voice.say("too_fast", language)]
    assert book.rows(direction="out")[0].language == language
    clock.on(seconds=61)
    await desk.write(SLOW[language])
    assert book.rows(direction="in")[-1].state == "received"


@pytest.mark.parametrize("text", ["my child has collapsed", "我孩子晕倒了", "help 有人晕倒了"])
async def test_an_emergency_never_comes_too_fast(desk: Pieces, book: Book, text: str) -> None:
    await desk.write(*["Is it free? 免费吗"] * 130)
    await desk.write(text)
    assert book.rows(direction="in")[-1].state == "received"


async def test_a_person_gets_everything_however_fast_it_comes(desk: Pieces, book: Book) -> None:
    await desk.hear("are you open")
    desk.claim()
    said = book.texts(direction="out")
    await desk.write(*["还在吗 there?"] * 150)
    assert {row.state for row in book.rows(direction="in")[1:]} == {"received"}
    assert book.texts(direction="out") == said


async def test_the_same_message_again_does_not_count(desk: Pieces, book: Book) -> None:
    message = desk.message("几点 open?")
    await desk.inbox.accept([message] * 150)
    assert book.talk().arrivals["left"] == 119


async def test_nothing_is_read_of_a_button_that_belongs_to_nobody(
    desk: Pieces, book: Book
) -> None:
    await desk.write("on sunday?", choice="unknown")
    assert await desk.answer()
    assert book.rows(choices) == []


@pytest.mark.parametrize("text", ["Is it free?", "几点开门？", "有 wifi 吗?"])
async def test_what_comes_while_an_answer_is_thought_of_is_taken_when_that_ends(
    desk: Pieces,
    book: Book,
    until: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    text: str,
) -> None:
    monkeypatch.setattr("bot.worker.LOOK_EVERY_SECONDS", 60.0)
    desk.script.seconds = 0.1
    desk.inbox.worker.start()
    await desk.write("are you open")
    await until(lambda: desk.asked == ["are you open"])
    await desk.write(text)
    await until(lambda: len(book.rows(direction="out")) == 2)
    assert desk.asked == ["are you open", text]
    await asyncio.wait_for(desk.inbox.worker.stop(), 3)


async def test_the_line_is_looked_at_once_for_each_message_that_stands_in_it_alone(
    desk: Pieces, book: Book, until: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.worker.LOOK_EVERY_SECONDS", 60.0)
    looks: list[int] = []
    claim = claiming.claim
    monkeypatch.setattr(claiming, "claim", lambda c, most: looks.append(most) or claim(c, most))
    desk.inbox.worker.start()
    await until(lambda: len(looks) == 1)
    for count, text in enumerate(["are you open", "开门吗", "免费 free?"], 1):
        await desk.write(text)
        await until(lambda wanted=count: len(book.rows(direction="out")) == wanted)
    await asyncio.sleep(0.05)
    assert len(looks) == 4
    assert desk.inbox._came == {}
    await asyncio.wait_for(desk.inbox.worker.stop(), 3)


@pytest.mark.parametrize("text", ["hello", "在吗", "hi 在吗"])
async def test_words_that_waited_for_the_visitor_are_told_of_when_they_write(
    desk: Pieces, book: Book, text: str
) -> None:
    await desk.write("are you open")
    assert await desk.answer()
    told = desk.news
    await desk.write(text)
    assert desk.news == told
    seq = book.said("我们找到了 found", author="staff", state="waiting")
    await desk.write(text)
    assert desk.news == told + 1
    assert book.row(seq).state == "queued"
