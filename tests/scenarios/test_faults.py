"""Parts of the program die, hang or start again: no visitor is left without an answer."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from http.client import HTTPException

import pytest
from standins.wire import call

from .house import ADA, DESK, House
from .program import STOP_SECONDS, is_alive, run_docent
from .waiting import PATIENCE, until
from .words import Words, ref_in

QUESTION, TOPIC = "can i take photos", "photography"
PERSON = "can I talk to a person please"
HOURS = {"en": "are you open on sunday", "zh-Hans": "星期天开门吗"}


@pytest.fixture(autouse=True)
def _running(house: House) -> None:
    """Each scenario begins with a program that answers."""
    if not house.program.is_running:
        house.program.start()
    house.program.wait_ready()


@contextmanager
def actions_frozen(house: House) -> Iterator[int]:
    """Stops the action server in its tracks: no turn can end meanwhile."""
    pid = house.program.signal("actions", signal.SIGSTOP)
    try:
        yield pid
    finally:
        if is_alive(pid):
            os.kill(pid, signal.SIGCONT)


def claimed_case(house: House, psid: str) -> str:
    """Opens a case that Ada has; returns its card."""
    [told] = house.ask(psid, PERSON)
    card = house.card(ref_in(told))
    house.press(ADA, card, "Claim")
    house.sent(psid, 2)
    house.settled(psid)
    return card


def kill_the_next(house: House, killed: int) -> int:
    """Kills the action server that came after this one; returns its process id."""
    until(lambda: house.program.part("actions") != killed, "another action server")
    return house.program.signal("actions", signal.SIGKILL)


def test_a_server_killed_after_its_200_answers_once_after_the_restart(
    house: House, words: Words
) -> None:
    house.program.part("serve")
    with actions_frozen(house):
        house.write("killed-server", QUESTION)
        pid = house.program.signal("serve", signal.SIGKILL)
        until(lambda: not is_alive(pid), "the killed server to be gone")
    house.program.wait_ready()
    assert house.program.part("serve") != pid
    answer = words.answer(TOPIC, "en", first=True)
    assert house.texts("killed-server", 1) == [answer]
    # What is answered next stands behind everything that was sent before.
    assert house.ask("killed-server", QUESTION) == [words.answer(TOPIC, "en")]
    assert len(house.graph.sent("killed-server")) == 2


def test_a_power_cut_loses_no_question_and_no_case(house: House, words: Words) -> None:
    card = claimed_case(house, "cut-case")
    with actions_frozen(house):
        house.write("cut-bot", QUESTION)
        house.program.kill()
    house.program.start()
    assert house.texts("cut-bot", 1) == [words.answer(TOPIC, "en", first=True)]
    house.write("cut-case", "are you still there?")
    house.shows(card, "are you still there?")
    ts = house.say(ADA, card, "Yes, I am still here.")
    house.ticked(ts)
    assert house.texts("cut-case", 3)[2:] == ["Yes, I am still here."]
    assert house.ask("cut-bot", QUESTION) == [words.answer(TOPIC, "en")]
    assert [len(house.graph.sent(psid)) for psid in ("cut-case", "cut-bot")] == [3, 2]
    assert len(house.cards(house.cases("cut-case")[0]["ref"])) == 1
    house.press(ADA, card, "Resolve")
    house.sent("cut-case", 4)


def test_an_action_server_that_hangs_means_an_apology_and_a_case(
    house: House, words: Words
) -> None:
    with actions_frozen(house):
        for language, question in HOURS.items():
            house.write(f"frozen-{language}", question)
        told = {language: house.texts(f"frozen-{language}", 1)[0] for language in HOURS}
    for language, text in told.items():
        psid, ref = f"frozen-{language}", ref_in(text)
        assert text in words.acknowledgements("apology_handoff", language, ref, (1, 2))
        [case] = house.cases(psid)
        assert (case["ref"], case["state"], case["language"]) == (ref, "queued", language)
        card = house.card(ref)
        assert HOURS[language] in str(house.slack.message(DESK, card))
        house.press(ADA, card, "Back to bot")
        house.sent(psid, 2)


def test_an_action_server_killed_again_and_again_leaves_nobody_in_silence(
    house: House, words: Words
) -> None:
    psid, question = "killed-actions", HOURS["zh-Hans"]
    before = words.hours(question, "zh-Hans")
    killed = house.program.signal("actions", signal.SIGKILL)
    house.write(psid, question)
    for _ in range(2):
        killed = kill_the_next(house, killed)
    [told] = house.texts(psid, 1)
    if told.startswith(before[:6]):
        assert told.startswith(before) or told.startswith(words.hours(question, "zh-Hans"))
        return
    ref = ref_in(told)
    assert told in words.acknowledgements("apology_handoff", "zh-Hans", ref)
    house.press(ADA, house.card(ref), "Back to bot")
    house.sent(psid, 2)


def test_the_bot_answers_again_once_the_actions_are_back(house: House, words: Words) -> None:
    question = HOURS["en"]
    before = words.hours(question, "en")
    told = until(lambda: _computed(house, question), "a computed answer again")
    assert told.startswith((before, words.hours(question, "en")))


def _computed(house: House, question: str) -> str:
    """Asks as somebody new; "" where the action server was not back yet."""
    psid = f"after-{len(house.graph.sent())}"
    [told] = house.ask(psid, question)
    return "" if "D-" in told else told


def test_a_second_start_on_a_used_port_says_so(house: House) -> None:
    port = str(house.program.port)
    done = run_docent(house.program.environment, "up", "--port", port)
    assert done.returncode not in (0, None)
    assert f"Port {port} is in use" in done.stderr
    assert "Traceback" not in done.stderr
    assert house.program.is_ready()


def test_sigterm_ends_everything_even_while_a_page_waits_for_news(house: House) -> None:
    family = house.program.pids()
    assert len(family) >= 3
    cookie = session_cookie(house.program.url)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(long_poll, house.program.url, cookie)
        until(lambda: waiting.running(), "the page to ask")
        assert house.program.process is not None
        house.program.process.terminate()
        assert house.program.process.wait(STOP_SECONDS) == 0
        until(lambda: not any(map(is_alive, family)), "all processes to end", STOP_SECONDS)
        waiting.result()
    house.program.kill()


def session_cookie(url: str) -> dict[str, str]:
    """Opens a session, as the chat page does."""
    opened = call("POST", f"{url}/webhooks/web/session")
    return {"Cookie": opened.headers["set-cookie"].partition(";")[0]}


def long_poll(url: str, cookie: dict[str, str]) -> None:
    """Waits for news; the end of the program may cut it off."""
    with suppress(OSError, HTTPException):
        news = f"{url}/webhooks/web/messages?after=0&wait=30"
        call("GET", news, headers=cookie, timeout=PATIENCE)
