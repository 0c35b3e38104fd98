"""TelegramStandin, judged by python-telegram-bot, by the Bot API's schema, and limit by limit."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, ReplyParameters, Update
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from . import telegram_updates as updates
from .base import Fault, Reply
from .receiver import Receiver
from .reference import FIXTURES, load
from .telegram import TOKEN, TelegramStandin, bot_user
from .telegram_judge import faults_of, faults_of_call
from .wire import Answer, JsonDict, call

TABLE = ["Is it open?", "几点关门？", "我想book两张ticket 🎟"]
CHAT, GROUP, SUPERGROUP = 24680001, -4001, -1009000000001
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def telegram() -> Iterator[TelegramStandin]:
    with TelegramStandin() as standin:
        yield standin


@pytest.fixture(autouse=True)
def seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    # Without this python-telegram-bot warns each time that it reads a number of seconds.
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
async def bot(telegram: TelegramStandin) -> AsyncIterator[Bot]:
    async with Bot(TOKEN, base_url=f"{telegram.url}/bot") as opened:
        yield opened


def ask(telegram: TelegramStandin, method: str, args: JsonDict, token: str = TOKEN) -> Answer:
    url = f"{telegram.url}/bot{token}/{method}"
    return call("POST", url, json.dumps(args).encode(), JSON)


def send(telegram: TelegramStandin, **args: Any) -> Answer:
    return ask(telegram, "sendMessage", {"chat_id": CHAT, "text": "你好 hi", **args})


# -- the ways to call ---------------------------------------------------------------------------


def by_query(args: JsonDict) -> tuple[str, bytes, dict[str, str]]:
    return f"?{urlencode(args)}", b"", {}


def by_form(args: JsonDict) -> tuple[str, bytes, dict[str, str]]:
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    return "", urlencode(args).encode(), kind


def by_json(args: JsonDict) -> tuple[str, bytes, dict[str, str]]:
    return "", json.dumps(args).encode(), JSON


def by_multipart(args: JsonDict) -> tuple[str, bytes, dict[str, str]]:
    part = '--line\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    body = "".join(part.format(name, value) for name, value in args.items()) + "--line--\r\n"
    return "", body.encode(), {"Content-Type": "multipart/form-data; boundary=line"}


@pytest.mark.parametrize("how", [by_query, by_form, by_json, by_multipart])
@pytest.mark.parametrize("words", TABLE)
@pytest.mark.parametrize("token", [TOKEN, quote(TOKEN, safe="")])
def test_each_way_to_call_is_understood(
    telegram: TelegramStandin, how: Callable[[JsonDict], Any], words: str, token: str
) -> None:
    keyboard = json.dumps({"inline_keyboard": [[{"text": "好 OK", "callback_data": "c1"}]]})
    query, body, headers = how({"chat_id": CHAT, "text": words, "reply_markup": keyboard})
    answer = call("POST", f"{telegram.url}/bot{token}/SENDMESSAGE{query}", body, headers)
    assert answer.status == 200, answer.body
    [sent] = telegram.sent(CHAT)
    assert (sent.text, sent.buttons, sent.payloads) == (words, ("好 OK",), ("c1",))
    assert answer.json()["result"]["text"] == words


# -- limits -------------------------------------------------------------------------------------


def keyboard(*buttons: JsonDict) -> JsonDict:
    return {"inline_keyboard": [[each] for each in buttons]}


def button(**more: Any) -> JsonDict:
    return {"text": "好 OK", **({"callback_data": "c1"} if "url" not in more else {}), **more}


LIMITS: list[tuple[str, str, Callable[[int], JsonDict], int]] = [
    ("text, English", "sendMessage", lambda n: {"text": "a" * n}, 4096),
    ("text, Chinese", "sendMessage", lambda n: {"text": "馆" * n}, 4096),
    ("text, mixed", "sendMessage", lambda n: {"text": ("馆a" * n)[:n]}, 4096),
    ("text, emoji", "sendMessage", lambda n: {"text": "🏛" * (n // 2) + "a" * (n % 2)}, 4096),
    (
        "text, marked up",
        "sendMessage",
        lambda n: {"text": f"<b>{'馆' * n}</b>", "parse_mode": "HTML"},
        4096,
    ),
    ("text, escaped", "sendMessage", lambda n: {"text": "&amp;" * n, "parse_mode": "HTML"}, 4096),
    (
        "callback data",
        "sendMessage",
        lambda n: {"text": "?", "reply_markup": keyboard(button(callback_data="d" * n))},
        64,
    ),
    (
        "callback data, Chinese",
        "sendMessage",
        lambda n: {"text": "?", "reply_markup": keyboard(button(callback_data="馆" * n))},
        21,
    ),
    (
        "buttons",
        "sendMessage",
        lambda n: {"text": "?", "reply_markup": keyboard(*[button()] * n)},
        100,
    ),
    (
        "buttons in a row",
        "sendMessage",
        lambda n: {"text": "?", "reply_markup": {"inline_keyboard": [[button()] * n]}},
        8,
    ),
    (
        "secret",
        "setWebhook",
        lambda n: {"url": "https://m.example/", "secret_token": "s" * n},
        256,
    ),
]


@pytest.mark.parametrize(("name", "method", "make", "most"), LIMITS, ids=[r[0] for r in LIMITS])
def test_each_limit(
    telegram: TelegramStandin, name: str, method: str, make: Callable[[int], JsonDict], most: int
) -> None:
    assert ask(telegram, method, {"chat_id": CHAT, **make(most)}).status == 200
    refused = ask(telegram, method, {"chat_id": CHAT, **make(most + 1)})
    assert (refused.status, refused.json()["ok"]) == (400, False)
    assert refused.json()["description"].startswith("Bad Request: ")
    assert len(telegram.refused) == 1


@pytest.mark.parametrize("length", [200, 201])
def test_the_answer_to_a_press_is_short(telegram: TelegramStandin, length: int) -> None:
    telegram.query("q1")
    args = {"callback_query_id": "q1", "text": "答" * length}
    assert ask(telegram, "answerCallbackQuery", args).status == (200 if length == 200 else 400)
    assert telegram.answered == (["q1"] if length == 200 else [])


REFUSED: dict[str, tuple[str, JsonDict, str]] = {
    "no chat": ("sendMessage", {"chat_id": ""}, "chat_id is empty"),
    "a chat by name": ("sendMessage", {"chat_id": "@museum"}, "chat not found"),
    "no text": ("sendMessage", {"text": ""}, "message text is empty"),
    "blank text": ("sendMessage", {"text": " \n\t"}, "message text is empty"),
    "only marks": ("sendMessage", {"text": "<b></b>", "parse_mode": "HTML"}, "text is empty"),
    "text not a string": ("sendMessage", {"text": 5}, "message text is empty"),
    "half an emoji": ("sendMessage", {"text": "\ud83c"}, "UTF-8"),
    "unknown marks": ("sendMessage", {"parse_mode": "BBCode"}, "parse_mode"),
    "a broken keyboard": ("sendMessage", {"reply_markup": "{"}, "reply keyboard markup"),
    "a list for a keyboard": ("sendMessage", {"reply_markup": []}, "object expected"),
    "rows that are none": (
        "sendMessage",
        {"reply_markup": keyboard() | {"inline_keyboard": [button()]}},
        "Array",
    ),
    "a button without work": (
        "sendMessage",
        {"reply_markup": keyboard({"text": "好"})},
        "Text buttons",
    ),
    "empty data": (
        "sendMessage",
        {"reply_markup": keyboard(button(callback_data=""))},
        "Text buttons",
    ),
    "a button without text": (
        "sendMessage",
        {"reply_markup": keyboard(button(text=" "))},
        "non-empty",
    ),
    "a button with two works": (
        "sendMessage",
        {"reply_markup": keyboard(button(callback_data="c", url="https://a.example"))},
        "one thing",
    ),
    "an unknown topic": ("sendMessage", {"message_thread_id": 7}, "message thread not found"),
    "a reply to nothing": (
        "sendMessage",
        {"reply_parameters": {"message_id": 9}},
        "message to be replied not found",
    ),
    "an unknown action": ("sendChatAction", {"action": "dancing"}, "wrong parameter action"),
    "an unknown press": ("answerCallbackQuery", {"callback_query_id": "9"}, "query is too old"),
    "an unknown message": ("editMessageText", {"message_id": 9, "text": "x"}, "to edit not found"),
    "nothing to delete": ("deleteMessage", {"message_id": 9}, "to delete not found"),
    "an unknown file": ("getFile", {"file_id": "f"}, "wrong file_id"),
    "plain http": ("setWebhook", {"url": "http://m.example/"}, "HTTPS URL"),
    "a strange port": ("setWebhook", {"url": "https://m.example:5005/"}, "ports 80, 88, 443"),
    "a strange secret": (
        "setWebhook",
        {"url": "https://m.example/", "secret_token": "秘密"},
        "unallowed characters",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(telegram: TelegramStandin, name: str) -> None:
    method, args, words = REFUSED[name]
    answer = ask(telegram, method, {"chat_id": CHAT, "text": "你好 hi", **args})
    body = answer.json()
    assert (answer.status, body["ok"], body["error_code"]) == (400, False, 400), body
    assert body["description"].startswith("Bad Request: ")
    assert words in body["description"]
    assert telegram.sent() == []


@pytest.mark.parametrize(
    ("token", "status", "words"),
    [
        ("110201543:another", 401, "Unauthorized"),
        ("no-token", 404, "Not Found"),
        (f"{TOKEN}x", 401, "Unauthorized"),
    ],
)
def test_a_wrong_token(telegram: TelegramStandin, token: str, status: int, words: str) -> None:
    answer = ask(telegram, "getMe", {}, token)
    body = {"ok": False, "error_code": status, "description": words}
    assert (answer.status, answer.json()) == (status, body)


def test_a_method_that_is_none(telegram: TelegramStandin) -> None:
    assert ask(telegram, "sendTelepathy", {}).status == 404


# -- python-telegram-bot as a judge -----------------------------------------------------------


@pytest.mark.parametrize("words", TABLE)
async def test_its_client_is_served(telegram: TelegramStandin, bot: Bot, words: str) -> None:
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("好 OK", callback_data="c1")]])
    sent = await bot.send_message(CHAT, words, reply_markup=markup)
    assert (sent.chat.id, sent.text, sent.from_user and sent.from_user.id) == (CHAT, words, bot.id)
    assert sent.reply_markup == markup
    changed = await bot.edit_message_text(f"{words}!", CHAT, sent.message_id)
    assert changed.text == f"{words}!"  # type: ignore[union-attr]
    assert await bot.send_chat_action(CHAT, "typing")
    assert await bot.delete_message(CHAT, sent.message_id)
    assert (telegram.texts(CHAT), telegram.actions(CHAT)) == ([], ["typing"])


async def test_its_client_knows_the_bot_and_its_webhook(
    telegram: TelegramStandin, bot: Bot
) -> None:
    assert (bot.id, bot.username) == (telegram.id, telegram.username)
    url = "https://museum.example:8443/hook"
    assert await bot.set_webhook(url, allowed_updates=["message"], secret_token="a_word")
    told = await bot.get_webhook_info()
    assert (told.url, told.allowed_updates, told.pending_update_count) == (url, ("message",), 0)
    assert telegram.secret == "a_word"
    assert await bot.delete_webhook()
    assert (await bot.get_webhook_info()).url == ""


async def test_its_client_finds_files(telegram: TelegramStandin, bot: Bot) -> None:
    telegram.file("f1", 20 * 1024 * 1024)
    telegram.file("f2", 20 * 1024 * 1024 + 1)
    assert (await bot.get_file("f1")).file_size == 20 * 1024 * 1024
    with pytest.raises(BadRequest, match="File is too big"):
        await bot.get_file("f2")


async def test_its_client_answers_in_topics_and_threads(
    telegram: TelegramStandin, bot: Bot
) -> None:
    telegram.topic(SUPERGROUP, 44)
    telegram.heard(SUPERGROUP, 9)
    first = await bot.send_message(
        SUPERGROUP, "好", message_thread_id=44, reply_parameters=ReplyParameters(9)
    )
    gone = ReplyParameters(99_999, allow_sending_without_reply=True)
    second = await bot.send_message(SUPERGROUP, "OK", reply_parameters=gone)
    placed = [(sent.thread_id, sent.reply_to) for sent in telegram.sent(SUPERGROUP)]
    assert placed == [(44, 9), (None, None)]
    assert (first.message_thread_id, first.is_topic_message) == (44, True)
    assert second.message_thread_id is None


def blocked(telegram: TelegramStandin) -> None:
    telegram.block(CHAT)


TROUBLES: dict[str, tuple[Callable[[TelegramStandin], None], type[TelegramError], str]] = {
    "blocked": (blocked, Forbidden, "blocked by the user"),
    "kicked": (lambda t: t.block(CHAT, "bot was kicked from the group chat"), Forbidden, "kicked"),
    "unknown": (lambda t: t.forget(CHAT), BadRequest, "Chat not found"),
    "moved": (lambda t: t.migrate(CHAT, SUPERGROUP), ChatMigrated, str(SUPERGROUP)),
    "revoked": (lambda t: t.revoke_token(), InvalidToken, "Unauthorized"),
    "flood": (lambda t: t.flood(7), RetryAfter, "0:00:07"),
    "away": (lambda t: t.fail_next(status=502), NetworkError, "Bad Gateway"),
    "down": (lambda t: t.down(), NetworkError, "Connect"),
    "cut": (lambda t: t.accept_then_drop(), NetworkError, "disconnected"),
}


@pytest.mark.parametrize("name", TROUBLES)
async def test_its_client_tells_each_trouble_apart(
    telegram: TelegramStandin, bot: Bot, name: str
) -> None:
    cause, error, words = TROUBLES[name]
    cause(telegram)
    with pytest.raises(error, match=words) as caught:
        await bot.send_message(CHAT, "你好 hi")
    assert type(caught.value) is error
    if isinstance(caught.value, ChatMigrated):
        assert caught.value.new_chat_id == SUPERGROUP


async def test_a_trouble_passes(telegram: TelegramStandin, bot: Bot) -> None:
    telegram.block(CHAT)
    telegram.forgive(CHAT)
    telegram.flood(1, on="getMe")
    await bot.send_message(CHAT, "又好了 fine again")
    assert telegram.texts(CHAT) == ["又好了 fine again"]


async def test_a_press_is_answered_once(telegram: TelegramStandin, bot: Bot) -> None:
    telegram.query("q1")
    assert await bot.answer_callback_query("q1")
    with pytest.raises(BadRequest, match="Query is too old"):
        await bot.answer_callback_query("q1")
    assert telegram.answered == ["q1"]


async def test_its_calls_pass_the_schema(telegram: TelegramStandin, bot: Bot) -> None:
    """The judge of our own calls lets a known good client through, and stops a bad one."""
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("好 OK", callback_data="c1")]])
    await bot.send_message(CHAT, "你好 hi", reply_markup=markup, disable_notification=True)
    await bot.set_webhook("https://museum.example/", allowed_updates=["message"])
    assert [fault for each in telegram.exchanges for fault in faults_of_call(each)] == []
    send(telegram, txet="打错 typo")
    send(telegram, reply_markup={"inline_keyboard": {}})
    assert all(faults_of_call(each) for each in telegram.exchanges[-2:])


# -- updates ------------------------------------------------------------------------------------


def every_update() -> dict[str, JsonDict]:
    ours = {
        **updates.message(CHAT, by=bot_user(), text="选 choose"),
        "reply_markup": keyboard(button(callback_data="c1")),
    }
    made = {
        "text": updates.text(CHAT, "你好 hello"),
        "group": updates.text(GROUP, "你好 hello"),
        "start": updates.started(CHAT),
        "start with payload": updates.started(CHAT, "hall-4"),
        "mention": updates.mention(GROUP, "docent_test_bot", "几点开门 when?"),
        "edit": updates.edited(CHAT, 5, text="周一 Monday?"),
        "press": updates.press(ours, "c1", by=updates.person(CHAT)),
        "reaction": updates.reaction(CHAT, 5, "❤"),
        "reaction taken back": updates.reaction(CHAT, 5, old=("❤",)),
        "to a supergroup": updates.migrated(GROUP, SUPERGROUP)[0],
        "from a group": updates.migrated(GROUP, SUPERGROUP)[1],
    }
    made |= {f"carrying {kind}": updates.carrying(CHAT, kind) for kind in updates.CARRIED}
    return made | updates.of_no_use(CHAT, bot_user())


UPDATES = every_update()


@pytest.mark.parametrize("name", UPDATES)
def test_an_update_is_of_telegrams_shape(name: str) -> None:
    assert faults_of("Update", UPDATES[name]) == []


@pytest.mark.parametrize("name", UPDATES)
def test_an_update_is_read_by_python_telegram_bot(name: str) -> None:
    read = Update.de_json(UPDATES[name], None)
    assert set(read.to_dict()) == set(UPDATES[name])
    assert bool(read.api_kwargs) is (name == "a kind of tomorrow")
    if name.startswith("carrying"):
        assert read.message is not None
        assert read.message.effective_attachment


def test_no_two_updates_have_the_same_number() -> None:
    assert len({each["update_id"] for each in UPDATES.values()}) == len(UPDATES)


FILES = sorted((FIXTURES / "telegram").glob("*.json"))
UNSOUND = {"wrong_types"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_fixture_is_of_telegrams_shape(path: Any) -> None:
    body = load(path)
    assert isinstance(body["update_id"], int)
    if path.stem in UNSOUND:
        assert faults_of("Update", body)
    else:
        assert faults_of("Update", body) == []
        assert Update.de_json(body, None).update_id == body["update_id"]


def test_no_fixture_repeats_a_number() -> None:
    numbers = [load(path)["update_id"] for path in FILES]
    assert len(set(numbers)) == len(numbers) >= 60


# -- delivery -----------------------------------------------------------------------------------


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as standin:
        yield standin


@pytest.mark.parametrize("words", TABLE)
def test_an_update_carries_the_secret(receiver: Receiver, words: str) -> None:
    updates.post_update(f"{receiver.url}/hook", updates.text(CHAT, words), "a_word")
    updates.post_update(f"{receiver.url}/hook", updates.text(CHAT, words), None)
    first, second = receiver.exchanges
    assert first.headers["x-telegram-bot-api-secret-token"] == "a_word"
    assert "x-telegram-bot-api-secret-token" not in second.headers
    assert json.loads(first.raw)["message"]["text"] == words


@pytest.mark.parametrize(
    ("reply", "statuses", "waits"),
    [
        (Reply(200, ""), [200], []),
        (Reply(204, ""), [204], []),
        (Reply(503, ""), [503] * 5, [0, 2, 4, 8, 16]),
        (Reply(403, ""), [403] * 5, [0, 2, 4, 8, 16]),
        (Reply(503, "", {"Retry-After": "5"}), [503] * 5, [5] * 5),
        (Reply(503, "", {"Retry-After": "9999"}), [503] * 5, [3600] * 5),
    ],
)
def test_what_fails_is_sent_again(
    receiver: Receiver, reply: Reply, statuses: list[int], waits: list[int]
) -> None:
    slept: list[float] = []
    receiver.reply = reply
    told = updates.deliver(
        receiver.url, updates.text(CHAT, "再来 again"), tries=5, sleep=slept.append
    )
    assert (told, slept) == ([statuses], waits)
    assert len({each.raw for each in receiver.exchanges}) == 1


def test_what_follows_waits(receiver: Receiver) -> None:
    receiver._inject(Fault("away", "", reply=Reply(503, "")), 2)
    both = [updates.text(CHAT, "一 one"), updates.text(CHAT, "two 二")]
    assert updates.deliver(receiver.url, *both, sleep=lambda _: None) == [[503, 503, 200], [200]]
    order = [json.loads(each.raw)["message"]["text"] for each in receiver.exchanges]
    assert order == ["一 one"] * 3 + ["two 二"]
