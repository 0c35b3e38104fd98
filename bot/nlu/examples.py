"""Training examples that cost Rasa little time.

Rasa copies all of them with `copy.deepcopy` whenever it puts training data together, tells doubles
apart by a fingerprint of all that they hold, and fingerprints them again before and after each
component, with every token and feature that was added on the way (rasa/engine/training/hooks.py):
with this corpus that is most of the time of a training. What is added depends on the text and on
the component alone, and Rasa counts the component's settings by itself.
"""

from __future__ import annotations

import hashlib
import json
from copy import deepcopy
from typing import Any

from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

_TOLD_APART_BY = (TEXT, INTENT, INTENT_RESPONSE_KEY)


class Example(Message):
    """Rasa's message for an example: one text with its label, told apart by what it holds."""

    def __hash__(self) -> int:
        return hash(tuple(map(self.data.get, _TOLD_APART_BY)))

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Example) and not self.features and not other.features:
            return self.data == other.data
        return super().__eq__(other)

    def __deepcopy__(self, memo: dict[int, Any]) -> Example:
        data = {
            name: value if isinstance(value, str) else deepcopy(value, memo)
            for name, value in self.data.items()
        }
        features = deepcopy(self.features, memo)
        return Example(data, set(self.output_properties), self.time, features)

    def fingerprint(self) -> str:
        """Returns the same for the same texts; Rasa's own fingerprint where there is more."""
        if self.features or not all(isinstance(each, str) for each in self.data.values()):
            return super().fingerprint()
        held = json.dumps(self.data, sort_keys=True)
        return hashlib.md5(held.encode(), usedforsecurity=False).hexdigest()


class Examples(TrainingData):
    """Rasa's training data, fingerprinted by texts and labels."""

    @classmethod
    def of(cls, data: TrainingData, more: list[Message] | None = None) -> Examples:
        """Returns the same training data, with more examples."""
        return cls(
            [*data.training_examples, *(more or [])],
            data.entity_synonyms,
            data.regex_features,
            data.lookup_tables,
            data.responses,
        )

    def __init__(self, *data: Any, **more: Any) -> None:
        super().__init__(*data, **more)
        self._fingerprint: str | None = None

    def fingerprint(self) -> str:
        """Returns the same for the same texts and labels, whatever was added to them."""
        if self._fingerprint is None:
            digest = hashlib.sha256()
            for message in self.training_examples:
                marks = [str(message.get(each)) for each in _TOLD_APART_BY]
                digest.update("\0".join(marks).encode("utf-8", "surrogatepass") + b"\n")
            self._fingerprint = digest.hexdigest()
        return self._fingerprint
