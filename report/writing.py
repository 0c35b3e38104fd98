"""From the questions to the files of the report."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from bot.config import ROOT
from bot.content.publish import current_model, train
from bot.content.sentences import load_sentences
from report import bots, page, pictures
from report.figures import Figures, as_json, measure
from report.held_out import HeldOut, held_out
from report.results import Results

OURS = "Docent"
# With how many examples of a topic it was trained belongs to its name: Docent learns from all.
THEIRS = "Rasa's default ({examples} a topic)"


def write(folder: Path, model: Path | None, examples: int) -> Path:
    """Writes the report.

    Args:
        folder: Where to, below the project's folder.
        model: The model to examine, or None for the current one, which is trained if need be.
        examples: How many examples of a topic Rasa's default pipeline learns; none leaves it out.
    """
    chosen = model or current_model() or train()
    asked = held_out()
    questions = [question for each in asked.values() for question in each.questions]
    answers = {OURS: bots.docent(chosen, questions)}
    if examples:
        answers[THEIRS.format(examples=examples)] = bots.default_rasa(questions, examples)
    measured = [
        figures for bot, results in answers.items() for figures in _measured(bot, results, asked)
    ]
    return _files(ROOT / folder, measured, _made_of(chosen, examples))


def _measured(bot: str, results: Results, asked: dict[str, HeldOut]) -> Iterator[Figures]:
    """Yields the figures of each set; its results follow each other as the sets were asked."""
    start = 0
    for name, each in asked.items():
        end = start + len(each.questions)
        yield measure(bot, name, results[start:end], each.seen)
        start = end


def _made_of(model: Path, examples: int) -> str:
    ours = f"Docent is `{model.stem.removesuffix('.tar')}`."
    if not examples:
        return ours
    learnt = f"Rasa's default pipeline learnt at most {examples} examples of each topic"
    return f"{ours} {learnt}, Docent all."


def _files(folder: Path, measured: list[Figures], made_of: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    text = page.page(measured, _labels(), made_of)
    (folder / "report.md").write_text(text, encoding="utf-8")
    figures = {"made_of": made_of, "figures": [as_json(each) for each in measured]}
    written = json.dumps(figures, ensure_ascii=False, indent=1)
    (folder / "report.json").write_text(written + "\n", encoding="utf-8")
    pictures.draw(measured, folder)
    return folder


def _labels() -> dict[str, str]:
    texts = load_sentences(ROOT / "data" / "sentences.yml").texts
    return {
        key.removeprefix("topics."): f"{each['en']} · {each['zh-Hans']}"
        for key, each in texts.items()
        if key.startswith("topics.")
    }
