"""What staff were told of the channels: once, whichever process finds it out first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone

import pytest
from postgres import BOTH

from bot.store import health, tokens
from bot.store.database import Database

pytestmark = BOTH
NAMES = ("messenger", "wechat")


def change(database: Database, ok: bool, reason: str = "", channel: str = "messenger") -> bool:
    return database.now(health.change, channel, ok, reason)


def test_a_channel_that_always_worked_is_no_news(database: Database) -> None:
    assert [change(database, True), change(database, True)] == [False, False]
    assert database.now(health.broken, NAMES) == {}
    assert database.now(health.version) == 0


def test_what_broke_and_was_mended_is_told_once_each(database: Database) -> None:
    told = [change(database, ok, "" if ok else "密钥 key") for ok in (False, False, True, True)]
    assert told == [True, False, True, False]
    assert database.now(health.version) == 2


def test_another_reason_is_shown_and_not_told(database: Database) -> None:
    assert change(database, False, "one")
    before = database.now(health.version)
    assert not change(database, False, "二 two")
    assert database.now(health.broken, NAMES) == {"messenger": "二 two"}
    assert database.now(health.version) > before


@pytest.mark.parametrize("names", [(), ("telegram",), ("telegram", "messenger")])
def test_a_channel_that_was_switched_off_is_not_shown(
    database: Database, names: tuple[str, ...]
) -> None:
    change(database, False, "坏 broken")
    assert list(database.now(health.broken, names)) == [n for n in names if n == "messenger"]


def test_channels_do_not_mix(database: Database) -> None:
    assert change(database, False, "坏 broken")
    assert change(database, False, "坏 too", "wechat")
    assert change(database, True)
    assert database.now(health.broken, NAMES) == {"wechat": "坏 too"}


def test_tokens_are_left_alone(database: Database) -> None:
    database.now(tokens.keep, "wechat:wx1", "TOKEN", 60)
    change(database, False, "坏 broken")
    assert database.now(health.version) == 1
    assert database.now(tokens.token, "wechat:wx1") is not None


def test_many_processes_at_once_tell_once(database: Database) -> None:
    with ThreadPoolExecutor(8) as crowd:
        told = list(crowd.map(lambda _: change(database, False, "坏 broken"), range(24)))
    assert sum(told) == 1


def test_what_was_seen_before_the_last_change_is_old_news(database: Database) -> None:
    early, late = (datetime(2026, 11, 24, hour, tzinfo=timezone.utc) for hour in (9, 10))
    assert database.now(health.change, "messenger", False, "坏 broken", early)
    assert database.now(health.change, "messenger", True, "", late)
    assert not database.now(health.change, "messenger", False, "坏 broken", early)
    assert database.now(health.broken, NAMES) == {}
