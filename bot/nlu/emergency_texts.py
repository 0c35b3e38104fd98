"""The texts of data/nlu/emergencies.yml: emergencies, and what only sounds like one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.nlu.emergencies import KINDS

PATH = "data/nlu/emergencies.yml"
# The name of what is no emergency, beside the kinds.
CALM = "calm"


@dataclass(frozen=True)
class Text:
    """A text with its line in the file, and its kind: one of KINDS, or "calm"."""

    text: str
    line: int
    kind: str


def emergency_texts(path: Path) -> list[Text]:
    """Returns all texts of the file, in its order.

    Raises:
        yaml.YAMLError: The file is not written as YAML.
        ValueError: A heading is none of the kinds and not "calm", or no list stands below it.
    """
    root = yaml.compose(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return list(_texts(root))


def _texts(root: yaml.Node | None) -> Iterator[Text]:
    for heading, written in root.value if isinstance(root, yaml.MappingNode) else ():
        if heading.value not in (*KINDS, CALM) or not isinstance(written, yaml.ScalarNode):
            known = ", ".join((*KINDS, CALM))
            line = heading.start_mark.line + 1
            raise ValueError(f"line {line}: not one of {known} with lines below a |")
        # The block begins on the line after its "|".
        for number, line in enumerate(written.value.split("\n"), heading.start_mark.line + 2):
            if line.startswith("- ") and line[2:].strip():
                yield Text(line[2:].strip(), number, heading.value)
