"""The pictures of the report, each a PNG file. Only words in Latin letters: any font has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot

from report.accuracy import LANGUAGES, Accuracy
from report.decisions import DECISIONS
from report.figures import SHOWN_SET, Figures

COLOURS = ("#1b6ca8", "#d1495b")
LIGHT = ("#a9cce3", "#edb4bb")
GREY = "#8a8a8a"
# The shortest bar, in percent, that has room for a number.
LEGIBLE = 6
# Thresholds in percent that are marked on the curve, and the least share answered there.
MARKED = (30, 50, 60, 70, 80, 90)
FEW = 0.03
STYLE = {
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "font.size": 9,
    "grid.color": "#e4e4e4",
    "legend.frameon": False,
    "savefig.dpi": 130,
}
PARTS = {
    "right answer": "#2a7f62",
    "asked back, right one offered": "#9bc4a8",
    "asked back, right one missing": "#e3d6a3",
    "refused": "#b5b5b5",
    "wrong answer": "#c8553d",
}
Groups = Callable[[Figures], Mapping[str, Accuracy]]


def draw(measured: list[Figures], folder: Path) -> None:
    """Writes all pictures: of the test questions, and calibration on the development ones too."""
    test = [each for each in measured if each.questions != SHOWN_SET] or measured
    with pyplot.rc_context(STYLE):
        _save(_bars(test, lambda f: f.languages, "Languages"), folder / "languages.png")
        _save(_bars(test, lambda f: f.styles, "Styles"), folder / "styles.png")
        _save(_bars(test, lambda f: f.topics, "Topics, worst first"), folder / "topics.png")
        _save(_decisions(test), folder / "decisions.png")
        _save(_calibration(test), folder / "calibration.png")
        _save(_coverage(test), folder / "coverage.png")
        _save(_scope(test), folder / "scope.png")


def _save(figure: Any, path: Path) -> None:
    figure.savefig(path, bbox_inches="tight", facecolor="white")
    pyplot.close(figure)


def _bars(measured: list[Figures], groups: Groups, title: str) -> Any:
    """Draws a bar to the share of the best topic being right, and paler on to the best three."""
    names = list(groups(measured[0]))
    many = len(measured)
    figure, axes = pyplot.subplots(figsize=(8, 1.2 + len(names) * (0.18 * many + 0.08)))
    for number, figures in enumerate(measured):
        found = [groups(figures).get(name) or Accuracy(0, 0, 0) for name in names]
        at = [row + 0.8 * (number + 0.5) / many for row in range(len(names))]
        width = 0.8 / many
        three = [100 * each.top3 for each in found]
        axes.barh(at, three, width, color=LIGHT[number], label=f"{figures.bot}, best three")
        one = [100 * each.top1 for each in found]
        axes.barh(at, one, width, color=COLOURS[number], label=f"{figures.bot}, best one")
        for place, share in zip(at, one, strict=True):
            if share >= LEGIBLE:
                axes.text(1, place, f"{share:.0f}", va="center", color="white", fontsize=7)
    axes.set_yticks([row + 0.4 for row in range(len(names))])
    axes.set_yticklabels([LANGUAGES.get(name, name) for name in names])
    axes.set(xlim=(0, 100), ylim=(len(names), -0.2), xlabel="% of questions")
    axes.set_title(f"{title}: right topic found, {_where(measured)}", pad=42)
    axes.grid(axis="y", visible=False)
    axes.legend(ncol=many, loc="lower left", bbox_to_anchor=(0, 1), fontsize=8)
    return figure


def _where(measured: list[Figures]) -> str:
    return f"{measured[0].texts} {measured[0].questions} questions"


def _decisions(measured: list[Figures]) -> Any:
    rows = [(f, inside) for inside in (True, False) for f in measured]
    figure, axes = pyplot.subplots(figsize=(8, 1.3 + 0.45 * len(rows)))
    for row, (figures, inside) in enumerate(rows):
        shares, left = _parts(figures, inside), 0.0
        for part, colour in PARTS.items():
            share = shares[part]
            axes.barh(row, share, left=left, color=colour, label=None if row else part)
            if share >= LEGIBLE / 2:
                axes.text(left + share / 2, row, f"{share:.0f}", ha="center", va="center")
            left += share
    axes.set_yticks(range(len(rows)))
    names = [f"{f.bot}, {'in scope' if inside else 'out of scope'}" for f, inside in rows]
    axes.set_yticklabels(names)
    axes.set(xlim=(0, 100), ylim=(len(rows) - 0.5, -0.5), xlabel="% of questions")
    axes.set_title(f"What visitors get, {_where(measured)}", pad=42)
    axes.grid(axis="y", visible=False)
    axes.legend(ncol=3, loc="lower left", bbox_to_anchor=(0, 1), fontsize=8)
    return figure


def _parts(figures: Figures, inside: bool) -> dict[str, float]:
    found = figures.decisions.table
    answered = [found[name] for name in DECISIONS if name in ("answer", "service")]
    asked, refused = found["clarify"], found["out_of_scope"]
    if inside:
        counts = [sum(each.right for each in answered), asked.right, asked.wrong]
        counts += [refused.right + refused.wrong, sum(each.wrong for each in answered)]
    else:
        counts = [0, 0, asked.out_of_scope, refused.out_of_scope]
        counts += [sum(each.out_of_scope for each in answered)]
    total = max(1, sum(counts))
    return {part: 100 * count / total for part, count in zip(PARTS, counts, strict=True)}


def _calibration(measured: list[Figures]) -> Any:
    figure, (axes, below) = pyplot.subplots(
        2, 1, figsize=(5.2, 6), sharex=True, gridspec_kw={"height_ratios": (3, 1)}
    )
    axes.plot((0, 100), (0, 100), color=GREY, linewidth=1, linestyle="--", label="honest")
    for number, figures in enumerate(measured):
        bins = figures.calibration.bins
        sure = [100 * each.confidence for each in bins]
        name = f"{figures.bot}: ECE {100 * figures.calibration.error:.1f}"
        axes.plot(sure, [100 * b.right for b in bins], "o-", color=COLOURS[number], label=name)
        shares = [100 * each.texts / figures.texts for each in bins]
        width = 8 / len(measured)
        middle = 1 + width * (number + 0.5)
        place = [10 * min(int(each.confidence * 10), 9) + middle for each in bins]
        below.bar(place, shares, width, color=COLOURS[number])
    axes.set(ylim=(0, 101), xlim=(0, 101), ylabel="% right")
    below.set(xlabel="confidence, %", ylabel="% of texts")
    axes.set_title(f"Is the confidence honest? {_where(measured)}")
    axes.legend(loc="upper left")
    return figure


def _coverage(measured: list[Figures]) -> Any:
    figure, axes = pyplot.subplots(figsize=(6.4, 4.4))
    for number, figures in enumerate(measured):
        points = [point for point in figures.points if point.answered > 0]
        x, y = ([100 * p.answered for p in points], [100 * p.precision for p in points])
        axes.plot(x, y, color=COLOURS[number], label=figures.bot)
        marked = [p for p in points if round(100 * p.threshold) in MARKED and p.answered > FEW]
        for point in marked:
            at = (100 * point.answered, 100 * point.precision)
            axes.plot(*at, "o", color=COLOURS[number], markersize=4)
            axes.annotate(
                f"{point.threshold:.1f}", at, (3, 5), textcoords="offset points", fontsize=8
            )
    axes.set(xlabel="% of questions in scope that are answered", ylabel="% of answers right")
    axes.set(xlim=(0, 101))
    axes.set_title(f"Thresholds: more answers, more wrong ones, {_where(measured)}")
    axes.legend(loc="lower left")
    return figure


def _scope(measured: list[Figures]) -> Any:
    figure, axes = pyplot.subplots(figsize=(5.4, 5))
    for number, figures in enumerate(measured):
        x, y = zip(*figures.scope, strict=True)
        name = f"{figures.bot}: AUROC {100 * figures.auroc:.1f}, FPR95 {100 * figures.fpr95:.0f}"
        axes.plot(
            [100 * share for share in x],
            [100 * share for share in y],
            color=COLOURS[number],
            label=name,
        )
        axes.plot(100 * figures.fpr95, 95, "o", color=COLOURS[number], markersize=5)
    axes.plot((0, 100), (0, 100), color=GREY, linewidth=1, linestyle="--")
    axes.axhline(95, color=GREY, linewidth=0.8, linestyle=":")
    axes.set(xlim=(-1, 101), ylim=(0, 101))
    axes.set(xlabel="% answered out of scope", ylabel="% answered in scope")
    axes.set_title(f"In or out of scope, {_where(measured)}")
    axes.legend(loc="lower right")
    return figure
