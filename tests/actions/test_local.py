"""Actions inside the process answer as the action server would, word for word."""

from __future__ import annotations

import asyncio
import copy
import json
from typing import Any

import httpx
import pytest
import rasa_sdk
from rasa.core.actions.action import ActionExecutionRejection, RemoteAction
from rasa.shared.exceptions import RasaException
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import ActionExecutionRejection as Rejection
from turns import tracker

from actions import local
from bot.processor import LocalActions

SECRET = {"X-Docent-Secret": "a-secret"}


class Refuses(Action):
    """Refuses."""

    def name(self) -> str:
        """Returns its name."""
        return "action_test_refuses"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Refuses to run."""
        raise Rejection(self.name(), "不行 not now")


class Breaks(Action):
    """Breaks."""

    def name(self) -> str:
        """Returns its name."""
        return "action_test_breaks"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Raises."""
        raise ValueError("秘密 secret words")


class Empty(Action):
    """Does nothing."""

    def name(self) -> str:
        """Returns its name."""
        return "action_test_empty"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Returns nothing."""
        return []


@pytest.fixture(autouse=True)
def _registered() -> None:
    for action in (Refuses, Breaks, Empty):
        local.executor().register_action(action)


def call(name: str, text: str = "几点 open?", language: str = "en") -> dict[str, Any]:
    """Returns what Rasa sends for an action."""
    asked = tracker(text, language)
    state = {
        "sender_id": asked.sender_id,
        "slots": asked.slots,
        "latest_message": asked.latest_message,
        "events": asked.events,
        "paused": False,
        "active_loop": {},
        "latest_action_name": "action_listen",
    }
    return {
        "next_action": name,
        "sender_id": asked.sender_id,
        "tracker": state,
        "version": rasa_sdk.__version__,
    }


def asked_here(name: str, *asked: str) -> Any:
    return asyncio.run(LocalActions(local.answer).request(json=call(name, *asked)))


@pytest.mark.parametrize("name", ["action_clarify", "action_out_of_scope", "action_open_case"])
@pytest.mark.parametrize(
    ("text", "language"),
    [("When?", "en"), ("几点？", "zh-Hans"), ("請問open幾點", "zh-Hant")],
)
def test_an_answer_is_that_of_the_server(
    action_server: str, name: str, text: str, language: str
) -> None:
    told = httpx.post(action_server, json=call(name, text, language), headers=SECRET)
    assert told.status_code == 200
    assert asked_here(name, text, language) == told.json()
    assert told.json()["responses"]


def test_an_action_changes_nothing_of_what_it_was_given() -> None:
    given = call("action_clarify")
    before = copy.deepcopy(given)
    asyncio.run(local.answer(given))
    assert given == before
    json.dumps(given)


@pytest.mark.parametrize(
    ("name", "status"),
    [("action_test_refuses", 400), ("action_of_nobody", 404), ("action_test_empty", 200)],
)
def test_a_status_is_that_of_the_server(action_server: str, name: str, status: int) -> None:
    told = httpx.post(action_server, json=call(name), headers=SECRET)
    found, body = asyncio.run(local.answer(call(name)))
    assert (found, body) == (told.status_code, told.json())
    assert found == status


def rasa_runs(name: str, agent: Any) -> Any:
    """Lets Rasa run an action here."""
    from rasa.shared.core.trackers import DialogueStateTracker

    talk = DialogueStateTracker.from_events("m:1", [], agent.domain.slots)
    action = RemoteAction(name, LocalActions(local.answer))
    return asyncio.run(action.run(None, agent.processor.nlg, talk, agent.domain))


def test_rasa_sees_a_refusal_as_a_refusal(agent: Any) -> None:
    with pytest.raises(ActionExecutionRejection, match="不行 not now"):
        rasa_runs("action_test_refuses", agent)


@pytest.mark.parametrize("name", ["action_test_breaks", "action_of_nobody"])
def test_rasa_sees_a_failure_as_a_failure(agent: Any, name: str) -> None:
    with pytest.raises(RasaException, match=name):
        rasa_runs(name, agent)


def test_a_failure_takes_no_words_with_it() -> None:
    status, body = asyncio.run(local.answer(call("action_test_breaks")))
    assert status == 500
    assert "secret" not in str(body)
