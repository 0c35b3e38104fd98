"""The vocabulary of days in English and Chinese, and the plain spelling that it is matched on."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Stands in a text for what a rule has read.
READ = "\0"
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
NOW = re.compile(
    r"\b(?:right now|now|rn|atm|at the moment|at present|currently|(?:still|already) open)\b"
    r"|\bopen yet\b|现在|目前|此刻|当前|这会儿|而家|宜家|还开[着门放吗]|[开关]门了[吗没]",
    re.ASCII,
)

# --- Parts of patterns; a group keeps its name wherever it stands ---

_MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec"
_HAN_DAYS = "一二三四五六日"
MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
WEEKDAY = r"(?P<name>mon|tues|wednes|thurs|fri|satur|sun)days?(?:'s)?\b"
ORDINAL = r"(?:st|nd|rd|th)"
HAN_NUMBER = r"(?:\d{1,2}|[一二三四五六七八九十廿]{1,3})"
HAN_LINK = rf"(?:(?P<first>{HAN_NUMBER})[日号]?(?P<link>到|至|-|~|和|或|、))?"
AFTER = r"(?:,?\s*(?P<after>20\d\d)(?!\d))?"
BEFORE = r"(?:(?P<before>20\d\d|今|明|后)年?的?\s*)?"
SPAN_WORDS = r"到|至|-|–|—|~|to|till|until|through|thru"
HAN_WEEK = r"(?P<when>上|下下|下|这|本|每)?个?(?:周|星期|礼拜)"

# Each is at (month, day), or for a moving feast at a name in `feast`, with days relative to it.
NAMED: tuple[tuple[str, tuple[int, int] | str, tuple[int, ...]], ...] = (
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
OFFSETS = {
    3: r"大后[天日]",
    2: r"\b(?:the )?day after tomorrow\b|(?<![然最以之今先])后[天日](?!气)",
    1: r"\btomorrow\b|(?<!说)明[天日早晚晨儿]|(?<!打)听[日晚](?!期)",
    0: r"\b(?:today|tonight|this (?:morning|afternoon|evening))\b|今[天日晚早晨夜儿]|本日",
    -1: r"\byesterday\b|昨[天日晚]",
    -2: r"大?前[天日](?!气)",
}


def plain(text: str) -> str:
    """A text in NFKC, small letters and Simplified characters, its known slips righted."""
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
    return next((right for right in _LONG_WORDS if one_slip(word, right)), word)


def one_slip(word: str, right: str) -> bool:
    """Whether a word is another with one letter wrong, missing, added or swapped."""
    if abs(len(word) - len(right)) > 1 or word[0] != right[0]:
        return False
    start = next((i for i, (a, b) in enumerate(zip(word, right, strict=False)) if a != b), None)
    if start is None:
        return word != right
    rest, wanted = word[start:], right[start:]
    swapped = rest[1::-1] + rest[2:]
    return wanted in (swapped, rest[1:]) or rest[1:] == wanted[1:] or rest == wanted[1:]


def month_number(name: str) -> int:
    """The number of "dec" or "december"."""
    return _MONTHS.index(name[:3]) // 3 + 1


def counted(text: str) -> int:
    """The value of 25, 二十五 or 廿五."""
    if text.isdigit():
        return int(text)
    text = text.replace("廿", "二十").replace("两", "二")
    digits = {character: value for value, character in enumerate("一二三四五六七八九", start=1)}
    tens, ten, ones = text.rpartition("十")
    return (digits.get(tens, 1) * 10 if ten else 0) + digits.get(ones, 0)


def han_day_number(name: str) -> int:
    """The weekday of 一 to 日 and 天, Monday being 0."""
    return 6 if name == "天" else _HAN_DAYS.index(name)
