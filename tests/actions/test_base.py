"""What actions have in common: never silent and never slow."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher
from ruamel.yaml import YAML
from turns import RANKING, tracker

from actions import base
from actions.base import Asked, MuseumAction, read_turn
from bot.config import ROOT

APOLOGY = {"case": {"reason": "failure", "sentence": "apology_handoff"}}


class Says(MuseumAction):
    """Says one thing."""

    action = "action_test_says"

    async def act(self, asked: Asked, dispatcher: CollectingDispatcher) -> None:
        """Repeats the question."""
        dispatcher.utter_message(text=f"{asked.language}: {asked.text}")


class Fails(MuseumAction):
    """Fails."""

    action = "action_test_fails"

    async def act(self, asked: Asked, dispatcher: CollectingDispatcher) -> None:
        """Raises."""
        raise ValueError("秘密 secret words")


class Dawdles(MuseumAction):
    """Never ends."""

    action = "action_test_dawdles"

    async def act(self, asked: Asked, dispatcher: CollectingDispatcher) -> None:
        """Waits for ever."""
        await asyncio.Event().wait()


async def run(action: MuseumAction, latest: Tracker) -> list[dict[str, Any]]:
    dispatcher = CollectingDispatcher()
    assert await action.run(dispatcher, latest, {}) == []
    return dispatcher.messages


@pytest.mark.parametrize(
    ("text", "language"),
    [("When?", "en"), ("几点？", "zh-Hans"), ("幾點open?", "zh-Hant")],
)
async def test_an_action_answers(text: str, language: str) -> None:
    [message] = await run(Says(), tracker(text, language))
    assert message["text"] == f"{language}: {text}"


@pytest.mark.parametrize("action", [Fails(), Dawdles()])
async def test_what_could_not_be_done_is_given_to_a_person(
    action: MuseumAction, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "ACTION_SECONDS", 0.05)
    [message] = await run(action, tracker("帮我 help"))
    assert message["custom"] == APOLOGY


async def test_a_turn_that_cannot_be_read_is_given_to_a_person() -> None:
    broken = tracker()
    broken.latest_message = {"intent": {"confidence": "很高"}}
    [message] = await run(Says(), broken)
    assert message["custom"] == APOLOGY


@pytest.mark.parametrize(
    ("metadata", "slots", "language"),
    [
        ({"language": "zh-Hant"}, {"language": "zh"}, "zh-Hant"),
        ({}, {"language": "zh"}, "zh"),
        (None, {}, "en"),
    ],
)
def test_read_turn_knows_the_language(
    metadata: dict[str, Any] | None, slots: dict[str, Any], language: str
) -> None:
    latest = tracker("几点 open?")
    latest.latest_message["metadata"] = metadata
    latest.slots = slots
    assert read_turn(latest).language == language


def test_read_turn_reads_what_was_understood() -> None:
    asked = read_turn(tracker("几点 open?", "zh-Hans", seq=5))
    assert (asked.text, asked.seq, asked.intent) == ("几点 open?", 5, "faq")
    assert (asked.confidence, asked.decision) == (0.81234, "answer")
    assert asked.ranking == RANKING


def test_an_empty_turn_can_be_read() -> None:
    empty = Tracker("7", {}, {}, [], False, None, {}, "action_listen")
    assert read_turn(empty) == Asked("", "en", None, None, "", 0.0, "", [])


def test_the_domain_names_exactly_the_registered_actions() -> None:
    executor = ActionExecutor()
    executor.register_package("actions")
    domain = YAML(typ="safe").load(Path(ROOT / "domain.yml").read_text(encoding="utf-8"))
    ours = {name for name in executor.actions if not name.startswith("action_test_")}
    assert set(domain["actions"]) == ours
