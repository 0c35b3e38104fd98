"""How often the best topic is right: by language, style and topic, and what is taken for what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from report.results import Result, Results, in_scope

EXAMPLES = 3
LANGUAGES = {"en": "English", "zh-Hans": "Simplified", "zh-Hant": "Traditional", "mixed": "mixed"}


@dataclass(frozen=True)
class Accuracy:
    """Of so many texts, how many have the right topic first, and among the best three."""

    texts: int
    first: int
    among_three: int

    @property
    def top1(self) -> float:
        """Returns the share of the right topic at the first place."""
        return self.first / self.texts if self.texts else 0.0

    @property
    def top3(self) -> float:
        """Returns the share of the right topic among the best three."""
        return self.among_three / self.texts if self.texts else 0.0


@dataclass(frozen=True)
class Confusion:
    """Two topics, the right one and the one it was taken for, with some texts."""

    right: str
    taken_for: str
    count: int
    texts: tuple[str, ...]


def accuracy(results: Results) -> Accuracy:
    """Returns the accuracy over some results."""
    first = sum(each.is_right for each in results)
    return Accuracy(len(results), first, sum(each.is_among_three for each in results))


def by(results: Iterable[Result], name: Callable[[Result], str]) -> dict[str, Accuracy]:
    """Returns the accuracy of each group, in the order in which the groups turn up."""
    groups: dict[str, Results] = defaultdict(list)
    for each in results:
        groups[name(each)].append(each)
    return {group: accuracy(found) for group, found in groups.items()}


def by_language(results: Results) -> dict[str, Accuracy]:
    """Returns the accuracy in scope for each language that occurs."""
    found = by(in_scope(results), lambda each: each.question.language)
    return {language: found[language] for language in LANGUAGES if language in found}


def by_style(results: Results) -> dict[str, Accuracy]:
    """Returns the accuracy in scope for each style, best first."""
    found = by(in_scope(results), lambda each: each.question.style)
    return dict(sorted(found.items(), key=lambda item: -item[1].top1))


def by_topic(results: Results) -> dict[str, Accuracy]:
    """Returns the accuracy of each topic, of out_of_scope too, worst first."""
    found = by(results, lambda each: each.question.topic)
    return dict(sorted(found.items(), key=lambda item: (item[1].top1, item[1].top3, item[0])))


def confusions(results: Results) -> list[Confusion]:
    """Returns the pairs of topics that were confused, the most frequent first."""
    texts: dict[tuple[str, str], list[str]] = defaultdict(list)
    for each in results:
        if not each.is_right:
            texts[each.question.topic, each.topic].append(each.question.text)
    pairs = [
        Confusion(right, other, len(found), tuple(found[:EXAMPLES]))
        for (right, other), found in texts.items()
    ]
    return sorted(pairs, key=lambda pair: (-pair.count, pair.right, pair.taken_for))
