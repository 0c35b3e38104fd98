"""`docent channels check`: one line a channel with the remedy; code 0 only if all is right."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from standins.graph import GraphStandin
from standins.slack import SlackStandin
from typer.testing import CliRunner, Result

from bot.__main__ import app
from bot.channels import checking
from bot.channels.base import Channel
from bot.channels.messenger import Messenger
from bot.config import Settings
from bot.errors import ChannelBroken, SendFailed
from bot.store.database import Database
from bot.variables import SETTINGS

TOKEN, SECRET, VERIFY = "PAGE-TOKEN-0123456789", "app-secret-0123456789", "verify-word-0123"
SIGNING = "signing-secret-0123456789"
Run = Callable[..., Result]


@pytest.fixture
def graph() -> Iterator[GraphStandin]:
    with GraphStandin(TOKEN) as standin:
        yield standin


@pytest.fixture
def slack() -> Iterator[SlackStandin]:
    with SlackStandin() as standin:
        yield standin


def messenger(graph: GraphStandin) -> dict[str, str]:
    return {
        "MESSENGER_PAGE_TOKEN": TOKEN,
        "MESSENGER_APP_SECRET": SECRET,
        "MESSENGER_VERIFY_TOKEN": VERIFY,
        "MESSENGER_API_URL": graph.url,
    }


def desk(slack: SlackStandin) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": slack.token,
        "SLACK_SIGNING_SECRET": SIGNING,
        "SLACK_DESK_CHANNEL": "C0DESK",
        "SLACK_API_URL": slack.api_url,
    }


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command with these settings alone; no secret may be in what it says."""
    unset = {setting.name: "" for setting in SETTINGS}
    own = {"DATABASE_URL": f"sqlite:///{tmp_path}/docent.db"}
    monkeypatch.setattr("bot.config.dotenv_values", lambda _: {})

    def run(*arguments: str, **values: str) -> Result:
        runner = CliRunner()
        told = runner.invoke(
            app, ["channels", "check", *arguments], env={**unset, **own, **values}
        )
        secrets = [values[s.name] for s in SETTINGS if s.secret and values.get(s.name)]
        assert not [secret for secret in secrets if secret in told.stdout + told.stderr]
        assert told.exception is None or isinstance(told.exception, SystemExit)
        return told

    return run


# -- the command ------------------------------------------------------------------------------


def test_all_is_right(run: Run, graph: GraphStandin, slack: SlackStandin) -> None:
    told = run(**messenger(graph), **desk(slack))
    web, page, bot = told.stdout.splitlines()
    assert web == "web: ok, there is nothing to check"
    assert page == "messenger: ok, the page Docent"
    assert bot.startswith("slack: ok, ")
    assert (told.exit_code, told.stderr) == (0, "")


def test_one_that_is_wrong_is_told_with_its_remedy(
    run: Run, graph: GraphStandin, slack: SlackStandin
) -> None:
    graph.revoke_token()
    told = run(**messenger(graph), **desk(slack))
    _, page, bot = told.stdout.splitlines()
    assert page.startswith("messenger: not in order. Messenger answered 401, code 190. ")
    assert page.endswith("renew MESSENGER_PAGE_TOKEN.")
    assert bot.startswith("slack: ok, ")
    assert told.exit_code == 2
    assert told.stderr == "docent: 1 of 3 channel(s) not in order.\n"


def test_a_platform_that_is_away_is_not_in_order(run: Run, graph: GraphStandin) -> None:
    graph.down()
    told = run("messenger", **messenger(graph))
    words = "messenger: not in order. Messenger cannot be reached. Try again in a moment.\n"
    assert (told.exit_code, told.stdout) == (2, words)


def test_one_channel_alone(run: Run, graph: GraphStandin, slack: SlackStandin) -> None:
    graph.revoke_token()
    told = run("slack", **messenger(graph), **desk(slack))
    assert (told.exit_code, len(told.stdout.splitlines())) == (0, 1)
    assert graph.exchanges == []


def test_nothing_is_set_up(run: Run) -> None:
    told = run()
    assert told.stdout.splitlines() == [
        "web: ok, there is nothing to check",
        "No other channel is set up; docs/channels.md says how.",
    ]
    assert told.exit_code == 0


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("telegram", "Set TELEGRAM_BOT_TOKEN, TELEGRAM_SECRET_TOKEN; docs/channels/telegram.md"),
        ("slack", "SLACK_SIGNING_SECRET or SLACK_APP_TOKEN"),
        ("myspace", "There is no channel 'myspace'. Choose one of web, messenger,"),
        ("微信", "There is no channel '微信'."),
    ],
)
def test_a_channel_that_is_not_there(run: Run, name: str, words: str) -> None:
    told = run(name)
    assert (told.exit_code, told.stdout) == (2, "")
    assert words in told.stderr
    assert len(told.stderr.splitlines()) == 1


def test_a_setting_that_lacks_is_named(run: Run) -> None:
    told = run(MESSENGER_PAGE_TOKEN=TOKEN)
    assert told.exit_code == 2
    assert "MESSENGER_APP_SECRET" in told.stderr


# -- what may come of a check -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (ChannelBroken("the key is old", "Renew X."), "the key is old. Renew X."),
        (SendFailed("忙 busy", retryable=True), "忙 busy. Try again in a moment."),
        (SendFailed("no", retryable=False, next_step="Do it."), "no. Do it."),
        (KeyError(TOKEN), "KeyError. Please report this."),
        (asyncio.TimeoutError(), "There was no answer in 20 seconds. Try again in a moment."),
    ],
)
async def test_each_end_of_a_check_in_words(
    database: Database, trouble: Exception, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)

    class Troubled(Messenger):
        shared: Any = None
        closed = False

        def share(self, database: Database) -> None:
            self.shared = database

        async def check(self) -> str:
            assert self.shared is database
            raise trouble

        async def close(self) -> None:
            self.closed = True

    made = Troubled(Settings({}))
    [found] = await checking.look_at([made], database)
    assert (found.ok, found.words) == (False, words)
    assert str(found) == f"messenger: not in order. {words}"
    assert made.closed


async def test_the_channels_are_asked_side_by_side(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "ANSWER_SECONDS", 0.2)

    class Slow(Messenger):
        async def check(self) -> str:
            await asyncio.sleep(60)
            return "never"

    channels: list[Channel] = [Slow(Settings({})) for _ in range(5)]
    found = await asyncio.wait_for(checking.look_at(channels, database), 3)
    assert [each.ok for each in found] == [False] * 5
