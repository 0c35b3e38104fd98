"""All computed answers: which there are, that any text gets one, and that it fits a phone."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content.computed import COMPUTED, Computed, computed
from bot.content.museum import load_museum, to_traditional
from bot.content.sentences import LANGUAGES

from .told import CITY, DATA, HARBOUR, NOON, house, sentences, told, words

TOPICS = (
    "opening_hours late_opening closures exhibitions_on exhibition_specific admission_price "
    "concessions"
).split()
PIECES = (
    "what's on open closed late free tonight now tomorrow friday next week this weekend after 7 "
    "until 9pm 25 december christmas easter in may next month bank holiday 2 adults a student "
    "kids aged 4 and 12 my mum is 68 carer silk and salt lamplight coin gallery strike teachers "
    "现在 今晚 七点以后 周一 下周五 春节 月底 十二月 圣诞节 丝与盐 钱币厅 "
    "两大一小 我妈68岁 学生证 免费 下一个展 "
    "絲與鹽 幾點 週末 2月30日 99 \n [[name]] {day} ${HOME} 😂 0 ¥ ( ) /".split(" ")
)
FIRST = datetime.fromisoformat("2026-01-01")
TEXTS = st.one_of(
    st.text(max_size=80), st.lists(st.sampled_from(PIECES), max_size=9).map(" ".join)
)


def test_these_topics_are_computed() -> None:
    assert sorted(COMPUTED) == sorted(TOPICS)


def test_any_other_topic_is_left_to_its_file() -> None:
    assert told("wifi", "is there wifi") is None


def test_an_answer_is_known_unless_it_says_otherwise() -> None:
    assert Computed("Yes.") == Computed("Yes.", offer_person=False)


@settings(max_examples=120, deadline=None)
@given(
    st.sampled_from(TOPICS),
    TEXTS,
    st.sampled_from([*LANGUAGES, "zh"]),
    st.datetimes(FIRST, FIRST + timedelta(days=1095), timezones=st.just(timezone.utc)),
    st.sampled_from([HARBOUR, CITY]),
)
def test_no_text_makes_it_stumble(
    topic: str, text: str, language: str, now: datetime, museum: str
) -> None:
    answer = computed(topic, text, language, house(museum), sentences(), now)
    if topic != "exhibition_specific":
        assert answer is not None
    if answer is not None:
        assert answer.text.strip()
        assert len(answer.text.encode()) <= 2048
        assert not {"{", "}", "[", "]"} & set(answer.text)


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize(
    "text", [" ".join(PIECES), "1 " * 700, "\n" * 1400, "一" * 1500, "(5, " * 300]
)
def test_a_long_text_is_answered(topic: str, text: str) -> None:
    told(topic, text)


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "text", ["silk and salt", "25 december, 2 adults", "in january", "teachers"]
)
def test_the_museum_of_this_repository_answers(topic: str, language: str, text: str) -> None:
    museum = load_museum(DATA / "museum.yml")
    now = datetime(2026, 11, 22, 12, 0, tzinfo=ZoneInfo("Europe/London"))
    answer = computed(topic, text, language, museum, sentences(), now)
    if answer is None:
        assert topic == "exhibition_specific"
        return
    assert not {"{", "}", "[", "]"} & set(answer.text)
    assert len(answer.text) < 700
    if language == "zh-Hant":
        assert to_traditional(answer.text) == answer.text


def test_now_may_be_of_any_zone() -> None:
    now = datetime(2026, 11, 23, 2, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    answer = computed("closures", "closed tomorrow?", "en", house(), sentences(), now)
    assert answer is not None
    assert "tomorrow (Monday 23 November)" in answer.text


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("are you open on friday?\nand on saturday?", "Saturday 28 November"),
        ("are you open on friday?\nwhat about it", "Friday 27 November"),
        ("12月25日开吗\n那26号呢", "26 November"),
        ("are you open at 7\non friday?", "open at 7pm on Friday 27 November"),
        ("are you open on friday\nuntil 8?", "Yes, on Friday 27 November"),
        ("open in december", "24 December"),
    ],
)
def test_opening_hours_with_a_follow_up(text: str, part: str) -> None:
    assert part in words("opening_hours", text, "en", NOON)


def test_a_far_day_is_offered_to_a_person() -> None:
    answer = told("opening_hours", "25 december 2030")
    assert answer is not None
    assert answer.offer_person
