"""The computed opening answer, sentence by sentence, in three languages."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.content.hours_answer import opening_answer
from bot.content.museum import Museum, load_museum
from bot.content.sentences import Sentences, load_sentences

LONDON = ZoneInfo("Europe/London")
NOON = "2026-11-22T12:00"
MUSEUM = """\
name: {en: Test Museum, zh: 测试博物馆}
time_zone: Europe/London
links: {home: https://test.example}
opening:
  week: {mon: closed, tue: "10:00-17:30", wed: "10:00-17:30", thu: "10:00-17:30",
         fri: "10:00-13:00, 14:00-20:30", sat: "10:00-17:30", sun: "10:00-17:30"}
  last_entry_minutes: 45
  exceptions:
    - {every: 12-24, hours: "10:00-15:00", reason: {en: Christmas Eve, zh: 平安夜}}
    - {every: 12-25, hours: closed, reason: {en: Christmas Day, zh: 圣诞节}}
    - {every: 12-26, hours: closed, reason: {en: Boxing Day, zh: 节礼日}}
    - {from: 2027-01-11, to: 2027-01-15, hours: closed, reason: {en: upkeep, zh: 保养}}
exhibitions: []
desk:
  hours: {mon: "09:00-17:00", tue: closed, wed: closed, thu: closed, fri: closed, sat: closed,
          sun: closed}
  promise_minutes: {default: 60}
  departments: []
"""
SENTENCES = {
    "open_on": (
        "Open {day} {opens}-{closes}/{last_entry}.",
        "{day}开{opens}至{closes}/{last_entry}。",
    ),
    "closed_on": ("Closed {day}.", "{day}闭馆。"),
    "closed_on_reason": ("Closed {day}: {reason}.", "因{reason}，{day}闭馆。"),
    "open_now": ("Open now, until {closes}.", "正在开放，{closes}闭馆。"),
    "closed_now_opens_later": ("Closed now, open at {opens}.", "还没开馆，{opens}开放。"),
    "closed_now_next": (
        "Closed now. Open again {next_day} at {opens}.",
        "闭馆中，{next_day}{opens}开放。",
    ),
    "special_hours_reason": ("({reason})", "（{reason}）"),
    "week_intro": ("Usual times:", "平常："),
    "week_line": ("{days}: {opens} to {closes}", "{days}：{opens}至{closes}"),
    "week_closed": ("{days}: closed", "{days}：闭馆"),
    "last_entry": ("Last entry {minutes} minutes before.", "闭馆前{minutes}分钟停止入场。"),
    "beyond_calendar": ("Not known {day}, see [[links.home]].", "{day}未定，见[[links.home]]"),
}
TRADITIONAL = str.maketrans("开闭馆还没见钟", "開閉館還沒見鐘")


@pytest.fixture(scope="module")
def museum(tmp_path_factory: pytest.TempPathFactory) -> Museum:
    path = tmp_path_factory.mktemp("data") / "museum.yml"
    path.write_text(MUSEUM, encoding="utf-8")
    return load_museum(path)


@pytest.fixture(scope="module")
def sentences() -> Sentences:
    rows = {f"opening.{key}": pair for key, pair in SENTENCES.items()}
    rows["date_unclear"] = ("Which day?", "哪一天？")
    texts = {
        key: {"en": en, "zh-Hans": zh, "zh-Hant": zh.translate(TRADITIONAL)}
        for key, (en, zh) in rows.items()
    }
    return Sentences(Path("sentences.yml"), texts, dict.fromkeys(texts, "sentences.yml:1"))


ANSWERS = [
    # Now
    (NOON, "en", "open now?", "Open now, until 5:30pm. Last entry 45 minutes before."),
    ("2026-11-22T08:00", "en", "now", "Closed now, open at 10am."),
    ("2026-11-22T18:00", "en", "now", "Closed now. Open again on Tuesday 24 November at 10am."),
    (
        "2026-11-23T18:00",
        "en",
        "now",
        "Closed now. Open again tomorrow (Tuesday 24 November) at 10am.",
    ),
    ("2026-11-27T13:30", "en", "now", "Closed now, open at 2pm."),
    (
        "2026-12-25T12:00",
        "en",
        "now",
        "Closed now. Open again on Sunday 27 December at 10am. (Christmas Day)",
    ),
    (NOON, "zh-Hans", "现在开着吗", "正在开放，17:30闭馆。闭馆前45分钟停止入场。"),
    ("2026-11-22T18:00", "zh-Hant", "現在有開嗎", "閉館中，11月24日（星期二）10:00開放。"),
    # A day
    (NOON, "en", "today", "Open today (Sunday 22 November) 10am-5:30pm/4:45pm."),
    (NOON, "zh-Hans", "今天", "今天（11月22日，星期日）开10:00至17:30/16:45。"),
    (NOON, "zh-Hant", "今日開嗎", "今天（11月22日，星期日）開10:00至17:30/16:45。"),
    (NOON, "zh-Hans", "你们 today 开吗", "今天（11月22日，星期日）开10:00至17:30/16:45。"),
    ("2026-11-22T18:00", "en", "today", "Closed now. Open again on Tuesday 24 November at 10am."),
    (
        NOON,
        "en",
        "Friday",
        "Open on Friday 27 November 10am-1pm/12:15pm. "
        "Open on Friday 27 November 2pm-8:30pm/7:45pm.",
    ),
    (
        NOON,
        "en",
        "next Monday",
        "Closed tomorrow (Monday 23 November). Open on Tuesday 24 November 10am-5:30pm/4:45pm.",
    ),
    (
        NOON,
        "zh-Hans",
        "下周一",
        "明天（11月23日，星期一）闭馆。11月24日（星期二）开10:00至17:30/16:45。",
    ),
    (NOON, "en", "24 December", "Open on Thursday 24 December 10am-3pm/2:15pm. (Christmas Eve)"),
    (
        NOON,
        "en",
        "25 December",
        "Closed on Friday 25 December: Christmas Day. "
        "Open on Sunday 27 December 10am-5:30pm/4:45pm.",
    ),
    (
        NOON,
        "zh-Hant",
        "聖誕節",
        "因聖誕節，12月25日（星期五）閉館。12月27日（星期日）開10:00至17:30/16:45。",
    ),
    (NOON, "en", "3 Jan 2027", "Open on Sunday 3 January 2027 10am-5:30pm/4:45pm."),
    (NOON, "zh-Hans", "明年1月3日", "2027年1月3日（星期日）开10:00至17:30/16:45。"),
    # Several days
    (NOON, "en", "next weekend", "Open on Saturday 28 and Sunday 29 November 10am-5:30pm/4:45pm."),
    (NOON, "zh-Hans", "下周末", "11月28日（星期六）和11月29日（星期日）开10:00至17:30/16:45。"),
    (NOON, "en", "24 to 26 Nov", "Open Tuesday 24 to Thursday 26 November 10am-5:30pm/4:45pm."),
    (
        NOON,
        "en",
        "11 to 15 january",
        "Closed Monday 11 to Friday 15 January 2027: upkeep. "
        "Open on Saturday 16 January 2027 10am-5:30pm/4:45pm.",
    ),
    (
        NOON,
        "en",
        "30 and 31 December or 1 January 2030",
        "Open on Wednesday 30 and Thursday 31 December 10am-5:30pm/4:45pm. "
        "Not known on Tuesday 1 January 2030, see https://test.example.",
    ),
    # Too far, and too late
    (
        NOON,
        "en",
        "25 December 2029",
        "Not known on Tuesday 25 December 2029, see https://test.example.",
    ),
    (NOON, "zh-Hant", "2029年12月25日", "2029年12月25日（星期二）未定，見https://test.example"),
    (
        NOON,
        "en",
        "what about yesterday and today",
        "Open today (Sunday 22 November) 10am-5:30pm/4:45pm.",
    ),
]


@pytest.mark.parametrize(("at", "language", "text", "answer"), ANSWERS)
def test_answers(
    museum: Museum, sentences: Sentences, at: str, language: str, text: str, answer: str
) -> None:
    now = datetime.fromisoformat(at).replace(tzinfo=LONDON)
    assert opening_answer(text, language, museum, sentences, now) == answer


WEEK = """\
Usual times:
Tuesday to Thursday, Saturday, Sunday: 10am to 5:30pm
Friday: 10am to 1pm
Friday: 2pm to 8:30pm
Monday: closed
Last entry 45 minutes before."""


@pytest.mark.parametrize(
    ("at", "language", "text", "day"),
    [
        ("2026-11-22T16:00", "en", "are you open on sunday", "22 November"),
        ("2026-11-22T18:00", "en", "are you open on sunday", "29 November"),
        ("2026-11-22T18:00", "zh-Hans", "星期天开门吗", "11月29日"),
        ("2026-11-22T18:00", "zh-Hans", "你们 sunday 开吗", "11月29日"),
        ("2026-11-23T18:00", "en", "open on mondays?", "23 November"),
    ],
)
def test_a_weekday_that_is_over_means_the_next_one(
    museum: Museum, at: str, language: str, text: str, day: str
) -> None:
    now = datetime.fromisoformat(at).replace(tzinfo=LONDON)
    ours = load_sentences(Path(__file__).parents[2] / "data" / "sentences.yml")
    assert day in opening_answer(text, language, museum, ours, now)


@pytest.mark.parametrize("text", ["hours?", "were you open yesterday"])
def test_a_general_question_gets_the_week_and_the_moment(
    museum: Museum, sentences: Sentences, text: str
) -> None:
    now = datetime(2026, 11, 22, 12, 0, tzinfo=LONDON)
    answer = opening_answer(text, "en", museum, sentences, now)
    assert answer == f"{WEEK}\nOpen now, until 5:30pm."


def test_the_coming_weeks_exceptions_are_told_with_the_week(
    museum: Museum, sentences: Sentences
) -> None:
    now = datetime(2026, 12, 20, 8, 0, tzinfo=LONDON)
    news = opening_answer("几点开门", "zh-Hans", museum, sentences, now).split("\n")[-4:]
    assert news == [
        "还没开馆，10:00开放。",
        "12月24日（星期四）开10:00至15:00/14:15。（平安夜）",
        "因圣诞节，12月25日（星期五）闭馆。",
        "因节礼日，12月26日（星期六）闭馆。",
    ]


def test_an_unclear_day_is_asked_for_after_the_week(museum: Museum, sentences: Sentences) -> None:
    now = datetime(2026, 11, 22, 12, 0, tzinfo=LONDON)
    answer = opening_answer("bank holiday?", "en", museum, sentences, now)
    assert answer == f"{WEEK}\nOpen now, until 5:30pm.\nWhich day?"


def test_the_day_is_the_museums_wherever_the_clock_stands(
    museum: Museum, sentences: Sentences
) -> None:
    now = datetime(2026, 11, 23, 2, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    answer = opening_answer("tomorrow", "en", museum, sentences, now)
    assert answer.startswith("Closed tomorrow (Monday 23 November).")


@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant"])
@pytest.mark.parametrize("text", ["hours", "now", "today", "25 December", "bank holiday", "2035"])
def test_the_sentences_of_this_repository_hold_all_that_is_needed(
    language: str, text: str
) -> None:
    data = Path(__file__).parents[2] / "data"
    museum, sentences = load_museum(data / "museum.yml"), load_sentences(data / "sentences.yml")
    for hour in (8, 12, 23):
        now = datetime(2026, 11, 27, hour, 0, tzinfo=LONDON)
        answer = opening_answer(text, language, museum, sentences, now)
        assert answer
        assert not {"{", "}", "[", "]"} & set(answer)
