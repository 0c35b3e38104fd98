"""What each form asks, in which order, and what becomes of the answers; the words are elsewhere.

The questions that visitors read stand in data/sentences.yml under `forms.ask`, by slot.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.nlu import told
from bot.nlu.reports import reports_own_loss

REQUESTED = "requested_slot"
Events = list[EventType]


@dataclass(frozen=True)
class Question:
    """One question of a form.

    Args:
        slot: Where the visitor's own words are kept.
        label: What staff read before them.
        told_by: Tells whether a text answers it unasked.
        needs: Tells whether an answer to it is one at all, where that can be told: "12 March" is
            none to "how many are you?".
    """

    slot: str
    label: str
    told_by: Callable[[str], bool] | None = None
    needs: Callable[[str], bool] | None = None


@dataclass(frozen=True)
class Form:
    """What is collected before a case opens.

    Args:
        name: The form in domain.yml.
        reason: The reason of the case; `desk.routing` of museum.yml finds its department.
        topic: The FAQ topic that leads to it.
        button: What its button means.
        questions: In the order of asking.
        kept: Whether words that were given reach staff although the visitor leaves.
        waits: Whether they reach staff although the visitor falls silent.
    """

    name: str
    reason: str
    topic: str
    button: str
    questions: tuple[Question, ...]
    kept: bool = False
    waits: bool = False

    def answers(self, tracker: Tracker) -> dict[str, str]:
        """Returns the visitor's words by slot, without the questions that were skipped."""
        found = {q.slot: str(tracker.get_slot(q.slot) or "").strip() for q in self.questions}
        return {slot: words for slot, words in found.items() if words}

    def told_in(self, text: str) -> dict[str, str]:
        """Returns the questions that a text answers unasked, with the text as their answer."""
        return {q.slot: text for q in self.questions if q.told_by and q.told_by(text)}


LOST_PROPERTY = Form(
    name="lost_property_form",
    reason="lost_property",
    topic="lost_property",
    button="enquire_lost_property",
    questions=(
        Question("lost_what", "What was lost", reports_own_loss),
        Question("lost_where", "Where and when", told.tells_where_and_when),
        Question("lost_marks", "How to recognise it"),
    ),
    waits=True,
)
GROUP_VISIT = Form(
    name="group_visit_form",
    reason="group_visit",
    topic="group_visits",
    button="enquire_group_visit",
    questions=(
        Question("group_size", "How many people", told.tells_people, told.tells_number),
        Question("group_when", "Date and time", told.tells_date),
        Question("group_needs", "What they need"),
    ),
)
SCHOOL_BOOKING = Form(
    name="school_booking_form",
    reason="school_booking",
    topic="school_groups",
    button="enquire_school_booking",
    questions=(
        Question("school_name", "School and class", told.tells_school),
        Question("school_numbers", "Pupils and adults", told.tells_people, told.tells_number),
        Question("school_when", "Date", told.tells_date),
        Question("school_hopes", "What they hope for"),
    ),
)
COMPLAINT = Form(
    name="complaint_form",
    reason="complaint",
    topic="complaint",
    button="complaint",
    questions=(
        Question("complaint_what", "What happened"),
        Question("complaint_where", "When and where", told.tells_where_and_when),
        Question("complaint_wish", "What would put it right"),
    ),
    kept=True,
    waits=True,
)
FORMS = (LOST_PROPERTY, GROUP_VISIT, SCHOOL_BOOKING, COMPLAINT)


def open_form(tracker: Tracker) -> Form | None:
    """Returns the form that asks just now, or None."""
    return _named((tracker.active_loop or {}).get("name"))


def last_form(tracker: Tracker) -> Form | None:
    """Returns the form that asks, or the one that has just ended."""
    loops = (e.get("name") for e in reversed(tracker.events) if e["event"] == "active_loop")
    return open_form(tracker) or _named(next((name for name in loops if name), None))


def has_just_begun(tracker: Tracker) -> bool:
    """Tells whether a form began with the message in hand, so that its first words are due."""
    for event in reversed(tracker.events):
        if event["event"] == "user":
            return False
        if event["event"] == "active_loop" and event.get("name"):
            return True
    return False


def text_before(tracker: Tracker, topic: str) -> str:
    """Returns what the visitor last wrote on a topic ("faq/group_visits"), or nothing."""
    for event in reversed(tracker.events):
        if event["event"] == "session_started":
            break
        ranking = (event.get("parse_data") or {}).get("intent_ranking") or [{}]
        if event["event"] == "user" and ranking[0].get("name") == topic:
            return str(event.get("text") or "")
    return ""


def hand_over(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    """Gives a case that opens while a form asks what was told, and returns how the form ends."""
    form = open_form(tracker)
    said = (message.get("custom") or {} for message in dispatcher.messages)
    case = next((custom["case"] for custom in said if "case" in custom), None)
    if form is None or case is None:
        return []
    answers = form.answers(tracker)
    if answers:
        case.setdefault("details", details(form, answers))
    if case["reason"] == "speak_to_human":
        case["reason"] = form.reason
    return leave(form)


def form_of(topic_or_button: str) -> Form | None:
    """Returns the form that a topic ("group_visits") or a button leads to, or None."""
    wanted = topic_or_button.removeprefix("faq/")
    return next((form for form in FORMS if wanted in (form.topic, form.button)), None)


def begin(form: Form, known: Mapping[str, str], tracker: Tracker) -> Events:
    """Returns the events that open a form, with what is known already."""
    every = [question.slot for other in FORMS for question in other.questions]
    emptied = {slot: None for slot in every if tracker.get_slot(slot) is not None}
    slots = [SlotSet(slot, words) for slot, words in {**emptied, **known}.items()]
    return [*slots, SlotSet(REQUESTED, None), FollowupAction(form.name)]


def leave(form: Form) -> Events:
    """Returns the events that close a form and forget its answers."""
    slots = [SlotSet(question.slot, None) for question in form.questions]
    return [*slots, ActiveLoop(None), SlotSet(REQUESTED, None)]


def details(form: Form, answers: Mapping[str, str]) -> dict[str, str]:
    """Returns the answers by the labels that staff read; words that answer two stand once."""
    labels: dict[str, list[str]] = {}
    for question in form.questions:
        if question.slot in answers:
            labels.setdefault(answers[question.slot], []).append(question.label)
    return {" · ".join(names): words for words, names in labels.items()}


def case_of(form: Form, answers: Mapping[str, str], sentence: str) -> dict[str, Any]:
    """Returns the case that a form asks for; its question is what was told first."""
    case: dict[str, Any] = {"reason": form.reason, "sentence": sentence}
    if answers:
        case |= {"details": details(form, answers), "question": next(iter(answers.values()))}
    return case


def _named(name: str | None) -> Form | None:
    return next((form for form in FORMS if form.name == name), None)
