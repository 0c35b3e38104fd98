"""The inbox: accepted once, answered by whoever speaks, and never left without an answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import claims
import pytest
from conftest import LIMITS, Book, Clock

from bot.content.voice import Voice
from bot.desk.casework import Casework, Person, Request
from bot.dialogue import Turn
from bot.errors import TurnFailed
from bot.inbox import LONGEST_QUESTION, Inbox
from bot.messages import (
    Attachment,
    Button,
    Edited,
    Event,
    Inbound,
    Moved,
    Reacted,
    Receipt,
    Reply,
)
from bot.store import cases, claiming, log
from bot.store.database import Database
from bot.store.tables import cases as case_table
from bot.store.tables import choices, desk_jobs
from bot.translate import NoTranslator, Translation

ANA = Person("U1", "Ana")
CASE = {"reason": "speak_to_human", "sentence": "handoff_open"}


class Script:
    """A dialogue that says what the test tells it to, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.turns: list[Turn | Exception] = []
        self.meanwhile: Callable[[], Any] | None = None
        self.seconds = 0.0

    async def run(
        self,
        conversation_id: str,
        text: str,
        language: str,
        memory: list[dict[str, Any]] | None,
        seq: int,
        choice: str | None = None,
    ) -> Turn:
        """Gives the next turn."""
        self.asked.append((conversation_id, text, language, memory, seq, choice))
        await asyncio.sleep(self.seconds)
        if self.meanwhile is not None:
            self.meanwhile()
        turn = self.turns.pop(0) if self.turns else Turn([{"event": "said"}], [Reply("好 OK")])
        if isinstance(turn, Exception):
            raise turn
        return turn

    async def read(self, text: str) -> dict[str, Any]:
        """Understands every text, and each as something else."""
        return {"decision": "answer", "questions": [{"topic": f"faq/{text}", "text": text}]}


class Desk:
    """An inbox with a scripted dialogue."""

    def __init__(self, database: Database, casework: Casework, voice: Voice) -> None:
        self.database, self.casework, self.voice = database, casework, voice
        self.script = Script()
        self.news = 0
        self.inbox = Inbox(
            database,
            lambda: self.script,  # type: ignore[arg-type,return-value]
            casework,
            voice,
            LIMITS,
            NoTranslator(),
            self._tell,
        )
        self._ids = 0

    def _tell(self) -> None:
        self.news += 1

    def message(self, text: str = "Is it free?", person: str = "7", **more: Any) -> Inbound:
        """Makes a message with an id of its own."""
        self._ids += 1
        given = {"channel": "messenger", "platform_id": f"m.{self._ids}", **more}
        return Inbound(person_id=person, text=text, **given)

    async def answer(self) -> bool:
        """Answers the next message that waits; False where none does."""
        asked = await claims.one(self.inbox)
        if asked is None:
            return False
        await self.inbox.answer(asked)
        return True

    async def hear(self, text: str = "Is it free?", **more: Any) -> None:
        """Accepts a message and answers it."""
        assert await self.inbox.accept([self.message(text, **more)]) == 1
        assert await self.answer()

    def claim(self, conversation_id: str = "messenger:7") -> None:
        """Lets staff take a case, opened for the newest message if there is none."""

        def work(connection: Any) -> None:
            row = log.history(connection, conversation_id)[-1]
            language = row.language or "en"
            case = self.casework.open_case(connection, row, language, Request("complaint"))
            self.casework.claim(connection, case.id, ANA)

        self.database.now(work)


@pytest.fixture
def desk(database: Database, casework: Casework, voice: Voice, clock: Clock) -> Desk:
    return Desk(database, casework, voice)


def said(book: Book, author: str = "bot", channel: str = "messenger") -> list[str]:
    return book.texts(direction="out", author=author, channel=channel)


# -- accept -----------------------------------------------------------------------------------


async def test_a_message_three_times_is_one_message(desk: Desk, book: Book) -> None:
    message = desk.message("几点 open?")
    assert [await desk.inbox.accept([message]) for _ in range(3)] == [1, 0, 0]
    assert await desk.inbox.accept([message, message]) == 0
    assert book.texts() == ["几点 open?"]


async def test_a_message_twice_in_one_batch_is_one_message(desk: Desk, book: Book) -> None:
    message = desk.message("hello?")
    assert await desk.inbox.accept([message, desk.message("别人", "8"), message]) == 2
    assert book.texts() == ["hello?", "别人"]


async def test_twenty_at_once_are_one_message(desk: Desk, book: Book) -> None:
    message = desk.message("同一条 message")
    new = await asyncio.gather(*(desk.inbox.accept([message]) for _ in range(20)))
    assert sum(new) == 1
    assert len(book.rows()) == 1


async def test_nothing_to_accept_is_nothing(desk: Desk, book: Book) -> None:
    assert await desk.inbox.accept([]) == 0
    assert book.rows() == []


@pytest.mark.parametrize(
    ("texts", "locale", "languages"),
    [
        (["When do you close?", "OK", "wifi"], None, ["en", "en", "en"]),
        (["几点关门", "OK", "42", "👍"], None, ["zh-Hans"] * 4),
        (["幾點關門", "wifi?", "你好"], None, ["zh-Hant"] * 3),
        (["👍", "42"], "zh_TW", ["zh-Hant", "zh-Hant"]),
        (["我想book两张ticket", "When do you close?"], None, ["zh-Hans", "en"]),
    ],
)
async def test_the_language_is_pinned(
    desk: Desk, book: Book, texts: list[str], locale: str | None, languages: list[str]
) -> None:
    await desk.inbox.accept([desk.message(text, locale=locale) for text in texts])
    assert [row.language for row in book.rows()] == languages
    assert book.talk().language == languages[-1]


async def test_what_came_with_the_words_is_kept(desk: Desk, book: Book) -> None:
    image = Attachment("image", "https://cdn.example/1.jpg")
    await desk.inbox.accept([desk.message("看 this", attachments=(image,), choice="c9")])
    assert book.rows()[0].payload == {
        "choice": "c9",
        "attachments": [{"kind": "image", "url": "https://cdn.example/1.jpg"}],
    }


@pytest.mark.parametrize(
    ("more", "kept"),
    [
        ({"platform_id": "x" * 200}, {"platform_id": "x" * 200}),
        ({"name": "雷 Lei " * 100}, {"author_name": ("雷 Lei " * 100)[:200]}),
        ({"position": 2**63}, {"position": None}),
        ({"position": -(10**40)}, {"position": None}),
        ({"position": 2**63 - 1}, {"position": 2**63 - 1}),
        ({"message_id": "m"}, {"message_id": "m"}),
    ],
)
async def test_what_has_no_room_is_cut(
    desk: Desk, book: Book, more: dict[str, Any], kept: dict[str, Any]
) -> None:
    assert await desk.inbox.accept([desk.message("你好 hi", **more)]) == 1
    [row] = book.rows()
    assert {name: getattr(row, name) for name in kept} == kept


async def test_endless_ids_are_told_apart(desk: Desk, book: Book) -> None:
    ids = ["长" * 999 + end for end in ("a", "b", "a")]
    await desk.inbox.accept([desk.message(platform_id=each, message_id=each) for each in ids])
    assert len({row.platform_id for row in book.rows()}) == len(book.rows()) == 2
    assert all(len(row.platform_id) <= 200 >= len(row.message_id) for row in book.rows())


async def test_nobody_has_an_endless_name(desk: Desk, book: Book) -> None:
    messages = [desk.message(person="9" * length) for length in (200, 201)]
    assert await desk.inbox.accept(messages) == 1
    assert [row.conversation_id for row in book.rows()] == ["messenger:" + "9" * 200]


async def test_what_happens_later_is_no_message(desk: Desk, book: Book) -> None:
    events: list[Event] = [
        desk.message("一 one", platform_id="m.x"),
        Edited("messenger", "7", "m.x", "二 two"),
        Reacted("messenger", "7", "m.x", "👍"),
        Receipt("messenger", "mid.1", "read"),
        Moved("messenger", "7", "77"),
    ]
    assert await desk.inbox.accept(events) == 1
    [row] = book.rows()
    assert (row.text, row.conversation_id) == ("一 one", "messenger:77")
    assert ([each["text"] for each in row.versions], row.payload["reaction"]) == (["二 two"], "👍")
    assert desk.news == 1


async def test_an_edit_asks_nothing_again(desk: Desk, book: Book) -> None:
    await desk.hear("一 one", platform_id="m.x")
    await desk.inbox.accept([Edited("messenger", "7", "m.x", "二 two")])
    assert not await desk.answer()
    assert len(desk.script.asked) == 1


# -- answer -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "language"),
    [("Is it free?", "en"), ("门票多少钱？", "zh-Hans"), ("我想book兩張票", "zh-Hant")],
)
async def test_the_dialogue_is_asked_and_its_words_are_laid(
    desk: Desk, book: Book, text: str, language: str
) -> None:
    buttons = (Button("交通 way", "faq/directions"),)
    desk.script.turns = [Turn([{"event": "x"}], [Reply("一"), Reply("two", buttons)])]
    await desk.hear(text)
    [asked] = book.rows(direction="in")
    assert desk.script.asked == [("messenger:7", text, language, None, asked.seq, None)]
    first, second = book.rows(direction="out")
    assert (first.text.split("\n")[0], second.text) == ("一", "two")
    assert (first.in_reply_to, first.language, first.author) == (asked.seq, language, "bot")
    assert [choice["label"] for choice in second.payload["choices"]] == ["交通 way"]
    assert (asked.state, asked.reason) == ("answered", "answered")
    assert book.talk().memory == [{"event": "x"}]
    assert desk.news == 1


async def test_the_memory_of_a_turn_is_given_to_the_next(desk: Desk) -> None:
    desk.script.turns = [Turn([{"turn": 1}], [Reply("1")]), Turn([{"turn": 2}], [Reply("2")])]
    await desk.hear("one")
    await desk.hear("第二")
    assert [asked[3] for asked in desk.script.asked] == [None, [{"turn": 1}]]


@pytest.mark.parametrize("text", ["can i park", "可以停车吗", "请问有parking吗"])
async def test_what_was_understood_is_written_with_the_turn(
    desk: Desk, book: Book, text: str
) -> None:
    noted = {
        "topic": "parking",
        "confidence": 0.9,
        "decision": "answer",
        "ranking": [{"topic": "parking", "confidence": 0.9}],
    }
    desk.script.turns = [Turn([], [Reply("好 yes")], understood=noted)]
    await desk.inbox.accept([desk.message(text)])
    await desk.answer()
    [row] = book.rows(direction="in")
    assert {name: getattr(row, name) for name in noted} == noted


async def test_what_was_understood_is_on_the_card_of_its_case(desk: Desk, book: Book) -> None:
    noted = {
        "topic": "speak_to_human",
        "confidence": 0.9,
        "decision": "service",
        "ranking": [{"topic": "speak_to_human", "confidence": 0.9}],
    }
    desk.script.turns = [Turn([], case=dict(CASE), understood=noted)]
    await desk.inbox.accept([desk.message("人工 please")])
    await desk.answer()
    [case] = book.rows(case_table)
    assert case.understood == noted["ranking"]


async def test_nothing_waits_nothing_is_answered(desk: Desk) -> None:
    assert not await desk.answer()


@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant"])
async def test_the_first_answer_says_what_docent_is_and_no_other_does(
    desk: Desk, book: Book, voice: Voice, language: str
) -> None:
    texts = {"en": "Is it free?", "zh-Hans": "门票多少钱", "zh-Hant": "門票多少錢"}
    words = voice.say("disclosure", language)
    desk.script.turns = [
        Turn([{"turn": 1}], [Reply("A"), Reply("B")]),
        Turn([{"turn": 2}], [Reply("C")]),
    ]
    await desk.hear(texts[language])
    await desk.hear(texts[language])
    assert said(book) == [f"A\n\n{words}", "B", "C"]


async def test_the_web_page_says_it_in_its_head(desk: Desk, book: Book) -> None:
    desk.script.turns = [Turn([{"turn": 1}], [Reply("Hello 你好")])]
    await desk.hear("hi", channel="web")
    assert said(book, channel="web") == ["Hello 你好"]


@pytest.mark.parametrize(
    ("message", "key"),
    [
        ({"text": ""}, "empty_message"),
        ({"text": " \n\t "}, "empty_message"),
        ({"text": "x" * (LONGEST_QUESTION + 1)}, "too_long"),
        ({"text": "门票" * LONGEST_QUESTION}, "too_long"),
        ({"text": "", "attachments": (Attachment("image"),)}, "received.image"),
        ({"text": "", "choice": "expired"}, "choice_expired"),
    ],
)
async def test_what_is_no_question_is_answered_without_the_dialogue(
    desk: Desk, book: Book, voice: Voice, message: dict[str, Any], key: str
) -> None:
    await desk.hear("你好")
    desk.script.asked.clear()
    await desk.hear(**message)
    language = book.talk().language
    row = book.rows(direction="out")[-1]
    assert row.text == voice.say(key, language)
    assert [c["label"] for c in row.payload["choices"]] == [voice.say("talk_to_person", language)]
    assert [c.value for c in book.rows(choices)] == ["speak_to_human"]
    assert desk.script.asked == []


async def test_a_text_of_the_greatest_length_is_a_question(desk: Desk) -> None:
    await desk.hear("馆" * LONGEST_QUESTION)
    assert len(desk.script.asked) == 1


async def test_words_with_a_picture_are_a_question(desk: Desk) -> None:
    await desk.hear("what is 这个?", attachments=(Attachment("image"),))
    assert desk.script.asked[0][1] == "what is 这个?"


async def pressed(desk: Desk, book: Book) -> str:
    desk.script.turns = [Turn(None, [Reply("哪个?", (Button("路 way", "faq/directions"),))])]
    await desk.hear("how 去")
    return str(book.rows(direction="out")[-1].payload["choices"][0]["id"])


async def test_a_pressed_button_means_what_was_laid(desk: Desk, book: Book) -> None:
    choice = await pressed(desk, book)
    await desk.hear("路 way", choice=choice)
    assert desk.script.asked[-1][-1] == "faq/directions"


@pytest.mark.parametrize("text", ["", "开始 Start"])
async def test_a_touch_that_means_something_is_a_question(desk: Desk, text: str) -> None:
    await desk.hear(text, means="greeting", act="click")
    [asked] = desk.script.asked
    assert (asked[1], asked[-1]) == (text, "greeting")


async def test_a_pressed_button_wins_over_what_an_event_means(desk: Desk, book: Book) -> None:
    choice = await pressed(desk, book)
    await desk.hear("路 way", choice=choice, means="greeting")
    assert desk.script.asked[-1][-1] == "faq/directions"


@pytest.mark.parametrize("speaker", [log.BOT, log.CLOSED, log.QUEUED, log.HUMAN])
async def test_the_dots_are_shown_while_the_bot_thinks(
    desk: Desk, book: Book, speaker: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.answering.SIGN_AFTER_SECONDS", 0.01)
    thought: list[str] = []
    desk.inbox._thinking = lambda row: thought.append(row.text)
    desk.script.seconds = 0.1
    await desk.hear("几点 open?")
    assert thought == ["几点 open?"]
    desk.claim()
    book.speaker(speaker)
    await desk.hear("周日 Sunday?")
    shown = speaker in (log.BOT, log.CLOSED)
    assert thought == ["几点 open?", *(["周日 Sunday?"] if shown else [])]


async def test_an_answer_that_is_there_at_once_needs_no_dots(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.answering.SIGN_AFTER_SECONDS", 0.3)
    thought: list[str] = []
    desk.inbox._thinking = lambda row: thought.append(row.text)
    await desk.hear("几点 open?")
    await asyncio.sleep(0.4)
    assert thought == []


@pytest.mark.parametrize(("most", "shown"), [(2, True), (1, False)])
async def test_there_are_no_dots_where_many_wait(
    desk: Desk,
    book: Book,
    until: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    most: int,
    shown: bool,
) -> None:
    monkeypatch.setattr("bot.answering.SIGN_AFTER_SECONDS", 0.01)
    monkeypatch.setattr("bot.answering.SIGNS_AT_MOST", most)
    thought: list[str] = []
    desk.inbox._thinking = lambda row: thought.append(row.text)
    desk.script.seconds = 0.2
    desk.inbox.worker.start()
    texts = {"几点 open?", "Is it free?"}
    await desk.inbox.accept([desk.message(text, person=text) for text in texts])
    await until(lambda: len(book.rows(direction="out")) == 2)
    assert set(thought) == (texts if shown else set())
    await asyncio.wait_for(desk.inbox.worker.stop(), 3)


@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant"])
async def test_two_bots_do_not_talk_for_ever(
    desk: Desk, book: Book, voice: Voice, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.pacing.MOST_ANSWERS", 3)
    words = {
        "en": "Thank you for your message",
        "zh-Hans": "感谢您的留言",
        "zh-Hant": "感謝您的留言",
    }
    for _ in range(5):
        await desk.hear(words[language])
    assert len(desk.script.asked) == 3
    [case] = book.rows(case_table)
    assert (case.reason, case.language) == ("many_messages", language)
    *_, told = book.rows(direction="out", case_id=case.id)
    assert told.text.startswith(voice.say("many_messages", language, ref=case.ref))
    assert book.talk().speaker == log.QUEUED


async def test_who_was_given_back_to_the_bot_may_ask_on(
    desk: Desk, book: Book, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.pacing.MOST_ANSWERS", 3)
    for _ in range(4):
        await desk.hear("几点 open?")
    clock.on(minutes=1)
    desk.database.now(desk.casework.back_to_bot, 1, ANA)
    clock.on(minutes=1)
    await desk.hear("周日 Sunday?")
    assert len(desk.script.asked) == 4


async def test_many_answers_over_a_day_are_no_loop(
    desk: Desk, book: Book, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.pacing.MOST_ANSWERS", 3)
    for _ in range(6):
        await desk.hear("还开吗 open?")
        clock.on(minutes=31)
    assert len(desk.script.asked) == 6
    assert book.rows(case_table) == []


@pytest.mark.parametrize("invented", ["faq/directions", "/restart", "speak_to_human", "另"])
async def test_a_button_that_was_never_shown_means_nothing(desk: Desk, invented: str) -> None:
    await desk.hear("some words 几个字", choice=invented)
    assert desk.script.asked[-1][-1] is None


async def test_a_button_of_another_person_means_nothing(desk: Desk, book: Book) -> None:
    choice = await pressed(desk, book)
    await desk.hear("way 路", person="8", choice=choice)
    assert desk.script.asked[-1][-1] is None


# -- people -----------------------------------------------------------------------------------


async def test_a_turn_may_ask_for_a_case(desk: Desk, book: Book) -> None:
    desk.script.turns = [Turn([], case=dict(CASE))]
    await desk.hear("我要找真人")
    [case] = book.rows(case_table)
    assert (case.question, case.reason, case.language) == (
        "我要找真人",
        "speak_to_human",
        "zh-Hans",
    )
    assert book.talk().speaker == log.QUEUED
    [words] = said(book, "system")
    assert case.ref in words


async def test_while_a_case_is_open_messages_go_to_the_desk(desk: Desk, book: Book) -> None:
    desk.script.turns = [Turn([], case=dict(CASE))]
    await desk.hear("a person please")
    desk.script.asked.clear()
    await desk.hear("补充 more")
    row = book.rows(direction="in")[-1]
    assert (row.state, row.reason, row.case_id) == ("answered", "relayed", 1)
    assert desk.script.asked == []
    assert [job.kind for job in book.rows(desk_jobs)][-1] == "visitor"


async def test_an_emergency_is_answered_although_a_person_has_the_conversation(
    desk: Desk, book: Book, voice: Voice
) -> None:
    desk.script.turns = [Turn([], case=dict(CASE))]
    await desk.hear("a person please")
    desk.claim()
    desk.script.asked.clear()
    await desk.hear("我妈晕倒了 help")
    [case] = book.rows(case_table)
    assert (case.priority, desk.script.asked) == ("urgent", [])
    assert voice.say("emergency.injury", "zh-Hans") in said(book, "system")


async def test_a_closed_case_lets_the_bot_speak_again(
    desk: Desk, book: Book, database: Database
) -> None:
    desk.script.turns = [Turn([], case=dict(CASE))]
    await desk.hear("a person please")
    database.now(desk.casework.resolve, 1, ANA)
    assert book.talk().speaker == log.CLOSED
    await desk.hear("谢谢, is it free?")
    assert desk.script.asked[-1][1] == "谢谢, is it free?"
    assert book.talk().speaker == log.BOT


async def test_what_the_bot_thought_while_a_person_took_over_is_not_said(
    desk: Desk, book: Book
) -> None:
    await desk.hear("one")
    before = said(book)
    desk.script.turns = [Turn([{"turn": 2}], [Reply("机器人 answer")])]
    desk.script.meanwhile = desk.claim
    await desk.hear("二")
    row = book.rows(direction="in")[-1]
    assert said(book) == before
    assert (row.state, row.reason, row.case_id) == ("answered", "relayed", 1)
    assert book.talk().speaker == log.HUMAN


async def test_failing_while_a_person_took_over_is_not_said_either(desk: Desk, book: Book) -> None:
    desk.script.turns = [TurnFailed("no answer in time")]
    desk.script.meanwhile = desk.claim
    await desk.hear("帮我 please")
    desk.script.meanwhile = None
    assert said(book) == []


# -- failures ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "error", [TurnFailed("silent"), ValueError("bug"), asyncio.TimeoutError()]
)
async def test_a_failing_turn_is_tried_again(
    desk: Desk, book: Book, clock: Clock, error: Exception
) -> None:
    desk.script.turns = [error]
    await desk.hear("几点 open?")
    assert book.rows(direction="in")[0].state == "received"
    assert not await desk.answer()
    clock.on(seconds=0.5)
    assert await desk.answer()
    assert book.rows(direction="in")[0].state == "answered"
    assert len(said(book)) == 1


@pytest.mark.parametrize(
    ("text", "language"),
    [("Is it free?", "en"), ("门票多少钱", "zh-Hans"), ("我想book兩張票", "zh-Hant")],
)
async def test_a_turn_that_fails_three_times_ends_with_an_apology_and_a_case(
    desk: Desk, book: Book, voice: Voice, clock: Clock, text: str, language: str
) -> None:
    desk.script.turns = [TurnFailed("silent")] * 3
    await desk.hear(text)
    for seconds in (0.5, 2.0):
        assert not await desk.answer()
        clock.on(seconds=seconds)
        assert await desk.answer()
    [case] = book.rows(case_table)
    [words] = said(book, "system")
    assert words.startswith(voice.say("apology_handoff", language, ref=case.ref))
    assert (case.reason, case.language, case.question) == ("failure", language, text)
    assert book.rows(direction="in")[0].state == "answered"
    assert book.talk().speaker == log.QUEUED
    assert said(book) == []


async def test_a_database_that_fails_in_the_commit_leaves_no_half_answer(
    desk: Desk, book: Book, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.script.turns = [Turn([], [Reply("one"), Reply("二")])]

    def fail(*_args: Any, **_values: Any) -> None:
        raise RuntimeError("the disk is full")

    await desk.inbox.accept([desk.message("open? 开吗")])
    with monkeypatch.context() as broken:
        broken.setattr(claiming, "let_go", fail)
        assert await desk.answer()
    assert len(desk.script.asked) == 1
    assert said(book) == []
    assert book.rows(direction="in")[0].state == "received"


async def test_messages_of_one_person_are_answered_in_order(
    desk: Desk, until: Callable[..., Any], book: Book
) -> None:
    texts = ["Is it free?", "几点开门？", "Where is the 洗手间?", "Can I park?", "有 wifi 吗?"]
    await desk.inbox.accept([desk.message(text) for text in texts])
    desk.inbox.worker.start()
    await until(lambda: len(book.rows(direction="in", state="answered")) == 5)
    await asyncio.wait_for(desk.inbox.worker.stop(), 3)
    assert [asked[1] for asked in desk.script.asked] == texts


async def test_a_second_request_finds_the_open_case(desk: Desk, database: Database) -> None:
    desk.script.turns = [Turn([], case=dict(CASE))]
    await desk.hear("person")
    assert len(database.now(cases.list_cases)) == 1
    await desk.hear("真人 please")
    assert len(database.now(cases.list_cases)) == 1


# -- forms ------------------------------------------------------------------------------------

TOLD = {"What was lost": "我的伞 umbrella", "Where and when": "昨天在二楼"}
REPORT = {"reason": "lost_property", "sentence": "forms.sent.lost_property", "details": TOLD}


class Capitals:
    """Translates by writing in capitals, and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def translate(self, text: str, source: str, target: str) -> Translation:
        """Returns the capitals."""
        self.asked.append(text)
        return Translation(text.upper(), target, "capitals")


async def test_what_was_told_is_kept_with_the_case_and_translated_with_one_question(
    desk: Desk, book: Book
) -> None:
    engine = Capitals()
    desk.inbox._translator = engine
    desk.script.turns = [Turn([], case={**REPORT, "question": "我的伞 umbrella"})]
    await desk.hear("跳过 skip", locale="zh_CN")
    [case] = book.rows(case_table)
    assert (case.reason, case.department) == ("lost_property", "lost_property")
    assert (case.question, case.details, case.priority) == ("我的伞 umbrella", TOLD, "normal")
    assert case.translation["details"] == {
        "What was lost": "我的伞 UMBRELLA",
        "Where and when": "昨天在二楼",
    }
    assert len(engine.asked) == 1
    assert book.rows(direction="in")[0].translation["text"] == "跳过 SKIP"


async def test_without_a_translator_details_come_with_a_notice(desk: Desk, book: Book) -> None:
    desk.script.turns = [Turn([], case=dict(REPORT))]
    await desk.hear("昨天在二楼")
    [case] = book.rows(case_table)
    assert case.details == TOLD
    assert "Not translated" in case.translation["notice"]


async def test_an_urgent_case_is_due_at_once(desk: Desk, book: Book, clock: Clock) -> None:
    desk.script.turns = [Turn([], case={"reason": "emergency", "priority": "urgent"})]
    await desk.hear("有人晕倒了 help")
    [case] = book.rows(case_table)
    assert (case.priority, case.due_at) == ("urgent", clock())
    assert case.department == "visitor_services"


async def test_a_report_waits_while_its_form_asks_and_no_longer(desk: Desk, book: Book) -> None:
    turns = [Turn([], [Reply("哪里?")], unfinished=dict(REPORT)), Turn([], [Reply("好 ok")])]
    desk.script.turns = [*turns, Turn([], [Reply("bye 再见")], settled=True)]
    for line, waiting in (("丢了 lost", REPORT), ("谢谢 thanks", REPORT), ("算了 stop", None)):
        await desk.hear(line)
        assert book.talk().unfinished == waiting


async def test_a_case_settles_what_waited(desk: Desk, book: Book) -> None:
    desk.script.turns = [
        Turn([], [Reply("哪里?")], unfinished=dict(REPORT)),
        Turn([], case=dict(REPORT), unfinished=dict(REPORT)),
    ]
    await desk.hear("丢了 lost")
    await desk.hear("二楼 upstairs")
    assert book.talk().unfinished is None


@pytest.mark.parametrize(("form", "read"), [("complaint_form", 1), (None, 0)])
async def test_a_long_text_is_read_where_a_form_waits_for_it(
    desk: Desk, form: str | None, read: int
) -> None:
    loop = [{"event": "active_loop", "name": "x"}, {"event": "active_loop", "name": form}]
    desk.script.turns = [Turn(loop, [Reply("发生了什么 happened?")])]
    await desk.hear("投诉 complaint")
    await desk.hear("吵" * (LONGEST_QUESTION + 1))
    assert len(desk.script.asked) == 1 + read


async def test_after_an_apology_no_form_is_open_any_more(
    desk: Desk, book: Book, clock: Clock
) -> None:
    await desk.hear("丢了 lost")
    assert book.talk().memory
    desk.script.turns = [TurnFailed("silent")] * 3
    await desk.hear("二楼 upstairs")
    for seconds in (0.5, 2.0):
        clock.on(seconds=seconds)
        assert await desk.answer()
    assert not book.talk().memory
