"""Which day a visitor asks about, in English, Chinese or both.

A grammar of its own: dateparser reads neither 12月25日 nor, in day-month order, 2026-12-25, and a
museum must not take "may 3 of us come" for a date. Everything is matched on a text in NFKC, small
letters and Simplified characters, and a stretch that one rule has read is closed to later rules.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Literal

from bot.content.calendar import DAYS, coming, days_between, days_of_month, feast

Kind = Literal["now", "days", "general", "unclear"]
READ = "\0"
LONGEST_RANGE = 31


@dataclass(frozen=True)
class DayQuestion:
    """What a text asks: about this moment, about days in order, in general, or unclearly.

    'unclear' means that a day is meant which cannot be worked out, such as a bank holiday.
    """

    kind: Kind
    dates: tuple[date, ...] = ()


@dataclass(frozen=True)
class _Mention:
    dates: tuple[date, ...]
    weekday: int | None = None
    day_of_month: int | None = None
    start: int = 0
    end: int = 0


_Reader = Callable[[re.Match[str], date], _Mention | None]


def find_day(text: str, now: datetime) -> DayQuestion:
    """The day that a text asks about, seen from `now` in the museum's time zone.

    A weekday is the next one, today included. "this Friday" is the same; 这周五 is Friday of this
    week, which starts on Monday, and 下周五 Friday of the next. "next Friday" means either of two
    days to different people while this week's Friday is still to come: then both are given.
    A date without a year is the next one. In a text with Chinese characters 12/5 is 5 December,
    otherwise 12 May. A day that never comes, such as 30 February, is unclear.
    """
    plain = _plain(text)
    today = now.date()
    mentions = _joined(_mentions(plain, today), plain, today)
    dates = tuple(sorted({day for mention in mentions for day in mention.dates}))
    if _NOW.search(plain) and set(dates) <= {today}:
        return DayQuestion("now", (today,))
    if dates:
        return DayQuestion("days", dates)
    return DayQuestion("unclear" if mentions else "general")


# --- Words ---

_SIMPLIFIED = str.maketrans(
    "後聖誕節週禮這個號現開門點營時間嗎來聽幾兩復國慶勞當曆農陽還關沒雙萬線樓館廳場車無樹眾樂銀島難滿",
    "后圣诞节周礼这个号现开门点营时间吗来听几两复国庆劳当历农阳还关没双万线楼馆厅场车无树众乐银岛难满",
)
_SPELLINGS = {
    "tomorrow": "2moro 2morrow 2mrw tmr tmrw tmw tmoro tomo tomoz tommorow tomorow tomorro",
    "today": "2day tday todat todya toady tody",
    "tonight": "2night 2nite tonite tonigt",
    "weekend": "wkend wknd weeknd weekand wkd weekened",
    "christmas": "xmas crimbo chrimbo",
    "wednesday": "wensday wendsday wendesday wednsday wenesday wenday",
    "monday": "mondy monady mnday munday moday",
    "friday": "fridy firday friady frday",
    "sunday": "sundy sunady sudnay sumday suday",
    "saturday": "satday saterday satuday",
}
_SPELLING = {typo: word for word, typos in _SPELLINGS.items() for typo in typos.split()}
_LONG_WORDS = re.findall(
    r"\w+",
    "tomorrow tuesday wednesday thursday saturday christmas "
    "january february september october november december",
)
_NOW = re.compile(
    r"\b(?:right now|now|rn|atm|at the moment|at present|currently|(?:still|already) open)\b"
    r"|\bopen yet\b|现在|目前|此刻|当前|这会儿|而家|宜家|还开[着门放吗]|[开关]门了[吗没]",
    re.ASCII,
)


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).replace(READ, " ").casefold()
    text = text.replace("’", "'").translate(_SIMPLIFIED).replace("x-mas", "xmas")
    text = re.sub(r"(?<=\d)\s+(?=[年月日号])|(?<=[年月])\s+(?=\d)", "", text)
    return re.sub(r"[a-z0-9]+", lambda word: _spelt(word[0]), text)


@lru_cache(maxsize=4096)
def _spelt(word: str) -> str:
    """Rights a known slip, and one wrong letter in a word too long to be mistaken for another."""
    if word in _SPELLING:
        return _SPELLING[word]
    if len(word) < 6 or word.isdigit():
        return word
    return next((right for right in _LONG_WORDS if _one_slip(word, right)), word)


def _one_slip(word: str, right: str) -> bool:
    if abs(len(word) - len(right)) > 1 or word[0] != right[0]:
        return False
    start = next((i for i, (a, b) in enumerate(zip(word, right, strict=False)) if a != b), None)
    if start is None:
        return word != right
    rest, wanted = word[start:], right[start:]
    swapped = rest[1::-1] + rest[2:]
    return wanted in (swapped, rest[1:]) or rest[1:] == wanted[1:] or rest == wanted[1:]


# --- Rules: a pattern and how to read a match; the first that reads a stretch closes it ---

_MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec"
_HAN_DAYS = "一二三四五六日"
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_WEEKDAY = r"(?P<name>mon|tues|wednes|thurs|fri|satur|sun)days?(?:'s)?\b"
_ORDINAL = r"(?:st|nd|rd|th)"
_HAN_NUMBER = r"(?:\d{1,2}|[一二三四五六七八九十廿]{1,3})"
_HAN_LINK = rf"(?:(?P<first>{_HAN_NUMBER})[日号]?(?P<link>到|至|-|~|和|或|、))?"
_AFTER = r"(?:,?\s*(?P<after>20\d\d)(?!\d))?"
_BEFORE = r"(?:(?P<before>20\d\d|今|明|后)年?的?\s*)?"
_SPAN_WORDS = r"到|至|-|–|—|~|to|till|until|through|thru"
_HAN_WEEK = r"(?P<when>上|下下|下|这|本|每)?个?(?:周|星期|礼拜)"

# Each is at (month, day), or for a moving feast at a name in `feast`, with days relative to it.
_NAMED: tuple[tuple[str, tuple[int, int] | str, tuple[int, ...]], ...] = (
    (
        r"\b(?:chinese|lunar) new year'?s? eve\b|除夕|大?年三十|年夜饭?",
        "Chinese New Year (Spring Festival)",
        (-1,),
    ),
    (r"元宵节?", "Chinese New Year (Spring Festival)", (14,)),
    (
        r"\b(?:chinese|lunar) new year(?:'?s)?(?: day)?\b|\bspring festival\b|\bcny\b"
        r"|春节(?!快乐)|(?:农历|中国)新年(?!快乐)|大年初一|正月初一|新春(?!快乐)|过年(?!好)",
        "Chinese New Year (Spring Festival)",
        (0,),
    ),
    (r"\bgood friday\b|耶稣受难日|受难[日节]", "Easter", (-2,)),
    (
        r"\beaster(?: bank holiday)? monday\b|复活节[后的那个]*(?:星期|周|礼拜)一",
        "Easter",
        (1,),
    ),
    (r"\beaster (?:sun)?day\b|复活节(?:当天|[的那个]*(?:星期|周|礼拜)[日天])", "Easter", (0,)),
    (
        r"\beaster(?: weekend)?\b(?! (?:egg|island|trail|bunny|hunt|event|activit|card|fair))"
        r"|复活节(?!岛|彩?蛋|快乐|活动)",
        "Easter",
        (-2, -1, 0, 1),
    ),
    (r"\b(?:dragon boat festival|duanwu)\b|端午节?", "Dragon Boat Festival", (0,)),
    (r"\bmid-?\s?autumn(?: festival)?\b|中秋节?", "Mid-Autumn Festival", (0,)),
    (r"\bchristmas eve\b|平安夜|圣诞节?前[夕夜]", (12, 24), (0,)),
    (
        r"\bover christmas\b|\bchristmas (?:period|holidays?|break|week)\b|圣诞节?(?:期间|假期)",
        (12, 25),
        (-1, 0, 1),
    ),
    (
        r"(?<!merry )(?<!happy )\bchristmas(?: day)?\b(?! (?:tree|shop|dinner|lunch|card|market"
        r"|gift|event|part|menu|decorat|carol|song|present|craft|trail|concert|jumper|special))"
        r"|圣诞[节日]?(?!树|礼|老|卡|市|大餐|活动|派对|集市|快乐|岛|歌)",
        (12, 25),
        (0,),
    ),
    (r"\bboxing day\b|节礼日", (12, 26), (0,)),
    (r"\bnew years?'?s? eve\b|\bnye\b|跨年夜?|元旦前夕", (12, 31), (0,)),
    (r"(?<!happy )\bnew years?'?s?(?: day)?\b|元旦|新年(?!快乐|好)", (1, 1), (0,)),
    (r"\bvalentine'?s?(?: day)?\b|情人节", (2, 14), (0,)),
    (r"\bhalloween\b|万圣[节夜]", (10, 31), (0,)),
    (r"五一(?:劳动节)?|劳动节", (5, 1), (0,)),
    (r"国庆(?:节|日)?", (10, 1), (0,)),
)
_OFFSETS = {
    3: r"大后[天日]",
    2: r"\b(?:the )?day after tomorrow\b|(?<![然最以之今先])后[天日](?!气)",
    1: r"\btomorrow\b|(?<!说)明[天日早晚晨儿]|(?<!打)听[日晚](?!期)",
    0: r"\b(?:today|tonight|this (?:morning|afternoon|evening))\b|今[天日晚早晨夜儿]|本日",
    -1: r"\byesterday\b|昨[天日晚]",
    -2: r"大?前[天日](?!气)",
}


def _named(where: tuple[int, int] | str, shifts: tuple[int, ...]) -> _Reader:
    def read(match: re.Match[str], today: date) -> _Mention:
        given = _year(match, today)
        years = [given] if given else range(today.year - 1, today.year + 3)
        for year in years:
            anchor = feast(where, year) if isinstance(where, str) else date(year, *where)
            days = tuple(anchor + timedelta(days=shift) for shift in shifts if anchor)
            if not days:
                continue
            if given or days[-1] >= today:
                return _Mention(days)
        return _Mention(())

    return read


def _offset(days: int) -> _Reader:
    return lambda match, today: _Mention((today + timedelta(days=days),))


def _ahead(match: re.Match[str], today: date) -> _Mention | None:
    words = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
    amount = words.get(match["count"]) or _number(match["count"])
    if not amount:
        return None
    unit = 1 if match["unit"] in ("day", "天") else 7
    return _Mention((today + timedelta(days=amount * unit),))


def _week(match: re.Match[str], today: date) -> _Mention:
    ahead = 7 if match["when"] in ("next", "下") else 0
    monday = today + timedelta(days=ahead - today.weekday())
    days = (monday + timedelta(days=shift) for shift in range(7))
    return _Mention(tuple(day for day in days if day >= today))


def _weekend(match: re.Match[str], today: date) -> _Mention:
    shift = {"next": 7, "下": 7, "last": -7, "上": -7}.get(match["when"] or "", 0)
    saturday = today + timedelta(days=5 - today.weekday() + shift)
    days = (saturday, saturday + timedelta(days=1))
    return _Mention(days if shift else tuple(day for day in days if day >= today))


def _weekday(match: re.Match[str], today: date) -> _Mention:
    number = DAYS.index(match["name"][:3])
    when = match["when"] or ""
    nearest = coming(number, today)
    if when == "last":
        return _Mention((coming(number, today - timedelta(days=7)),), number)
    if when not in ("next", "following"):
        return _Mention((nearest,), number)
    if nearest == today:
        return _Mention((nearest + timedelta(days=7),), number)
    of_next_week = today + timedelta(days=7 - today.weekday() + number)
    return _Mention(tuple(dict.fromkeys((nearest, of_next_week))), number)


_CUE = re.compile(
    r"(?:\b(?:on|this|next|open|opening|closed?|close|hours|hrs|times?|for|to|till|until|from|every"
    r"|coming|is|late|what about|how about)\s+|[-/&–+]\s*|\0,?\s*(?:and|or|,)?\s*)$",
    re.ASCII,
)
_GOES_ON = re.compile(
    r"\s*(?:[?.!,&/–-]|\d|(?:open|hours|hrs|close|times?|and|or|to)\b)", re.ASCII
)
_NO_DAY = re.compile(r"\b(?:the|a|an|we|i|you|he|she|they|can|to)\s+$", re.ASCII)


def _short_weekday(match: re.Match[str], today: date) -> _Mention | None:
    """Reads "sat" only beside a word that goes with days: people also sat in the sun."""
    before, after = match.string[: match.start()], match.string[match.end() :]
    last_word = not after.strip(" ?!.") and not _NO_DAY.search(before)
    first_word = not before.strip() and _GOES_ON.match(after)
    clear = match["name"][:3] in ("tue", "thu", "fri") or match["name"] == "weds"
    if not (clear or first_word or last_word or _CUE.search(before)) or re.match(
        r" (?:down|in)\b", after
    ):
        return None
    return _weekday(match, today)


def _weekday_number(match: re.Match[str], today: date) -> _Mention | None:
    number = DAYS.index(match["name"][:3])
    return _of_month(int(match["day"]), today, number)


def _han_weekday(match: re.Match[str], today: date) -> _Mention:
    numbers = [_han_day(match["name"]), *(_han_day(name) for name in match["more"][1::2])]
    if match["when"] in ("上", "下", "下下", "这", "本"):
        weeks = {"上": -1, "下": 1, "下下": 2}.get(match["when"], 0)
        monday = today + timedelta(days=7 * weeks - today.weekday())
        days = [monday + timedelta(days=number) for number in numbers]
    else:
        days = [coming(number, today) for number in numbers]
    if match["more"][:1] in ("到", "至", "-", "~"):
        days = list(days_between(days[0], coming(numbers[1], days[0])))
    return _Mention(tuple(days), numbers[0] if len(numbers) == 1 else None)


def _han_pair(match: re.Match[str], today: date) -> _Mention:
    return _Mention((coming(5, today), coming(6, today)))


def _iso(match: re.Match[str], today: date) -> _Mention:
    return _dated(int(match["year"]), int(match["month"]), [int(match["day"])], today)


def _slashed(match: re.Match[str], today: date) -> _Mention | None:
    first, second = int(match["one"]), int(match["two"])
    if (first, second) in ((24, 7), (1, 2)) or not (match["after"] or match["mark"] == "/"):
        return None
    month_first = second > 12 or (first <= 12 and bool(re.search("[一-鿿]", match.string)))
    month, day = (first, second) if month_first else (second, first)
    year = int(match["after"]) if match["after"] else None
    if year is not None and year < 100:
        year += 2000
    return _dated(year, month, [day], today) if 1 <= month <= 12 and 1 <= day <= 31 else None


_MAY_ASKS = re.compile(r"\s*(?:i|we|be|not|the|my|you|they|he|she|it|need|want|have|bring|come)\b")


def _day_month(match: re.Match[str], today: date) -> _Mention | None:
    if match["month"] == "may" and _MAY_ASKS.match(match.string, match.end()):
        return None
    return _dated(_year(match, today), _month(match["month"]), _day_numbers(match), today)


def _month_day(match: re.Match[str], today: date) -> _Mention | None:
    """Reads "may 3" as a date only where nothing counted follows: "may 3 of us come?"."""
    rest = match.string[match.end() :].strip()
    firm = match["suffix"] or match["after"] or match["on"] or rest[:1] in ("", "?", ".", ",", "!")
    if match["month"] in ("may", "march", "mar", "sun") and not firm:
        return None
    return _dated(_year(match, today), _month(match["month"]), _day_numbers(match), today)


def _han_date(match: re.Match[str], today: date) -> _Mention:
    month = _number(match["month"])
    return _dated(_year(match, today), month, _day_numbers(match), today)


def _day_only(match: re.Match[str], today: date) -> _Mention | None:
    numbers = _day_numbers(match)
    if len(numbers) == 1:
        return _of_month(numbers[0], today, None)
    first = _of_month(numbers[0], today, None)
    if first is None or not first.dates:
        return first
    return _dated(first.dates[0].year, first.dates[0].month, numbers, today)


def _unclear(match: re.Match[str], today: date) -> _Mention:
    return _Mention(())


_RULES: tuple[tuple[re.Pattern[str], _Reader], ...] = tuple(
    (re.compile(pattern, re.ASCII), reader)
    for pattern, reader in (
        *((f"{_BEFORE}(?:{words}){_AFTER}", _named(at, days)) for words, at, days in _NAMED),
        (
            r"\b(?:bank|public) holidays?(?: monday)?|公众假期|公共假[期日]|银行假[期日]|法定假日",
            _unclear,
        ),
        *((pattern, _offset(days)) for days, pattern in _OFFSETS.items()),
        (r"\bin (?P<count>\d|two|three|four|five|six|seven) (?P<unit>day)s\b", _ahead),
        (r"\bin (?P<count>\d|a|one|two|three|four) (?P<unit>week)s?\b(?! time)", _ahead),
        (
            r"(?P<count>\d{1,2}|[一两二三四五六七八九十])个?(?P<unit>天|周|星期|礼拜)[之以]?后",
            _ahead,
        ),
        (r"\b(?:(?P<when>this|next|last) )?weekends?\b", _weekend),
        (r"(?P<when>上|下|这|本)?个?(?:周末|双休日)", _weekend),
        (r"(?<!\d)(?P<year>20\d\d)[-/.年](?P<month>\d\d?)[-/.月](?P<day>\d\d?)(?!\d)", _iso),
        (
            rf"{_BEFORE}(?P<month>{_HAN_NUMBER})月份?的?{_HAN_LINK}"
            r"(?P<day>\d{1,2}(?:[日号]|(?![\d天个次人点周年岁张位名楼]))|[一二三四五六七八九十廿]{1,3}[日号])",
            _han_date,
        ),
        (
            rf"(?<![\d.:/])(?:(?P<first>\d\d?){_ORDINAL}?\s*(?P<link>{_SPAN_WORDS}|and|&|or)\s*)?"
            rf"(?P<day>\d\d?){_ORDINAL}?(?: day)?(?: of)?\s*{_MONTH}{_AFTER}",
            _day_month,
        ),
        (
            rf"(?P<on>\bon )?\b{_MONTH}\s*(?:the )?(?:(?P<first>\d\d?){_ORDINAL}?\s*"
            rf"(?P<link>{_SPAN_WORDS}|and|&|or)\s*)?(?P<day>\d\d?)(?P<suffix>{_ORDINAL})?"
            rf"(?![\d:.]\d|\d|\s*(?:am|pm|o'clock)\b){_AFTER}",
            _month_day,
        ),
        (
            r"(?<![\d/.-])(?P<one>\d\d?)(?P<mark>[/.-])(?P<two>\d\d?)"
            r"(?:(?P=mark)(?P<after>20\d\d|\d\d))?(?![\d/]|\s*(?:am|pm|price|hours?)\b)",
            _slashed,
        ),
        (
            rf"(?<![\d第月]){_HAN_LINK}(?P<day>\d{{1,2}}[号日]|[一二三四五六七八九十廿]{{1,3}}号"
            r"|[二三]?十[一二三四五六七八九]?日)"
            r"(?![线门楼馆厅展出口院房室桌车站店码位机游内票通元本语常坛])",
            _day_only,
        ),
        (
            rf"\b{_WEEKDAY},? (?:the )?(?P<day>\d\d?)(?=\s*(?:[?!,]|\.(?!\d)|$))",
            _weekday_number,
        ),
        (
            rf"(?<![\d.])(?P<day>\d\d?){_ORDINAL}\b(?=\s*(?:[?.!,;)-]|$|(?:at|is|are|or|and|to|of"
            r"|until|till|for|please|pls|we|i|you|then|open|opening|closed?|will|if|with|there"
            r"|hours|morning|afternoon|evening|ok|okay)\b|[^\x00-\x7f]))",
            _day_only,
        ),
        (rf"(?:\b(?P<when>this|next|last|following)\s+)?\b{_WEEKDAY}(?! of\b)", _weekday),
        (
            r"(?:\b(?P<when>this|next)\s+)?\b(?P<name>mon|tues?|weds?|thu(?:rs?)?|fri|sat|sun)\b",
            _short_weekday,
        ),
        (rf"{_HAN_WEEK}六日(?!本)", _han_pair),
        (
            rf"(?<![一两二三四五六几]){_HAN_WEEK}(?P<name>[一二三四五六日天])(?![次回趟遍])"
            r"(?P<more>(?:[、,和或及跟到至~-][一二三四五六日天](?![月日号天个点次起般家楼层位张定些样岁本语落时半]))*)",
            _han_weekday,
        ),
        (r"\b(?P<when>this|next) week\b(?!')", _week),
        (r"(?P<when>下|这|本)个?(?:周|星期|礼拜)", _week),
    )
)


def _mentions(text: str, today: date) -> Iterator[_Mention]:
    for pattern, read in _RULES:
        position = 0
        while match := pattern.search(text, position):
            position = max(match.end(), match.start() + 1)
            mention = read(match, today)
            if mention is not None:
                yield replace(mention, start=match.start(), end=match.end())
                text = text[: match.start()] + READ * len(match[0]) + text[match.end() :]


# --- Joining: "Sunday" beside "14th" is one day, "to" between two days is all between them ---

_BESIDE = re.compile(r"[\s,()的]*(?:\b(?:the|on)\b)?[\s(]*", re.ASCII)
_THROUGH = re.compile(rf"\s*(?:{_SPAN_WORDS})\s*(?:the\s+)?", re.ASCII)


def _joined(found: Iterator[_Mention], text: str, today: date) -> list[_Mention]:
    joined: list[_Mention] = []
    for mention in sorted(found, key=lambda each: each.start):
        whole = _join(joined[-1], mention, text, today) if joined else None
        if whole is None:
            joined.append(mention)
        else:
            joined[-1] = replace(whole, start=joined[-1].start, end=mention.end)
    return joined


def _join(left: _Mention, right: _Mention, text: str, today: date) -> _Mention | None:
    gap = text[left.end : right.start]
    between = gap.strip() == "and" and text[: left.start].rstrip().endswith("between")
    if _BESIDE.fullmatch(gap) and (left.weekday is None) != (right.weekday is None):
        day, other = (left, right) if left.weekday is not None else (right, left)
        if other.day_of_month is not None:
            return _of_month(other.day_of_month, today, day.weekday)
        return other
    if (between or _THROUGH.fullmatch(gap)) and left.dates and right.dates:
        return _through(left, right)
    return None


def _through(left: _Mention, right: _Mention) -> _Mention | None:
    first, last = left.dates[0], right.dates[-1]
    if right.weekday is not None:
        last = coming(right.weekday, first)
    elif right.day_of_month is not None:
        last = next(iter(days_of_month(right.day_of_month, first)), last)
    days = tuple(days_between(first, last))
    return _Mention(days) if 0 < len(days) <= LONGEST_RANGE else None


# --- Arithmetic ---


def _of_month(number: int, today: date, weekday: int | None) -> _Mention | None:
    """The next day of that number in a month, on that weekday where one is given."""
    if not 1 <= number <= 31:
        return None
    days = days_of_month(number, today)
    fits = (day for day in days if weekday is None or day.weekday() == weekday)
    found = next(fits, None)
    return _Mention((found,) if found else (), weekday, number if weekday is None else None)


def _dated(year: int | None, month: int, numbers: list[int], today: date) -> _Mention:
    for candidate in [year] if year else range(today.year, today.year + 9):
        try:
            days = tuple(date(candidate, month, number) for number in numbers)
        except ValueError:
            continue
        if year or days[-1] >= today:
            return _Mention(days)
    return _Mention(())


def _day_numbers(match: re.Match[str]) -> list[int]:
    last = _number(match["day"].rstrip("日号"))
    groups = match.re.groupindex
    first = _number(match["first"]) if "first" in groups and match["first"] else last
    if first >= last:
        return [last]
    return (
        [first, last]
        if match["link"] in ("和", "或", "、", "and", "&", "or")
        else list(range(first, last + 1))
    )


def _month(name: str) -> int:
    return _MONTHS.index(name[:3]) // 3 + 1


def _number(text: str) -> int:
    """The value of 25, 二十五 or 廿五."""
    if text.isdigit():
        return int(text)
    text = text.replace("廿", "二十").replace("两", "二")
    digits = {character: value for value, character in enumerate("一二三四五六七八九", start=1)}
    tens, ten, ones = text.rpartition("十")
    return (digits.get(tens, 1) * 10 if ten else 0) + digits.get(ones, 0)


def _year(match: re.Match[str], today: date) -> int | None:
    groups = match.groupdict()
    given = groups.get("before") or groups.get("after")
    if not given:
        return None
    return int(given) if given.isdigit() else today.year + "今明后".index(given)


def _han_day(name: str) -> int:
    return 6 if name == "天" else _HAN_DAYS.index(name)
