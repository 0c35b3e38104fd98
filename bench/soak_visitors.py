"""Visitors of all six platforms for `make soak`, and the member of staff who answers them.

They write through the lines and stand-ins of the tests, which refuse what a platform refuses.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count, takewhile
from random import Random
from typing import Any

from bench.platforms import ADA, LINES, House, Line
from bench.questions import SEED, Question
from bench.soak_kinds import press_offered, send_picture, write_and_edit

LANGUAGES = ("en", "zh-Hans", "en", "zh-Hant", "zh-Hans", "mixed")
PERSON = {
    "en": "can I talk to a person please",
    "zh-Hans": "我要转人工",
    "zh-Hant": "我要轉真人客服",
    "mixed": "我要转人工 please",
}
REPLIES = ("Of course, come to the desk.", "没问题，欢迎您来。", "沒問題，歡迎您來。")
EACH = 8
# Of so many visitors one sends a picture, edits, presses a button, wants a person.
PICTURES, EDITS, PRESSES, PEOPLE = 3, 4, 2, 12


@dataclass
class Told:
    """What the visitors did so far."""

    messages: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    channels: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def did(self, kind: str, channel: str) -> None:
        """Counts one message, or one event that is none."""
        with self.lock:
            self.kinds[kind] += 1
            if kind != "edit":
                self.messages += 1
                self.channels[channel] += 1


class Visitors:
    """All who write.

    Args:
        house: The program between its platforms.
        standins: The platforms that the house does not know, by channel.
        questions: What is asked.
        messages: How many in all.
        may_write: Blocks while the queue is as long as it may be; False ends it all.
    """

    def __init__(
        self,
        house: House,
        standins: dict[str, Any],
        questions: Sequence[Question],
        messages: int,
        may_write: Callable[[], bool],
    ) -> None:
        self.told = Told()
        self._house, self._standins, self._may_write = house, standins, may_write
        self._count = messages
        self._asked = {
            language: _endless([each.text for each in questions if each.language == language])
            for language in {each.language for each in questions}
        }
        self._numbers = {kind.channel: count() for kind in LINES}
        # How many messages those may still write who are here, by channel.
        self._here: Counter[str] = Counter()
        self._lock = threading.Lock()

    def come_and_go(self) -> None:
        """Lets one visitor after the other write, until all messages are written."""
        while self.told.messages < self._count and self._may_write():
            with self._lock:
                kind = self._next_line()
                number = next(self._numbers[kind.channel])
            try:
                line = kind(self._house, self._standins.get(kind.channel))
                self._visit(line, number)
            except Exception as error:
                # A visit that fails is a finding, and the others go on.
                with self._lock:
                    name = f"{kind.channel}: {type(error).__name__}: {str(error)[:120]}"
                    self.told.failures[name] += 1
            self._here[kind.channel] -= EACH

    def _next_line(self) -> type[Line]:
        """Returns the platform that is behind: WeChat waits for its answer, others do not."""
        told = self.told.channels
        kind = min(LINES, key=lambda each: told[each.channel] + self._here[each.channel])
        self._here[kind.channel] += EACH
        return kind

    def _visit(self, line: Line, number: int) -> None:
        language = LANGUAGES[number % len(LANGUAGES)]
        words = [self._next(language) for _ in range(EACH)]
        if number % PEOPLE == 0:
            words.insert(EACH // 2, PERSON[language])
        for place, text in enumerate(words):
            if self.told.messages >= self._count or not self._may_write():
                return
            line.write(text)
            self.told.did("text", line.channel)
            self._extra(line, number, place)

    def _extra(self, line: Line, number: int, place: int) -> None:
        if place == 1 and number % PICTURES == 0 and send_picture(line):
            self.told.did("picture", line.channel)
        if place == 2 and number % EDITS == 0 and write_and_edit(line):
            self.told.did("text", line.channel)
            self.told.did("edit", line.channel)
        if place == 3 and number % PRESSES == 0 and press_offered(line):
            self.told.did("press", line.channel)

    def _next(self, language: str) -> str:
        with self._lock:
            return next(self._asked[language])


def _endless(texts: Sequence[str]) -> Iterator[str]:
    random = Random(SEED)
    while True:
        yield from random.sample(texts, len(texts))


class Staff:
    """One member of staff in Slack: claims each case, replies, resolves it.

    Args:
        house: The program between its platforms.
        open_cases: The cases that nobody has.
    """

    def __init__(self, house: House, open_cases: Callable[[], list[str]]) -> None:
        self._house, self._open_cases = house, open_cases
        self.resolved = 0
        self.failures: Counter[str] = Counter()
        self._seen: set[str] = set()
        self.goes_home = False

    def work(self) -> None:
        """Works until it is time to go home; cases that nobody has by then wait for tomorrow."""
        try:
            self._work()
        except Exception as error:
            self.failures[f"{type(error).__name__}: {str(error)[:120]}"] += 1

    def _work(self) -> None:
        while not self.goes_home:
            waiting = (ref for ref in self._open_cases() if ref not in self._seen)
            for ref in takewhile(lambda _: not self.goes_home, waiting):
                self._seen.add(ref)
                self._take(ref)
            time.sleep(1.0)

    def _take(self, ref: str) -> None:
        try:
            card = self._house.card(ref)
            self._house.press(ADA, card, "Claim")
            self._house.say(ADA, card, REPLIES[len(self._seen) % len(REPLIES)])
            self._house.press(ADA, card, "Resolve")
            self.resolved += 1
        except Exception as error:
            self.failures[f"{type(error).__name__}: {str(error)[:120]}"] += 1
