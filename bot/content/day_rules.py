"""How a match of a pattern is read: each rule says which days it means, seen from today.

A reader gives None for what only looks like a day; then the stretch stays open to other rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from bot.content.calendar import DAYS, coming, days_between, feast
from bot.content.day_mentions import Mention, dated, of_month
from bot.content.day_words import counted, han_day_number, month_number

Reader = Callable[[re.Match[str], date], Mention | None]
_CUE = re.compile(
    r"(?:\b(?:on|this|next|open|opening|closed?|close|hours|hrs|times?|for|to|till|until|from|every"
    r"|coming|is|late|what about|how about)\s+|[-/&–+]\s*|\0,?\s*(?:and|or|,)?\s*)$",
    re.ASCII,
)
_GOES_ON = re.compile(
    r"\s*(?:[?.!,&/–-]|\d|(?:open|hours|hrs|close|times?|and|or|to)\b)", re.ASCII
)
_NO_DAY = re.compile(r"\b(?:the|a|an|we|i|you|he|she|they|can|to)\s+$", re.ASCII)
_MAY_ASKS = re.compile(r"\s*(?:i|we|be|not|the|my|you|they|he|she|it|need|want|have|bring|come)\b")


def named(where: tuple[int, int] | str, shifts: tuple[int, ...]) -> Reader:
    """Makes the reader of a feast or a fixed day, with days relative to it."""

    def read(match: re.Match[str], today: date) -> Mention:
        given = _year(match, today)
        years = [given] if given else range(today.year - 1, today.year + 3)
        for year in years:
            anchor = feast(where, year) if isinstance(where, str) else date(year, *where)
            days = tuple(anchor + timedelta(days=shift) for shift in shifts if anchor)
            if not days:
                continue
            if given or days[-1] >= today:
                return Mention(days)
        return Mention(())

    return read


def offset(days: int) -> Reader:
    """Makes the reader of a day so many days from today."""
    return lambda match, today: Mention((today + timedelta(days=days),))


def ahead(match: re.Match[str], today: date) -> Mention | None:
    """Reads "in 3 days" and 三天后."""
    words = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
    amount = words.get(match["count"]) or counted(match["count"])
    if not amount:
        return None
    unit = 1 if match["unit"] in ("day", "天") else 7
    return Mention((today + timedelta(days=amount * unit),))


def week(match: re.Match[str], today: date) -> Mention:
    """Reads "next week" and 这周: what is left of it."""
    shift = 7 if match["when"] in ("next", "下") else 0
    monday = today + timedelta(days=shift - today.weekday())
    days = days_between(monday, monday + timedelta(days=6))
    return Mention(tuple(day for day in days if day >= today))


def weekend(match: re.Match[str], today: date) -> Mention:
    """Reads "this weekend" and 上周末."""
    shift = {"next": 7, "下": 7, "last": -7, "上": -7}.get(match["when"] or "", 0)
    saturday = today + timedelta(days=5 - today.weekday() + shift)
    days = (saturday, saturday + timedelta(days=1))
    return Mention(days if shift else tuple(day for day in days if day >= today))


def weekday(match: re.Match[str], today: date) -> Mention:
    """Reads "Monday" and "next Friday", which may be either of two days."""
    number = DAYS.index(match["name"][:3])
    when = match["when"] or ""
    nearest = coming(number, today)
    if when == "last":
        return Mention((coming(number, today - timedelta(days=7)),), number)
    if when not in ("next", "following"):
        return Mention((nearest,), number)
    if nearest == today:
        return Mention((nearest + timedelta(days=7),), number)
    of_next_week = today + timedelta(days=7 - today.weekday() + number)
    return Mention(tuple(dict.fromkeys((nearest, of_next_week))), number)


def short_weekday(match: re.Match[str], today: date) -> Mention | None:
    """Reads "sat" only beside a word that goes with days: people also sat in the sun."""
    before, after = match.string[: match.start()], match.string[match.end() :]
    last_word = not after.strip(" ?!.") and not _NO_DAY.search(before)
    first_word = not before.strip() and _GOES_ON.match(after)
    clear = match["name"][:3] in ("tue", "thu", "fri") or match["name"] == "weds"
    if not (clear or first_word or last_word or _CUE.search(before)) or re.match(
        r" (?:down|in)\b", after
    ):
        return None
    return weekday(match, today)


def weekday_number(match: re.Match[str], today: date) -> Mention | None:
    """Reads "Monday 14"."""
    number = DAYS.index(match["name"][:3])
    return of_month(int(match["day"]), today, number)


def han_weekday(match: re.Match[str], today: date) -> Mention:
    """Reads 周一, 下周五, 周一、三 and 周二到四."""
    numbers = [
        han_day_number(match["name"]),
        *(han_day_number(name) for name in match["more"][1::2]),
    ]
    if match["when"] in ("上", "下", "下下", "这", "本"):
        weeks = {"上": -1, "下": 1, "下下": 2}.get(match["when"], 0)
        monday = today + timedelta(days=7 * weeks - today.weekday())
        days = [monday + timedelta(days=number) for number in numbers]
    else:
        days = [coming(number, today) for number in numbers]
    if match["more"][:1] in ("到", "至", "-", "~"):
        days = list(days_between(days[0], coming(numbers[1], days[0])))
    return Mention(tuple(days), numbers[0] if len(numbers) == 1 else None)


def han_pair(match: re.Match[str], today: date) -> Mention:
    """Reads 周六日."""
    return Mention((coming(5, today), coming(6, today)))


def iso(match: re.Match[str], today: date) -> Mention:
    """Reads 2026-12-25."""
    return dated(int(match["year"]), int(match["month"]), [int(match["day"])], today)


def slashed(match: re.Match[str], today: date) -> Mention | None:
    """Reads 25/12/26, and 12/5 by the language of the text."""
    first, second = int(match["one"]), int(match["two"])
    # "24/7" and "1/2" are no days, but 24/7/2027 is one.
    if not match["after"] and ((first, second) in ((24, 7), (1, 2)) or match["mark"] != "/"):
        return None
    month_first = second > 12 or (first <= 12 and bool(re.search("[一-鿿]", match.string)))
    month, day = (first, second) if month_first else (second, first)
    year = int(match["after"]) if match["after"] else None
    if year is not None and year < 100:
        year += 2000
    return dated(year, month, [day], today) if 1 <= month <= 12 and 1 <= day <= 31 else None


def day_month(match: re.Match[str], today: date) -> Mention | None:
    """Reads "24-26 December", but no "2 may I ask"."""
    if match["month"] == "may" and _MAY_ASKS.match(match.string, match.end()):
        return None
    return dated(_year(match, today), month_number(match["month"]), _day_numbers(match), today)


def month_day(match: re.Match[str], today: date) -> Mention | None:
    """Reads "may 3" as a date only where nothing counted follows: "may 3 of us come?"."""
    rest = match.string[match.end() :].strip()
    firm = match["suffix"] or match["after"] or match["on"] or rest[:1] in ("", "?", ".", ",", "!")
    if match["month"] in ("may", "march", "mar", "sun") and not firm:
        return None
    return dated(_year(match, today), month_number(match["month"]), _day_numbers(match), today)


def han_date(match: re.Match[str], today: date) -> Mention:
    """Reads 12月25日 and 12月24日到26日."""
    month = counted(match["month"])
    return dated(_year(match, today), month, _day_numbers(match), today)


def day_only(match: re.Match[str], today: date) -> Mention | None:
    """Reads "the 14th" and 24号到26号."""
    numbers = _day_numbers(match)
    if len(numbers) == 1:
        return of_month(numbers[0], today, None)
    first = of_month(numbers[0], today, None)
    if first is None or not first.dates:
        return first
    return dated(first.dates[0].year, first.dates[0].month, numbers, today)


def unclear(match: re.Match[str], today: date) -> Mention:
    """Reads a day that only the law knows, such as a bank holiday."""
    return Mention(())


def _day_numbers(match: re.Match[str]) -> list[int]:
    last = counted(match["day"].rstrip("日号"))
    groups = match.re.groupindex
    first = counted(match["first"]) if "first" in groups and match["first"] else last
    if first >= last:
        return [last]
    return (
        [first, last]
        if match["link"] in ("和", "或", "、", "and", "&", "or")
        else list(range(first, last + 1))
    )


def _year(match: re.Match[str], today: date) -> int | None:
    groups = match.groupdict()
    given = groups.get("before") or groups.get("after")
    if not given:
        return None
    return int(given) if given.isdigit() else today.year + "今明后".index(given)
