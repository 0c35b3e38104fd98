"""One turn through Rasa: a visitor's text in, everything Docent wants to say out.

This is the only place that calls the agent. Rasa sends nothing and stores nothing itself: the
output channel collects, and the tracker store works on a `Turn` that the inbox writes to the log
in the same transaction as the replies, so that memory and words never disagree.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.trackers import DialogueStateTracker

from bot import history
from bot.content import publish
from bot.content.voice import Voice
from bot.errors import TurnFailed
from bot.messages import Button, Reply
from bot.processor import Actions, LocalActions, QuickAgent
from bot.remembering import remembered
from bot.thinking import thinking
from bot.tracker import Tracker

logger = logging.getLogger(__name__)

# A turn that takes longer is given up and tried again; a healthy one takes some 50 ms.
TURN_SECONDS = 5.0
# Longer texts are no questions to a museum, and cost more the longer they are. What a form asks
# may be answered at length: as much as the inbox lets through.
READ_CHARACTERS = 1500


@dataclass
class Turn:
    """One turn: what Rasa remembers before and after, and what it wants said."""

    memory: list[dict[str, Any]] | None
    replies: list[Reply] = field(default_factory=list)
    case: dict[str, Any] | None = None
    # What was understood: topic, confidence, decision and ranking, as the log keeps them.
    understood: dict[str, Any] | None = None
    # The case that is to open if the visitor falls silent in the middle of a report; `settled`
    # says that there is none any more.
    unfinished: dict[str, Any] | None = None
    settled: bool = False
    # Why the memory could not be read or kept.
    broken: Exception | None = None


_turn: ContextVar[Turn | None] = ContextVar("turn", default=None)


class Memory(TrackerStore):
    """Rasa's tracker store for the turn in hand: reads and writes the `Turn`, nothing else.

    Outside a turn (`rasa shell`, `rasa test`) it keeps conversations in this process only.
    """

    def __init__(self, domain: Any = None, event_broker: Any = None, **kwargs: Any) -> None:
        kwargs.pop("host", None)
        super().__init__(domain, event_broker, **kwargs)
        self._elsewhere: dict[str, Turn] = {}

    async def retrieve(self, sender_id: str) -> DialogueStateTracker:
        """Returns the tracker as it was after the turn before, or that of a new conversation."""
        turn = self._of(sender_id)
        if not turn.memory:
            # What wraps this store in Rasa would make one of Rasa's.
            return await self.create_tracker(sender_id)
        with _never_hidden(turn):
            return Tracker.of(sender_id, turn.memory, self.domain)

    def init_tracker(self, sender_id: str) -> DialogueStateTracker:
        """Returns the tracker of a new conversation."""
        return Tracker(sender_id, self.domain)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keeps the last turns of a tracker."""
        turn = self._of(tracker.sender_id)
        with _never_hidden(turn):
            turn.memory = remembered(tracker)

    async def keys(self) -> list[str]:
        """Returns the conversations kept outside turns."""
        return list(self._elsewhere)

    def _of(self, sender_id: str) -> Turn:
        turn = _turn.get()
        return turn if turn is not None else self._elsewhere.setdefault(sender_id, Turn(None))


@contextmanager
def _never_hidden(turn: Turn) -> Iterator[None]:
    # Rasa's FailSafeTrackerStore goes on without what it cannot read or keep: the visitor would be
    # answered by somebody who has forgotten everything.
    try:
        yield
    except Exception as error:
        turn.broken = error
        raise


class Collector(OutputChannel):
    """The output channel of a turn: collects what is said and never calls a network."""

    def __init__(self, turn: Turn, voice: Voice, language: str) -> None:
        self._turn = turn
        self._voice = voice
        self._language = language

    @classmethod
    def name(cls) -> str:
        """Returns the name under which responses may be written for this channel; none are."""
        return "docent"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Takes one response of Rasa or of an action."""
        custom = message.get("custom") or {}
        if "case" in custom:
            self._turn.case = custom["case"]
        if "unfinished" in custom:
            self._turn.unfinished = custom["unfinished"]
            self._turn.settled = self._turn.unfinished is None
        text = message.get("text")
        if text:
            buttons = [Button(b["title"], b["payload"]) for b in message.get("buttons") or ()]
            self._turn.replies.append(
                Reply(self._voice.answer(text, self._language), tuple(buttons))
            )


class Dialogue:
    """The trained model and the conversation with it.

    Args:
        agent: A loaded agent whose tracker store is a `Memory`.
        voice: Facts and sentences.
    """

    def __init__(self, agent: Agent, voice: Voice) -> None:
        self._agent = agent
        self._voice = voice

    @property
    def is_ready(self) -> bool:
        """Whether a model is loaded."""
        return bool(self._agent.is_ready())

    async def run(
        self,
        conversation_id: str,
        text: str,
        language: str,
        memory: list[dict[str, Any]] | None,
        seq: int,
        choice: str | None = None,
    ) -> Turn:
        """Runs one turn.

        Args:
            conversation_id: Whose turn it is.
            text: What the visitor wrote; a leading "/" is no command.
            language: The language to answer in.
            memory: What `Turn.memory` was after the turn before.
            seq: The number of the message in the log.
            choice: What a pressed button means ("faq/directions"), if one was pressed.

        Raises:
            TurnFailed: No model, no answer in time, or nothing was said.
        """
        if not self.is_ready:
            raise TurnFailed("no model is loaded")
        metadata = {
            "language": language,
            "message": seq,
            "choice": choice,
            "previous": history.previous_question(memory or [], time.time() - self._session()),
        }
        turn = Turn(memory)
        message = UserMessage(
            plain(text),
            Collector(turn, self._voice, language),
            conversation_id,
            input_channel="docent",
            metadata=metadata,
        )
        try:
            await thinking().run(lambda: self._think(message, turn), TURN_SECONDS)
        except asyncio.TimeoutError as error:
            raise TurnFailed("no answer in time") from error
        if turn.broken is not None:
            raise TurnFailed("the memory cannot be read or kept") from turn.broken
        if not turn.replies and turn.case is None:
            raise TurnFailed("the dialogue said nothing")
        return turn

    async def read(self, text: str) -> dict[str, Any]:
        """Returns what the model reads in a text by itself; nothing is answered.

        Raises:
            TurnFailed: No model, or no answer in time.
        """
        if not self.is_ready:
            raise TurnFailed("no model is loaded")
        try:
            parsed = await thinking().run(
                lambda: self._agent.parse_message(plain(text)), TURN_SECONDS
            )
        except asyncio.TimeoutError as error:
            raise TurnFailed("no answer in time") from error
        return dict(parsed)

    async def _think(self, message: UserMessage, turn: Turn) -> None:
        """Fills a turn, on the thinking thread; the context it runs in is the turn's own."""
        _turn.set(turn)
        await self._agent.handle_message(message)
        turn.understood = history.newest_understood(turn.memory or [])

    def _session(self) -> float:
        """Returns how many seconds a question stays the one that is spoken of."""
        return float(self._agent.domain.session_config.session_expiration_time) * 60


def plain(text: str) -> str:
    """Returns what Rasa may read: no leading "/", which it takes for a command from anybody."""
    return text.strip().lstrip("/ \t\r\n")[:READ_CHARACTERS] or "?"


def load_agent(model: Path, actions: Actions | None = None) -> Agent:
    """Loads a model of our own making into an agent that remembers through `Memory`.

    Args:
        model: Its file.
        actions: Runs the custom actions; without them nothing can be asked, only understood.

    Raises:
        ContentError: The model is not ours: loading it would run what is in it.
    """
    endpoint = None if actions is None else LocalActions(actions)
    agent = QuickAgent(tracker_store=Memory(), action_endpoint=endpoint)
    with publish.trusted(model) as checked:
        agent.load_model(checked)
    return agent
