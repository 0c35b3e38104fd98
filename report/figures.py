"""All figures of one bot on one set of questions."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from report.accuracy import (
    Accuracy,
    Confusion,
    accuracy,
    by_language,
    by_style,
    by_topic,
    confusions,
)
from report.curves import (
    Calibration,
    Point,
    auroc,
    calibration,
    fpr95,
    over_thresholds,
    scope_curve,
)
from report.decisions import Decisions, Family, decisions, families
from report.results import Results, in_scope

# Of the test questions no text is shown: who has read them chooses by them.
SHOWN_SET = "dev"


@dataclass(frozen=True)
class Speed:
    """Processor time of a text, in ms."""

    median: float
    p95: float


@dataclass(frozen=True)
class Figures:
    """What was measured of one bot on one set; `questions` is the set, such as "test"."""

    bot: str
    questions: str
    texts: int
    seen: int
    overall: Accuracy
    languages: dict[str, Accuracy]
    styles: dict[str, Accuracy]
    topics: dict[str, Accuracy]
    decisions: Decisions
    families: dict[str, Family]
    confusions: list[Confusion]
    calibration: Calibration
    points: list[Point]
    auroc: float
    fpr95: float
    scope: list[tuple[float, float]]
    speed: Speed


def measure(bot: str, questions: str, results: Results, seen: int = 0) -> Figures:
    """Returns all figures of some results; `seen` questions were left out of them."""
    return Figures(
        bot=bot,
        questions=questions,
        texts=len(results),
        seen=seen,
        overall=accuracy(in_scope(results)),
        languages=by_language(results),
        styles=by_style(results),
        topics=by_topic(results),
        decisions=decisions(results),
        families=families(results),
        confusions=confusions(results),
        calibration=calibration(results),
        points=over_thresholds(results),
        auroc=auroc(results),
        fpr95=fpr95(results),
        scope=scope_curve(results),
        speed=speed([each.cpu_ms for each in results]),
    )


def speed(milliseconds: list[float]) -> Speed:
    """Returns the median and the 95th percentile, each a time that was measured."""
    ranked = sorted(milliseconds) or [0.0]
    return Speed(ranked[(len(ranked) - 1) // 2], ranked[int((len(ranked) - 1) * 0.95)])


def as_json(figures: Figures) -> dict[str, Any]:
    """Returns the figures as plain values, accuracies with their shares."""
    plain = asdict(figures)
    plain["overall"] = _shares(figures.overall)
    for group in ("languages", "styles", "topics"):
        plain[group] = {name: _shares(each) for name, each in getattr(figures, group).items()}
    if figures.questions != SHOWN_SET:
        for pair in plain["confusions"]:
            del pair["texts"]
    return plain


def _shares(found: Accuracy) -> dict[str, float]:
    return {**asdict(found), "top1": round(found.top1, 4), "top3": round(found.top3, 4)}
