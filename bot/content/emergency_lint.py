"""The lint of data/nlu/emergencies.yml: each text once, on one side, and in no held-out set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml

from bot.content import corpus_lint
from bot.content.corpus_lint import Said, questions_of
from bot.content.example_rows import Problem
from bot.content.likeness import bare_simplified
from bot.nlu.emergency_texts import CALM, PATH, Text, emergency_texts

# Sets that measure emergencies alone, beside the questions on topics.
HELD_OUT = (*corpus_lint.HELD_OUT, "urgent", "emergencies")
# Its examples may tell of an emergency, so they may stand here too.
SAFETY = "faq/health_safety"


def lint_emergencies(root: Path, said: list[Said]) -> list[Problem]:
    """Returns what is to be mended; `said` are the examples of all topics and service intents."""
    path = root / PATH
    if not path.exists():
        return []
    try:
        texts = emergency_texts(path)
    except (yaml.YAMLError, ValueError) as error:
        told = " ".join(str(error).split())
        return [Problem(PATH, 1, f"this cannot be read ({told}). Mend the headings and lines")]
    return [*_twice(texts), *_elsewhere(texts, _held_out(root / "tests" / "nlu"), said)]


def _twice(texts: list[Text]) -> Iterator[Problem]:
    first: dict[str, Text] = {}
    for each in texts:
        before = first.setdefault(bare_simplified(each.text), each)
        if before.kind != each.kind:
            problem = f'"{each.text}" stands under {before.kind} too, at line {before.line}'
            yield Problem(PATH, each.line, f"{problem}. Keep it where it belongs")


def _elsewhere(
    texts: list[Text], held_out: Mapping[str, str], said: list[Said]
) -> Iterator[Problem]:
    """Yields texts that measure, and emergencies that are an example of a topic."""
    examples = {bare_simplified(e.example.text): e for e in said if e.example.intent != SAFETY}
    for each in texts:
        bare = bare_simplified(each.text)
        if bare in held_out:
            problem = f'"{each.text}" is held out, at {held_out[bare]}'
            yield Problem(PATH, each.line, f"{problem}. Write it in other words")
        elif each.kind != CALM and bare in examples:
            problem = f'"{each.text}" is an example of {examples[bare].example.intent}'
            place = examples[bare].place
            yield Problem(PATH, each.line, f"{problem}, at {place}. Keep it where it belongs")


def _held_out(folder: Path) -> dict[str, str]:
    return {
        bare_simplified(text): f"tests/nlu/{name}.yml:{line}"
        for name in HELD_OUT
        if (folder / f"{name}.yml").exists()
        for text, line in questions_of(folder / f"{name}.yml")
    }
