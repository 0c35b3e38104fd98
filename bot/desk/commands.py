"""What `/docent` was asked to do, and what it answers where that cannot be told; pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from bot.desk.controls import Department
from bot.desk.elements import TEXT, Post, markup, section
from bot.desk.finding import read_query
from bot.desk.mrkdwn import one_line, to_slack
from bot.store.desk_lists import MINE, OPEN, OVERDUE

HELP, LIST, FIND, SAY = "help", "list", "find", "say"
UNKNOWN, NO_DEPARTMENT = "unknown", "no_department"
TODAY = "--today"
_LISTS = (OPEN, MINE, OVERDUE)
# What each word means; staff type in a hurry, and not all in English.
_WORDS = {
    "open": OPEN,
    "list": OPEN,
    "cases": OPEN,
    "mine": MINE,
    "my": MINE,
    "overdue": OVERDUE,
    "late": OVERDUE,
    "find": FIND,
    "search": FIND,
    "say": SAY,
    "announce": SAY,
    "tell": SAY,
    "help": HELP,
    "?": HELP,
    "查找": FIND,
    "公告": SAY,
    "帮助": HELP,
}
_LINES = (
    ("/docent open", "the open cases, unclaimed ones first; `open ticketing` of one department"),
    ("/docent mine", "the cases that you have claimed"),
    ("/docent overdue", "the cases with a broken promise"),
    ("/docent find D-1005", "a case; also by the visitor's name or words: `find 围巾 scarf`"),
    ("/docent say TEXT", "tell every visitor with an open case; you see a preview first"),
    ("/docent say --today TEXT", "also everybody who wrote in the last 24 hours"),
    ("/docent say en: TEXT zh: 文字", "the same in words of your own for each language"),
)


@dataclass(frozen=True)
class Command:
    """What is to be done.

    Args:
        kind: help, list, find, say, unknown or no_department.
        which: Of a list: open, mine or overdue.
        department: Of a list: the id of one department, None for all.
        text: What is looked for or announced; the words that were not understood.
        today: Of an announcement: whether all who wrote of late are told too.
    """

    kind: str
    which: str = OPEN
    department: str | None = None
    text: str = ""
    today: bool = False


def read_command(typed: str, departments: Sequence[Department]) -> Command:
    """Reads what stands behind `/docent`."""
    word, rest = _first(typed)
    folded = _folded(word)
    meant = _WORDS.get(folded)
    if not folded or meant == HELP:
        return Command(HELP)
    if meant in _LISTS:
        return _list(str(meant), rest, departments)
    if meant == FIND:
        return Command(FIND, text=rest) if rest else Command(HELP)
    if meant == SAY:
        return _say(rest)
    # A reference alone says enough.
    return Command(FIND if read_query(typed).ref else UNKNOWN, text=typed.strip())


def help_post(hint: str = "") -> Post:
    """Returns what the command can do; `hint` is said before, in anybody's words."""
    lines = "\n".join(f"`{name}`  {means}" for name, means in _LINES)
    words = {"type": "section", "text": markup(lines)}
    before = [section(hint)] if hint else []
    return Post(to_slack(hint or "What /docent can do", TEXT), [*before, words])


def hint_for(command: Command, departments: Sequence[Department]) -> str:
    """Says what was not understood, and what may have been meant."""
    if command.kind == NO_DEPARTMENT:
        return _no_department(command, departments)
    first = _folded(_first(command.text)[0])
    typed = one_line(command.text)[:60]
    close = get_close_matches(first, [w for w in _WORDS if w != "?"], n=1, cutoff=0.6)
    words = f"“{typed}” is no command."
    return f"{words} Did you mean: /docent {close[0]}?" if close else words


def _no_department(command: Command, departments: Sequence[Department]) -> str:
    names = ", ".join(each.name for each in departments)
    return f"There is no department “{one_line(command.text)[:60]}”. There are: {names}."


def _list(which: str, rest: str, departments: Sequence[Department]) -> Command:
    folded = _folded(rest)
    if not folded or folded == "all":
        return Command(LIST, which)
    if which == OPEN and (narrower := _WORDS.get(folded)) in _LISTS:
        return Command(LIST, str(narrower))
    found = [each.id for each in departments if _is_called(each, folded)]
    if found:
        return Command(LIST, which, found[0])
    return Command(FIND if read_query(rest).ref else NO_DEPARTMENT, which, text=rest)


def _is_called(department: Department, folded: str) -> bool:
    name = _folded(department.name)
    return name.startswith(folded) or _folded(department.id).replace("_", " ") == folded


def _say(rest: str) -> Command:
    first, words = _first(rest)
    # A telephone's keyboard makes one dash of two.
    if first.casefold().replace("—", "--").replace("–", "--") == TODAY:
        return Command(SAY, text=words, today=True)
    return Command(SAY, text=rest)


def _first(text: str) -> tuple[str, str]:
    """Returns the first word and the rest."""
    found = [*text.split(maxsplit=1), "", ""]
    return found[0], found[1].strip()


def _folded(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold().strip()
