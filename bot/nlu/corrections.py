"""Corrections of the answer before: "no, I meant Sunday", "不是这个，我问的是周日", "wrong"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.nlu.text import normal

LONGEST = 120


@dataclass(frozen=True)
class Correction:
    """What was meant instead; empty where the visitor only says that it was not this."""

    meant: str


_NO = r"(?:(?:oh|um+|hm+|sorry|ah|hey|but|well|er+m?)[\s,.!]+)*"
_SAID = (
    r"(?:i|we)(?:'m| am| was| were|'re| are)?(?: actually| really)?"
    r" (?:mean|meant|said|asked|asking|talking|wondering|want|wanted)"
    r"(?: about| for| to know(?: about)?)?[\s,:]+"
)
_THAT = r"(?:(?:that|this|it)(?:'s| is|s| was)?|you(?:'re|r| are)?|your answer is)"
_ASKED = r"what (?:i|we) (?:asked|meant|wanted|mean|said|need|needed)(?: for| about)?"
_NOT_WANTED = (
    r"thank|thx|ta\b|that|it'?s (?:ok|fine)|problem|worr|need|more|bye|idea|one|i\b|we |you "
)
_ENGLISH = (
    # "not the price, the opening times": what stands after the comma is meant.
    rf"{_NO}(?:no+|nope|nah)?[\s,.!]*not (?!sure|really|bad|yet|too|only|just|all|much)"
    r"(?:for |about |the |on |my |a |an )*[^,;.?!-]+?"
    rf"\s*(?:[,;.]|\s-+\s|\bbut\b|\binstead\b)\s*(?:but |rather |{_SAID})?(?P<meant>.+)",
    # "no, I meant Sunday", "that's not it, I was asking about parking"
    rf"(?:{_NO}(?:no+|nope|nah|wrong|wait|oops|actually|not (?:that|this|quite|really)"
    rf"|{_THAT}(?: not| n't|nt)? (?:it|right|wrong|{_ASKED}))[\s,.!;-]+)+{_SAID}(?P<meant>.+)",
    rf"{_NO}(?:i|we) (?:mean|meant|said|asked (?:about|for)|(?:was|were) asking (?:about|for))"
    r"[\s,:]+(?P<meant>.+)",
    # "no, Sunday", "no, the exhibition one"
    rf"(?:no+|nope|nah|wrong)\s*[,.!;-][\s,.!;-]*(?P<meant>(?!{_NOT_WANTED}).+)",
    r"(?P<meant>.+?)[\s,]+(?:i mean|i meant)[\s.!]*",
)
_HAN_SAID = r"我(?:刚才|刚刚)?(?:是)?(?:想|要)?(?:问|说|指|知道|了解|的意思)(?:的)?(?:是)?"
_CHINESE = (
    r"(?:不是|不要|别说|不问|没问|我?不是问|我?没问|我?不是说)[^,。;?!]+?[,。;\s]+"
    rf"(?:而是|是|应该是|{_HAN_SAID})?(?P<meant>.+)",
    r"(?:不|不是|不对|不对的|错了?|搞错了?|弄错了?|答错了?|唔系|不是这个|不是啊|no)"
    rf"[\s,。!、啦呀啊]*(?:{_HAN_SAID}|应该是|是|改成)(?P<meant>.+)",
    r"我(?:刚才|刚刚)?(?:是)?(?:想|要)?(?:问|说|指|的意思)(?:的)?是(?P<meant>.+)",
    r"(?:不|不是|不对|错了|搞错了|不是这个)[,。!、\s]+(?P<meant>.+)",
)
_BARE = re.compile(
    rf"{_NO}(?:no+[\s,.!]*)?{_THAT}?\s*(?:(?:completely|totally|just|all|still) )?"
    rf"(?:wrong|incorrect|not (?:right|correct|it|that|this|that one|this one|{_ASKED}|my question"
    rf"|answering my question|helpful)|isn'?t (?:right|correct|it|{_ASKED})"
    r"|(?:does|did)(?:n'?t| not) answer (?:my|the) question|mis(?:understood|understand)(?: me)?"
    r"|wrong (?:answer|topic|one|thing))"
    r"|(?:no+[\s,.!]*)?(?:不对|不是|不是[这那]个|[答搞弄]?错了?|误会了?|我?不是这个?意思|我不是问这个|我问的不是这个|我没问这个"
    r"|这?不是我(?:要|问|想问|要问|想要)的|答非所问|文不对题|牛头不对马嘴|你?理解错了|你[弄搞答]错了|你没明白|你没听懂"
    r"|唔系呢个|都不对)[啊呀吧啦哦呢了的]*"
)
_REFUSALS = frozenset(("no", "nope", "nah", "不", "hm", "hmm", "sorry"))
_PATTERNS = tuple(re.compile(pattern) for pattern in (*_ENGLISH, *_CHINESE))


def correction(text: str) -> Correction | None:
    """Returns what a visitor meant instead of what was answered, or None for any other text."""
    plain = normal(text).strip(" ,.!?。~")
    if not plain or len(plain) > LONGEST:
        return None
    if _only_refuses(plain):
        return Correction("")
    for pattern in _PATTERNS:
        if match := pattern.fullmatch(plain):
            return Correction(_rest(match["meant"]))
    return None


def _only_refuses(plain: str) -> bool:
    pieces = [piece.strip() for piece in re.split(r"[,.!。]+", plain) if piece.strip()]
    refused = [piece for piece in pieces if _BARE.fullmatch(piece)]
    return bool(refused) and all(piece in _REFUSALS or piece in refused for piece in pieces)


def _rest(meant: str) -> str:
    """Cuts what is left of the correction itself: "no, not that, I meant Sunday"."""
    inner = correction(meant)
    return inner.meant if inner is not None else meant.strip(" ,.!。")
