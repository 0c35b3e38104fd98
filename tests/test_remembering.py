"""What is written down of Rasa's events: all that a later turn reads, and little else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from rasa.core.agent import Agent
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    Event,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot import history
from bot.content.voice import Voice
from bot.dialogue import Dialogue
from bot.remembering import REMEMBERED_TURNS, last_turns, remembered, written
from bot.tracker import read_events

NOTED = {"model_id": "a", "assistant_id": "b"}
PARSED: Any = {
    "intent": {"name": "faq", "confidence": 0.9, "full_retrieval_intent_name": "faq/photography"},
    "entities": [{"entity": "topic", "value": "photography"}],
    "text": "可以拍照 photos?",
    "intent_ranking": [{"name": "faq/photography", "confidence": 0.9}],
    "decision": "answer",
    "asked": "可以拍照 photos?",
    "text_tokens": [(0, 1), (1, 2)],
    "response_selector": {"all_retrieval_intents": ["faq"]},
}
TALKS = {
    "en": [
        "are you open on Saturday?",
        "and on Sundays?",
        "can I take photos",
        "thanks",
        "parking",
    ],
    "zh-Hans": ["票价多少", "那学生呢？", "可以拍照吗", "谢谢", "几点关门", "你好"],
    "zh-Hant": ["請問輪椅可以借嗎", "what time do you shut", "廁所 where", "我想book兩張ticket"],
}


@pytest.mark.parametrize(
    "event",
    [
        ActionExecuted("action_answer", "RulePolicy", 1.0, 12.5, NOTED, hide_rule_turn=True),
        ActionExecuted("action_listen"),
        SlotSet("topic", None, 3.0, NOTED),
        SlotSet("language", "zh-Hant", 3.0),
        SlotSet("details", {}, 3.0),
        ActiveLoop(None, 4.0, NOTED),
        ActiveLoop("lost_property_form", 4.0),
        BotUttered("您好", {"buttons": [{"title": "停车", "payload": "faq/parking"}]}, NOTED, 5.0),
        BotUttered("Hello", {"buttons": None, "image": None, "custom": None}, None, 5.0),
        UserUttered(
            "可以拍照 photos?", PARSED["intent"], PARSED["entities"], PARSED, 6.0, "docent"
        ),
    ],
    ids=lambda event: str(event)[:40],
)
def test_an_event_is_read_as_it_was(event: Event) -> None:
    [again] = read_events([json.loads(json.dumps(written(event)))])
    assert type(again) is type(event)
    differs = {"metadata", "message_id", "parse_data"}
    before, after = event.as_dict(), again.as_dict()
    if before["event"] == "bot":
        before["data"] = {name: each for name, each in before["data"].items() if each is not None}
    assert {name for name in before if before[name] != after.get(name)} <= differs
    assert "model_id" not in json.dumps(written(event))


def test_what_a_later_turn_reads_of_a_message_is_written() -> None:
    known = {"language": "zh-Hans", "message": 7, "choice": None, "previous": {"text": "几点"}}
    event = UserUttered("可以拍照 photos?", None, None, PARSED, 6.0, "docent", "x", known)
    lean = written(event)
    assert lean["metadata"] == {"language": "zh-Hans", "message": 7}
    left_out = {"message_id", "metadata", "text_tokens", "response_selector"}
    assert set(event.as_dict()["parse_data"]) - set(lean["parse_data"]) == left_out
    for read in (history.newest_understood, lambda found: history.previous_question(found, 0.0)):
        assert read([lean]) == read([event.as_dict()]) is not None


def whole(tracker: DialogueStateTracker) -> list[dict[str, Any]]:
    """Returns the same events as Rasa writes them."""
    return [event.as_dict() for event in last_turns(tracker)]


@pytest.mark.parametrize("language", TALKS)
async def test_a_conversation_takes_little_more_than_half_of_the_room(
    agent: Agent, voice: Voice, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = []
    for way in (remembered, whole):
        monkeypatch.setattr("bot.dialogue.remembered", way)
        memory = None
        for text in TALKS[language]:
            memory = (await Dialogue(agent, voice).run("m:1", text, language, memory, 1)).memory
        assert memory is not None
        assert sum(event["event"] == "user" for event in memory) == REMEMBERED_TURNS
        sizes.append(len(json.dumps(memory)))
    assert sizes[0] < 0.6 * sizes[1]
