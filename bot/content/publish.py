"""Trains a model from the content and publishes it; a model is current while the content is.

The model's name carries a fingerprint of everything that it was made from, and a checksum lies
beside it: only a model of our own making is ever loaded, because loading runs what is in it.
"""

from __future__ import annotations

import gc
import hashlib
import logging
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

from bot.config import ROOT
from bot.errors import ContentError

logger = logging.getLogger(__name__)

MODELS = "models"
# What a model is made from; facts and sentences are read at run time and are no part of it.
COMPONENTS = ("bot/nlu/*.py", "bot/nlu/*.onnx", "bot/nlu/tokenizer.json")
SOURCES = (
    "config.yml",
    "domain.yml",
    "data/nlu/**/*.yml",
    "data/stories/**/*.yml",
    *COMPONENTS,
)
# What has to be there for a model to run: its parts, and the actions that its domain names.
CODE = (*COMPONENTS, "actions/*.py")


def fingerprint(root: Path = ROOT) -> str:
    """Returns a short name for the state of everything that goes into a model."""
    return _state(root, SOURCES)


def code(root: Path = ROOT) -> str:
    """Returns a short name for the state of the code that models run on."""
    return _state(root, CODE)


def _state(root: Path, patterns: Sequence[str]) -> str:
    digest = hashlib.sha256()
    for pattern in patterns:
        for path in sorted(root.glob(pattern)):
            digest.update(f"{path.relative_to(root)}\0".encode())
            digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def current_model(root: Path = ROOT) -> Path | None:
    """Returns the model made from the content as it is now, if there is one and it is whole."""
    path = place(name(root), root)
    return path if path.exists() and is_ours(path) else None


def name(root: Path = ROOT) -> str:
    """Returns the name of the model that the content as it is now makes."""
    return f"docent-{fingerprint(root)}"


def place(name: str, root: Path = ROOT) -> Path:
    """Returns where a model of this name lies, or would."""
    return root / MODELS / f"{name}.tar.gz"


def is_ours(model: Path) -> bool:
    """Tells whether a model's checksum is the one that was written when it was made."""
    written = written_for(model)
    return bool(written) and written == checksum(model)


@contextmanager
def trusted(model: Path) -> Iterator[Path]:
    """Gives a copy of a model whose checksum is ours, for as long as it is being loaded.

    What is checked is what is loaded: the copy lies in a folder that nobody else may enter, and a
    file that is changed, or a link that is bent elsewhere, in between changes nothing.

    Raises:
        ContentError: The checksum is missing or another one.
    """
    with tempfile.TemporaryDirectory(prefix="docent-model-") as folder:
        copy, written = Path(folder) / model.name, written_for(model)
        try:
            shutil.copyfile(model, copy)
        except OSError:
            written = ""
        if not written or checksum(copy) != written:
            remedy = "Run `docent train`"
            raise ContentError(model.name, "it is not a model of our own making", remedy)
        yield copy


def train(root: Path = ROOT) -> Path:
    """Trains and publishes a model, with progress on stderr; returns its path.

    Raises:
        ContentError: Rasa refused the content.
    """
    started = time.monotonic()
    with _progress(), redirect_stdout(sys.stderr), _without_collector():
        # TensorFlow takes seconds to import: only a training pays for it.
        import rasa.model_training

        result = rasa.model_training.train(
            domain=str(root / "domain.yml"),
            config=str(root / "config.yml"),
            training_files=str(root / "data"),
            output=str(root / MODELS),
            fixed_model_name=f"{name(root)}.tar.gz",
            force_training=True,
        )
    if result.code != 0 or not result.model:
        raise ContentError("data/", "the training failed", "See the messages above")
    model = Path(result.model)
    vouch(model)
    seconds = time.monotonic() - started
    print(f"Published {model.name} after {seconds:.0f} s.", file=sys.stderr)
    return model


def vouch(model: Path) -> None:
    """Writes the checksum of a model beside it: from now on it counts as ours."""
    _checksum_file(model).write_text(checksum(model) + "\n")


def checksum(model: Path) -> str:
    """Returns the SHA-256 of a model's bytes in hex."""
    return hashlib.sha256(model.read_bytes()).hexdigest()


def written_for(model: Path) -> str:
    """Returns the checksum that was written beside a model, or nothing."""
    try:
        return _checksum_file(model).read_text().strip()
    except OSError:
        return ""


def _checksum_file(model: Path) -> Path:
    return model.with_name(f"{model.name}.sha256")


class _Steps(logging.Handler):
    """Says on stderr which step of a training has begun."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self._started = time.monotonic()

    def emit(self, record: logging.LogRecord) -> None:
        """Prints one line, with the seconds since the beginning."""
        print(
            f"  {time.monotonic() - self._started:4.0f} s  {record.getMessage()}", file=sys.stderr
        )


@contextmanager
def _without_collector() -> Iterator[None]:
    """Keeps Python from looking for garbage in a million objects that all live to the end."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def _progress() -> Iterator[None]:
    print(
        "Training (two to three minutes the first time, half of one after an edit):",
        file=sys.stderr,
    )
    handler = _Steps()
    watched = [logging.getLogger(n) for n in ("rasa.engine.training.hooks", "bot.nlu")]
    before = [(log, log.level) for log in watched]
    for log in watched:
        log.addHandler(handler)
        log.setLevel(logging.INFO)
        log.propagate = False
    try:
        yield
    finally:
        for log, level in before:
            log.removeHandler(handler)
            log.setLevel(level)
            log.propagate = True
