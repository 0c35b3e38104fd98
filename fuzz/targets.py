"""The platforms' parsers as targets: Messenger, WhatsApp, Telegram, WeChat."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any
from urllib.parse import urlencode

from bot.channels.wechat_crypto import Envelope, signature
from fuzz import keys, mutate_xml
from fuzz.cases import Case, Target, broken_json, json_fixtures, xml_fixtures

QUESTION = "can i take photos, 可以拍照吗"


class Meta(Target):
    """What Messenger and WhatsApp share: JSON, and a signature over the raw body."""

    def bodies(self, random: Random) -> Iterator[bytes]:
        """Yields broken webhooks."""
        return broken_json(json_fixtures(self.name), random)

    def signed(self, case: Case) -> Case:
        """Adds X-Hub-Signature-256."""
        digest = hmac.new(keys.APP_SECRET.encode(), case.body, hashlib.sha256).hexdigest()
        proof = ("X-Hub-Signature-256", f"sha256={digest}")
        path = f"/webhooks/{self.name}/webhook"
        return replace(case, path=path, headers=(*case.headers, proof))


class Messenger(Meta):
    """Messenger's batches."""

    name = "messenger"

    def good(self, person: int) -> Case:
        """Returns a text."""
        message = {"mid": f"m_good.{person}.{time.time_ns()}", "text": QUESTION}
        event = {"sender": {"id": f"99{person}"}, "recipient": {"id": "1"}, "message": message}
        return _json({"object": "page", "entry": [{"id": "1", "messaging": [event]}]})


class WhatsApp(Meta):
    """WhatsApp's changes."""

    name = "whatsapp"

    def good(self, person: int) -> Case:
        """Returns a text."""
        message = {"from": f"4477009{person:05d}", "id": f"wamid.good.{time.time_ns()}"}
        message |= {"timestamp": str(int(time.time())), "type": "text"}
        value = {"metadata": {"phone_number_id": keys.PHONE}, "contacts": []}
        told = {**value, "messages": [{**message, "text": {"body": QUESTION}}]}
        change = {"field": "messages", "value": told}
        account = "whatsapp_business_account"
        return _json({"object": account, "entry": [{"id": "1", "changes": [change]}]})


class Telegram(Target):
    """Telegram's updates, proved by a word."""

    name = "telegram"

    def bodies(self, random: Random) -> Iterator[bytes]:
        """Yields broken updates."""
        return broken_json(json_fixtures(self.name), random)

    def signed(self, case: Case) -> Case:
        """Adds the word."""
        proof = ("X-Telegram-Bot-Api-Secret-Token", keys.WORD)
        return replace(case, path="/webhooks/telegram/webhook", headers=(*case.headers, proof))

    def good(self, person: int) -> Case:
        """Returns a text in a private chat."""
        number = time.time_ns() // 1000
        who = {
            "id": 880000 + person,
            "first_name": "安",
            "is_bot": False,
            "language_code": "zh-hans",
        }
        chat = {"id": who["id"], "type": "private", "first_name": "安"}
        message = {"message_id": number % 10**9, "date": int(time.time()), "text": QUESTION}
        return _json({"update_id": number, "message": {**message, "from": who, "chat": chat}})


class WeChat(Target):
    """WeChat's XML in clear; the proof stands in the address."""

    name = "wechat"

    def bodies(self, random: Random) -> Iterator[bytes]:
        """Yields broken messages."""
        good = xml_fixtures("wechat")
        listed = [body for each in good for body in mutate_xml.every_value(each)]
        random.shuffle(listed)
        number = random.randrange(10**8)
        while True:
            for body in listed:
                number += 1
                anew = random.choice(good).replace("<MsgId>", f"<MsgId>{number}")
                for one in (body, mutate_xml.broken(anew, random)):
                    yield self.written(one, random)

    def written(self, body: str, random: Random) -> bytes:
        """Returns a message as it travels."""
        return mutate_xml.written(body, random)

    def signed(self, case: Case) -> Case:
        """Adds the signature of the address."""
        times = (str(int(time.time())), "a-nonce")
        query = {"signature": signature(keys.WORD, *times), "timestamp": times[0]}
        address = urlencode({**query, "nonce": times[1], "openid": "o"})
        return replace(case, path=f"/webhooks/wechat/webhook?{address}")

    def good(self, person: int) -> Case:
        """Returns a text."""
        return Case(_text(person))


class SealedWeChat(WeChat):
    """WeChat's encrypted messages: broken inside, broken outside, or both."""

    name = "wechat-sealed"
    sealed = True

    def __init__(self) -> None:
        self._envelope = Envelope(keys.AES_KEY, keys.APP_ID)
        self._foreign = Envelope(keys.AES_KEY, "wx-another")

    def written(self, body: str, random: Random) -> bytes:
        """Returns a message as it travels, sealed."""
        way = random.randrange(12)
        envelope = self._foreign if way == 0 else self._envelope
        sealed = envelope.seal(mutate_xml.written(body, random))
        if way == 1:
            at = random.randrange(len(sealed))
            sealed = random.choice((sealed[:at], sealed + "=", sealed[:at] + "é" + sealed[at:]))
        outer = _outer(sealed)
        if way == 2:
            outer = mutate_xml.broken(outer, random)
        return mutate_xml.written(outer, random) if way < 4 else outer.encode()

    def signed(self, case: Case) -> Case:
        """Adds the signature of what is sealed, as far as it can be read."""
        text = case.body.decode("utf-8", "replace")
        sealed = text.partition("<Encrypt><![CDATA[")[2].partition("]]>")[0]
        times = (str(int(time.time())), "a-nonce")
        proof = {"msg_signature": signature(keys.WORD, *times, sealed), "encrypt_type": "aes"}
        address = urlencode({**proof, "timestamp": times[0], "nonce": times[1]})
        return replace(case, path=f"/webhooks/wechat/webhook?{address}")

    def good(self, person: int) -> Case:
        """Returns a text."""
        return Case(_outer(self._envelope.seal(_text(person))).encode())


def _json(body: Any) -> Case:
    return Case(json.dumps(body).encode(), headers=(("Content-Type", "application/json"),))


def _text(person: int) -> bytes:
    who = f"oDOCENTgood{person:017d}"
    values = {"ToUserName": "gh_0d0c3e7a1b2f", "FromUserName": who, "MsgType": "text"}
    lines = [f"<{name}><![CDATA[{value}]]></{name}>" for name, value in values.items()]
    lines += [f"<CreateTime>{int(time.time())}</CreateTime>", f"<MsgId>{time.time_ns()}</MsgId>"]
    return f"<xml>{''.join(lines)}<Content><![CDATA[{QUESTION}]]></Content></xml>".encode()


def _outer(sealed: str) -> str:
    return f"<xml><ToUserName>gh</ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
