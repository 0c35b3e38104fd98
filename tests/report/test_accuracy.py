"""Accuracies and confusions of a table that is small enough to count by hand."""

from __future__ import annotations

from fake import RESULTS, result

from report.accuracy import accuracy, by_language, by_style, by_topic, confusions
from report.results import in_scope


def test_the_best_topic_and_the_best_three_are_counted() -> None:
    found = accuracy(in_scope(RESULTS))
    assert (found.texts, found.first, found.among_three) == (6, 3, 5)
    assert (found.top1, found.top3) == (0.5, 5 / 6)


def test_nothing_has_no_accuracy() -> None:
    assert (accuracy([]).top1, accuracy([]).top3) == (0.0, 0.0)


def test_languages_come_in_their_order_and_in_scope_only() -> None:
    shares = {name: (found.first, found.texts) for name, found in by_language(RESULTS).items()}
    assert shares == {"en": (1, 2), "zh-Hans": (1, 2), "zh-Hant": (0, 1), "mixed": (1, 1)}
    assert list(shares) == ["en", "zh-Hans", "zh-Hant", "mixed"]


def test_styles_come_best_first() -> None:
    found = by_style(RESULTS)
    assert list(found) == ["keyword", "idiom"]
    assert (found["keyword"].top1, found["idiom"].top1, found["idiom"].top3) == (0.75, 0.0, 1.0)


def test_topics_come_worst_first_and_out_of_scope_is_one() -> None:
    found = by_topic(RESULTS)
    assert list(found) == ["shop", "wifi", "out_of_scope", "thanks"]
    assert [round(each.top1, 2) for each in found.values()] == [0.33, 0.5, 0.75, 1.0]


def test_confusions_are_counted_by_pair_with_three_texts_each() -> None:
    more = [result("shop", "wifi", 0.1 * number) for number in range(4)]
    first, *rest = confusions([*RESULTS, *more])
    assert (first.right, first.taken_for, first.count) == ("shop", "wifi", 6)
    confused = [RESULTS[1], RESULTS[2], more[0]]
    assert first.texts == tuple(each.question.text for each in confused)
    assert [(each.right, each.taken_for, each.count) for each in rest] == [
        ("out_of_scope", "shop", 1),
        ("wifi", "out_of_scope", 1),
    ]
