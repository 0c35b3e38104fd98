"""The rows of examples in a content file: the intent, its language and style, each line of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.scalarstring import LiteralScalarString

from bot.content.sentences import line_of

NAMES = {"en": "English", "zh": "Chinese"}
OUT_OF_SCOPE = "out_of_scope"
_ENGLISH = tuple("keyword polite chatty typos txt emoji idiom indirect noise".split())
# The styles of a topic; docs/corpus.md says what each is.
STYLES: Mapping[str, tuple[str, ...]] = {
    "en": _ENGLISH,
    "zh": (*_ENGLISH, "traditional", "mixed"),
}
PLAIN = "plain"
_FAMILY = re.compile(r"[a-z][a-z_]*")
Add = Callable[[int, str], None]


@dataclass(frozen=True)
class Problem:
    """Something to mend in a content file, at a line counted from 1."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


@dataclass(frozen=True)
class Phrase:
    """An example or an answer as it is written, with its line in the file."""

    text: str
    line: int


@dataclass(frozen=True)
class Example(Phrase):
    """An example with its intent ("faq/shop"), and language and style where its row tells them."""

    intent: str = ""
    language: str | None = None
    style: str | None = None


def read_examples(row: CommentedMap, add: Add) -> list[Example]:
    """Returns the examples of a row; what is to be mended goes to `add` with its line."""
    block = row.get("examples")
    if not isinstance(block, LiteralScalarString):
        line = line_of(row, "examples" if "examples" in row else next(iter(row)))
        add(line, "no examples. Write examples: | and lines with - below it")
        return []
    start = int(row.lc.value("examples")[0]) + 2
    intent = str(row.get("intent"))
    language, style = _metadata(row, intent, add)
    texts = [_text(line, start + number, add) for number, line in enumerate(block.split("\n"))]
    return [
        Example(text, start + number, intent, language, style)
        for number, text in enumerate(texts)
        if text is not None
    ]


def _text(line: str, number: int, add: Add) -> str | None:
    text = line.strip()
    if not text:
        return None
    if not text.startswith("- ") or not text[2:].strip():
        add(number, 'not an example. Begin it with "- " and write something after it')
        return None
    text = text[2:].strip()
    if text.startswith("/"):
        add(number, "Rasa takes a leading / for a command. Take it out")
    return text


def _metadata(row: CommentedMap, intent: str, add: Add) -> tuple[str | None, str | None]:
    """Returns language and style of a row, None where it has none or they are to be mended."""
    if "metadata" not in row:
        return None, None
    line, given = line_of(row, "metadata"), row["metadata"]
    if not isinstance(given, CommentedMap) or set(given) != {"language", "style"}:
        problem = "the metadata are not a language and a style"
        add(line, f"{problem}. Write metadata: {{language: en, style: keyword}}, or take them out")
        return None, None
    language, style = str(given["language"]), str(given["style"])
    if language not in STYLES:
        add(line, f"the language {language} is not known. Write en or zh")
        return None, None
    if not _is_known(style, language, intent):
        known = ", ".join(styles_of(intent, language))
        add(line, f"the {NAMES[language]} style {style} is not known. Known are {known}")
        return language, None
    return language, style


def _is_known(style: str, language: str, intent: str) -> bool:
    if intent == OUT_OF_SCOPE:
        return _FAMILY.fullmatch(style) is not None
    return style in styles_of(intent, language)


def styles_of(intent: str, language: str) -> tuple[str, ...]:
    """Returns the styles that examples of an intent may have; those out of scope have families."""
    if intent == OUT_OF_SCOPE:
        return ("a word for the kind of question, such as weather",)
    if intent.startswith("faq/"):
        return STYLES[language]
    return (*STYLES[language], PLAIN)
