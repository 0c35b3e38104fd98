"""One turn through Rasa: a visitor's text in, everything Docent wants to say out.

This is the only place that calls the agent. Rasa sends nothing and stores nothing itself: the
output channel collects, and the tracker store works on a `Turn` that the inbox writes to the log
in the same transaction as the replies, so that memory and words never disagree.
"""

from __future__ import annotations

import asyncio
import logging
import time
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot import history
from bot.content.voice import Voice
from bot.errors import TurnFailed
from bot.messages import Button, Reply
from bot.processor import QuickAgent

logger = logging.getLogger(__name__)

# A turn that takes longer is given up and tried again; a healthy one takes some 50 ms.
TURN_SECONDS = 5.0
# How many of a visitor's turns Rasa remembers; what a turn costs does not grow with the log.
REMEMBERED_TURNS = 4
# Longer texts are no questions to a museum, and cost more the longer they are. What a form asks
# may be answered at length: as much as the inbox lets through.
READ_CHARACTERS = 1500


@dataclass
class Turn:
    """One turn: what Rasa remembers before and after, and what it wants said."""

    memory: list[dict[str, Any]] | None
    replies: list[Reply] = field(default_factory=list)
    case: dict[str, Any] | None = None
    # The case that is to open if the visitor falls silent in the middle of a report; `settled`
    # says that there is none any more.
    unfinished: dict[str, Any] | None = None
    settled: bool = False


_turn: ContextVar[Turn | None] = ContextVar("turn", default=None)


class Memory(TrackerStore):
    """Rasa's tracker store for the turn in hand: reads and writes the `Turn`, nothing else.

    Outside a turn (`rasa shell`, `rasa test`) it keeps conversations in this process only.
    """

    def __init__(self, domain: Any = None, event_broker: Any = None, **kwargs: Any) -> None:
        kwargs.pop("host", None)
        super().__init__(domain, event_broker, **kwargs)
        self._elsewhere: dict[str, Turn] = {}

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Returns the tracker as it was after the turn before, or None for a new conversation."""
        memory = self._of(sender_id).memory
        if not memory:
            return None
        return DialogueStateTracker.from_dict(sender_id, memory, self.domain.slots)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keeps the last turns of a tracker."""
        self._of(tracker.sender_id).memory = [event.as_dict() for event in remembered(tracker)]

    async def keys(self) -> list[str]:
        """Returns the conversations kept outside turns."""
        return list(self._elsewhere)

    def _of(self, sender_id: str) -> Turn:
        turn = _turn.get()
        return turn if turn is not None else self._elsewhere.setdefault(sender_id, Turn(None))


def remembered(tracker: DialogueStateTracker) -> list[Event]:
    """Returns the events of the last turns, opened by a session, the slots and the form as they
    are now."""
    events = list(tracker.events)
    asked = [index for index, event in enumerate(events) if isinstance(event, UserUttered)]
    if len(asked) <= REMEMBERED_TURNS:
        return events
    start = asked[-REMEMBERED_TURNS]
    began = events[start].timestamp
    opening: list[Event] = [
        ActionExecuted("action_session_start", timestamp=began),
        SessionStarted(timestamp=began),
        *[
            SlotSet(name, slot.value, timestamp=began)
            for name, slot in tracker.slots.items()
            if slot.value is not None
        ],
        *([ActiveLoop(tracker.active_loop_name, began)] if tracker.active_loop_name else []),
        ActionExecuted("action_listen", timestamp=began),
    ]
    return opening + events[start:]


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
            seq: The number of the message in the log; the action that logs the turn needs it.
            choice: What a pressed button means ("faq/directions"), if one was pressed.

        Raises:
            TurnFailed: No model, no answer in time, or nothing was said.
        """
        if not self.is_ready:
            raise TurnFailed("no model is loaded")
        turn = Turn(memory)
        metadata = {
            "language": language,
            "message": seq,
            "choice": choice,
            "previous": history.previous_question(memory or [], time.time() - self._session()),
        }
        message = UserMessage(
            plain(text),
            Collector(turn, self._voice, language),
            conversation_id,
            input_channel="docent",
            metadata=metadata,
        )
        token = _turn.set(turn)
        try:
            await asyncio.wait_for(self._agent.handle_message(message), TURN_SECONDS)
        except asyncio.TimeoutError as error:
            raise TurnFailed("no answer in time") from error
        finally:
            _turn.reset(token)
        if not turn.replies and turn.case is None:
            raise TurnFailed("the dialogue said nothing")
        return turn

    def _session(self) -> float:
        """Returns how many seconds a question stays the one that is spoken of."""
        return float(self._agent.domain.session_config.session_expiration_time) * 60


def plain(text: str) -> str:
    """Returns what Rasa may read: no leading "/", which it takes for a command from anybody."""
    return text.strip().lstrip("/ \t\r\n")[:READ_CHARACTERS] or "?"


def load_agent(model: Path, action_url: str, action_secret: str) -> Agent:
    """Loads a model of our own making into an agent that remembers through `Memory`."""
    endpoint = EndpointConfig(
        action_url, headers={"X-Docent-Secret": action_secret}, enable_selective_domain=True
    )
    agent = QuickAgent(tracker_store=Memory(), action_endpoint=endpoint)
    agent.load_model(model)
    return agent
