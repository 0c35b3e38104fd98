"""Topics that are close enough to be meant by one question."""

from __future__ import annotations

FAQ = "faq/"
_FAMILIES = (
    "opening_hours late_opening closures",
    "admission_price concessions",
    "admission_price book_tickets",
    "book_tickets change_refund",
    "exhibitions_on exhibition_specific",
    "exhibition_specific admission_price",
    "guided_tours audio_guide",
    "events_talks exhibitions_on",
    "directions parking",
    "directions cycling",
    "school_groups group_visits",
    "object_location object_identification",
    "cloakroom_luggage security_bags",
    "wheelchair_access sensory_quiet",
    "membership donations",
)
NEIGHBOUR = 0.5
OTHER = 0.12


def likeness(name: str, topic: str) -> float:
    """Returns how much a topic counts where the question before was on another one."""
    if name == topic:
        return 1.0
    return NEIGHBOUR if is_near(name, topic) else OTHER


def is_near(name: str, topic: str | None) -> bool:
    """Tells whether two topics are one or close enough to be meant by one question."""
    pair = {name.removeprefix(FAQ), (topic or "").removeprefix(FAQ)}
    return len(pair) == 1 or any(pair <= set(family.split()) for family in _FAMILIES)
