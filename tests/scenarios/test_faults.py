"""Parts of the program die, hang or start again: no visitor is left without an answer."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPException
from itertools import count

import pytest
from standins.graph import batch, messenger_event
from standins.wire import call

from .crowd import Crowd
from .house import ADA, House
from .program import STOP_SECONDS, is_alive, run_docent
from .waiting import PATIENCE, START_SECONDS, until
from .words import Words, ref_in

QUESTION, TOPIC = "can i take photos", "photography"
PERSON = "can I talk to a person please"
HOURS = {"en": "are you open on sunday", "zh-Hans": "星期天开门吗", "zh-Hant": "Sunday有開門嗎"}
# So many wait before the one that a test is about: it cannot be answered within a second.
CROWD = 40
STANDSTILL_SECONDS = 1.0
# So many messages are acknowledged when the server is killed.
KILLED_AFTER = 15
_crowds = count(1)


@pytest.fixture(autouse=True)
def _running(house: House) -> None:
    """Each scenario begins with a program that answers."""
    if not house.program.is_running:
        house.program.start()
    house.program.wait_ready()


def write_behind_a_crowd(house: House, psid: str, question: str) -> None:
    """Lets somebody write after many others, so that no turn of theirs can have begun."""
    name = f"crowd{next(_crowds)}"
    others = [messenger_event(f"{name}-{number}", QUESTION) for number in range(CROWD)]
    answer = house.post(batch(*others, messenger_event(psid, question)))
    assert answer.status == 200, answer


def claimed_case(house: House, psid: str) -> str:
    """Opens a case that Ada has; returns its card."""
    [told] = house.ask(psid, PERSON)
    card = house.card(ref_in(told))
    house.press(ADA, card, "Claim")
    house.sent(psid, 2)
    house.settled(psid)
    return card


def kill_the_next(house: House, killed: int) -> int:
    """Kills the server that came after this one; returns its process id."""
    until(lambda: house.program.part("serve") != killed, "another server")
    return house.program.signal("serve", signal.SIGKILL)


def test_a_server_killed_after_its_200_answers_once_after_the_restart(
    house: House, words: Words
) -> None:
    house.program.part("serve")
    write_behind_a_crowd(house, "killed-server", QUESTION)
    pid = house.program.signal("serve", signal.SIGKILL)
    until(lambda: not is_alive(pid), "the killed server to be gone")
    assert not house.graph.sent("killed-server")
    house.program.wait_ready()
    assert house.program.part("serve") != pid
    answer = words.answer(TOPIC, "en", first=True)
    assert house.texts("killed-server", 1) == [answer]
    # What is answered next stands behind everything that was sent before.
    assert house.ask("killed-server", QUESTION) == [words.answer(TOPIC, "en")]
    assert len(house.graph.sent("killed-server")) == 2


def test_a_server_killed_amid_a_crowd_loses_repeats_and_disorders_nothing(house: House) -> None:
    crowd = Crowd(house, 8)
    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(crowd.ask)
        for _ in range(KILLED_AFTER):
            assert crowd.taken.acquire(timeout=PATIENCE)
        house.program.signal("serve", signal.SIGKILL)
        asking.result(START_SECONDS)
    verdict = crowd.judge()
    assert verdict.wrong == []
    assert verdict.accepted == 40


def test_a_power_cut_loses_no_question_and_no_case(house: House, words: Words) -> None:
    card = claimed_case(house, "cut-case")
    write_behind_a_crowd(house, "cut-bot", QUESTION)
    house.program.kill()
    assert not house.graph.sent("cut-bot")
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


def test_a_server_that_stood_still_answers_everybody_once(house: House, words: Words) -> None:
    pid = house.program.signal("serve", signal.SIGSTOP)
    with ThreadPoolExecutor(len(HOURS)) as pool:
        try:
            asked = [
                pool.submit(house.write, f"frozen-{language}", question)
                for language, question in HOURS.items()
            ]
            time.sleep(STANDSTILL_SECONDS)
            assert not any(each.done() for each in asked)
        finally:
            os.kill(pid, signal.SIGCONT)
        for each in asked:
            each.result(PATIENCE)
    for language, question in HOURS.items():
        before = words.hours(question, language)
        [told] = house.texts(f"frozen-{language}", 1)
        assert told.startswith((before, words.hours(question, language)))
        house.settled(f"frozen-{language}")
        assert len(house.graph.sent(f"frozen-{language}")) == 1


def test_a_server_killed_again_and_again_leaves_nobody_in_silence(
    house: House, words: Words
) -> None:
    psid, question = "killed-again", HOURS["zh-Hans"]
    before = words.hours(question, "zh-Hans")
    write_behind_a_crowd(house, psid, question)
    killed = house.program.signal("serve", signal.SIGKILL)
    for _ in range(2):
        killed = kill_the_next(house, killed)
    house.program.wait_ready()
    [told] = house.texts(psid, 1)
    assert told.startswith((before, words.hours(question, "zh-Hans")))
    house.settled(psid)
    assert len(house.graph.sent(psid)) == 1


def test_a_second_start_on_a_used_port_says_so(house: House) -> None:
    port = str(house.program.port)
    done = run_docent(house.program.environment, "up", "--port", port)
    assert done.returncode not in (0, None)
    assert f"Port {port} is in use" in done.stderr
    assert "Traceback" not in done.stderr
    assert house.program.is_ready()


def test_sigterm_ends_everything_even_while_a_page_waits_for_news(house: House) -> None:
    family = house.program.pids()
    assert len(family) >= 2
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
