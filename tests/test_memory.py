"""Rasa's memory: it lies in the database alone, and what cannot be read or kept is never hidden.

Rasa wraps every tracker store in a FailSafeTrackerStore, which answers on from an empty memory
where the store fails. Docent's store touches no database that could fail; what else may go wrong
in it ends the turn, which is tried again and then goes to a person.
"""

from __future__ import annotations

from typing import Any

import pytest
from rasa.core.tracker_store import FailSafeTrackerStore
from rasa.shared.core.trackers import DialogueStateTracker

from bot.content.voice import Voice
from bot.dialogue import Dialogue, Memory
from bot.errors import TurnFailed

QUESTIONS = [
    ("en", "can i take photos"),
    ("zh-Hans", "可以拍照吗"),
    ("zh-Hant", "可以 take photos?"),
]
DAMAGED: list[list[dict[str, Any]]] = [
    [{"event": "user"}],
    [{"event": "nothing that Rasa knows"}],
]


@pytest.fixture(scope="module")
def dialogue(agent: Any, voice: Voice) -> Dialogue:
    return Dialogue(agent, voice)


async def ask(dialogue: Dialogue, question: str, language: str = "en", memory: Any = None) -> Any:
    return await dialogue.run("messenger:memory", question, language, memory, 1)


async def test_the_stores_own_failures_would_be_hidden_by_rasa(agent: Any) -> None:
    # Where this fails, Rasa has changed, and what is guarded against below is gone.
    assert isinstance(agent.tracker_store, FailSafeTrackerStore)
    assert isinstance(agent.tracker_store._tracker_store, Memory)


@pytest.mark.parametrize("memory", DAMAGED, ids=["no text", "unknown"])
async def test_a_memory_that_cannot_be_read_is_not_taken_for_a_new_visitor(
    dialogue: Dialogue, memory: Any
) -> None:
    with pytest.raises(TurnFailed, match="memory"):
        await ask(dialogue, "can i take photos", memory=memory)


@pytest.mark.parametrize(("language", "question"), QUESTIONS)
async def test_a_memory_that_cannot_be_kept_gives_no_answer(
    dialogue: Dialogue, monkeypatch: pytest.MonkeyPatch, language: str, question: str
) -> None:
    def fails(_: Any) -> list[Any]:
        raise RuntimeError("no room")

    monkeypatch.setattr("bot.dialogue.remembered", fails)
    with pytest.raises(TurnFailed, match="memory"):
        await ask(dialogue, question, language)


async def test_nothing_is_kept_beside_the_turn(
    dialogue: Dialogue, agent: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await ask(dialogue, "can i take photos")
    # A second process, or this one after its turn's commit failed, knows what the log says.
    again = await ask(dialogue, "可以拍照吗", "zh-Hans", memory=None)
    for turn, text in ((first, "can i take photos"), (again, "可以拍照吗")):
        assert [e["text"] for e in turn.memory if e["event"] == "user"] == [text]
    assert agent.tracker_store._tracker_store._elsewhere == {}
    stored: DialogueStateTracker | None = await agent.tracker_store.retrieve("messenger:memory")
    assert stored is None or stored.latest_message is None or not stored.latest_message.text
