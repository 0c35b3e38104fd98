"""The lint of all examples together: doubles, conflicts, languages, styles, held-out questions."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.content.example_rows import NAMES, STYLES, Example, Problem
from bot.content.likeness import alike, bare, bare_simplified

# The sets of questions on topics, in tests/nlu.
HELD_OUT = ("dev", "dev_2", "test")
# Texts of two topics that share this much say the same to the model; docs/corpus.md has the trial.
TOO_ALIKE = 0.66
# What visitors ask most ("wifi password", 几点关门) is in every sitting and has to be learnt.
# Measurements leave it out; above this share of a set they would measure too little.
MOST_SHARED = 0.1
# What a topic has of each style, and in all of each language, if its rows tell styles.
LEAST_OF_A_STYLE = 3
LEAST_WITH_STYLES = 40
# A row in Chinese may hold "OK" or "wifi?", but no English sentence.
_SENTENCE_WORDS = 4
_HAN = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[A-Za-z]{2,}")
_MESSAGES = {
    False: '"{text}" stands already at {place}. Keep one of the two',
    True: '"{text}" stands under {intent} too, at {place}. Keep it where its answer is',
}


@dataclass(frozen=True)
class Said:
    """An example and the file that it stands in, as editors are shown it."""

    path: str
    example: Example

    @property
    def place(self) -> str:
        """Returns file and line."""
        return f"{self.path}:{self.example.line}"

    def problem(self, message: str) -> Problem:
        """Returns something to mend at this example."""
        return Problem(self.path, self.example.line, message)


@dataclass(frozen=True)
class CorpusLint:
    """What was found: problems, and two counts that are no fault, as people do ask alike.

    `alike` examples say nearly what another of their topic does, `shared` are held-out questions.
    """

    problems: tuple[Problem, ...]
    alike: int
    shared: int


def lint_corpus(said: Sequence[Said], held_out: Mapping[str, str]) -> CorpusLint:
    """Checks all examples together.

    Args:
        said: The examples of all topics and service intents, in the order of the files.
        held_out: Where each held-out question stands, by its bare text.
    """
    shared = [each for each in said if bare(each.example.text) in held_out]
    problems = {*_doubles(said), *_too_many_shared(shared, held_out), *_languages(said)}
    problems.update(_styles(said))
    told = {(problem.path, problem.line) for problem in problems}
    near = _nearly_the_same(said)
    for first, second in near:
        if first.example.intent != second.example.intent and not _is_told(second, told):
            problems.add(second.problem(_near(first, second)))
    within = {second.place for first, second in near if _same_intent(first, second)}
    return CorpusLint(tuple(problems), len(within), len(shared))


def held_out_questions(folder: Path) -> dict[str, str]:
    """Returns file and line of each question on topics, by its bare text."""
    found: dict[str, str] = {}
    for path in [folder / f"{name}.yml" for name in HELD_OUT]:
        if path.exists():
            shown = path.relative_to(folder.parent.parent)
            found.update({bare(text): f"{shown}:{line}" for text, line in questions_of(path)})
    return found


def questions_of(path: Path) -> Iterator[tuple[str, int]]:
    """Yields each question of a file of held-out questions, with its line."""
    root = yaml.compose(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    for key, rows in root.value if isinstance(root, yaml.MappingNode) else ():
        if key.value == "questions" and isinstance(rows, yaml.SequenceNode):
            for row in rows.value:
                texts = [value.value for name, value in row.value if name.value == "text"]
                yield from ((text, row.start_mark.line + 1) for text in texts)


# --- One text twice ---


def _doubles(said: Iterable[Said]) -> Iterator[Problem]:
    first: dict[str, Said] = {}
    simplified: dict[str, Said] = {}
    for each in said:
        before = first.setdefault(bare(each.example.text), each)
        # The same in the other script is no double in one topic, and a conflict between two.
        twin = simplified.setdefault(bare_simplified(each.example.text), each)
        if before is each and _same_intent(twin, each):
            continue
        found = twin if before is each else before
        message = _MESSAGES[not _same_intent(found, each)]
        intent = found.example.intent
        text = each.example.text
        yield each.problem(message.format(text=text, place=found.place, intent=intent))


def _nearly_the_same(said: Sequence[Said]) -> list[tuple[Said, Said]]:
    texts = [each.example.text for each in said]
    return [(said[one], said[other]) for one, other, _ in alike(texts, TOO_ALIKE)]


def _near(first: Said, second: Said) -> str:
    problem = f'"{second.example.text}" is nearly "{first.example.text}" of {first.example.intent}'
    return f"{problem}, at {first.place}. Keep one, or say more plainly what each asks"


def _same_intent(first: Said, second: Said) -> bool:
    return first.example.intent == second.example.intent


def _is_told(each: Said, told: set[tuple[str, int]]) -> bool:
    return (each.path, each.example.line) in told


def _too_many_shared(shared: Iterable[Said], held_out: Mapping[str, str]) -> Iterator[Problem]:
    """Yields each set of questions of which too many are examples too."""
    questions = Counter(_file(place) for place in held_out.values())
    found: dict[str, list[Said]] = defaultdict(list)
    for each in shared:
        found[_file(held_out[bare(each.example.text)])].append(each)
    for path, examples in found.items():
        most, last = int(MOST_SHARED * questions[path]), examples[-1]
        if len(examples) > most:
            problem = f"{len(examples)} of its questions are examples too, at most {most} may be"
            told = f'such as "{last.example.text}" at {last.place}'
            yield Problem(path, 1, f"{problem}, {told}. Ask some examples in other words")


def _file(place: str) -> str:
    return place.rpartition(":")[0]


# --- Rows ---


def _languages(said: Iterable[Said]) -> Iterator[Problem]:
    for each in said:
        text, language = each.example.text, each.example.language
        han = _HAN.search(text) is not None
        if language == "en" and han:
            yield each.problem(
                f'"{text}" holds Chinese in an English row. Move it to a Chinese one'
            )
        elif language == "zh" and not han and len(_WORD.findall(text)) >= _SENTENCE_WORDS:
            yield each.problem(f'"{text}" is English in a Chinese row. Move it to another')


def _styles(said: Iterable[Said]) -> Iterator[Problem]:
    """Yields what is missing in topics whose rows tell their styles; others need none."""
    examples: dict[tuple[str, str], list[Example]] = defaultdict(list)
    for each in said:
        examples[each.path, each.example.intent].append(each.example)
    for (path, intent), found in examples.items():
        if intent.startswith("faq/") and any(example.style for example in found):
            for language, styles in STYLES.items():
                yield from _lacking(path, language, styles, found)


def _lacking(
    path: str, language: str, styles: Sequence[str], found: Sequence[Example]
) -> Iterator[Problem]:
    written = [each for each in found if each.language == language]
    line = max((each.line for each in written or found), default=1)
    count = Counter(each.style for each in written)
    name = NAMES[language]
    for style in styles:
        if count[style] < LEAST_OF_A_STYLE:
            problem = f"{count[style]} {name} examples in the style {style}"
            yield Problem(path, line, f"{problem}. Write at least {LEAST_OF_A_STYLE}")
    if len(written) < LEAST_WITH_STYLES:
        problem = f"{len(written)} {name} examples in rows with styles"
        yield Problem(path, line, f"{problem}. Write at least {LEAST_WITH_STYLES}")
