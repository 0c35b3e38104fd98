"""Times and dates in words, written for readers of the other language; pure.

Only what is words is changed: "10点半" becomes "10:30" and "25 December" 12月25日. Times in
figures ("10:30am", "14:00–16:30") are read everywhere and stay as they are.
"""

from __future__ import annotations

import re
import unicodedata

MONTHS = (
    "January February March April May June July August September October November December"
).split()
_SHORT = {month[:3].lower(): number for number, month in enumerate(MONTHS, 1)}
_MONTH = "|".join([*MONTHS, *(f"{m[:3]}\\.?" for m in MONTHS if m != "May"), "Sept\\.?"])
_AND = r"\s?(?:–|-|to|and|&|至|到|和|、|~|～)\s?"

ENGLISH_DATE = re.compile(
    rf"(?<![A-Za-z0-9.,:/])(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:(?P<and>{_AND})(?P<last>\d{{1,2}})"
    rf"(?:st|nd|rd|th)?)?(?:\sof)?\s(?P<month>{_MONTH})(?![A-Za-z])(?:,?\s(?P<year>20\d\d)(?!\d))?"
    rf"|(?<![A-Za-z])(?P<month2>{_MONTH})\s(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?(?!\d|[:.]\d)"
    rf"(?![A-Za-z])(?:,?\s(?P<year2>20\d\d)(?!\d))?"
)
CHINESE_DATE = re.compile(
    rf"(?:(?P<year>\d{{4}})\s?年\s?)?(?P<month>\d{{1,2}})\s?月\s?(?P<day>\d{{1,2}})\s?[日号號]"
    rf"(?:(?P<and>{_AND})(?P<last>\d{{1,2}})\s?[日号號])?"
)
_PART = "凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|夜裡"
_NUMERAL = "十[一二]?|[一二三四五六七八九两兩]"
_REST = r"半|[一三]刻|\d{1,2}\s?分?|[钟鐘整]"
CHINESE_TIME = re.compile(
    rf"(?:(?P<part>{_PART})\s?)?(?<!\d)(?P<hour>\d{{1,2}})\s?[点點](?!\d{{3}})(?P<rest>{_REST})?"
    # "一点" alone is "a little".
    rf"|(?P<part2>{_PART})\s?(?P<hour2>{_NUMERAL})\s?[点點](?P<rest2>{_REST})?"
    rf"|(?P<hour3>{_NUMERAL})[点點](?P<rest3>半|[一三]刻|[钟鐘整])"
    rf"|(?P<part4>{_PART})\s?(?P<hour4>\d{{1,2}})[:：](?P<rest4>\d{{2}})(?!\d)"
)
_NUMERALS = {n: i for i, n in enumerate("零一二三四五六七八九十")} | {
    "两": 2,
    "兩": 2,
    "十一": 11,
    "十二": 12,
}
_MINUTES = {"半": 30, "一刻": 15, "三刻": 45}


def english_date(match: re.Match[str]) -> str:
    """Returns a Chinese date in English."""
    days = str(int(match["day"]))
    if match["last"]:
        days += f"{_between(match['and'])}{int(match['last'])}"
    month = int(match["month"])
    if not 1 <= month <= 12:
        return match[0]
    return f"{days} {MONTHS[month - 1]}" + (f" {int(match['year'])}" if match["year"] else "")


def chinese_date(match: re.Match[str]) -> str:
    """Returns an English date in Chinese."""
    month = _SHORT[(match["month"] or match["month2"])[:3].lower()]
    year, day = match["year"] or match["year2"], match["day"] or match["day2"]
    days = f"{int(day)}日"
    if match["last"]:
        days += f"{_between(match['and'], chinese=True)}{int(match['last'])}日"
    return (f"{int(year)}年" if year else "") + f"{month}月{days}"


def english_time(match: re.Match[str]) -> str:
    """Returns a Chinese time of day in English: "3pm", "10:30"."""
    found = {key[:4]: value for key, value in match.groupdict().items() if value is not None}
    part, rest = found.get("part", ""), found.get("rest", "")
    hour = _NUMERALS[found["hour"]] if found["hour"] in _NUMERALS else int(found["hour"])
    minute = _MINUTES.get(rest)
    if minute is None:
        minute = int("0" + "".join(unicodedata.normalize("NFKC", c) for c in rest if c.isdigit()))
    if not part or hour > 12:
        return f"{hour}:{minute:02}"
    return _of_twelve(hour, minute) + _half(part, hour)


def _of_twelve(hour: int, minute: int) -> str:
    return f"{hour}:{minute:02}" if minute else str(hour)


def _half(part: str, hour: int) -> str:
    night = part in ("晚上", "夜里", "夜裡")
    if part in ("下午", "傍晚") or (part == "中午" and hour in (12, 1, 2)):
        return "pm"
    return "pm" if night and 5 <= hour < 12 else "am"


def _between(sign: str, chinese: bool = False) -> str:
    sign = sign.strip()
    if sign in ("and", "&", "和", "、"):
        return "和" if chinese else " and "
    return "至" if chinese else "–"
