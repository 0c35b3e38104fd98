"""The forms: what they ask is asked everywhere alike, and what was told reaches staff whole."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from ruamel.yaml import YAML

from actions.enquiries import (
    COMPLAINT,
    FORMS,
    GROUP_VISIT,
    LOST_PROPERTY,
    case_of,
    details,
    form_of,
    hand_over,
    has_just_begun,
    last_form,
    open_form,
    text_before,
)
from bot.config import ROOT
from bot.content.voice import Voice

DOMAIN = YAML(typ="safe").load((ROOT / "domain.yml").read_text("utf-8"))
TOLD = {"lost_what": "my blue 围巾", "lost_where": "cafe, 昨天"}


def tracker(form: str | None = None, events: Any = (), **slots: Any) -> Tracker:
    return Tracker("web:1", slots, {}, list(events), False, None, {"name": form}, "x")


def test_the_domain_asks_the_same_questions_in_the_same_order() -> None:
    declared = {name: form["required_slots"] for name, form in DOMAIN["forms"].items()}
    assert declared == {form.name: [q.slot for q in form.questions] for form in FORMS}


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.reason)
def test_every_form_has_its_words_and_its_department(voice: Voice, form: Any) -> None:
    keys = [f"forms.begin.{form.reason}", f"forms.sent.{form.reason}"]
    keys += [f"forms.ask.{question.slot}" for question in form.questions]
    keys += [f"forms.silent.{form.reason}"] if form.waits else []
    keys += [f"forms.stopped.{form.reason}"] if form.kept else []
    assert [key for key in keys if key not in voice.sentences] == []
    assert form.reason in voice.museum.routing
    assert form.button in [next(iter(intent)) for intent in DOMAIN["intents"]]


def test_a_form_is_found_by_its_topic_and_by_its_button() -> None:
    assert form_of("faq/lost_property") is LOST_PROPERTY
    assert form_of("enquire_group_visit") is GROUP_VISIT
    assert form_of("complaint") is COMPLAINT
    assert form_of("faq/parking") is None


@pytest.mark.parametrize(
    ("answers", "shown"),
    [
        (TOLD, {"What was lost": "my blue 围巾", "Where and when": "cafe, 昨天"}),
        ({"lost_where": "昨天"}, {"Where and when": "昨天"}),
        (
            {"lost_what": "伞 in the cafe 昨天", "lost_where": "伞 in the cafe 昨天"},
            {"What was lost · Where and when": "伞 in the cafe 昨天"},
        ),
        ({}, {}),
    ],
)
def test_words_that_answer_two_questions_stand_once(
    answers: dict[str, str], shown: dict[str, str]
) -> None:
    assert details(LOST_PROPERTY, answers) == shown


def test_a_skipped_question_is_no_answer() -> None:
    asked = tracker("lost_property_form", lost_what="伞 umbrella", lost_where="", lost_marks=None)
    assert LOST_PROPERTY.answers(asked) == {"lost_what": "伞 umbrella"}


def test_a_case_of_nothing_told_has_no_details() -> None:
    assert case_of(COMPLAINT, {}, "x") == {"reason": "complaint", "sentence": "x"}


def test_the_open_form_and_the_one_that_just_ended() -> None:
    ended = [{"event": "active_loop", "name": "complaint_form"}, {"event": "active_loop"}]
    assert open_form(tracker("complaint_form")) is COMPLAINT
    assert (open_form(tracker(events=ended)), last_form(tracker(events=ended))) == (
        None,
        COMPLAINT,
    )
    assert last_form(tracker()) is None


@pytest.mark.parametrize(
    ("events", "begun"),
    [
        ([{"event": "user"}, {"event": "active_loop", "name": "complaint_form"}], True),
        ([{"event": "active_loop", "name": "complaint_form"}, {"event": "user"}], False),
        ([], False),
    ],
)
def test_has_just_begun(events: list[dict[str, Any]], begun: bool) -> None:
    assert has_just_begun(tracker(events=events)) is begun


def user(text: str, topic: str) -> dict[str, Any]:
    ranking = [{"name": topic, "confidence": 0.9}]
    return {"event": "user", "text": text, "parse_data": {"intent_ranking": ranking}}


def test_the_text_before_is_of_the_same_topic_and_session() -> None:
    old, new = user("旧 30 people", "faq/group_visits"), user("20 人", "faq/group_visits")
    other = user("几点 open", "faq/opening_hours")
    assert text_before(tracker(events=[old, new, other]), "faq/group_visits") == "20 人"
    session = {"event": "session_started"}
    assert text_before(tracker(events=[old, session, other]), "faq/group_visits") == ""


@pytest.mark.parametrize(
    ("reason", "becomes"),
    [("speak_to_human", "lost_property"), ("emergency", "emergency"), ("failure", "failure")],
)
def test_a_case_that_opens_while_a_form_asks_has_what_was_told(reason: str, becomes: str) -> None:
    dispatcher = CollectingDispatcher()
    dispatcher.utter_message(text="先打999 first")
    dispatcher.utter_message(json_message={"case": {"reason": reason, "sentence": "x"}})
    events = hand_over(dispatcher, tracker("lost_property_form", **TOLD))
    case = dispatcher.messages[1]["custom"]["case"]
    assert (case["reason"], case["details"]) == (becomes, details(LOST_PROPERTY, TOLD))
    assert {"event": "active_loop", "name": None, "timestamp": None} in events


def test_without_a_form_or_a_case_nothing_is_handed_over() -> None:
    dispatcher = CollectingDispatcher()
    dispatcher.utter_message(text="好 ok")
    assert hand_over(dispatcher, tracker("lost_property_form", **TOLD)) == []
    dispatcher.utter_message(json_message={"case": {"reason": "failure", "sentence": "x"}})
    assert hand_over(dispatcher, tracker()) == []
