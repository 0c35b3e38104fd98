"""Fetches the files of cases, looks at what they are, and lets go of them when their time is over.

A file is a row of `files` (`bot.store.files`), written with the message that it came with. The
worker fetches it, with patience; everything that is not carried is told in the case's thread.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from bot.channels.scanning import is_clean
from bot.config import Settings
from bot.desk.blocks import CHANNELS
from bot.desk.casework import Casework
from bot.desk.file_kinds import MB, FileLimits, Kind, clean_name, in_mb, kind_of
from bot.errors import SendFailed
from bot.store import Connection, Row, files
from bot.store.blobs import Blobs
from bot.store.database import Database
from bot.worker import Worker, singly

logger = logging.getLogger(__name__)

# Ours, for every platform: what a phone loads, and what this program holds in memory at once.
LARGEST = 25 * MB
AT_ONCE = 3
SWEEP_SECONDS = 3600.0
# Waits before a file is fetched again, in seconds. A visitor's file may take its time; behind one
# of staff the rest of what they said is waiting.
PATIENCE: Mapping[str, tuple[float, ...]] = {
    "in": (1, 5, 15, 60, 300, 900, 1800),
    "out": (1, 2, 5, 10, 20),
}
_SMALLER = "Ask for a smaller one, or for a link."
_TAKEN = "Pictures, recordings, videos, PDF, Word, Excel, PowerPoint and plain text are carried."


class Carrier(Protocol):
    """What is asked of a channel."""

    files: FileLimits | None

    async def fetch(self, reference: Mapping[str, Any], most: int) -> bytes:
        """Gets a file that lies with the platform; raises SendFailed."""


class Refusal(Exception):
    """A rule of ours keeps a file back; it says which, and what can be done."""

    def __init__(self, reason: str, next_step: str = "") -> None:
        super().__init__(reason)
        self.reason, self.next_step = reason, next_step


class Files:
    """Looks after the files of cases.

    Args:
        database: Where their rows lie.
        blobs: Where their bytes lie.
        channels: The channels by name; "slack" is also where staff's files come from.
        casework: The desk.
        settings: The scanner, and how long files are kept.
        news: Called when there is something to send or to show.
    """

    def __init__(
        self,
        database: Database,
        blobs: Blobs,
        channels: Mapping[str, Carrier],
        casework: Casework,
        settings: Settings,
        news: Callable[[], None],
    ) -> None:
        self._database = database
        self.blobs = blobs
        self._channels = channels
        self._casework = casework
        self._settings = settings
        self._news = news
        self._sweep_at = 0.0
        self.worker: Worker[Row[Any]] = Worker(
            "files", singly(self._claim), self.handle, AT_ONCE, patience=0.25
        )

    async def start(self) -> None:
        """Takes up what was left unfinished, and begins to fetch."""
        await self._database.run(files.recover, everything=self._database.is_sqlite)
        self.worker.start()

    async def handle(self, row: Row[Any]) -> None:
        """Fetches one claimed file and records what became of it."""
        try:
            data = await self._bytes(row)
            kind = self._judged(row, data)
            await self.hold(row, data, kind)
        except Refusal as refusal:
            await self._lose(row, "refused", refusal.reason, refusal.next_step)
        except SendFailed as failure:
            await self._failed(row, failure)
        except Exception as error:
            logger.exception("a file failed")
            await self._failed(row, SendFailed(type(error).__name__, retryable=True))
        self._news()

    async def hold(self, row: Row[Any], data: bytes, kind: Kind) -> None:
        """Notes that a file is carried, once it was kept; raises SendFailed, Refusal."""
        digest = await self.keep(data)
        name = clean_name(row.reference.get("name"), kind)
        held = (name, kind.mime, len(data), digest)
        await self._database.run(self._casework.file_held, row, *held)

    async def keep(self, data: bytes) -> str:
        """Keeps bytes and returns what they hash to; raises SendFailed, Refusal.

        A file that the scanner did not pass does not stay.
        """
        digest = await asyncio.to_thread(self.blobs.keep, data)
        try:
            if not await is_clean(self._settings["FILES_SCAN_COMMAND"], self.blobs.path(digest)):
                step = "Do not ask for it again."
                raise Refusal("The virus scanner found something in it.", step)
        except (Refusal, SendFailed):
            await asyncio.to_thread(self._drop, digest)
            raise
        return digest

    async def keep_house(self) -> int:
        """Takes up what a dead process was fetching, and deletes what is old enough.

        Returns how many files were deleted. What already went elsewhere, into Slack or to the
        visitor's platform, is not reached.
        """
        await self._database.run(files.recover, everything=False)
        if time.monotonic() >= self._sweep_at:
            self._sweep_at = time.monotonic() + SWEEP_SECONDS
            await self._sweep()
        return await self._database.run(self._delete_old)

    async def _sweep(self) -> None:
        """Removes bytes that no file names: of an upload, say, whose message was not written."""
        for digest in await asyncio.to_thread(self.blobs.older, SWEEP_SECONDS):
            await asyncio.to_thread(self._drop, digest)

    def _delete_old(self, connection: Connection) -> int:
        days = self._settings.files_keep_days
        old = files.outdated(connection, days)
        for row in old:
            reason = f"deleted {days} days after the case was closed"
            if files.let_go(connection, row, reason):
                self.blobs.remove(row.digest)
        return len(old)

    async def _claim(self) -> Row[Any] | None:
        return await self._database.run(files.claim)

    async def _bytes(self, row: Row[Any]) -> bytes:
        if row.size is not None and row.size > LARGEST:
            raise Refusal(
                f"It has {in_mb(row.size)}; up to {in_mb(LARGEST)} are carried.", _SMALLER
            )
        if "digest" in row.reference:
            kept = await asyncio.to_thread(self.blobs.read, str(row.reference["digest"]))
            if kept is None:
                raise SendFailed("The file is not here any more.", retryable=False)
            return kept
        name = "slack" if row.direction == "out" else row.conversation_id.partition(":")[0]
        channel = self._channels.get(name)
        if channel is None:
            raise SendFailed(f"The channel {name} is off.", retryable=False)
        return await channel.fetch(row.reference, LARGEST)

    def _judged(self, row: Row[Any], data: bytes) -> Kind:
        """Returns what a file is; raises Refusal where it is not carried, or not there."""
        kind = kind_of(data)
        if kind is None:
            raise Refusal("Files of this kind are not carried.", _TAKEN)
        if row.direction == "in":
            return kind
        refusal = self.refusal(row.conversation_id.partition(":")[0], kind, len(data))
        if refusal is not None:
            raise refusal
        return kind

    def refusal(self, channel: str, kind: Kind, size: int) -> Refusal | None:
        """Returns why a channel would not take a file of staff, or None where it would."""
        known = self._channels.get(channel)
        limits = None if known is None else known.files
        if limits is None:
            return Refusal(f"{CHANNELS.get(channel, channel)} takes no files.", "Send a link.")
        reason = limits.refusal(kind, size)
        step = f"It takes {limits.takes}. Send it in another form, or a link."
        return None if reason is None else Refusal(reason, step)

    def _drop(self, digest: str) -> None:
        """Removes bytes that nothing else needs."""

        def is_needed(connection: Connection) -> bool:
            return files.is_held(connection, digest)

        if not self._database.now(is_needed):
            self.blobs.remove(digest)

    async def _failed(self, row: Row[Any], failure: SendFailed) -> None:
        waits = PATIENCE[row.direction]
        final = not failure.retryable or row.attempts >= len(waits)
        logger.warning(
            "a file was not fetched",
            extra={"file": row.id, "reason": failure.reason, "final": final},
        )
        if final:
            reason = failure.reason[:1].upper() + failure.reason[1:].rstrip(".") + "."
            return await self._lose(row, "failed", reason, failure.next_step)
        wait = failure.retry_after or waits[row.attempts]
        await self._database.run(files.again, row.id, min(wait, waits[-1]), failure.reason)

    async def _lose(self, row: Row[Any], state: str, reason: str, next_step: str) -> None:
        await self._database.run(self._casework.file_lost, row, state, reason, next_step)
