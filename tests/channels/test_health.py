"""A revoked key turns its channel red and tells staff once; mended, it is green again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from pages.conftest import DESKTOP, PHONE
from postgres import new_database
from scenarios.browsing import chromium, in_browser_thread, visit
from scenarios.waiting import until
from standins.graph import GraphStandin
from standins.slack import SlackStandin

from bot import metrics
from bot.channels import health
from bot.channels.health import ANSWER_SECONDS, ASK_EVERY_SECONDS, Health, State
from bot.errors import ChannelBroken, SendFailed

from .served import Loaded, Served, serving

__all__ = ["chromium", "visit"]

TOKEN = "PAGE-TOKEN-of-the-tests"
DESK = "C0DESK"
BROKEN = ChannelBroken("the key is old 钥匙", "Renew X_TOKEN.")
AWAY = SendFailed("X cannot be reached", retryable=True)
REFUSED = SendFailed("X says no", retryable=False, next_step="Renew X_TOKEN.", broken=True)
RED = {"ok": False, "reason": "the key is old 钥匙. Renew X_TOKEN."}
RED_BY_SENDING = {"ok": False, "reason": "X says no. Renew X_TOKEN."}
GREEN = {"ok": True}


class Platform:
    """A channel as the watch sees it."""

    def __init__(self) -> None:
        self.trouble: Exception | None = None
        self.asked = 0
        self.hangs = False

    async def check(self) -> str:
        """Says what the test wants."""
        self.asked += 1
        if self.hangs:
            await asyncio.sleep(60)
        if self.trouble is not None:
            raise self.trouble
        return "我们 us"


class Watch:
    """A watch over one platform, and what it told."""

    def __init__(self) -> None:
        self.platform = Platform()
        self.told: list[tuple[bool, str]] = []
        self.deaf = False
        self.health = Health({"x": self.platform}, self._tell)  # type: ignore[dict-item]

    async def _tell(self, channel: str, state: State) -> None:
        if self.deaf:
            raise OSError("the database is away")
        self.told.append((state.ok, state.reason))

    async def ask(self, trouble: Exception | None = None) -> dict[str, Any]:
        """Asks once; returns what is known then."""
        self.platform.trouble = trouble
        await self.health.ask()
        await self.health.tell()
        return self.details

    @property
    def details(self) -> dict[str, Any]:
        """What is known."""
        return self.health.details()["x"]


@pytest.fixture
def watch() -> Watch:
    return Watch()


def test_a_minute_is_enough() -> None:
    assert ASK_EVERY_SECONDS + ANSWER_SECONDS < 60


async def test_before_it_was_asked_a_channel_is_well(watch: Watch) -> None:
    assert watch.details == GREEN


async def test_broken_and_mended(watch: Watch) -> None:
    for _ in range(2):
        assert await watch.ask(BROKEN) == RED
    assert metrics.channel_up.labels("x")._value.get() == 0
    for _ in range(2):
        assert await watch.ask() == GREEN
    assert metrics.channel_up.labels("x")._value.get() == 1
    assert watch.told == [(False, RED["reason"]), (True, "")]


@pytest.mark.parametrize("trouble", [AWAY, ValueError("a bug"), asyncio.TimeoutError()])
async def test_what_passes_changes_nothing(watch: Watch, trouble: Exception) -> None:
    assert await watch.ask(trouble) == GREEN
    await watch.ask(BROKEN)
    assert await watch.ask(trouble) == RED


async def test_a_platform_that_hangs_is_given_up(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "ANSWER_SECONDS", 0.05)
    watch.platform.hangs = True
    assert await asyncio.wait_for(watch.ask(), 2) == GREEN


async def test_a_check_may_fail_as_a_message_does(watch: Watch) -> None:
    assert await watch.ask(REFUSED) == RED_BY_SENDING


async def test_a_message_that_is_refused_tells_it_at_once(watch: Watch) -> None:
    watch.health.heard("x", AWAY)
    assert watch.details == GREEN
    watch.health.heard("x", REFUSED)
    assert watch.details == RED_BY_SENDING
    watch.health.heard("x", None)
    assert watch.details == GREEN


async def test_a_refused_message_makes_it_ask_at_once(
    watch: Watch, until: Callable[..., Any]
) -> None:
    watching = asyncio.create_task(watch.health.watch())
    await until(lambda: watch.platform.asked == 1)
    watch.platform.trouble = BROKEN
    for _ in range(5):
        watch.health.heard("x", REFUSED)
    await until(lambda: watch.told[-1:] == [(False, RED["reason"])])
    watching.cancel()
    assert watch.platform.asked == 2


async def test_a_platform_that_knows_us_and_takes_nothing_stays_red(watch: Watch) -> None:
    await watch.ask()
    watch.health.heard("x", REFUSED)
    for _ in range(3):
        assert await watch.ask() == RED_BY_SENDING
    watch.health.heard("x", None)
    assert await watch.ask() == GREEN
    assert [ok for ok, _ in watch.told] == [True, False, True]


async def test_a_message_that_gets_through_does_not_hide_a_wrong_set_up(watch: Watch) -> None:
    await watch.ask(BROKEN)
    watch.health.heard("x", None)
    assert watch.details == RED


async def test_what_could_not_be_told_is_told_later(watch: Watch) -> None:
    watch.deaf = True
    await watch.ask(BROKEN)
    watch.deaf = False
    await watch.ask(BROKEN)
    assert watch.told == [(False, RED["reason"])]


# -- the whole way ----------------------------------------------------------------------------


class Museum:
    """Servers with Messenger and a desk in Slack, and what their platforms saw."""

    def __init__(self, graph: GraphStandin, slack: SlackStandin, served: list[Served]) -> None:
        self.graph, self.slack, self.all = graph, slack, served
        self.one = served[0]

    def get(self, path: str, server: Served | None = None) -> Any:
        """Reads an address."""
        with (server or self.one).client() as client:
            return client.get(path)

    def channel(self, server: Served | None = None) -> Any:
        """What /ready says of Messenger."""
        return self.get("/ready", server).json()["channels"]["messenger"]

    def announced(self) -> list[str]:
        """What all staff were told in Slack of channels."""
        texts = [str(post["text"]) for post in self.slack.roots(DESK)]
        return [text for text in texts if "Messenger" in text]

    def is_shown(self, red: bool) -> bool:
        """Tells whether all servers show Messenger so."""
        return all(self.channel(server)["ok"] is not red for server in self.all)


@contextmanager
def museum(folder: Path, servers: int = 1, good: str = TOKEN, **values: str) -> Iterator[Museum]:
    """Runs servers whose token is good, or not; no other is given to them."""
    with ExitStack() as stack:
        graph = stack.enter_context(GraphStandin(good))
        slack = stack.enter_context(SlackStandin())
        settings = {
            "MESSENGER_PAGE_TOKEN": TOKEN,
            "MESSENGER_APP_SECRET": "secret",
            "MESSENGER_VERIFY_TOKEN": "word",
            "MESSENGER_API_URL": graph.url,
            "SLACK_BOT_TOKEN": slack.token,
            "SLACK_SIGNING_SECRET": "signing-secret",
            "SLACK_DESK_CHANNEL": DESK,
            "SLACK_API_URL": slack.api_url,
            **values,
        }
        served = [stack.enter_context(serving(folder, Loaded, **settings)) for _ in range(servers)]
        yield Museum(graph, slack, served)


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asks ten times a second, so that no test waits half a minute."""
    monkeypatch.setattr(health, "ASK_EVERY_SECONDS", 0.1)


def test_a_revoked_token_is_red_everywhere_and_told_once(tmp_path: Path) -> None:
    with museum(tmp_path) as here:
        until(lambda: here.get("/ready").status_code == 200, "readiness")
        assert here.channel() == GREEN
        before = here.get("/desk/api/changes").json()["version"]
        here.graph.revoke_token()
        until(lambda: here.is_shown(red=True), "red")
        ready = here.get("/ready")
        assert (ready.status_code, ready.json()["status"]) == (200, "ready")
        assert "MESSENGER_PAGE_TOKEN" in here.channel()["reason"]
        assert TOKEN not in ready.text
        assert 'docent_channel_up{channel="messenger"} 0.0' in here.get("/metrics").text
        assert 'docent_channel_up{channel="web"} 1.0' in here.get("/metrics").text
        until(lambda: here.announced(), "an announcement in Slack")
        [banner] = here.get("/desk/api/cases").json()["broken"]
        assert banner.startswith("Messenger does not work. ")
        assert "MESSENGER_PAGE_TOKEN" in banner
        changes = here.get(f"/desk/api/changes?after={before}&wait=5").json()
        assert changes["version"] > before
        here.graph.page_token = TOKEN
        until(lambda: here.is_shown(red=False), "green")
        until(lambda: len(here.announced()) == 2, "the second announcement")
        assert 'docent_channel_up{channel="messenger"} 1.0' in here.get("/metrics").text
        assert here.get("/desk/api/cases").json()["broken"] == []
        broke, works = here.announced()
        assert "MESSENGER_PAGE_TOKEN" in broke
        assert "Messenger works again." in works


def test_a_platform_that_is_away_for_a_moment_is_not_broken(tmp_path: Path) -> None:
    with museum(tmp_path) as here:
        until(lambda: here.graph.exchanges, "the first question")
        here.graph.fail_next(5, status=500, code=2, on="profile")
        until(lambda: len(here.graph.exchanges) > 8, "some questions")
        here.graph.down()
        asked = len(here.graph.exchanges)
        until(lambda: here.channel() == GREEN, "an answer of /ready")
        here.graph.up()
        until(lambda: len(here.graph.exchanges) > asked + 2, "questions again")
        assert (here.channel(), here.announced()) == (GREEN, [])


def test_of_two_servers_one_tells(tmp_path: Path) -> None:
    with museum(tmp_path, 2, DATABASE_URL=new_database()) as here:
        for works in (False, True):
            here.graph.page_token = TOKEN if works else "revoked"
            until(lambda red=not works: here.is_shown(red), "both to see it")
            until(lambda: here.announced()[-1:], "an announcement")
        until(lambda: len(here.announced()) >= 2, "two announcements")
        asked = len(here.graph.exchanges)
        until(lambda: len(here.graph.exchanges) > asked + 10, "both to ask again")
        assert len(here.announced()) == 2
        for server in here.all:
            assert here.get("/desk/api/cases", server).json()["broken"] == []


def test_a_restart_tells_only_what_is_news(tmp_path: Path) -> None:
    for good, news in (("another", 1), ("another", 0), (TOKEN, 1), (TOKEN, 0)):
        with museum(tmp_path, good=good) as here:
            until(lambda here=here: len(here.graph.exchanges) > 5, "some questions")
            until(lambda here=here, good=good: here.is_shown(red=good != TOKEN), "the state")
            until(lambda here=here, news=news: len(here.announced()) >= news, "what is news")
            assert len(here.announced()) == news


@in_browser_thread
def test_the_web_desk_shows_it(tmp_path: Path, visit: Callable[..., Any]) -> None:
    with museum(tmp_path) as here:
        pages = [visit(here.one.url, "/desk", viewport=size) for size in (DESKTOP, PHONE)]
        for page in pages:
            page.fill("#name", "Mei 美")
            page.keyboard.press("Enter")
            page.wait_for_selector(".empty")
        here.graph.revoke_token()
        for page, size in zip(pages, ("desktop", "phone"), strict=True):
            page.wait_for_selector("#broken li")
            words = page.locator("#broken li").inner_text()
            assert "renew MESSENGER_PAGE_TOKEN" in words
            page.screenshot(path=tmp_path / f"broken-{size}.png")
        here.graph.page_token = TOKEN
        for page in pages:
            page.wait_for_selector("#broken", state="hidden")
            # The server ends with this block, and the page would complain of it.
            page.context.close()
