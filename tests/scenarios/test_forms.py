"""Forms through the whole program: asked over Messenger, read by staff in Slack and in the log."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from standins.graph import batch
from standins.messenger import quick_reply

from .house import ADA, DESK, House
from .words import Words, ref_in


@dataclass(frozen=True)
class Story:
    """What one visitor writes until the case opens; a line that begins with ">" presses."""

    psid: str
    language: str
    lines: tuple[str, ...]
    reason: str
    department: str
    details: dict[str, str]

    def __str__(self) -> str:
        return self.psid


STORIES = [
    Story(
        "lost-en",
        "en",
        ("I lost my scarf in the cafe yesterday", "blue with white dots"),
        "lost_property",
        "lost_property",
        {
            "What was lost · Where and when": "I lost my scarf in the cafe yesterday",
            "How to recognise it": "blue with white dots",
        },
    ),
    Story(
        "lost-zh",
        "zh-Hans",
        ("我的雨伞忘记拿了", "昨天下午在二楼展厅", "黑色的折叠伞"),
        "lost_property",
        "lost_property",
        {
            "What was lost": "我的雨伞忘记拿了",
            "Where and when": "昨天下午在二楼展厅",
            "How to recognise it": "黑色的折叠伞",
        },
    ),
    Story(
        "group-en",
        "en",
        ("group booking", ">Send an enquiry", "30 people on Tuesday 12 March", "a guide please"),
        "group_visit",
        "ticketing",
        {
            "How many people · Date and time": "30 people on Tuesday 12 March",
            "What they need": "a guide please",
        },
    ),
    Story(
        "group-zh",
        "zh-Hans",
        ("我们旅行团二十个人想来参观", ">提交团体预约", "3月12日上午", ">跳过"),
        "group_visit",
        "ticketing",
        {"How many people": "我们旅行团二十个人想来参观", "Date and time": "3月12日上午"},
    ),
    Story(
        "school-en",
        "en",
        (
            "school trip",
            ">Send an enquiry",
            "Hillside Primary, Year 4",
            "60 pupils, 6 adults",
            "12 March",
            "we are learning about the sea",
        ),
        "school_booking",
        "learning",
        {
            "School and class": "Hillside Primary, Year 4",
            "Pupils and adults": "60 pupils, 6 adults",
            "Date": "12 March",
            "What they hope for": "we are learning about the sea",
        },
    ),
    Story(
        "school-zh",
        "zh-Hans",
        (
            "想带班级来参观",
            ">提交学校预约",
            "阳光小学三年级",
            "60个学生，6位老师",
            "3月12日",
            "不知道",
        ),
        "school_booking",
        "learning",
        {
            "School and class": "阳光小学三年级",
            "Pupils and adults": "60个学生，6位老师",
            "Date": "3月12日",
        },
    ),
    Story(
        "complaint-en",
        "en",
        (
            "I want to make a complaint",
            "The guard shouted at my mother",
            "yesterday in room 4",
            "an apology",
        ),
        "complaint",
        "visitor_services",
        {
            "What happened": "The guard shouted at my mother",
            "When and where": "yesterday in room 4",
            "What would put it right": "an apology",
        },
    ),
    Story(
        "complaint-zh",
        "zh-Hans",
        ("我要投诉", "排队排了两个小时，没有人管我们", "昨天在入口", "道歉"),
        "complaint",
        "visitor_services",
        {
            "What happened": "排队排了两个小时，没有人管我们",
            "When and where": "昨天在入口",
            "What would put it right": "道歉",
        },
    ),
]


def says(house: House, psid: str, line: str) -> list[str]:
    """Writes a line or presses the button of this name; returns all that came back."""
    before = house.graph.sent(psid)
    if line.startswith(">"):
        payloads = dict(zip(before[-1].buttons, before[-1].payloads, strict=True))
        house.post(batch(quick_reply(psid, line[1:], payloads[line[1:]])))
    else:
        house.write(psid, line)
    house.sent(psid, len(before) + 1)
    house.settled(psid)
    return [each.text for each in house.graph.sent(psid)[len(before) :]]


def closed(house: House, psid: str, card: str) -> None:
    """Ends a case, so that the next visitor is next in the queue."""
    before = len(house.graph.sent(psid))
    house.press(ADA, card, "Back to bot")
    house.sent(psid, before + 1)


@pytest.mark.parametrize("story", STORIES, ids=str)
def test_a_form_becomes_a_case_that_staff_can_read(
    house: House, words: Words, story: Story
) -> None:
    *_, told = [says(house, story.psid, line) for line in story.lines]
    ref = ref_in(told[-1])
    sentence = f"forms.sent.{story.reason}"
    assert told[-1] in words.acknowledgements(sentence, story.language, ref)
    [case] = house.cases(story.psid)
    assert (case["department"], case["details"]) == (story.department, story.details)
    assert case["priority"] == "normal"
    card = house.card(ref)
    blocks = str(house.slack.message(DESK, card)["blocks"])
    for label, answer in story.details.items():
        assert label in blocks
        assert answer in blocks
    closed(house, story.psid, card)


@pytest.mark.parametrize(
    ("psid", "language", "lines"),
    [
        ("ask-en", "en", ("I lost my umbrella", "can i take photos?")),
        ("ask-zh", "zh-Hans", ("我的雨伞忘记拿了", "可以拍照吗？")),
    ],
)
def test_a_question_in_the_middle_and_a_person_in_the_end(
    house: House, words: Words, psid: str, language: str, lines: tuple[str, str]
) -> None:
    says(house, psid, lines[0])
    answer, again = says(house, psid, lines[1])
    assert answer == words.answer("photography", language)
    assert again == words.say("forms.ask.lost_where", language)
    [told] = says(house, psid, "转人工" if language == "zh-Hans" else "just get me a person")
    card = house.card(ref_in(told))
    [case] = house.cases(psid)
    assert case["details"] == {"What was lost": lines[0]}
    assert lines[0] in str(house.slack.message(DESK, card)["blocks"])
    closed(house, psid, card)
    [after] = says(house, psid, lines[1])
    assert after == answer


@pytest.mark.parametrize(
    ("psid", "language", "first", "leave", "opens"),
    [
        ("leave-en", "en", "I lost my umbrella", "never mind", False),
        ("leave-zh", "zh-Hans", "我的雨伞忘记拿了", "算了", False),
        ("leave-c-en", "en", "your staff were rude to my mother and laughed", "cancel", True),
        ("leave-c-zh", "zh-Hans", "你们的员工对我妈妈态度非常恶劣", "不用了", True),
    ],
)
def test_leaving_in_the_middle(
    house: House, words: Words, psid: str, language: str, first: str, leave: str, opens: bool
) -> None:
    says(house, psid, first)
    [told] = says(house, psid, leave)
    cases = house.cases(psid)
    assert len(cases) == int(opens)
    if not opens:
        assert told == words.say("forms.stopped.nothing_sent", language)
        return
    assert told in words.acknowledgements("forms.stopped.complaint", language, cases[0]["ref"])
    assert cases[0]["details"] == {"What happened": first}
    closed(house, psid, house.card(cases[0]["ref"]))


@pytest.mark.parametrize(
    ("psid", "lines"),
    [
        ("cut-en", ("I lost my umbrella", "in the main hall yesterday", "it is green")),
        ("cut-zh", ("我的雨伞忘记拿了", "昨天在二楼展厅", "绿色的")),
    ],
)
def test_a_power_cut_in_the_middle_keeps_what_was_told(
    house: House, psid: str, lines: tuple[str, str, str]
) -> None:
    says(house, psid, lines[0])
    says(house, psid, lines[1])
    house.program.kill()
    house.program.start()
    [told] = says(house, psid, lines[2])
    [case] = house.cases(psid)
    assert list(case["details"].values()) == list(lines)
    closed(house, psid, house.card(ref_in(told)))


@pytest.mark.parametrize(
    ("psid", "first", "alarm"),
    [
        ("alarm-en", "I lost my umbrella", "help, someone has collapsed and is not breathing"),
        ("alarm-zh", "我的雨伞忘记拿了", "有人晕倒了，快来人"),
    ],
)
def test_an_emergency_in_the_middle_is_urgent_and_pings_staff(
    house: House, psid: str, first: str, alarm: str
) -> None:
    says(house, psid, first)
    told = says(house, psid, alarm)
    card = house.card(ref_in(told[-1]))
    shown = house.slack.message(DESK, card)
    assert shown["text"].startswith("🚨 URGENT ")
    assert "<!here>" in shown["blocks"][0]["text"]["text"]
    assert alarm in str(shown["blocks"])
    [case] = house.cases(psid)
    assert (case["priority"], case["due_at"]) == ("urgent", case["due_at"])
    assert case["details"] == {"What was lost": first}
    closed(house, psid, card)
