"""Takes pictures of what staff see in Slack; without names it takes all.

    PYTHONPATH=tests .venv/bin/python -m tests.pages.slack_shots docs/img home card card_zh


A desk at work (the real host, Slack's stand-in) posts what it would post; Chromium draws it.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import sync_playwright

from bot.desk.casework import Person, Request
from bot.messages import Inbound
from bot.store import Connection, cases, log
from tests.channels.slack_room import ADA, BEN, DESK, Room, open_room
from tests.pages.block_kit import home_page, message_page
from tests.pages.conftest import FLAGS, PHONE

EN, HANS, HANT = "en", "zh-Hans", "zh-Hant"
TEMPLE = "Hello, do you have audio guides in Chinese? My parents do not speak English."
VISITORS: tuple[tuple[str, str, str, str | None, int, str | None], ...] = (
    ("陈晓梅", "你好，请问讲解器有中文的吗？我带父母来，他们不会英文。", HANS, TEMPLE, -20, None),
    ("James Whitfield", "I left a grey umbrella in the cloakroom on Friday.", EN, None, 12, None),
    (
        "林雅婷",
        "請問學校團體預約要多久以前申請？",
        HANT,
        "How long before the visit must a school group book?",
        95,
        ADA,
    ),
    ("Priya", "Can I move my 2pm ticket to Sunday?", EN, None, 180, BEN),
    ("Olu", "Is the lift to the second floor working today?", EN, None, 55, None),
)


def at_noon() -> None:
    """Moves the program's clock to a Tuesday before noon, when the desk is staffed."""
    real = log.now
    ahead = datetime(2026, 11, 24, 11, 42, tzinfo=timezone.utc) - real()
    for module in [each for name, each in sys.modules.items() if name.startswith("bot.")]:
        if getattr(module, "now", None) is real:
            module.now = lambda: real() + ahead  # type: ignore[attr-defined]


async def seen(folder: Path) -> dict[str, str]:
    """Returns the pages to draw, by the name of their picture."""
    async with open_room(folder, undo=5) as room:
        with room.slack.changing() as workspace:
            workspace.users[ADA]["profile"]["display_name"] = "Ada"
        opened = [room.database.now(_open, room, number) for number in range(len(VISITORS))]
        room.host.wake()
        await room.until(lambda: all(room.case(one.id).slack_ts for one in opened))
        await room.quiet()
        await room.do(room.driver.open_home, ADA)
        await room.until(lambda: room.slack.workspace.homes.get(ADA))
        view = room.slack.workspace.homes[ADA]
        shown = [room.slack.message(DESK, room.case(opened[n].id).slack_ts) for n in (1, 0)]
        said = "say en: The upper floor is closed today. zh: 今天二楼闭馆，敬请谅解。"
        pages = {"home": home_page(view["blocks"])}
        for name, post in zip(("card", "card_zh"), shown, strict=True):
            thread = room.slack.thread(DESK, post["ts"])
            posts = [post["blocks"], *(each["blocks"] for each in thread)]
            pages[name] = message_page(posts, "visitor-desk")
        for name, words in (("find", "find 讲解器"), ("say", said)):
            pages[name] = message_page([await _whispered(room, words)], "visitor-desk", True)
        return pages


def _open(connection: Connection, room: Room, number: int) -> Any:
    """Opens a case as a conversation would, and claims it where it is somebody's."""
    name, question, language, translation, minutes, owner = VISITORS[number]
    person = f"{2345 + number}"
    talk = Inbound("messenger", person, f"m.{number}", question, name=name)
    if number == 0:
        _talked_before(connection, talk)
    seq = log.accept(connection, talk, language, {})
    assert seq is not None
    beside = translation and {"text": translation, "language": EN, "engine": "libretranslate"}
    log.change_message(
        connection, seq, state="answered", translation=beside or None, ranking=_guesses(number)
    )
    row = log.message(connection, seq)
    assert row is not None
    case = room.host.casework.open_case(connection, row, language, Request("speak_to_human"))
    if owner:
        room.host.casework.claim(
            connection, case.id, Person(owner, "Ada" if owner == ADA else "Ben")
        )
    cases.change_case(
        connection, case.id, due_at=log.now() + timedelta(minutes=minutes, seconds=-5)
    )
    return case


def _guesses(number: int) -> list[dict[str, Any]]:
    likely = ("lost_property", "cloakroom_luggage", "toilets_baby_change")
    first = ("audio_guide", "guided_tours", "family_children")
    topics = zip(likely if number == 1 else first, (0.91, 0.05, 0.02), strict=True)
    return [{"topic": f"faq/{topic}", "confidence": sure} for topic, sure in topics]


def _talked_before(connection: Connection, talk: Inbound) -> None:
    """Writes what the visitor and the bot said before the question."""
    earlier = replace(talk, platform_id="m.before", text="请问星期天几点开门？")
    asked = log.accept(connection, earlier, HANS, {})
    assert asked is not None
    log.change_message(connection, asked, state="answered")
    said = {"text": "您好！本馆周日10:00开放，17:00闭馆。", "language": HANS, "author": "bot"}
    place = {"conversation_id": talk.conversation_id, "channel": talk.channel}
    log.add_message(connection, **place, **said, direction="out", state="sent")


async def _whispered(room: Room, words: str) -> Any:
    before = len(room.slack.ephemerals(ADA))
    await room.do(room.driver.slash, ADA, "/docent", words)
    await room.until(lambda: len(room.slack.ephemerals(ADA)) > before)
    return room.slack.ephemerals(ADA)[-1]["blocks"]


def take(pages: dict[str, str], folder: Path) -> None:
    """Draws each page at a phone's width, as long as it is."""
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = browser.new_page(viewport={**PHONE, "height": 200}, device_scale_factor=1.5)
        for name, content in pages.items():
            page.set_content(content)
            page.screenshot(path=folder / f"{name}.png", full_page=True)
        browser.close()


def main() -> None:
    """Draws everything into the folder that is named."""
    at_noon()
    with TemporaryDirectory() as folder:
        pages = asyncio.run(seen(Path(folder)))
    wanted = set(sys.argv[2:]) or set(pages)
    take({name: page for name, page in pages.items() if name in wanted}, Path(sys.argv[1]))


if __name__ == "__main__":
    main()
