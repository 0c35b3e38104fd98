"""The bytes of files, on disk by what they hash to: the same file twice lies there once."""

from __future__ import annotations

import os
import time
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

# Nobody but Docent's own account reads what visitors send.
_FOLDER_MODE, _FILE_MODE = 0o700, 0o600


class Blobs:
    """A folder of bytes.

    Args:
        folder: Where they lie; it is made when something is kept.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, data: bytes) -> str:
        """Keeps bytes and returns their SHA-256 in hex; a crash leaves all of them or none."""
        digest = sha256(data).hexdigest()
        place = self.path(digest)
        if not place.exists():
            place.parent.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
            passing = place.with_name(f"{digest}.{uuid4().hex}.part")
            with open(os.open(passing, os.O_WRONLY | os.O_CREAT, _FILE_MODE), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            passing.replace(place)
        return digest

    def read(self, digest: str) -> bytes | None:
        """Returns the bytes, or None where they are gone."""
        try:
            return self.path(digest).read_bytes()
        except FileNotFoundError:
            return None

    def path(self, digest: str) -> Path:
        """Returns where the bytes lie, whether they do or not; raises ValueError for no digest."""
        if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
            raise ValueError("this is no digest")
        return self.folder / digest[:2] / digest

    def older(self, seconds: float) -> list[str]:
        """Returns what was kept longer ago than so many seconds, unfinished pieces removed."""
        before, found = time.time() - seconds, []
        for path in self.folder.glob("??/*"):
            if path.stat().st_mtime > before:
                continue
            if path.suffix == ".part":
                path.unlink(missing_ok=True)
            else:
                found.append(path.name)
        return found

    def remove(self, digest: str) -> None:
        """Removes the bytes; does nothing where they are gone."""
        self.path(digest).unlink(missing_ok=True)
