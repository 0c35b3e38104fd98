"""Which day a visitor asks about, in English, Chinese or both.

A grammar of its own: dateparser reads neither 12月25日 nor, in day-month order, 2026-12-25, and a
museum must not take "may 3 of us come" for a date. Everything is matched on a text in NFKC, small
letters and Simplified characters, and a stretch that one rule has read is closed to later rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from bot.content import day_rules
from bot.content.day_mentions import Mention, joined
from bot.content.day_words import (
    AFTER,
    BEFORE,
    HAN_LINK,
    HAN_NUMBER,
    HAN_WEEK,
    MONTH,
    NAMED,
    NOW,
    OFFSETS,
    ORDINAL,
    READ,
    SPAN_WORDS,
    WEEKDAY,
    plain,
)

Kind = Literal["now", "days", "general", "unclear"]


@dataclass(frozen=True)
class DayQuestion:
    """What a text asks: about this moment, about days in order, in general, or unclearly.

    'unclear' means that a day is meant which cannot be worked out, such as a bank holiday.
    `by_weekday` is true where days were named by nothing but their weekday.
    """

    kind: Kind
    dates: tuple[date, ...] = ()
    by_weekday: bool = False


def find_day(text: str, now: datetime) -> DayQuestion:
    """The day that a text asks about, seen from `now` in the museum's time zone.

    A weekday is the next one, today included. "this Friday" is the same; 这周五 is Friday of this
    week, which starts on Monday, and 下周五 Friday of the next. "next Friday" means either of two
    days to different people while this week's Friday is still to come: then both are given.
    A date without a year is the next one. In a text with Chinese characters 12/5 is 5 December,
    otherwise 12 May. A day that never comes, such as 30 February, is unclear.
    """
    words = plain(text)
    today = now.date()
    mentions = joined(_mentions(words, today), words, today)
    dates = tuple(sorted({day for mention in mentions for day in mention.dates}))
    if NOW.search(words) and set(dates) <= {today}:
        return DayQuestion("now", (today,))
    if dates:
        by_weekday = all(mention.weekday is not None for mention in mentions)
        return DayQuestion("days", dates, by_weekday)
    return DayQuestion("unclear" if mentions else "general")


# A pattern and how to read a match; the first that reads a stretch closes it.
_RULES: tuple[tuple[re.Pattern[str], day_rules.Reader], ...] = tuple(
    (re.compile(pattern, re.ASCII), reader)
    for pattern, reader in (
        *((f"{BEFORE}(?:{words}){AFTER}", day_rules.named(at, days)) for words, at, days in NAMED),
        (
            r"\b(?:bank|public) holidays?(?: monday)?|公众假期|公共假[期日]|银行假[期日]|法定假日"
            r"|\bhalf[- ]?terms?\b|期中假",
            day_rules.unclear,
        ),
        *((pattern, day_rules.offset(days)) for days, pattern in OFFSETS.items()),
        (r"\bin (?P<count>\d|two|three|four|five|six|seven) (?P<unit>day)s\b", day_rules.ahead),
        (r"\bin (?P<count>\d|a|one|two|three|four) (?P<unit>week)s?\b(?! time)", day_rules.ahead),
        (
            r"(?P<count>\d{1,2}|[一两二三四五六七八九十])个?(?P<unit>天|周|星期|礼拜)[之以]?后",
            day_rules.ahead,
        ),
        (r"\b(?:(?P<when>this|next|last) )?weekends?\b", day_rules.weekend),
        (r"(?P<when>上|下|这|本)?个?(?:周末|双休日)", day_rules.weekend),
        (
            r"(?<!\d)(?P<year>20\d\d)[-/.年](?P<month>\d\d?)[-/.月](?P<day>\d\d?)(?!\d)",
            day_rules.iso,
        ),
        (
            rf"{BEFORE}(?P<month>{HAN_NUMBER})月份?的?{HAN_LINK}"
            r"(?P<day>\d{1,2}(?:[日号]|(?![\d天个次人点周年岁张位名楼]))|[一二三四五六七八九十廿]{1,3}[日号])",
            day_rules.han_date,
        ),
        (
            rf"(?<![\d.:/])(?:(?P<first>\d\d?){ORDINAL}?\s*(?P<link>{SPAN_WORDS}|and|&|or)\s*)?"
            rf"(?P<day>\d\d?){ORDINAL}?(?: day)?(?: of)?\s*{MONTH}{AFTER}",
            day_rules.day_month,
        ),
        (
            rf"(?P<on>\bon )?\b{MONTH}\s*(?:the )?(?:(?P<first>\d\d?){ORDINAL}?\s*"
            rf"(?P<link>{SPAN_WORDS}|and|&|or)\s*)?(?P<day>\d\d?)(?P<suffix>{ORDINAL})?"
            rf"(?![\d:.]\d|\d|\s*(?:am|pm|o'clock)\b){AFTER}",
            day_rules.month_day,
        ),
        (
            r"(?<![\d/.-])(?P<one>\d\d?)(?P<mark>[/.-])(?P<two>\d\d?)"
            r"(?:(?P=mark)(?P<after>20\d\d|\d\d))?(?![\d/]|\s*(?:am|pm|price|hours?)\b)",
            day_rules.slashed,
        ),
        (
            rf"(?<![\d第月]){HAN_LINK}(?P<day>\d{{1,2}}[号日]|[一二三四五六七八九十廿]{{1,3}}号"
            r"|[二三]?十[一二三四五六七八九]?日)"
            r"(?![线门楼馆厅展出口院房室桌车站店码位机游内票通元本语常坛])",
            day_rules.day_only,
        ),
        (
            rf"\b{WEEKDAY},? (?:the )?(?P<day>\d\d?)(?=\s*(?:[?!,]|\.(?!\d)|$))",
            day_rules.weekday_number,
        ),
        (
            rf"(?<![\d.])(?P<day>\d\d?){ORDINAL}\b(?=\s*(?:[?.!,;)-]|$|(?:at|is|are|or|and|to|of"
            r"|until|till|for|please|pls|we|i|you|then|open|opening|closed?|will|if|with|there"
            r"|hours|morning|afternoon|evening|ok|okay)\b|[^\x00-\x7f]))",
            day_rules.day_only,
        ),
        (rf"(?:\b(?P<when>this|next|last|following)\s+)?\b{WEEKDAY}(?! of\b)", day_rules.weekday),
        (
            r"(?:\b(?P<when>this|next)\s+)?\b(?P<name>mon|tues?|weds?|thu(?:rs?)?|fri|sat|sun)\b",
            day_rules.short_weekday,
        ),
        (rf"{HAN_WEEK}六日(?!本)", day_rules.han_pair),
        (
            rf"(?<![一两二三四五六几]){HAN_WEEK}(?P<name>[一二三四五六日天])(?![次回趟遍])"
            r"(?P<more>(?:[、,和或及跟到至~-][一二三四五六日天](?![月日号天个点次起般家楼层位张定些样岁本语落时半]))*)",
            day_rules.han_weekday,
        ),
        (r"\b(?P<when>this|next) week\b(?!')", day_rules.week),
        (r"(?P<when>下|这|本)个?(?:周|星期|礼拜)", day_rules.week),
    )
)


def _mentions(text: str, today: date) -> Iterator[Mention]:
    for pattern, read in _RULES:
        position = 0
        while match := pattern.search(text, position):
            position = max(match.end(), match.start() + 1)
            mention = read(match, today)
            if mention is not None:
                yield replace(mention, start=match.start(), end=match.end())
                text = text[: match.start()] + READ * len(match[0]) + text[match.end() :]
