"""Logs for people and machines: a line for each event, no visitor's words and no secret.

What our own code logs is a constant sentence and chosen values. What a library logs may hold
anything: of its lines only the pattern is written, or where it stands, never what was filled in.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timezone
from types import TracebackType
from typing import Any

import structlog

# What `logging` itself puts on a record; everything else came in `extra`.
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_OURS = ("bot", "actions", "docent", "__main__")
# Rasa names its events so, and puts what belongs to them beside.
_NAME_OF_EVENT = re.compile(r"[a-z_]+(\.[a-z_]+)+")
_UNSAID = "a library's line"
LEVELS = {"warning": logging.WARNING, "info": logging.INFO, "debug": logging.DEBUG}

# What the lines of the present task are about: a conversation, the number of a message.
_about: ContextVar[Mapping[str, object]] = ContextVar("about", default={})  # noqa: B039

logger = logging.getLogger(__name__)


@contextmanager
def about(**fields: object) -> Iterator[None]:
    """Adds these fields to every line that is logged within."""
    token = _about.set({**_about.get(), **fields})
    try:
        yield
    finally:
        _about.reset(token)


class LineFormatter(logging.Formatter):
    """Writes a record as one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        """Returns the line; of an exception only its class and where it happened.

        The text of a foreign exception may hold an address with a token or a visitor's words.
        """
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, timezone.utc).isoformat("T", "seconds"),
            "level": record.levelname.lower(),
            "room": record.name,
            **(_our_words(record) if _is_ours(record) else _pattern(record)),
        }
        if record.exc_info and record.exc_info[0] is not None:
            frames = traceback.extract_tb(record.exc_info[2])[-3:]
            line["error"] = line.get("error") or record.exc_info[0].__name__
            line["where"] = [f"{f.filename.rsplit('/', 1)[-1]}:{f.lineno}" for f in frames]
        return json.dumps(line, ensure_ascii=False, default=str)


def _is_ours(record: logging.LogRecord) -> bool:
    return record.name.partition(".")[0] in _OURS


def _our_words(record: logging.LogRecord) -> dict[str, object]:
    more = {k: v for k, v in vars(record).items() if k not in _OWN}
    return {"event": record.getMessage(), **_about.get(), **more}


def _pattern(record: logging.LogRecord) -> dict[str, object]:
    """Returns of a library's record what was written in its code, and where."""
    words = record.msg if isinstance(record.msg, str) else ""
    known = bool(record.args) or _NAME_OF_EVENT.fullmatch(words)
    place = f"{record.filename}:{record.lineno}"
    return {"event": words if known else _UNSAID, **_about.get(), "line": place}


def set_up() -> None:
    """Sends our own logs and everybody's warnings to stderr, and what nobody catches as well."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LineFormatter())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    set_detail("info")
    # Rasa's libraries warn of their own old age, in dozens of lines that nobody here can act on.
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    # These write addresses, which carry tokens, or whole payloads.
    for name in ("httpx", "httpcore", "slack_sdk", "slack_bolt", "aiohttp.client", "urllib3"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # Rasa's debug lines hold visitors' words, and structlog prints what is in every frame.
    structlog.configure(
        processors=[_event_alone],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.stdlib.LoggerFactory(),
        # Else each of the dozens of lines of a turn that nobody reads makes a logger anew.
        cache_logger_on_first_use=True,
    )
    sys.excepthook = _uncaught
    sys.unraisablehook = lambda left: _uncaught(left.exc_type, left.exc_value, left.exc_traceback)
    threading.excepthook = lambda left: _uncaught(
        left.exc_type, left.exc_value, left.exc_traceback
    )


def set_detail(detail: str) -> None:
    """Sets from which level on our own lines are written: "warning", "info" or "debug".

    Libraries stay at warnings whatever is asked for.
    """
    for name in _OURS:
        logging.getLogger(name).setLevel(LEVELS[detail])


def _event_alone(_logger: Any, _method: str, event: Any) -> tuple[tuple[str], dict[str, Any]]:
    return (str(event.get("event", "")),), {"exc_info": event.get("exc_info")}


def _uncaught(
    kind: type[BaseException] | None,
    error: BaseException | None,
    trace: TracebackType | None,
) -> None:
    if kind is None or error is None or issubclass(kind, (KeyboardInterrupt, SystemExit)):
        return
    logger.critical("nobody caught an error", exc_info=(kind, error, trace))
