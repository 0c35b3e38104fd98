"""Embeddings of training examples on disk, by text: one changed example costs one encoding."""

from __future__ import annotations

import logging
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

logger = logging.getLogger(__name__)

Vector = np.ndarray[Any, np.dtype[np.float32]]

# Encodes texts, telling now and then how many are done.
Encode = Callable[[Sequence[str], Callable[[int], None]], Sequence[Vector]]
TOLD_EVERY = 1024


class VectorCache:
    """Vectors by text, in one file that is read at the start and written at the end.

    Args:
        path: The file; a missing or broken one is made anew.
        maker: What tells the encoder from others; the vectors of others are not used.
    """

    def __init__(self, path: Path, maker: str) -> None:
        self._path = path
        self._maker = maker
        self._known: dict[str, Vector] = {}
        self._used: dict[str, Vector] = {}
        self._encoded = 0

    def __enter__(self) -> VectorCache:
        try:
            with self._path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
                texts, vectors = stored["texts"], stored["vectors"]
                maker = str(stored["maker"])
            if maker == self._maker:
                self._known = dict(zip(texts.tolist(), vectors, strict=True))
        except (OSError, KeyError, ValueError, IndexError, zipfile.BadZipFile):
            logger.info("no embeddings are kept from an earlier training")
        return self

    def get_all(self, texts: Sequence[str], encode: Encode) -> dict[str, Vector]:
        """Returns the vectors of texts, encoding those that were never seen."""
        missing = [text for text in dict.fromkeys(texts) if text not in self._known]
        made = encode(missing, lambda done: self._tell(done, len(missing))) if missing else []
        self._encoded += len(missing)
        self._known.update(zip(missing, made, strict=True))
        wanted = {text: self._known[text] for text in texts}
        self._used.update(wanted)
        return wanted

    @staticmethod
    def _tell(done: int, total: int) -> None:
        if done % TOLD_EVERY == 0:
            logger.warning("encoded %d of %d new examples", min(done, total), total)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Writes the file, with what this training used and nothing older."""
        if error is not None or not self._encoded:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self._path.with_suffix(".part.npz")
        np.savez(
            unfinished,
            maker=np.str_(self._maker),
            texts=np.array(list(self._used), dtype=np.str_),
            vectors=np.stack(list(self._used.values())),
        )
        unfinished.replace(self._path)
