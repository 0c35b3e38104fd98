"""A table of results: what was asked, and what one bot made of it. All figures come from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

OUT_OF_SCOPE = "out_of_scope"
# The decisions that give the visitor an answer at once.
DIRECT = ("answer", "service")
BUTTONS = 3


@dataclass(frozen=True)
class Question:
    """A held-out text with the topic or service intent that is right."""

    text: str
    topic: str
    language: str
    style: str

    @property
    def in_scope(self) -> bool:
        """Tells whether the museum has something to say to it."""
        return self.topic != OUT_OF_SCOPE


@dataclass(frozen=True)
class Result:
    """A question with what was made of it.

    Args:
        question: The question.
        ranking: Topics and their confidence, likeliest first.
        decision: answer, clarify, out_of_scope or service.
        cpu_ms: Processor time, in milliseconds.
    """

    question: Question
    ranking: tuple[tuple[str, float], ...]
    decision: str
    cpu_ms: float = 0.0

    @property
    def topic(self) -> str:
        """Returns the best topic, whatever the decision."""
        return self.ranking[0][0]

    @property
    def confidence(self) -> float:
        """Returns how sure the best topic is."""
        return self.ranking[0][1]

    @property
    def is_right(self) -> bool:
        """Tells whether the best topic is the right one."""
        return self.topic == self.question.topic

    @property
    def is_among_three(self) -> bool:
        """Tells whether the right topic is one of those that would be offered as buttons."""
        return self.question.topic in [name for name, _ in self.ranking[:BUTTONS]]

    @property
    def is_direct(self) -> bool:
        """Tells whether the visitor got an answer at once."""
        return self.decision in DIRECT

    @property
    def answerable(self) -> float:
        """Returns how sure the best topic other than out_of_scope is."""
        return max((sure for name, sure in self.ranking if name != OUT_OF_SCOPE), default=0.0)


Results = list[Result]


def in_scope(results: Iterable[Result]) -> Results:
    """Returns the results of questions that the museum can answer."""
    return [each for each in results if each.question.in_scope]


def out_of_scope(results: Iterable[Result]) -> Results:
    """Returns the results of questions that are not the museum's business."""
    return [each for each in results if not each.question.in_scope]


def as_rows(results: Iterable[Result]) -> list[dict[str, Any]]:
    """Returns results as plain values, for a JSON file."""
    return [asdict(each) for each in results]


def from_rows(rows: Iterable[Mapping[str, Any]]) -> Results:
    """Returns what `as_rows` made plain."""
    return [
        Result(
            Question(**row["question"]),
            tuple((name, sure) for name, sure in row["ranking"]),
            row["decision"],
            row["cpu_ms"],
        )
        for row in rows
    ]
