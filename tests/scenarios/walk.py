"""One visitor's way through the house, stage by stage, and what the log has to hold in the end."""

from __future__ import annotations

from dataclasses import dataclass, field

from standins.slack import labels

from .house import ADA, BEN, DESK, GUEST, House
from .words import Words, ref_in

# Everything here stays with staff, although the owner writes it.
NOTES = {
    "note": "note：she sounds upset",
    "beizhu": "备注: 先查一下",
    "slashes": "// only for us",
    "mention": f"<@{BEN}> can you look this up?",
}


@dataclass(frozen=True)
class Way:
    """What one visitor writes, and how staff work on it."""

    psid: str
    language: str
    faq: str
    topic: str
    hours: str
    person: str
    more: str
    claim: str
    close: str
    after: str
    after_topic: str

    def __str__(self) -> str:
        return self.psid


@dataclass
class Walk:
    """One visitor's way through the house; `said` is what the log has to hold in the end."""

    house: House
    words: Words
    way: Way
    said: list[tuple[str, str, str]] = field(default_factory=list)
    ref: str = ""
    card: str = ""

    def reads(self, author: str, *wanted: str) -> str:
        """Waits for the next message to the visitor, which must be one of these texts."""
        got = [entry for entry in self.said if entry[0] == "out"]
        text = self.house.texts(self.way.psid, len(got) + 1)[len(got)]
        assert text in wanted
        self.said.append(("out", author, text))
        return text

    def writes(self, text: str) -> None:
        self.house.write(self.way.psid, text, mid=f"mid.{self.way.psid}.{len(self.said)}")
        self.said.append(("in", "visitor", text))

    def replies(self, user: str, text: str) -> None:
        """Lets the owner reply, and waits until the visitor has it and Slack shows so."""
        ts = self.house.say(user, self.card, text)
        self.reads("staff", text)
        self.house.ticked(ts)

    # -- the stages, in their order -----------------------------------------------------------

    def the_bot_answers(self) -> None:
        way = self.way
        self.writes(way.faq)
        self.reads("bot", self.words.answer(way.topic, way.language, first=True))
        before = self.words.hours(way.hours, way.language)
        self.writes(way.hours)
        self.reads("bot", before, self.words.hours(way.hours, way.language))

    def a_case_opens(self) -> None:
        way = self.way
        self.writes(way.person)
        told = self.house.texts(way.psid, 3)[2]
        self.ref = ref_in(told)
        key = "handoff_open"
        self.reads("system", *self.words.acknowledgements(key, way.language, self.ref))
        self.card = self.house.card(self.ref)
        card = self.house.slack.message(DESK, self.card)
        assert labels(card)[:4] == ["Claim", "Resolve", "Back to bot", "Department"]
        assert way.person in str(card["blocks"])
        self.house.shows(self.card, way.faq)

    def the_visitor_adds_something(self) -> None:
        self.writes(self.way.more)
        self.house.shows(self.card, self.way.more)
        self.house.settled(self.way.psid)
        assert len(self.house.graph.sent(self.way.psid)) == 3

    def nobody_has_it_yet(self) -> str:
        """Staff write before anybody has claimed: it stays, and its author is asked."""
        asked = len(self.house.slack.ephemerals(ADA))
        text = f"Of course ({self.way.psid})."
        self.house.say(ADA, self.card, text)
        offer = self.house.offered(ADA, self._offers(ADA, asked))
        assert labels(offer) == ["Claim and send", "Keep as note"]
        assert len(self.house.graph.sent(self.way.psid)) == 3
        name = "Claim and send" if self.way.claim == "claim and send" else "Keep as note"
        self.house.press(ADA, offer["ts"], name)
        return text

    def ada_claims(self, before: str) -> None:
        """Claims by button, reaction or with the first reply."""
        if self.way.claim != "claim and send":
            self.said.append(("note", "staff", before))
        if self.way.claim == "button":
            self.house.press(ADA, self.card, "Claim")
        elif self.way.claim == "eyes":
            self.house.react(ADA, "eyes", self.card)
        self.reads("system", self.words.say("claimed", self.way.language, name="Ada"))
        if self.way.claim == "claim and send":
            self.reads("staff", before)
        self.house.shows(self.card, "Ada claimed this case.")

    def notes_stay(self) -> None:
        for text in NOTES.values():
            self.house.say(ADA, self.card, text)
            self.said.append(("note", "staff", text))
        self.house.driver.bot_says(DESK, "Deploy finished.", self.card)
        self.said.append(("note", "staff", "Deploy finished."))
        self.house.say(GUEST, self.card, "Hello from a guest.")
        self.said.append(("note", "staff", "Hello from a guest."))
        self.replies(ADA, f"We have a leaflet for that ({self.way.psid}).")

    def a_second_person_writes(self) -> None:
        asked = len(self.house.slack.ephemerals(BEN))
        text = f"I can add something ({self.way.psid})."
        self.house.say(BEN, self.card, text)
        offer = self.house.offered(BEN, self._offers(BEN, asked))
        assert labels(offer) == ["Send anyway", "Keep as note"]
        sent = len(self.house.graph.sent(self.way.psid))
        assert len([entry for entry in self.said if entry[0] == "out"]) == sent
        self.house.press(BEN, offer["ts"], "Send anyway")
        self.reads("staff", text)

    def the_department_changes(self) -> None:
        self.house.press(ADA, self.card, "department", option="Ticketing")
        self.house.shows(self.card, "Ada moved this case to Ticketing.")

    def ada_closes(self) -> None:
        key = "back_to_bot" if self.way.close == "back to bot" else "closed"
        if self.way.close == "resolve":
            self.house.press(ADA, self.card, "Resolve")
        elif self.way.close == "reaction":
            self.house.react(ADA, "white_check_mark", self.card)
        else:
            self.house.press(ADA, self.card, "Back to bot")
        self.reads("system", self.words.say(key, self.way.language))
        if key == "closed":
            self.reads("system", self.words.say("rating.ask", self.way.language))
        self.writes(self.way.after)
        self.reads("bot", self.words.answer(self.way.after_topic, self.way.language))

    def _offers(self, user: str, before: int) -> int:
        ghosts = self.house.slack.ephemerals(user)[:before]
        return len([ghost for ghost in ghosts if labels(ghost)]) + 1
