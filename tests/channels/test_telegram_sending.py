"""Telegram out: each of its answers understood, the set-up made and watched, groups followed."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from standins import telegram_updates as updates
from standins.telegram import TOKEN, USERNAME, TelegramStandin
from standins.telegram_judge import faults_of_call

from bot.channels import telegram as module
from bot.channels.telegram import LIMITS, Telegram
from bot.channels.telegram_api import UPDATES
from bot.config import Settings
from bot.errors import ChannelBroken, SendFailed
from bot.limits import split, split_for_choices
from bot.messages import Choice, Outbound
from bot.store import log

from .contract import as_json
from .send_contract import FINAL, LIMITED, PASSING, REVOKED, SHORT, Post, SendContract
from .served import Served, serving

SECRET = updates.SECRET
PUBLIC = "https://museum.example"
ADDRESS = f"{PUBLIC}/webhooks/telegram/webhook"
PERSON, GROUP, SUPERGROUP = 24680001, -4000001, -1009000000001
SETTINGS = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_SECRET_TOKEN": SECRET}
_people = count(41_000_001)


@pytest.fixture
def telegram() -> Iterator[TelegramStandin]:
    with TelegramStandin() as standin:
        yield standin


def channel(telegram: TelegramStandin, **values: str) -> Telegram:
    return Telegram(Settings({**SETTINGS, "TELEGRAM_API_URL": telegram.url, **values}))


@pytest.fixture
async def sender(telegram: TelegramStandin) -> AsyncIterator[Telegram]:
    opened = channel(telegram)
    yield opened
    await opened.hush()
    await opened.close()


class TelegramPost(Post):
    """Telegram in front of its stand-in."""

    secrets = (TOKEN, TOKEN.partition(":")[2], SECRET)
    variable = "TELEGRAM_BOT_TOKEN"

    def __init__(self, telegram: TelegramStandin, sender: Telegram) -> None:
        self.telegram, self.channel = telegram, sender
        sender._api.http._timeout = aiohttp.ClientTimeout(total=SHORT)

    def person(self) -> str:
        """Returns a new chat with one person."""
        return str(next(_people))

    def got(self, person_id: str) -> list[str]:
        """Returns the texts that a person got."""
        return self.telegram.texts(int(person_id))

    def refuse(self, kind: str) -> float | None:
        """Lets Telegram say no, and name the token and the visitor's words in it."""
        if kind == REVOKED:
            self.telegram.revoke_token()
        elif kind == LIMITED:
            self.telegram.flood(30)
            return 30.0
        else:
            status = {PASSING: 500, FINAL: 403}[kind]
            self.telegram.fail_next(status=status, description=f"{TOKEN} 你好 hello")
        return None

    def hang(self, what: str = "message") -> None:
        """Lets Telegram take its time."""
        self.telegram.hang_next(2 * SHORT, on="sendChatAction" if what == "typing" else "")

    def drop(self) -> None:
        """Breaks the connection."""
        self.telegram.accept_then_drop()

    def down(self) -> None:
        """Lets Telegram be away."""
        self.telegram.down()


@pytest.fixture
def post(telegram: TelegramStandin, sender: Telegram) -> TelegramPost:
    return TelegramPost(telegram, sender)


class TestSending(SendContract):
    """Telegram sends as every channel does."""


# -- what is sent -------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["We are open.", "我们开放。", "请book两张ticket 🎟️", "馆" * 4096])
async def test_a_message_is_sent(telegram: TelegramStandin, sender: Telegram, text: str) -> None:
    choices = (Choice("c1", "交通 Getting here"), Choice("c2", "x" * 40), Choice("c3", "转人工"))
    told = await sender.send(str(PERSON), Outbound(text, choices))
    [sent] = telegram.sent(PERSON)
    assert told == f"{PERSON}:{sent.message_id}"
    assert (sent.text, sent.payloads) == (text, ("c1", "c2", "c3"))
    assert sent.buttons == ("交通 Getting here", "x" * 40, "转人工")
    rows = json.loads(sent.call["reply_markup"])["inline_keyboard"]
    assert [len(row) for row in rows] == [1, 1, 1]
    assert "parse_mode" not in sent.call
    assert json.loads(sent.call["link_preview_options"]) == {"is_disabled": True}


@pytest.mark.parametrize("text", ["<b>5 < 6</b> & *so*", "[票](http://x) _价_", "`${a}` \\ ~||~"])
async def test_marks_are_words(telegram: TelegramStandin, sender: Telegram, text: str) -> None:
    await sender.send(str(PERSON), Outbound(text))
    assert telegram.texts(PERSON) == [text]


async def test_an_answer_goes_where_it_belongs(
    telegram: TelegramStandin, sender: Telegram
) -> None:
    telegram.topic(SUPERGROUP, 44)
    telegram.heard(SUPERGROUP, 9)
    for place in ({"thread": "44", "reply_to": "9"}, {"reply_to": "99999"}, {}):
        await sender.send(str(SUPERGROUP), Outbound("好 ok", place=place))
    placed = [(sent.thread_id, sent.reply_to) for sent in telegram.sent(SUPERGROUP)]
    assert placed == [(44, 9), (None, None), (None, None)]


async def test_ids_of_two_chats_are_never_the_same(
    telegram: TelegramStandin, sender: Telegram
) -> None:
    told = [await sender.send(str(chat), Outbound("好 ok")) for chat in (5, 6, 5)]
    numbers = [sent.message_id for sent in telegram.sent()]
    assert numbers[0] == numbers[1]
    assert len(set(told)) == 3


async def test_what_we_call_passes_telegrams_schema(
    telegram: TelegramStandin, sender: Telegram
) -> None:
    telegram.topic(SUPERGROUP, 44)
    place = {"thread": "44", "reply_to": "9"}
    await sender.send(str(PERSON), Outbound("你好 hi", (Choice("c1", "好 OK"),)))
    await sender.send(str(SUPERGROUP), Outbound("你好 hi", place=place))
    await sender.typing(str(PERSON), "1")
    await sender.check()
    await sender._api.set_webhook(ADDRESS, SECRET)
    telegram.query("q1")
    await sender._api.answer_press("q1")
    assert {each.path.rpartition("/")[2] for each in telegram.exchanges} == {
        "sendMessage",
        "sendChatAction",
        "getMe",
        "getWebhookInfo",
        "setWebhook",
        "answerCallbackQuery",
    }
    assert [faults_of_call(each) for each in telegram.exchanges] == [[]] * 7
    assert telegram.refused == []


async def test_typing_is_shown(telegram: TelegramStandin, sender: Telegram) -> None:
    await sender.typing(str(PERSON), "1")
    assert telegram.actions(PERSON) == ["typing"]


@settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))
@given(text=st.text(st.sampled_from("馆a。. \n🏛️👩🏽\u200d🚀"), min_size=1, max_size=9000))
async def test_what_the_outbox_cuts_is_taken_whole(
    telegram: TelegramStandin, sender: Telegram, text: str
) -> None:
    person = str(next(_people))
    choices = (Choice("c" * 16, "好" * LIMITS.label),) * LIMITS.choices
    parts = split_for_choices(text, LIMITS)
    assert parts == split(text, LIMITS)
    for index, part in enumerate(parts):
        last = index == len(parts) - 1
        await sender.send(person, Outbound(part, choices if last else ()))
    assert telegram.texts(int(person)) == parts
    assert "".join("".join(parts).split()) == "".join(text.split())


@pytest.mark.parametrize("suffix", ["", "/"])
async def test_the_address_may_end_with_a_slash(telegram: TelegramStandin, suffix: str) -> None:
    opened = channel(telegram, TELEGRAM_API_URL=telegram.url + suffix)
    await opened.send(str(PERSON), Outbound("你好 hi"))
    await opened.close()
    assert telegram.exchanges[0].path == f"/bot{TOKEN}/sendMessage"


# -- what Telegram says to it -------------------------------------------------------------------

REFUSALS = [
    (403, "Forbidden: bot was blocked by the user", "blocked the bot", "cannot be reached"),
    (403, "Forbidden: user is deactivated", "account was deleted", "cannot be reached"),
    (
        403,
        "Forbidden: bot was kicked from the group chat",
        "removed from the group",
        "add the bot",
    ),
    (403, "Forbidden: bot was kicked from the supergroup chat", "removed", "add the bot"),
    (403, "Forbidden: bot is not a member of the supergroup chat", "not in the group", "add"),
    (403, "Forbidden: the group chat was deleted", "group was deleted", "cannot be reached"),
    (403, "Forbidden: bot can't initiate conversation with a user", "never written", "write to"),
    (403, "Forbidden: 没有人知道 nobody knows", "403", "cannot be reached"),
    (400, "Bad Request: chat not found", "does not know this chat", "write to the bot"),
    (400, "Bad Request: PEER_ID_INVALID", "does not know this chat", "write to the bot"),
    (400, "Bad Request: message thread not found", "topic was deleted", "write again"),
    (400, "Bad Request: TOPIC_CLOSED", "topic is closed", "open it"),
    (
        400,
        "Bad Request: not enough rights to send text messages to the chat",
        "may not write",
        "admin",
    ),
    (400, "Bad Request: have no rights to send a message", "may not write", "admin"),
    (400, "Bad Request: CHAT_WRITE_FORBIDDEN", "may not write", "admin"),
    (400, "Bad Request: message is too long", "too long", "report"),
    (400, "Bad Request: BUTTON_DATA_INVALID", "buttons", "report"),
    (400, "Bad Request: can't parse inline keyboard button: 好 x", "buttons", "report"),
    (400, "Bad Request: 你好 hello", "400", "report"),
    (409, "Conflict: terminated by other getUpdates request", "409", "report"),
]


@pytest.mark.parametrize(("status", "description", "reason", "step"), REFUSALS)
async def test_a_refusal_in_words(
    telegram: TelegramStandin,
    sender: Telegram,
    status: int,
    description: str,
    reason: str,
    step: str,
) -> None:
    telegram.fail_next(status=status, description=description)
    with pytest.raises(SendFailed) as caught:
        await sender.send(str(PERSON), Outbound("你好 hello"))
    error = caught.value
    assert (error.retryable, error.broken, error.maybe_delivered) == (False, False, False)
    assert reason in error.reason
    assert step in error.next_step
    assert "你好" not in error.reason + error.next_step


@pytest.mark.parametrize(
    ("status", "facts", "wait"),
    [
        (429, {"retry_after": 30}, 30.0),
        (429, {"retry_after": 0}, 0.0),
        (429, {}, None),
        (500, {}, None),
        (502, {}, None),
        (503, {"retry_after": 7}, 7.0),
    ],
)
async def test_what_passes(
    telegram: TelegramStandin,
    sender: Telegram,
    status: int,
    facts: dict[str, int],
    wait: float | None,
) -> None:
    telegram.fail_next(status=status, description="慢 slow", **facts)
    with pytest.raises(SendFailed) as caught:
        await sender.send(str(PERSON), Outbound("你好 hello"))
    error = caught.value
    assert (error.retryable, error.broken, error.retry_after) == (True, False, wait)


@pytest.mark.parametrize("status", [401, 404])
async def test_a_token_that_is_no_good_breaks_the_channel(
    telegram: TelegramStandin, sender: Telegram, status: int
) -> None:
    telegram.fail_next(status=status)
    with pytest.raises(SendFailed) as caught:
        await sender.send(str(PERSON), Outbound("你好 hello"))
    assert (caught.value.retryable, caught.value.broken) == (False, True)
    assert "TELEGRAM_BOT_TOKEN" in caught.value.next_step


@pytest.mark.parametrize(
    ("status", "body", "maybe"),
    [
        (200, "<html>好 ok</html>", True),
        (200, "", True),
        (200, {}, True),
        (200, {"ok": "yes", "result": {}}, True),
        (200, {"ok": False, "error_code": 403, "description": "Forbidden: 不 no"}, False),
        (502, "<html>Bad Gateway</html>", False),
        (500, "[" * 100_000, False),
    ],
)
async def test_an_answer_of_no_known_shape(
    telegram: TelegramStandin, sender: Telegram, status: int, body: Any, maybe: bool
) -> None:
    telegram.answer_next(status, body)
    with pytest.raises(SendFailed) as caught:
        await sender.send(str(PERSON), Outbound("你好 hello"))
    assert caught.value.maybe_delivered is maybe


@pytest.mark.parametrize(
    "result",
    [
        {"message_id": 5},
        {"message_id": 5, "date": 1, "chat": {"id": PERSON, "type": "private"}, "gift": {}},
        {"message_id": 5, "date": "later", "chat": "here"},
        True,
        None,
        [],
    ],
)
async def test_what_telegram_took_is_never_sent_again(
    telegram: TelegramStandin, sender: Telegram, result: Any
) -> None:
    telegram.answer_next(200, {"ok": True, "result": result})
    told = await sender.send(str(PERSON), Outbound("你好 hello"))
    assert told == (f"{PERSON}:5" if isinstance(result, dict) else None)


@pytest.mark.parametrize("level", [logging.DEBUG, logging.INFO])
async def test_no_log_holds_token_or_words(
    telegram: TelegramStandin, caplog: pytest.LogCaptureFixture, level: int
) -> None:
    """Also where somebody turns the libraries' own logs up."""
    for name in ("", "telegram", "httpx", "httpcore", "aiohttp", "asyncio", "bot"):
        caplog.set_level(level, logger=name or None)
    opened = channel(telegram, PUBLIC_URL=PUBLIC)
    await opened.started(None)  # type: ignore[arg-type]
    telegram.fail_next(status=500)
    telegram.flood(1)
    # Tracebacks show lines of this file: the words must not stand in one.
    texts = [f"{number}-{PERSON}-words" for number in ("一", "two", "三three")]
    for text in texts:
        try:
            await opened.send(str(PERSON), Outbound(text))
        except SendFailed as failure:
            logging.getLogger("bot.test").warning("failed", exc_info=failure)
    await opened.check()
    await opened.close()
    assert telegram.texts(PERSON) == texts[-1:]
    assert "failed" in caplog.text
    for secret in (TOKEN, TOKEN.partition(":")[2], SECRET, *texts):
        assert secret not in caplog.text


# -- the check ----------------------------------------------------------------------------------


def webhook(**more: Any) -> dict[str, Any]:
    base = {"has_custom_certificate": False, "pending_update_count": 0}
    return {**base, "url": ADDRESS, "allowed_updates": list(UPDATES), **more}


def ago(**by: float) -> int:
    return int((datetime.now(timezone.utc) - timedelta(**by)).timestamp())


OUTAGE = {"last_error_message": "Wrong response from the webhook: 503 Service Unavailable"}
FORBIDDEN = {"last_error_message": "Wrong response from the webhook: 403 Forbidden"}


@pytest.mark.parametrize(
    ("public", "told", "words"),
    [
        (PUBLIC, webhook(), ""),
        (f"{PUBLIC}/", webhook(), ""),
        (PUBLIC, webhook(allowed_updates=[]), ""),
        ("", webhook(url="https://elsewhere.example/"), ""),
        ("", webhook(url=""), "; it has no webhook, so nothing that visitors write arrives"),
        (PUBLIC, webhook(**OUTAGE, last_error_date=ago(days=2)), ""),
        (PUBLIC, webhook(**OUTAGE, last_error_date=ago(minutes=5)), "503 Service Unavailable"),
        # It was mended: nothing waits any more, or it is a while ago.
        (PUBLIC, webhook(**FORBIDDEN, last_error_date=ago(minutes=1)), "403 Forbidden"),
        (
            PUBLIC,
            webhook(**FORBIDDEN, last_error_date=ago(minutes=9), pending_update_count=3),
            "403 Forbidden",
        ),
    ],
)
async def test_a_set_up_that_works(
    telegram: TelegramStandin, public: str, told: dict[str, Any], words: str
) -> None:
    telegram.webhook = told
    opened = channel(telegram, PUBLIC_URL=public)
    answer = await opened.check()
    await opened.close()
    assert answer.startswith(f"@{USERNAME}")
    assert answer == f"@{USERNAME}" if not words else words in answer


@pytest.mark.parametrize(
    ("public", "told", "reason", "remedy"),
    [
        (PUBLIC, webhook(url=""), "has no webhook", "Restart Docent"),
        (PUBLIC, webhook(url="https://x.example/tokens"), "another webhook", "Restart Docent"),
        ("http://localhost:5005", webhook(url=""), "has no webhook", "wants an https PUBLIC_URL"),
        (PUBLIC, webhook(allowed_updates=["message"]), "leaves out", "telegram.md"),
        (
            PUBLIC,
            webhook(**FORBIDDEN, last_error_date=ago(minutes=1), pending_update_count=3),
            "TELEGRAM_SECRET_TOKEN",
            "Restart Docent",
        ),
    ],
)
async def test_a_set_up_that_does_not_work(
    telegram: TelegramStandin, public: str, told: dict[str, Any], reason: str, remedy: str
) -> None:
    # The table was made when the tests were collected, which may be long ago.
    fresh = {"last_error_date": ago(minutes=1)} if "last_error_date" in told else {}
    telegram.webhook = {**told, **fresh}
    opened = channel(telegram, PUBLIC_URL=public)
    with pytest.raises(ChannelBroken) as caught:
        await opened.check()
    await opened.close()
    assert reason in caught.value.reason
    assert remedy in caught.value.remedy
    # Many put their token into the address.
    assert "tokens" not in str(caught.value)


@pytest.mark.parametrize("body", [{"ok": True, "result": 5}, {"ok": True, "result": {}}, "好 ok"])
async def test_a_webhook_that_is_not_told_breaks_nothing(
    telegram: TelegramStandin, sender: Telegram, body: Any
) -> None:
    telegram.answer_next(200, body, on="getWebhookInfo")
    assert await sender.check() == f"@{USERNAME}; Telegram did not tell its webhook"


@pytest.mark.parametrize("token", ["no-token", "12:x", f"{TOKEN}x", "一:二"])
async def test_a_token_with_a_slip_in_it(telegram: TelegramStandin, token: str) -> None:
    opened = channel(telegram, TELEGRAM_BOT_TOKEN=token)
    with pytest.raises(ChannelBroken, match="TELEGRAM_BOT_TOKEN") as caught:
        await opened.check()
    await opened.close()
    assert token not in str(caught.value)


# -- the set-up ---------------------------------------------------------------------------------


async def set_up(telegram: TelegramStandin, **values: str) -> Telegram:
    opened = channel(telegram, **values)
    await opened.started(None)  # type: ignore[arg-type]
    return opened


@pytest.mark.parametrize("public", [PUBLIC, f"{PUBLIC}/"])
async def test_telegram_is_told_where_we_are(telegram: TelegramStandin, public: str) -> None:
    opened = await set_up(telegram, PUBLIC_URL=public)
    # The first check comes with the start, and waits for it.
    assert await opened.check() == f"@{USERNAME}"
    await opened.close()
    assert (telegram.webhook["url"], telegram.secret) == (ADDRESS, SECRET)
    assert telegram.webhook["allowed_updates"] == list(UPDATES)
    assert "drop_pending_updates" not in (telegram.calls("setWebhook")[0].body or {})


@pytest.mark.parametrize("public", ["", "http://localhost:5005"])
async def test_telegram_is_told_nothing_without_https(
    telegram: TelegramStandin, public: str
) -> None:
    opened = await set_up(telegram, PUBLIC_URL=public)
    assert opened._set_up is not None
    await opened._set_up
    await opened.close()
    assert telegram.calls("setWebhook") == []
    assert len(telegram.calls("getMe")) == 1


async def test_the_set_up_is_tried_until_it_works(
    telegram: TelegramStandin, monkeypatch: pytest.MonkeyPatch, until: Callable[..., Any]
) -> None:
    monkeypatch.setattr(module, "SET_UP_SECONDS", 0.05)
    telegram.down()
    opened = await set_up(telegram, PUBLIC_URL=PUBLIC)
    await asyncio.sleep(0.2)
    telegram.fail_next(status=502, on="setWebhook")
    telegram.up()
    await until(lambda: telegram.webhook["url"])
    await opened.close()
    assert len(telegram.calls("setWebhook")) == 2


async def test_the_set_up_ends_with_a_token_that_is_no_good(
    telegram: TelegramStandin, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.revoke_token()
    opened = await set_up(telegram, PUBLIC_URL=PUBLIC)
    assert opened._set_up is not None
    await asyncio.wait_for(opened._set_up, 5)
    with pytest.raises(ChannelBroken, match="TELEGRAM_BOT_TOKEN"):
        await opened.check()
    await opened.close()
    assert "Telegram was not set up" in caplog.text


async def test_an_address_that_telegram_refuses_is_told(telegram: TelegramStandin) -> None:
    opened = await set_up(telegram, PUBLIC_URL="https://museum.example:5005")
    with pytest.raises(ChannelBroken, match="PUBLIC_URL must be https on port 443") as caught:
        await opened.check()
    await opened.close()
    assert caught.value.reason == "Telegram does not take the address of PUBLIC_URL"
    assert telegram.webhook["url"] == ""


async def test_closing_ends_what_is_under_way(telegram: TelegramStandin) -> None:
    telegram.hang_next(9.0, on="getMe")
    opened = await set_up(telegram, PUBLIC_URL=PUBLIC)
    await asyncio.sleep(0.1)
    await asyncio.wait_for(opened.close(), 2)
    assert opened._set_up is not None
    assert opened._set_up.cancelled()


# -- the whole server -------------------------------------------------------------------------


@contextmanager
def running(folder: Path, telegram: TelegramStandin, **values: str) -> Iterator[Served]:
    given_values = {**SETTINGS, "TELEGRAM_API_URL": telegram.url, **values}
    with serving(folder, **given_values) as served:
        yield served


@pytest.fixture
def served(tmp_path: Path, telegram: TelegramStandin) -> Iterator[Served]:
    with running(tmp_path, telegram) as server:
        yield server


def bring(served: Served, update: dict[str, Any]) -> None:
    address = "/webhooks/telegram/webhook"
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    assert served.post(address, as_json(update), headers).status_code == 200


def say(served: Served, chat: int, text: str) -> int:
    """Lays a message of ours to somebody who wrote before, and sends it."""
    seq = served.book.said(text, person=str(chat), channel="telegram")
    served.wake()
    return seq


def wait(true: Callable[[], Any], seconds: float = 8.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


@pytest.mark.parametrize("text", ["We are open.", "我们开放。", "请book两张ticket 🎟️"])
def test_a_reaction_finds_our_message(
    served: Served, telegram: TelegramStandin, text: str
) -> None:
    bring(served, updates.text(PERSON, "几点 open?"))
    seq = say(served, PERSON, text)
    [sent] = telegram.wait_for(PERSON)
    wait(lambda: served.book.row(seq).state == "sent")
    assert served.book.row(seq).platform_id == f"{PERSON}:{sent.message_id}"
    bring(served, updates.reaction(PERSON, sent.message_id, "❤"))
    assert served.book.row(seq).payload["reaction"] == "❤"
    bring(served, updates.reaction(PERSON, sent.message_id, old=("❤",)))
    assert served.book.row(seq).payload["reaction"] == ""


def test_a_visitor_who_blocked_the_bot_is_not_tried_again(
    served: Served, telegram: TelegramStandin
) -> None:
    bring(served, updates.text(PERSON, "你好 hi"))
    telegram.block(PERSON)
    seq = say(served, PERSON, "再见 bye")
    wait(lambda: served.book.row(seq).state == "dead")
    row = served.book.row(seq)
    assert (row.reason, row.attempts) == ("the visitor has blocked the bot", 0)
    assert len(telegram.calls("sendMessage")) == 1


def test_too_fast_waits_as_long_as_telegram_says(
    served: Served, telegram: TelegramStandin
) -> None:
    bring(served, updates.text(PERSON, "你好 hi"))
    telegram.flood(1)
    seq = say(served, PERSON, "慢慢来 slowly")
    telegram.wait_for(PERSON)
    first, second = telegram.calls("sendMessage")
    assert second.at - first.at >= 0.9
    wait(lambda: served.book.row(seq).state == "sent")


def group_asks(served: Served, chat: int, text: str) -> None:
    bring(served, updates.mention(chat, USERNAME, text))


@pytest.mark.parametrize("order", [(0, 1), (1, 0), (0,), (1,)])
def test_a_group_that_moves_takes_its_conversation_along(
    served: Served, telegram: TelegramStandin, order: tuple[int, ...]
) -> None:
    group_asks(served, GROUP, "几点开门 when?")
    told = updates.migrated(GROUP, SUPERGROUP)
    for which in order:
        bring(served, told[which])
    group_asks(served, SUPERGROUP, "那周一呢 Monday?")
    texts = served.book.texts(conversation_id=f"telegram:{SUPERGROUP}")
    assert texts == ["几点开门 when?", "那周一呢 Monday?"]
    assert served.book.rows(conversation_id=f"telegram:{GROUP}") == []


def test_a_message_follows_its_group(served: Served, telegram: TelegramStandin) -> None:
    group_asks(served, GROUP, "几点开门 when?")
    telegram.migrate(GROUP, SUPERGROUP)
    # Both lie there before the first one finds out that the group has moved.
    soon = log.now() + timedelta(seconds=0.5)
    seqs = [
        served.book.said(text, person=str(GROUP), channel="telegram", not_before=soon)
        for text in ("十点 at ten", "到五点 until five")
    ]
    telegram.wait_for(SUPERGROUP, 2)
    wait(lambda: all(served.book.row(seq).state == "sent" for seq in seqs))
    assert telegram.texts() == ["十点 at ten", "到五点 until five"]
    rows = [served.book.row(seq) for seq in seqs]
    assert {row.conversation_id for row in rows} == {f"telegram:{SUPERGROUP}"}
    assert all(row.platform_id.startswith(f"{SUPERGROUP}:") for row in rows)
    assert served.book.talk(f"telegram:{SUPERGROUP}").person_id == str(SUPERGROUP)


def test_the_name_is_asked_for_when_it_is_needed(
    tmp_path: Path, telegram: TelegramStandin
) -> None:
    telegram.down()
    with running(tmp_path, telegram) as served:
        group_asks(served, GROUP, "有人吗 anybody?")
        assert served.book.texts() == []
        telegram.up()
        group_asks(served, GROUP, "几点开门 when?")
        assert served.book.texts() == ["几点开门 when?"]
        asked = len(telegram.calls("getMe"))
        group_asks(served, GROUP, "周一呢 Monday?")
        assert served.book.texts() == ["几点开门 when?", "周一呢 Monday?"]
        assert len(telegram.calls("getMe")) == asked


def test_nobody_waits_long_for_our_name(tmp_path: Path, telegram: TelegramStandin) -> None:
    telegram.hang_next(8.0, 9, on="getMe")
    with running(tmp_path, telegram) as served:
        began = datetime.now(timezone.utc)
        group_asks(served, GROUP, "几点开门 when?")
        bring(served, updates.text(PERSON, "你好 hi"))
        assert datetime.now(timezone.utc) - began < timedelta(seconds=module.NAME_SECONDS + 2)
        assert served.book.texts() == ["你好 hi"]
        telegram.clear_faults()


def test_a_press_is_taken_while_telegram_is_away(
    served: Served, telegram: TelegramStandin
) -> None:
    telegram.down()
    bot = telegram.me()
    pressed = updates.press(
        updates.message(PERSON, by=bot, text="选 choose"), "x" * 16, by=updates.person(PERSON)
    )
    bring(served, pressed)
    [row] = served.book.rows(direction="in")
    assert row.payload["choice"] == "x" * 16
