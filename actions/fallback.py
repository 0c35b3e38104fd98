"""What Docent says where it does not know the answer: asks back, or offers a person.

Who was not understood twice in a row is offered a person, and never reads the same words twice.
"""

from __future__ import annotations

from rasa_sdk.executor import CollectingDispatcher

from actions.base import Asked, MuseumAction, say
from actions.buttons import person_button, topic_buttons

# Said in turn while a visitor is still not understood.
OFFERS = ("offer_person.once", "offer_person.again", "offer_person.still")


class Clarify(MuseumAction):
    """Offers the likeliest topics as buttons, and a person."""

    action = "action_clarify"

    async def act(self, asked: Asked, dispatcher: CollectingDispatcher) -> None:
        """Asks which topic was meant, or how else to put it where no topic is likely."""
        topics = topic_buttons(asked)
        if asked.misunderstood:
            buttons = [person_button(asked), *topics]
            dispatcher.utter_message(text=_offer(asked), buttons=buttons)
        elif topics:
            buttons = [*topics, person_button(asked, "clarify_none")]
            dispatcher.utter_message(text=say("clarify", asked), buttons=buttons)
        else:
            buttons = [person_button(asked)]
            dispatcher.utter_message(text=say("not_understood", asked), buttons=buttons)


class OutOfScope(MuseumAction):
    """Says what can be asked here; the second time it offers a person instead."""

    action = "action_out_of_scope"

    async def act(self, asked: Asked, dispatcher: CollectingDispatcher) -> None:
        """Says that this is not the museum's business."""
        if asked.misunderstood:
            dispatcher.utter_message(text=_offer(asked), buttons=[person_button(asked)])
        else:
            dispatcher.utter_message(text=say("out_of_scope", asked))


def _offer(asked: Asked) -> str:
    """Returns the words that offer a person, not those that were said last."""
    said = [say(key, asked) for key in OFFERS]
    last = said.index(asked.last_said) if asked.last_said in said else -1
    return said[(last + 1) % len(said)]
