"""Visitors' words that nobody waited for, ratings and praise: translated, then posted."""

from __future__ import annotations

from dataclasses import replace

from bot.channels.slack_jobs import Job
from bot.desk.blocks import CHANNELS
from bot.desk.elements import Post
from bot.desk.praise import PRAISE
from bot.desk.rated import praise
from bot.language import ENGLISH, SIMPLIFIED, base
from bot.store import log
from bot.store.database import Database
from bot.translate import Interpreter

RATED = "rated"


class VisitorWords:
    """Puts the other language beside what a visitor wrote.

    Args:
        database: Where the translation is kept.
        interpreter: Translates; without an engine the words stand alone.
    """

    def __init__(self, database: Database, interpreter: Interpreter) -> None:
        self._database = database
        self._interpreter = interpreter

    async def read(self, job: Job) -> Job:
        """Returns a job whose message has a translation beside it, or the notice of none."""
        if (
            not job.messages
            or job.messages[0].translation
            or job.payload.get("has_words") is False
        ):
            return job
        row = job.messages[0]
        if base(row.language or ENGLISH) == ENGLISH and job.row.kind == PRAISE:
            found = await self._interpreter.translate(row.text, ENGLISH, SIMPLIFIED)
            beside = None if found is None else {"text": found.text, "engine": found.engine}
        else:
            heard = await self._interpreter.to_staff(row.text, row.language or ENGLISH)
            beside = heard.beside()
        if beside is None:
            return job
        await self._database.run(log.change_message, row.seq, translation=beside)
        fresh = await self._database.run(log.message, row.seq)
        return job if fresh is None else replace(job, messages=(fresh,))


def praised(job: Job) -> Post | None:
    """Returns the post of a praise; None where its words are gone."""
    if not job.messages:
        return None
    row = job.messages[0]
    return praise(row, CHANNELS.get(row.channel, row.channel), job.payload)
