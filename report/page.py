"""The report as a page: tables in Markdown, pictures beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from report.accuracy import LANGUAGES, Accuracy
from report.figures import SHOWN_SET, Figures

CONFUSIONS = 40
# Characters of a text that are shown.
LONGEST = 110
Labels = Mapping[str, str]


def page(measured: list[Figures], labels: Labels, made_of: str) -> str:
    """Returns the report in Markdown.

    Args:
        measured: The figures of each bot on each set; the bot that matters most comes first.
        labels: What topics are called, in English and Chinese.
        made_of: Which model and which state of the content this is.
    """
    chapters = [
        f"# How texts are understood\n\n{made_of}\n\n{_left_out(measured)}",
        _overview(measured),
        _accuracies("Languages", measured, lambda f: f.languages, LANGUAGES, "languages"),
        _accuracies("Styles", measured, lambda f: f.styles, {}, "styles"),
        _topics(measured, labels),
        *(_decisions(each) for each in measured),
        _families(measured),
        _curves(measured),
        *(_confusions(each, labels) for each in measured if each.questions == SHOWN_SET),
    ]
    return "\n\n".join(chapters) + "\n"


def table(head: Iterable[object], rows: Iterable[Iterable[object]]) -> str:
    """Returns a table in Markdown."""
    titles = [str(cell) for cell in head]
    lines = [titles, ["---"] * len(titles), *([str(cell) for cell in row] for row in rows)]
    return "\n".join(
        f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in lines
    )


def _left_out(measured: list[Figures]) -> str:
    parts = {each.questions: each for each in measured}
    told = [f"{each.texts} of {name}" for name, each in parts.items()]
    seen = [f"{each.seen} of {name}" for name, each in parts.items()]
    return (
        f"Texts: {' and '.join(told)}. Left out, because they stand among the examples too, or in "
        f"both sets: {' and '.join(seen)}.\n\n"
        "Shares are in percent; in scope means all but `out_of_scope`."
    )


def _name(figures: Figures) -> str:
    return f"{figures.bot}, {figures.questions}"


def _overview(measured: list[Figures]) -> str:
    rows: list[tuple[str, Callable[[Figures], object]]] = [
        ("best topic right, in scope", lambda f: _percent(f.overall.top1)),
        ("right one among the best three", lambda f: _percent(f.overall.top3)),
        ("right answer at once", lambda f: _percent(f.decisions.answered_right)),
        ("wrong answer at once", lambda f: _percent(f.decisions.answered_wrong)),
        ("precision of answers, all texts", lambda f: _percent(f.decisions.precision)),
        ("out of scope, answered", lambda f: _percent(f.decisions.out_of_scope_answered)),
        ("AUROC in or out of scope", lambda f: _percent(f.auroc)),
        ("FPR95", lambda f: _percent(f.fpr95)),
        ("calibration error (ECE)", lambda f: _percent(f.calibration.error)),
        ("CPU ms a text, median", lambda f: f"{f.speed.median:.1f}"),
        ("CPU ms a text, p95", lambda f: f"{f.speed.p95:.1f}"),
    ]
    head = ["", *map(_name, measured)]
    return "## All together\n\n" + table(
        head, ([title, *(show(each) for each in measured)] for title, show in rows)
    )


def _accuracies(
    title: str,
    measured: list[Figures],
    group: Callable[[Figures], Mapping[str, Accuracy]],
    names: Labels,
    picture: str,
) -> str:
    head = ["best right / among three", *map(_name, measured), "texts"]
    rows = [
        [
            names.get(key, key),
            *(_both(group(each).get(key)) for each in measured),
            "+".join(str(f.texts) for f in _of_each_set(measured, group, key)),
        ]
        for key in group(measured[0])
    ]
    return f"## {title}\n\n![{title}]({picture}.png)\n\n{table(head, rows)}"


def _of_each_set(
    measured: list[Figures], group: Callable[[Figures], Mapping[str, Accuracy]], key: str
) -> list[Accuracy]:
    sets = {each.questions: group(each).get(key) for each in measured}
    return [each for each in sets.values() if each is not None]


def _topics(measured: list[Figures], labels: Labels) -> str:
    """The topics of the last set of the first bot are the order: worst first."""
    leading = [each for each in measured if each.bot == measured[0].bot][-1]
    head = ["best right / among three", *map(_name, measured), "buttons say"]
    rows = [
        [
            f"`{topic}`",
            *(_both(each.topics.get(topic)) for each in measured),
            labels.get(topic, ""),
        ]
        for topic in leading.topics
    ]
    return f"## Topics, worst first\n\n![Topics](topics.png)\n\n{table(head, rows)}"


def _decisions(figures: Figures) -> str:
    head = ["decision", "in scope, right", "in scope, wrong", "out of scope"]
    found = figures.decisions.table
    rows = [[f"`{n}`", each.right, each.wrong, each.out_of_scope] for n, each in found.items()]
    note = "`clarify` is right where the right topic is among the three buttons."
    picture = "![Decisions](decisions.png)\n\n" if figures.questions == SHOWN_SET else ""
    return f"## Decisions: {_name(figures)}\n\n{picture}{table(head, rows)}\n\n{note}"


def _families(measured: list[Figures]) -> str:
    head = ["answered / asked back / refused", *map(_name, measured)]
    rows = [
        [
            f"`{kind}`",
            *(_family(each.families.get(kind)) for each in measured),
        ]
        for kind in measured[0].families
    ]
    return f"## Out of scope, by kind\n\n{table(head, rows)}"


def _family(found: Any) -> str:
    return f"{found.answered} / {found.asked_back} / {found.refused}" if found else ""


def _curves(measured: list[Figures]) -> str:
    pictures = {
        "calibration": "Is the confidence honest? On the line, of answers with 80% confidence "
        "80% are right; below it, a bot is surer than it should be.",
        "coverage": "What a higher threshold for answering costs and brings, in scope.",
        "scope": "How well questions that are not the museum's business are told apart. Each "
        "point is a threshold on the confidence of the best topic.",
    }
    parts = [f"![{name}]({name}.png)\n\n{words}" for name, words in pictures.items()]
    head = ["threshold", *(f"{_name(f)}: answered / right" for f in measured)]
    rows = [
        [f"{measured[0].points[step].threshold:.2f}", *(_point(each, step) for each in measured)]
        for step in range(0, 100, 10)
    ]
    return "## Curves\n\n" + "\n\n".join(parts) + "\n\n" + table(head, rows)


def _point(figures: Figures, step: int) -> str:
    point = figures.points[step]
    return f"{_percent(point.answered)} / {_percent(point.precision)}"


def _confusions(figures: Figures, labels: Labels) -> str:
    head = ["right", "taken for", "times", "for example"]
    rows = [
        [f"`{c.right}`", f"`{c.taken_for}`", c.count, " · ".join(map(_cut, c.texts))]
        for c in figures.confusions[:CONFUSIONS]
    ]
    note = "No text of the test questions is shown: who reads them chooses by them."
    return f"## What is taken for what: {_name(figures)}\n\n{table(head, rows)}\n\n{note}"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rstrip()}..."


def _both(found: Accuracy | None) -> str:
    return f"{_percent(found.top1)} / {_percent(found.top3)}" if found else ""


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"
