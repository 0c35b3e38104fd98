"""Telegram in: what each kind of update means, in chats with one person and in groups."""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from itertools import count
from typing import Any

import claims
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from standins import telegram_updates as updates
from standins.reference import FIXTURES, load, reference
from standins.telegram import TOKEN, USERNAME, TelegramStandin, bot_user
from standins.telegram_judge import faults_of, schema
from telegram import Message, Update

from bot.channels.payload import Delivery
from bot.channels.telegram import Telegram
from bot.channels.telegram_content import SERVICE
from bot.channels.telegram_events import read_update
from bot.channels.telegram_groups import Me
from bot.config import Settings
from bot.errors import BadSignature, Refused, SettingError
from bot.language import settle
from bot.messages import Attachment, Edited, Event, Inbound, Moved, Reacted
from bot.store import claiming

from .contract import ChannelContract, Door, as_json
from .served import Served, serving

SECRET = updates.SECRET
FOLDER = FIXTURES / "telegram"
FILES = sorted(FOLDER.glob("*.json"))
ME = Me(bot_user()["id"], USERNAME)
GROUP, SUPERGROUP = -4000001, -1009000000001
SETTINGS = {
    "TELEGRAM_BOT_TOKEN": TOKEN,
    "TELEGRAM_SECRET_TOKEN": SECRET,
    "TELEGRAM_API_URL": "http://127.0.0.1:9",
}
HEADER = "X-Telegram-Bot-Api-Secret-Token"
_people = count(31_000_001)


@pytest.fixture(autouse=True)
def seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    # Without this python-telegram-bot warns each time that it reads a number of seconds.
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


class TelegramDoor(Door):
    """Telegram's way to knock."""

    path = "/webhooks/telegram/webhook"

    def person(self) -> str:
        """Returns a new chat with one person."""
        return f"telegram:{next(_people)}"

    def body(self, conversation_id: str, text: str, message_id: str) -> bytes:
        """Returns an update of one message."""
        number = numbered(conversation_id, message_id)
        told = updates.text(chat_of(conversation_id), text, at=number, message_id=number)
        return as_json(told)

    def edited(self, conversation_id: str, message_id: str, text: str | None) -> bytes | None:
        """Returns an edit; Telegram does not tell bots what was deleted."""
        number = numbered(conversation_id, message_id)
        if text is None:
            return None
        return as_json(updates.edited(chat_of(conversation_id), number, text=text))

    def attached(self, conversation_id: str, kind: str, message_id: str) -> bytes:
        """Returns a message that only carries something."""
        number = numbered(conversation_id, message_id)
        return as_json(updates.carrying(chat_of(conversation_id), kind, at=number))

    def unknown(self, conversation_id: str) -> list[bytes]:
        """Returns good updates that ask nothing."""
        chat = chat_of(conversation_id)
        return [as_json(each) for each in updates.of_no_use(chat, bot_user()).values()]

    def proof(self, body: bytes, conversation_id: str) -> dict[str, str]:
        """Returns the secret that Telegram was given."""
        return {HEADER: SECRET}

    def forgeries(self, body: bytes, conversation_id: str) -> dict[str, dict[str, str]]:
        """Returns secrets that are none."""
        return {
            "missing": {},
            "empty": {HEADER: ""},
            "another": {HEADER: "another_secret"},
            "cut short": {HEADER: SECRET[:-1]},
            "longer": {HEADER: f"{SECRET}x"},
            "upper case": {HEADER: SECRET.upper()},
            "the bot token": {HEADER: TOKEN},
            "another header": {"Authorization": SECRET},
            "as a bearer": {HEADER: f"Bearer {SECRET}"},
        }


def numbered(*names: str) -> int:
    return int(hashlib.sha256("|".join(names).encode()).hexdigest()[:8], 16)


def chat_of(conversation_id: str) -> int:
    return int(conversation_id.partition(":")[2])


@pytest.fixture(scope="module")
def telegram() -> Iterator[TelegramStandin]:
    with TelegramStandin() as standin:
        yield standin


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, telegram: TelegramStandin
) -> Iterator[Served]:
    values = {**SETTINGS, "TELEGRAM_API_URL": telegram.url}
    with serving(tmp_path_factory.mktemp("telegram"), **values) as running:
        yield running


@pytest.fixture(scope="module")
def door(served: Served) -> TelegramDoor:
    return TelegramDoor(served)


class TestContract(ChannelContract):
    """Telegram keeps the contract."""


def channel(**values: str) -> Telegram:
    return Telegram(Settings({**SETTINGS, **values}))


def read(update: dict[str, Any]) -> list[Event]:
    return read_update(update, ME)


def read_file(name: str) -> list[Event]:
    return read(load(FOLDER / f"{name}.json"))


# -- fixtures -----------------------------------------------------------------------------------

MEI, TOM = "24680001", "24680002"
# Kind of update -> person, text, choice, meaning.
MEANINGS: dict[str, tuple[str, str, str | None, str | None]] = {
    "text_english": (TOM, "Is the museum open on Sunday morning?", None, None),
    "text_chinese": (MEI, "周日上午开放吗？", None, None),
    "text_chinese_traditional": (MEI, "請問週日上午有開嗎？", None, None),
    "text_mixed": (MEI, "我想book两张ticket，Blue Badge停车可以吗？", None, None),
    "text_with_entities": (
        TOM,
        "🏛️ see https://example.org and @somebody_else, please",
        None,
        None,
    ),
    "text_looks_like_a_command": (TOM, '/restart /goodbye{"a": "b"}', None, None),
    "reply_with_quote": (TOM, "And 周一?", None, None),
    "forwarded": (TOM, "请看 look at this", None, None),
    "start": (TOM, "/start", None, "greeting"),
    "start_with_payload": (MEI, "/start hall-4", None, "greeting"),
    "dice": (TOM, "", None, None),
    "poll": (TOM, "", None, None),
    "story": (MEI, "", None, None),
    "press": (TOM, "转人工 Talk to a person", "n2Yd8pL4sJ6hG0fK", None),
    "press_too_old_to_show": (MEI, "", "n2Yd8pL4sJ6hG0fK", None),
    "press_in_a_topic": (
        "-1009000000002",
        "转人工 Talk to a person",
        "n2Yd8pL4sJ6hG0fK",
        None,
    ),
    "group_mention": (str(GROUP), "when do you open?", None, None),
    "group_mention_in_the_middle": (str(GROUP), "🎟️ 请问，周日几点开门？", None, None),
    "group_mention_by_name": (str(GROUP), "几点close?", None, None),
    "group_command": (str(GROUP), "/hours on Sunday", None, None),
    "group_start": (str(GROUP), "/start", None, "greeting"),
    "group_reply_to_us": (str(GROUP), "周一呢？", None, None),
    "group_photo_mention": (str(GROUP), "what's this?", None, None),
    "topic_mention": ("-1009000000002", "门票多少钱？", None, None),
    "thread_of_replies": ("-1009000000002", "is it free?", None, None),
    "wrong_types": (MEI, "还读得懂 still readable", None, None),
    "no_sender": (MEI, "谁写的? who wrote this?", None, None),
}
CARRIED: dict[str, tuple[str, Attachment]] = {
    "photo": ("", Attachment("image", id="BQACAgQAAxkBAAI3", size=20483)),
    "photo_with_caption": (
        "这个vase是真的吗？",
        Attachment("image", id="BQACAgQAAxkBAAI3", size=20483),
    ),
    "document": (
        "",
        Attachment(
            "file",
            id="BQACAgQAAxkBAAI4",
            name="订单 order.pdf",
            mime="application/pdf",
            size=20484,
        ),
    ),
    "voice": (
        "",
        Attachment("voice", id="BQACAgQAAxkBAAI5", mime="audio/ogg", size=20485, seconds=4.0),
    ),
    "audio": (
        "",
        Attachment(
            "audio",
            id="BQACAgQAAxkBAAI6",
            name="tour.mp3",
            mime="audio/mpeg",
            size=20486,
            seconds=187.0,
        ),
    ),
    "video": (
        "what is this?",
        Attachment("video", id="BQACAgQAAxkBAAI7", mime="video/mp4", size=20487, seconds=9.0),
    ),
    "video_note": ("", Attachment("video", id="BQACAgQAAxkBAAI8", size=20488, seconds=6.0)),
    "animation": (
        "",
        Attachment(
            "video",
            id="BQACAgQAAxkBAAI9",
            name="wave.mp4",
            mime="video/mp4",
            size=20489,
            seconds=3.0,
        ),
    ),
    "sticker": ("", Attachment("sticker", id="BQACAgQAAxkBAAI10", name="🐼", size=20490)),
    "location": ("", Attachment("location", latitude=51.5194, longitude=-0.127)),
    "venue": (
        "",
        Attachment("location", name="西门 West gate", latitude=51.52, longitude=-0.12),
    ),
    "contact": ("", Attachment("contact", name="Ana 安")),
}
NOON = datetime(2026, 1, 1, 11, 10, tzinfo=timezone.utc)
LATER: dict[str, Event] = {
    "edited_text": Edited("telegram", TOM, f"{TOM}:501", "Is it open on Monday?", NOON),
    "edited_caption": Edited(
        "telegram", MEI, f"{MEI}:512", "这个花瓶 vase 是真的吗？", NOON + timedelta(seconds=1)
    ),
    "edited_live_location": Edited("telegram", TOM, f"{TOM}:520", "", NOON + timedelta(seconds=2)),
    "reaction": Reacted("telegram", TOM, f"{TOM}:77", "❤"),
    "reaction_taken_back": Reacted("telegram", TOM, f"{TOM}:77", ""),
    "reaction_custom": Reacted("telegram", MEI, f"{MEI}:77", "custom emoji"),
    "reaction_paid": Reacted("telegram", MEI, f"{MEI}:77", "⭐"),
    "migrated_to": Moved("telegram", str(GROUP), str(SUPERGROUP)),
    "migrated_from": Moved("telegram", str(GROUP), str(SUPERGROUP)),
}
NOTHING = """
    another_bot blocked business_message channel_post copied_from_a_channel group_command_for_all
    group_command_for_another group_mention_of_another group_name_without_entity group_talk
    inline_query joined left pinned press_of_a_game press_on_an_inline_message removed
    timer_changed topic_talk_after_we_opened_it unblocked unknown_kind
""".split()


def test_every_fixture_is_accounted_for() -> None:
    told = [*MEANINGS, *CARRIED, *LATER, *NOTHING]
    assert sorted(told) == [path.stem for path in FILES]


@pytest.mark.parametrize("name", MEANINGS)
def test_a_message_or_a_press_is_read(name: str) -> None:
    [found] = read_file(name)
    assert isinstance(found, Inbound)
    assert (found.person_id, found.text, found.choice, found.means) == MEANINGS[name]
    number = load(FOLDER / f"{name}.json")["update_id"]
    assert (found.platform_id, found.position, found.act) == (str(number), number, "message")


@pytest.mark.parametrize("name", CARRIED)
def test_what_a_message_carries_is_typed(name: str) -> None:
    [found] = read_file(name)
    assert isinstance(found, Inbound)
    assert (found.text, found.attachments) == (CARRIED[name][0], (CARRIED[name][1],))


@pytest.mark.parametrize("name", LATER)
def test_what_happens_to_a_message_later_is_read(name: str) -> None:
    assert read_file(name) == [LATER[name]]


@pytest.mark.parametrize("name", NOTHING)
def test_what_asks_us_nothing_is_nothing(door: TelegramDoor, name: str) -> None:
    before, body = door.all_heard(), (FOLDER / f"{name}.json").read_bytes()
    assert read_file(name) == []
    assert door.bring(body, "").status_code == 200
    assert door.all_heard() == before


def test_a_message_tells_who_and_when_and_what_it_is_called() -> None:
    [found] = read_file("text_chinese")
    assert isinstance(found, Inbound)
    assert (found.name, found.locale, found.message_id) == ("Mei Lin", "zh-Hans", f"{MEI}:502")
    assert found.sent_at == datetime(2026, 1, 1, 11, 8, 22, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("text_mixed", {}),
        ("press", {}),
        ("group_mention", {"reply_to": "529"}),
        ("topic_mention", {"thread": "44", "reply_to": "536"}),
        ("press_in_a_topic", {"thread": "44", "reply_to": "77"}),
        # A thread of replies has a number too, and nothing can be sent to it.
        ("thread_of_replies", {"reply_to": "537"}),
    ],
)
def test_an_answer_knows_where_it_belongs(name: str, place: dict[str, str]) -> None:
    [found] = read_file(name)
    assert isinstance(found, Inbound)
    assert found.place == place


def test_who_leaves_is_noted(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="bot")
    for name in ("blocked", "removed", "unblocked"):
        read_file(name)
    assert [(record.message, vars(record)["conversation"]) for record in caplog.records] == [
        ("a visitor blocked the bot", f"telegram:{TOM}"),
        ("the bot was removed from a group", f"telegram:{GROUP}"),
    ]


# -- words that look like something else ------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("/start", "greeting"),
        ("/start hall-4", "greeting"),
        ("/start@docent_test_bot", "greeting"),
        ("/start\n你好", "greeting"),
        ("/started", None),
        ("/START", None),
        ("/start你好", None),
        (" /start", None),
        ("请 /start", None),
        ("/help", None),
        ("/speak_to_human", None),
        ("greeting", None),
    ],
)
def test_only_the_start_button_means_something(text: str, means: str | None) -> None:
    [found] = read(updates.text(5, text))
    assert isinstance(found, Inbound)
    assert (found.text, found.means) == (text, means)


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("en", "en"),
        ("en-GB", "en"),
        ("fr", "en"),
        ("", "en"),
        ("zh", "zh-Hans"),
        ("zh-hans", "zh-Hans"),
        ("zh-hans-mo", "zh-Hans"),
        ("zh-hans-raw", "zh-Hans"),
        ("zh-CN", "zh-Hans"),
        ("zh-hant", "zh-Hant"),
        ("zh-hant-beta", "zh-Hant"),
        ("zh-TW", "zh-Hant"),
        ("zh-HK", "zh-Hant"),
        ("yue", "zh-Hant"),
        ("yue-Hans", "zh-Hant"),
    ],
)
def test_the_persons_language_is_a_hint(code: str, language: str) -> None:
    [found] = read(updates.text(5, "👍", by=updates.person(5, language_code=code)))
    assert isinstance(found, Inbound)
    assert settle("👍", None, found.locale) == language


@pytest.mark.parametrize(
    ("before", "after", "left"),
    [
        ("", " when do you open?", "when do you open?"),
        ("", ": when?", "when?"),
        ("", "，几点开门？", "几点开门？"),
        ("请问", "几点开门？", "请问几点开门？"),
        ("请问 ", "几点开门？", "请问 几点开门？"),
        ("Hi ", ", when do you open?", "Hi, when do you open?"),
        ("几点close ", " 今天?", "几点close 今天?"),
        ("when, ", "?", "when?"),
        ("几点开门，", "", "几点开门"),
        ("🎟️👨‍👩‍👧 ", " 🎟️", "🎟️👨‍👩‍👧 🎟️"),
        ("", "", ""),
        ("  ", "  ", ""),
    ],
)
def test_the_bots_name_is_taken_out_of_a_groups_message(
    before: str, after: str, left: str
) -> None:
    name = f"@{USERNAME.upper()}"
    entity = {"type": "mention", "offset": units(before), "length": units(name)}
    told = updates.text(GROUP, f"{before}{name}{after}", entities=[entity])
    [found] = read(told)
    assert isinstance(found, Inbound)
    assert found.text == left
    kept = updates.text(5, f"{before}{name}{after}", entities=[entity])
    [alone] = read(kept)
    assert isinstance(alone, Inbound)
    assert alone.text == f"{before}{name}{after}"


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def test_every_name_is_taken_out() -> None:
    words = f"@{USERNAME} 你好 @{USERNAME} hello @other_bot"
    spots = [("mention", 0, 16), ("mention", 20, 16), ("mention", 43, 10)]
    entities = [{"type": kind, "offset": at, "length": most} for kind, at, most in spots]
    [found] = read(updates.text(GROUP, words, entities=entities))
    assert isinstance(found, Inbound)
    assert found.text == "你好 hello @other_bot"


def test_a_name_that_is_marked_twice_is_taken_out_once() -> None:
    words = f"/hours@{USERNAME} 周日 on Sunday"
    spots = [("bot_command", 0, 22), ("mention", 6, 16)]
    entities = [{"type": kind, "offset": at, "length": most} for kind, at, most in spots]
    [found] = read(updates.text(GROUP, words, entities=entities))
    assert isinstance(found, Inbound)
    assert found.text == "/hours 周日 on Sunday"


@pytest.mark.parametrize("me", [Me(ME.id), Me(None)])
def test_who_does_not_know_its_name_says_nothing_in_groups(me: Me) -> None:
    assert read_update(load(FOLDER / "group_mention.json"), me) == []
    answers = read_update(load(FOLDER / "group_reply_to_us.json"), me)
    assert bool(answers) is (me.id is not None)


@pytest.mark.parametrize("text", ["周一呢？", "And on Monday?", "周一open吗？"])
def test_an_edit_in_a_group_loses_the_name_too(text: str) -> None:
    entity = {"type": "mention", "offset": 0, "length": 16}
    told = updates.edited(GROUP, 5, text=f"@{USERNAME} {text}", entities=[entity])
    [found] = read(told)
    assert isinstance(found, Edited)
    assert (found.message_id, found.text) == (f"{GROUP}:5", text)


# -- the order ----------------------------------------------------------------------------------


def test_what_comes_late_is_answered_in_its_place(door: TelegramDoor) -> None:
    person = door.person()
    texts = ["一 first", "two 二", "第三 third"]
    told = [updates.text(chat_of(person), text) for text in texts]
    for late in (told[1], told[2], told[0]):
        assert door.bring(as_json(late), person).status_code == 200
    taken = []
    while (row := door.book.database.now(claims.inbound)) is not None:
        if row.conversation_id == person:
            taken.append(row.text)
        door.book.database.now(claiming.finish, row, None, "answered")
    assert taken == texts


# -- presses ------------------------------------------------------------------------------------


def press_of(person: str, data: str = "an-opaque-id-123", **more: Any) -> dict[str, Any]:
    rows = [[{"text": "票务 Tickets", "callback_data": "an-opaque-id-123"}]]
    ours = updates.message(chat_of(person), by=bot_user(), text="选 choose")
    ours["reply_markup"] = {"inline_keyboard": rows}
    by = updates.person(chat_of(person))
    return updates.press(ours, data, by=by, **more)


def test_a_press_is_answered_at_once(door: TelegramDoor, telegram: TelegramStandin) -> None:
    person = door.person()
    pressed = press_of(person)
    query_id = pressed["callback_query"]["id"]
    telegram.query(query_id)
    assert door.bring(as_json(pressed), person).status_code == 200
    telegram.wait_until(lambda: query_id in telegram.answered)
    assert door.heard(person) == ["票务 Tickets"]
    [row] = door.book.rows(conversation_id=person)
    assert row.payload["choice"] == "an-opaque-id-123"


@pytest.mark.parametrize("name", ["press_of_a_game", "press_on_an_inline_message", "press"])
def test_every_press_is_answered_whatever_it_means(
    door: TelegramDoor, telegram: TelegramStandin, name: str
) -> None:
    body = load(FOLDER / f"{name}.json")
    before = len(telegram.calls("answerCallbackQuery"))
    assert door.bring(as_json(body), "").status_code == 200
    telegram.wait_until(lambda: len(telegram.calls("answerCallbackQuery")) > before)
    call = telegram.calls("answerCallbackQuery")[-1]
    assert call.body == {"callback_query_id": body["callback_query"]["id"]}


def test_a_press_waits_for_nobody(door: TelegramDoor, telegram: TelegramStandin) -> None:
    telegram.hang_next(3.0, on="answerCallbackQuery")
    person = door.person()
    began = datetime.now(timezone.utc)
    assert door.bring(as_json(press_of(person)), person).status_code == 200
    assert datetime.now(timezone.utc) - began < timedelta(seconds=2)
    assert door.heard(person) == ["票务 Tickets"]


def test_a_press_that_nobody_proved_is_not_answered(
    door: TelegramDoor, telegram: TelegramStandin
) -> None:
    pressed = press_of(door.person())
    query_id = pressed["callback_query"]["id"]
    telegram.query(query_id)
    assert door.knock(as_json(pressed), {HEADER: "another"}).status_code == 403
    # The next press is answered; had the first been, it would have been before.
    test_a_press_is_answered_at_once(door, telegram)
    assert query_id not in telegram.answered


# -- judges -------------------------------------------------------------------------------------


def judged() -> dict[str, dict[str, Any]]:
    made = {path.stem: load(path) for path in FILES if path.stem not in ("wrong_types",)}
    return made | {f"carrying {kind}": updates.carrying(5, kind) for kind in updates.CARRIED}


JUDGED = judged()


@pytest.mark.parametrize("name", JUDGED)
def test_python_telegram_bot_reads_the_same(name: str) -> None:
    theirs = Update.de_json(JUDGED[name], None)
    assert theirs.update_id == JUDGED[name]["update_id"]
    for ours in read(JUDGED[name]):
        agree(ours, theirs)


def agree(ours: Event, theirs: Update) -> None:
    """Holds what we read against what python-telegram-bot reads."""
    if isinstance(ours, Reacted):
        told = theirs.message_reaction
        assert told is not None
        assert (ours.person_id, ours.message_id) == (
            str(told.chat.id),
            f"{told.chat.id}:{told.message_id}",
        )
        return
    if isinstance(ours, Inbound) and ours.choice is not None:
        query = theirs.callback_query
        assert query is not None
        assert query.message is not None
        assert (ours.choice, ours.person_id) == (query.data, str(query.message.chat.id))
        assert ours.name == query.from_user.full_name
        return
    message = theirs.message or theirs.edited_message
    assert message is not None
    if isinstance(ours, Moved):
        assert str(message.chat.id) in (ours.person_id, ours.to)
        assert {message.migrate_to_chat_id, message.migrate_from_chat_id} & {GROUP, SUPERGROUP}
        return
    agree_on_message(ours, message)


def agree_on_message(ours: Any, message: Message) -> None:
    assert ours.person_id == str(message.chat.id)
    assert ours.message_id == f"{message.chat.id}:{message.message_id}"
    words = message.text or message.caption or ""
    if message.chat.type == "private":
        assert ours.text == words
    else:
        assert letters(ours.text) == letters(without_the_bot(words, message))
    if isinstance(ours, Edited):
        assert ours.at == message.edit_date
        return
    assert ours.sent_at == message.date
    assert ours.name == (message.from_user.full_name if message.from_user else None)
    for attached in ours.attachments:
        agree_on_attachment(attached, message.effective_attachment)


def without_the_bot(words: str, message: Message) -> str:
    """Takes out what python-telegram-bot finds the bot to be called in a message."""
    named = {**message.parse_entities(), **message.parse_caption_entities()}
    for entity, piece in named.items():
        name = "@" + piece.partition("@")[2]
        if entity.type == "text_mention" and entity.user and entity.user.id == ME.id:
            words = words.replace(piece, "")
        elif name.lower() == f"@{USERNAME}":
            words = words.replace(name, "")
    return words


def letters(text: str) -> str:
    """Returns a text without blanks and punctuation: how they are joined is ours to choose."""
    return re.sub(r"[^\w]+", "", text)


def agree_on_attachment(ours: Attachment, theirs: Any) -> None:
    found = theirs[-1] if isinstance(theirs, (list, tuple)) else theirs
    if ours.id is not None:
        duration = getattr(found, "duration", None)
        seconds = None if duration is None else duration.total_seconds()
        assert (ours.id, ours.size, ours.seconds) == (found.file_id, found.file_size, seconds)
        assert ours.mime == getattr(found, "mime_type", None)
    if ours.latitude is not None:
        place = getattr(found, "location", found)
        assert (ours.latitude, ours.longitude) == (place.latitude, place.longitude)


TELOXIDE = ("telegram", "fixtures", "teloxide")


def test_what_others_captured_never_fails(door: TelegramDoor) -> None:
    files = sorted(reference(*TELOXIDE, "update").glob("*.json"))
    assert len(files) == 14
    for path in files:
        body = path.read_bytes()
        assert door.bring(body, "").status_code == 200, path.name
        for ours in read(json.loads(body)):
            agree(ours, Update.de_json(json.loads(body), None))


def test_what_others_captured_is_taken_for_what_it_is() -> None:
    found = [
        event
        for path in sorted(reference(*TELOXIDE, "update").glob("*.json"))
        for event in read(load(path))
    ]
    texts = [(e.person_id, e.text) for e in found if isinstance(e, Inbound)]
    assert texts == [("218485655", "hello there"), ("408258968", "4")]
    reactions = [e.emoji for e in found if isinstance(e, Reacted)]
    assert sorted(reactions) == ["", "🌭"]


def test_every_message_that_others_captured_is_read_from_one_person() -> None:
    """Said in a chat with one person, each is answered, or is Telegram's word to nobody."""
    answered = 0
    for path in sorted(reference(*TELOXIDE, "object").glob("message_L*.json")):
        told = {**load(path), "chat": {"id": 5, "type": "private", "first_name": "Mei"}}
        found = read({"update_id": 1, "message": told})
        service = bool(SERVICE & set(told)) or told.get("from", {}).get("is_bot", False)
        kinds = {type(event) for event in found}
        assert kinds <= {Inbound, Moved}
        assert bool(found) is not (service and Moved not in kinds), path.name
        answered += len(found)
    assert answered >= 15


def test_every_part_of_a_message_is_known() -> None:
    """A new kind of message in a newer schema wants a decision: an answer, or none."""
    frame = """
        author_signature business_connection_id caption caption_entities chat date
        direct_messages_topic edit_date effect_id entities external_reply forward_origin from
        guest_bot_caller_chat guest_bot_caller_user guest_query_id has_media_spoiler
        has_protected_content is_automatic_forward is_from_offline is_paid_post is_topic_message
        link_preview_options media_group_id message_id message_thread_id paid_star_count quote
        reply_markup reply_to_checklist_task_id reply_to_message reply_to_poll_option_id
        reply_to_story sender_boost_count sender_business_bot sender_chat sender_tag
        show_caption_above_media suggested_post_info via_bot
    """.split()
    carried = """
        animation audio contact document live_photo location photo sticker text venue video
        video_note voice
    """.split()
    answered = "checklist dice game giveaway giveaway_winners invoice paid_media poll rich_message"
    known = {*frame, *carried, *answered.split(), "story", *SERVICE}
    assert set(schema()["$defs"]["Message"]["properties"]) <= known


# -- bodies that are anything -----------------------------------------------------------------

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3)
    ),
    max_leaves=8,
)


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    """Returns a good update in which some parts are anything at all."""
    body = json.loads(json.dumps(draw(st.sampled_from(list(JUDGED.values())))))
    for _ in range(draw(st.integers(1, 3))):
        spot: Any = body
        while isinstance(spot, (dict, list)) and spot:
            keys = list(spot) if isinstance(spot, dict) else list(range(len(spot)))
            key = draw(st.sampled_from(keys))
            if not isinstance(spot[key], (dict, list)) or draw(st.booleans()):
                spot[key] = draw(ANYTHING)
                break
            spot = spot[key]
    return dict(body)


def assert_holdable(events: list[Event]) -> None:
    """Checks that what was read can be written to the log as it is."""
    for event in events:
        assert 0 < len(event.person_id) <= 200
        if isinstance(event, Inbound):
            assert isinstance(event.position, int)
            assert abs(event.position) < 1 << 63
            assert len(event.name or "") <= 200
            event.text.encode()
            json.dumps([vars(attached) for attached in event.attachments], allow_nan=False)


@settings(deadline=None, max_examples=300, suppress_health_check=list(HealthCheck))
@given(update=mutated() | st.dictionaries(st.text(max_size=12), ANYTHING, max_size=4))
def test_whatever_telegram_sends_is_read_or_refused(update: dict[str, Any]) -> None:
    status = 200
    try:
        assert_holdable(channel().parse(Delivery(as_json(update), {}, {})))
    except Refused as refusal:
        status = refusal.status
    assert 200 <= status < 500


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(update=mutated())
def test_no_signed_body_is_answered_with_a_failure(
    door: TelegramDoor, update: dict[str, Any]
) -> None:
    assert door.bring(as_json(update), "").status_code < 500


@settings(deadline=None, max_examples=100)
@given(secret=st.text(max_size=40) | st.binary(max_size=40).map(lambda b: b.decode("latin-1")))
def test_no_other_secret_is_taken(secret: str) -> None:
    if secret == SECRET:
        return
    with pytest.raises(BadSignature):
        channel().verify(Delivery(b"{}", {HEADER.lower(): secret}, {}))


@pytest.mark.parametrize("raw", [b"\xff", "秘密".encode(), b"\x80" * 9])
def test_a_secret_of_strange_bytes_is_refused(door: TelegramDoor, raw: bytes) -> None:
    with door.served.client() as client:
        headers = {HEADER.encode(): raw}
        answer = client.post(door.path, content=b"{}", headers=headers)  # type: ignore[arg-type]
    assert answer.status_code == 403


@pytest.mark.parametrize("number", [None, "5", 5.0, True, [], 1 << 63, -(1 << 63)])
def test_what_has_no_number_is_no_update(number: Any) -> None:
    body = {**updates.text(5, "你好 hi"), "update_id": number}
    with pytest.raises(Refused):
        channel().parse(Delivery(as_json(body), {}, {}))


@pytest.mark.parametrize("missing", ["TELEGRAM_BOT_TOKEN", "TELEGRAM_SECRET_TOKEN"])
def test_without_a_secret_the_channel_is_not_made(missing: str) -> None:
    with pytest.raises(SettingError, match=missing):
        channel(**{missing: ""})


def test_our_own_updates_are_of_telegrams_shape(door: TelegramDoor) -> None:
    person = door.person()
    made = [door.body(person, "你好 hi", "1"), door.edited(person, "1", "好 ok")]
    made += [door.attached(person, kind, "2") for kind in updates.CARRIED]
    made += [as_json(press_of(person)), *door.unknown(person)]
    faults = [faults_of("Update", json.loads(body)) for body in made if body is not None]
    assert faults == [[]] * len(made)
