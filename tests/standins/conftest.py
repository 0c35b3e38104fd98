"""What the tests of the Slack stand-in share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from slack_sdk.web import WebClient

from .desk import SECRET
from .receiver import Receiver
from .slack import SlackDriver, SlackStandin


@pytest.fixture
def slack() -> Iterator[SlackStandin]:
    with SlackStandin() as standin:
        yield standin


@pytest.fixture
def client(slack: SlackStandin) -> WebClient:
    return WebClient(slack.token, base_url=slack.api_url, timeout=5)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as standin:
        yield standin


@pytest.fixture
def driver(slack: SlackStandin, receiver: Receiver) -> SlackDriver:
    return SlackDriver(f"{receiver.url}/hook", SECRET, slack)
