"""What a text is while a form asks: an answer, or a wish to skip, to stop, to have a person.

A form's question is answered in one's own words: "Tuesday 12 March, 30 people" is no question on
opening times. So a text counts as the answer unless it is clearly something else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from bot.nlu.several import asks
from bot.nlu.text import normal

# aside: a greeting or "are you a bot?"; question: on another topic, to be answered in between.
Kind = Literal["answer", "skip", "stop", "person", "aside", "question"]

INFORM, SKIP, STOP, PERSON = "inform", "skip_question", "stop_form", "speak_to_human"
# Intents that the model does not learn: a form's answers, and what its buttons mean.
UNTRAINED = frozenset(
    {
        INFORM,
        SKIP,
        STOP,
        "enquire_lost_property",
        "enquire_group_visit",
        "enquire_school_booking",
    }
)
ASIDES = frozenset({"greeting", "bot_challenge"})
# A question on one of these, asked in answer to this question of a form, is the answer to it.
BELONGS: Mapping[str, frozenset[str]] = {
    "group_needs": frozenset({"group_visits", "guided_tours", "audio_guide"}),
    "school_hopes": frozenset({"school_groups", "guided_tours", "family_children"}),
    "complaint_wish": frozenset(
        {"change_refund", "admission_price", "concessions", "book_tickets", "membership"}
    ),
}
# The topic that leads to a form; only a plain question on it is one, "it's blue, have you seen
# it?" is an answer.
LEADS: Mapping[str, str] = {
    "lost": "lost_property",
    "group": "group_visits",
    "school": "school_groups",
}
# The last questions: "不用了" there is "no, thank you", and what was told before is sent.
LAST = frozenset({"lost_marks", "group_needs", "school_hopes", "complaint_wish"})
LONGEST_ASIDE = 30
LONGEST_PERSON = 70

_LEAD = (
    r"(?:(?:ok(?:ay)?|oh|ah|um+|actually|sorry|please|well|hm+"
    r"|嗯|哦|啊|那就?|还是|抱歉|不好意思)[\s,.!]*)*"
)
_TAIL = r"(?:[\s,.!~]*(?:please|thanks?(?: you)?|cheers|sorry|then|now|谢谢|吧|了|啦|啊|呀|哈))*"
_EDGES = re.compile(r"^[\s.,!~。、]+|[\s.,!~。、]+$")
_STOP = re.compile(
    rf"{_LEAD}(?:cancel(?: (?:it|this|that|the (?:form|report|enquiry|request)))?"
    r"|never ?mind|nvm|stop(?: (?:it|this|asking))?|forget (?:it|about it|that)|quit|exit"
    r"|leave it|don'?t bother"
    r"|i(?:'ve| have)? changed my mind|not now|i(?: do not| don'?t) want (?:this"
    r"|to)(?: any ?more)?"
    r"|(?:good)?bye(?: bye)?"
    r"|取消|算了|不用了|停|停止|不弄了|不填了|不报了|不登记了|不必了|不要了|没事了|以后再说"
    r"|下次再说|再见|拜拜"
    rf"|唔使(?:喇|了)?|唔要(?:喇|了)?){_TAIL}"
)
_DECLINED = re.compile(rf"{_LEAD}(?:不用了|不必了|不要了|唔使(?:喇|了)?|唔要(?:喇|了)?){_TAIL}")
_SKIP = re.compile(
    rf"{_LEAD}(?:skip(?: (?:it|this|that)(?: one)?)?|pass|next(?: (?:one|question))?"
    r"|(?:i )?(?:don'?t|do not|dunno|not) (?:know|sure|remember|recall)(?: yet)?|dunno|idk"
    r"|no idea|(?:i'?m )?(?:not|un) ?sure(?: yet)?|(?:i )?can'?t (?:say|remember|recall|tell)"
    r"|i forget"
    r"|no(?:pe)?|none|nothing(?: (?:else|special|more|really))?|n/?a|(?:i'?d )?(?:rather"
    r"|prefer) not"
    r"(?: (?:to )?say)?|no(?:thing)? comment|-+|that'?s (?:all|it)"
    r"|(?:我也?)?(?:不知道|不清楚|不确定|不记得|记不清|记不得|想不起来|说不准|不好说|不晓得)"
    r"|忘了|跳过|略过|下一[个题]"
    r"|没有|没什么|没有什么|没有别的|没别的|没|无|不想说|不方便说|不用"
    rf"|唔知(?:道)?|唔记得|冇){_TAIL}"
)
_PERSON_END = re.compile(
    r"\b(?:person|human|human being|someone|somebody|staff|manager|agent|operator|representative"
    r"|colleague|supervisor)\b[\s!.?]*(?:please|now|asap|instead|right now|here)?[\s!.?]*$"
)
_PERSON_WISH = re.compile(
    r"\b(?:get|give|want|need|let me|speak|talk|connect|transfer|put|real|actual|live)\b"
    r"|\bjust (?:a )?(?:person|human)\b"
)
_PERSON_HAN = re.compile(
    r"转人工|人工客服|找人工|要人工|^人工|真人|找(?:个|一个)?(?:人|客服|经理|负责人"
    r"|工作人员)(?:来|跟|和|吧|[!。]|$)"
)
_PERSON_WORD = re.compile(
    r"\b(?:person|human|someone|somebody|staff|team|agent|operator|manager|colleague)\b"
    r"|人工|真人|客服|工作人员|员工|同事|经理|负责人"
)
_ENDS_ASKING = re.compile(r"\?\s*$|[吗嘛呢么]\s*[?。!~]*$")
# "May 12th", "will be 30 of us" and "when I left the café" begin like questions and are none.
_NO_QUESTION = re.compile(
    r"^(?:may (?!i\b|we\b)|will (?:be|need|come|have)\b|(?:what|when|where) (?:i|we|my|our)\b"
    r"|which (?:is|was)\b|who (?:was|were)\b"
    r"|(?:is|are|has|have|had|did|do) (?:an?|my|our|about|around|got|not|\d+|in|on|at|to)\b)"
)
_BEGINS_ASKING = re.compile(
    r"^(?:(?:and|but|also|hi|hello|ok|so|sorry|请问|想问)[\s,]*)*"
    r"(?:what|when|where|who|which|why|how|is|are|do|does|can|could|will|would|请问|怎么|如何|哪"
    r"|多久|多少)"
)


def kind(text: str, asking: str, decision: str, intent: str, topic: str) -> Kind:
    """Returns what a text is while a form waits for the answer to a question.

    Args:
        text: What the visitor wrote.
        asking: The slot that the form's question is about.
        decision: What Docent would do with the text otherwise, as `Scope` decided.
        intent: The best intent ("faq", "greeting").
        topic: The best topic ("parking"), where there is one.
    """
    plain = _EDGES.sub("", normal(text))
    declined = asking in LAST and _DECLINED.fullmatch(plain)
    if _STOP.fullmatch(plain) and not declined:
        return "stop"
    if declined or _SKIP.fullmatch(plain):
        return "skip"
    if wants_person(text) or (_is_service(decision, intent, PERSON) and _names_person(plain)):
        return "person"
    if decision == "service" and intent in ASIDES and len(plain) <= LONGEST_ASIDE:
        return "aside"
    if decision == "answer" and _asks(text, asking) and not _belongs(plain, asking, topic):
        return "question"
    return "answer"


def wants_person(text: str) -> bool:
    """Tells whether a short text asks for a person: "just get me a person", "我要转人工"."""
    plain = normal(text).strip()
    if len(plain) > LONGEST_PERSON:
        return False
    english = _PERSON_END.search(plain) and _PERSON_WISH.search(plain)
    return bool(english or _PERSON_HAN.search(plain))


def is_question(text: str) -> bool:
    """Tells whether a text has the form of a question."""
    plain = normal(text).strip()
    if _ENDS_ASKING.search(plain):
        return True
    return asks(text) and _NO_QUESTION.match(plain) is None


def _asks(text: str, asking: str) -> bool:
    """Tells whether a text asks something; who complains asks much that wants no answer."""
    if not asking.startswith("complaint"):
        return is_question(text)
    plain = normal(text).strip()
    return is_question(text) and bool(_ENDS_ASKING.search(plain) or _BEGINS_ASKING.match(plain))


def _is_service(decision: str, intent: str, wanted: str) -> bool:
    return decision == "service" and intent == wanted


def _names_person(plain: str) -> bool:
    return len(plain) <= LONGEST_PERSON and _PERSON_WORD.search(plain) is not None


def _belongs(plain: str, asking: str, topic: str) -> bool:
    """Tells whether a question on a topic is part of the answer that the form waits for."""
    name = topic.removeprefix("faq/")
    if name in BELONGS.get(asking, frozenset()):
        return True
    return LEADS.get(asking.partition("_")[0]) == name and not _BEGINS_ASKING.match(plain)
