"""The sentences that Docent says of its own accord, in every language, from data/sentences.yml.

The reader of YAML with its lines lives here too: this is the lowest module that reads a file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from bot.errors import ContentError

LANGUAGES = ("en", "zh-Hans", "zh-Hant")
Found = tuple[str, str, Mapping[str, str] | ContentError]


@dataclass(frozen=True)
class Sentences:
    """All sentences by dotted key and language, each with the place where it is written."""

    path: Path
    texts: Mapping[str, Mapping[str, str]]
    places: Mapping[str, str]

    def __contains__(self, key: str) -> bool:
        return key in self.texts

    def say(self, key: str, language: str, **values: object) -> str:
        """The sentence in 'en', 'zh-Hans' (or 'zh') or 'zh-Hant' with its {blanks} filled.

        Facts in [[double square brackets]] stay for Museum.fill.

        Raises:
            ContentError: No such sentence, or a blank of it has no value.
        """
        if key not in self.texts:
            remedy = f"Add it with {', '.join(LANGUAGES)}"
            raise ContentError(str(self.path), f"no sentence {key}", remedy)
        text = self.texts[key]["zh-Hans" if language == "zh" else language]
        try:
            return text.format(**values)
        except KeyError as error:
            problem = f"{key} asks for {{{error.args[0]}}}, which is not known here"
            raise ContentError(self.places[key], problem, "Take that blank out") from error


def load_sentences(path: Path) -> Sentences:
    """The sentences of a YAML file; raises ContentError naming the line of the first slip."""
    texts: dict[str, Mapping[str, str]] = {}
    places: dict[str, str] = {}
    for key, where, found in _walk(path):
        if isinstance(found, ContentError):
            raise found
        texts[key], places[key] = found, where
    return Sentences(path, texts, places)


def sentence_problems(path: Path) -> list[ContentError]:
    """Everything that load_sentences would refuse, in the order of the file."""
    try:
        return [found for _, _, found in _walk(path) if isinstance(found, ContentError)]
    except ContentError as error:
        return [error]


def read_yaml(path: Path) -> Any:
    """A YAML file with line marks; raises ContentError where it is missing, empty or broken."""
    try:
        root = YAML(typ="rt").load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ContentError(str(path), "the file cannot be read", "Put it back") from error
    except UnicodeDecodeError as error:
        raise ContentError(f"{path}:1", "the file is not UTF-8", "Save it as UTF-8") from error
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{path}:{mark.line + 1 if mark else 1}"
        problem = f"this is not valid YAML ({str(error.problem).splitlines()[0]})"
        raise ContentError(where, problem, "Mend indentation and quotes here or above") from error
    except ValueError as error:
        # The YAML reader makes dates of 2026-99-99 and fails without saying where.
        raise ContentError(str(path), f"a value cannot be read ({error})", "Mend it") from error
    except YAMLError as error:
        remedy = "Take out control characters"
        raise ContentError(f"{path}:1", "this is not valid YAML", remedy) from error
    if root is None:
        raise ContentError(f"{path}:1", "the file is empty", "Fill it or delete it")
    return root


def line_of(node: CommentedMap | CommentedSeq, key: Any) -> int:
    """The line, from 1, of a key of a mapping or an index of a sequence."""
    position = node.lc.item(key) if isinstance(node, CommentedSeq) else node.lc.key(key)
    return int(position[0]) + 1


def place(path: Path, node: CommentedMap | CommentedSeq, key: Any) -> str:
    """The "file:line" of a key or an index, as errors name it."""
    return f"{path}:{line_of(node, key)}"


def _walk(path: Path) -> Iterator[Found]:
    root = read_yaml(path)
    if not isinstance(root, CommentedMap):
        raise ContentError(f"{path}:1", "the file holds no sentences", "Begin with a key")
    yield from _branch(path, root, "")


def _branch(path: Path, node: CommentedMap, prefix: str) -> Iterator[Found]:
    for name, value in node.items():
        key, where = f"{prefix}{name}", place(path, node, name)
        if isinstance(value, CommentedMap) and not {*LANGUAGES, "zh"} & value.keys():
            yield from _branch(path, value, f"{key}.")
        else:
            yield key, where, _sentence(key, where, value)


def _sentence(key: str, where: str, value: object) -> Mapping[str, str] | ContentError:
    if not isinstance(value, CommentedMap):
        remedy = f"Give it the texts {', '.join(LANGUAGES)}"
        return ContentError(where, f"{key} is not a sentence", remedy)
    for language in LANGUAGES:
        if not isinstance(value.get(language), str) or not value[language].strip():
            return ContentError(where, f"{key} has no {language} text", f"Add {language}: below")
    if unknown := [str(name) for name in value if name not in LANGUAGES]:
        remedy = f"Keep {', '.join(LANGUAGES)}"
        return ContentError(where, f"{key} has the unknown key {unknown[0]}", remedy)
    texts = {language: str(value[language]).strip() for language in LANGUAGES}
    return _blanks_problem(key, where, texts) or texts


def _blanks_problem(key: str, where: str, texts: Mapping[str, str]) -> ContentError | None:
    try:
        blanks = [_blanks(text) for text in texts.values()]
    except ValueError:
        return ContentError(where, f"{key} has a brace that holds no name", "Write {name}")
    odd = sorted({name for some in blanks for other in blanks for name in some - other})
    if not odd:
        return None
    names = ", ".join(f"{{{name}}}" for name in odd)
    remedy = "Use it in every language or in none"
    return ContentError(where, f"{key} does not have {names} in every language", remedy)


def _blanks(text: str) -> set[str]:
    names = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    if "" in names:
        raise ValueError("a blank needs a name")
    return names
