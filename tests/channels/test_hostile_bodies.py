"""Broken bodies, rightly signed: each parser reads them or refuses them, and fails at none.

`make fuzz` does the same for minutes, against a running server.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.accepting import accept
from bot.channels.base import Channel
from bot.channels.messenger import Messenger
from bot.channels.payload import Delivery
from bot.channels.slack import Slack
from bot.channels.telegram import Telegram
from bot.channels.web import Web
from bot.channels.wechat import WeChat
from bot.channels.whatsapp import WhatsApp
from bot.config import Settings
from bot.errors import Refused
from bot.messages import Inbound
from bot.store.database import Database
from fuzz import keys, mutate, mutate_xml
from fuzz.cases import json_fixtures, xml_fixtures
from fuzz.targets_slack import as_slack
from fuzz.values import TEXTS

XML = xml_fixtures("wechat")
PAGE = [{"id": "7f1d2c3b-0001", "text": "周日 open?", "choice": "p3Vf9"}]
SETTINGS = Settings(keys.settings(Path("unused"), "http://127.0.0.1:9", False, False))
CHANNELS: list[tuple[type[Channel], list[Any]]] = [
    (Messenger, json_fixtures("messenger")),
    (WhatsApp, json_fixtures("whatsapp")),
    (Telegram, json_fixtures("telegram")),
    (Slack, json_fixtures("slack")),
    (Web, PAGE),
]
quick = settings(
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def read(channel: Channel, body: bytes) -> list[Any]:
    """Reads a body; a refusal is an answer too."""
    try:
        return list(channel.parse(Delivery(body, {"content-type": "application/json"}, {})))
    except Refused:
        return []


def holdable(events: list[Any]) -> None:
    """Every text of an event is one that a database can hold."""
    for event in events:
        for value in vars(event).values():
            if isinstance(value, str):
                assert "\x00" not in value
                value.encode()


@pytest.mark.parametrize(("kind", "good"), CHANNELS, ids=lambda each: getattr(each, "channel", ""))
@quick
@given(seed=st.integers(0, 10**9))
def test_a_hostile_body_is_read_or_refused(
    kind: type[Channel], good: list[Any], seed: int
) -> None:
    random = Random(seed)
    write: Callable[..., bytes] = as_slack if kind is Slack else mutate.written
    body = mutate.broken(mutate.fresh(random.choice(good), seed), random)
    holdable(read(kind(SETTINGS), write(body, random)))


@quick
@given(seed=st.integers(0, 10**9))
def test_hostile_xml_is_read_or_refused(seed: int) -> None:
    random = Random(seed)
    body = mutate_xml.broken(random.choice(XML), random)
    holdable(read(WeChat(SETTINGS), mutate_xml.written(body, random)))


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: ascii(text[:12]))
def test_whatever_a_visitor_sends_is_written(database: Database, text: str) -> None:
    """The log takes every text that a channel may hand over, and settles its language."""
    clean = text.replace("\x00", "").encode("utf-8", "replace").decode()
    message = Inbound("messenger", "7", f"m.{clean[:20]}", clean, name=clean, locale=clean[:30])
    assert database.now(accept, message)
