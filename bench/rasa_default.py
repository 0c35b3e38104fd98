"""Rasa's default bot on our content: `rasa init`'s pipeline and policies, SQLite, one process."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from bench.process import Program
from bot.nlu.emergency_texts import PATH

ROOT = Path(__file__).resolve().parent.parent
RASA = [str(Path(sys.executable).with_name("rasa"))]

# With all examples of a topic ResponseSelector asks for 13 GB and half an hour an epoch. Fewer
# examples make fewer features and a cheaper message: the comparison leans to Rasa's side.
EXAMPLES = 50
# A hundred epochs take hours. How often the weights were turned does not change how many there
# are, nor what a message costs.
EPOCHS = 1

CONFIG = """
recipe: default.v1
assistant_id: default
language: en
pipeline:
- name: WhitespaceTokenizer
- name: RegexFeaturizer
- name: LexicalSyntacticFeaturizer
- name: CountVectorsFeaturizer
- {name: CountVectorsFeaturizer, analyzer: char_wb, min_ngram: 1, max_ngram: 4}
- {name: DIETClassifier, epochs: 100, constrain_similarities: true}
- name: EntitySynonymMapper
- {name: ResponseSelector, epochs: 100, constrain_similarities: true}
- {name: FallbackClassifier, threshold: 0.3, ambiguity_threshold: 0.1}
policies:
- name: MemoizationPolicy
- name: RulePolicy
- {name: UnexpecTEDIntentPolicy, max_history: 5, epochs: 100}
- {name: TEDPolicy, max_history: 5, epochs: 100, constrain_similarities: true}
"""


def project(folder: Path) -> Path:
    """Writes the default bot with our examples and answers into a folder; returns the folder."""
    shutil.rmtree(folder / "data", ignore_errors=True)
    (folder / "data").mkdir(parents=True, exist_ok=True)
    (folder / "config.yml").write_text(hurried(CONFIG))
    for source in _sources():
        (folder / "data" / source.name).write_text(_read_by_rasa(source))
    ours = yaml.safe_load((ROOT / "domain.yml").read_text())
    service = [next(iter(i)) if isinstance(i, dict) else i for i in ours["intents"]]
    answers = {name: [text[0]] for name, text in ours["responses"].items()}
    spoken = [i for i in service if f"utter_{i}" in answers]
    silent = [i for i in service if i not in spoken and i not in ("faq", "nlu_fallback")]
    answers.update({f"utter_{i}": [{"text": "I pass you to a person."}] for i in silent})
    answers["utter_default"] = [{"text": "Sorry?"}]
    slots = {"language": {"type": "text", "mappings": [{"type": "custom"}]}}
    domain = {
        "version": "3.1",
        "intents": [i for i in service if i != "nlu_fallback"],
        "slots": slots,
        "responses": answers,
    }
    (folder / "domain.yml").write_text(yaml.safe_dump(domain, allow_unicode=True))
    steps = [("faq", "utter_faq"), *[(i, f"utter_{i}") for i in [*spoken, *silent]]]
    rules = [{"rule": f"r {i}", "steps": [{"intent": i}, {"action": a}]} for i, a in steps]
    rules.append({"rule": "f", "steps": [{"intent": "nlu_fallback"}, {"action": "utter_default"}]})
    stories = [{"story": "s", "steps": [{"intent": "greeting"}, {"action": "utter_greeting"}]}]
    (folder / "data/rules.yml").write_text(
        yaml.safe_dump({"version": "3.1", "rules": rules, "stories": stories})
    )
    return folder


def _sources() -> list[Path]:
    """Returns the files with examples; texts on emergencies are ours alone."""
    found = sorted((ROOT / "data/nlu").rglob("*.yml"))
    return [path for path in found if path != ROOT / PATH]


def hurried(config: str) -> str:
    """Returns the configuration with few epochs for what learns from the examples."""
    recipe = yaml.safe_load(config)
    for part in recipe["pipeline"]:
        if "epochs" in part:
            part["epochs"] = EPOCHS
    return str(yaml.safe_dump(recipe, sort_keys=False))


def told() -> str:
    """Returns what a table's footnote says of how the default bot was trained."""
    return (
        f"what `rasa init` writes, trained on {EXAMPLES} examples of each topic at most (all take "
        f"13 GB), DIET and ResponseSelector for {EPOCHS} epoch instead of 100: its answers are "
        f"worse for that, what a message costs is the same"
    )


def _read_by_rasa(source: Path) -> str:
    """Returns a data file with its examples, evenly picked, without the notes of Docent's own."""
    content = yaml.safe_load(source.read_text())
    content["nlu"] = rows(evenly(content["nlu"], EXAMPLES))
    return str(yaml.safe_dump(content, allow_unicode=True))


def evenly(blocks: Iterable[dict[str, Any]], most: int) -> dict[str, list[str]]:
    """Returns at most so many examples of each intent, from all styles and both languages."""
    texts: dict[str, list[str]] = defaultdict(list)
    for block in blocks:
        texts[block["intent"]] += [line[2:] for line in block["examples"].splitlines()]
    return {intent: _picked(found, most) for intent, found in texts.items()}


def _picked(texts: list[str], most: int) -> list[str]:
    if len(texts) <= most:
        return texts
    return [texts[number * len(texts) // most] for number in range(most)]


def rows(examples: dict[str, list[str]]) -> list[dict[str, str]]:
    """Returns examples by intent as Rasa reads them."""
    return [
        {"intent": intent, "examples": "".join(f"- {text}\n" for text in texts)}
        for intent, texts in examples.items()
    ]


def train(folder: Path) -> None:
    """Trains the default bot, once for each state of the content; this takes minutes."""
    digest = hashlib.sha256()
    for source in [*_sources(), Path(__file__)]:
        digest.update(source.read_bytes())
    stamp = folder / f"trained-{digest.hexdigest()[:12]}"
    if stamp.exists():
        return
    shutil.rmtree(folder, ignore_errors=True)
    project(folder)
    print("Training Rasa's default bot (some minutes, once) ...", file=sys.stderr, flush=True)
    with (folder / "train.log").open("wb") as log:
        subprocess.run(
            [*RASA, "train", "--skip-validation"],
            cwd=folder,
            check=True,
            stdout=log,
            stderr=log,
            env={**os.environ, "RASA_TELEMETRY_ENABLED": "false"},
        )
    stamp.touch()


def program(folder: Path, port: int, sink: str) -> Program:
    """Returns the default bot, answering through Rasa's own `callback` channel."""
    (folder / "credentials.yml").write_text(yaml.safe_dump({"callback": {"url": f"{sink}/"}}))
    (folder / "endpoints.yml").write_text(
        yaml.safe_dump({"tracker_store": {"type": "SQL", "dialect": "sqlite", "db": "t.db"}})
    )
    (folder / "t.db").unlink(missing_ok=True)
    command = [*RASA, "run", "-i", "127.0.0.1", "-p", str(port)]
    environment = {"RASA_TELEMETRY_ENABLED": "false", "SQLALCHEMY_SILENCE_UBER_WARNING": "1"}
    ready = f"http://127.0.0.1:{port}/"
    return Program(command, environment, folder, folder / "run.log", ready)
