"""An emergency told by patterns: a person is hurt, lost, threatened or in despair, or it burns.

Clause by clause (`alarms`), so that it does not depend on what a model has learnt, nor on Rasa. A
miss may cost a life and a false alarm calls staff out, so what is supposed, asked about, past, on
show or a figure of speech does not count.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from bot.nlu.alarms import Alarms, Pattern, alarms
from bot.nlu.text import normal

# The gravest first.
KINDS = ("threat", "fire", "injury", "distress", "lost_child")
# Of these it is enough to tell where.
PLACED = ("fire", "injury")
# An emergency is written in few words, or in the first of many.
LONGEST = 600

_CLAUSE_ENDS = re.compile(
    r"[,.!?;:~…，。！？；、\n]+|\b(?:and|but|cos|coz|cuz|bc|because|so|then|n|&|also)\b"
)
_CRY = re.compile(
    r"\W*(?:(?:please|pls|plz|omg|oh god) )*(?:help|sos|mayday|emergency|hlp|救命|救人|救救我)"
    r"(?:[ ,!]*(?:me|us|please|pls|plz|now|quick|asap|urgent|someone|somebody|sum1|啊|呀"
    r"|救命))*\W*"
)
# "By the dinosaurs" tells where, not what is on show.
_WHERE = re.compile(
    r"\b(?:by|near|at|in|beside|behind|next to|opposite|under|around|round|inside|outside|from|on"
    r"|of)"
    r" (?:the|your|ur|that|a|this|one of the) (?:(?!(?:is|has|and|are|my|once|painting|picture"
    r"|photo|film|story|exhibition|show|game|scene|book|play)\b)\w+ ?){0,3}"
    r"|在[^,。]{0,8}(?:展间|展厅|展区|展馆|展览馆|展览厅|厅|馆|旁边|那边|门口)"
)
_ENDS_ASKING = re.compile(r"[?吗嘛呢么]\s*$")
_BEGINS_ASKING = re.compile(
    r"\s*(?:is|are|do|does|did|can|could|what|where|when|which|who|how|any|请问|哪|几)"
)


@dataclass(frozen=True)
class Signs:
    """What the patterns say of a text: the kind of emergency, and marks that a model may weigh.

    `is_cry` tells that it is a cry for help and nothing else, which no model needs to weigh.
    """

    kind: str | None
    marks: tuple[bool, ...]
    is_cry: bool


def emergency(text: str) -> str | None:
    """Returns the gravest kind of emergency that a text tells of, in English or Chinese.

    One of "threat", "fire", "injury", "distress" and "lost_child"; None where nobody needs help.
    """
    known = alarms()
    return _gravest(_plain(text, known), known)


def signs(text: str) -> Signs:
    """Returns the emergency that a text tells of, and what else speaks for one or against it.

    The marks: an emergency is found; words of a likely one stand in it, in whatever sense; it asks
    for help, tells where, is supposed, past or on show, ends as a question, begins as one.
    """
    known = alarms()
    plain = _plain(text, known)
    kind = _gravest(plain, known)
    marks = (
        kind is not None,
        any(pattern.search(plain) for pattern in known.likely.values()),
        known.urgent.search(plain) is not None,
        known.here.search(plain) is not None,
        known.supposed.search(plain) is not None,
        known.past_or_shown.search(_WHERE.sub(" ", plain)) is not None,
        _ENDS_ASKING.search(plain) is not None,
        _BEGINS_ASKING.match(plain) is not None,
    )
    return Signs(kind, marks, _CRY.fullmatch(plain) is not None)


def _gravest(plain: str, known: Alarms) -> str | None:
    if _CRY.fullmatch(plain):
        return "distress"
    clauses = _CLAUSE_ENDS.split(plain)
    asks_for_help = known.urgent.search(plain) is not None
    return next((kind for kind in KINDS if _tells(clauses, kind, asks_for_help, known)), None)


def _plain(text: str, known: Alarms) -> str:
    """Returns a text in one spelling, without emoji that say nothing and figures of speech."""
    spoken = text[:LONGEST]
    for sign, words in known.signs.items():
        spoken = spoken.replace(sign, f" {words} ")
    spoken = "".join(" " if unicodedata.category(c) == "So" else c for c in spoken)
    plain = re.sub("['’`]", "", normal(spoken))
    return known.figurative.sub("  ", known.mend(plain))


def _tells(clauses: list[str], kind: str, asks_for_help: bool, known: Alarms) -> bool:
    """Tells whether any clause is surely, or with a sign of urgency likely, of this kind."""
    return any(
        _happens(clause, known.sure[kind], known)
        or (
            (asks_for_help or (kind in PLACED and known.here.search(clause) is not None))
            and _happens(clause, known.likely[kind], known)
        )
        for clause in clauses
    )


def _happens(clause: str, pattern: Pattern, known: Alarms) -> bool:
    """Tells whether a clause tells of something as happening, not as supposed, past or shown."""
    found = pattern.search(clause)
    return (
        found is not None
        and not known.supposed.search(clause, 0, found.end())
        and not known.asked.search(clause, 0, found.start())
        and not known.past_or_shown.search(_WHERE.sub(" ", clause))
    )
