"""Log lines: one JSON object each, what they are about, and nothing that a visitor wrote."""

from __future__ import annotations

import ast
import asyncio
import io
import json
import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import structlog

from bot import logs
from bot.config import ROOT
from bot.store.database import Database

MARKS = ("where is my 紫色围巾 scarf", "Zhang 张伟", "+44 7700 900123", "EAAGtoken123")


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What is logged as the program logs it; everything is put back afterwards."""
    stream, root = io.StringIO(), logging.getLogger()
    hooks = (sys.excepthook, sys.unraisablehook, threading.excepthook)
    before, level = root.handlers, root.level
    names = [*logs._OURS, "py.warnings"]
    levels = {name: logging.getLogger(name).level for name in names}
    monkeypatch.setattr(sys, "stderr", stream)
    logs.set_up()
    yield stream
    root.handlers, root.level = before, level
    for name, known in levels.items():
        logging.getLogger(name).setLevel(known)
    logging.captureWarnings(False)
    structlog.reset_defaults()
    sys.excepthook, sys.unraisablehook, threading.excepthook = hooks


def lines(written: io.StringIO) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in written.getvalue().splitlines()]
    for mark in MARKS:
        assert mark not in written.getvalue()
    return found


def test_our_own_lines_say_what_they_are_about(written: io.StringIO) -> None:
    with logs.about(conversation="messenger:7", seq=3):
        logging.getLogger("bot.inbox").info("a message ended", extra={"outcome": "answered"})
    logging.getLogger("bot.inbox").debug("not shown")
    [line] = lines(written)
    assert line.pop("at").endswith("+00:00")
    assert line == {
        "level": "info",
        "room": "bot.inbox",
        "event": "a message ended",
        "conversation": "messenger:7",
        "seq": 3,
        "outcome": "answered",
    }


@pytest.mark.parametrize(
    ("detail", "shown"), [("warning", []), ("info", ["i"]), ("debug", ["d", "i"])]
)
def test_how_much_is_logged(written: io.StringIO, detail: str, shown: list[str]) -> None:
    logs.set_detail(detail)
    logging.getLogger("bot.x").debug("d")
    logging.getLogger("bot.x").info("i")
    # Libraries write whole requests below warnings, at any detail.
    logging.getLogger("aiohttp.client").info(MARKS[0])
    logging.getLogger("sqlalchemy.engine").info(MARKS[0])
    assert [line["event"] for line in lines(written)] == shown


def test_of_a_librarys_line_only_its_pattern_is_written(written: io.StringIO) -> None:
    library = logging.getLogger("rasa.shared")
    library.warning("no slot %s in %s", MARKS[0], MARKS[1])
    library.error(f"cannot read {MARKS[0]}")
    found = lines(written)
    assert [line["event"] for line in found] == ["no slot %s in %s", "a library's line"]
    assert all(line["line"].startswith("test_logs.py:") for line in found)


def test_of_rasas_own_lines_the_name_of_the_event_is_written(written: io.StringIO) -> None:
    logger = structlog.get_logger("rasa.core")
    logger.warning("processor.slots.unset", text=MARKS[0])
    logger.error(f"cannot say {MARKS[0]}")
    logger.info("processor.message.parse", text=MARKS[0])
    try:
        wanted = MARKS[2]
        raise ValueError(wanted)
    except ValueError:
        logger.exception("processor.failed")
    events = [line["event"] for line in lines(written)]
    assert events == ["processor.slots.unset", "a library's line", "processor.failed"]
    assert lines(written)[-1]["error"] == "ValueError"


def test_an_error_of_the_database_shows_no_row(written: io.StringIO, database: Database) -> None:
    said = sa.text("INSERT INTO none VALUES (:w)")
    with pytest.raises(sa.exc.SQLAlchemyError) as raised:
        database.now(lambda c: c.execute(said, {"w": MARKS[0]}))
    assert MARKS[0] in str(raised.value)
    logger = logging.getLogger("bot.store")
    logger.error("nothing was accepted", extra={"channel": "web"}, exc_info=raised.value)
    [line] = lines(written)
    assert (line["error"], line["channel"]) == ("OperationalError", "web")


def test_what_nobody_catches_is_a_line(written: io.StringIO) -> None:
    def fail() -> None:
        local = MARKS[1]
        raise RuntimeError(local)

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    try:
        fail()
    except RuntimeError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    found = lines(written)
    assert [(line["level"], line["error"]) for line in found] == [("critical", "RuntimeError")] * 2


async def test_a_task_that_nobody_awaited_shows_no_words(written: io.StringIO) -> None:
    async def fail() -> None:
        raise RuntimeError(MARKS[0])

    task = asyncio.create_task(fail())
    await asyncio.wait({task})
    # asyncio writes the error's words into its message.
    asyncio.get_running_loop().call_exception_handler(
        {"message": "Task exception was never retrieved", "exception": task.exception()}
    )
    [line] = lines(written)
    assert (line["room"], line["error"]) == ("asyncio", "RuntimeError")


def test_a_program_that_is_interrupted_says_nothing(written: io.StringIO) -> None:
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert written.getvalue() == ""


METHODS = {"debug", "info", "warning", "error", "exception", "critical"}
ROOMS = [path for room in ("bot", "actions") for path in (ROOT / room).rglob("*.py")]
CODE = [path for path in ROOMS if "logger = " in path.read_text()]


def test_every_line_of_ours_is_a_constant() -> None:
    """What is put together may hold anything; what belongs to an event goes into `extra`."""
    found = [f"{path.name}:{call.lineno}" for path in CODE for call in _put_together(path)]
    assert found == []


def _put_together(path: Path) -> Iterator[ast.Call]:
    for call in ast.walk(ast.parse(path.read_text())):
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
            continue
        of = call.func.value
        is_line = isinstance(of, ast.Name) and of.id == "logger" and call.func.attr in METHODS
        if is_line and not _is_constant(call.args[0], bool(call.args[1:])):
            yield call


def _is_constant(words: ast.expr, filled_in: bool) -> bool:
    """Tells whether nothing but numbers gets into a line; one of two constants is one too."""
    if isinstance(words, ast.IfExp):
        return all(_is_constant(each, filled_in) for each in (words.body, words.orelse))
    if not (isinstance(words, ast.Constant) and isinstance(words.value, str)):
        return False
    return not filled_in or "%s" not in words.value
