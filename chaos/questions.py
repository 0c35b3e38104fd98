"""Real questions whose answers tell which question they belong to."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from bot.content.topics import Topic, load_topics
from bot.content.voice import load_voice
from bot.nlu import follow_up
from bot.nlu.emergencies import emergency
from chaos import ROOT

LANGUAGES = ("en", "zh-Hans", "zh-Hant")
# Answers that are computed from the day, begin a form or call a person are not always the same.
UNSTEADY = {
    "admission_price",
    "closures",
    "concessions",
    "exhibition_specific",
    "exhibitions_on",
    "group_visits",
    "health_safety",
    "late_opening",
    "lost_property",
    "opening_hours",
    "school_groups",
}
OF_EACH = {"en": 3, "zh-Hans": 3, "zh-Hant": 1, "mixed": 1}
SURE = 0.9
PARSE_SECONDS = 240.0


@dataclass(frozen=True)
class Question:
    """What a visitor asks, and the answers of its topic in every language."""

    text: str
    topic: str
    language: str
    answers: tuple[str, ...]

    def is_answered_by(self, text: str) -> bool:
        """Tells whether a text holds the answer to this question."""
        return any(answer in text for answer in self.answers)


def load_questions(dice: random.Random) -> dict[str, list[Question]]:
    """Returns questions by topic, those that the model of today answers for certain."""
    answers = answers_of(load_topics(ROOT / "data/nlu/faq"))
    rows = yaml.safe_load((ROOT / "tests/nlu/dev.yml").read_text("utf-8"))["questions"]
    chosen = _chosen([row for row in rows if row["topic"] in answers], dice)
    found: dict[str, list[Question]] = defaultdict(list)
    for row, read in zip(chosen, _parsed([row["text"] for row in chosen]), strict=True):
        topic = row["topic"]
        sure = read["decision"] == "answer" and read["confidence"] >= SURE
        # What leans on the question before is another question after another one.
        stands_alone = follow_up.kind(row["text"]) == "none"
        if sure and stands_alone and emergency(row["text"]) is None and read["topic"] == topic:
            found[topic].append(Question(row["text"], topic, row["language"], answers[topic]))
    return dict(found)


def answers_of(topics: Sequence[Topic]) -> dict[str, tuple[str, ...]]:
    """Returns the answers of each topic that has the same ones every day, in every language."""
    voice = load_voice(ROOT / "data")
    return {
        topic.name: tuple(
            voice.answer(topic.answers[language.partition("-")[0]].text, language)
            for language in LANGUAGES
        )
        for topic in topics
        if topic.name not in UNSTEADY
    }


def _chosen(rows: list[dict[str, str]], dice: random.Random) -> list[dict[str, str]]:
    """Picks a few of each topic and language; a line break would split a question in two."""
    left: dict[tuple[str, str], int] = defaultdict(int)
    picked = []
    for row in dice.sample(rows, len(rows)):
        kind = (row["topic"], row["language"])
        if "\n" not in row["text"] and left[kind] < OF_EACH.get(row["language"], 0):
            left[kind] += 1
            picked.append(row)
    return picked


def _parsed(texts: list[str]) -> list[dict[str, Any]]:
    """Reads the texts with the current model, in a process of its own for its memory's sake."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", "parse"],
        input="\n".join(texts) + "\n",
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=ROOT,
        timeout=PARSE_SECONDS,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]
