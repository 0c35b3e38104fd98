"""Conversations with the real program: what was said before counts, in English and Chinese."""

from __future__ import annotations

import pytest

from .house import ADA, House
from .words import Words, ref_in

CLARIFY = {"en": "prices tickets stroller", "zh-Hans": "门票 婴儿车 拍照"}
NONSENSE = {"en": "flurb the wibble snorkle", "zh-Hans": "哔啵哔啵咕噜咕噜"}


@pytest.mark.parametrize(
    ("language", "first", "then", "corrected"),
    [
        ("en", "are you open on saturday", "and on Fridays?", "no, I meant Thursday"),
        ("zh-Hans", "周六开门吗", "那周五呢？", "不是这个，我问的是周四"),
    ],
)
def test_a_day_is_asked_after_and_corrected(
    house: House, words: Words, language: str, first: str, then: str, corrected: str
) -> None:
    psid = f"follow-{language}"
    house.ask(psid, first)
    assert house.ask(psid, then) == [words.hours(then, language)]
    thursday = "thursday" if language == "en" else "周四"
    assert house.ask(psid, corrected) == [words.hours(thursday, language)]
    topics = [row["topic"] for row in house.messages(psid, "in")]
    assert topics == ["opening_hours"] * 3


@pytest.mark.parametrize(
    ("language", "price", "children", "instead"),
    [
        ("en", "how much are tickets", "what about students?", "not the price, the audio guide"),
        ("zh-Hans", "门票多少钱", "那学生呢？", "不是门票，我问的是语音导览"),
    ],
)
def test_a_rejected_topic_is_not_said_again(
    house: House, words: Words, language: str, price: str, children: str, instead: str
) -> None:
    psid = f"reject-{language}"
    house.ask(psid, price)
    [told] = house.ask(psid, children)
    assert str(words.voice.museum.facts["prices.exhibition_student"].en) in told
    assert house.ask(psid, instead) == [words.answer("audio_guide", language)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "What time do you open on friday and can I take photos?"),
        ("zh-Hans", "周五几点开门？另外可以拍照吗？"),
    ],
)
def test_two_questions_are_answered_in_one_turn(
    house: House, words: Words, language: str, text: str
) -> None:
    first, second = house.ask(f"two-{language}", text, answers=2)
    assert first.startswith(words.hours("friday 周五", language))
    assert second == words.answer("photography", language)


@pytest.mark.parametrize(
    ("language", "thanks"), [("en", "ok great 👍"), ("zh-Hans", "哦哦知道了")]
)
def test_a_reaction_is_no_question(house: House, language: str, thanks: str) -> None:
    psid = f"reaction-{language}"
    house.ask(psid, "can i take photos" if language == "en" else "可以拍照吗")
    house.ask(psid, thanks)
    [_, row] = house.messages(psid, "in")
    assert (row["topic"], row["decision"]) == ("thanks", "service")


@pytest.mark.parametrize("language", CLARIFY)
def test_who_is_not_understood_twice_is_offered_a_person(
    house: House, words: Words, language: str
) -> None:
    psid = f"lost-{language}"
    house.ask(psid, CLARIFY[language])
    heard = [text for _ in range(3) for text in house.ask(psid, NONSENSE[language])]
    offers = ("once", "again", "still")
    assert heard == [words.say(f"offer_person.{offer}", language) for offer in offers]
    last = house.graph.sent(psid)[-1]
    assert last.buttons[0] == words.say("talk_to_person", language)


@pytest.mark.parametrize(
    ("language", "insults"),
    [("en", ("you stupid bot", "you are a useless idiot")), ("zh-Hans", ("笨蛋", "垃圾机器人"))],
)
def test_abuse_is_seen_by_staff_the_second_time(
    house: House, words: Words, language: str, insults: tuple[str, str]
) -> None:
    psid = f"abuse-{language}"
    [calm] = house.ask(psid, insults[0])
    assert "D-" not in calm
    [told] = house.ask(psid, insults[1])
    assert told.startswith(words.say("abuse_reply", language, ref=ref_in(told)))
    assert len(house.cases(psid)) == 1


@pytest.mark.parametrize(
    ("language", "text", "kind", "after"),
    [
        ("en", "help, my dad has collapsed and isn't breathing", "injury", "can i take photos"),
        ("zh-Hans", "着火了！展厅里全是烟", "fire", "可以拍照吗"),
    ],
)
def test_in_an_emergency_the_visitor_and_staff_know_at_once(
    house: House, words: Words, language: str, text: str, kind: str, after: str
) -> None:
    psid = f"urgent-{language}"
    instruction, told = house.ask(psid, text, answers=2)
    assert instruction.startswith(words.say(f"emergency.{kind}", language))
    ref = ref_in(told)
    assert told.startswith(words.say("emergency.passed_on", language, ref=ref))
    [case] = house.rows("SELECT reason, priority FROM cases WHERE ref = ?", ref)
    assert tuple(case) == ("emergency", "urgent")
    house.press(ADA, house.card(ref), "Back to bot")
    assert house.texts(psid, 3)[2] == words.say("back_to_bot", language)
    assert house.ask(psid, after) == [words.answer("photography", language)]
