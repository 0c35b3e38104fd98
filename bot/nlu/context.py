"""What a text means after what was said before, and how many questions it holds.

Combines rankings of texts; the model that ranks is handed in, so all of this works on any.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from bot.nlu import follow_up
from bot.nlu.corrections import Correction, correction
from bot.nlu.neighbours import FAQ, is_near, likeness
from bot.nlu.reactions import is_reaction
from bot.nlu.several import questions

Ranking = list[dict[str, Any]]
Rank = Callable[[str], Ranking]

THANKS = "thanks"
# How much it counts that a text is nothing but a reaction.
SURELY = 0.95
# How much the question before counts beside the text alone, by the kind of follow-up.
WEIGHTS: Mapping[follow_up.Kind, float] = {
    "none": 0.0,
    "opened": 0.5,
    "same": 0.8,
    "bare": 0.7,
    "narrowed": 0.9,
}
# Of what the question before brings: how much its topic itself, beside both texts ranked as one.
STAYS = 0.75
# How much the surest of several questions on one topic counts beside the whole message.
AGREED = 0.5
# Where no second topic has as much of a chance, the message asks one thing, whatever its parts
# look like. Not above the setting `supported` of `Scope`, which would count none of them.
ONE_THING = 0.0008
# "How much is it then?" after these asks about the museum itself, not about what was answered.
MUSEUM_ITSELF = frozenset(
    """
    opening_hours late_opening closures photography toilets_baby_change pets_guide_dogs wifi
    lost_property security_bags directions website_accessibility health_safety
    """.split()
)


@dataclass(frozen=True)
class Previous:
    """The question before.

    `topic` is "faq/directions", or None where it was asked back. `rejected` are the topics that
    the visitor has turned down since, `others` what was asked and answered in the same message.
    """

    text: str
    topic: str | None = None
    rejected: tuple[str, ...] = ()
    others: tuple[Previous, ...] = ()

    def nearest(self, ranking: Ranking) -> Previous:
        """Returns the one of the questions before that a ranking thinks likeliest."""
        chances = {ranked["name"]: ranked["confidence"] for ranked in ranking}
        return max((self, *self.others), key=lambda each: chances.get(each.topic, 0.0))


@dataclass(frozen=True)
class Part:
    """One question of a message, with what went before it put in front, and its ranking.

    `support` is the chance that the whole message gives to the topic of this part.
    """

    text: str
    ranking: Ranking
    support: float = 1.0


@dataclass(frozen=True)
class Reading:
    """A message in its context.

    `parts` are its questions where it holds several. `unsure` is set where the visitor said that
    the answer was wrong, and nothing else: then no ranking is sure enough.
    """

    asked: str
    ranking: Ranking
    parts: tuple[Part, ...] = ()
    rejected: tuple[str, ...] = ()
    unsure: bool = False


def understand(text: str, metadata: Mapping[str, Any], rank: Rank) -> Reading:
    """Returns how a message is to be read.

    Args:
        text: What the visitor wrote. In what is returned, a line break stands only between a
            question and what followed it.
        metadata: `choice`, what a pressed button means, and `previous`, the question before.
        rank: Ranks any text.
    """
    previous, rank = previous_of(metadata), cache(rank)
    sentences, text = text, " ".join(text.split())
    if metadata.get("choice") is not None:
        asked = f"{previous.text}\n{text}" if previous and previous.topic is None else text
        return Reading(asked, [{"name": metadata["choice"], "confidence": 1.0}])
    if is_reaction(text):
        thanks = [{"name": THANKS, "confidence": 1.0}]
        return Reading(text, combined(rank(text), thanks, SURELY))
    corrected = correction(text) if previous else None
    if previous and corrected:
        return _corrected(text, corrected, previous, rank)
    whole = in_context(text, previous, rank)
    parts = _parts(sentences, previous, rank)
    return Reading(whole.text, _agreed(whole.ranking, parts), parts)


def previous_of(metadata: Mapping[str, Any]) -> Previous | None:
    """Returns the question before as the dialogue handed it over."""
    given = metadata.get("previous")
    if not given:
        return None
    others = tuple(Previous(each["text"], each["topic"]) for each in given.get("others") or ())
    rejected = tuple(given.get("rejected") or ())
    return Previous(given["text"], given.get("topic"), rejected, others)


def in_context(text: str, previous: Previous | None, rank: Rank) -> Part:
    """Returns a question as it reads after the one before."""
    alone = rank(text)
    leaning = follow_up.kind(text) if previous else "none"
    if previous is None or leaning == "none":
        return Part(text, alone)
    previous = previous.nearest(alone)
    weight = _weight(leaning, previous, alone[0]["confidence"])
    both = f"{previous.text}\n{text}"
    if not weight:
        return Part(text, alone)
    ranking = combined(alone, _carried(rank(both), previous), weight)
    stays = is_near(ranking[0]["name"], previous.topic)
    return Part(both if stays or previous.topic is None else text, ranking)


def combined(alone: Ranking, carried: Ranking, weight: float) -> Ranking:
    """Returns two rankings as one, likeliest first."""
    chances = {ranked["name"]: (1 - weight) * ranked["confidence"] for ranked in alone}
    for ranked in carried:
        chances[ranked["name"]] = chances.get(ranked["name"], 0) + weight * ranked["confidence"]
    return _ordered(chances)


def without(ranking: Ranking, rejected: tuple[str, ...]) -> Ranking:
    """Returns a ranking without topics that the visitor has turned down."""
    return _ordered({r["name"]: r["confidence"] for r in ranking if r["name"] not in rejected})


def _weight(leaning: follow_up.Kind, previous: Previous, sure: float) -> float:
    """Returns how much the question before counts for a text that is so sure by itself."""
    if previous.topic is None:
        return 0.5
    if leaning == "bare" and previous.topic.removeprefix(FAQ) in MUSEUM_ITSELF:
        return 0.0
    return WEIGHTS[leaning] * (1 - sure if leaning == "opened" else 1)


def _carried(both: Ranking, previous: Previous) -> Ranking:
    """Returns what the question before speaks for: its topic, and beside it those like it."""
    if previous.topic is None:
        return both
    chances = {r["name"]: r["confidence"] * likeness(r["name"], previous.topic) for r in both}
    total = sum(chances.values()) or 1.0
    scaled = {name: (1 - STAYS) * chance / total for name, chance in chances.items()}
    scaled[previous.topic] = scaled.get(previous.topic, 0.0) + STAYS
    return _ordered(scaled)


def _corrected(text: str, corrected: Correction, previous: Previous, rank: Rank) -> Reading:
    """Returns what a correction means: a word of the question before changed, or its topic."""
    if not corrected.meant:
        rejected = _rejected(previous)
        likely = _carried(rank(previous.text), previous)
        left = without(likely, rejected) or rank(text)
        return Reading(previous.text, left, rejected=rejected, unsure=True)
    meant = corrected.meant
    if follow_up.kind(meant) == "narrowed":
        part = in_context(meant, previous, rank)
        return Reading(part.text, part.ranking)
    ranking = rank(meant)
    if ranking[0]["name"] == previous.topic and follow_up.narrows(meant):
        # "No, I asked when you open on Sunday": the topic was right, the day was not.
        return Reading(meant, ranking)
    rejected = _rejected(previous)
    return Reading(meant, without(ranking, rejected), rejected=rejected)


def _rejected(previous: Previous) -> tuple[str, ...]:
    now = (previous.topic,) if previous.topic else ()
    return tuple(dict.fromkeys((*previous.rejected, *now)))


def _parts(text: str, previous: Previous | None, rank: Rank) -> tuple[Part, ...]:
    """Returns the questions of a text, each read after the one before it."""
    asked = [" ".join(question.split()) for question in questions(text)]
    likely = rank(" ".join(text.split()))
    second = likely[1]["confidence"] if len(likely) > 1 else 0.0
    if len(asked) < 2 or second < ONE_THING:
        return ()
    whole = {each["name"]: each["confidence"] for each in likely}
    parts: list[Part] = []
    for question in asked:
        part = in_context(question, previous, rank)
        best = part.ranking[0]["name"]
        parts.append(replace(part, support=whole.get(best, 0.0)))
        previous = Previous(question, best) if best.startswith(FAQ) else previous
    return tuple(parts)


def _agreed(ranking: Ranking, parts: tuple[Part, ...]) -> Ranking:
    """Returns the ranking of a message, surer where all its parts are on one topic."""
    if len({part.ranking[0]["name"] for part in parts}) != 1:
        return ranking
    surest = max(parts, key=lambda part: part.ranking[0]["confidence"])
    return combined(ranking, surest.ranking, AGREED)


def _ordered(chances: Mapping[str, float]) -> Ranking:
    """Returns chances as a ranking that adds up to one."""
    total = sum(chances.values()) or 1.0
    ranking = [{"name": name, "confidence": chance / total} for name, chance in chances.items()]
    return sorted(ranking, key=lambda ranked: -ranked["confidence"])
