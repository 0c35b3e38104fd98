"""A small table of results whose figures are known by hand."""

from __future__ import annotations

from report.results import Question, Result


def result(
    topic: str,
    best: str,
    confidence: float = 0.9,
    decision: str = "answer",
    then: tuple[str, ...] = (),
    language: str = "en",
    style: str = "keyword",
    cpu_ms: float = 1.0,
) -> Result:
    """One question and what became of it; `then` are the topics after the best one."""
    text = f"{topic} {best} {confidence} {decision} {language} {style}"
    ranking = ((best, confidence), *((name, 0.01) for name in then))
    return Result(Question(text, topic, language, style), ranking, decision, cpu_ms)


# In scope: 6 texts, 3 with the right topic first, 5 among three. Out of scope: 4, of which 1 is
# answered, 1 asked back and 2 are refused.
RESULTS = [
    result("shop", "shop", 0.95, cpu_ms=1.0),
    result("shop", "wifi", 0.85, then=("shop",), style="idiom", cpu_ms=2.0),
    result("shop", "wifi", 0.45, "clarify", ("jobs", "shop"), "zh-Hans", "idiom", 3.0),
    result("wifi", "wifi", 0.75, language="zh-Hans", cpu_ms=4.0),
    result("wifi", "out_of_scope", 0.65, "out_of_scope", ("shop", "jobs", "wifi"), "zh-Hant"),
    result("thanks", "thanks", 0.95, "service", language="mixed"),
    result("out_of_scope", "out_of_scope", 0.9, "out_of_scope", ("shop",), style="weather"),
    result("out_of_scope", "out_of_scope", 0.5, "clarify", ("shop",), style="weather"),
    result("out_of_scope", "shop", 0.8, style="sport"),
    result("out_of_scope", "out_of_scope", 0.7, "out_of_scope", ("wifi",), style="sport"),
]
