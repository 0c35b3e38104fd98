"""Logs for people and machines: a line for each event, no visitor's words and no secret."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import datetime, timezone

import structlog

# What `logging` itself puts on a record; everything else came in `extra`.
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


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
            "event": record.getMessage(),
        }
        line.update({k: v for k, v in vars(record).items() if k not in _OWN})
        if record.exc_info and record.exc_info[0] is not None:
            frames = traceback.extract_tb(record.exc_info[2])[-3:]
            line["error"] = line.get("error") or record.exc_info[0].__name__
            line["where"] = [f"{f.filename.rsplit('/', 1)[-1]}:{f.lineno}" for f in frames]
        return json.dumps(line, ensure_ascii=False, default=str)


def set_up() -> None:
    """Sends our own logs and everybody's warnings to stderr."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LineFormatter())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("bot").setLevel(logging.INFO)
    logging.getLogger("actions").setLevel(logging.INFO)
    # Rasa's libraries warn of their own old age, in dozens of lines that nobody here can act on.
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    # Rasa's debug lines hold visitors' words, and structlog shows every level unless told.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    # These write addresses, which carry tokens, or whole payloads.
    for name in ("httpx", "httpcore", "slack_sdk", "slack_bolt", "aiohttp.client", "urllib3"):
        logging.getLogger(name).setLevel(logging.WARNING)
