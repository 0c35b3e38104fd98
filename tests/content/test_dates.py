"""Which day is meant: tables in English, Simplified, Traditional and mixed, and strange texts."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content.dates import find_day

from .asked import SUNDAY, days

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
    ("Monday 14", "14.12"),
    ("24-26 December", "24.12 25.12 26.12"),
    ("24 and 26 December", "24.12 26.12"),
    ("29 February", "29.02.28"),
    ("on may 3", "03.05.27"),
    ("May 3rd", "03.05.27"),
    # Simplified
    ("现在开着吗", "now"),
    ("你们还开着吗", "now"),
    ("今天开吗", "22.11"),
    ("今晚几点关门", "22.11"),
    ("明天", "23.11"),
    ("后天呢", "24.11"),
    ("大后天", "25.11"),
    ("三天后", "25.11"),
    ("12月25日", "25.12"),
    ("12月25号", "25.12"),
    ("12月25", "25.12"),
    ("12 月 25 日", "25.12"),
    ("十二月二十五日", "25.12"),
    ("25号", "25.11"),
    ("二十五号", "25.11"),
    ("2026年12月25日", "25.12"),
    ("12月24日到26日", "24.12 25.12 26.12"),
    ("24号到26号", "24.11 25.11 26.11"),
    ("12/5开吗", "05.12"),
    # Traditional
    ("而家開唔開", "now"),
    ("現在有開嗎", "now"),
    ("今日開到幾點", "22.11"),
    ("聽日", "23.11"),
    ("後天有開嗎", "24.11"),
    ("十二月二十五號", "25.12"),
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


@pytest.mark.parametrize(("text", "found"), ON_SUNDAY)
def test_asked_on_a_sunday(text: str, found: str) -> None:
    assert days(text, SUNDAY) == found


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


# The first feast of a year takes long to compute.
@settings(deadline=None)
@given(st.dates(date(2026, 1, 1), date(2030, 12, 31)), st.sampled_from(FORMS))
def test_a_full_date_is_read_in_every_form(day: date, form: str) -> None:
    assert find_day(form.format(day), SUNDAY).dates == (day,)


ODD_WORDS = (
    "next this sat 周 下 一 二十 月 日 号 may 14th 31 2 / - to and 至 到 monday 25 dec 2026 "
    "christmas 明年 春节 the on 周末 week in days 后 元宵节 0 99 ① ²"
)
WORDS = st.sampled_from(ODD_WORDS.split())


@settings(deadline=None)
@given(st.one_of(st.text(max_size=80), st.lists(WORDS, max_size=12).map(" ".join)))
def test_no_text_is_too_strange(text: str) -> None:
    question = find_day(text, SUNDAY)
    assert bool(question.dates) == (question.kind in ("now", "days"))


@settings(deadline=None)
@given(st.lists(WORDS, max_size=12).map("".join))
def test_no_text_without_spaces_is_too_strange(text: str) -> None:
    assert list(find_day(text, SUNDAY).dates) == sorted(set(find_day(text, SUNDAY).dates))
