"""What the patterns say of the texts that a training reads, on disk: most stay as they were."""

from __future__ import annotations

import hashlib
import json
import logging
from pathlib import Path
from types import TracebackType

from bot.nlu import alarms, emergencies, spelling, text
from bot.nlu.emergencies import Signs, signs

logger = logging.getLogger(__name__)

Kept = tuple[str | None, list[bool], bool]


def judges() -> str:
    """Returns the fingerprint of all that judges a text; what another one said is not used."""
    digest = hashlib.sha256((alarms.DATA / "urgency.yml").read_bytes())
    for module in (alarms, emergencies, spelling, text):
        digest.update(Path(module.__file__ or "").read_bytes())
    return digest.hexdigest()


class SignsCache:
    """Signs by text, in one file that is read at the start and written at the end.

    Args:
        path: The file; a missing, broken or outdated one is made anew.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._judges = judges()
        self._known: dict[str, Kept] = {}
        self._used: dict[str, Kept] = {}

    def __enter__(self) -> SignsCache:
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            if kept["judges"] == self._judges:
                self._known = dict(kept["texts"])
        except (OSError, ValueError, KeyError, TypeError):
            logger.info("no signs of emergencies are kept from an earlier training")
        return self

    def get(self, text: str) -> Signs:
        """Returns the signs of a text."""
        if text not in self._known:
            found = signs(text)
            self._known[text] = (found.kind, list(found.marks), found.is_cry)
        self._used[text] = self._known[text]
        kind, marks, is_cry = self._known[text]
        return Signs(kind, tuple(marks), is_cry)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Writes the file, with what this training used and nothing older."""
        if error is not None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self._path.with_suffix(".part")
        kept = {"judges": self._judges, "texts": self._used}
        unfinished.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
        unfinished.replace(self._path)
