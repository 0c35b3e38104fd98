"""Rasa's HTTP API is off: nothing of it answers, in `docent up` or by our credentials."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ruamel.yaml import YAML

from bot.config import ROOT

from .served import Served, serving

# rasa.com/docs/rasa/pages/http-api, and the channels that Rasa opens by a line in the credentials.
API = [
    *("/model", "/model/train", "/model/parse", "/model/predict", "/model/test/intents"),
    *(
        "/conversations/web:1/tracker",
        "/conversations/web:1/messages",
        "/conversations/web:1/story",
    ),
    *("/conversations/web:1/execute", "/conversations/web:1/trigger_intent", "/domain", "/status"),
    *("/version", "/webhooks/rest/webhook", "/webhooks/callback/webhook", "/socket.io/", "/admin"),
    *("/webhooks/rasa/webhook", "/webhooks/hangouts/webhook", "/webhooks/socketio/webhook"),
]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("api")) as running:
        yield running


@pytest.mark.parametrize("path", API)
def test_nothing_of_rasas_api_answers(served: Served, path: str) -> None:
    with served.client() as client:
        found = [client.request(m, path, json={}).status_code for m in ("GET", "POST", "PUT")]
    assert found == [404, 404, 404]


def test_our_credentials_open_our_own_channels_alone() -> None:
    """Each of them checks who sends: tests/channels/contract.py proves it."""
    opened = YAML(typ="safe").load((ROOT / "credentials.yml").read_text("utf-8"))
    assert opened
    assert all(name.startswith("bot.channels.") for name in opened)
    assert not any(opened.values())
