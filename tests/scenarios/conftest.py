"""The real program for the scenarios, and its own words where a scenario fails."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from standins.graph import GraphStandin
from standins.slack import SlackStandin

from .house import House
from .program import Program
from .words import Words

LAST_CHARACTERS = 6000


@pytest.fixture(scope="session")
def words() -> Words:
    """What visitors should read."""
    return Words()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The program of this module, running, with Messenger and Slack."""
    with ExitStack() as stack:
        graph, slack = stack.enter_context(GraphStandin()), stack.enter_context(SlackStandin())
        made = House(tmp_path_factory.mktemp("house"), graph, slack)
        stack.callback(made.program.kill)
        made.program.start()
        yield made


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Callable[..., Program]]:
    """Starts a program of this test alone, with these settings."""
    with ExitStack() as stack:

        def start(**settings: str) -> Program:
            program = Program(tmp_path, settings)
            stack.callback(program.kill)
            program.start()
            return program

        yield start


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, Any, None]:
    """Adds what the running programs said last to a failed test's report."""
    report = (yield).get_result()
    if report.failed:
        for program in Program.running:
            report.sections.append(("the program's log", program.log()[-LAST_CHARACTERS:]))
