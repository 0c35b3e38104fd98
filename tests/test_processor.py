"""The quick processor gives what Rasa's own gives, and refuses what Rasa's refuses; whole
conversations are held side by side in tests/test_rules.py."""

from __future__ import annotations

import asyncio
from typing import Any

import jsonschema
import pytest
from rasa.core.actions.action import RemoteAction
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.trackers import DialogueStateTracker

from bot.dialogue import plain
from bot.processor import Processor, StraightRunner

TEXTS = [
    "are you open on sunday",
    "票价多少",
    "輪椅可以借嗎？",
    "你们 today 开到几点",
    "my kid is bleeding",
    "what time does the louvre shut",
    "🌙?",
]


@pytest.fixture(scope="module")
def rasas(agent: Agent) -> DaskGraphRunner:
    """Rasa's own runner over the very same parts."""
    ours = agent.processor.graph_runner
    assert isinstance(ours, StraightRunner)
    made = DaskGraphRunner.__new__(DaskGraphRunner)
    made._graph_schema, made._instantiated_nodes = ours._schema, dict(ours._nodes)
    made._execution_context = None
    return made


def parsed(agent: Agent, text: str) -> Any:
    return asyncio.run(agent.processor.parse_message(UserMessage(plain(text))))


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_understood_as_by_rasas_runner(
    agent: Agent, rasas: DaskGraphRunner, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = parsed(agent, text)
    monkeypatch.setattr(agent.processor, "graph_runner", rasas)
    assert parsed(agent, text) == ours
    assert ours["intent"]["name"]


@pytest.mark.parametrize("text", TEXTS)
def test_the_next_action_is_that_of_rasas_runner(
    agent: Agent, rasas: DaskGraphRunner, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracker = DialogueStateTracker.from_events(text, [], agent.domain.slots)
    message = UserMessage(plain(text), sender_id=text)
    asyncio.run(agent.processor._handle_message_with_tracker(message, tracker))
    action, prediction = agent.processor.predict_next_with_tracker_if_should(tracker)
    monkeypatch.setattr(agent.processor, "graph_runner", rasas)
    theirs, known = agent.processor.predict_next_with_tracker_if_should(tracker)
    assert (action.name(), prediction.probabilities) == (theirs.name(), known.probabilities)


@pytest.mark.parametrize(
    "answer",
    [
        {"events": [{"event": "slot", "name": "topic", "value": "门票 ticket"}], "responses": []},
        {"events": [], "responses": [{"text": "我们9:30开门 😀"}]},
        {"responses": []},
    ],
)
def test_a_right_answer_of_an_action_is_taken(answer: dict[str, Any]) -> None:
    assert RemoteAction("action_answer", None)._validate_action_result(answer)


@pytest.mark.parametrize(
    "answer",
    [
        {"events": [{"name": "没有 event"}], "responses": []},
        {"events": "none"},
        {"responses": ["just words"]},
        None,
    ],
)
def test_a_wrong_answer_of_an_action_is_refused(answer: Any) -> None:
    with pytest.raises(jsonschema.ValidationError):
        RemoteAction("action_answer", None)._validate_action_result(answer)


def test_the_agent_works_with_them(agent: Agent) -> None:
    assert isinstance(agent.processor, Processor)
    assert agent.domain is agent.processor.domain is agent.tracker_store.domain
