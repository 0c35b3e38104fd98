"""Forms through the real model and the real actions: asked, answered, interrupted, left."""

from __future__ import annotations

from typing import Any

import pytest
from test_dialogue import Person

from bot.content.voice import Voice
from bot.dialogue import Dialogue, Turn

Lines = list[tuple[str, str | None]]


@pytest.fixture(scope="session")
def dialogue(agent: Any, voice: Voice) -> Dialogue:
    return Dialogue(agent, voice)


@pytest.fixture
def person(dialogue: Dialogue) -> Person:
    return Person(dialogue)


async def tell(person: Person, language: str, *lines: str | tuple[str, str]) -> list[Turn]:
    """Says one thing after the other; a pair is a button with its meaning."""
    turns = []
    for line in lines:
        text, choice = line if isinstance(line, tuple) else (line, None)
        turns.append(await person.ask(text, language, choice))
    return turns


def asked(turn: Turn, voice: Voice, slot: str, language: str) -> bool:
    """Whether a turn ends with the question about a slot, and offers to skip it and to leave."""
    last = turn.replies[-1]
    meanings = [button.value for button in last.buttons]
    words = voice.say(f"forms.ask.{slot}", language)
    return last.text.endswith(words) and meanings == ["skip_question", "stop_form"]


GROUP = ("Send", "enquire_group_visit")
SCHOOL = ("提交", "enquire_school_booking")
WHOLE = [
    (
        "en",
        ["I lost my scarf in the cafe yesterday", "it is blue with white dots"],
        "lost_property",
        {
            "What was lost · Where and when": "I lost my scarf in the cafe yesterday",
            "How to recognise it": "it is blue with white dots",
        },
    ),
    (
        "zh-Hant",
        ["我的雨傘忘記拿了", "昨天下午在二樓展廳", "不知道"],
        "lost_property",
        {"What was lost": "我的雨傘忘記拿了", "Where and when": "昨天下午在二樓展廳"},
    ),
    (
        "en",
        [GROUP, "Tuesday 12 March, 30 people", "a Mandarin guide, 一辆 coach"],
        "group_visit",
        {
            "How many people · Date and time": "Tuesday 12 March, 30 people",
            "What they need": "a Mandarin guide, 一辆 coach",
        },
    ),
    (
        "zh-Hans",
        [SCHOOL, "阳光小学三年级", "60个学生，6位老师", "3月12日", "想看瓷器"],
        "school_booking",
        {
            "School and class": "阳光小学三年级",
            "Pupils and adults": "60个学生，6位老师",
            "Date": "3月12日",
            "What they hope for": "想看瓷器",
        },
    ),
    (
        "en",
        [
            "I want to make a complaint",
            "The guard shouted at my mother",
            "yesterday in room 4",
            "skip",
        ],
        "complaint",
        {
            "What happened": "The guard shouted at my mother",
            "When and where": "yesterday in room 4",
        },
    ),
    (
        "zh-Hans",
        ["你们的员工对我妈妈态度非常恶劣", "昨天在二楼", "道歉就好"],
        "complaint",
        {
            "What happened": "你们的员工对我妈妈态度非常恶劣",
            "When and where": "昨天在二楼",
            "What would put it right": "道歉就好",
        },
    ),
]


@pytest.mark.parametrize(("language", "lines", "reason", "details"), WHOLE)
async def test_a_form_is_a_case_with_the_visitors_own_words(
    person: Person,
    voice: Voice,
    language: str,
    lines: Any,
    reason: str,
    details: dict[str, str],
) -> None:
    *before, last = await tell(person, language, *lines)
    assert [turn.case for turn in before] == [None] * len(before)
    assert last.case is not None
    assert last.case["reason"] == reason
    assert last.case["details"] == details
    assert last.case["sentence"] in voice.sentences
    assert person.understood.decision == "form"
    [after] = await tell(person, "en", "can i take photos")
    assert "flash" in after.replies[0].text
    assert len(after.replies) == 1


@pytest.mark.parametrize(
    ("language", "question", "topic"),
    [("en", "can i take photos?", "photography"), ("zh-Hans", "可以拍照吗？", "photography")],
)
async def test_a_question_in_the_middle_is_answered_and_the_form_asks_again(
    person: Person, voice: Voice, language: str, question: str, topic: str
) -> None:
    _, between, after = await tell(person, language, GROUP, question, "30 人 people")
    assert person.understood.decision == "form"
    assert len(between.replies) == 2
    assert asked(between, voice, "group_size", language)
    assert asked(after, voice, "group_when", language)


@pytest.mark.parametrize(
    ("language", "word"),
    [("en", "never mind"), ("zh-Hans", "算了"), ("zh-Hant", "不用了"), ("en", "cancel")],
)
async def test_leaving_sends_nothing_but_a_complaint_that_was_made(
    person: Person, voice: Voice, language: str, word: str
) -> None:
    _, _, left = await tell(person, language, GROUP, "30 人", word)
    assert left.case is None
    assert [r.text for r in left.replies] == [voice.say("forms.stopped.nothing_sent", language)]
    made = "your staff were rude to my mother and nobody helped us"
    *_, left = await tell(person, language, made, ("x", "stop_form"))
    assert left.case is not None
    assert left.case["details"] == {"What happened": made}


@pytest.mark.parametrize(
    ("language", "wish"), [("en", "can I talk to a person please"), ("zh-Hans", "我要转人工")]
)
async def test_who_asks_for_a_person_has_one_with_what_was_told(
    person: Person, language: str, wish: str
) -> None:
    *_, turn = await tell(person, language, GROUP, "12 March", "about 30 人", wish)
    assert turn.case is not None
    assert turn.case["reason"] == "group_visit"
    assert turn.case["details"] == {"How many people": "about 30 人", "Date and time": "12 March"}
    [after] = await tell(person, language, "30 people")
    assert after.case is None
    assert person.understood.decision != "form"


async def test_answers_outlive_what_is_remembered_of_the_turns(
    person: Person, voice: Voice
) -> None:
    questions = ["can i take photos?", "where are the toilets?"] * 3
    *_, last = await tell(person, "en", GROUP, "30 people", *questions, "12 March", "no thanks")
    assert last.case is not None
    told = {"How many people": "30 people", "Date and time": "12 March"}
    assert last.case["details"] == told


async def test_a_report_waits_for_its_visitor_until_it_is_settled(person: Person) -> None:
    [begun] = await tell(person, "en", "I lost my umbrella")
    assert begun.unfinished is not None
    assert begun.unfinished["details"] == {"What was lost": "I lost my umbrella"}
    between, left = await tell(person, "en", "can i take photos?", "never mind")
    assert between.unfinished == begun.unfinished
    assert (left.unfinished, left.settled, left.case) == (None, True, None)


@pytest.mark.parametrize("text", ["THIS IS A DISGRACE, GET ME A PERSON", "投诉！气死我了！！！"])
async def test_who_is_angry_is_asked_nothing(person: Person, text: str) -> None:
    [turn] = await tell(person, "zh-Hans", text)
    assert turn.case is not None
    assert turn.replies == []


async def test_an_old_button_of_a_form_that_is_over_does_nothing(
    person: Person, voice: Voice
) -> None:
    for meaning in ("stop_form", "skip_question"):
        [turn] = await tell(person, "en", ("Skip", meaning))
        assert [r.text for r in turn.replies] == [voice.say("forms.nothing_open", "en")]
