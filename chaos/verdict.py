"""What a run did to its visitors: the platforms' word against the log's, message by message."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chaos.crowd import Asked, Visitor
from chaos.platforms import Arrived
from chaos.record import read

# How the reason of a message names the one that it was answered together with.
TOGETHER = re.compile(r"\b(?:with|by)\D*(\d+)\b")


@dataclass
class Verdict:
    """The counts of one run; `wrong` names what may not be, with the conversation."""

    accepted: int = 0
    repeated: int = 0
    answered: int = 0
    together: int = 0
    to_staff: int = 0
    flagged: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    # Of these, the waits of those who do not write on Messenger.
    others: list[float] = field(default_factory=list)

    def blame(self, kind: str, conversation: str, what: str = "") -> None:
        """Notes something that may not be."""
        self.counts[kind] += 1
        self.wrong.append(f"{kind}: {conversation} {what}".rstrip())


# What may not be, in the order of the table.
KINDS = (
    "lost",
    "not ended",
    "no answer",
    "wrong answer",
    "answered twice",
    "unflagged repeat",
    "out of order",
    "unknown to the log",
    "not at the platform",
    "dead",
    "without reason",
    "orphan",
    "memory differs",
)


def judge(
    engine: Any, visitors: Sequence[Visitor], arrived: Mapping[str, list[Arrived]]
) -> Verdict:
    """Compares what was asked, what the platforms took and what the log says."""
    verdict = Verdict()
    rows, talks = read(engine)
    for visitor in visitors:
        name = visitor.conversation_id
        mine = rows.get(name, [])
        _Talk(verdict, visitor, mine, talks.get(name), arrived.get(name, [])).judge()
    return verdict


class _Talk:
    """One conversation under scrutiny."""

    def __init__(
        self,
        verdict: Verdict,
        visitor: Visitor,
        rows: Sequence[Any],
        talk: Any,
        arrived: Sequence[Arrived],
    ) -> None:
        self.verdict, self.visitor, self.talk, self.arrived = verdict, visitor, talk, arrived
        self.heard = [row for row in rows if row.direction == "in"]
        self.said = [row for row in rows if row.direction == "out"]
        self.by_id = {row.platform_id: row for row in self.heard}
        self.answers: dict[int, list[Any]] = defaultdict(list)
        for row in self.said:
            self.answers[row.in_reply_to or 0].append(row)

    def judge(self) -> None:
        """Looks at everything."""
        for asked in self.visitor.asked:
            self._judge_question(asked)
        for row in self.said:
            self._judge_words(row)
        self._judge_platform()
        if self.talk is not None:
            self._judge_memory()

    def _blame(self, kind: str, what: str = "") -> None:
        self.verdict.blame(kind, self.visitor.conversation_id, what)

    # -- questions ----------------------------------------------------------------------------

    def _judge_question(self, asked: Asked) -> None:
        if not asked.taken:
            return
        self.verdict.accepted += 1
        self.verdict.repeated += asked.tries - 1
        row = self.by_id.get(asked.post.platform_id)
        if row is None:
            return self._blame("lost", asked.post.platform_id)
        if row.state != "answered":
            if row.state == "dead" and row.reason:
                return self._blame("dead", f"message {row.seq}: {row.reason}")
            return self._blame("not ended", f"message {row.seq} is {row.state}")
        if not row.reason:
            return self._blame("without reason", f"message {row.seq}")
        if row.reason == "relayed":
            self.verdict.to_staff += 1
            return None
        self.verdict.answered += 1
        return self._judge_answer(asked, row)

    def _judge_answer(self, asked: Asked, row: Any) -> None:
        answers = self.answers.get(self._answered_with(row), [])
        if not answers:
            return self._blame("no answer", f"message {row.seq}: {row.reason}")
        if any(row.author == "system" for row in answers):
            self.verdict.to_staff += 1
        elif not asked.question.is_answered_by("\n".join(each.text for each in answers)):
            self._blame("wrong answer", f"message {row.seq} on {asked.question.topic}")
        texts = Counter(each.text for each in answers)
        if any(count > 1 for count in texts.values()):
            self._blame("answered twice", f"message {row.seq}, in the log")
        return None

    def _answered_with(self, row: Any) -> int:
        """The number of the message that this one was answered with; its own, as a rule."""
        found = TOGETHER.search(row.reason or "")
        if found is None or self.answers.get(row.seq):
            return int(row.seq)
        self.verdict.together += 1
        return int(found[1])

    # -- answers ------------------------------------------------------------------------------

    def _judge_words(self, row: Any) -> None:
        if row.state == "dead":
            self._blame("dead", f"message {row.seq}: {row.reason}")
        elif row.state not in ("sent", "cancelled"):
            self._blame("not ended", f"message {row.seq} is {row.state}")
        if row.state in ("dead", "cancelled") and not row.reason:
            self._blame("without reason", f"message {row.seq}")
        if row.author == "bot" and row.in_reply_to not in {each.seq for each in self.heard}:
            self._blame("orphan", f"message {row.seq} answers {row.in_reply_to}")

    def _judge_platform(self) -> None:
        """Walks through what arrived beside what the log says was sent.

        A row may have arrived more than once only where it is flagged, and then right before
        the copy whose id the log knows: later rows wait for it.
        """
        left = list(self.arrived)
        ids = {row.platform_id for row in self.said if row.state == "sent"}
        for row in self._in_order():
            copies = []
            while left and left[0].text == row.text and left[0].platform_id not in ids:
                copies.append(left.pop(0))
            self._judge_copies(row, len(copies))
            if left and left[0].platform_id == row.platform_id:
                self._time(row, left.pop(0))
            elif any(each.platform_id == row.platform_id for each in left):
                at = next(i for i, each in enumerate(left) if each.platform_id == row.platform_id)
                left.pop(at)
                self._blame("out of order", f"message {row.seq} at the platform")
            else:
                self._blame("not at the platform", f"message {row.seq}")
        for each in left:
            self._blame("unknown to the log", each.platform_id)

    def _judge_copies(self, row: Any, copies: int) -> None:
        if row.maybe_twice:
            self.verdict.flagged += 1
            self.verdict.counts["arrived twice, flagged"] += copies > 0
        elif copies:
            self._blame("unflagged repeat", f"message {row.seq}: {copies + 1} times")

    def _in_order(self) -> list[Any]:
        """The rows that were sent, by the order in which their questions were asked."""
        place = {asked.post.platform_id: at for at, asked in enumerate(self.visitor.asked)}
        asked_at = {row.seq: place.get(row.platform_id, -1) for row in self.heard}
        sent = [row for row in self.said if row.state == "sent"]
        return sorted(sent, key=lambda row: (asked_at.get(row.in_reply_to, 10**6), row.seq))

    def _time(self, row: Any, arrived: Arrived) -> None:
        question = next((each for each in self.heard if each.seq == row.in_reply_to), None)
        asked = question and next(
            (e for e in self.visitor.asked if e.post.platform_id == question.platform_id), None
        )
        if asked is not None and asked.taken:
            wait = max(0.0, arrived.at - asked.taken)
            self.verdict.waits.append(wait)
            if self.visitor.channel != "messenger":
                self.verdict.others.append(wait)

    # -- memory -------------------------------------------------------------------------------

    def _judge_memory(self) -> None:
        """What Rasa remembers is the end of what was answered."""
        events = self.talk.memory or []
        remembered = [e["text"] for e in events if e.get("event") == "user"]
        spoken = "\n".join(asked.question.text.strip() for asked in self.visitor.asked)
        answered = [row for row in self.heard if row.reason == "answered"]
        if answered and not remembered:
            return self._blame("memory differs", "nothing is remembered")
        at = 0
        for text in remembered:
            for line in filter(None, map(str.strip, (text or "").split("\n"))):
                at = spoken.find(line.lstrip("/ \t"), at)
                if at < 0:
                    return self._blame("memory differs", "remembers what was not asked so")
        last = answered[-1].text.strip() if answered else ""
        if last and not any(last.lstrip("/ \t") in (text or "") for text in remembered[-1:]):
            self._blame("memory differs", "the last question is not the last remembered")
        return None
