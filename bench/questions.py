"""What visitors ask under measurement: held-out questions, in all languages, in any number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import yaml

ROOT = Path(__file__).resolve().parent.parent
SETS = ("dev", "dev_2", "test")
SEED = 20261123
# Of a hundred messages of real enquiries so many repeat a short text that somebody wrote before:
# an assumption. Nobody types a long question twice; "opening times" everybody does.
REPEATED = 0.3
SHORT = 24
# Topics whose answers go on with a form or a person, and styles that are seldom misread.
HANDED_ON = frozenset(
    {"lost_property", "group_visits", "school_groups", "venue_hire", "health_safety"}
)
PLAIN_STYLES = frozenset({"keyword", "polite", "traditional", "mixed", "chatty"})
# A text gets one of these where the questions do not suffice for a stream without repeats.
GREETINGS = {
    "en": ("Hello, ", "Good morning. ", "Hi there! "),
    "zh-Hans": ("您好，", "你好！", "早上好，"),
    "zh-Hant": ("您好，", "你好！", "早安，"),
    "mixed": ("Hello 您好，", "Hi 你好！", "早上好 hi, "),
}


@dataclass(frozen=True)
class Question:
    """A text that no training has seen, and its language as the set tells it."""

    text: str
    language: str


def held_out(plain: bool = False) -> list[Question]:
    """Returns the held-out questions about FAQ topics, each text once, in a fixed random order.

    Args:
        plain: Only those that no form and no person takes over, as far as can be foreseen: for
            a conversation that the bot is to lead for hundreds of turns.
    """
    topics = {path.stem for path in (ROOT / "data/nlu/faq").glob("*.yml")}
    found: dict[str, Question] = {}
    for name in SETS:
        rows = yaml.load((ROOT / f"tests/nlu/{name}.yml").read_text("utf-8"), yaml.CSafeLoader)
        for row in rows["questions"]:
            goes_on = row["topic"] not in HANDED_ON and row["style"] in PLAIN_STYLES
            if row["topic"] in topics and (goes_on or not plain):
                found.setdefault(row["text"], Question(row["text"], row["language"]))
    mixed = list(found.values())
    Random(SEED).shuffle(mixed)
    return mixed


def without_repeats(count: int, questions: Sequence[Question]) -> list[Question]:
    """Returns so many questions of which no two have the same text.

    Raises:
        ValueError: There are not so many, even with greetings before them.
    """
    found = list(questions[:count])
    for number in range(len(GREETINGS["en"])):
        missing = count - len(found)
        found += [_greeted(each, number) for each in questions[: max(0, missing)]]
    if len(found) < count:
        raise ValueError(f"there are {len(found)} questions without repeats, not {count}")
    return found


def as_asked(count: int, questions: Sequence[Question]) -> list[Question]:
    """Returns so many questions of which a part repeats short texts, as real enquiries do."""
    random = Random(SEED)
    fresh = iter(without_repeats(count, questions))
    short: list[Question] = []
    found: list[Question] = []
    for _ in range(count):
        again = bool(short) and random.random() < REPEATED
        asked = random.choice(short) if again else next(fresh)
        found.append(asked)
        if not again and len(asked.text) <= SHORT:
            short.append(asked)
    return found


def share_repeated(asked: Sequence[Question]) -> float:
    """Returns which share of messages has a text that was written before."""
    return 1 - len({each.text for each in asked}) / len(asked) if asked else 0.0


def _greeted(question: Question, number: int) -> Question:
    return Question(GREETINGS[question.language][number] + question.text, question.language)
