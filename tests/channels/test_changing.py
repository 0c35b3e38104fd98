"""What was sent is changed and taken away again, on each platform that can, through the outbox."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import claims
import pytest
from conftest import Book
from standins.slack import SlackStandin
from standins.telegram import TOKEN, TelegramStandin

from bot.channels.base import Channel
from bot.channels.slack import Slack
from bot.channels.telegram import Telegram
from bot.channels.web import Web
from bot.channels.web_news import read_news
from bot.config import Settings
from bot.content.voice import Voice
from bot.desk.casework import Casework, Person, Request
from bot.errors import SendFailed
from bot.messages import Outbound
from bot.outbox import Outbox
from bot.server import CHANNELS
from bot.store import revisions
from bot.store.database import Database
from bot.store.tables import desk_jobs

from .served import serving

ADA = Person("U0ADA", "Ada")
WORDS = [
    ("We close at 3", "We close at 5"),
    ("我们三点闭馆", "我们五点闭馆"),
    ("3点 closed", "5点 closed & *open* again"),
]


class Desk:
    """Ada's replies on one real channel."""

    def __init__(self, database: Database, voice: Voice, channel: Channel, person: str) -> None:
        self.book, self.database, self.person = Book(database), database, person
        self.channel = channel
        limits = {channel.channel: channel.limits}
        self.casework = work = Casework(voice, limits, 0, True)
        listeners = (work.reply_sent, work.reply_failed, work.reply_waits)
        self.outbox = Outbox(database, {channel.channel: channel}, *listeners, lambda: None)

    async def reply(self, text: str) -> int:
        """Lets Ada answer; returns the number of her reply, which was sent."""
        place = {"place": {"channel": "C0ASK"}} if self.channel.channel == "slack" else {}
        seq = self.book.heard("?", self.person, self.channel.channel)
        self.book.change(seq, payload=place)
        row = self.book.row(seq)
        opened = self.database.now(self.casework.open_case, row, "en", Request("speak_to_human"))
        self.database.now(self.casework.claim, opened.id, ADA)
        says = self.casework.staff_says
        said = self.database.now(says, opened.id, ADA, text, slack_ts="1700000000.000001")
        await self.send()
        assert said.seq is not None
        return said.seq

    async def edit(self, seq: int, text: str) -> None:
        """Edits a reply, and sends what that takes."""
        self.database.now(self.casework.staff_edits, self.book.row(seq), ADA, text)
        await self.send()

    async def delete(self, seq: int) -> None:
        """Deletes a reply, and sends what that takes."""
        self.database.now(self.casework.staff_deletes, self.book.row(seq), ADA)
        await self.send()

    async def send(self) -> None:
        """Sends all that waits."""
        while (leaving := await claims.one(self.outbox)) is not None:
            await self.outbox.deliver(leaving)

    def told(self) -> str:
        """Everything that the thread was told."""
        return "\n".join(str(job.payload) for job in self.book.rows(desk_jobs))


@asynccontextmanager
async def closing(channel: Channel) -> AsyncIterator[Channel]:
    """Closes a channel in the end."""
    try:
        yield channel
    finally:
        await channel.close()


@pytest.fixture
async def telegram(
    database: Database, voice: Voice
) -> AsyncIterator[tuple[Desk, TelegramStandin]]:
    with TelegramStandin() as standin:
        values = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_SECRET_TOKEN": "s" * 32}
        settings = Settings({**values, "TELEGRAM_API_URL": standin.url})
        async with closing(Telegram(settings)) as channel:
            yield Desk(database, voice, channel, "24680001"), standin


@pytest.fixture
async def slack(database: Database, voice: Voice) -> AsyncIterator[tuple[Desk, SlackStandin]]:
    with SlackStandin() as standin:
        standin.add_channel("C0ASK", "ask")
        settings = Settings(
            {
                "SLACK_BOT_TOKEN": standin.token,
                "SLACK_SIGNING_SECRET": "a-signing-secret",
                "SLACK_DESK_CHANNEL": "C0DESK",
                "SLACK_API_URL": standin.api_url,
            }
        )
        async with closing(Slack(settings)) as channel:
            yield Desk(database, voice, channel, "T0DOCENT:U0ADA"), standin


@pytest.mark.parametrize(("before", "after"), WORDS)
async def test_telegram_changes_and_takes_away(
    telegram: tuple[Desk, TelegramStandin], before: str, after: str
) -> None:
    desk, standin = telegram
    seq = await desk.reply(before)
    await desk.edit(seq, after)
    assert standin.texts(24680001)[-1] == after.replace("*open*", "open")
    assert before not in standin.texts(24680001)
    await desk.delete(seq)
    assert len(standin.calls("deleteMessage")) == 1
    assert not [text for text in standin.texts(24680001) if text[0] in "W我35"]


async def test_telegram_after_a_lost_answer_is_not_asked_for_more(
    telegram: tuple[Desk, TelegramStandin],
) -> None:
    desk, standin = telegram
    seq = await desk.reply("We close at 3")
    sent = desk.book.row(seq)
    for _ in range(2):
        # The second time the text is the same, and the third time the message is gone.
        await desk.channel.edit(desk.person, sent.platform_id, Outbound("We close at 5"))
    for _ in range(2):
        await desk.channel.delete(desk.person, sent.platform_id)
    assert "We close at 5" not in standin.texts(24680001)


@pytest.mark.parametrize(
    ("deed", "words", "reason"),
    [
        ("edit", "Bad Request: message can't be edited", "does not change this message any more"),
        ("edit", "Bad Request: message to edit not found", "the message is gone"),
        ("delete", "Bad Request: message can't be deleted for everyone", "older than 48 hours"),
    ],
)
async def test_telegrams_refusal_is_told_with_what_the_visitor_keeps(
    telegram: tuple[Desk, TelegramStandin], deed: str, words: str, reason: str
) -> None:
    desk, standin = telegram
    seq = await desk.reply("We close at 3")
    method = "editMessageText" if deed == "edit" else "deleteMessage"
    standin.fail_next(status=400, description=words, on=method)
    await (desk.edit(seq, "We close at 5") if deed == "edit" else desk.delete(seq))
    assert reason in desk.told()
    assert "rite" in desk.told().partition(reason)[2], "the next step"
    assert revisions.reads(desk.book.row(seq)) == "We close at 3"


async def test_telegram_without_a_number_cannot_change(
    telegram: tuple[Desk, TelegramStandin],
) -> None:
    desk, _ = telegram
    with pytest.raises(SendFailed, match="did not tell"):
        await desk.channel.edit(desk.person, "", Outbound("x"))


async def test_an_edit_waits_out_a_passing_error(telegram: tuple[Desk, TelegramStandin]) -> None:
    desk, standin = telegram
    seq = await desk.reply("We close at 3")
    standin.fail_next(status=500, description="later", on="editMessageText")
    await desk.edit(seq, "We close at 5")
    [row] = desk.book.rows(direction="out", state="queued")
    desk.book.change(row.seq, not_before=None)
    await desk.send()
    assert standin.texts(24680001)[-1] == "We close at 5"


@pytest.mark.parametrize(("before", "after"), WORDS)
async def test_slack_changes_and_takes_away(
    slack: tuple[Desk, SlackStandin], before: str, after: str
) -> None:
    desk, standin = slack
    seq = await desk.reply(before)
    await desk.edit(seq, after)
    shown = standin.messages("C0ASK")[-1]
    plain = after.replace("*open*", "open")
    assert plain in str(shown["blocks"])
    assert before not in str(standin.messages("C0ASK"))
    await desk.delete(seq)
    assert plain not in str(standin.messages("C0ASK"))
    await desk.channel.delete(desk.person, desk.book.row(seq).platform_id)


@pytest.mark.parametrize("code", ["edit_window_closed", "cant_update_message"])
async def test_slacks_refusal_is_told(slack: tuple[Desk, SlackStandin], code: str) -> None:
    desk, standin = slack
    seq = await desk.reply("We close at 3")
    standin.fail_next(error=code, on="chat.update")
    await desk.edit(seq, "We close at 5")
    assert code in desk.told()
    assert "The visitor keeps the earlier text" in desk.told()


@pytest.mark.parametrize(("before", "after"), WORDS)
async def test_the_page_shows_the_new_words_and_takes_them_away(
    database: Database, voice: Voice, before: str, after: str
) -> None:
    desk = Desk(database, voice, Web(Settings({})), "1f0c9a77")
    seq = await desk.reply(before)
    news = database.now(read_news, "web:1f0c9a77", 0)
    assert news["messages"][-1]["text"] == before
    await desk.edit(seq, after)
    plain = after.replace("*open*", "open")
    more = database.now(read_news, "web:1f0c9a77", news["cursor"])
    assert (more["messages"], more["changes"]) == ([], [{"seq": seq, "text": plain}])
    # Who opens the page now reads the new words at once, and never the change as a message.
    anew = database.now(read_news, "web:1f0c9a77", 0)
    assert [m["text"] for m in anew["messages"] if m["author"] == "staff"] == [plain]
    await desk.delete(seq)
    last = database.now(read_news, "web:1f0c9a77", more["cursor"])
    assert last["changes"] == [{"seq": seq, "text": None}]
    anew = database.now(read_news, "web:1f0c9a77", 0)
    assert [m for m in anew["messages"] if m["author"] == "staff"] == []


async def test_a_page_that_waits_hears_of_a_change(tmp_path: Path) -> None:
    with serving(tmp_path) as served, served.client() as page:
        person = page.post("/webhooks/web/session", json={}).json()["conversation"]
        seq = served.book.heard("?", person.partition(":")[2], "web")
        reply = served.book.said("3", person.partition(":")[2], channel="web", author="staff")
        served.book.change(reply, state="sent")
        before = page.get("/webhooks/web/messages").json()
        assert [m["seq"] for m in before["messages"]] == [seq, reply]
        change = {"payload": {"edits": reply}, "state": "sent", "channel": "web"}
        served.book.said("5 点", person.partition(":")[2], author="staff", **change)
        query = {"after": before["cursor"], "wait": 20}
        after = page.get("/webhooks/web/messages", params=query).json()
        assert after["changes"] == [{"seq": reply, "text": "5 点"}]


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda c: c.channel)
async def test_a_channel_that_says_it_can_has_the_way_and_no_other(channel: Any) -> None:
    for can, way in (("edits", "edit"), ("deletes", "delete")):
        own = getattr(channel, way) is not getattr(Channel, way)
        assert own == getattr(channel.limits, can), way


async def test_a_channel_that_cannot_says_so_itself() -> None:
    from bot.channels.messenger import Messenger

    door = Messenger(Settings({}))
    with pytest.raises(SendFailed, match="the visitor keeps it"):
        await door.edit("7", "m.1", Outbound("x"))
    with pytest.raises(SendFailed, match="the visitor keeps it"):
        await door.delete("7", "m.1")
