"""What the tests of translation share: the museum's glossary, the stand-in, both real clients."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from standins.translators import TranslatorStandin

from bot.config import ROOT
from bot.content.glossary import load_glossary
from bot.content.museum import load_museum, to_traditional
from bot.translate import (
    Glossary,
    GoogleTranslator,
    Interpreter,
    LibreTranslator,
    Translator,
    engines,
    guard,
)
from bot.translate import interpreter as interpreter_limits

ENGINES = ("googletrans", "libretranslate")


@pytest.fixture(scope="session")
def glossary() -> Glossary:
    museum = load_museum(ROOT / "data" / "museum.yml")
    return Glossary(load_glossary(ROOT / "data" / "glossary.yml", museum))


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that does much else must not fail a test; tests of time set their own limits."""
    for name in ("INCOMING_SECONDS", "OUTGOING_SECONDS", "FORWARD_SECONDS"):
        monkeypatch.setattr(interpreter_limits, name, 60.0)
    monkeypatch.setattr(guard, "TIME_LIMIT_SECONDS", 60.0)
    monkeypatch.setattr(engines, "TIME_LIMIT_SECONDS", 60.0)


@pytest.fixture
def standin() -> Iterator[TranslatorStandin]:
    with TranslatorStandin() as running:
        yield running


@dataclass
class Seconds:
    """A clock that stands still until it is moved."""

    at: float = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, standin: TranslatorStandin) -> Translator:
    """Each real client, on its way to the stand-in."""
    return translator(request.param, standin)


def translator(name: str, standin: TranslatorStandin) -> Translator:
    if name == "googletrans":
        return GoogleTranslator(standin.google)
    return LibreTranslator(standin.url)


@pytest.fixture
def interpreter(engine: Translator, glossary: Glossary) -> Interpreter:
    return Interpreter(engine, glossary, None, to_traditional)
