"""What users of other systems complained of: messages twice, lost, late, in a wrong language.

Each test is named after the report: the repository and the number of its issue or pull request.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

import claims
import pytest
from complaints import ANA, Museum
from conftest import Book, Clock

from bot.channels.messenger import WINDOW as MESSENGER
from bot.channels.wechat import WINDOW as WECHAT
from bot.channels.whatsapp import WINDOW as WHATSAPP
from bot.config import ROOT, Settings
from bot.content.museum import load_museum
from bot.content.saved_replies import load_saved_replies
from bot.content.voice import Voice
from bot.desk.blocks import window_words
from bot.desk.interpreting import make_interpreter
from bot.errors import SendFailed
from bot.language import settle
from bot.messages import Attachment, Edited
from bot.outbox import Outbox
from bot.store import log, queue, windows
from bot.store.database import Database
from bot.store.tables import case_events


@pytest.fixture
def museum(database: Database, voice: Voice, book: Book, clock: Clock) -> Museum:
    return Museum(database, voice, book, clock)


# -- twice, lost, out of order ----------------------------------------------------------------


@pytest.mark.parametrize("text", ["Is it free?", "免费吗？", "要 ticket 吗？"])
async def test_chatwoot_6046_and_opencrust_243_a_message_sent_again_is_answered_once(
    museum: Museum, text: str
) -> None:
    message = museum.message(text)
    at_once = [museum.inbox.accept([message, message]) for _ in range(3)]
    assert sum(await asyncio.gather(*at_once)) == 1
    assert await museum.answer()
    assert await museum.inbox.accept([message]) == 0
    assert not await museum.answer()
    assert len(museum.bot()) == 1


async def test_zammad_5164_a_picture_that_meta_sends_twice_is_shown_once(museum: Museum) -> None:
    museum.claimed(channel="whatsapp")
    picture = Attachment("image", id="media-1", mime="image/jpeg", name="票.jpg")
    sent = replace(museum.message("", channel="whatsapp"), attachments=(picture,))
    for _ in range(2):
        await museum.inbox.accept([sent])
        museum.clock.on(seconds=3)
    while await museum.answer():
        pass
    assert len(museum.jobs("visitor")) == 1


async def test_chatwoot_12661_a_question_stands_before_its_answer(museum: Museum) -> None:
    for number in range(5):
        await museum.inbox.accept([museum.message(f"question {number} 问题")])
    while await museum.answer():
        pass
    answers = museum.book.rows(direction="out", author="bot")
    asked = museum.book.rows(direction="in")
    assert [row.in_reply_to for row in answers] == [row.seq for row in asked]
    assert all(row.seq > row.in_reply_to for row in answers)


async def test_rasa_5542_answers_leave_in_order_however_often_one_fails(museum: Museum) -> None:
    museum.book.heard()
    for number in range(4):
        museum.book.said(f"part {number} 部分")
    museum.office.postman.failures = [SendFailed("busy", retryable=True), TimeoutError()]
    for _ in range(8):
        museum.clock.on(minutes=1)
        await museum.sent()
    assert museum.office.postman.texts == [f"part {number} 部分" for number in range(4)]


async def test_chatwoot_15920_a_restart_loses_no_message(
    museum: Museum, database: Database
) -> None:
    museum.book.heard()
    museum.book.said("Your tickets 门票 are here.")
    # A process that dies with the message in hand.
    assert await claims.one(museum.office.outbox) is not None
    assert not await museum.office.deliver()
    assert database.now(queue.recover, everything=True) == 1
    assert await museum.sent() == ["Your tickets 门票 are here."]
    assert museum.book.rows(direction="out")[0].maybe_twice


async def test_chatwoot_9314_a_reply_pressed_twice_goes_once(museum: Museum) -> None:
    case = museum.claimed()
    for _ in range(3):
        museum.do("staff_says", case, ANA, "在这里 Here it is.", slack_ts="1.1")
    assert (await museum.sent()).count("在这里 Here it is.") == 1


async def test_chatwoot_4728_two_people_of_one_name_stay_two(museum: Museum) -> None:
    await museum.hear("我的票 ticket?", name="Li Wei")
    await museum.hear("where is my bag 包", name="Li Wei", person="8")
    await museum.hear("hello 你好", name="Li Wei", channel="telegram")
    talks = {row.conversation_id for row in museum.book.rows(direction="in")}
    assert talks == {"messenger:7", "messenger:8", "telegram:7"}
    museum.open("person 真人", person="8")
    assert museum.book.talk("messenger:7").speaker == log.BOT


@pytest.mark.parametrize("new", ["Sunday, not Monday", "不是周一，是周日", "是 Sunday 不是周一"])
async def test_chatwoot_10637_and_13997_an_edit_is_seen_and_rewrites_nothing(
    museum: Museum, new: str
) -> None:
    museum.claimed(channel="telegram")
    await museum.hear("Monday 周一", channel="telegram", message_id="5")
    await museum.inbox.accept([Edited("telegram", "7", "5", new)])
    [row] = [row for row in museum.book.rows(direction="in") if row.message_id == "5"]
    assert (row.text, row.versions[-1]["text"]) == ("Monday 周一", new)
    assert [job["text"] for job in museum.jobs("visitor_changed")] == [new]


# -- languages --------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["OK", "wifi", "vip", "👍", "42", "Louvre", "email", "no"])
def test_aws_connect_translate_14_a_word_does_not_turn_the_language(word: str) -> None:
    assert settle(word, "zh-Hant") == "zh-Hant"
    assert settle(word, "en") == "en"


async def test_rasa_2353_one_bot_speaks_with_each_in_their_language(museum: Museum) -> None:
    texts = {"1": "When do you open?", "2": "你们几点开门？", "3": "請問幾點開門？"}
    for person, text in texts.items():
        await museum.hear(text, person=person)
    assert [turn[2] for turn in museum.script.asked] == ["en", "zh-Hans", "zh-Hant"]


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "en"])
async def test_chatwoot_1374_and_5082_greetings_and_endings_are_in_the_visitors_language(
    museum: Museum, voice: Voice, language: str
) -> None:
    case = museum.claimed("真人 person", language=language)
    museum.do("resolve", case, ANA)
    told = museum.told()
    assert voice.say("claimed", language, name="Ana") in told
    assert voice.say("closed", language) in told


async def test_chatwoot_8612_who_changes_the_language_is_followed(
    museum: Museum, voice: Voice
) -> None:
    case = museum.open("I need a person")
    await museum.hear("我的英文不好，请说中文")
    museum.do("claim", case, ANA)
    assert museum.told()[-1] == voice.say("claimed", "zh-Hans", name="Ana")


def test_freescout_495_a_saved_reply_is_one_item_in_all_languages(voice: Voice) -> None:
    museum = load_museum(ROOT / "data" / "museum.yml")
    saved = load_saved_replies(ROOT / "data" / "replies.yml", museum)
    assert saved
    assert len({each.id for each in saved}) == len(saved)
    assert all(each.texts["en"] != each.texts["zh"] for each in saved)


async def test_chatwoot_2011_a_translation_that_fails_holds_up_nothing(museum: Museum) -> None:
    interpreter = make_interpreter(Settings({}), museum.voice.museum, museum.database)
    heard = await interpreter.to_staff("我的围巾丢了", "zh-Hans")
    spoken = await interpreter.to_visitor("It is at the desk.", "zh-Hans")
    assert heard.original == "我的围巾丢了"
    assert (heard.text, "Not translated" in (heard.notice or "")) == (None, True)
    assert (spoken.text, bool(spoken.notice)) == ("It is at the desk.", True)


# -- windows ----------------------------------------------------------------------------------


async def test_chatwoot_9516_a_reply_outside_the_window_is_not_shown_as_sent(
    museum: Museum,
) -> None:
    case = museum.claimed("票 ticket")
    await museum.sent()
    museum.office.postman.window = WHATSAPP
    outbox = Outbox(
        museum.database,
        {"messenger": museum.office.postman},
        museum.casework.reply_sent,
        museum.casework.reply_failed,
        museum.casework.reply_waits,
        lambda: None,
    )
    museum.clock.on(hours=24)
    said = museum.do("staff_says", case, ANA, "It was found 找到了")
    leaving = await claims.one(outbox)
    assert leaving is not None
    await outbox.deliver(leaving)
    assert museum.book.row(said.seq or 0).state == "dead"
    [failed] = museum.jobs("failed")
    assert failed["reason"] == f"{WHATSAPP.name} is closed. The visitor has to write first."
    assert "delivered" not in [row.what for row in museum.book.rows(case_events)]


def test_chatwoot_12332_the_window_is_told_as_it_is(museum: Museum) -> None:
    museum.open("票 ticket")
    museum.clock.on(hours=25)
    left = museum.database.now(windows.left_of, "messenger:7", MESSENGER, by_person=True)
    assert window_words(left, museum.clock()).startswith("Reply window: 5 d 23 h")
    closed = museum.database.now(windows.left_of, "messenger:7", WHATSAPP, by_person=True)
    assert "closed" in window_words(closed, museum.clock())
    assert "4 of 5" not in window_words(left, museum.clock())


@pytest.mark.parametrize(("hours", "asked"), [(23, 1), (25, 0)])
async def test_chatwoot_11569_and_10191_nobody_is_asked_where_it_cannot_arrive(
    museum: Museum, hours: int, asked: int
) -> None:
    museum.casework.windows = {"whatsapp": WHATSAPP}
    case = museum.claimed("票 ticket", channel="whatsapp")
    museum.do("staff_says", case, ANA, "It was found 找到了")
    museum.clock.on(hours=hours)
    museum.do("resolve", case, ANA)
    assert len(museum.book.rows(case_events, what="asked")) == asked


async def test_erxes_9177_only_a_persons_words_go_out_after_a_day(museum: Museum) -> None:
    case = museum.claimed("票 ticket")
    await museum.sent()
    before = len(museum.office.postman.sent)
    museum.office.postman.window = MESSENGER
    museum.clock.on(hours=25)
    museum.book.said("The bot 机器人 would say this.", author="bot")
    museum.do("staff_says", case, ANA, "A person 真人 says this.")
    await museum.sent()
    sent = [message for _, message in museum.office.postman.sent[before:]]
    assert [(each.text, each.written_by_person) for each in sent] == [
        ("A person 真人 says this.", True)
    ]


async def test_wepush_213_and_45015_what_wechat_would_refuse_is_not_sent(museum: Museum) -> None:
    museum.office.postman.window = WECHAT
    museum.book.heard("你好 hi")
    for number in range(7):
        museum.book.said(f"{number} 第")
    await museum.sent()
    assert len(museum.office.postman.sent) == 5
    assert [text for text, _ in museum.office.dead] == ["5 第", "6 第"]
