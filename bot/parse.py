"""What Docent makes of texts, without a conversation: for `docent parse` and the measurements."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from bot.dialogue import load_agent, plain
from bot.language import settle


def parse_lines(model: Path, lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Yields one object for each line, in order; see docs/commands.md for its fields."""
    agent = load_agent(model)
    loop = asyncio.new_event_loop()
    try:
        for line in lines:
            text = line.rstrip("\r\n")
            yield understood(text, loop.run_until_complete(agent.parse_message(plain(text))))
    finally:
        loop.close()


def lines_of(stream: BinaryIO) -> Iterator[str]:
    """Yields the lines of a stream as texts: whatever their bytes are, each is one."""
    for line in stream:
        yield line.decode("utf-8", "replace")


def understood(text: str, parsed: dict[str, Any]) -> dict[str, Any]:
    """Returns Rasa's parse in our own words."""
    ranking = [
        {"topic": r["name"].removeprefix("faq/"), "confidence": round(r["confidence"], 4)}
        for r in parsed["intent_ranking"]
    ]
    return {
        "text": text,
        "language": settle(text, None),
        "topic": ranking[0]["topic"],
        "confidence": ranking[0]["confidence"],
        "ranking": ranking,
        "decision": parsed["decision"],
    }
