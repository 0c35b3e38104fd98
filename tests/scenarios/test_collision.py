"""Two of staff answer the same visitor in the same moment, in the real program."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from standins.slack import labels

from .house import ADA, BEN, House
from .waiting import PATIENCE
from .words import ref_in

ASKS = {"en": "can I talk to a person please", "zh-Hans": "我要转人工", "mixed": "人工 please"}


def replies(house: House, psid: str) -> list[str]:
    """What of staff's words the visitor got."""
    house.settled(psid)
    return [row["text"] for row in house.messages(psid) if row["author"] == "staff"]


def told_of_ada(house: House) -> Any:
    """The question that tells Ben of Ada's reply, once he was asked it."""
    asked = [each for each in house.slack.ephemerals(BEN) if labels(each)]
    return next((each for each in reversed(asked) if "Ada is replying" in str(each)), None)


@pytest.mark.parametrize("language", ASKS)
def test_one_reply_goes_and_the_other_is_held_until_its_author_knows(
    house: House, language: str
) -> None:
    psid = f"collision-{language}"
    [told] = house.ask(psid, ASKS[language])
    card = house.card(ref_in(told))
    house.press(ADA, card, "Claim")
    house.sent(psid, 2)
    house.settled(psid)
    seen = len([each for each in house.slack.ephemerals(BEN) if labels(each)])
    with ThreadPoolExecutor(2) as both:
        one = both.submit(house.say, ADA, card, "Yes, it is free. 免费")
        two = both.submit(house.say, BEN, card, "It costs nothing. 不要钱")
        one.result(), two.result()
    asked = house.offered(BEN, seen + 1)
    house.sent(psid, 3)
    assert replies(house, psid) == ["Yes, it is free. 免费"]
    assert labels(asked) == ["Send anyway", "Keep as note"]
    house.press(BEN, asked["ts"], "Send anyway")
    if "Ada is replying" not in str(asked):
        # Ben was asked a moment before Ada's words were known: now he is told of them.
        asked = house.slack.wait_for(lambda _: told_of_ada(house), PATIENCE)
        house.press(BEN, asked["ts"], "Send anyway")
    house.sent(psid, 4)
    assert replies(house, psid) == ["Yes, it is free. 免费", "It costs nothing. 不要钱"]
