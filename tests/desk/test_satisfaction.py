"""Was the visitor content: asked once, answered in any way, and never taken for a question."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from conftest import LIMITS, Book, Clock
from postgres import BOTH
from test_inbox import Desk
from test_outbox import Office

from bot.content.voice import Voice
from bot.desk.casework import Casework, Person, Request
from bot.limits import Limits
from bot.store import cases, log
from bot.store.database import Database
from bot.store.tables import case_events, choices, desk_jobs
from bot.windows import WHILE_OPEN, Allowance, Window

ANA = Person("U0ANA", "Ana")
QUESTIONS = {
    "en": "I lost my scarf",
    "zh-Hans": "我的围巾丢了怎么办",
    "zh-Hant": "我的圍巾不見了怎麼辦",
}
DAY = Window("a window", {"message": Allowance(24 * 3600.0)})


class Counter(Desk):
    """A visitor, an inbox, and a desk."""

    def __init__(
        self, database: Database, casework: Casework, voice: Voice, book: Book, clock: Clock
    ) -> None:
        super().__init__(database, casework, voice)
        self.book, self.clock = book, clock

    async def open(self, text: str = "I lost my scarf", **why: Any) -> Any:
        """A visitor writes, and a case opens."""
        await self.inbox.accept([self.message(text)])
        row = self.book.rows(direction="in")[-1]
        self.book.change(row.seq, state="answered")
        request = Request(**{"reason": "speak_to_human", **why})
        return self.database.now(self.casework.open_case, row, row.language, request)

    def replied(self, case: Any, text: str = "It is here.") -> None:
        """Ana claims a case and answers, and the answer arrives."""
        self.database.now(self.casework.claim, case.id, ANA)
        outcome = self.database.now(self.casework.staff_says, case.id, ANA, text)
        self.book.change(outcome.seq or 0, state="sent", done_at=self.clock())

    def resolved(self, case: Any) -> Any:
        """Ana closes it."""
        assert self.database.now(self.casework.resolve, case.id, ANA).kind == "done"
        self.clock.on(seconds=30)
        return self.database.now(cases.case, case.id)

    async def asked(self, text: str = "I lost my scarf", **why: Any) -> Any:
        """A case that was answered and closed."""
        case = await self.open(text, **why)
        self.replied(case)
        return self.resolved(case)

    async def press(self, score: int) -> None:
        """The visitor presses a button of the ask."""
        value = next(c for c in self.book.rows(choices) if c.value.endswith(f"/{score}"))
        await self.hear(value.label, choice=value.id)

    def case(self, number: int = 1) -> Any:
        """A case as it stands."""
        return self.database.now(cases.case, number)

    def jobs(self, kind: str) -> list[dict[str, Any]]:
        """What is to be posted."""
        return [row.payload for row in self.book.rows(desk_jobs, kind=kind)]

    def last(self) -> str:
        """What the visitor was told last."""
        return str(self.book.texts(direction="out")[-1])


@pytest.fixture
def counter(
    database: Database, casework: Casework, voice: Voice, book: Book, clock: Clock
) -> Counter:
    return Counter(database, casework, voice, book, clock)


# -- asking -----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", QUESTIONS)
@BOTH
async def test_after_resolve_the_visitor_is_asked_in_their_language(
    counter: Counter, voice: Voice, language: str
) -> None:
    closed = await counter.asked(QUESTIONS[language])
    ask = counter.book.rows(direction="out")[-1]
    assert (ask.text, ask.language) == (voice.say("rating.ask", language), language)
    assert [each["label"] for each in ask.payload["choices"]] == [
        voice.say(f"rating.{name}", language) for name in ("very", "mostly", "not_really")
    ]
    assert ask.payload[WHILE_OPEN]
    assert closed.rating_asked_at == counter.clock.at - timedelta(seconds=30)
    assert (closed.rating, closed.rating_words) == (None, None)


async def test_where_there_are_no_buttons_a_number_is_asked_for(
    database: Database, voice: Voice, book: Book, clock: Clock
) -> None:
    limits = {**LIMITS, "messenger": Limits(length=2000, choices=0)}
    counter = Counter(database, Casework(voice, limits, 5, True), voice, book, clock)
    await counter.asked("我的围巾 scarf 丢了")
    assert counter.last() == voice.say("rating.ask_in_words", "zh-Hans")
    await counter.hear("4")
    assert counter.case().rating == 4


def asks(counter: Counter) -> int:
    return len(counter.book.rows(case_events, what="asked"))


@pytest.mark.parametrize(
    "why",
    [{"reason": "abuse"}, {"reason": "emergency"}, {"reason": "complaint", "priority": "urgent"}],
)
async def test_some_are_never_asked(counter: Counter, why: dict[str, str]) -> None:
    await counter.asked("你们 are idiots", **why)
    assert asks(counter) == 0


async def test_nobody_is_asked_whom_nobody_answered(counter: Counter) -> None:
    case = await counter.open()
    counter.resolved(case)
    assert asks(counter) == 0


async def test_a_reply_taken_back_is_no_answer(counter: Counter) -> None:
    case = await counter.open()
    counter.database.now(counter.casework.claim, case.id, ANA)
    said = counter.database.now(counter.casework.staff_says, case.id, ANA, "在的 yes")
    counter.database.now(counter.casework.undo, case.id, ANA, said.seq)
    counter.resolved(case)
    assert asks(counter) == 0


async def test_back_to_bot_asks_nothing(counter: Counter) -> None:
    case = await counter.open()
    counter.replied(case)
    counter.database.now(counter.casework.back_to_bot, case.id, ANA)
    assert asks(counter) == 0


async def test_a_case_is_asked_about_once_and_a_person_once_a_day(counter: Counter) -> None:
    first = await counter.asked()
    counter.database.now(counter.casework.reopen, first.id, ANA)
    counter.replied(first, "还有 one more thing.")
    counter.resolved(first)
    assert asks(counter) == 1
    await counter.asked("再找一次 person")
    assert asks(counter) == 1
    counter.clock.on(hours=24)
    await counter.asked("我又来了")
    assert asks(counter) == 2
    counter.database.now(counter.casework.reopen, first.id, ANA)
    counter.clock.on(hours=25)
    counter.resolved(first)
    assert asks(counter) == 2


@pytest.mark.parametrize(("hours", "is_asked"), [(23.9, True), (24.0, False), (48.0, False)])
async def test_outside_the_window_nobody_is_asked(
    counter: Counter, hours: float, is_asked: bool
) -> None:
    counter.casework.windows = {"messenger": DAY}
    case = await counter.open("围巾 scarf")
    counter.replied(case)
    counter.clock.on(hours=hours)
    counter.resolved(case)
    assert asks(counter) == is_asked


@pytest.mark.parametrize(("quota", "is_asked"), [(4, True), (3, False), (2, False)])
async def test_the_ask_does_not_take_the_last_message(
    counter: Counter, quota: int, is_asked: bool
) -> None:
    # One was sent, and "claimed", the acknowledgement and "closed" are on their way.
    few = replace(DAY, after={"message": Allowance(48 * 3600.0, quota + 1)})
    counter.casework.windows = {"messenger": few}
    case = await counter.open("找人 please")
    counter.replied(case)
    counter.resolved(case)
    assert asks(counter) == is_asked


# -- answers ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("score", "key"),
    [(5, "rating.thanks"), (4, "rating.thanks"), (2, "rating.sorry")],
)
async def test_a_button_lands_on_the_case(
    counter: Counter, voice: Voice, score: int, key: str
) -> None:
    await counter.asked(QUESTIONS["zh-Hant"])
    await counter.press(score)
    case = counter.case()
    assert (case.rating, case.rating_words) == (score, None)
    assert counter.last() == voice.say(key, "zh-Hant")
    assert counter.script.asked == []
    [rated] = counter.jobs("rated")
    assert (rated["rating"], rated["has_words"]) == (score, False)
    assert counter.jobs("card")


@pytest.mark.parametrize(
    ("asked", "text", "score", "words"),
    [
        ("I lost my scarf", "Very happy, thank you!", 5, None),
        ("I lost my scarf", "3", 3, None),
        ("I lost my scarf", "not really", 2, None),
        ("I lost my scarf", "🙂", 4, None),
        ("我的围巾丢了", "还行", 3, None),
        ("我的围巾丢了", "很满意谢谢", 5, None),
        ("我的圍巾不見了", "不太滿意，等太久了", 2, "不太滿意，等太久了"),
        ("我的围巾 scarf 丢了", "还行 but slow", 3, "还行 but slow"),
        ("I lost my scarf", "You were all wonderful", 5, "You were all wonderful"),
    ],
)
async def test_an_answer_in_words_lands_on_the_case(
    counter: Counter, asked: str, text: str, score: int, words: str | None
) -> None:
    await counter.asked(asked)
    before = len(counter.book.texts(direction="out"))
    await counter.hear(text)
    assert (counter.case().rating, counter.case().rating_words) == (score, words)
    assert counter.script.asked == []
    assert len(counter.book.texts(direction="out")) == before + 1
    answer = counter.book.rows(direction="in")[-1]
    assert (answer.state, answer.reason, answer.decision) == ("answered", "rated", "rating")


@pytest.mark.parametrize("text", ["When do you open?", "明天几点开门", "有 locker 吗", "thanks"])
async def test_a_question_is_a_question_and_lets_the_ask_lapse(
    counter: Counter, text: str
) -> None:
    await counter.asked()
    await counter.hear(text)
    assert [turn[1] for turn in counter.script.asked] == [text]
    await counter.hear("4")
    assert [turn[1] for turn in counter.script.asked] == [text, "4"]
    assert counter.case().rating is None
    # A button says what it means at any time.
    await counter.press(4)
    assert counter.case().rating == 4


async def test_an_answer_with_a_question_is_both(counter: Counter) -> None:
    await counter.asked()
    text = "Very happy, thanks. 明天几点开门？"
    await counter.hear(text)
    assert counter.case().rating == 5
    assert [turn[1] for turn in counter.script.asked] == [text]
    assert counter.last() == "好 OK"


async def test_a_day_later_a_number_is_no_answer(counter: Counter) -> None:
    await counter.asked()
    counter.clock.on(hours=24)
    await counter.hear("4 张")
    assert counter.case().rating is None
    assert len(counter.script.asked) == 1


async def test_an_answer_is_thanked_once(counter: Counter, voice: Voice) -> None:
    await counter.asked()
    await counter.press(5)
    await counter.press(2)
    assert counter.last() == voice.say("rating.have", "en")
    assert counter.case().rating == 5
    assert len(counter.book.rows(case_events, what="rated")) == 1


async def test_a_button_pressed_while_a_person_is_there_lands_on_its_own_case(
    counter: Counter,
) -> None:
    await counter.asked()
    counter.clock.on(minutes=20)
    other = await counter.open("请转人工 again")
    counter.replied(other)
    posted = len(counter.jobs("visitor"))
    await counter.press(4)
    assert (counter.case(1).rating, counter.case(2).rating) == (4, None)
    assert len(counter.jobs("visitor")) == posted
    await counter.hear("5")
    assert counter.case(2).rating is None
    assert len(counter.jobs("visitor")) == posted + 1


async def test_nobody_can_press_for_somebody_else(counter: Counter) -> None:
    await counter.asked()
    value = next(c for c in counter.book.rows(choices) if c.value.endswith("/5"))
    await counter.hear("😀 很满意 yes", person="8", choice=value.id)
    assert counter.case().rating is None


# -- a bad one --------------------------------------------------------------------------------


async def test_a_bad_rating_says_sorry_and_calls_the_department_quietly(
    counter: Counter, voice: Voice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counter.casework, "_people_of", lambda _case: ("U0BOSS",))
    await counter.asked()
    pings = len(counter.jobs("ping"))
    await counter.press(2)
    assert counter.last() == voice.say("rating.sorry", "en")
    assert [c["label"] for c in counter.book.rows(direction="out")[-1].payload["choices"]] == [
        voice.say("talk_to_person", "en")
    ]
    [ping] = counter.jobs("ping")[pings:]
    assert (ping["people"], ping["channel"]) == (["U0BOSS"], False)
    assert "not content (2 of 5)" in ping["text"]


@pytest.mark.parametrize(
    ("score", "text", "is_kept"),
    [
        (2, "Nobody ever rang me back about it", True),
        (2, "等了两个星期都没有人回复", True),
        (2, "opening hours tomorrow", False),
        (2, "can I talk to a person", False),
        (2, "我要转人工", False),
        (5, "Ana was so kind 太好了", True),
        (5, "tickets for Sunday", False),
    ],
)
async def test_what_is_said_after_it_is_kept_or_answered(
    counter: Counter, voice: Voice, score: int, text: str, is_kept: bool
) -> None:
    await counter.asked()
    await counter.press(score)
    await counter.hear(text)
    assert counter.case().rating_words == (text if is_kept else None)
    assert len(counter.script.asked) == (not is_kept)
    if is_kept:
        language = counter.book.talk().language
        assert counter.last() == voice.say("rating.words_kept", language)
        assert counter.jobs("rated")[-1]["has_words"]
        await counter.hear("And the form did not work 也是坏的")
        assert counter.case().rating_words == text
        assert len(counter.script.asked) == 1


async def test_a_comment_comes_within_minutes(counter: Counter) -> None:
    await counter.asked()
    await counter.press(2)
    counter.clock.on(minutes=11)
    await counter.hear("Nobody ever rang me back 没人回电")
    assert counter.case().rating_words is None
    assert len(counter.script.asked) == 1


async def test_an_emergency_is_never_taken_for_an_answer(counter: Counter) -> None:
    await counter.asked()
    await counter.hear("No! 救命，my husband collapsed and is not breathing")
    assert counter.case().rating is None
    assert len(counter.script.asked) == 1


async def test_the_desk_reads_it_in_the_list_of_cases(
    counter: Counter, database: Database
) -> None:
    await counter.asked("我的围巾 scarf 丢了")
    await counter.hear("很满意，Ana 很耐心")
    told = cases.described(counter.case())
    assert (told["mood"], told["rating"]) == ("neutral", 5)


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_rating_is_kept_by_either_process(counter: Counter, when: str) -> None:
    """The ask is on the case: nothing is lost with the process that asked."""
    await counter.asked("找人 person")
    fresh = Counter(
        counter.database, Casework(counter.voice, LIMITS, 5, True), counter.voice,
        counter.book, counter.clock,
    )  # fmt: skip
    fresh._ids = 50
    if when == "after":
        await fresh.press(4)
    else:
        await fresh.hear("还可以")
    assert fresh.case().rating == (4 if when == "after" else 3)
    assert fresh.database.now(log.conversation, "messenger:7").speaker == log.CLOSED


@pytest.mark.parametrize("template", ["", "we_miss_you"])
async def test_an_ask_that_comes_too_late_is_left_out_quietly(
    counter: Counter, template: str
) -> None:
    """Not sent again, no template, no warning in the thread."""
    await counter.asked("我的围巾 scarf 丢了")
    office = Office(counter.database)
    office.postman.window, office.postman.named_template = DAY, template
    counter.clock.on(hours=25)
    for row in counter.book.rows(direction="out", state="queued")[:-1]:
        counter.book.change(row.seq, state="sent", done_at=counter.clock())
    assert await office.deliver()
    ask = counter.book.rows(direction="out")[-1]
    assert (ask.state, ask.reason) == ("cancelled", "a window is closed")
    assert (office.postman.sent, office.dead, office.waiting) == ([], [], [])
    assert not await office.deliver()
