"""The Home tab: what is shown to whom, when it changes, and what its buttons do."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Book
from standins.slack import SlackStandin

from bot.channels import slack_home
from bot.channels.slack_api import SlackApi
from bot.channels.slack_home import KEPT_SECONDS, LOOK_SECONDS, PAUSE_SECONDS, SlackHomes
from bot.channels.slack_people import SlackPeople
from bot.content.voice import Voice
from bot.desk.casework import Casework, Request
from bot.desk.home import closed_to
from bot.store import cases, health
from bot.store.database import Database

from .slack_room import ADA, BEN, DESK, Room, open_room


@pytest.fixture
async def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Room]:
    """A desk that sends at once and shows at once what changed."""
    monkeypatch.setattr(slack_home, "PAUSE_SECONDS", 0.1)
    async with open_room(tmp_path) as opened:
        yield opened


def home(slack: SlackStandin, user: str = ADA) -> dict[str, Any]:
    """Returns somebody's Home tab, empty where none was published."""
    with slack.changing() as workspace:
        return dict(workspace.homes.get(user, {}))


def words(room: Room, user: str = ADA) -> str:
    return str(home(room.slack, user).get("blocks", ""))


async def opened(room: Room, user: str = ADA) -> dict[str, Any]:
    """Opens the Home tab and waits until it is there."""
    before = home(room.slack, user).get("hash")
    await room.do(room.driver.open_home, user)
    await room.until(lambda: home(room.slack, user).get("hash") not in (None, before))
    return home(room.slack, user)


async def press(room: Room, user: str, name: str, **more: Any) -> None:
    number = home(room.slack, user)["id"]
    await room.do(room.driver.press_view, user, number, name, **more)


# -- what is shown --------------------------------------------------------------------------------


async def test_what_waits_is_shown_with_its_buttons_and_its_thread(room: Room) -> None:
    case = await room.ask("我的围巾丢了 scarf", name="李 Lei")
    room.database.now(health.change, "messenger", False, "The token ended 过期.")
    shown = str((await opened(room))["blocks"])
    told = ("1* open, 1 unclaimed", "Messenger does not work. The token ended")
    for said in ("我的围巾丢了 scarf", "李 Lei", case.ref, *told):
        assert said in shown
    with room.slack.changing() as workspace:
        site = f"https://{workspace.domain}.slack.com"
    assert f"{site}/archives/{DESK}/p{case.slack_ts.replace('.', '')}" in shown
    assert await room.ended() == "home: shown"


async def test_who_is_no_staff_sees_no_visitor(room: Room) -> None:
    await room.ask("secret 秘密")
    for number, kind in enumerate(("is_restricted", "is_stranger")):
        user = f"U0GUEST{number}"
        room.slack.add_user(user, "Guest", **{kind: True})
        await opened(room, user)
        assert "secret" not in words(room, user)
        assert "so no cases are shown here" in words(room, user)


async def test_only_who_opens_the_home_tab_is_shown_it(room: Room) -> None:
    await room.do(room.driver.open_home, BEN, "messages")
    await opened(room)
    await room.ask("新 new")
    await room.until(lambda: "新 new" in words(room))
    assert home(room.slack, BEN) == {}


# -- when it changes ------------------------------------------------------------------------------


async def test_what_is_the_same_is_not_published_again(room: Room) -> None:
    await room.ask()
    await opened(room)
    before = len(room.slack.calls("views.publish"))
    for _ in range(5):
        room.host.show()
    await room.quiet()
    assert len(room.slack.calls("views.publish")) == before


# -- what its buttons do --------------------------------------------------------------------------


async def test_claim_makes_it_mine(room: Room) -> None:
    case = await room.ask("我的伞 umbrella")
    await opened(room)
    await press(room, ADA, "Open thread")
    assert await room.ended() == "no-op: a link was followed"
    await press(room, ADA, "Claim")
    await room.until(lambda: "Mine (1)" in words(room))
    assert room.case(case.id).owner_id == ADA
    assert f"You have {case.ref} now" in words(room)
    await room.until(lambda: "Claimed by" in str(room.slack.message(DESK, case.slack_ts)))


async def test_who_was_slower_is_told_who_was_faster(room: Room) -> None:
    case = await room.ask()
    await opened(room)
    # Ben claims in the moment in which Ada's tab still shows the button.
    number = home(room.slack)["id"]
    with room.slack.changing() as workspace:
        before = dict(workspace.homes[ADA])
    await room.claimed(case, BEN)
    with room.slack.changing() as workspace:
        workspace.homes[ADA] = before
    await room.do(room.driver.press_view, ADA, number, "Claim")
    await room.until(lambda: "Ben has this case" in words(room))
    assert room.case(case.id).owner_id == BEN


async def test_nothing_is_claimed_by_a_guest_nor_where_nothing_is(room: Room) -> None:
    case = await room.ask("伞 umbrella", name="<@U0BEN> *x*")
    await opened(room)
    assert "<@U0BEN>" not in words(room)
    room.slack.add_user("U0GUEST", "Guest", is_restricted=True)
    await room.do(room.driver.press_view, "U0GUEST", home(room.slack)["id"], "Claim")
    await press(room, ADA, "Claim", value="999")
    await room.until(lambda: "not here any more" in words(room))
    await room.quiet()
    assert room.case(case.id).state == "queued"


async def test_a_department_narrows_the_list_and_is_remembered(room: Room) -> None:
    case = await room.ask("伞 umbrella")
    await room.ask("another 另一个", person="8")
    room.database.now(cases.change_case, case.id, department="access")
    await opened(room)
    await press(room, ADA, "home:department", option="access")
    await room.until(lambda: "another" not in words(room))
    assert "umbrella" in words(room)
    assert home(room.slack)["private_metadata"] == "access"
    await opened(room)
    assert "another" not in words(room)


# -- where Slack has trouble ----------------------------------------------------------------------


async def test_slack_is_asked_again_after_it_refused_for_a_while(room: Room) -> None:
    room.slack.rate_limit_next(on="views.publish")
    await room.ask("再来 again")
    await room.do(room.driver.open_home, ADA)
    await room.until(lambda: "再来 again" in words(room))
    assert len(room.slack.calls("views.publish")) == 2


class Seconds:
    """A clock of seconds that a test moves."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def slack() -> Iterator[SlackStandin]:
    """Slack, with nobody at work."""
    with SlackStandin() as standin:
        yield standin


@pytest.fixture
async def homes(
    slack: SlackStandin, database: Database, casework: Casework, voice: Voice
) -> tuple[SlackHomes, Seconds]:
    """Ada's Home tab, whose worker is the test itself."""
    api, seconds = SlackApi(slack.token, slack.api_url), Seconds()
    people = SlackPeople(api)
    made = SlackHomes(database, api, people, casework, voice.museum, ("web",), seconds)
    await made.opened({"team": slack.workspace.team_id, "event": {"user": ADA}})
    return made, seconds


async def round_of(homes: SlackHomes) -> bool:
    """Shows the next tab that is due; tells whether one was."""
    tab = await homes._next()
    if tab is not None:
        await homes.show(tab)
    return tab is not None


async def test_a_tab_changes_every_few_seconds_at_most(
    homes: tuple[SlackHomes, Seconds], monkeypatch: pytest.MonkeyPatch
) -> None:
    tabs, seconds = homes
    monkeypatch.setattr(slack_home, "PAUSE_SECONDS", PAUSE_SECONDS)
    assert await round_of(tabs)
    tabs.wake()
    assert not await round_of(tabs)
    seconds.at += PAUSE_SECONDS
    assert await round_of(tabs)
    assert not await round_of(tabs)
    seconds.at += LOOK_SECONDS
    assert await round_of(tabs)


async def test_with_many_tabs_open_each_changes_less_often(
    homes: tuple[SlackHomes, Seconds], slack: SlackStandin
) -> None:
    tabs, seconds = homes
    for number in range(39):
        slack.add_user(f"U{number}", f"同事 {number}")
        event = {"team": slack.workspace.team_id, "event": {"user": f"U{number}"}}
        await tabs.opened(event)
    while await round_of(tabs):
        pass
    for waited, due in ((29, False), (2, True)):
        seconds.at += waited
        tabs.wake()
        assert await round_of(tabs) is due


async def test_after_an_hour_a_tab_is_left_alone(homes: tuple[SlackHomes, Seconds]) -> None:
    tabs, seconds = homes
    assert await round_of(tabs)
    seconds.at += KEPT_SECONDS + 1
    tabs.wake()
    assert not await round_of(tabs)


async def test_of_two_processes_the_one_that_published_last_goes_on(
    slack: SlackStandin, homes: tuple[SlackHomes, Seconds], book: Book, casework: Casework
) -> None:
    tabs, seconds = homes
    assert await round_of(tabs)
    other = SlackApi(slack.token, slack.api_url)
    await other.call("views.publish", user_id=ADA, view=closed_to("a guest"))
    row = book.row(book.heard("等 wait"))
    book.database.now(casework.open_case, row, "en", Request("speak_to_human"))
    seconds.at += LOOK_SECONDS
    assert await round_of(tabs)
    seconds.at += LOOK_SECONDS
    assert not await round_of(tabs)
    assert "wait" not in str(home(slack))
    replies = [each.reply for each in slack.calls("views.publish")]
    assert [reply.body["ok"] for reply in replies if reply] == [True, True, False]


async def test_without_a_home_tab_in_the_app_nothing_is_tried_again(
    slack: SlackStandin, homes: tuple[SlackHomes, Seconds]
) -> None:
    tabs, seconds = homes
    slack.fail_next(error="not_enabled", on="views.publish")
    assert await round_of(tabs)
    seconds.at += LOOK_SECONDS
    assert not await round_of(tabs)
