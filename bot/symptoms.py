"""What `docent doctor` finds in the database, in Redis and in the figures of a running server."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import redis

from bot.channels.checking import Finding
from bot.config import Settings
from bot.content import publish
from bot.store import condition, figures, publications
from bot.store.database import Database
from bot.store.log import now

# A visitor should have an answer long before this, staff the post.
LONGEST_WAIT_SECONDS = 60.0
# Leases and promises of several machines are measured by their clocks.
CLOCKS_DIFFER_SECONDS = 2.0
REDIS_SECONDS = 2.0
# What waits is said in these words; the rest of a line is its channel.
QUEUES = {
    figures.INBOX: "to be answered",
    figures.OUTBOX: "to be sent",
    figures.JOBS: "to be shown to staff",
    figures.EVENTS: "from Slack to be handled",
    figures.FILES: "files to be fetched",
}
REMEDIES = {
    figures.INBOX: "Is docent up running? See its log.",
    figures.OUTBOX: "Is docent up running? docent channels check asks the platform.",
    figures.JOBS: "docent channels check asks Slack. The web desk works meanwhile.",
    figures.EVENTS: "Is docent up running? See its log.",
    figures.FILES: "See FILES_SCAN_COMMAND, and docent up's log.",
}
LOST = {
    figures.INBOX: "questions",
    figures.OUTBOX: "messages to visitors",
    figures.JOBS: "posts to staff",
    figures.EVENTS: "events of Slack",
    figures.FILES: "files",
}
_MODEL = re.compile(r'^docent_model_processes\{model="([^"]*)"\} ([1-9]\S*)$', re.MULTILINE)


def of_database(settings: Settings) -> Iterator[Finding]:
    """Yields how the database is, what waits in it, and what is lost."""
    file = condition.file_of(settings.database_url)
    if file is not None and not file.exists():
        yield Finding("database", True, "none yet; docent up makes it")
        return
    database = Database(settings.database_url)
    try:
        schema = _schema(database)
        yield schema
        if schema.ok:
            yield from _clock(database)
            yield from _queues(database)
            yield from _lost(database)
            yield from _refused(database)
    finally:
        database.close()


def _schema(database: Database) -> Finding:
    kind = "sqlite" if database.is_sqlite else "postgresql"
    found, newest = database.now(condition.schema), condition.newest_schema()
    if found == newest:
        return Finding("database", True, f"{kind}, schema {found}")
    if found is not None and found > newest:
        words = f"its schema is {found} and this Docent's is {newest}: a newer one has used it"
        return Finding("database", False, f"{words}. Start that one, or restore a backup.")
    words = (
        f"its schema is {found or 'empty'}, the newest is {newest}. docent migrate, or docent up"
    )
    return Finding("database", False, words)


def _clock(database: Database) -> Iterator[Finding]:
    """The clock of PostgreSQL's machine against ours."""
    ahead = (database.now(figures.clock) - now()).total_seconds()
    if abs(ahead) > CLOCKS_DIFFER_SECONDS:
        words = f"its clock is {abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} ours"
        yield Finding("database", False, f"{words}. Set both by NTP: promises are kept by it.")


def _queues(database: Database) -> Iterator[Finding]:
    waiting = database.now(figures.waiting)
    for queue, words in QUEUES.items():
        rows = [row for row in waiting if row.queue == queue]
        late = [row for row in rows if row.seconds > LONGEST_WAIT_SECONDS]
        said = f"{sum(row.rows for row in rows)} {words}"
        if late:
            oldest = max(row.seconds for row in late)
            where = ", ".join(row.channel for row in late if row.channel)
            said += f", the oldest for {oldest:.0f} s{f' ({where})' if where else ''}."
            said += f" {REMEDIES[queue]}"
        yield Finding("queues", not late, said)


def _lost(database: Database) -> Iterator[Finding]:
    for queue, count in database.now(figures.dead).items():
        if count:
            words = f"{count} {LOST[queue]} failed for good within a day"
            why = _why(database) if queue == figures.OUTBOX else ""
            remedy = "docs/operations.md, Dead messages, says how to send them again."
            yield Finding("queues", False, f"{words}{why}. {remedy}")


def _why(database: Database) -> str:
    found = database.now(figures.reasons)
    return f" ({'; '.join(f'{channel}: {reason}' for channel, reason in found)})" if found else ""


def _refused(database: Database) -> Iterator[Finding]:
    row = database.now(publications.last)
    if row is not None and row.refused:
        words = f"{row.name} was published and refused: {row.refused}"
        yield Finding("model", False, f"{words}. Run docent train again; the old one goes on.")


def of_redis(settings: Settings) -> Iterator[Finding]:
    """Yields whether Redis answers, where one is set up."""
    address = settings["REDIS_URL"]
    if not address:
        if settings.workers > 1:
            yield Finding("redis", True, "none; processes look for news every half second")
        return
    how = {"socket_connect_timeout": REDIS_SECONDS, "socket_timeout": REDIS_SECONDS}
    client = redis.Redis.from_url(address, **how)
    try:
        client.ping()
    except (redis.RedisError, OSError) as error:
        # Its own words may hold the address, and that a password.
        words = f"{type(error).__name__}. Start it, or set REDIS_URL; nothing is lost meanwhile."
        yield Finding("redis", False, words)
    else:
        yield Finding("redis", True, "answers")
    finally:
        client.close()


def of_loaded_model(settings: Settings, address: str) -> Iterator[Finding]:
    """Yields which model the running processes answer with, where they tell.

    Args:
        settings: The settings.
        address: The server's, without a path.
    """
    token = settings["METRICS_TOKEN"]
    headers = {b"Authorization": f"Bearer {token}".encode()} if token else {}
    answer = httpx.get(f"{address}/metrics", headers=headers, timeout=5.0)
    loaded = _MODEL.findall(answer.text)
    if answer.status_code != 200 or not loaded:
        return
    wanted = publish.current_model(settings.root)
    name = "" if wanted is None else wanted.name.removesuffix(".tar.gz")
    said = ", ".join(f"{model} in {float(count):.0f} process(es)" for model, count in loaded)
    if name and any(model != name for model, _ in loaded):
        words = f"loaded is {said}, and the content's is {name}."
        yield Finding("server", False, f"{words} It follows in a moment, or docent train.")
    else:
        yield Finding("server", True, f"answers with {said}")
