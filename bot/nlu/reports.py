"""Which texts already tell what a form would ask first: one's own loss, a grievance, and anger."""

from __future__ import annotations

import re

from bot.nlu.form_answer import wants_person
from bot.nlu.text import normal

# So many words beside "I want to complain" tell what happened.
TELLING_WORDS = 4
TELLING_HAN = 4
SHOUTED = 12

_LOST = r"(?:lost|left|forgot(?:ten)?|misplaced|mislaid|dropped|missing|stolen|gone)"
_OWN_LOSS = re.compile(
    rf"\b(?:i|we|i've|we've)\b(?: \w+){{0,4}}? {_LOST}\b|^(?:\w+,? ){{0,2}}{_LOST} (?:my|our|an?) "
    rf"|\b(?:my|our)\b[^.?!]{{0,45}}\b{_LOST}\b|\bcan'?t find (?:my|our)\b|\b(?:my"
    rf"|our)\b.{{0,30}}disappeared"
    r"|(?:我|我们|我妈|我爸|孩子|小孩|女儿|儿子|老婆|老公|朋友)[^,。?!]{0,16}(?:丢了?|掉了?|落在"
    r"|落了|忘在|忘了?拿|忘记拿|不见|遗失"
    r"|漏在|漏了|遗漏|找不到|没拿)|(?:把|将)[^,。?!]{1,16}(?:丢|落|忘|掉|遗失|漏)"
    r"|(?:丢了?|弄丢了?|遗失了?|漏了?|掉了)(?:我的?|一?[个只把条件部台副顶张支])"
    r"|[^,。?!]{1,12}(?:落在|忘在|掉在|丢在|漏在)"
    r"|^[^,。?!]{1,10}(?:掉|丢|不见|没|找不到)了"
    r"|唔见咗|漏咗"
)
_NOT_OWN = re.compile(
    r"\bif (?:i|we|you|someone|somebody)\b|\b(?:what|where) (?:happens|do i|should i"
    r"|can i)\b.{0,30}"
    r"\b(?:something|anything|an item|things)\b|\bfound (?:a|an|some|this|somebody|someone)\b"
    r"|如果|要是|万一|捡到|拾到|执到"
    r"|\b(?:son|daughter|child|kid|toddler)\b.{0,12}\b(?:is|are|has|have)? ?(?:lost|missing|gone)"
    r"|(?:报失|报过|登记过)"
)
_FORMULA = re.compile(
    r"\b(?:hi|hello|hey|dear|sir|madam|please|i|i'd|we|to|a|an|the|my|your|you|about|it|is|this"
    r"|that|do|can"
    r"|how|where|who|want|wish|need|like|would|have|has|make|making|file|lodge|submit|raise"
    r"|register|send"
    r"|complain(?:t|ts|ing)?|formal|official|feedback|and|very|really|so|something|someone|not"
    r"|am|was|be"
    r"|unhappy|disappointed|happy|angry|upset|bad|terrible|awful|experience|service|visit"
    r"|museum)\b"
)
_HAN_FORMULA = re.compile(
    r"你好|您好|请问|我们?|要|想|投诉|意见|提|一下|一个|可以|怎么|如何|哪里|在哪|向谁|吗|呢|啊"
    r"|了|的|是|有|个|你们|对|非常|很|太|真的?"
    r"|不满意?|失望|生气|糟糕|差劲?|体验|服务"
)
_HAN = re.compile(r"[㐀-鿿]")
_WORD = re.compile(r"[a-z][a-z'-]+")
_ANGER = re.compile(
    r"\b(?:furious|livid|outrageous|outraged|disgrace(?:ful)?|disgusting|disgusted|appalling"
    r"|appalled"
    r"|wtf|fuck\w*|shit\w*|bloody|bastards?|crap|idiots?|stupid|sick of|fed up|lawyer|sue you)\b"
    r"|气死|气炸|愤怒|火大|怒了|忍无可忍|岂有此理|太过分|混蛋|垃圾|滚|他妈|妈的|操你|去死|黑店"
    r"|骗子|投诉到底|曝光"
)


def reports_own_loss(text: str) -> bool:
    """Tells whether somebody says that a thing of their own was lost, not asks about losing."""
    plain = normal(text)
    return _OWN_LOSS.search(plain) is not None and _NOT_OWN.search(plain) is None


def tells_grievance(text: str) -> bool:
    """Tells whether a complaint says what happened, and not only that there is one."""
    plain = normal(text)
    words = _WORD.findall(_FORMULA.sub(" ", plain))
    han = _HAN.findall(_HAN_FORMULA.sub("", plain))
    everything = _WORD.findall(plain)
    return len(han) >= TELLING_HAN or (len(words) >= 2 and len(everything) >= TELLING_WORDS)


def cannot_wait(text: str) -> bool:
    """Tells whether a complaint goes to a person at once: anger, shouting, "get me a person"."""
    return bool(_ANGER.search(normal(text))) or _shouts(text) or wants_person(text)


def _shouts(text: str) -> bool:
    letters = [c for c in text if c.isascii() and c.isalpha()]
    loud = sum(c.isupper() for c in letters)
    return (len(letters) > SHOUTED and loud > 0.7 * len(letters)) or bool(
        re.search(r"[!！]{3,}", text)
    )
