"""Institutions that no list has: "the railway museum", "Warkworth Castle", 苏州丝绸博物馆."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from bot.nlu.gazetteer import INSTITUTION, OWN, SIGHT, STOP, Scene
from bot.nlu.spelling import Spelling

Words = Mapping[str, frozenset[str]]

_MUSEUM = r"(?:museums?|art gallery|art galleries|science centre|science center)"
_OTHER = (
    r"(?:zoo|aquarium|castle|cathedral|minster|abbey|safari park|theme park|water park|dungeons?"
    r"|botanic(?:al)? gardens?|wildlife park|adventure park|palace|gallery|theatre)"
)
_ENGLISH = re.compile(
    rf"(?P<before>(?:\b[a-z]+ )?)\b(?!art )(?P<name>[a-zC]+) (?P<kind>{_MUSEUM}"
    rf"|{_OTHER})\b(?! shop\b)"
)
_MUSEUM_OF = re.compile(
    r"\b(?:museum|gallery) of (?:the )?(?!yours|ours|course|this|that|all|any"
    r"|choice)[a-z]{3,}(?: [a-z]{4,})?"
)
_IN_CITY = re.compile(
    r"\b(?:(?!the|a|any)[a-z]+ )?(?:museums?|gallery|galleries|zoo|castle|cathedral"
    r"|aquarium) in (?P<city>[a-z]+)\b"
)
# "What time does the zoo shut": we are none of these.
_BARE = re.compile(
    r"\b(?:the|a|your local|local) (?:zoo|aquarium|theme park|water park|safari park"
    r"|swimming pool|leisure centre|bowling alley)\b|(?<![㐀-鿿])(?:去|请问|那个)?(?:动物园"
    r"|水族馆|海洋馆|游乐园"
    r"|游乐场|植物园|电影院|游泳馆|体育馆)(?!区|展)"
)
# What stands before the name of a museum; another word there makes it part of something else.
_LEADS = frozenset(
    "the at to in is does visit visiting of for near are and or me with about".split()
)
_KINDS_ZH = (
    "博物馆|博物院|美术馆|艺术馆|动物园|水族馆|海洋馆|海洋公园|植物园|科技馆|科学馆|天文馆|纪念馆|游乐园|主题乐园|乐园|大剧院"
    "|省博(?!物|览)|城堡|野生动物园|体育馆|文化馆"
)
_CHINESE = re.compile(rf"(?P<name>[㐀-鿿]{{2,10}}?)(?P<kind>{_KINDS_ZH})(?!奇妙|学|之夜|日|类)")
# Where a name can begin: after a word of grammar or a verb.
_CUT = re.compile(
    r".*(?:[在去到从离的是有逛看进来问请想要过个座间所家对和跟与给为做讲带让把被能了着吗呢吧啊哪这那我你您他她们贵咱各每整"
    r"该此另别某几很都也还就再又才只说叫像比当玩爱约买选往钻捐同于及或夜晚最不没喺嘅系哋间开]"
    r"|关于|参观|预约|预订|喜欢|请教|介绍)"
)


def mark_unlisted(scene: Scene, words: Words) -> Scene:
    """Returns the scene with places marked that are named after a known pattern."""
    scene = _marked(scene, _ENGLISH, lambda found: _judged_english(found, words))
    scene = _marked(scene, _IN_CITY, lambda found: _judged_city(found, words))
    scene = _marked(scene, _MUSEUM_OF, lambda found: (found.start(), INSTITUTION))
    scene = _marked(scene, _CHINESE, lambda found: _judged_chinese(found, words))
    return _marked(scene, _BARE, lambda found: (found.start(), SIGHT))


Judge = Callable[["re.Match[str]"], "tuple[int, str] | None"]


def _marked(scene: Scene, pattern: re.Pattern[str], judge: Judge) -> Scene:
    """Replaces what the judge takes for a place by its letter, and keeps names in order."""
    text, names, at = "", list(scene.names), 0
    for found in pattern.finditer(scene.text):
        judged = judge(found)
        if judged is None:
            continue
        start, letter = judged
        text += scene.text[at:start] + letter
        at = found.end()
        if letter != OWN:
            place = sum(text[:-1].count(mark) for mark in "XYZS")
            names.insert(place, scene.text[start:at].replace("C ", "").strip())
    return Scene(text + scene.text[at:], tuple(names)) if at else scene


def _judged_english(found: re.Match[str], words: Words) -> tuple[int, str] | None:
    name, kind, start = found["name"], found["kind"], found.start("name")
    is_museum = re.fullmatch(_MUSEUM, kind) is not None
    if name.endswith("C"):
        return (start, OWN if is_museum or kind == "gallery" else SIGHT)
    if {name, *kind.split()} <= words["own"]:
        return (start, OWN)
    if name in words["cities"]:
        return (start, INSTITUTION)
    if is_museum and name in words["museum_subjects"]:
        return (start, INSTITUTION)
    if kind in ("gallery", "palace", "theatre") or not _is_name(name, words):
        return None
    if is_museum and found["before"].strip() not in _LEADS and found.start() > 0:
        return None
    return (start, STOP)


def _judged_city(found: re.Match[str], words: Words) -> tuple[int, str] | None:
    return (found.start(), SIGHT) if found["city"] in words["cities"] else None


def _is_name(word: str, words: Words) -> bool:
    ordinary = words["ordinary"]
    return len(word) >= 4 and word.isalpha() and _spelling(ordinary).mend(word) not in ordinary


@lru_cache(maxsize=1)
def _spelling(words: frozenset[str]) -> Spelling:
    return Spelling(words)


def _judged_chinese(found: re.Match[str], words: Words) -> tuple[int, str] | None:
    name = found["name"]
    city = min((c for c in words["cities_zh"] if c in name), key=name.index, default=None)
    if city and re.fullmatch(r"[^的有些个哪最免周附这那边各]{0,6}", name.partition(city)[2]):
        return (found.start() + name.index(city), INSTITUTION)
    cut = _CUT.match(name)
    left = name[cut.end() :] if cut else name
    if any(len(left) > 1 and left + found["kind"] in own for own in words["own"]):
        return (found.end("name") - len(left), OWN)
    if any(left.endswith(subject) for subject in words["museum_subjects_zh"] if len(subject) > 1):
        return (found.end("name") - len(left), INSTITUTION)
    if len(left) < 2 or any(word in left for word in words["ordinary_zh"]):
        return None
    return (found.end("name") - len(left), SIGHT)
