"""What a rule that is sure does with the ranking of the classifier."""

from __future__ import annotations

from dataclasses import replace

from rasa.shared.nlu.constants import INTENT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.context import Ranking, Reading


def put_first(message: Message, name: str, least: float) -> None:
    """Puts one intent first in a message's ranking and in its reading, with at least this
    confidence; questions that the reading was parted into are one again."""
    ranking = headed(message.get("intent_ranking") or [], name, least)
    reading = message.get("reading")
    if isinstance(reading, Reading):
        message.set("reading", replace(reading, ranking=ranking, parts=(), unsure=False))
    message.set("intent_ranking", ranking, add_to_output=True)
    message.set(INTENT, ranking[0], add_to_output=True)


def headed(ranking: Ranking, name: str, least: float) -> Ranking:
    """Returns a ranking with one intent first; the rest share what it leaves, all sum to one."""
    present = next((each["confidence"] for each in ranking if each["name"] == name), 0.0)
    rest = [each for each in ranking if each["name"] != name]
    total = sum(each["confidence"] for each in rest)
    if total <= 0.0:
        return [{"name": name, "confidence": 1.0}, *rest]
    first = min(1.0, max(present, least))
    share = (1.0 - first) / total
    scaled = [{**each, "confidence": each["confidence"] * share} for each in rest]
    return [{"name": name, "confidence": first}, *scaled]
