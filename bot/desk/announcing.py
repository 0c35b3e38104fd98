"""The draft of an announcement: who would read it, and in which words; nothing is sent here."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.desk import replies
from bot.desk.people import Person
from bot.language import base
from bot.store import Connection, Row, announcements, log, windows
from bot.store.database import Database
from bot.translate import Translator
from bot.translate.interpreter import Interpreter
from bot.translate.said import Spoken
from bot.windows import OPEN, Window, left

# Who wrote within so long may be told too: who asked last night comes this morning.
TODAY = timedelta(hours=24)
# A screen of a phone, and one message on every channel.
LONGEST = 1000

Windows = Mapping[str, Window | None]
_ENGLISH, _CHINESE, _TRADITIONAL = "en", "zh", "zh-Hant"
_LABELS = {
    "en": _ENGLISH,
    "english": _ENGLISH,
    "英文": _ENGLISH,
    "zh": _CHINESE,
    "zh-hans": _CHINESE,
    "中文": _CHINESE,
    "简体": _CHINESE,
    "zh-hant": _TRADITIONAL,
    "繁體": _TRADITIONAL,
    "繁体": _TRADITIONAL,
}
# A Chinese sentence ends without a space.
_LABEL = re.compile(
    r"(?:^|(?<=[\s。！？；，\u4e00-\u9fff]))("
    + "|".join(map(re.escape, _LABELS))
    + r")\s*[:：]\s*",
    re.I,
)


class NotSaid(Exception):
    """Nothing is announced; the words say why."""


@dataclass(frozen=True)
class Listener:
    """A visitor who would be told."""

    conversation_id: str
    channel: str
    language: str
    case_id: int | None = None


@dataclass(frozen=True)
class Audience:
    """Who would be told; `shut` is how many cannot be: their reply window is closed."""

    people: tuple[Listener, ...]
    shut: int = 0

    @property
    def waiting(self) -> int:
        """How many of them have an open case."""
        return sum(person.case_id is not None for person in self.people)

    @property
    def languages(self) -> Mapping[str, int]:
        """How many read each language, the most read first."""
        return dict(Counter(person.language for person in self.people).most_common())


@dataclass(frozen=True)
class Draft:
    """An announcement as it was previewed: its number, what it says in each language, to whom."""

    number: int
    state: str
    at: datetime
    today: bool
    audience: Audience
    said: Mapping[str, Mapping[str, Any]]


def given_texts(text: str) -> Mapping[str, str]:
    """Returns the texts of an announcement by language: "en: ... zh: ...", or one under "".

    Raises:
        NotSaid: A text is a note, mentions a colleague, is empty or too long.
    """
    parts = _LABEL.split(text.strip())
    named = {"": text} if parts[0].strip() or len(parts) == 1 else _named(parts)
    for words in (text, *named.values()):
        if (why := replies.never_sent(words)) is not None:
            raise NotSaid(f"Nothing was sent. {why.value}")
    for words in named.values():
        if len(words) > LONGEST:
            raise NotSaid(f"Nothing was sent. It is longer than {LONGEST} characters.")
    return named


def _named(parts: Sequence[str]) -> Mapping[str, str]:
    pairs = zip(parts[1::2], parts[2::2], strict=True)
    return {_LABELS[label.lower()]: words.strip() for label, words in pairs}


def audience(connection: Connection, known: Windows, today: bool) -> Audience:
    """Returns who would be told.

    Args:
        connection: An open transaction.
        known: The channels that are switched on, with their windows.
        today: Whether not only those with an open case, but also all who wrote of late.
    """
    found = {row.id: row for row in announcements.who_waits(connection)}
    if today:
        recent = announcements.who_wrote(connection, log.now() - TODAY)
        found = {**found, **{row.id: row for row in recent if row.id not in found}}
    people = [row for row in found.values() if is_reachable(connection, row, known)]
    listeners = (Listener(p.id, p.channel, p.language or _ENGLISH, p.case_id) for p in people)
    return Audience(tuple(listeners), len(found) - len(people))


def is_reachable(connection: Connection, row: Row[Any], known: Windows) -> bool:
    """Tells whether a visitor may be written to without having asked just this.

    What platforms allow longer is for the answer of a person to one question (Meta's
    developers.facebook.com/docs/messenger-platform/policy/policy-overview), not for this.
    """
    if row.channel not in known:
        return False
    window = known[row.channel]
    if window is None:
        return True
    if any(allowance.messages is not None for allowance in window.after.values()):
        return windows.left_of(connection, row.id, window).standing == OPEN
    # Where messages are not counted, what was sent need not be read: there may be hundreds.
    return left(window, windows.acts_in(row), (), log.now()).standing == OPEN


class Announcer:
    """Prepares announcements.

    Args:
        database: Where the conversations lie.
        translator: Words the text in each visitor's language.
        known: The channels that are switched on, with their windows.
    """

    def __init__(self, database: Database, translator: Translator, known: Windows) -> None:
        self._database = database
        self._interpreter = Interpreter.around(translator)
        self._known = known

    async def audience(self, today: bool) -> Audience:
        """Returns who would be told now."""
        return await self._database.run(audience, self._known, today)

    async def prepare(
        self, key: str, person: Person, text: str, *, today: bool, from_slack: bool
    ) -> Draft:
        """Keeps a draft and returns it; nothing is sent yet.

        Args:
            key: The same key again is the same draft.
            person: Who writes it.
            text: What was typed: one text, or "en: ... zh: ...".
            today: As for `audience`.
            from_slack: Whether the text holds Slack's markup.

        Raises:
            NotSaid: The text is a note, empty or too long, or nobody would read it.
        """
        given = given_texts(text)
        if from_slack:
            given = {name: replies.to_visitor(words) for name, words in given.items()}
        told = await self.audience(today)
        if not told.people:
            raise NotSaid(nobody(told, today))
        spoken = await asyncio.gather(*(self._worded(given, each) for each in told.languages))
        payload = {
            "by": person.name,
            "by_id": person.id,
            "today": today,
            "shut": told.shut,
            "people": [list(asdict(one).values()) for one in told.people],
            "said": {each.language: _kept(each) for each in spoken},
        }
        return draft_of(await self._database.run(announcements.add_draft, key, payload))

    async def _worded(self, given: Mapping[str, str], language: str) -> Spoken:
        """Returns the text for one language: the one given for it, else made from another."""
        ranked = (language, base(language), _TRADITIONAL if base(language) == "zh" else "", "")
        text = next((given[name] for name in ranked if name in given), None)
        return await self._interpreter.to_visitor(text or next(iter(given.values())), language)


def draft_of(row: Row[Any]) -> Draft:
    """Returns a draft as it is kept."""
    kept = row.payload
    people = tuple(Listener(*one) for one in kept["people"])
    told = Audience(people, kept["shut"])
    return Draft(row.id, row.state, row.at, kept["today"], told, kept["said"])


def visitors(count: int) -> str:
    """Says how many: "1 visitor", "23 visitors"."""
    return f"{count} visitor" if count == 1 else f"{count} visitors"


def nobody(told: Audience, today: bool) -> str:
    """Says why nobody would read an announcement."""
    if told.shut:
        return f"Nobody can be told: of {visitors(told.shut)} the reply window is closed."
    who = "wrote in the last 24 hours or has an open case" if today else "has an open case"
    more = "" if today else " Add --today to tell those who wrote in the last 24 hours."
    return f"Nobody would read it: no visitor {who}.{more}"


def _kept(spoken: Spoken) -> dict[str, Any]:
    return {"text": spoken.text, "beside": spoken.kept()}
