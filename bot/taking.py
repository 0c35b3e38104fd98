"""What is needed to answer the next visitor, read in the transaction that takes their message."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Any

from bot import history, pacing
from bot.desk.satisfaction import may_rate
from bot.store import Connection, Row, claiming, log
from bot.store.claiming import Claim


@dataclass(frozen=True)
class Asked:
    """A claimed message with what is needed to answer it.

    `row` is the message to be answered. Where it was written in several, `before` are the others,
    oldest first, and `words` what they say together. `behind` are messages that wait and may
    belong to it. `alone` is the number of a message that nothing waited behind. `until` is when
    our claim ends.
    """

    row: Row[Any]
    speaker: str
    language: str
    memory: list[dict[str, Any]] | None
    choice: str | None
    first: bool
    # Whether the bot has answered here so often that another bot may be on the other side.
    loops: bool = False
    # Whether it may tell how content the visitor was.
    rates: bool = False
    before: tuple[Row[Any], ...] = ()
    behind: tuple[Row[Any], ...] = ()
    words: str | None = None
    alone: int | None = None
    until: datetime | None = None

    @property
    def head(self) -> Row[Any]:
        """The oldest message of it, which is the one that is claimed."""
        return (*self.before, self.row)[0]

    @property
    def rest(self) -> tuple[Row[Any], ...]:
        """The messages after `head`."""
        return (*self.before, self.row)[1:]

    @property
    def text(self) -> str:
        """What the visitor wrote."""
        return str(self.row.text) if self.words is None else self.words

    @property
    def is_with_person(self) -> bool:
        """Whether a person has the conversation, or is to have it."""
        return self.speaker in log.WITH_PERSON

    def together(self, count: int, words: str) -> Asked:
        """Returns it with the messages behind it that belong to it, `count` in all."""
        rows = (self.row, *self.behind)
        return replace(
            self,
            row=rows[count - 1],
            before=rows[: count - 1],
            behind=rows[count:],
            words=words,
            language=rows[count - 1].language or self.language,
        )


def take(connection: Connection, most: int) -> list[Asked]:
    """Takes the messages of the visitors whose turn it is, of so many at the most."""
    return [_asked(connection, claim) for claim in claiming.claim(connection, most)]


def _asked(connection: Connection, claim: Claim) -> Asked:
    row, talk = claim.row, claim.talk
    wanted = row.payload.get("choice")
    choice = log.choice(connection, talk.id, wanted) if wanted else None
    means = row.payload.get("means") if choice is None else choice.value
    asked = Asked(
        row,
        talk.speaker,
        row.language or talk.language,
        talk.memory,
        means,
        first=talk.memory is None and not log.has_said(connection, talk.id),
        loops=pacing.loops(talk.answers, log.now()),
        rates=may_rate(talk.asked_to_rate_at, means),
        alone=None if claim.behind else row.seq,
        until=claim.until,
    )
    return replace(asked, behind=_beside(asked, claim.behind))


def _beside(asked: Asked, behind: tuple[Row[Any], ...]) -> tuple[Row[Any], ...]:
    """Returns those of the waiting messages that may be pieces of the same question."""
    if asked.is_with_person or not _is_plain(asked.row) or history.form_asks(asked.memory or []):
        # Staff read each message for itself, and a form has a question for each.
        return ()
    found: list[Row[Any]] = []
    for before, row in pairwise((asked.row, *behind)):
        is_late = row.at - before.at > pacing.LONGEST_QUIET
        elsewhere = row.payload.get("place") != asked.row.payload.get("place")
        if is_late or elsewhere or not _is_plain(row):
            break
        found.append(row)
    return tuple(found)


def _is_plain(row: Row[Any]) -> bool:
    """Tells whether a message is words alone: no button, no file, nothing that an event means."""
    return bool(row.text.strip()) and not any(
        row.payload.get(name) for name in ("choice", "means", "attachments")
    )
