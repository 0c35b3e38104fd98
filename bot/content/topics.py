"""The FAQ topics of data/nlu/faq, one file each, read with the line of everything to mend."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from bot.content.example_rows import NAMES, Example, Phrase, Problem, read_examples
from bot.content.sentences import line_of, read_yaml
from bot.errors import ContentError

LEAST_EXAMPLES = 8
CONDITION = [{"type": "slot", "name": "language", "value": "zh"}]
_HOW: Mapping[str, str] = {
    "en": " without a condition",
    "zh": " with the condition that the slot language is zh",
}
_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN_WORD = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)*")
_NOT_PROSE = re.compile(r"\[\[.*?\]\]|https?://\S+|\S+@\S+")


@dataclass(frozen=True)
class Topic:
    """One FAQ topic: what visitors ask and the answers by 'en' and 'zh'."""

    name: str
    path: Path
    examples: tuple[Example, ...]
    answers: Mapping[str, Phrase]


def load_topics(folder: Path) -> list[Topic]:
    """The topics of a folder by name; raises ContentError at the first line to mend."""
    topics = []
    for path in topic_files(folder):
        file = TopicFile(path, str(path))
        topic = file.topic()
        if file.problems:
            first = min(file.problems, key=lambda each: each.line)
            problem, _, remedy = first.message.rpartition(". ")
            raise ContentError(f"{first.path}:{first.line}", problem, remedy)
        topics.append(topic)
    return topics


def topic_files(folder: Path) -> list[Path]:
    """The files of a folder that hold topics, by name."""
    return sorted(path for path in folder.glob("*.y*ml") if path.suffix in (".yml", ".yaml"))


def problem_of(error: ContentError, shown: str) -> Problem:
    """The problem that an error tells, with the file as it is shown to editors."""
    number = error.place.rpartition(":")[2]
    line = int(number) if number.isdigit() else 1
    return Problem(shown, line, f"{error.problem}. {error.remedy}")


def is_chinese(text: str) -> bool | None:
    """Whether a text is Chinese rather than English, None where it has no words of either."""
    prose = _NOT_PROSE.sub(" ", text)
    han, latin = len(_HAN.findall(prose)), len(_LATIN_WORD.findall(prose))
    return han >= latin if han or latin else None


def is_chinese_example(text: str) -> bool | None:
    """Whether an example counts as Chinese: any Chinese character makes it so."""
    if _HAN.search(text):
        return True
    return False if _LATIN_WORD.search(text) else None


@dataclass
class TopicFile:
    """One file under examination; every reading adds to `problems` and goes on."""

    path: Path
    shown: str
    problems: list[Problem] = field(default_factory=list)

    def topic(self) -> Topic:
        """The topic of the file, as far as it can be read."""
        root = self._root()
        name = self.path.stem
        if root is None:
            return Topic(name, self.path, (), {})
        self._known(root, ("version", "nlu", "responses"), "the file")
        examples = self._examples(root, f"faq/{name}")
        return Topic(name, self.path, tuple(examples), self._answers(root, f"utter_faq/{name}"))

    def all_examples(self) -> list[Example]:
        """The examples of every intent in the file."""
        root = self._root()
        rows = root.get("nlu") if root is not None else None
        if not isinstance(rows, CommentedSeq):
            return []
        rows = [row for row in rows if isinstance(row, CommentedMap) and "intent" in row]
        return [example for row in rows for example in self._read(row)]

    def add(self, line: int, message: str) -> None:
        """Notes something to mend at a line."""
        self.problems.append(Problem(self.shown, line, message))

    def _root(self) -> CommentedMap | None:
        try:
            lines = self.path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            lines = []
        tabs = [number for number, line in enumerate(lines, start=1) if "\t" in line]
        for number in tabs:
            self.add(number, "a tab character. Write spaces")
        for number, line in enumerate(lines, start=1):
            if "${" in line:
                self.add(number, "${ makes Rasa insert a setting of the server. Take it out")
        return None if tabs else self._mapping()

    def _mapping(self) -> CommentedMap | None:
        try:
            root = read_yaml(self.path)
        except ContentError as error:
            self.problems.append(problem_of(error, self.shown))
            return None
        if not isinstance(root, CommentedMap):
            self.add(1, "the file has no keys. Begin with version:, nlu: and responses:")
            return None
        return root

    def _known(self, node: CommentedMap, known: tuple[str, ...], what: str) -> None:
        for key in node:
            if key not in known:
                problem = f"{what} has the unknown key {key}"
                self.add(line_of(node, key), f"{problem}. Known are {', '.join(known)}")

    def _examples(self, root: CommentedMap, intent: str) -> list[Example]:
        examples: list[Example] = []
        line = line_of(root, "nlu") if "nlu" in root else 1
        for row in self._rows(root, "nlu"):
            line = line_of(row, "examples" if "examples" in row else next(iter(row)))
            if row.get("intent") != intent:
                where = line_of(row, "intent" if "intent" in row else next(iter(row)))
                self.add(where, f"the intent is {row.get('intent')}. In this file write {intent}")
            examples += self._read(row)
        self._count(examples, line)
        return examples

    def _read(self, row: CommentedMap) -> list[Example]:
        self._known(row, ("intent", "metadata", "examples"), "a row of nlu")
        return read_examples(row, self.add)

    def _count(self, examples: list[Example], line: int) -> None:
        for language, name in NAMES.items():
            count = sum(is_chinese_example(each.text) is (language == "zh") for each in examples)
            if count < LEAST_EXAMPLES:
                self.add(line, f"{count} {name} examples. Write at least {LEAST_EXAMPLES}")

    def _answers(self, root: CommentedMap, response: str) -> dict[str, Phrase]:
        node = root.get("responses")
        line = line_of(root, "responses") if "responses" in root else 1
        answers: dict[str, Phrase] = {}
        for key in node if isinstance(node, CommentedMap) else ():
            line = line_of(node, key)
            if key != response:
                self.add(line, f"the response is {key}. In this file write {response}")
            for row in self._rows(node, key):
                self._answer(row, answers)
        for language, name in NAMES.items():
            if language not in answers:
                self.add(line, f"no {name} answer. Add a text{_HOW[language]}")
        return answers

    def _answer(self, row: CommentedMap, answers: dict[str, Phrase]) -> None:
        self._known(row, ("text", "condition"), "an answer")
        line = line_of(row, "text" if "text" in row else next(iter(row)))
        text = row.get("text")
        language = self._language(row)
        if not isinstance(text, str) or not text.strip():
            self.add(line, f"the {NAMES[language]} answer is empty. Write its text")
            return
        if text.lstrip().startswith("/"):
            self.add(line, "Rasa takes a leading / for a command. Take it out")
        if language in answers:
            self.add(line, f"a second {NAMES[language]} answer. Keep one")
        answers.setdefault(language, Phrase(text.strip(), line))

    def _language(self, row: CommentedMap) -> str:
        if "condition" not in row:
            return "en"
        if row["condition"] != CONDITION:
            message = "the condition is not known. Write type slot, name language, value zh"
            self.add(line_of(row, "condition"), message)
        return "zh"

    def _rows(self, node: CommentedMap, key: str) -> list[CommentedMap]:
        rows = node.get(key)
        if isinstance(rows, CommentedSeq) and all(isinstance(row, CommentedMap) for row in rows):
            return [row for row in rows if row]
        line = line_of(node, key) if key in node else 1
        self.add(line, f"{key} holds no list. Write - below it")
        return []
