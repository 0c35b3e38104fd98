"""What every channel must do, whatever its platform: proved by the same tests for each of them."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import httpx
import pytest
from conftest import Book

from .served import Served

WORDS = [
    "Is the museum open on Sunday?",
    "周日开放吗？",
    "請問週日有開嗎？",
    "我想book两张ticket 🎟️",
    "/restart",
    '/speak_to_human{"language": "en"}',
    "  leading and trailing  ",
    "👍🏽👨‍👩‍👧‍👦🇬🇧",
    "هل المتحف مفتوح؟",
    "line\nbreak\ttab",
    "bell\x07 escape\x1b[31m zero-width\u200b override\u202e",
    "馆" * 10_000,
    "${jndi:ldap://x} {{7*7}} <script>alert(1)</script> ' OR 1=1; --",
]
UNHOLDABLE = [("nul\x00 之后", "nul 之后"), ("half \ud83d of one", "half ? of one")]
NOT_READ = {
    "empty": b"",
    "not json": b"text=hello",
    "cut short": b'{"entry": [',
    "a list": b"[1, 2, 3]",
    "a string": '"你好"'.encode(),
    "null": b"null",
    "not utf-8": b'{"text": "\xff\xfe"}',
    "nested deep": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "a deep list": b"[" * 100_000 + b"]" * 100_000,
    "a huge number": b'{"id": ' + b"9" * 5000 + b"}",
    "too large": b'{"text": "' + b"x" * 3_145_729 + b'"}',
}
ATTACHMENTS = ("image", "audio", "voice", "video", "file", "sticker", "location", "contact")
EDITS = ["Is it open on Monday?", "周一开放吗？", "周一open吗，有two张票 🎟️"]
ASKED_IN = {"en": "When do you open?", "zh-Hans": "几点开门？", "zh-Hant": "請問幾點開門？"}
_numbers = count(1)


class Door(ABC):
    """One channel's webhook, and how its platform knocks."""

    path: str

    def __init__(self, served: Served) -> None:
        self.served = served
        self.book: Book = served.book

    @abstractmethod
    def person(self) -> str:
        """Returns a new person's conversation id."""

    @abstractmethod
    def body(self, conversation_id: str, text: str, message_id: str) -> bytes:
        """Returns a delivery of one message."""

    @abstractmethod
    def proof(self, body: bytes, conversation_id: str) -> dict[str, str]:
        """Returns the headers that prove who sent a body."""

    @abstractmethod
    def forgeries(self, body: bytes, conversation_id: str) -> dict[str, dict[str, str]]:
        """Returns headers that prove nothing, by name."""

    # What a platform may have or not; None where it has no such thing.

    def batch(self, messages: list[tuple[str, str, str]]) -> bytes | None:
        """Returns one delivery of many messages: conversation, text and id of each."""
        return None

    def edited(self, conversation_id: str, message_id: str, text: str | None) -> bytes | None:
        """Returns that a message says something else now, or was taken back (text None)."""
        return None

    def attached(self, conversation_id: str, kind: str, message_id: str) -> bytes | None:
        """Returns a delivery of an attachment alone, of one of `ATTACHMENTS`."""
        return None

    def unknown(self, conversation_id: str) -> list[bytes]:
        """Returns good deliveries of kinds that mean nothing to Docent."""
        return []

    def query(self, body: bytes) -> dict[str, str]:
        """Returns what goes into the address of a good delivery: WeChat proves itself there."""
        return {}

    def carries(self, text: str) -> bool:
        """Tells whether the platform's format can hold a text: XML has no control characters."""
        return True

    # The same for all doors.

    def knock(self, body: bytes, headers: dict[str, str]) -> httpx.Response:
        """Posts a delivery."""
        return self.served.post(self.path, body, headers, self.query(body))

    def tell(self, conversation_id: str, text: str, message_id: str = "") -> httpx.Response:
        """Delivers one good message."""
        body = self.body(conversation_id, text, message_id or new_id())
        return self.bring(body, conversation_id)

    def bring(self, body: bytes | None, conversation_id: str) -> httpx.Response:
        """Delivers a body with its proof; skips the test where the platform has no such thing."""
        if body is None:
            pytest.skip(f"{type(self).__name__}: the platform sends no such thing")
        return self.knock(body, self.proof(body, conversation_id))

    def versions(self, conversation_id: str) -> list[list[str | None]]:
        """Returns what each of a person's messages was changed to, oldest first."""
        rows = self.book.rows(conversation_id=conversation_id, direction="in")
        return [[version["text"] for version in row.versions or ()] for row in rows]

    def heard(self, conversation_id: str) -> list[str]:
        """Returns what of a person lies in the log."""
        return self.book.texts(conversation_id=conversation_id, direction="in")

    def all_heard(self) -> int:
        """Returns how many messages lie in the log."""
        return len(self.book.rows(direction="in"))


class ChannelContract:
    """The tests; a subclass gives the fixture `door`."""

    @pytest.mark.parametrize("text", WORDS, ids=lambda text: ascii(text[:12]))
    def test_words_are_kept_as_they_were_written(self, door: Door, text: str) -> None:
        if not door.carries(text):
            pytest.skip(f"{type(door).__name__}: the platform's format cannot hold this")
        person = door.person()
        assert door.tell(person, text).status_code == 200
        assert door.heard(person) == [text]

    @pytest.mark.parametrize(("text", "kept"), UNHOLDABLE, ids=["nul", "surrogate"])
    def test_what_no_database_holds_is_replaced(self, door: Door, text: str, kept: str) -> None:
        if not door.carries(text):
            pytest.skip(f"{type(door).__name__}: the platform's format cannot hold this")
        person = door.person()
        assert door.tell(person, text).status_code == 200
        assert door.heard(person) == [kept]

    def test_an_empty_text_is_taken(self, door: Door) -> None:
        person = door.person()
        assert door.tell(person, "").status_code == 200
        assert door.heard(person) == [""]

    def test_a_delivery_three_times_is_one_message(self, door: Door) -> None:
        person = door.person()
        answers = [door.tell(person, "同一条 message", "the-same-id") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 200]
        assert door.heard(person) == ["同一条 message"]

    def test_messages_of_one_person_keep_their_order(self, door: Door) -> None:
        person = door.person()
        texts = ["one", "二", "three 三"]
        for text in texts:
            door.tell(person, text)
        assert door.heard(person) == texts

    def test_twenty_deliveries_at_once_are_one_message(self, door: Door) -> None:
        person, message_id = door.person(), new_id()
        with ThreadPoolExecutor(20) as crowd:
            told = crowd.map(lambda _: door.tell(person, "同一条 at once", message_id), range(20))
            assert [answer.status_code for answer in told] == [200] * 20
        assert door.heard(person) == ["同一条 at once"]

    def test_a_batch_is_taken_whole_and_in_order(self, door: Door) -> None:
        people = [door.person() for _ in range(7)]
        messages = [(people[n % 7], f"第{n} line", new_id()) for n in range(50)]
        for _ in range(2):
            assert door.bring(door.batch(messages), people[0]).status_code == 200
        for person in people:
            assert door.heard(person) == [text for whose, text, _ in messages if whose == person]

    # -- what happens to a message later --

    @pytest.mark.parametrize("text", EDITS)
    def test_an_edit_is_a_version_and_no_new_question(self, door: Door, text: str) -> None:
        person, message_id = door.person(), new_id()
        door.tell(person, "Is it open 周日?", message_id)
        for _ in range(2):
            body = door.edited(person, message_id, text)
            assert door.bring(body, person).status_code == 200
        assert door.heard(person) == ["Is it open 周日?"]
        assert door.versions(person) == [[text]]

    def test_what_was_taken_back_stays_in_the_log_as_a_version(self, door: Door) -> None:
        person, message_id = door.person(), new_id()
        door.tell(person, "别看 do not read", message_id)
        body = door.edited(person, message_id, None)
        assert door.bring(body, person).status_code == 200
        assert door.heard(person) == ["别看 do not read"]
        assert door.versions(person) == [[None]]

    @pytest.mark.parametrize("text", [EDITS[-1], None])
    def test_an_edit_of_an_unknown_message_is_nothing(self, door: Door, text: str | None) -> None:
        person, before = door.person(), door.all_heard()
        body = door.edited(person, new_id(), text)
        assert door.bring(body, person).status_code == 200
        assert (door.heard(person), door.all_heard()) == ([], before)

    # -- what is no words --

    @pytest.mark.parametrize("kind", ATTACHMENTS)
    def test_an_attachment_is_typed(self, door: Door, kind: str) -> None:
        person = door.person()
        assert door.bring(door.attached(person, kind, new_id()), person).status_code == 200
        [row] = door.book.rows(conversation_id=person, direction="in")
        assert [attached["kind"] for attached in row.payload["attachments"]] == [kind]

    @pytest.mark.parametrize("kind", ATTACHMENTS)
    def test_an_attachment_is_answered_in_the_visitors_language(
        self, door: Door, kind: str
    ) -> None:
        served = door.served
        for language, question in ASKED_IN.items():
            person = door.person()
            door.tell(person, question)
            assert door.bring(door.attached(person, kind, new_id()), person).status_code == 200
            words = served.host.voice.say(f"received.{kind}", language)
            assert served.unread(person) == words

    def test_a_kind_that_means_nothing_is_acknowledged(self, door: Door) -> None:
        person, before = door.person(), door.all_heard()
        for body in door.unknown(person):
            assert door.bring(body, person).status_code == 200, body
        assert door.all_heard() == before

    # -- who may knock --

    def test_a_delivery_without_proof_is_refused(self, door: Door) -> None:
        person = door.person()
        body = door.body(person, "让我进来 let me in", "forged-message")
        before = door.all_heard()
        forgeries = door.forgeries(body, person)
        answers = {
            name: door.knock(body, headers).status_code for name, headers in forgeries.items()
        }
        assert len(answers) >= 3
        assert answers == dict.fromkeys(answers, 403)
        assert door.all_heard() == before

    def test_the_proof_of_another_channel_is_refused(self, door: Door) -> None:
        person, before = door.person(), door.all_heard()
        body = door.body(person, "我是别人 from elsewhere", new_id())
        answers = {
            name: door.served.post(door.path, body, headers, query).status_code
            for name, (headers, query) in elsewhere(body).items()
        }
        assert answers == dict.fromkeys(answers, 403)
        assert door.all_heard() == before

    @pytest.mark.parametrize("name", NOT_READ)
    def test_what_cannot_be_read_is_refused(self, door: Door, name: str) -> None:
        before, body = door.all_heard(), NOT_READ[name]
        answer = door.knock(body, door.proof(body, door.person()))
        assert 400 <= answer.status_code < 500, (answer.status_code, answer.text)
        assert door.all_heard() == before

    def test_a_refusal_tells_nothing_that_is_secret(self, door: Door) -> None:
        person = door.person()
        body = door.body(person, "hello 你好", "message-refused")
        for headers in door.forgeries(body, person).values():
            words = door.knock(body, headers).text
            good = door.proof(body, person)
            assert not any(value in words for value in good.values() if len(value) > 20)

    def test_a_database_that_is_away_is_said_so_that_the_platform_tries_again(
        self, door: Door, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        import sqlalchemy as sa

        async def away(*_: Any, **__: Any) -> int:
            raise sa.exc.OperationalError("INSERT", {}, Exception("database is locked"))

        person = door.person()
        with monkeypatch.context() as broken:
            broken.setattr(door.served.host.inbox, "accept", away)
            answer = door.tell(person, "稍后 later", "message-later")
        assert answer.status_code == 503
        assert answer.headers["retry-after"]
        assert "locked" not in answer.text
        assert door.tell(person, "稍后 later", "message-later").status_code == 200
        assert door.heard(person) == ["稍后 later"]


def new_id() -> str:
    """Returns an id that no other message of the tests has."""
    return f"message-{next(_numbers)}"


def elsewhere(body: bytes) -> dict[str, tuple[dict[str, str], dict[str, str]]]:
    """Returns headers and query by which other platforms' channels would know their own."""
    secret, stamp = b"the secret of another channel", str(int(time.time()))
    meta = hmac.new(secret, body, hashlib.sha256).hexdigest()
    slack = hmac.new(secret, b":".join([b"v0", stamp.encode(), body]), hashlib.sha256).hexdigest()
    wechat = hashlib.sha1("".join(sorted([secret.decode(), stamp, "nonce"])).encode()).hexdigest()
    query = {"signature": wechat, "timestamp": stamp, "nonce": "nonce"}
    encrypted = {**query, "encrypt_type": "aes", "msg_signature": wechat}
    return {
        "meta": ({"X-Hub-Signature-256": f"sha256={meta}"}, {}),
        "telegram": ({"X-Telegram-Bot-Api-Secret-Token": secret.decode()}, {}),
        "slack": ({"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={slack}"}, {}),
        "wechat": ({"Content-Type": "text/xml"}, query),
        "wechat, secure mode": ({"Content-Type": "text/xml"}, encrypted),
        "web": ({"Content-Type": "application/json", "Cookie": "docent_session=" + "a" * 43}, {}),
        "the desk": ({"X-Docent-Desk": "1", "Cookie": f"docent_desk={2**40}.{meta}"}, {}),
    }


def as_json(value: Any) -> bytes:
    """Writes JSON in ASCII, half surrogates included."""
    return json.dumps(value).encode()
