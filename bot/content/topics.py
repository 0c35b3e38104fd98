"""The FAQ topics of data/nlu/faq, one file each, and the lint that editors meet first."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import LiteralScalarString

from bot.content.museum import QUOTE, Museum, to_traditional
from bot.content.sentences import (
    line_of,
    load_sentences,
    read_yaml,
    sentence_problems,
)
from bot.errors import ContentError

LEAST_EXAMPLES = 8
LONGEST_CHARACTERS = 2000
# WeChat counts a text message in bytes of UTF-8: https://developers.weixin.qq.com/doc/offiaccount
LONGEST_BYTES = 2048
LONGEST_LABEL = 20
LABELS = ("clarify_none", "talk_to_person")
NAMES = {"en": "English", "zh": "Chinese"}
CONDITION = [{"type": "slot", "name": "language", "value": "zh"}]
_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN_WORD = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)*")
_NOT_PROSE = re.compile(r"\[\[.*?\]\]|https?://\S+|\S+@\S+")
_ENTITY = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")


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
class Topic:
    """One FAQ topic: what visitors ask and the answers by 'en' and 'zh'."""

    name: str
    path: Path
    examples: tuple[Phrase, ...]
    answers: Mapping[str, Phrase]


def load_topics(folder: Path) -> list[Topic]:
    """The topics of a folder by name; raises ContentError at the first line to mend."""
    topics = []
    for path in _files(folder):
        source = _Source(path, str(path))
        topic = source.topic()
        if source.problems:
            first = min(source.problems, key=lambda each: each.line)
            problem, _, remedy = first.message.rpartition(". ")
            raise ContentError(f"{first.path}:{first.line}", problem, remedy)
        topics.append(topic)
    return topics


def lint(data_folder: Path, museum: Museum) -> list[Problem]:
    """Everything to mend in the topics and sentences of a data folder, by file and line."""
    problems: list[Problem] = []
    said: list[tuple[str, Phrase]] = []
    names = []
    for path in _files(data_folder / "nlu" / "faq"):
        source = _Source(path, _shown(path, data_folder))
        topic = source.topic()
        for language, answer in topic.answers.items():
            source.check_answer(language, answer, museum)
        problems += source.problems
        said += [(source.shown, phrase) for phrase in topic.examples]
        names.append(topic.name)
    service = data_folder / "nlu" / "service.yml"
    if service.exists():
        source = _Source(service, _shown(service, data_folder))
        said += [(source.shown, phrase) for phrase in source.all_examples()]
        problems += source.problems
    problems += _duplicates(said)
    problems += _sentence_lint(data_folder / "sentences.yml", data_folder, names, museum)
    return sorted(set(problems), key=lambda each: (each.path, each.line, each.message))


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.y*ml") if path.suffix in (".yml", ".yaml"))


def _shown(path: Path, data_folder: Path) -> str:
    return str(Path(data_folder.name) / path.relative_to(data_folder))


def _duplicates(said: list[tuple[str, Phrase]]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for shown, phrase in said:
        key = _same(phrase.text)
        if key in first:
            message = f'"{phrase.text}" stands already at {first[key]}. Keep one of the two'
            yield Problem(shown, phrase.line, message)
        first.setdefault(key, f"{shown}:{phrase.line}")


def _same(text: str) -> str:
    """What is left of an example without case, width, spaces and punctuation; emoji stay."""
    plain = unicodedata.normalize("NFKC", _ENTITY.sub(r"\1", text)).casefold().strip()
    kept = (character for character in plain if unicodedata.category(character)[0] not in "PZC")
    return "".join(kept) or plain


def _sentence_lint(
    path: Path, data_folder: Path, topics: list[str], museum: Museum
) -> Iterator[Problem]:
    shown = _shown(path, data_folder)
    faults = sentence_problems(path)
    for fault in faults:
        yield Problem(shown, _line(fault.place), _message(fault))
    if faults:
        return
    sentences = load_sentences(path)
    for key, texts in sentences.texts.items():
        line = _line(sentences.places[key])
        for fact in dict.fromkeys(QUOTE.findall(" ".join(texts.values()))):
            if fact not in museum.facts:
                yield Problem(shown, line, _unknown_fact(fact))
        if key.startswith("topics.") or key in LABELS:
            yield from _long_labels(shown, line, key, texts)
    labels = read_yaml(path)
    line = line_of(labels, "topics") if "topics" in labels else 1
    for topic in topics:
        if f"topics.{topic}" not in sentences:
            yield Problem(shown, line, f"topics.{topic} is missing. Add the label of its button")


def _long_labels(shown: str, line: int, key: str, texts: Mapping[str, str]) -> Iterator[Problem]:
    for language, text in texts.items():
        if len(text) > LONGEST_LABEL:
            size = f"{len(text)} characters, at most {LONGEST_LABEL} fit on a button"
            yield Problem(shown, line, f"the {language} label {key} has {size}. Shorten it")


def _line(place: str) -> int:
    number = place.rpartition(":")[2]
    return int(number) if number.isdigit() else 1


def _message(error: ContentError) -> str:
    return f"{error.problem}. {error.remedy}"


def _unknown_fact(path: str) -> str:
    return f"[[{path}]] is no fact of museum.yml. Add it there or mend the path"


def is_chinese(text: str) -> bool | None:
    """Whether a text is Chinese rather than English, None where it has no words of either."""
    prose = _NOT_PROSE.sub(" ", text)
    han, latin = len(_HAN.findall(prose)), len(_LATIN_WORD.findall(prose))
    return han >= latin if han or latin else None


@dataclass
class _Source:
    """One file under examination; every check adds to `problems` and goes on."""

    path: Path
    shown: str
    problems: list[Problem] = field(default_factory=list)

    def topic(self) -> Topic:
        root = self._root()
        name = self.path.stem
        if root is None:
            return Topic(name, self.path, (), {})
        self._known(root, ("version", "nlu", "responses"), "the file")
        examples = self._examples(root, f"faq/{name}")
        return Topic(name, self.path, tuple(examples), self._answers(root, f"utter_faq/{name}"))

    def all_examples(self) -> list[Phrase]:
        root = self._root()
        rows = root.get("nlu") if root is not None else None
        if not isinstance(rows, CommentedSeq):
            return []
        rows = [row for row in rows if isinstance(row, CommentedMap) and "intent" in row]
        return [phrase for row in rows for phrase in self._phrases(row)]

    def check_answer(self, language: str, answer: Phrase, museum: Museum) -> None:
        unknown = museum.unknown_facts(answer.text)
        for fact in dict.fromkeys(unknown):
            quote = rf"\[\[\s*{re.escape(fact)}\s*\]\]"
            self._add(self._line_with(quote, answer), _unknown_fact(fact))
        chinese = is_chinese(answer.text)
        if chinese is not None and chinese != (language == "zh"):
            problem = f"the {NAMES[language]} answer is not in {NAMES[language]}"
            self._add(answer.line, f"{problem}. The answer with the condition is the Chinese one")
        self._check_typed_facts(answer, museum)
        if not unknown:
            self._check_length(language, answer, museum)

    def _check_length(self, language: str, answer: Phrase, museum: Museum) -> None:
        filled = museum.fill(answer.text, "zh-Hans" if language == "zh" else "en")
        forms = [filled, to_traditional(filled)] if language == "zh" else [filled]
        characters = max(len(form) for form in forms)
        size = max(len(form.encode()) for form in forms)
        if characters > LONGEST_CHARACTERS:
            problem = f"the {NAMES[language]} answer has {characters} characters"
            self._add(answer.line, f"{problem}. Keep it within {LONGEST_CHARACTERS}")
        elif size > LONGEST_BYTES:
            problem = f"the {NAMES[language]} answer has {size} bytes, too many for WeChat"
            self._add(answer.line, f"{problem}. Keep it within {LONGEST_BYTES}")

    def _check_typed_facts(self, answer: Phrase, museum: Museum) -> None:
        text = answer.text
        links = [(words.en, path) for path, words in museum.facts.items() if _is_link(words.en)]
        for link, path in sorted(links, key=lambda each: -len(each[0])):
            bare = re.sub(r"^https?://(?:www\.)?", "", link)
            # As a whole only: the home page is also the beginning of pages that are no facts.
            whole = rf"(?<![\w@.-])(?:https?://)?(?:www\.)?{re.escape(bare)}/?(?![\w/@-]|\.\w)"
            if re.search(whole, text, re.ASCII):
                message = f"{bare} is typed out. Write [[{path}]], so that it is kept in one place"
                self._add(self._line_with(whole, answer), message)
                text = re.sub(whole, "", text, flags=re.ASCII)

    def _root(self) -> CommentedMap | None:
        try:
            lines = self.path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            lines = []
        tabs = [number for number, line in enumerate(lines, start=1) if "\t" in line]
        for number in tabs:
            self._add(number, "a tab character. Write spaces")
        for number, line in enumerate(lines, start=1):
            if "${" in line:
                self._add(number, "${ makes Rasa insert a setting of the server. Take it out")
        return None if tabs else self._mapping()

    def _mapping(self) -> CommentedMap | None:
        try:
            root = read_yaml(self.path)
        except ContentError as error:
            self._add(_line(error.place), _message(error))
            return None
        if not isinstance(root, CommentedMap):
            self._add(1, "the file has no keys. Begin with version:, nlu: and responses:")
            return None
        return root

    def _known(self, node: CommentedMap, known: tuple[str, ...], what: str) -> None:
        for key in node:
            if key not in known:
                problem = f"{what} has the unknown key {key}"
                self._add(line_of(node, key), f"{problem}. Known are {', '.join(known)}")

    def _examples(self, root: CommentedMap, intent: str) -> list[Phrase]:
        phrases: list[Phrase] = []
        line = line_of(root, "nlu") if "nlu" in root else 1
        for row in self._rows(root, "nlu"):
            self._known(row, ("intent", "examples"), "a row of nlu")
            line = line_of(row, "examples" if "examples" in row else next(iter(row)))
            if row.get("intent") != intent:
                where = line_of(row, "intent" if "intent" in row else next(iter(row)))
                self._add(where, f"the intent is {row.get('intent')}. In this file write {intent}")
            phrases += self._phrases(row)
        for language, name in NAMES.items():
            count = sum(is_chinese_example(each.text) is (language == "zh") for each in phrases)
            if count < LEAST_EXAMPLES:
                problem = f"{count} {name} examples"
                self._add(line, f"{problem}. Write at least {LEAST_EXAMPLES}")
        return phrases

    def _phrases(self, row: CommentedMap) -> list[Phrase]:
        block = row.get("examples")
        if not isinstance(block, LiteralScalarString):
            line = line_of(row, "examples" if "examples" in row else next(iter(row)))
            self._add(line, "no examples. Write examples: | and lines with - below it")
            return []
        start = int(row.lc.value("examples")[0]) + 2
        lines = [Phrase(line, start + index) for index, line in enumerate(block.split("\n"))]
        return [phrase for line in lines if (phrase := self._phrase(line)) is not None]

    def _phrase(self, line: Phrase) -> Phrase | None:
        text = line.text.strip()
        if not text:
            return None
        if not text.startswith("- ") or not text[2:].strip():
            self._add(line.line, 'not an example. Begin it with "- " and write something after it')
            return None
        text = text[2:].strip()
        if text.startswith("/"):
            self._add(line.line, "Rasa takes a leading / for a command. Take it out")
        return Phrase(text, line.line)

    def _answers(self, root: CommentedMap, response: str) -> dict[str, Phrase]:
        node = root.get("responses")
        line = line_of(root, "responses") if "responses" in root else 1
        answers: dict[str, Phrase] = {}
        for key in node if isinstance(node, CommentedMap) else ():
            line = line_of(node, key)
            if key != response:
                self._add(line, f"the response is {key}. In this file write {response}")
            for row in self._rows(node, key):
                self._answer(row, answers)
        for language, name in NAMES.items():
            if language not in answers:
                self._add(line, f"no {name} answer. Add a text{_HOW[language]}")
        return answers

    def _answer(self, row: CommentedMap, answers: dict[str, Phrase]) -> None:
        self._known(row, ("text", "condition"), "an answer")
        line = line_of(row, "text" if "text" in row else next(iter(row)))
        text = row.get("text")
        language = "en" if "condition" not in row else "zh"
        if language == "zh" and row["condition"] != CONDITION:
            where = line_of(row, "condition")
            self._add(
                where, "the condition is not known. Write type slot, name language, value zh"
            )
        if not isinstance(text, str) or not text.strip():
            self._add(line, f"the {NAMES[language]} answer is empty. Write its text")
            return
        if text.lstrip().startswith("/"):
            self._add(line, "Rasa takes a leading / for a command. Take it out")
        if language in answers:
            self._add(line, f"a second {NAMES[language]} answer. Keep one")
        answers.setdefault(language, Phrase(text.strip(), line))

    def _rows(self, node: CommentedMap, key: str) -> list[CommentedMap]:
        rows = node.get(key)
        if isinstance(rows, CommentedSeq) and all(isinstance(row, CommentedMap) for row in rows):
            return [row for row in rows if row]
        self._add(
            line_of(node, key) if key in node else 1, f"{key} holds no list. Write - below it"
        )
        return []

    def _line_with(self, pattern: str, answer: Phrase) -> int:
        """The line of an answer that a pattern is found in, which may be far below its first."""
        lines = self.path.read_text(encoding="utf-8").splitlines()
        after = range(answer.line, len(lines) + 1)
        return next(
            (number for number in after if re.search(pattern, lines[number - 1], re.ASCII)),
            answer.line,
        )

    def _add(self, line: int, message: str) -> None:
        self.problems.append(Problem(self.shown, line, message))


_HOW: Mapping[str, str] = {
    "en": " without a condition",
    "zh": " with the condition that the slot language is zh",
}


def is_chinese_example(text: str) -> bool | None:
    """Whether an example counts as Chinese: any Chinese character makes it so."""
    if _HAN.search(text):
        return True
    return False if _LATIN_WORD.search(text) else None


def _is_link(text: Any) -> bool:
    return bool(re.match(r"https?://|\S+@\S+\.\S+$|\+\d[\d ]+$", text))
