"""What visitors answer when asked how content they were: "4", "not really", "还行"; pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from bot.desk.mood import ANGRY, PLEASED, UPSET, MoodReader
from bot.nlu.emergencies import emergency
from bot.nlu.reactions import is_reaction
from bot.nlu.text import normal

BEST, MOSTLY, MIDDLING, POOR, WORST = 5, 4, 3, 2, 1
# Of a longer text only its writer knows whether it is an answer.
LONGEST = 400

_SIGNS = {
    BEST: "😀😃😄😁😆😊🥰😍🤩❤👏💯🌟💖🎉",
    MOSTLY: "🙂😌👍👌☺",
    MIDDLING: "😐😑🫤🤔😶",
    POOR: "🙁☹😕😞😟👎😒😢😭😔🙄",
    WORST: "😡😠🤬💢😤🖕",
}
_WORDS = {
    BEST: r"(?:yes )?(?:very|extremely|completely|totally|absolutely|definitely)"
    r"(?: (?:happy|satisfied|good|content|much(?: so)?|well|helpful|pleased|so))?"
    r"|excellent|perfect|brilliant|amazing|fantastic|wonderful|superb|great|really (?:happy|good)"
    r"|couldnt be (?:better|happier)|five(?: stars?)?"
    r"|(?:非常|很|特别|超级?|十分|太|好|真|very ?)(?:满意|好|棒|赞|开心)|满分|五[星分](?:好评)?"
    r"|完美|棒极|赞|好评|绝绝子|超棒",
    MOSTLY: r"(?:yes )?mostly(?: (?:yes|happy|satisfied))?|yes|yeah|yep|yup|good|happy|satisfied"
    r"|nice|helpful|(?:pretty|quite|fairly)(?: (?:happy|good|satisfied))?|content|four(?: stars?)?"
    r"|满意|挺好|挺满意|不错|挺不错|可以|是|基本(?:上)?满意|比较满意|大致满意"
    r"|大体满意|四[星分]|有帮助",
    MIDDLING: r"so so|ok ?ish|(?:just|only) ok(?:ay)?|(?:ok|okay|fine|alright) i (?:guess|suppose)"
    r"|okay|alright|not (?:too )?bad|meh|average|could be better|partly|somewhat"
    r"|a bit|kind of|sort of"
    r"|three(?: stars?)?|(?:ok ?)?还行|一般(?:般)?|马马虎虎|还可以|凑合|普通(?:通)?|过得去|还好"
    r"|勉强|三[星分]|麻麻地|尚可",
    POOR: r"(?:no )?not (?:really|very|so|that|too)"
    r"(?: (?:happy|satisfied|good|much|helpful|great|well))?"
    r"|not (?:happy|satisfied|good|helpful|great|much)|no|nope|nah|disappointed|poor"
    r"|two(?: stars?)?|unsatisfied|dissatisfied|unhappy|bad"
    r"|不(?:太|是很|怎么|大|算)?(?:满意|好|行)|不怎么样|不满|失望|差"
    r"|没有?(?:解决|帮助|用)|没有|不是|[两二][星分]|唔系几好|唔满意|一般偏差",
    WORST: r"(?:no )?not at all|terrible|awful|horrible|dreadful|useless|rubbish|(?:the )?worst"
    r"|one(?: star)?|very (?:bad|poor|unhappy|dissatisfied|disappointed)|zero"
    r"|(?:很|非常|完全|十分|极其?|一点[都也])不(?:满意|好)|(?:非常|很|太|极|超)差|差评"
    r"|[一零][星分]|糟透|糟糕|垃圾|很失望|非常失望|烂透",
}
_ANSWERS = {score: re.compile(words) for score, words in _WORDS.items()}
_NUMBER = re.compile(
    r"(\d{1,2})\s*(?:/|out of|of|分之)?\s*(\d{1,2})?\s*(?:stars?|points?|分|星|颗星|顆星)?"
)
_HAN_STARS = re.compile(r"[一二两三四五](?=颗星|分$|星$)")
_HAN_DIGITS = dict(zip("一二两三四五", (1, 2, 2, 3, 4, 5), strict=True))
_COURTESY = re.compile(
    r"\b(?:thank you(?: (?:very|so) much)?|thanks(?: a lot| so much| again)?"
    r"|thx|cheers|ta|hi|hello"
    r"|we (?:were|are)|i (?:was|am)|im|it (?:was|is)|its|that was"
    r"|with (?:it|you|the (?:help|service)))\b"
    r"|谢谢(?:您|你们|你)?|多谢(?:晒)?(?:您|你)?|感谢|唔该(?:晒)?|辛苦(?:你们|您|你)?|了"
    r"|啦|啊|呀|哦|喔|吧|的|呢|哈|嗯|我|们|对|觉得|感觉"
)
_ENDS = re.compile(
    r"[,.!;:~…，。！；：、\n]+|\b(?:but|because|although)\b|但是|但|可是|不过|因为|就是"
)
_ASKS = re.compile(
    r"\?"
    r"|\b(?:what|when|where|which|who|how|why|is there|are there"
    r"|can (?:i|you|we)|could (?:i|you|we)"
    r"|do you|are you open|i (?:want|need|would like)|id like"
    r"|please (?:call|send|give|tell|help|put)"
    r"|speak|talk to|human|agent|real person|refund)\b"
    r"|吗|请问|怎么(?!样)|几点|多少|哪|什么时候|能不能|可不可以|可以.{0,8}[吗么]|有没有"
    r"|人工|真人|客服|我要|我想|想问|帮我|麻烦|退款|退钱"
)


@dataclass(frozen=True)
class Rated:
    """An answer: 1 (worst) to 5, the visitor's words where there are more than the answer itself,
    and whether something is asked besides, which is to be answered."""

    score: int
    words: str | None = None
    asks: bool = False


def rated(text: str, reader: MoodReader) -> Rated | None:
    """Returns what a text answers to "Were you content?"; None where it answers something else.

    Args:
        text: What the visitor wrote.
        reader: Tells how a text sounds that is none of the usual answers.
    """
    if not text.strip() or len(text) > LONGEST or emergency(text):
        return None
    score = _score(text)
    if score is not None:
        return Rated(score)
    head, tail = _parted(text)
    score = _score(head)
    if score is not None:
        return Rated(score, text.strip() if _bare(tail) else None, asks(tail))
    by_mood = {ANGRY: WORST, UPSET: POOR, PLEASED: BEST}.get(reader.mood(text))
    return None if by_mood is None or asks(text) else Rated(by_mood, text.strip())


def comments(text: str, score: int, reader: MoodReader) -> bool:
    """Tells whether a text is more of what a visitor thinks, and not a question.

    Whoever was content was not invited to say more: of them it must sound like it.
    """
    if len(text) > 5 * LONGEST or not text.strip() or is_reaction(text):
        return False
    if asks(text) or emergency(text):
        return False
    plain = _bare(text)
    length = len(plain.split()) + sum(not c.isascii() for c in plain)
    return reader.mood(text) != "neutral" or (score <= POOR and length >= 4 and bool(plain))


def asks(text: str) -> bool:
    """Tells whether a text asks or wants something."""
    return _ASKS.search(_plain(text)) is not None


def _score(text: str) -> int | None:
    bare = _bare(text)
    if not bare:
        return _of_signs(text)
    counted = _of_number(bare)
    if counted is not None:
        return counted
    return next((score for score, words in _ANSWERS.items() if words.fullmatch(bare)), None)


def _of_number(bare: str) -> int | None:
    spelt = _HAN_STARS.sub(lambda match: str(_HAN_DIGITS[match[0]]), bare)
    match = _NUMBER.fullmatch(spelt)
    if match is None:
        return None
    score, most = int(match[1]), int(match[2] or 5)
    if score > most or most not in (5, 10):
        return None
    return max(1, round(score * 5 / most + 1e-9))


def _of_signs(text: str) -> int | None:
    stars = text.count("⭐") or text.count("★")
    if stars:
        return min(stars, BEST)
    found = [score for sign in text for score, signs in _SIGNS.items() if sign in signs]
    return min(found) if found else None


def _parted(text: str) -> tuple[str, str]:
    match = _ENDS.search(text)
    while match is not None and not _bare(text[: match.start()]):
        match = _ENDS.search(text, match.end())
    return (text, "") if match is None else (text[: match.start()], text[match.end() :])


def _plain(text: str) -> str:
    spelt = "".join(" " if unicodedata.category(c) in ("So", "Sk") else c for c in text)
    return re.sub("['’`]", "", normal(spelt))


def _bare(text: str) -> str:
    """Returns a text without marks, emoji and courtesies."""
    words = re.sub(r"[^\w/]+", " ", _COURTESY.sub(" ", _plain(text)))
    return " ".join(words.split())
