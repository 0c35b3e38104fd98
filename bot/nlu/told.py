"""What a text tells by itself, so that nobody is asked for it again: when, where, how many.

Known by its words alone, in English, Chinese or both.
"""

from __future__ import annotations

import re

from bot.nlu.text import normal

_MONTHS = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DATE = re.compile(
    rf"\b\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTHS}\b|\b{_MONTHS} \d{{1,2}}(?:st|nd|rd|th)?\b"
    r"|\b\d{1,2}(?:st|nd|rd|th)\b|\b\d{1,4}[/.-]\d{1,2}(?:[/.-]\d{2,4})?\b|\b\d{1,2}[:.]\d{2}\b"
    r"|\b\d{1,2} ?(?:am|pm|o'?clock)\b|\b20\d\d\b"
    r"|[\d一二三四五六七八九十]+(?:月份?|[日号]|点半?|时)(?:\d+分?)?"
)
_WHEN = re.compile(
    r"\b(?:mon|tues?|wednes|wed|thurs?|fri|satur|sat|sun)(?:day)?s?\b|\b(?:today|yesterday|tonight"
    r"|tomorrow|tmrw|morning|afternoon|evening|lunchtime|noon|midday|weekend|easter|christmas"
    r"|half[- ]term|last (?:week|night|month)|this (?:week|month)|next (?:week|month|term|year)"
    r"|(?:a few |an? |\d+ |two |three )?(?:minutes?|hours?|days?|weeks?|months?) ago|just now"
    r"|earlier|spring|summer|autumn|winter)\b"
    rf"|\b{_MONTHS}\b"
    r"|[今昨前明后][天晚早日]|周[一二三四五六日末天]|星期|礼拜|[上下这本]个?(?:周|月|学期)"
    r"|[早中晚]上|[上下中]午|傍晚|刚[才刚]"
    r"|(?:小时|分钟|天|周|个月)前|[\d一二两三四五六七八九十]点"
)
_PLACES = (
    r"caf[eé]|restaurant|shop|cloak ?room|toilets?|loos?|bathroom|washroom|galler(?:y|ies)|rooms?"
    r"|floor|hall|entrance|exit|lobby|foyer|stairs?|staircase|lift|elevator|garden|courtyard"
    r"|library|lockers?|bench|theatre|cinema|exhibition|car ?park|bus|tram|desk|upstairs"
    r"|downstairs|reception|door|queue|terrace|seat|table|tour|display|changing room"
)
_WHERE = re.compile(
    rf"\b(?:{_PLACES})s?\b"
    r"|咖啡|餐厅|商店|洗手间|厕所|卫生间|母婴室|展厅|展室|大厅|大堂|门口|入口|出口"
    r"|[一二三四五六\d地]+[楼层]|楼[上下]|电梯|楼梯"
    r"|寄存|衣帽间|图书馆|花园|庭院|座位|椅|停车场|号厅|服务台|咨询台|售票|排队|特展|展览"
)
_COUNT = (
    r"(?:\d{1,4}|[一二两三四五六七八九十百]+|a dozen|twenty|thirty|forty|fifty|sixty|ten|fifteen)"
)
_PEOPLE = re.compile(
    rf"\b{_COUNT}\+?\s*(?:or so )?(?:[a-z'-]+ ){{0,2}}(?:people|persons?|visitors?|guests?"
    rf"|adults?|pax"
    r"|pensioners?|seniors?|members?|pupils?|students?|children|kids|teachers?|staff|of us|ppl"
    r"|girls?"
    rf"|boys?|travell?ers?|friends|ladies)\b|\b(?:group|party|class|coach) of (?:about "
    rf"|around )?{_COUNT}"
    rf"|{_COUNT}(?:多|几|来)?(?:个|位|名)?(?:人|大人|成人|老人|学生|小学生|中学生|孩子|小朋友"
    rf"|老师|游客|同学|会员|朋友|客人)"
    rf"|{_COUNT}[位名]"
)
_SCHOOL = re.compile(
    r"\b(?!my school|our school|a school|the school|school (?:trip|visit|group|class|booking))"
    r"[a-z']+ (?:primary|secondary|high|grammar|infants?|junior|middle|prep|academy|school"
    r"|college)\b"
    r"|[㐀-鿿]{2,}(?:小学|中学|学校|幼儿园|高中|初中|附小|附中)"
)
_BARE_COUNT = re.compile(r"\b\d{1,4}\b|[一二两三四五六七八九十百]+[个位名来多人]")


def tells_when(text: str) -> bool:
    """Tells whether a text names a day, a date or a time."""
    plain = normal(text)
    return bool(_WHEN.search(plain) or _DATE.search(plain))


def tells_date(text: str) -> bool:
    """Tells whether a text names a day to come by, and not only "in the morning"."""
    plain = normal(text)
    timely = re.sub(
        r"\b(?:morning|afternoon|evening|just now|earlier)s?\b|[早晚]上|[上下中]午", "", plain
    )
    return bool(_WHEN.search(timely) or _DATE.search(timely))


def tells_where(text: str) -> bool:
    """Tells whether a text names a place in the museum."""
    return _WHERE.search(normal(text)) is not None


def tells_where_and_when(text: str) -> bool:
    """Tells whether a text names both a place and a time."""
    return tells_where(text) and tells_when(text)


def tells_school(text: str) -> bool:
    """Tells whether a text names a school."""
    return _SCHOOL.search(normal(text)) is not None


def tells_people(text: str) -> bool:
    """Tells whether a text says how many people come."""
    return _PEOPLE.search(normal(text)) is not None


def tells_number(text: str) -> bool:
    """Tells whether a text holds a number that is no date or time; for an answer to "how many"."""
    left = _DATE.sub(" ", normal(text))
    return bool(_PEOPLE.search(left) or _BARE_COUNT.search(left))
