"""Casework: each step leaves case, speaker, words and posts consistent, or changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from conftest import LIMITS, NIGHT, STAFFED, Book, Clock

from bot.content.voice import Voice
from bot.desk.casework import Casework, Outcome, Person, Request
from bot.store import cases, log
from bot.store.database import Database
from bot.store.tables import case_events, desk_jobs
from bot.store.tables import cases as case_table

ANA, BEN = Person("U1", "Ana"), Person("U2", "本 Ben")
QUESTIONS = {"en": "I lost my scarf", "zh-Hans": "我的围巾丢了", "zh-Hant": "我的圍巾不見了 help"}


class Room:
    """A desk, and what lies in the log."""

    def __init__(self, database: Database, book: Book, casework: Casework) -> None:
        self.database, self.book, self.casework = database, book, casework

    def open(
        self, text: str = "I lost my scarf", person: str = "7", language: str = "en", **why: Any
    ) -> Any:
        """Opens a case for a visitor's words."""
        row = self.book.row(self.book.heard(text, person, language=language))
        request = Request(**{"reason": "speak_to_human", **why})
        return self.database.now(self.casework.open_case, row, language, request)

    def do(self, step: str, *args: Any, **values: Any) -> Outcome:
        """Takes one step."""
        outcome = self.database.now(getattr(self.casework, step), *args, **values)
        assert isinstance(outcome, Outcome)
        return outcome

    def case(self, case_id: int = 1) -> Any:
        """Returns a case."""
        return self.database.now(cases.case, case_id)

    def out(self, **where: Any) -> list[str]:
        """Returns what is laid for visitors."""
        return self.book.texts(direction="out", **where)

    def jobs(self) -> list[str]:
        """Returns what is to be posted to the thread."""
        return [row.kind for row in self.book.rows(desk_jobs)]

    def events(self) -> list[tuple[str, str]]:
        """Returns who did what."""
        return [(row.actor, row.what) for row in self.book.rows(case_events)]

    def state(self) -> tuple[Any, ...]:
        """Returns everything that a refused step must leave as it was."""
        return (
            self.book.rows(case_table),
            self.book.rows(),
            self.jobs(),
            self.events(),
            self.book.talk(),
        )


@pytest.fixture
def room(database: Database, book: Book, casework: Casework, clock: Clock) -> Room:
    return Room(database, book, casework)


@pytest.fixture
def claimed(room: Room) -> Room:
    room.open()
    assert room.do("claim", 1, ANA).kind == "done"
    return room


# -- opening ----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", QUESTIONS)
def test_opening_leaves_everything_consistent(room: Room, voice: Voice, language: str) -> None:
    case = room.open(QUESTIONS[language], language=language)
    assert (case.state, case.reason, case.language) == ("queued", "speak_to_human", language)
    assert (case.question, case.department) == (QUESTIONS[language], "visitor_services")
    assert case.due_at == STAFFED + timedelta(hours=1)
    assert room.book.talk().speaker == log.QUEUED
    [words] = room.book.rows(direction="out")
    between = " " if language == "en" else ""
    opening = voice.say("handoff_open", language, ref=case.ref)
    assert words.text == f"{opening}{between}{voice.say('queue_next', language)}"
    assert (words.author, words.case_id, words.state) == ("system", case.id, "queued")
    assert room.book.rows(direction="in")[0].case_id == case.id
    assert room.jobs() == ["root"]
    assert room.events() == [("docent", "opened"), ("docent", "routed")]


def test_the_place_in_the_queue_is_told(room: Room, voice: Voice) -> None:
    for person in ("1", "2", "3"):
        room.open("帮忙 please", person)
    [words] = room.out(conversation_id="messenger:3")
    assert voice.say("queue_position", "en", position=3) in words


@pytest.mark.parametrize(
    ("language", "when"),
    [
        ("en", "on Tuesday 24 November at 9:30am"),
        ("zh-Hans", "11月24日（星期二）9:30"),
        ("zh-Hant", "11月24日（星期二）9:30"),
    ],
)
def test_out_of_hours_the_next_opening_is_told(
    room: Room, voice: Voice, clock: Clock, language: str, when: str
) -> None:
    clock.at = NIGHT
    case = room.open(QUESTIONS[language], language=language)
    [words] = room.out()
    assert words.endswith(voice.say("out_of_hours", language, time=when))
    assert voice.say("queue_next", language) not in words
    assert case.due_at == STAFFED.replace(hour=10, minute=30)


def test_a_case_is_opened_once_however_often_asked(room: Room, voice: Voice) -> None:
    first = room.open()
    for _ in range(4):
        assert room.open("真人 please").id == first.id
    assert len(room.book.rows(case_table)) == 1
    assert room.out()[1:] == [voice.say("handoff_already", "en", ref=first.ref)] * 4
    assert room.jobs().count("root") == 1


def test_a_complaint_opens_with_words_of_its_own(room: Room, voice: Voice) -> None:
    case = room.open(reason="complaint", opening_sentence="complaint_reply")
    assert room.out()[0].startswith(voice.say("complaint_reply", "en", ref=case.ref))


def test_what_was_said_before_is_shown(room: Room) -> None:
    first = room.book.heard("几点 open?")
    second = room.book.said("From ten.")
    room.open()
    root, transcript = room.book.rows(desk_jobs)
    assert (root.kind, transcript.kind) == ("root", "transcript")
    assert transcript.payload == {"seqs": [first, second]}


def test_a_long_talk_is_shown_from_its_end(room: Room) -> None:
    heard = [room.book.heard(f"第{number} line") for number in range(20)]
    room.open()
    assert room.book.rows(desk_jobs)[1].payload == {"seqs": heard[-12:]}


def test_relay_gives_a_message_to_the_case(room: Room) -> None:
    room.open()
    row = room.book.row(room.book.heard("还有 another thing"))
    room.database.now(room.casework.relay, row)
    assert room.book.row(row.seq).case_id == 1
    assert room.jobs()[-1] == "visitor"
    assert room.events()[-1] == ("visitor", "wrote")
    assert len(room.out()) == 1


@pytest.mark.parametrize(
    ("text", "language", "kind"),
    [
        ("my mum has collapsed!!", "en", "injury"),
        ("着火了快来人", "zh-Hans", "fire"),
        ("我個仔不見了 help", "zh-Hant", "lost_child"),
    ],
)
def test_an_emergency_while_a_person_has_the_talk_is_urgent_and_answered_once(
    claimed: Room, voice: Voice, clock: Clock, text: str, language: str, kind: str
) -> None:
    before = len(claimed.out())
    clock.on(minutes=5)
    for number in range(2):
        row = claimed.book.row(claimed.book.heard(f"{text} {number}", language=language))
        claimed.database.now(claimed.casework.relay, row)
    case = claimed.case()
    assert (case.priority, case.due_at, case.state) == ("urgent", STAFFED, "claimed")
    said = claimed.out(author="system")[-2:]
    told = [voice.say(f"emergency.{kind}", language)]
    assert said == [*told, voice.say("emergency.passed_on", language, ref=case.ref)]
    assert len(claimed.out()) == before + 2
    assert claimed.jobs()[-4:] == ["visitor", "card", "ping", "visitor"]
    assert ("docent", "urgent") in claimed.events()


@pytest.mark.parametrize(
    ("text", "payload"),
    [("where is 急救室", {}), ("what if there is a fire", {}), ("着火了", {"choice": "x"})],
)
def test_what_is_no_emergency_is_only_relayed(
    claimed: Room, text: str, payload: dict[str, str]
) -> None:
    before = claimed.out()
    seq = claimed.book.heard(text)
    claimed.database.now(log.change_message, seq, payload=payload)
    claimed.database.now(claimed.casework.relay, claimed.book.row(seq))
    assert claimed.case().priority == "normal"
    assert claimed.out() == before


# -- claiming ---------------------------------------------------------------------------------


def test_claim_makes_an_owner_and_tells_the_visitor(claimed: Room, voice: Voice) -> None:
    case = claimed.case()
    assert (case.state, case.owner, case.owner_id) == ("claimed", "Ana", "U1")
    assert case.claimed_at == STAFFED
    assert claimed.book.talk().speaker == log.HUMAN
    assert claimed.out()[-1] == voice.say("claimed", "en", name="Ana")
    assert claimed.events()[-1] == ("Ana", "claimed")
    assert claimed.jobs() == ["root", "card", "line"]


@pytest.mark.parametrize(
    ("person", "kind", "reason"),
    [
        (ANA, "done", "You have this case already."),
        (BEN, "refused", "Ana has this case."),
    ],
)
def test_a_claimed_case_is_not_claimed_again(
    claimed: Room, person: Person, kind: str, reason: str
) -> None:
    before = claimed.state()
    assert claimed.do("claim", 1, person) == Outcome(kind, reason)
    assert claimed.state() == before


# -- closing ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "state", "speaker", "sentence"),
    [
        ("resolve", "resolved", log.CLOSED, "closed"),
        ("back_to_bot", "returned", log.BOT, "back_to_bot"),
    ],
)
@pytest.mark.parametrize("claim_first", [True, False])
def test_closing(
    room: Room, voice: Voice, step: str, state: str, speaker: str, sentence: str, claim_first: bool
) -> None:
    room.open(QUESTIONS["zh-Hant"], language="zh-Hant")
    if claim_first:
        room.do("claim", 1, ANA)
    assert room.do(step, 1, BEN) == Outcome("done")
    case = room.case()
    assert (case.state, case.closed_at, case.open_key) == (state, STAFFED, None)
    assert room.book.talk().speaker == speaker
    assert room.out()[-1] == voice.say(sentence, "zh-Hant")
    assert room.events()[-1] == ("本 Ben", state)
    assert room.jobs()[-2:] == ["card", "line"]


@pytest.mark.parametrize("first", ["resolve", "back_to_bot"])
@pytest.mark.parametrize(
    ("step", "args", "reason"),
    [
        ("resolve", (), "This case is closed already."),
        ("back_to_bot", (), "This case is closed already."),
        ("claim", (), "This case is closed."),
        ("set_department", ("access",), "This case is closed."),
    ],
)
def test_a_closed_case_stays_as_it_is(
    claimed: Room, first: str, step: str, args: tuple[str, ...], reason: str
) -> None:
    claimed.do(first, 1, ANA)
    before = claimed.state()
    assert claimed.do(step, 1, ANA, *args) == Outcome("refused", reason)
    assert claimed.state() == before


def test_a_new_case_after_the_old_one(claimed: Room) -> None:
    claimed.do("resolve", 1, ANA)
    assert claimed.open("又丢了 again").ref == "D-1002"
    assert claimed.book.talk().speaker == log.QUEUED


# -- departments ------------------------------------------------------------------------------


def test_a_department_is_chosen(claimed: Room) -> None:
    assert claimed.do("set_department", 1, ANA, "lost_property") == Outcome("done")
    assert claimed.case().department == "lost_property"
    assert claimed.jobs()[-2:] == ["card", "ping"]
    assert len(claimed.out()) == 2


@pytest.mark.parametrize("department", ["", "Lost property", "前台", "'; --"])
def test_an_unknown_department_is_refused(claimed: Room, department: str) -> None:
    before = claimed.state()
    outcome = claimed.do("set_department", 1, ANA, department)
    assert outcome == Outcome("refused", f"There is no department {department!r}.")
    assert claimed.state() == before


# -- what staff say ---------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["We found it!", "找到了！", "找到了, come to the desk 🧣"])
def test_the_owners_words_are_a_reply(claimed: Room, text: str) -> None:
    outcome = claimed.do("staff_says", 1, ANA, text, slack_ts="1.1")
    row = claimed.book.row(outcome.seq or 0)
    assert (outcome.kind, row.text, row.state) == ("queued", text, "queued")
    assert (row.direction, row.author, row.author_name) == ("out", "staff", "Ana")
    assert (row.author_id, row.slack_ts, row.case_id) == ("U1", "1.1", 1)
    assert row.not_before == STAFFED + timedelta(seconds=5)
    assert claimed.jobs()[-1] == "preview"
    assert claimed.events()[-1] == ("Ana", "replied")


def test_the_same_slack_message_twice_is_one_reply(claimed: Room) -> None:
    first = claimed.do("staff_says", 1, ANA, "找到了 found", slack_ts="1.1")
    before = claimed.state()
    again = claimed.do("staff_says", 1, ANA, "找到了 found", slack_ts="1.1")
    assert again == Outcome("queued", "already on its way", first.seq)
    assert claimed.state() == before


def test_without_time_to_take_back_a_reply_leaves_at_once(
    database: Database, book: Book, voice: Voice, clock: Clock
) -> None:
    room = Room(database, book, Casework(voice, LIMITS, 0, True))
    room.open()
    room.do("claim", 1, ANA)
    outcome = room.do("staff_says", 1, ANA, "马上 soon", slack_ts="1.1")
    assert room.book.row(outcome.seq or 0).not_before is None
    assert "preview" not in room.jobs()


def test_words_on_the_web_desk_are_mirrored_to_the_thread(claimed: Room) -> None:
    claimed.do("staff_says", 1, ANA, "From the 网页")
    echo = claimed.book.rows(desk_jobs)[-1]
    assert (echo.kind, echo.payload) == ("staff_echo", {"author": "Ana", "text": "From the 网页"})


def test_without_slack_nothing_is_posted(
    database: Database, book: Book, voice: Voice, clock: Clock
) -> None:
    room = Room(database, book, Casework(voice, LIMITS, 5, False))
    room.open()
    room.do("claim", 1, ANA)
    room.do("staff_says", 1, ANA, "你好 hello")
    room.do("resolve", 1, ANA)
    assert room.jobs() == []
    # The last one asks how content the visitor was.
    assert len(room.out()) == 5


@pytest.mark.parametrize("text", ["Hello", "您好", "找到了 your scarf"])
def test_before_a_claim_words_stay_in_the_thread(room: Room, text: str) -> None:
    room.open()
    before = room.out()
    outcome = room.do("staff_says", 1, ANA, text, slack_ts="1.1")
    assert outcome.kind == "needs_claim"
    assert room.out() == before
    assert room.book.texts(direction="note") == [text]
    assert room.case().state == "queued"


def test_claim_and_send_makes_the_note_a_reply(room: Room) -> None:
    room.open()
    room.do("staff_says", 1, ANA, "找到了 found", slack_ts="1.1")
    outcome = room.do("staff_says", 1, ANA, "找到了 found", slack_ts="1.1", confirm="claim")
    assert outcome.kind == "queued"
    assert room.book.texts(direction="note") == []
    assert room.out(author="staff") == ["找到了 found"]
    assert room.case().owner == "Ana"


def test_claim_and_send_is_too_late_when_somebody_else_has_it(claimed: Room) -> None:
    before = claimed.state()
    outcome = claimed.do("staff_says", 1, BEN, "我来 me", confirm="claim")
    assert outcome == Outcome("refused", "Ana has this case.")
    assert claimed.state() == before


def test_words_of_a_colleague_stay_until_confirmed(claimed: Room) -> None:
    outcome = claimed.do("staff_says", 1, BEN, "在二楼 upstairs", slack_ts="1.2")
    assert outcome.kind == "needs_confirm"
    assert claimed.out(author="staff") == []
    sent = claimed.do("staff_says", 1, BEN, "在二楼 upstairs", slack_ts="1.2", confirm="anyway")
    assert sent.kind == "queued"
    assert claimed.out(author="staff") == ["在二楼 upstairs"]
    assert claimed.case().owner == "Ana"


@pytest.mark.parametrize(
    "text",
    [
        "note: he is upset",
        "备注：他很生气",
        "備註: VIP 客人",
        "*internal* : refund?",
        "// not for her",
        "<@U9> can you look?",
        "🙂 note：full width",
        "",
    ],
)
@pytest.mark.parametrize("confirm", [None, "claim", "anyway"])
def test_a_note_never_leaves_whoever_confirms(
    claimed: Room, text: str, confirm: str | None
) -> None:
    outcome = claimed.do("staff_says", 1, ANA, text, slack_ts="1.3", confirm=confirm)
    assert outcome.kind == "note"
    assert claimed.out(author="staff") == []
    assert claimed.book.texts(direction="note") == [text]


def test_keep_as_note_is_kept_once(claimed: Room) -> None:
    first = claimed.do("keep_as_note", 1, BEN, "只给 us", "1.4")
    assert claimed.do("keep_as_note", 1, BEN, "只给 us", "1.4") == first
    [note] = claimed.book.rows(direction="note")
    assert (note.state, note.author_name, note.case_id) == ("kept", "本 Ben", 1)
    assert claimed.out(author="staff") == []
    assert claimed.events()[-1] == ("本 Ben", "noted")


@pytest.mark.parametrize("step", ["resolve", "back_to_bot"])
@pytest.mark.parametrize("confirm", [None, "claim", "anyway"])
def test_words_after_the_end_are_not_sent(claimed: Room, step: str, confirm: str | None) -> None:
    claimed.do(step, 1, ANA)
    before = claimed.out()
    outcome = claimed.do("staff_says", 1, ANA, "还有 one more", confirm=confirm)
    # What a button said of an open case asks anew what is to be done with a closed one.
    assert outcome.kind == "needs_reopen"
    assert outcome.reason.startswith("This case is closed")
    assert claimed.out() == before


def test_a_long_reply_is_cut_to_the_channel(claimed: Room) -> None:
    claimed.do("staff_says", 1, ANA, "我们找到了。" * 500, slack_ts="1.5")
    parts = claimed.out(author="staff")
    assert len(parts) == 2
    assert "".join(parts) == "我们找到了。" * 500


# -- taking back ------------------------------------------------------------------------------


def test_undo_takes_a_waiting_reply_back(claimed: Room) -> None:
    reply = claimed.do("staff_says", 1, ANA, "不对 wrong", slack_ts="1.1")
    assert claimed.do("undo", 1, ANA, reply.seq) == Outcome("done", seq=reply.seq)
    row = claimed.book.row(reply.seq or 0)
    assert (row.state, row.reason) == ("cancelled", "taken back by Ana")
    assert claimed.events()[-1] == ("Ana", "undid")
    assert claimed.jobs()[-1] == "line"


def test_undo_takes_every_part_of_a_long_reply_back(claimed: Room) -> None:
    reply = claimed.do("staff_says", 1, ANA, "不对 wrong。" * 400, slack_ts="1.1")
    claimed.do("undo", 1, ANA, reply.seq)
    assert {row.state for row in claimed.book.rows(author="staff")} == {"cancelled"}


@pytest.mark.parametrize("state", ["sending", "sent", "dead", "cancelled"])
def test_undo_is_too_late(claimed: Room, state: str) -> None:
    reply = claimed.do("staff_says", 1, ANA, "太晚 late")
    claimed.book.change(reply.seq or 0, state=state)
    before = claimed.state()
    outcome = claimed.do("undo", 1, ANA, reply.seq)
    assert outcome == Outcome("refused", "Too late: it has been sent.")
    assert claimed.state() == before


@pytest.mark.parametrize("which", ["nothing", "of the system", "of another case"])
def test_undo_touches_replies_of_this_case_alone(claimed: Room, which: str) -> None:
    claimed.open("别的 case", "8")
    claimed.do("claim", 2, ANA)
    other = claimed.do("staff_says", 2, ANA, "给八号 for eight")
    seqs: dict[str, Callable[[], int]] = {
        "nothing": lambda: 999,
        "of the system": lambda: int(claimed.book.rows(author="system")[0].seq),
        "of another case": lambda: other.seq or 0,
    }
    before = claimed.state()
    outcome = claimed.do("undo", 1, ANA, seqs[which]())
    assert outcome == Outcome("refused", "There is no such reply in this case.")
    assert claimed.state() == before


# -- what became of it ------------------------------------------------------------------------


def test_the_first_reply_is_noted_when_it_is_sent(claimed: Room, clock: Clock) -> None:
    rows = [
        claimed.book.row(claimed.do("staff_says", 1, ANA, text, slack_ts=ts).seq or 0)
        for text, ts in (("一 one", "1.1"), ("two", "1.2"))
    ]
    assert claimed.case().first_reply_at is None
    for row in rows:
        clock.on(minutes=1)
        claimed.database.now(claimed.casework.reply_sent, row, "")
    assert claimed.case().first_reply_at == STAFFED + timedelta(minutes=1)
    reactions = [job.payload for job in claimed.book.rows(desk_jobs, kind="react")]
    assert reactions == [
        {"ts": "1.1", "name": "white_check_mark"},
        {"ts": "1.2", "name": "white_check_mark"},
    ]


@pytest.mark.parametrize("author", ["bot", "system"])
def test_words_of_the_machine_are_no_first_reply(claimed: Room, author: str) -> None:
    row = claimed.book.row(claimed.book.said("自动 words", author=author, case_id=1))
    claimed.database.now(claimed.casework.reply_sent, row, "")
    assert claimed.case().first_reply_at is None


@pytest.mark.parametrize("author", ["staff", "bot", "system"])
def test_a_failed_message_is_told_in_the_thread(claimed: Room, author: str) -> None:
    row = claimed.book.row(claimed.book.said("没到 lost", author=author))
    claimed.database.now(claimed.casework.reply_failed, row, "The window is closed.")
    job = claimed.book.rows(desk_jobs)[-1]
    assert (job.kind, job.case_id) == ("failed", 1)
    assert job.payload == {"seq": row.seq, "reason": "The window is closed."}
    assert claimed.events()[-1] == ("docent", "failed")


def test_a_failed_message_without_a_case_is_told_to_nobody(room: Room) -> None:
    room.book.heard()
    row = room.book.row(room.book.said("没到 lost"))
    room.database.now(room.casework.reply_failed, row, "gone")
    assert room.jobs() == []
    assert room.events() == []


def test_staff_words_are_laid_in_the_language_of_the_talk(claimed: Room) -> None:
    claimed.book.heard("你们好，请说中文", language="zh-Hans")
    reply = claimed.do("staff_says", 1, ANA, "好的 sure")
    assert claimed.book.row(reply.seq or 0).language == "zh-Hans"
    claimed.do("resolve", 1, ANA)
    assert "自动助手" in claimed.out()[-2]


# -- what was told before ---------------------------------------------------------------------

TOLD = {"What was lost": "我的伞 umbrella", "Where and when": "昨天在二楼"}


def test_a_case_keeps_what_was_told_and_goes_where_its_reason_is_answered(room: Room) -> None:
    case = room.open(
        "昨天在二楼", reason="lost_property", details=TOLD, question="我的伞 umbrella"
    )
    assert (case.details, case.question) == (TOLD, "我的伞 umbrella")
    assert (case.department, case.priority) == ("lost_property", "normal")
    shown = cases.described(case)
    assert (shown["details"], shown["priority"]) == (TOLD, "normal")


@pytest.mark.parametrize(
    ("why", "department"),
    [
        ({"reason": "complaint", "department": "access"}, "access"),
        ({"reason": "school_booking", "department": "no such"}, "learning"),
        ({"reason": "failure"}, "visitor_services"),
    ],
)
def test_a_department_that_was_asked_for_wins(
    room: Room, why: dict[str, str], department: str
) -> None:
    assert room.open("吵 noise", **why).department == department


def test_translations_of_details_stand_beside_that_of_the_message(room: Room, book: Book) -> None:
    seq = book.heard("昨天在二楼", language="zh-Hans")
    book.change(seq, translation={"text": "yesterday", "engine": "x"}, ranking=[{"topic": "wifi"}])
    request = Request("lost_property", details=TOLD, translations={"What was lost": "umbrella"})
    work = room.casework.open_case
    case = room.database.now(work, book.row(seq), "zh-Hans", request)
    assert case.translation["text"] == "yesterday"
    assert case.translation["details"] == {"What was lost": "umbrella"}
    assert case.understood is None


@pytest.mark.parametrize("at", [STAFFED, NIGHT])
def test_an_urgent_case_is_due_now(room: Room, clock: Clock, at: Any) -> None:
    clock.at = at
    case = room.open("着火了 fire", reason="emergency", priority="urgent")
    assert (case.priority, case.due_at) == ("urgent", at)
