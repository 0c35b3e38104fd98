"""Which day is meant: tables in English, Simplified, Traditional and mixed, and traps."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.dates import find_day

LONDON = ZoneInfo("Europe/London")
SUNDAY = datetime(2026, 11, 22, 12, 0, tzinfo=LONDON)
WEDNESDAY = datetime(2026, 11, 25, 12, 0, tzinfo=LONDON)


def days(text: str, now: datetime) -> str:
    """The days found, as "22.11 23.11"; the year is told where it is not that of `now`."""
    question = find_day(text, now)
    found = [
        f"{day:%d.%m}" + ("" if day.year == now.year else f".{day:%y}") for day in question.dates
    ]
    return " ".join(found) if question.kind == "days" else question.kind


# Each row is read on Sunday 22 November 2026.
ON_SUNDAY = [
    # English: near days
    ("are you open right now", "now"),
    ("u open rn?", "now"),
    ("are you still open", "now"),
    ("is it open now, today I mean", "now"),
    ("open today?", "22.11"),
    ("wat time u shut 2day", "22.11"),
    ("what time do you close tonight", "22.11"),
    ("this afternoon", "22.11"),
    ("tomorrow", "23.11"),
    ("r u open tmrw", "23.11"),
    ("Tmr morning?", "23.11"),
    ("the day after tomorrow", "24.11"),
    ("were you open yesterday", "21.11"),
    ("in 3 days", "25.11"),
    ("in two weeks", "06.12"),
    ("I'm planning now for tomorrow", "23.11"),
    # English: weekdays
    ("Sunday", "22.11"),
    ("are you open on mondays", "23.11"),
    ("this Monday", "23.11"),
    ("next Monday", "23.11"),
    ("next Sunday", "29.11"),
    ("next Friday", "27.11"),
    ("on sun", "22.11"),
    ("thurs?", "26.11"),
    ("open weds", "25.11"),
    ("hi just checking ur open this sat", "28.11"),
    ("sat and sun", "22.11 28.11"),
    ("Saturday or Monday", "23.11 28.11"),
    ("mon-fri", "23.11 24.11 25.11 26.11 27.11"),
    ("from Tuesday to Thursday", "24.11 25.11 26.11"),
    ("what are Thursday's hours", "26.11"),
    ("this weekend", "22.11"),
    ("next weekend", "28.11 29.11"),
    ("next week", "23.11 24.11 25.11 26.11 27.11 28.11 29.11"),
    # English: dates
    ("25 December", "25.12"),
    ("25th of December", "25.12"),
    ("Dec 25th", "25.12"),
    ("december 25 opening", "25.12"),
    ("25dec", "25.12"),
    ("25/12", "25.12"),
    ("25/12/26", "25.12"),
    ("25.12.2026", "25.12"),
    ("12/25", "25.12"),
    ("5/12", "05.12"),
    ("2026-12-25", "25.12"),
    ("3 Jan 2028", "03.01.28"),
    ("20 november", "20.11.27"),
    ("the 14th", "14.12"),
    ("the 31st", "31.12"),
    ("Sunday 14th", "14.02.27"),
    ("Sunday the 14th of December", "14.12"),
    ("Monday 14", "14.12"),
    ("Fri, 25 Dec", "25.12"),
    ("tomorrow (Monday 23rd)", "23.11"),
    ("24-26 December", "24.12 25.12 26.12"),
    ("24 and 26 December", "24.12 26.12"),
    ("from 30 December to 2 January", "30.12 31.12 01.01.27 02.01.27"),
    ("29 February", "29.02.28"),
    ("on may 3", "03.05.27"),
    ("May 3rd", "03.05.27"),
    # English: named days
    ("Christmas", "25.12"),
    ("xmas day", "25.12"),
    ("Christmas Eve", "24.12"),
    ("over Christmas", "24.12 25.12 26.12"),
    ("boxing day hours??", "26.12"),
    ("New Year's Eve", "31.12"),
    ("do you open new years day", "01.01.27"),
    ("new year’s day", "01.01.27"),
    ("Chinese New Year", "06.02.27"),
    ("Good Friday", "26.03.27"),
    ("easter sunday - as normal?", "28.03.27"),
    ("Easter Monday", "29.03.27"),
    ("over easter", "26.03.27 27.03.27 28.03.27 29.03.27"),
    ("Christmas 2027", "25.12.27"),
    (
        "between Boxing Day and New Year's Day",
        "26.12 27.12 28.12 29.12 30.12 31.12 01.01.27",
    ),
    # English: slips of the thumb
    ("tomorow", "23.11"),
    ("tommorrow", "23.11"),
    ("wensday", "25.11"),
    ("wednesdya", "25.11"),
    ("sundy", "22.11"),
    ("saterday", "28.11"),
    ("thrusday", "26.11"),
    ("25 decmber", "25.12"),
    ("chrismas eve", "24.12"),
    # Simplified
    ("现在开着吗", "now"),
    ("你们还开着吗", "now"),
    ("今天开吗", "22.11"),
    ("今晚几点关门", "22.11"),
    ("明天", "23.11"),
    ("后天呢", "24.11"),
    ("大后天", "25.11"),
    ("三天后", "25.11"),
    ("周日", "22.11"),
    ("星期天几点开", "22.11"),
    ("礼拜天", "22.11"),
    ("周一开不开", "23.11"),
    ("下周一", "23.11"),
    ("下星期一", "23.11"),
    ("下个礼拜三", "25.11"),
    ("下下周一", "30.11"),
    ("这周五", "20.11"),
    ("本周六", "21.11"),
    ("每周二", "24.11"),
    ("周末", "22.11"),
    ("下周末", "28.11 29.11"),
    ("周六日", "22.11 28.11"),
    ("周一、三", "23.11 25.11"),
    ("周一至周五", "23.11 24.11 25.11 26.11 27.11"),
    ("周二到四", "24.11 25.11 26.11"),
    ("12月25日", "25.12"),
    ("12月25号", "25.12"),
    ("12月25", "25.12"),
    ("12 月 25 日", "25.12"),
    ("十二月二十五日", "25.12"),
    ("25号", "25.11"),
    ("二十五号", "25.11"),
    ("2026年12月25日", "25.12"),
    ("12月25日（星期五）", "25.12"),
    ("12月24日到26日", "24.12 25.12 26.12"),
    ("24号到26号", "24.11 25.11 26.11"),
    ("12/5开吗", "05.12"),
    ("圣诞节", "25.12"),
    ("平安夜那天", "24.12"),
    ("节礼日", "26.12"),
    ("元旦放假还开馆吗", "01.01.27"),
    ("春节", "06.02.27"),
    ("除夕", "05.02.27"),
    ("明年春节", "06.02.27"),
    ("国庆节期间", "01.10.27"),
    ("复活节那个周一", "29.03.27"),
    # Traditional
    ("而家開唔開", "now"),
    ("現在有開嗎", "now"),
    ("今日開到幾點", "22.11"),
    ("聽日", "23.11"),
    ("後天有開嗎", "24.11"),
    ("請問週一有開嗎", "23.11"),
    ("下週一", "23.11"),
    ("禮拜日", "22.11"),
    ("這個星期六", "21.11"),
    ("週末", "22.11"),
    ("十二月二十五號", "25.12"),
    ("聖誕節當天", "25.12"),
    ("農曆新年期間照常開放嗎", "06.02.27"),
    ("復活節星期一", "29.03.27"),
    # Mixed
    ("你们 today 开到几点", "22.11"),
    ("我tomorrow去可以吗", "23.11"),
    ("boxing day那天有開嗎", "26.12"),
    ("sunday 开门吗", "22.11"),
    ("next Monday开吗", "23.11"),
    ("open 12月25日 or not", "25.12"),
    ("Dec 25th开吗", "25.12"),
    ("right now开着吗", "now"),
    # Unclear: a day is meant, but which
    ("bank holiday monday open or shut", "unclear"),
    ("bank holiday 你们 open 吗", "unclear"),
    ("公眾假期開嗎", "unclear"),
    ("30 February", "unclear"),
    ("2月30日", "unclear"),
]

# Words that look like days and are none.
GENERAL = [
    "",
    "hours?",
    "几点开门",
    "幾點開門",
    "may i come in",
    "may 3 of us come",
    "table for 2 may i ask",
    "we sat down",
    "I sat in the sun",
    "the sun and moon",
    "mon ami",
    "can we wed here",
    "is the second floor open",
    "the 2nd floor",
    "an 18th century vase",
    "march with kids",
    "may we march 4 abreast",
    "24/7",
    "1/2 price",
    "open 10-5?",
    "Train gets in at 9.15. Will you be open by then",
    "my ticket is 10.30am",
    "is there a christmas tree",
    "merry christmas! what are your hours",
    "easter island statues",
    "happy new year",
    "圣诞快乐",
    "新年快樂",
    "复活节岛",
    "nowadays",
    "I know",
    "every day of the week",
    "the first friday of the month",
    "do you sell sundaes",
    "remember us",
    "marsh birds",
    "一周一次",
    "一周开几天",
    "周年纪念",
    "休館日是星期幾",
    "1号展厅",
    "2號線",
    "3日游",
    "每日",
    "然后天气",
    "打听日期",
    "can I see it in a day",
    "四点半到还能让进吗",
]

ON_WEDNESDAY = [
    ("wednesday", "25.11"),
    ("next wednesday", "02.12"),
    ("next friday", "27.11 04.12"),
    ("next monday", "30.11"),
    ("this monday", "30.11"),
    ("last monday", "23.11"),
    ("this weekend", "28.11 29.11"),
    ("weekend", "28.11 29.11"),
    ("这周一", "23.11"),
    ("本週六", "28.11"),
    ("周一", "30.11"),
    ("下周五", "04.12"),
    ("上周五", "20.11"),
    ("周一到周五", "30.11 01.12 02.12 03.12 04.12"),
    ("周末 open 吗", "28.11 29.11"),
    ("這個週末", "28.11 29.11"),
]


@pytest.mark.parametrize(("text", "found"), ON_SUNDAY)
def test_asked_on_a_sunday(text: str, found: str) -> None:
    assert days(text, SUNDAY) == found


@pytest.mark.parametrize("text", GENERAL)
def test_ordinary_words_are_no_day(text: str) -> None:
    assert find_day(text, SUNDAY).kind == "general"


@pytest.mark.parametrize(("text", "found"), ON_WEDNESDAY)
def test_asked_in_the_middle_of_the_week(text: str, found: str) -> None:
    assert days(text, WEDNESDAY) == found


@pytest.mark.parametrize(
    ("text", "found"), [("christmas", "25.12.27"), ("圣诞节", "25.12.27"), ("元旦", "01.01.27")]
)
def test_a_named_day_that_is_over_is_next_years(text: str, found: str) -> None:
    assert days(text, datetime(2026, 12, 26, 9, 0, tzinfo=LONDON)) == found


def test_now_holds_today() -> None:
    assert find_day("now", SUNDAY).dates == (date(2026, 11, 22),)


FORMS = [
    "{0:%d} {0:%B} {0:%Y}",
    "{0:%B} {0.day}, {0:%Y}",
    "{0:%Y-%m-%d}",
    "{0:%d/%m/%Y}",
    "{0:%A} {0:%d} {0:%b} {0:%Y}",
    "{0.year}年{0.month}月{0.day}日",
    "请问{0.year}年{0.month}月{0.day}号开吗",
    "請問{0.year}年{0.month}月{0.day}號開嗎",
]


@given(st.dates(date(2026, 1, 1), date(2030, 12, 31)), st.sampled_from(FORMS))
def test_a_full_date_is_read_in_every_form(day: date, form: str) -> None:
    assert find_day(form.format(day), SUNDAY).dates == (day,)


@given(st.integers(0, 800), st.sampled_from("一二三四五六日"))
def test_a_plain_weekday_lies_within_a_week(ahead: int, name: str) -> None:
    now = SUNDAY + timedelta(days=ahead)
    (day,) = find_day(f"周{name}开吗", now).dates
    assert 0 <= (day - now.date()).days < 7
    assert day.weekday() == "一二三四五六日".index(name)


ODD_WORDS = (
    "next this sat 周 下 一 二十 月 日 号 may 14th 31 2 / - to and 至 到 monday 25 dec 2026 "
    "christmas 明年 春节 the on 周末 week in days 后 元宵节 0 99 ① ²"
)
WORDS = st.sampled_from(ODD_WORDS.split())


@given(st.one_of(st.text(max_size=80), st.lists(WORDS, max_size=12).map(" ".join)))
def test_no_text_is_too_strange(text: str) -> None:
    question = find_day(text, SUNDAY)
    assert bool(question.dates) == (question.kind in ("now", "days"))


@given(st.lists(WORDS, max_size=12).map("".join))
def test_no_text_without_spaces_is_too_strange(text: str) -> None:
    assert list(find_day(text, SUNDAY).dates) == sorted(set(find_day(text, SUNDAY).dates))
