"""`docent log`: its fields always, and what came with a message or later only where it did."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import STAFFED, Book
from typer.testing import CliRunner

from bot import accepting
from bot.__main__ import app
from bot.messages import Attachment, Edited, Inbound, Reacted, Receipt
from bot.store import changes
from bot.store.database import Database

# The names that other programs rely on.
FIELDS = {
    "at",
    "direction",
    "author",
    "author_name",
    "text",
    "language",
    "translation",
    "state",
    "platform_id",
    "case",
}
Logged = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def logged(database: Database, tmp_path: Path) -> Logged:
    """Runs `docent log messenger:7`."""

    def run() -> list[dict[str, Any]]:
        environment = {"DATABASE_URL": f"sqlite:///{tmp_path}/docent.db"}
        told = CliRunner().invoke(app, ["log", "messenger:7"], env=environment)
        assert told.exit_code == 0, told.stderr
        return [json.loads(line) for line in told.stdout.splitlines()]

    return run


@pytest.mark.parametrize("text", ["Is it free?", "免费吗？", "我想book两张ticket 🎟️"])
def test_a_plain_message_has_no_more_than_its_fields(
    book: Book, logged: Logged, text: str
) -> None:
    book.heard(text)
    [line] = logged()
    assert line["text"] == text
    assert set(line) >= FIELDS
    assert not set(line) & {"attachments", "versions", "receipt", "reaction"}


def test_what_came_with_a_message_is_shown(database: Database, book: Book, logged: Logged) -> None:
    sent = Attachment("file", name="票 ticket.pdf", size=120_000)
    message = Inbound("messenger", "7", "m.1", "看看 look", attachments=(sent,))
    database.now(accepting.accept, message)
    [line] = logged()
    wanted = [{"kind": "file", "name": "票 ticket.pdf", "size": 120_000}]
    assert line["attachments"] == wanted


def test_what_came_later_is_shown(database: Database, book: Book, logged: Logged) -> None:
    book.heard("周日 Sunday?", platform_id="m.1")
    book.said("十点 at ten", state="sent", platform_id="mid.1", done_at=STAFFED)
    database.now(changes.edit, Edited("messenger", "7", "m.1", "周一 Monday?", STAFFED))
    database.now(changes.react, Reacted("messenger", "7", "mid.1", "❤️"))
    database.now(changes.receipt, Receipt("messenger", "mid.1", "read"))
    question, answer = logged()
    assert question["versions"] == [{"at": STAFFED.isoformat(), "text": "周一 Monday?"}]
    assert (question["text"], "receipt" in question) == ("周日 Sunday?", False)
    assert (answer["receipt"], answer["reaction"]) == ("read", "❤️")


def test_a_reaction_that_was_taken_back_is_not_shown(
    database: Database, book: Book, logged: Logged
) -> None:
    book.heard(platform_id="m.1")
    for emoji in ("👍", ""):
        database.now(changes.react, Reacted("messenger", "7", "m.1", emoji))
    assert "reaction" not in logged()[0]
