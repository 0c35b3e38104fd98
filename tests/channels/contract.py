"""What every channel must do, whatever its platform: proved by the same tests for each of them."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
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

    def knock(self, body: bytes, headers: dict[str, str]) -> httpx.Response:
        """Posts a delivery."""
        return self.served.post(self.path, body, headers)

    def tell(self, conversation_id: str, text: str, message_id: str = "") -> httpx.Response:
        """Delivers one good message."""
        body = self.body(conversation_id, text, message_id or f"message-{next(_numbers)}")
        return self.knock(body, self.proof(body, conversation_id))

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
        person = door.person()
        assert door.tell(person, text).status_code == 200
        assert door.heard(person) == [text]

    @pytest.mark.parametrize(("text", "kept"), UNHOLDABLE, ids=["nul", "surrogate"])
    def test_what_no_database_holds_is_replaced(self, door: Door, text: str, kept: str) -> None:
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


def as_json(value: Any) -> bytes:
    """Writes JSON in ASCII, half surrogates included."""
    return json.dumps(value).encode()
