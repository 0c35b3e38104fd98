"""Whole conversations by Docent's quick processor and by Rasa's own: the same events.

On one side Rasa's processor, graph runner, rule policy and tracker, which remembers whole events;
on the other ours. Both have the same trained parts and the same actions.
"""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from rasa.core.agent import Agent
from rasa.core.processor import MessageProcessor
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.events import deserialise_events
from rasa.shared.core.trackers import DialogueStateTracker

from bot.content.voice import Voice
from bot.dialogue import Dialogue, Memory, Turn
from bot.remembering import last_turns, written
from bot.tracker import Tracker, read_events

Line = str | tuple[str, str]
TALKS: dict[str, list[Line]] = {
    "en": [
        "hello",
        "are you open on Saturday?",
        "and on Sundays?",
        "no that's wrong",
        "What time do you open on Friday and can I take photos?",
        "thanks!",
    ],
    "zh-Hans": ["票价多少", "那学生呢？", "你个笨蛋", "你个笨蛋", "可以拍照吗", "转人工"],
    "zh-Hant": [
        "請問輪椅可以借嗎",
        "what time does the louvre shut",
        "隨便講講 blah blah",
        "我流血了",
    ],
    "form left": [
        ("Report it", "enquire_lost_property"),
        "my black 雨伞",
        "可以拍照吗？",
        "in the café yesterday",
        "never mind",
        "几点关门",
    ],
    "form sent": [
        ("Send an enquiry", "enquire_group_visit"),
        "about 30 人",
        "12 March",
        ("Skip", "skip_question"),
        "can i park",
    ],
    "form and person": [
        ("预约", "enquire_school_booking"),
        "实验小学三年级",
        "find真人客服",
        "hello again",
    ],
    "complaint": [
        "I want to complain, your staff was rude",
        "昨天在二楼",
        "cancel",
        "thanks 谢谢",
    ],
}


class RasasMemory(Memory):
    """The same turns with all that Rasa writes of an event, read into Rasa's own tracker."""

    async def retrieve(self, sender_id: str) -> DialogueStateTracker:
        """Returns what Rasa makes of it."""
        memory = self._of(sender_id).memory
        if not memory:
            return await self.create_tracker(sender_id)
        return DialogueStateTracker.from_dict(sender_id, memory, self.domain.slots)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keeps whole events."""
        turn = self._of(tracker.sender_id)
        turn.memory = [event.as_dict() for event in last_turns(tracker)]

    def init_tracker(self, sender_id: str) -> DialogueStateTracker:
        """Returns Rasa's tracker."""
        return DialogueStateTracker(sender_id, self.domain.slots)


class Plain:
    """An agent around Rasa's own processor."""

    def __init__(self, agent: Agent) -> None:
        self.domain = agent.domain
        self.processor = MessageProcessor.__new__(MessageProcessor)
        self.processor.__dict__.update(agent.processor.__dict__)
        self.processor.graph_runner = rasas_runner(agent)
        self.processor.tracker_store = RasasMemory(agent.domain)

    def is_ready(self) -> bool:
        """Tells that there is a model."""
        return True

    async def handle_message(self, message: Any) -> Any:
        """Runs one turn as Rasa does."""
        return await self.processor.handle_message(message)


def is_rules(part: Any) -> bool:
    """Tells whether a part of a model is the quick rule policy; its import warns of its age."""
    return type(part).__module__ == "bot.rules"


def policy_of(agent: Agent) -> Any:
    """Returns the quick rule policy of a loaded model."""
    parts = (node._component for node in agent.processor.graph_runner._nodes.values())
    [found] = filter(is_rules, parts)
    return found


def rasas_runner(agent: Agent) -> DaskGraphRunner:
    """Returns Rasa's own runner over the same parts, with Rasa's own rule policy."""
    ours = agent.processor.graph_runner
    nodes = {name: copy.copy(node) for name, node in ours._nodes.items()}
    for node in nodes.values():
        if is_rules(node._component):
            node._component = copy.copy(node._component)
            node._component.__class__ = type(node._component).__mro__[1]
            assert node._component.__class__.__module__.startswith("rasa.")
    made = DaskGraphRunner.__new__(DaskGraphRunner)
    made._graph_schema, made._instantiated_nodes = ours._schema, nodes
    made._execution_context = None
    return made


def told(turn: Turn) -> Any:
    """Returns a turn without what differs from one moment to the next."""

    def bare(found: Any) -> Any:
        if isinstance(found, dict):
            passing = ("timestamp", "message_id", "latest_event_time")
            return {name: bare(value) for name, value in found.items() if name not in passing}
        return [bare(each) for each in found] if isinstance(found, list) else found

    said = [(reply.text, reply.buttons) for reply in turn.replies]
    memory = [written(event) for event in deserialise_events(turn.memory or [])]
    return bare(json.loads(json.dumps(memory))), said, turn.case, turn.unfinished


@pytest.mark.parametrize("name", TALKS)
async def test_a_conversation_goes_as_with_rasas_own(
    agent: Agent, voice: Voice, name: str
) -> None:
    ours, theirs = Dialogue(agent, voice), Dialogue(Plain(agent), voice)  # type: ignore[arg-type]
    language = name if name in ("en", "zh-Hans", "zh-Hant") else "en"
    memories: list[Any] = [None, None]
    for line in TALKS[name]:
        text, choice = line if isinstance(line, tuple) else (line, None)
        turns = [
            await side.run("m:1", text, language, memory, 1, choice)
            for side, memory in zip((ours, theirs), memories, strict=True)
        ]
        assert told(turns[0]) == told(turns[1]), text
        memories = [json.loads(json.dumps(turn.memory)) for turn in turns]


async def test_a_prediction_does_not_lean_on_an_earlier_one(agent: Agent, voice: Voice) -> None:
    policy, dialogue = policy_of(agent), Dialogue(agent, voice)
    policy._found.clear()
    turns = []
    for _ in range(2):
        first = await dialogue.run("m:1", "可以拍照吗 photos?", "en", None, 1)
        turns.append(told(await dialogue.run("m:1", "谢谢 thanks", "en", first.memory, 1)))
        assert policy._found
    assert turns[0] == turns[1]


async def test_no_words_of_a_visitor_are_kept_with_the_rules(agent: Agent, voice: Voice) -> None:
    policy = policy_of(agent)
    policy._found.clear()
    await Dialogue(agent, voice).run("m:1", "can I 拍照 in room seven", "en", None, 1)
    assert policy._found
    assert "seven" not in str(policy._found)


async def events_of(agent: Agent, voice: Voice) -> list[dict[str, Any]]:
    memory = None
    for text in ("are you open on 周日", "thanks", "转人工"):
        memory = (await Dialogue(agent, voice).run("m:1", text, "en", memory, 1)).memory
    assert memory
    return memory


async def test_events_are_read_as_rasa_reads_them(agent: Agent, voice: Voice) -> None:
    memory = await events_of(agent, voice)
    ours, theirs = read_events(memory), deserialise_events(memory)
    assert [event.as_dict() for event in ours] == [event.as_dict() for event in theirs]
    assert list(map(type, ours)) == list(map(type, theirs))


async def test_a_copy_is_the_same_and_goes_its_own_way(agent: Agent, voice: Voice) -> None:
    memory = await events_of(agent, voice)
    tracker = Tracker.of("m:1", memory, agent.domain)
    twin = tracker.copy()
    theirs = DialogueStateTracker.from_dict("m:1", memory, agent.domain.slots).copy()
    assert twin.current_state() == tracker.current_state() == theirs.current_state()
    twin.update(deserialise_events([{"event": "slot", "name": "abused", "value": True}])[0])
    twin.update(deserialise_events([{"event": "active_loop", "name": "complaint_form"}])[0])
    assert (tracker.get_slot("abused"), tracker.active_loop_name) == (None, None)
    assert len(twin.events) == len(tracker.events) + 2
