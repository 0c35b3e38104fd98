"""The words by which visitors sound angry, upset or pleased: data/moods.yml, with its lint."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ruamel.yaml.comments import CommentedMap

from bot.content.desk_routing import MOODS
from bot.content.sentences import place, read_yaml
from bot.errors import ContentError
from bot.language import SIMPLIFIED, TRADITIONAL, is_han, read

# What sounds like something; `wanted` only where it is denied, `neutral` never.
SAID = ("angry", "upset", "pleased", "wanted", "neutral")
ENGLISH, CHINESE, EMOJI, ENDS = "en", "zh", "emoji", "ends"
_SHAPE: Mapping[str, tuple[str, ...]] = {
    **{mood: (ENGLISH, CHINESE, EMOJI) for mood in MOODS if mood != "neutral"},
    **{name: (ENGLISH, CHINESE) for name in ("wanted", "neutral", "negations", "turns")},
    "asking": (ENGLISH, CHINESE, ENDS),
}
_LIST_REMEDY = "Write a list of words"
Found = tuple[str, str, tuple[str, ...]]


@dataclass(frozen=True)
class MoodWords:
    """The phrases of a file by section ("angry", "turns") and column ("en", "zh", "emoji")."""

    sections: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)

    def of(self, section: str, *columns: str) -> tuple[str, ...]:
        """The phrases of a section, of all its columns or of those that are named."""
        known = self.sections.get(section, {})
        return tuple(each for name in columns or known for each in known.get(name, ()))


def load_moods(path: Path) -> MoodWords:
    """Reads the file; raises ContentError naming file, line and remedy.

    The file may be missing: then every visitor sounds neutral.
    """
    sections: dict[str, dict[str, tuple[str, ...]]] = {}
    for found in _columns(path):
        if isinstance(found, ContentError):
            raise found
        section, column, phrases = found
        sections.setdefault(section, {})[column] = phrases
    return MoodWords(sections)


def mood_problems(path: Path) -> list[ContentError]:
    """Everything that load_moods would refuse, in the order of the file."""
    try:
        return [found for found in _columns(path) if isinstance(found, ContentError)]
    except ContentError as error:
        return [error]


def _columns(path: Path) -> Iterator[Found | ContentError]:
    if not path.exists():
        return
    root = read_yaml(path)
    if not isinstance(root, CommentedMap):
        raise ContentError(f"{path}:1", "the file holds no moods", "Write angry: and below it en:")
    seen: dict[str, str] = {}
    for section in root:
        where = place(path, root, section)
        if section not in _SHAPE:
            remedy = f"Known are {', '.join(_SHAPE)}"
            yield ContentError(where, f"moods.yml has the unknown key {section}", remedy)
        elif not isinstance(root[section], CommentedMap):
            yield ContentError(where, f"{section} holds no lists", "Write en: and zh: below it")
        else:
            yield from _section(path, root[section], section, seen)


def _section(
    path: Path, node: CommentedMap, section: str, seen: dict[str, str]
) -> Iterator[Found | ContentError]:
    for column in node:
        where = place(path, node, column)
        if column not in _SHAPE[section]:
            remedy = f"Known are {', '.join(_SHAPE[section])}"
            yield ContentError(where, f"{section} has the unknown key {column}", remedy)
        elif column == EMOJI:
            yield section, column, tuple(dict.fromkeys(str(node[column]).replace("\ufe0f", "")))
        elif not isinstance(node[column], list) or not node[column]:
            yield ContentError(where, f"{section}.{column} is no list", _LIST_REMEDY)
        else:
            yield from _faults(path, node, section, column, seen)
            yield section, column, tuple(str(each) for each in node[column])


def _faults(
    path: Path, node: CommentedMap, section: str, column: str, seen: dict[str, str]
) -> Iterator[ContentError]:
    for index, phrase in enumerate(node[column]):
        where = place(path, node[column], index)
        problem = _fault(phrase, column)
        if problem is not None:
            yield ContentError(where, *problem)
        elif section in SAID and str(phrase) in seen:
            problem = f"{phrase} stands already at {seen[str(phrase)]}", "Keep one of the two"
            yield ContentError(where, *problem)
        if section in SAID:
            seen[str(phrase)] = where


def _fault(phrase: object, column: str) -> tuple[str, str] | None:
    """What is wrong with a phrase, and what to do."""
    if not isinstance(phrase, str) or not phrase.strip(" …*"):
        # YAML reads a bare `no` as False.
        return f"{phrase} is no word", 'Put it in quotes: "no"'
    if column == ENGLISH and any(map(is_han, phrase)):
        return f"{phrase} is not English", "Move it to zh"
    if column != ENGLISH and read(phrase).language == TRADITIONAL:
        return f"{phrase} is written in Traditional", f"Write {SIMPLIFIED}; both are found"
    return None
