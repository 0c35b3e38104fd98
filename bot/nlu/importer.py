"""Reads the content as Rasa does, and each file of examples only when it has changed.

Rasa's own reader checks and parses each file; with this corpus that is a third of the time of a
training. What it made of a file is kept on disk under the file's checksum. `config.yml` names this
importer, so `rasa train` and all other commands of Rasa read through it too.
"""

from __future__ import annotations

import hashlib
import json
import logging
import warnings
from pathlib import Path
from types import TracebackType
from typing import Any

import rasa
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import METADATA
from rasa.shared.nlu.training_data import loading
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.common import cached_method

from bot.nlu.examples import Example

logger = logging.getLogger(__name__)

Read = dict[str, Any]
# How Rasa warns of a file; other warnings are about the libraries that it uses.
COMPLAINTS = (UserWarning, FutureWarning)


class ContentImporter(RasaFileImporter):
    """Rasa's importer of files, with a memory.

    Args:
        config_file: See Rasa.
        domain_path: See Rasa.
        training_data_paths: See Rasa.
        cache: Where it keeps what it has read.
    """

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: list[str] | str | None = None,
        cache: str = ".docent/examples.json",
    ) -> None:
        super().__init__(config_file, domain_path, training_data_paths)
        self._cache = Path(cache)

    @cached_method  # type: ignore[untyped-decorator]
    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """Returns the examples of all files."""
        with Shelf(self._cache) as shelf:
            read = [shelf.read(path, language) for path in self._nlu_files]
        return TrainingData().merge(*map(_as_data, read))


class Shelf:
    """What was read of files, by their checksums, in one file that is written at the end.

    Args:
        path: The file; a missing or broken one is made anew.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, Read] = {}
        self._used: dict[str, Read] = {}

    def __enter__(self) -> Shelf:
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            if kept["rasa"] == rasa.__version__:
                self._known = dict(kept["files"])
        except (OSError, ValueError, KeyError, TypeError):
            logger.info("no examples are kept from an earlier reading")
        return self

    def read(self, path: str, language: str | None) -> Read:
        """Returns what Rasa reads in a file; one that it warns of is read anew each time."""
        digest = hashlib.sha256(Path(path).read_bytes()).hexdigest()
        if digest in self._known:
            self._used[digest] = self._known[digest]
            return self._known[digest]
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            read = _as_plain(loading.load_data(path, language))
        for each in said:
            warnings.warn_explicit(each.message, each.category, each.filename, each.lineno)
        if not any(issubclass(each.category, COMPLAINTS) for each in said) and _survives(read):
            self._used[digest] = read
        return read

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Writes the file, with what was read this time and nothing older."""
        if error is not None or self._used.keys() == self._known.keys():
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self._path.with_suffix(".part")
        kept = {"rasa": rasa.__version__, "files": self._used}
        unfinished.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
        unfinished.replace(self._path)


def _as_plain(data: TrainingData) -> Read:
    return {
        "examples": [message.data for message in data.training_examples],
        "entity_synonyms": data.entity_synonyms,
        "regex_features": data.regex_features,
        "lookup_tables": data.lookup_tables,
        "responses": data.responses,
    }


def _as_data(read: Read) -> TrainingData:
    """Makes training data; what examples say alike beside their texts is one object again, as
    Rasa's reader made it, and is copied once."""
    alike: dict[str, Any] = {}
    for data in read["examples"]:
        if METADATA in data:
            data[METADATA] = alike.setdefault(json.dumps(data[METADATA]), data[METADATA])
    more = {name: value for name, value in read.items() if name != "examples"}
    return TrainingData([Example(data) for data in read["examples"]], **more)


def _survives(read: Read) -> bool:
    """Tells whether what was read is the same after it was written to disk."""
    try:
        return bool(json.loads(json.dumps(read)) == read)
    except (TypeError, ValueError):
        return False
