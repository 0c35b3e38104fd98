"""Forms: collect, in a few kind questions, what staff need before a case opens.

Rasa keeps the form (`forms:` in domain.yml) and its slots, and `bot.nlu.form_listener` tells an
answer from everything else. What each form asks stands in `actions.enquiries`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Asked, MuseumAction, say, voice
from actions.buttons import button
from actions.enquiries import (
    COMPLAINT,
    FORMS,
    LOST_PROPERTY,
    REQUESTED,
    Events,
    Form,
    Question,
    begin,
    case_of,
    form_of,
    has_just_begun,
    last_form,
    leave,
    open_form,
    text_before,
)
from bot.nlu.form_answer import INFORM, SKIP, STOP
from bot.nlu.reactions import is_reaction
from bot.nlu.reports import cannot_wait, reports_own_loss, tells_grievance


class FormStep(MuseumAction, ABC):
    """A step of a form: it reads the conversation and returns events."""

    async def act(self, asked: Asked, dispatcher: CollectingDispatcher) -> None:
        """Says nothing: `take` does all there is to do."""

    @abstractmethod
    async def take(
        self, asked: Asked, dispatcher: CollectingDispatcher, tracker: Tracker
    ) -> Events:
        """Takes the step."""


class OfferForm(FormStep):
    """Answers a topic that leads to a form, with a button below; a loss is reported at once."""

    action = "action_offer_form"

    async def take(
        self, asked: Asked, dispatcher: CollectingDispatcher, tracker: Tracker
    ) -> Events:
        """Answers, and begins where the visitor's own words are a report already."""
        form = form_of(asked.topic or "")
        if form is LOST_PROPERTY and reports_own_loss(asked.text) and not open_form(tracker):
            dispatcher.utter_message(response=f"utter_{asked.topic}")
            return begin(form, {"lost_what": asked.text, **form.told_in(asked.text)}, tracker)
        buttons = enquiry_buttons(asked.topic or "", asked)
        dispatcher.utter_message(response=f"utter_{asked.topic}", buttons=buttons)
        return []


class BeginForm(FormStep):
    """Begins the form whose button was pressed; what the question before told is not asked."""

    action = "action_begin_form"

    async def take(
        self, asked: Asked, dispatcher: CollectingDispatcher, tracker: Tracker
    ) -> Events:
        """Opens the form."""
        form = form_of(asked.intent)
        assert form is not None
        return begin(form, form.told_in(text_before(tracker, f"faq/{form.topic}")), tracker)


class TakeComplaint(FormStep):
    """Listens to a complaint; who is angry, or asks for a person, has one at once."""

    action = "action_take_complaint"

    async def take(
        self, asked: Asked, dispatcher: CollectingDispatcher, tracker: Tracker
    ) -> Events:
        """Opens the form with what was told already, or the case."""
        told = tells_grievance(asked.text)
        known = {"complaint_what": asked.text} if told else {}
        if cannot_wait(asked.text):
            _ask_for(case_of(COMPLAINT, known, "complaint_reply"), dispatcher)
            return []
        known |= COMPLAINT.told_in(asked.text) if told else {}
        return begin(COMPLAINT, known, tracker)


class SendForm(FormStep):
    """Asks for the case once a form has everything it wants to know."""

    action = "action_send_form"

    async def take(
        self, asked: Asked, dispatcher: CollectingDispatcher, tracker: Tracker
    ) -> Events:
        """Hands the answers over and forgets them."""
        form = last_form(tracker)
        assert form is not None
        sentence = f"forms.sent.{form.reason}"
        _ask_for(case_of(form, form.answers(tracker), sentence), dispatcher)
        return leave(form)


class StopForm(FormStep):
    """Leaves a form; a complaint that was made reaches staff all the same."""

    action = "action_stop_form"

    async def take(
        self, asked: Asked, dispatcher: CollectingDispatcher, tracker: Tracker
    ) -> Events:
        """Says what became of what was told."""
        form = open_form(tracker)
        if form is None:
            dispatcher.utter_message(text=say("forms.nothing_open", asked))
            return []
        answers = form.answers(tracker)
        if form.kept and answers:
            _ask_for(case_of(form, answers, f"forms.stopped.{form.reason}"), dispatcher)
        else:
            dispatcher.utter_message(text=say("forms.stopped.nothing_sent", asked))
            dispatcher.utter_message(json_message={"unfinished": None})
        return leave(form)


class CheckAnswer(FormStep, ABC):
    """Takes an answer in the visitor's own words, and looks what else it answers."""

    @property
    @abstractmethod
    def form(self) -> Form:
        """The form."""

    async def take(
        self, asked: Asked, dispatcher: CollectingDispatcher, tracker: Tracker
    ) -> Events:
        """Keeps the words under each question that they answer."""
        asking = tracker.get_slot(REQUESTED)
        question = next((q for q in self.form.questions if q.slot == asking), None)
        words = tracker.get_slot(asking) if asking else None
        if asked.intent != INFORM or question is None or not words:
            return []
        return [SlotSet(slot, said) for slot, said in self._kept(question, words, tracker).items()]

    def _kept(self, question: Question, words: str, tracker: Tracker) -> dict[str, str | None]:
        if is_reaction(words):
            return {question.slot: None}
        told = self.form.told_in(words)
        more = {slot: words for slot in told if tracker.get_slot(slot) is None}
        missed = question.needs is not None and not question.needs(words)
        return {**more, question.slot: None if more and missed else words}


class AskQuestion(FormStep, ABC):
    """Asks one question of a form, with the ways to skip it and to leave."""

    @property
    @abstractmethod
    def form(self) -> Form:
        """The form."""

    @property
    @abstractmethod
    def question(self) -> Question:
        """The question."""

    async def take(
        self, asked: Asked, dispatcher: CollectingDispatcher, tracker: Tracker
    ) -> Events:
        """Asks; what was told so far waits in case the visitor falls silent."""
        words = [say(f"forms.ask.{self.question.slot}", asked)]
        if has_just_begun(tracker):
            words.insert(0, say(f"forms.begin.{self.form.reason}", asked))
        buttons = [
            button(SKIP, say("forms.button.skip", asked)),
            button(STOP, say("forms.button.stop", asked)),
        ]
        between = " " if asked.language == "en" else ""
        dispatcher.utter_message(text=between.join(words), buttons=buttons)
        answers = self.form.answers(tracker)
        if self.form.waits and answers:
            waiting = case_of(self.form, answers, f"forms.silent.{self.form.reason}")
            dispatcher.utter_message(json_message={"unfinished": waiting})
        return []


def enquiry_buttons(topic: str, asked: Asked) -> list[dict[str, str]]:
    """Returns the button below a topic's answer that begins its form, if it has one."""
    form = form_of(topic)
    key = f"forms.button.{form.reason}" if form else ""
    return [button(form.button, say(key, asked))] if form and key in voice().sentences else []


def _ask_for(case: dict[str, object], dispatcher: CollectingDispatcher) -> None:
    dispatcher.utter_message(json_message={"case": case})


def _check_of(form: Form) -> type[CheckAnswer]:
    """Returns the class that Rasa calls `validate_<form>`; the executor finds it as a subclass."""
    members = {"action": f"validate_{form.name}", "form": form, "__module__": __name__}
    return type(f"Check_{form.name}", (CheckAnswer,), members)


def _ask_of(form: Form, question: Question) -> type[AskQuestion]:
    """Returns the class that Rasa calls `action_ask_<slot>`."""
    name = f"action_ask_{question.slot}"
    members = {"action": name, "form": form, "question": question, "__module__": __name__}
    return type(f"Ask_{question.slot}", (AskQuestion,), members)


CHECKS = [_check_of(form) for form in FORMS]
ASKS = [_ask_of(form, question) for form in FORMS for question in form.questions]
