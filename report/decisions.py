"""What visitors got: right and wrong answers, questions back, and refusals."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from report.results import Result, Results, in_scope, out_of_scope

DECISIONS = ("answer", "service", "clarify", "out_of_scope")


@dataclass(frozen=True)
class Decision:
    """How often one decision was taken.

    `right` in scope means: answered with the right topic, or asked back with the right one among
    the buttons. Out of scope all is wrong but a refusal; being asked back does little harm.
    """

    right: int
    wrong: int
    out_of_scope: int


@dataclass(frozen=True)
class Decisions:
    """All decisions, and what follows from them."""

    table: dict[str, Decision]
    precision: float
    answered_right: float
    answered_wrong: float
    out_of_scope_answered: float


def decisions(results: Results) -> Decisions:
    """Counts the decisions over some results."""
    inside, outside = in_scope(results), out_of_scope(results)
    direct = [each for each in results if each.is_direct]
    right = [each for each in direct if each.is_right]
    return Decisions(
        table={name: _decision(name, inside, outside) for name in DECISIONS},
        precision=_share(len(right), len(direct)),
        answered_right=_share(len(right), len(inside)),
        answered_wrong=_share(sum(e.is_direct and not e.is_right for e in inside), len(inside)),
        out_of_scope_answered=_share(sum(e.is_direct for e in outside), len(outside)),
    )


def _decision(name: str, inside: Results, outside: Results) -> Decision:
    taken = [each for each in inside if each.decision == name]
    right = sum(_helps(each) for each in taken)
    elsewhere = sum(each.decision == name for each in outside)
    return Decision(right, len(taken) - right, elsewhere)


def _helps(result: Result) -> bool:
    if result.decision == "clarify":
        return result.is_among_three
    return result.is_direct and result.is_right


@dataclass(frozen=True)
class Family:
    """One kind of questions out of scope: how many were refused, asked back and answered."""

    refused: int
    asked_back: int
    answered: int

    @property
    def texts(self) -> int:
        """Returns how many there are."""
        return self.refused + self.asked_back + self.answered


def families(results: Results) -> dict[str, Family]:
    """Returns the decisions for each kind of questions out of scope, the most answered first."""
    kinds: dict[str, Results] = defaultdict(list)
    for each in out_of_scope(results):
        kinds[each.question.style].append(each)
    found = {kind: _family(texts) for kind, texts in kinds.items()}
    worst = sorted(found, key=lambda kind: (-found[kind].answered / found[kind].texts, kind))
    return {kind: found[kind] for kind in worst}


def _family(results: Results) -> Family:
    answered = sum(each.is_direct for each in results)
    refused = sum(each.decision == "out_of_scope" for each in results)
    return Family(refused, len(results) - answered - refused, answered)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
