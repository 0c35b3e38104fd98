"""The museum's words for translation: data/glossary.yml, and the names in museum.yml.

A term is its words by language, first as they are written, then other spellings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from bot.content.calendar import Bilingual
from bot.content.museum import Museum, to_traditional
from bot.content.sentences import place, read_yaml
from bot.errors import ContentError
from bot.language import SIMPLIFIED, TRADITIONAL, is_han, read

Words = Mapping[str, tuple[str, ...]]
_KEYS = ("en", SIMPLIFIED, TRADITIONAL, "also")
_REMEDY = "Write {en: ticket desk, zh-Hans: 售票台}"


def load_glossary(path: Path, museum: Museum) -> tuple[Words, ...]:
    """Returns every term; raises ContentError naming file, line and remedy.

    The file may be missing: then only the names of museum.yml are known.
    """
    terms: list[Words] = []
    for found in _rows(path):
        if isinstance(found, ContentError):
            raise found
        terms.append(found)
    return (*terms, *named_terms(museum))


def glossary_problems(path: Path) -> list[ContentError]:
    """Everything that load_glossary would refuse, in the order of the file."""
    try:
        return [found for found in _rows(path) if isinstance(found, ContentError)]
    except ContentError as error:
        return [error]


def named_terms(museum: Museum) -> tuple[Words, ...]:
    """Returns the names that museum.yml gives: the museum, exhibitions and galleries."""
    names = [each.name for each in museum.exhibitions]
    names += [each.name for each in museum.closures.galleries]
    names += [museum.facts["name"]] if "name" in museum.facts else []
    return tuple(_term(name) for full in names for name in (full, *_short(full)))


def _short(name: Bilingual) -> Iterator[Bilingual]:
    """Yields a title without its subtitle, as people say it."""
    en, _, en_more = name.en.partition(":")
    zh, _, zh_more = name.zh.replace(":", "：").partition("：")
    if en_more.strip() and zh_more.strip():
        yield Bilingual(en.strip(), zh.strip())


def _term(name: Bilingual) -> Words:
    return {
        "en": (name.en,),
        SIMPLIFIED: (name.zh,),
        TRADITIONAL: (to_traditional(name.zh),),
    }


# --- The file ---


def _rows(path: Path) -> Iterator[Words | ContentError]:
    if not path.exists():
        return
    root = read_yaml(path)
    if not isinstance(root, CommentedMap):
        raise ContentError(f"{path}:1", "the file holds no terms", "Write terms: and rows")
    for key in root:
        if key not in _SECTIONS:
            problem = f"the glossary has the unknown key {key}"
            yield ContentError(place(path, root, key), problem, "Known are terms and keep")
    seen: dict[str, str] = {}
    for key, read_row in _SECTIONS.items():
        rows = root.get(key) or CommentedSeq()
        if not isinstance(rows, CommentedSeq):
            yield ContentError(place(path, root, key), f"{key} is no list", "Write rows with -")
            continue
        for index in range(len(rows)):
            yield _read(place(path, rows, index), rows[index], read_row, seen)


def _read(
    where: str, row: object, reader: Callable[[object], Words], seen: dict[str, str]
) -> Words | ContentError:
    try:
        words = reader(row)
    except ValueError as error:
        problem, _, remedy = str(error).partition(" | ")
        return ContentError(where, problem, remedy or _REMEDY)
    # Proper names are written alike in every language.
    for form in dict.fromkeys(form for forms in words.values() for form in forms):
        if form.casefold() in seen:
            problem = f"{form} stands already at {seen[form.casefold()]}"
            return ContentError(where, problem, "Keep one of the two")
        seen[form.casefold()] = where
    return words


def _read_kept(row: object) -> Words:
    if not isinstance(row, str) or not row.strip():
        raise ValueError("a row of keep is no text | Write a name that stays as it is")
    return {language: (row.strip(),) for language in ("en", SIMPLIFIED, TRADITIONAL)}


def _read_term(row: object) -> Words:
    if not isinstance(row, CommentedMap):
        raise ValueError("a row of terms is no mapping")
    unknown = [str(key) for key in row if key not in _KEYS]
    if unknown:
        raise ValueError(f"a term has the unknown key {unknown[0]} | Known are {', '.join(_KEYS)}")
    en, zh = _side(row, "en"), _side(row, SIMPLIFIED)
    if any(map(is_han, en)):
        raise ValueError("the English word is not English")
    if not any(map(is_han, zh)):
        raise ValueError("the Chinese word is not Chinese | A name that stays belongs to keep")
    if read(zh).language == TRADITIONAL:
        raise ValueError("zh-Hans is written in Traditional | Write Simplified there")
    hant = _side(row, TRADITIONAL) if TRADITIONAL in row else to_traditional(zh)
    also = _also(row)
    return {
        "en": (en, *(each for each in also if not _is_chinese(each))),
        SIMPLIFIED: (zh, *(each for each in also if _is_chinese(each))),
        TRADITIONAL: (hant, *_changed(also)),
    }


def _side(row: CommentedMap, key: str) -> str:
    text = row.get(key)
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"a term has no {key} word")
    return text.strip()


def _also(row: CommentedMap) -> list[str]:
    also = row.get("also") or []
    if not isinstance(also, list) or not all(isinstance(s, str) and s.strip() for s in also):
        raise ValueError("also is no list of words | Write also: [box office]")
    return [each.strip() for each in also]


def _changed(also: list[str]) -> list[str]:
    """Returns the Chinese spellings in Traditional where that differs."""
    return [to_traditional(each) for each in also if _is_chinese(each)]


def _is_chinese(text: str) -> bool:
    return any(map(is_han, text))


_SECTIONS: Mapping[str, Callable[[object], Words]] = {"terms": _read_term, "keep": _read_kept}
