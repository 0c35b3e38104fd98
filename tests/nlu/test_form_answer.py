"""A form's answer is told from everything else, in both languages."""

from __future__ import annotations

import pytest
from ruamel.yaml import YAML

from actions.enquiries import FORMS
from bot.config import ROOT
from bot.nlu.form_answer import LAST, SKIP, STOP, UNTRAINED, is_question, kind, wants_person

FAQ = ("answer", "faq")


def of(text: str, asking: str = "group_when", topic: str = "faq/parking") -> str:
    """What a text is while a form asks, if Docent would answer it on a topic otherwise."""
    return kind(text, asking, *FAQ, topic)


def examples(intent: str) -> list[str]:
    rows = YAML(typ="safe").load((ROOT / "data/nlu/forms.yml").read_text("utf-8"))["nlu"]
    [found] = [row["examples"] for row in rows if row["intent"] == intent]
    return [line.removeprefix("- ") for line in found.strip().splitlines()]


@pytest.mark.parametrize(
    "text",
    [
        "Tuesday 12 March, 30 people",
        "May 12th",
        "will be about 30 of us",
        "when I left the café, around three",
        "opening day, 10am",
        "parking for one coach please",
        "下周二上午十点，三十个人",
        "停车位一个，谢谢",
        "大巴 coach 一辆",
        "I told your staff and nobody came",
        "We'd like someone to show us around",
    ],
)
def test_an_answer_in_ones_own_words_is_an_answer(text: str) -> None:
    assert of(text) == "answer"
    assert kind(text, "group_when", "clarify", "nlu_fallback", "faq/parking") == "answer"


@pytest.mark.parametrize(
    "text",
    [
        "do you have parking?",
        "Is there parking for coaches",
        "what time do you close on sunday",
        "有停车场吗",
        "請問有停車場嗎？",
        "可以停 coach 吗",
    ],
)
def test_a_question_on_another_topic_is_answered_in_between(text: str) -> None:
    assert of(text) == "question"
    unsure = kind(text, "group_when", "clarify", "nlu_fallback", "faq/parking")
    assert unsure == "answer"


@pytest.mark.parametrize(
    "text",
    [
        "just get me a person",
        "can I talk to a human please?",
        "let me speak to someone",
        "转人工",
        "我要找人工客服",
        "我要轉真人客服 please",
    ],
)
def test_a_wish_for_a_person_is_heard(text: str) -> None:
    assert of(text, "complaint_what") == "person"
    assert wants_person(text)


@pytest.mark.parametrize(
    "text", ["I asked a person at the desk and she laughed at me", "讲解员态度很差", "staff 很凶"]
)
def test_who_speaks_of_a_person_wants_none(text: str) -> None:
    assert not wants_person(text)


def test_what_the_model_takes_for_a_wish_counts_if_it_names_a_person() -> None:
    heard = kind("人工，谢谢", "lost_what", "service", "speak_to_human", "speak_to_human")
    assert heard == "person"
    heard = kind("a hat", "lost_what", "service", "speak_to_human", "speak_to_human")
    assert heard == "answer"


@pytest.mark.parametrize(
    ("text", "asking", "topic", "what"),
    [
        ("it's blue, has anyone found it?", "lost_marks", "faq/lost_property", "answer"),
        ("how long do you keep things?", "lost_marks", "faq/lost_property", "question"),
        ("可以给我退钱吗", "complaint_wish", "faq/change_refund", "answer"),
        ("could I have my money back?", "complaint_wish", "faq/change_refund", "answer"),
        ("do you have a Mandarin guide?", "group_needs", "faq/guided_tours", "answer"),
        ("do you have a Mandarin guide?", "group_when", "faq/guided_tours", "question"),
        ("有WiFi吗", "school_hopes", "faq/wifi", "question"),
    ],
)
def test_a_question_that_belongs_to_the_answer_is_part_of_it(
    text: str, asking: str, topic: str, what: str
) -> None:
    assert of(text, asking, topic) == what


@pytest.mark.parametrize(("text", "is_aside"), [("hello", True), ("你是机器人吗", True)])
def test_a_greeting_is_no_answer(text: str, is_aside: bool) -> None:
    intent = "greeting" if text == "hello" else "bot_challenge"
    assert (kind(text, "lost_what", "service", intent, intent) == "aside") is is_aside


@pytest.mark.parametrize("text", examples(STOP))
def test_every_example_of_leaving_leaves(text: str) -> None:
    assert of(text) == "stop"


@pytest.mark.parametrize(
    "text", ["不用了", "不必了，谢谢", "那不用了吧", "唔使喇", "不用了 thanks"]
)
def test_no_thanks_ends_the_last_question_and_cancels_the_others(text: str) -> None:
    assert {of(text, form.questions[-1].slot) for form in FORMS} == {"skip"}
    assert {of(text, q.slot) for form in FORMS for q in form.questions[:-1]} == {"stop"}


@pytest.mark.parametrize("text", ["算了", "取消", "cancel", "never mind"])
def test_who_leaves_leaves_at_the_last_question_too(text: str) -> None:
    assert of(text, "group_needs") == "stop"


def test_the_last_questions_are_those_of_the_forms() -> None:
    assert {form.questions[-1].slot for form in FORMS} == LAST


@pytest.mark.parametrize("text", examples(SKIP))
def test_every_example_of_skipping_skips(text: str) -> None:
    assert of(text) == "skip"


@pytest.mark.parametrize(
    "text",
    [
        "please don't cancel our tickets",
        "the lift stopped and we had to wait",
        "nobody knows where it is",
        "取消了我们的预约，没有人通知",
        "不知道为什么没人理我们",
        "we didn't know the room was closed",
    ],
)
def test_longer_words_neither_leave_nor_skip(text: str) -> None:
    assert of(text, "complaint_what") == "answer"


def test_the_examples_and_the_untrained_intents_are_the_same() -> None:
    rows = YAML(typ="safe").load((ROOT / "data/nlu/forms.yml").read_text("utf-8"))["nlu"]
    assert {row["intent"] for row in rows} == UNTRAINED


@pytest.mark.parametrize(
    ("text", "asked"),
    [("is it open", True), ("几点 open", True), ("May 3", False), ("is a blue one", False)],
)
def test_is_question(text: str, asked: bool) -> None:
    assert is_question(text) is asked
