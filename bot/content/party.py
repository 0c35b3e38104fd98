"""Who comes: "me and my two kids aged 4 and 12", 我六十八岁，带两个孙子，一个5岁一个17岁."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from bot.content.numbers import HAN, number
from bot.content.party_ages import READ, Ages, bare_ages, find_ages
from bot.content.party_words import (
    ADJECTIVE_KINDS,
    FAMILY,
    GENERIC,
    NOT,
    PAIRS,
    SELF,
    Noun,
    noun_patterns,
)
from bot.nlu.text import normal

MOST_PEOPLE = 99
Reader = Callable[[re.Match[str]], Iterator["_Group"]]


@dataclass(frozen=True)
class Person:
    """Visitors of one kind; no count where only the kind was named, no age where it is open."""

    kind: str
    count: int | None = None
    age: int | None = None


@dataclass
class _Group:
    kind: str
    count: int | None
    start: int
    end: int
    ages: list[int] = field(default_factory=list)
    fixed_age: int | None = None
    # Ages were told one by one: a single one is not everybody's.
    each: bool = False
    vague: bool = False
    myself: bool = False

    def is_open(self) -> bool:
        return self.fixed_age is None and len(self.ages) < (self.count or MOST_PEOPLE)


def find_party(text: str) -> tuple[Person, ...]:
    """The visitors that a text names, in its order; empty where it names none."""
    words = _NOBODY.sub(" ", normal(text))
    ages, words = find_ages(words)
    groups, words = _groups(words)
    _assign(groups, ages, words)
    if any(group.ages for group in groups):
        groups = [group for group in groups if not _is_of_the_list(group, words)]
    if any(group.count and not group.vague for group in groups) or (
        any(not group.vague for group in groups) and _is_all_of_them(groups)
    ):
        groups = [group for group in groups if not group.vague]
    return tuple(person for group in groups for person in _people(group))


def _is_all_of_them(groups: list[_Group]) -> bool:
    """Makes "4 of us, all students" four students."""
    vague = [group for group in groups if group.vague]
    said = [group for group in groups if not group.vague]
    if vague and len(said) == 1 and not said[0].count:
        said[0].count = vague[0].count
    return True


def _is_of_the_list(group: _Group, words: str) -> bool:
    if group.count or group.ages:
        return False
    before, after = words[: group.start], words[group.end :]
    return bool(_PRICE_BEFORE.search(before) or _PRICE_AFTER.match(after))


# --- People ---

_NOUNS = noun_patterns()
_SOMEBODY = re.compile(r"(?:\b(?:my|our|his|her|their|the|and|with|plus)|[,:+&])\s*$")
_GENERIC = re.compile(rf"\b{GENERIC}|\bfor (?P<two>two|2)\b(?! (?:hours|days|weeks))")
_HAN_GENERIC = re.compile(rf"(?P<count>[2-9]|\d\d|(?!一[个位张人]){HAN})(?:(?:个|位)?人|张票?)")
# "Is she an adult, or a child?", "the full adult price": a line of the price list, no visitor.
_PRICE_BEFORE = re.compile(r"(?:\bfull|\bas an?|\bor|算|还是|按)\s*$")
# "0 kids" is neither a visitor nor an age.
_NOBODY = re.compile(
    r"\b(?:0|zero) [a-z]+|(?<!\d)0[个位名]?(?=[小孩儿大成老学婴])[\u4e00-\u9fff]{2}"
)
_PRICE_AFTER = re.compile(r"\s*(?:price|rate|fare|ticket|discount|concession|票|价|的价)")


def _groups(words: str) -> tuple[list[_Group], str]:
    found: list[_Group] = []
    for pattern, read in READERS:
        for match in pattern.finditer(words):
            groups = [] if READ in match[0] else list(read(match))
            if groups:
                found += groups
                words = words[: match.start()] + READ * len(match[0]) + words[match.end() :]
    return sorted(found, key=lambda group: group.start), words


def _pair(match: re.Match[str]) -> Iterator[_Group]:
    for kind in ("adults", "children"):
        count = number(match[kind])
        if count:
            name = "adult" if kind == "adults" else "child"
            yield _Group(name, count, match.start(kind), match.end())


def _family(match: re.Match[str]) -> Iterator[_Group]:
    size = number(match["han"] or match["size"] or "") or 0
    if size >= 2:
        adults = min(2, size - 1) if size < 4 else 2
        yield _Group("adult", adults, match.start(), match.end(), vague=True)
        yield _Group("child", size - adults, match.start(), match.end(), vague=True)


def _generic(match: re.Match[str]) -> Iterator[_Group]:
    given = match.groupdict()
    count = number(given.get("count") or given.get("two") or "")
    if count:
        yield _Group("adult", min(count, MOST_PEOPLE), match.start(), match.end(), vague=True)


def _self(match: re.Match[str]) -> Iterator[_Group]:
    yield _Group("adult", 1, match.start(), match.end(), myself=True)


def _noun(noun: Noun) -> Reader:
    def read(match: re.Match[str]) -> Iterator[_Group]:
        if NOT.search(match.string[: match.start()]):
            return
        given = match.groupdict()
        adjective = given.get("adjective") or ""
        kind = ADJECTIVE_KINDS.get(adjective.strip(), noun.kind)
        kind = "adult" if adjective.startswith(("adult", "grown")) and kind == "child" else kind
        said = number(given.get("count") or "")
        if said == 0:
            return
        count = noun.count if noun.count and said in (None, 1) else said
        if count is None and _is_one(match):
            count = 1
        yield _Group(kind, count, match.start(), match.end(), fixed_age=noun.age)

    return read


def _is_one(match: re.Match[str]) -> bool:
    before = match.string[: match.start()]
    plural = match[0].endswith(("s", "children", "people", "ren", "\u4eec"))
    return match[0].isascii() and not plural and bool(_SOMEBODY.search(before))


READERS = (
    (PAIRS, _pair),
    (FAMILY, _family),
    (SELF, _self),
    *((pattern, _noun(noun)) for pattern, noun in _NOUNS),
    (_GENERIC, _generic),
    (_HAN_GENERIC, _generic),
)


# --- Ages belong to people ---


def _assign(groups: list[_Group], ages: list[Ages], words: str) -> None:
    for group in groups:
        _take_bare_ages(group, words)
    for age in ages:
        home = _home(groups, age, words)
        if home is None:
            kind = age.kind or "adult"
            home = _Group(kind, None, age.start, age.end, myself=age.myself)
            home.count = 1 if age.kind is None and not age.count else age.count
            groups.append(home)
        home.ages += age.ages * (age.count or 1)
        home.each = home.each or bool(age.count)
        home.end = max(home.end, age.end)
        if home.count is None and age.kind is None:
            home.count = len(home.ages)
    groups.sort(key=lambda group: group.start)


def _take_bare_ages(group: _Group, words: str) -> None:
    ages, length = bare_ages(words[group.end :])
    wanted = group.fixed_age is None and not group.vague
    if ages and wanted and len(ages) <= (group.count or len(ages)):
        group.ages += ages
        group.end += length


def _home(groups: list[_Group], age: Ages, words: str) -> _Group | None:
    if age.myself:
        return next((group for group in groups if group.myself and not group.ages), None)
    after = next((group for group in groups if group.start >= age.end), None)
    if after and not after.ages and re.fullmatch(r"[\s的-]*", words[age.end : after.start]):
        after.count = after.count or age.count or len(age.ages)
        after.start = age.start
        return after if not after.fixed_age else None
    before = [group for group in groups if group.end <= age.start and not group.vague]
    last = max(before, key=lambda group: group.end, default=None)
    return last if last and last.is_open() and _goes_with(last, age, words) else None


def _goes_with(group: _Group, age: Ages, words: str) -> bool:
    """Whether an age that follows some people is theirs: a child's at some distance too."""
    between = words[group.end : age.start]
    if re.search(r"[.!?;。！？；]", between) or len(between) > 25:
        return False
    if group.kind == "child":
        return True
    return not (age.kind or age.count) and not re.search(r"\band\b|,|[和跟带与加]", between)


def _people(group: _Group) -> Iterator[Person]:
    if group.fixed_age is not None:
        yield Person(group.kind, group.count, group.fixed_age)
        return
    if len(group.ages) == 1 and not group.each:
        yield Person(group.kind, group.count, group.ages[0])
        return
    for age in group.ages:
        yield Person(group.kind, 1, age)
    if not group.ages or (group.count or 0) > len(group.ages):
        rest = group.count - len(group.ages) if group.count else None
        yield Person(group.kind, rest)
