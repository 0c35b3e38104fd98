"""SQLite's write-ahead log is carried over into the database beside the writer, not by it.

Left to itself SQLite does so at the end of some transaction, which then waits for the disk several
times, a third of a second now and then: as long waits whoever is to hear that their message is
safe. A passive checkpoint stands in nobody's way (sqlite.org/wal.html#ckpt).
"""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import suppress

# What is in the log is looked for there by each reader: it is not to grow long. Where all of it
# was carried over, SQLite begins it anew and cuts the file to this (`PRAGMA journal_size_limit`).
CARRIED_BYTES = 4_000_000
LOOK_SECONDS = 0.5
# The writer carries it over itself only where it never could begin anew so far, in pages of 4 kB.
PAGES_AT_MOST = 16_000


class Checkpoints:
    """A thread that carries the log over as soon as it is long enough.

    Args:
        path: The database's file.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="checkpoints", daemon=True)

    def start(self) -> None:
        """Begins to look."""
        self._thread.start()

    def close(self) -> None:
        """Ends the thread."""
        self._ended.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(LOOK_SECONDS):
            # A disk that is full or away is the writer's to tell of; the log waits.
            with suppress(OSError, sqlite3.Error):
                if os.path.getsize(f"{self._path}-wal") > CARRIED_BYTES:
                    self._carry()

    def _carry(self) -> None:
        connection = sqlite3.connect(self._path, isolation_level=None)
        try:
            # The second has the little that came meanwhile: with all of it carried the log can
            # begin anew.
            for _ in range(2):
                connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        finally:
            connection.close()
