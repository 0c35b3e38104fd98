"""Rasa's tracker of a conversation, read and copied without what Rasa does over and over.

Rasa looks through all its classes for each event that it reads, replays every event for a copy,
and once more for the states that rules are held against.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from functools import lru_cache
from typing import Any

from rasa.shared.core.domain import Domain, State
from rasa.shared.core.events import (
    ActionExecuted,
    ActionReverted,
    ActiveLoop,
    Event,
    Restarted,
    SessionStarted,
    UserUtteranceReverted,
)
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.utils.common import all_subclasses

# After these Rasa leaves some of the earlier events out when it looks back.
_REWRITING = (
    ActionReverted,
    ActiveLoop,
    Restarted,
    SessionStarted,
    UserUtteranceReverted,
)


class Tracker(DialogueStateTracker):
    """A tracker that is copied as it stands and keeps the states of the turn in hand.

    Args:
        sender_id: Whose conversation it is.
        domain: Its slots, and what of them rules see.
    """

    def __init__(self, sender_id: str, domain: Domain) -> None:
        super().__init__(sender_id, domain.slots)
        self._domain = domain
        # The states before each action since `begin`; None where Rasa would leave some out.
        self.states: list[State] | None = None

    @classmethod
    def of(cls, sender_id: str, events: Sequence[Mapping[str, Any]], domain: Domain) -> Tracker:
        """Returns the tracker of a conversation that was remembered."""
        tracker = cls(sender_id, domain)
        for event in read_events(events):
            tracker.update(event)
        return tracker

    def update(self, event: Event, domain: Domain | None = None) -> None:
        """Takes an event, as Rasa does, and notes the state before an action."""
        if self.states is not None:
            if isinstance(event, ActionExecuted):
                self.states.append(self._domain.get_active_state(self))
            elif isinstance(event, _REWRITING):
                self.states = None
        super().update(event, domain)

    def begin(self) -> None:
        """Begins to keep the states of a turn, unless a form asks."""
        looped = any(isinstance(event, ActiveLoop) and event.name for event in self.events)
        self.states = None if looped else []

    def copy(self) -> Tracker:
        """Returns a tracker in the same state, which goes its own way."""
        twin = Tracker.__new__(Tracker)
        twin.__dict__.update(self.__dict__)
        twin.events = deque(self.events, self.events.maxlen)
        twin.slots = {name: _twin(slot) for name, slot in self.slots.items()}
        twin.active_loop, twin.latest_action = copy(self.active_loop), copy(self.latest_action)
        twin.states = None
        return twin


def read_events(events: Iterable[Mapping[str, Any]]) -> list[Event]:
    """Returns events that were written down, as Rasa's `deserialise_events` reads them."""
    kinds = _kinds()
    return [kinds[event["event"]]._from_parameters(event) for event in events]


@lru_cache(maxsize=1)
def _kinds() -> dict[str, Any]:
    """Returns the classes of events by their names; the first of a name counts."""
    return {kind.type_name: kind for kind in reversed(all_subclasses(Event))}


def _twin(slot: Slot) -> Slot:
    twin = slot.__class__.__new__(slot.__class__)
    twin.__dict__.update(slot.__dict__)
    return twin
