"""Fifty messages of one visitor, through the real inbox and the real model."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import claims
from conftest import LIMITS, Book

from bot.content.voice import Voice
from bot.desk.casework import Casework
from bot.dialogue import Dialogue
from bot.inbox import Inbox
from bot.messages import Inbound
from bot.store.database import Database
from bot.translate import NoTranslator

SECONDS = 5.0
QUESTIONS = (
    "When do you open?",
    "门票多少钱？",
    "Is there parking?",
    "有wifi吗？",
    "Where are the toilets?",
    "可以拍照吗？",
    "Are dogs allowed?",
    "有餐厅吗？",
    "Do you have lockers 寄存?",
    "怎么坐地铁去？",
)


async def test_fifty_messages_of_one_visitor_are_answered_in_under_five_seconds(
    agent: Any, voice: Voice, casework: Casework, database: Database, book: Book
) -> None:
    dialogue, news = Dialogue(agent, voice), asyncio.Event()
    inbox = Inbox(database, lambda: dialogue, casework, voice, LIMITS, NoTranslator(), news.set)
    for person in ("warm", "7"):
        texts = [QUESTIONS[n % len(QUESTIONS)] for n in range(50 if person == "7" else 2)]
        began = time.process_time()
        for n, text in enumerate(texts):
            await inbox.accept([Inbound("messenger", person, f"{person}.{n}", text)])
        while (asked := await claims.one(inbox)) is not None:
            await inbox.answer(asked)
    # Of the processor, which other work on the machine does not lengthen; nothing is waited for.
    assert time.process_time() - began < SECONDS
    rows = book.rows(direction="in", conversation_id="messenger:7")
    replies = book.rows(direction="out", conversation_id="messenger:7")
    assert {row.state for row in rows} == {"answered"}
    assert {row.reason for row in rows} == {"answered"}
    # Each is answered, and the answers leave in the order of the questions.
    answered = [row.in_reply_to for row in replies]
    assert set(answered) == {row.seq for row in rows}
    assert answered == sorted(answered)
