"""The bots under examination, asked one text after the other in this process.

Docent is asked through the code of `docent parse`. Rasa's default pipeline is the one that
`rasa init` writes; it learns from some examples of each topic, because DIET takes hours for all.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from time import process_time
from typing import Any

import yaml

from bench import rasa_default
from bot.config import ROOT
from bot.dialogue import plain
from bot.parse import parse_lines
from report import THREADS
from report.results import OUT_OF_SCOPE, Question, Result, Results, as_rows, from_rows
from report.texts import example_rows

WARM_UP = tuple(f"warm up number {number}" for number in range(20))
FOLDER = ROOT / ".docent" / "report"
UNSURE = "nlu_fallback"
# Found on two idle cores, for a hundred epochs.
SECONDS_AN_EXAMPLE = 0.35
LONGEST_TRAINING = 2 * 3600


def docent(model: Path, questions: list[Question]) -> Results:
    """Asks Docent."""
    lines = [*WARM_UP, *(question.text for question in questions)]
    found = list(_timed(parse_lines(model, lines), "Docent", len(lines)))[len(WARM_UP) :]
    return [
        Result(question, _pairs(parsed["ranking"], "topic"), parsed["decision"], cpu_ms)
        for question, (parsed, cpu_ms) in zip(questions, found, strict=True)
    ]


def default_rasa(questions: list[Question], examples: int) -> Results:
    """Asks Rasa's default pipeline; what it said before of the same is read from disk.

    Args:
        questions: What to ask.
        examples: The most examples of a topic that it learns from.
    """
    project = _project(examples)
    kept = project / f"results-{_digest(json.dumps([each.text for each in questions]))}.json"
    if not kept.exists():
        _train(project, examples)
        results = [of_rasa(*each) for each in _ask(project, questions)]
        kept.write_text(json.dumps(as_rows(results)), encoding="utf-8")
    return from_rows(json.loads(kept.read_text(encoding="utf-8")))


def _project(examples: int) -> Path:
    """Writes the default pipeline and its examples, in a folder named by what is in it."""
    config = yaml.safe_load(rasa_default.CONFIG)
    del config["policies"]
    found = rasa_default.evenly(example_rows(), examples)
    # Each topic is an intent of its own: so the first guess and its confidence are comparable.
    flat = {intent.removeprefix("faq/"): texts for intent, texts in found.items()}
    data = {"version": "3.1", "nlu": rasa_default.rows(flat)}
    written = {"config.yml": config, "data.yml": data}
    texts = {name: yaml.safe_dump(each, allow_unicode=True) for name, each in written.items()}
    folder = FOLDER / f"rasa-{_digest(''.join(texts.values()))}"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def _train(project: Path, examples: int) -> None:
    if list(project.glob("*.tar.gz")):
        return
    rows = yaml.safe_load((project / "data.yml").read_text(encoding="utf-8"))["nlu"]
    count = sum(len(row["examples"].splitlines()) for row in rows)
    minutes = max(1, round(count * SECONDS_AN_EXAMPLE / 60))
    _say(f"Training Rasa's default pipeline on {examples} examples a topic, about {minutes} min")
    for old in FOLDER.glob("rasa-*"):
        if old != project:
            shutil.rmtree(old)
    command = [str(Path(sys.executable).with_name("rasa")), "train", "nlu", "--nlu", "data.yml"]
    all_threads = {name: value for name, value in os.environ.items() if name not in THREADS}
    with (project / "train.log").open("wb") as log:
        subprocess.run(
            [*command, "--config", "config.yml", "--out", "."],
            cwd=project,
            check=True,
            stdout=log,
            stderr=log,
            timeout=LONGEST_TRAINING,
            env={**all_threads, "RASA_TELEMETRY_ENABLED": "false"},
        )


def _ask(
    project: Path, questions: list[Question]
) -> Iterator[tuple[Question, dict[str, Any], float]]:
    from rasa.core.agent import Agent

    [model] = project.glob("*.tar.gz")
    agent = Agent.load(str(model))
    loop = asyncio.new_event_loop()
    lines = [*WARM_UP, *(question.text for question in questions)]
    answers = (loop.run_until_complete(agent.parse_message(plain(line))) for line in lines)
    found = list(_timed(answers, "Rasa's default pipeline", len(lines)))[len(WARM_UP) :]
    loop.close()
    return ((question, *each) for question, each in zip(questions, found, strict=True))


def of_rasa(question: Question, parsed: dict[str, Any], cpu_ms: float) -> Result:
    """Returns what Rasa's own pipeline made of a question, in our words."""
    ranking = _pairs(parsed["intent_ranking"], "name")
    best = tuple(pair for pair in ranking if pair[0] != UNSURE)
    decision = _decision(parsed["intent"]["name"])
    return Result(question, best or ((OUT_OF_SCOPE, 0.0),), decision, cpu_ms)


def _decision(intent: str | None) -> str:
    if intent in (None, UNSURE):
        return "clarify"
    if intent == OUT_OF_SCOPE:
        return "out_of_scope"
    return "answer" if (ROOT / f"data/nlu/faq/{intent}.yml").exists() else "service"


def _timed(found: Iterable[dict[str, Any]], who: str, count: int) -> Iterator[tuple[Any, float]]:
    """Yields each answer with the processor time that it took, in ms, and says how far it is."""
    _say(f"Asking {who} {count} texts, about {max(1, count // 1500)} min")
    before = process_time()
    for number, each in enumerate(found, start=1):
        now = process_time()
        yield each, (now - before) * 1000
        if number % 500 == 0:
            _say(f"  {number} of {count}")
        before = process_time()


def _pairs(ranking: list[dict[str, Any]], name: str) -> tuple[tuple[str, float], ...]:
    return tuple((each[name], round(each["confidence"], 4)) for each in ranking)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
