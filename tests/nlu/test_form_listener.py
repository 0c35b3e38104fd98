"""The last word on a message while a form asks; without a form nothing is touched."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActiveLoop, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.training_data.message import Message

from bot.config import ROOT
from bot.nlu.form_listener import FormListener, asked_now

RANKING = [{"name": "faq/opening_hours", "confidence": 0.93}]


@pytest.fixture(scope="module")
def domain() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Rasa greets every domain of version 3 with one.
        return Domain.from_file(str(ROOT / "domain.yml"))


def tracker(domain: Any, form: str | None, slot: str | None) -> DialogueStateTracker:
    events = [ActiveLoop(form), SlotSet("requested_slot", slot)]
    return DialogueStateTracker.from_events("web:1", events, domain.slots)


def message(text: str, **data: Any) -> Message:
    topic = {"entity": "topic", "value": "opening_hours"}
    language = {"entity": "language", "value": "en"}
    given = {
        "text": text,
        "intent": {"name": "faq", "confidence": 0.93},
        "intent_ranking": RANKING,
        "decision": "answer",
        "entities": [language, topic],
        **data,
    }
    return Message(given)


@pytest.mark.parametrize(
    ("text", "intent", "decision"),
    [
        ("Tuesday 12 March, 30 people", "inform", "form"),
        ("下周二 10am，三十人", "inform", "form"),
        ("不知道", "skip_question", "form"),
        ("算了", "stop_form", "form"),
        ("just get me a person", "speak_to_human", "service"),
        ("几点关门？", "faq", "answer"),
        ("what time do you close on sunday", "faq", "answer"),
    ],
)
def test_a_form_listens(domain: Any, text: str, intent: str, decision: str) -> None:
    asking = tracker(domain, "group_visit_form", "group_when")
    [heard] = FormListener().process([message(text)], asking)
    assert (heard.get("intent")["name"], heard.get("decision")) == (intent, decision)
    topics = [e for e in heard.get("entities") if e["entity"] == "topic"]
    assert bool(topics) is (intent == "faq")
    assert heard.get("entities")[0]["entity"] == "language"


@pytest.mark.parametrize(("form", "slot"), [(None, None), (None, "group_when")])
def test_without_a_form_nothing_is_touched(domain: Any, form: Any, slot: Any) -> None:
    quiet = tracker(domain, form, slot)
    assert asked_now(quiet) is None
    [heard] = FormListener().process([message("算了")], quiet)
    assert heard.get("intent")["name"] == "faq"
    assert FormListener().process([message("cancel")])[0].get("decision") == "answer"


@pytest.mark.parametrize(
    "data", [{"urgent": "fire"}, {"metadata": {"choice": "faq/opening_hours"}}]
)
def test_an_emergency_and_a_pressed_button_are_what_they_are(domain: Any, data: Any) -> None:
    asking = tracker(domain, "complaint_form", "complaint_what")
    [heard] = FormListener().process([message("着火了 fire", **data)], asking)
    assert heard.get("intent")["name"] == "faq"
