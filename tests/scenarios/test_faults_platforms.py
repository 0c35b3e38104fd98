"""Meta and Slack fail, repeat themselves or are away: nothing is lost, repeats are bounded."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from standins.graph import batch, messenger_event

from .house import ADA, DESK, House
from .waiting import PATIENCE
from .words import Words, ref_in

QUESTION, TOPIC = "can i take photos", "photography"
SECOND, SECOND_TOPIC = "how much is the audio guide", "audio_guide"
PERSON = "can I talk to a person please"
AT_ONCE = 20


@contextmanager
def claimed(house: House, psid: str) -> Iterator[str]:
    """A case that Ada has, and closes again."""
    [told] = house.ask(psid, PERSON)
    card = house.card(ref_in(told))
    house.press(ADA, card, "Claim")
    house.sent(psid, 2)
    yield card
    house.press(ADA, card, "Back to bot")
    house.shows(card, "gave this case back")


# -- Meta ---------------------------------------------------------------------------------------


def test_graph_fails_twice_and_everything_arrives_once_and_in_order(
    house: House, words: Words
) -> None:
    house.graph.fail_next(2, status=500)
    house.post(batch(messenger_event("flaky", QUESTION), messenger_event("flaky", SECOND)))
    wanted = [words.answer(TOPIC, "en", first=True), words.answer(SECOND_TOPIC, "en")]
    assert house.texts("flaky", 2) == wanted
    house.settled("flaky")
    assert len(house.graph.sent("flaky")) == 2
    assert [row["state"] for row in house.messages("flaky")] == ["sent", "sent"]
    assert len([e for e in house.graph.refused if b"flaky" in e.raw]) == 2


def test_a_final_refusal_is_told_to_staff_with_the_reason_and_the_next_step(house: House) -> None:
    with claimed(house, "refused") as card:
        house.graph.fail_next(1, status=400, code=100)
        house.say(ADA, card, "This will not arrive.")
        house.shows(card, "Not delivered")
        house.shows(card, "code 100")
        house.shows(card, "Messenger refused the form of the message")
        house.settled("refused")
        dead = house.messages("refused")[-1]
        assert (dead["text"], dead["state"]) == ("This will not arrive.", "dead")
        assert "100" in dead["reason"]
        ts = house.say(ADA, card, "But this will.")
        house.ticked(ts)
        assert house.texts("refused", 3)[2:] == ["But this will."]


def test_an_answer_that_is_refused_for_good_does_not_hold_up_the_next(
    house: House, words: Words
) -> None:
    house.graph.fail_next(1, status=400, code=100)
    house.post(batch(messenger_event("dead", QUESTION), messenger_event("dead", SECOND)))
    assert house.texts("dead", 1) == [words.answer(SECOND_TOPIC, "en")]
    house.settled("dead")
    assert [row["state"] for row in house.messages("dead")] == ["dead", "sent"]


def test_a_lost_answer_of_graph_means_two_copies_at_most_and_a_flag(
    house: House, words: Words
) -> None:
    house.graph.accept_then_drop(1)
    house.write("dropped", QUESTION)
    house.sent("dropped", 1)
    house.settled("dropped")
    copies = house.graph.texts("dropped")
    assert 1 <= len(copies) <= 2
    assert set(copies) == {words.answer(TOPIC, "en", first=True)}
    [row] = house.messages("dropped")
    assert (row["state"], row["maybe_twice"]) == ("sent", 1)


def test_a_webhook_that_comes_again_is_answered_once(house: House, words: Words) -> None:
    for _ in range(3):
        house.write("again", QUESTION, mid="mid.again")
    body = batch(messenger_event("crowd", QUESTION, mid="mid.crowd"))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(house.post, [body] * AT_ONCE))
    assert {answer.status for answer in answers} == {200}
    for psid in ("again", "crowd"):
        assert house.texts(psid, 1) == [words.answer(TOPIC, "en", first=True)]
        assert house.ask(psid, SECOND) == [words.answer(SECOND_TOPIC, "en")]
        assert len(house.messages(psid, "in")) == 2
        assert len(house.graph.sent(psid)) == 2


# -- Slack --------------------------------------------------------------------------------------


def test_slack_is_down_while_a_case_opens(house: House, words: Words) -> None:
    house.slack.down()
    try:
        [told] = house.ask("slackless", PERSON)
        ref = ref_in(told)
        assert told in words.acknowledgements("handoff_open", "en", ref)
        house.write("slackless", "Nobody there?")
        house.settled("slackless")
    finally:
        house.slack.up()
    card = house.card(ref)
    house.shows(card, "Nobody there?")
    house.press(ADA, card, "Claim")
    house.shows(card, "Ada claimed this case.")
    assert len(house.cards(ref)) == 1
    house.press(ADA, card, "Back to bot")
    house.shows(card, "gave this case back")


def test_slack_takes_a_card_and_drops_the_answer(house: House) -> None:
    house.slack.accept_then_drop(1, on="chat.postMessage")
    [told] = house.ask("card-once", PERSON)
    ref = ref_in(told)
    card = house.card(ref)
    house.press(ADA, card, "Claim")
    house.shows(card, "Ada claimed this case.")
    assert len(house.cards(ref)) == 1
    house.press(ADA, card, "Back to bot")
    house.shows(card, "gave this case back")


def test_a_slack_event_that_comes_again_is_one_reply(house: House) -> None:
    with claimed(house, "thrice") as card:
        house.say(ADA, card, "Only once.")
        with ThreadPoolExecutor(AT_ONCE) as pool:
            retries = list(pool.map(house.driver.retry, (1, 2, 3, 1, 2, 3)))
        assert {answer.status for answer in retries} == {200}
        ts = house.say(ADA, card, "And then this.")
        house.ticked(ts)
        assert house.texts("thrice", 4)[2:] == ["Only once.", "And then this."]
        query = "SELECT count(*) FROM messages WHERE text = ?"
        assert house.rows(query, "Only once.")[0][0] == 1


def test_a_press_that_comes_again_changes_nothing(house: House) -> None:
    [told] = house.ask("pressed", PERSON)
    card = house.card(ref_in(told))
    house.press(ADA, card, "Claim")
    house.driver.retry(1)
    house.driver.retry(2)
    house.shows(card, "Ada claimed this case.")
    house.press(ADA, card, "Back to bot")
    house.shows(card, "gave this case back")
    lines = [str(m["text"]) for m in house.slack.thread(DESK, card)]
    assert lines.count("Ada claimed this case.") == 1
    assert len(house.graph.wait_for("pressed", 3, PATIENCE)) == 3
