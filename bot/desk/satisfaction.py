"""How content visitors were: asked once after a case, and what they answer.

The ask stands on the case (`rating_asked_at`). The next message of the visitor answers it or lets
it lapse; a button answers it at any time.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from bot.desk.mood import mood_reader
from bot.desk.people import URGENT, Outcome, Person
from bot.desk.praise import Praising
from bot.desk.rating_words import BEST, MOSTLY, POOR, Rated, comments, rated
from bot.messages import Button, Reply
from bot.store import Connection, Row, cases, log, ratings, windows
from bot.windows import OPEN, WHILE_OPEN, Window

# Nobody is asked more often, and an older question is answered by a button alone.
ASK_AGAIN_AFTER = timedelta(hours=24)
# For so long after an answer what follows may belong to it.
COMMENT_WITHIN = timedelta(minutes=10)
# Who wrote these is not asked whether it was nice.
NEVER_ASKED = ("abuse", "emergency")
VALUE = "rating/"
_BOT_SPEAKS = (log.BOT, log.CLOSED)
_LABELS = {BEST: "rating.very", MOSTLY: "rating.mostly", POOR: "rating.not_really"}


class Satisfaction(Praising):
    """Asks how content a visitor was, and takes the answer."""

    # When each channel lets us write, for channels that close; the host knows them.
    windows: Mapping[str, Window | None] = MappingProxyType({})

    def resolve(self, connection: Connection, case_id: int, person: Person) -> Outcome:
        """Closes a case; the visitor is told, and asked once how content they were."""
        outcome = super().resolve(connection, case_id, person)
        if outcome.kind == "done":
            self._ask(connection, cases.case(connection, case_id))
        return outcome

    def takes_rating(self, connection: Connection, row: Row[Any], choice: str | None) -> bool:
        """Takes a visitor's message as an answer; False where it is to be answered by others.

        Args:
            connection: An open transaction.
            row: The message.
            choice: What the button means that was pressed, if one was.
        """
        if choice is not None:
            return choice.startswith(VALUE) and self._pressed(connection, row, choice)
        asked = _last_asked(connection, row.conversation_id)
        if asked is None:
            return False
        if log.locked_conversation(connection, row.conversation_id).speaker not in _BOT_SPEAKS:
            return False
        if row.payload.get("attachments") or row.payload.get("choice"):
            return False
        if asked.rating is not None:
            return self._commented(connection, row, asked)
        if not ratings.is_next_after(connection, row, asked.rating_asked_at):
            return False
        answer = rated(row.text, mood_reader(self.voice.museum))
        if answer is None:
            return False
        self._keep(connection, row, asked, answer)
        return not answer.asks

    # -- asking -------------------------------------------------------------------------------

    def _ask(self, connection: Connection, closed: Row[Any]) -> None:
        if not self._may_ask(connection, closed):
            return
        language = log.pinned_language(connection, closed.conversation_id) or closed.language
        buttons = tuple(
            Button(self.voice.say(label, language), f"{VALUE}{closed.id}/{score}")
            for score, label in _LABELS.items()
        )
        has_buttons = self._limits[closed.channel].choices >= len(buttons)
        words = self.voice.say("rating.ask" if has_buttons else "rating.ask_in_words", language)
        reply = Reply(words, buttons if has_buttons else ())
        self._lay(connection, closed, reply, author="system", payload={WHILE_OPEN: True})
        cases.change_case(connection, closed.id, rating_asked_at=log.now())
        cases.audit(connection, closed.id, "docent", "asked", "how content the visitor was")

    def _may_ask(self, connection: Connection, closed: Row[Any]) -> bool:
        if closed.rating_asked_at is not None or closed.reason in NEVER_ASKED:
            return False
        if closed.priority == URGENT or not ratings.has_reply(connection, closed.id):
            return False
        if _last_asked(connection, closed.conversation_id) is not None:
            return False
        return self._is_open(connection, closed)

    def _is_open(self, connection: Connection, closed: Row[Any]) -> bool:
        """Tells whether the visitor's platform takes one message more than is on its way."""
        window = self.windows.get(closed.channel)
        if window is None:
            return True
        left = windows.left_of(connection, closed.conversation_id, window)
        if left.standing != OPEN:
            return False
        return left.messages is None or left.messages > ratings.unsent(
            connection, closed.conversation_id
        )

    # -- answers ------------------------------------------------------------------------------

    def _pressed(self, connection: Connection, row: Row[Any], choice: str) -> bool:
        number, _, score = choice.removeprefix(VALUE).partition("/")
        log.locked_conversation(connection, row.conversation_id)
        asked = cases.find_case(connection, int(number))
        if asked is None or asked.conversation_id != row.conversation_id:
            return False
        if asked.rating is not None:
            self._say(connection, row, asked, "rating.have")
        else:
            self._keep(connection, row, asked, Rated(int(score)))
        return True

    def _keep(self, connection: Connection, row: Row[Any], asked: Row[Any], answer: Rated) -> None:
        cases.change_case(connection, asked.id, rating=answer.score, rating_words=answer.words)
        cases.audit(connection, asked.id, "visitor", "rated", str(answer.score))
        self._read(connection, row)
        if not answer.asks:
            self._thank(connection, row, asked, answer)
        self._tell_staff(connection, row, asked, answer)

    def _commented(self, connection: Connection, row: Row[Any], asked: Row[Any]) -> bool:
        """Takes what a visitor adds to an answer; False where it is something else."""
        at = ratings.rated_at(connection, asked.id)
        if asked.rating_words or at is None or log.now() - at > COMMENT_WITHIN:
            return False
        if not ratings.is_next_after(connection, row, at):
            return False
        if not comments(row.text, asked.rating, mood_reader(self.voice.museum)):
            return False
        cases.change_case(connection, asked.id, rating_words=row.text.strip())
        cases.audit(connection, asked.id, "visitor", "commented")
        self._read(connection, row)
        self._say(connection, row, asked, "rating.words_kept")
        self._tell_staff(connection, row, asked, Rated(asked.rating, row.text.strip()))
        return True

    def _read(self, connection: Connection, row: Row[Any]) -> None:
        """Notes on a message that it was an answer, which no topic has to be found for."""
        log.change_message(connection, row.seq, topic=None, ranking=None, decision="rating")

    def _thank(
        self, connection: Connection, row: Row[Any], asked: Row[Any], answer: Rated
    ) -> None:
        if answer.score > POOR:
            key = "rating.thanks" if answer.score >= MOSTLY else "rating.thanks_middling"
            return self._say(connection, row, asked, key)
        key = "rating.sorry_kept" if answer.words else "rating.sorry"
        self._say(connection, row, asked, key, person=True)

    def _say(
        self,
        connection: Connection,
        row: Row[Any],
        asked: Row[Any],
        key: str,
        person: bool = False,
    ) -> None:
        language = log.pinned_language(connection, row.conversation_id) or asked.language
        button = Button(self.voice.say("talk_to_person", language), "speak_to_human")
        reply = Reply(self.voice.say(key, language), (button,) if person else ())
        self._lay(connection, asked, reply, author="system", in_reply_to=row.seq)

    def _tell_staff(
        self, connection: Connection, row: Row[Any], asked: Row[Any], answer: Rated
    ) -> None:
        self._post(connection, "card", asked.id)
        self._post(
            connection,
            "rated",
            asked.id,
            seq=row.seq,
            rating=answer.score,
            has_words=bool(answer.words),
        )
        if answer.score <= POOR and (asked.rating is None):
            words = f"{asked.ref}: the visitor was not content ({answer.score} of 5)."
            self._ping(connection, asked.id, words, self._people_of(asked))
        if answer.score == BEST and answer.words:
            self._praise(connection, row, asked)


def may_rate(asked_at: datetime | None, choice: str | None) -> bool:
    """Tells whether `takes_rating` has to look at a message; hardly any is an answer to it.

    Args:
        asked_at: When the visitor was asked last.
        choice: What the button means that was pressed, if one was.
    """
    if choice is not None:
        return choice.startswith(VALUE)
    return asked_at is not None and asked_at >= log.now() - ASK_AGAIN_AFTER


def _last_asked(connection: Connection, conversation_id: str) -> Row[Any] | None:
    return ratings.last_asked(connection, conversation_id, log.now() - ASK_AGAIN_AFTER)
