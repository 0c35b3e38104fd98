"""Slack is away, then Docent is: the web desk goes on, and both sides catch up, once."""

from __future__ import annotations

import json
from typing import Any

from standins.wire import call

from .house import ADA, DESK, House
from .waiting import until
from .words import Words, ref_in

PERSON = "can I talk to a person please"
ANSWER = "Yes, you may bring a stroller 婴儿车可以带。"
LATER, AGAIN = "谢谢 thanks, and a dog?", "Guide dogs 导盲犬 are welcome."
UNHEARD = "The lift is working again 电梯修好了。"


def at_desk(house: House, ref: str, step: str, **body: Any) -> dict[str, Any]:
    """Takes a step at the web desk."""
    address = f"{house.program.url}/desk/api/cases/{ref}/{step}"
    headers = {"X-Docent-Desk": "1", "Content-Type": "application/json"}
    answer = call("POST", address, json.dumps({"by": "Mei 梅", **body}).encode(), headers)
    assert answer.status == 200, answer
    told: dict[str, Any] = json.loads(answer.body)
    return told


def told_in_order(thread: str, *words: str) -> bool:
    """Tells whether a thread has each of these once, one after another."""
    places = [thread.find(each) for each in words]
    return -1 not in places and places == sorted(places)


def test_the_web_desk_goes_on_without_slack_which_then_catches_up(
    house: House, words: Words
) -> None:
    house.slack.down()
    [told] = house.ask("stroller", PERSON)
    ref = ref_in(told)
    at_desk(house, ref, "claim")
    assert house.texts("stroller", 2)[1] == words.say("claimed", "en", name="Mei 梅")
    assert at_desk(house, ref, "reply", text=ANSWER)["outcome"] == "queued"
    assert house.texts("stroller", 3)[2] == ANSWER
    house.write("stroller", LATER)
    until(lambda: len(house.messages("stroller", "in")) == 2, "the visitor to be heard")
    house.settled("stroller")
    assert at_desk(house, ref, "reply", text=AGAIN)["outcome"] == "queued"
    assert house.texts("stroller", 4)[3] == AGAIN
    assert house.cards(ref) == []

    house.slack.up()
    card = house.card(ref)
    house.shows(card, AGAIN)
    thread = house.thread(card)
    assert told_in_order(thread, "Mei 梅 claimed this case", ANSWER, LATER, AGAIN), thread
    assert len(house.cards(ref)) == 1
    assert [
        len([m for m in house.slack.thread(DESK, card) if each in str(m)])
        for each in (ANSWER, LATER, AGAIN)
    ] == [1, 1, 1]
    at_desk(house, ref, "resolve")
    house.shows(card, "resolved this case")


def test_what_staff_wrote_while_docent_was_down_is_sent_once(house: House) -> None:
    [told] = house.ask("lift", PERSON)
    card = house.card(ref_in(told))
    house.press(ADA, card, "Claim")
    house.sent("lift", 2)
    assert house.program.stop() == 0
    message = house.driver._write(ADA, DESK, UNHEARD, card)
    house.program.start()
    house.ticked(str(message["ts"]))
    assert house.texts("lift", 3)[2] == UNHEARD
    house.driver.deliver_event(house.driver._event(DESK, message))
    house.settled("lift")
    assert [text for text in house.graph.texts("lift") if text == UNHEARD] == [UNHEARD]
