"""The other direction of WeChat: messages and events, built, signed and pushed as WeChat does."""

from __future__ import annotations

import re
import time
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha1
from http.client import HTTPException
from itertools import count
from secrets import token_hex
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from Crypto.Cipher import AES

from .wire import Answer, call

# A made-up account; WeChat calls its own address gh_ and twelve signs.
ACCOUNT = "gh_0d0c3e7a1b2f"
APP_ID = "wx0d0ce0d0ce0d0ce0"
# "no answer within five seconds: hangs up and asks again, three tries in all"
SECONDS, TRIES = 5.0, 3
QUIET = ("", "success")
ENCRYPTED = re.compile(rb"<Encrypt><!\[CDATA\[(.*?)\]\]></Encrypt>")

Values = dict[str, Any]
_numbers = count(24_000_000_000_000_000)


def event(openid: str, name: str, key: str | None = None, **more: Any) -> Values:
    """Build an event; WeChat numbers messages, and events not."""
    values = {**_head(openid, "event", more.pop("at", None)), "Event": name}
    return {**values, **({} if key is None else {"EventKey": key}), **more}


def message(openid: str, kind: str, **values: Any) -> Values:
    """Build what all kinds of message share around their content."""
    head = _head(openid, kind, values.pop("at", None))
    msg_id = values.pop("msg_id", None)
    return {**head, **values, "MsgId": str(next(_numbers) if msg_id is None else msg_id)}


def text(openid: str, words: str, **around: Any) -> Values:
    """Build a text."""
    return message(openid, "text", Content=words, **around)


def tap(openid: str, label: str, choice: str, **around: Any) -> Values:
    """Build the tap on an entry of a menu message."""
    return {**text(openid, label, **around), "bizmsgmenuid": choice}


def image(openid: str, **around: Any) -> Values:
    """Build a picture."""
    url = "http://mmbiz.example.org/mmbiz_jpg/abc/0"
    return message(openid, "image", PicUrl=url, MediaId="media-image", **around)


def voice(openid: str, heard: str | None = None, **around: Any) -> Values:
    """Build a recording; ``heard`` is what WeChat understood, where the account has that."""
    said = {} if heard is None else {"Recognition": heard}
    return message(openid, "voice", MediaId="media-voice", Format="amr", **said, **around)


def video(openid: str, kind: str = "video", **around: Any) -> Values:
    """Build a video or a short one."""
    return message(openid, kind, MediaId="media-video", ThumbMediaId="media-thumb", **around)


def location(openid: str, label: str = "伦敦 Great Russell St 44号", **around: Any) -> Values:
    """Build a place."""
    place = {"Location_X": "51.519413", "Location_Y": "-0.126957", "Scale": "16"}
    return message(openid, "location", **place, Label=label, **around)


def link(openid: str, title: str = "一篇文章 An article", **around: Any) -> Values:
    """Build a shared article."""
    what = {"Title": title, "Description": "…", "Url": "https://example.org/a?b=1&c=2"}
    return message(openid, "link", **what, **around)


def file(openid: str, name: str = "行程 plan.pdf", **around: Any) -> Values:
    """Build a file, as easywechat's examples describe it."""
    what = {"Title": name, "Description": "", "FileKey": "file-key", "FileMd5": "0" * 32}
    return message(openid, "file", **what, FileTotalLen="20480", **around)


def _head(openid: str, kind: str, at: float | None) -> Values:
    return {
        "ToUserName": ACCOUNT,
        "FromUserName": openid,
        "CreateTime": int(time.time() if at is None else at),
        "MsgType": kind,
    }


def to_xml(values: Mapping[str, Any]) -> bytes:
    """Write XML as WeChat does: numbers bare, ids bare, everything else as CDATA."""
    lines = []
    for name, value in values.items():
        bare = isinstance(value, int) or name in ("MsgId", "bizmsgmenuid")
        words = escape(str(value)) if bare else f"<![CDATA[{_split(str(value))}]]>"
        lines.append(f"<{name}>{words}</{name}>")
    return "\n".join(["<xml>", *lines, "</xml>"]).encode("utf-8", "surrogatepass")


def _split(words: str) -> str:
    return words.replace("]]>", "]]]]><![CDATA[>")


def sign(*parts: str) -> str:
    """Return WeChat's signature of the token and whatever else is signed."""
    return sha1("".join(sorted(parts)).encode()).hexdigest()


@dataclass(frozen=True)
class Push:
    """What became of one delivery: every answer, and what the person was shown."""

    answers: list[Answer | Exception]
    shown: str = ""
    sorry: bool = False

    @property
    def seconds(self) -> float:
        """How long the last answer took."""
        last = self.answers[-1]
        return last.seconds if isinstance(last, Answer) else SECONDS


@dataclass
class Account:
    """An account as its server configuration has it; with an AES key in the secure mode."""

    token: str = "a-word-of-the-museum"
    app_id: str = APP_ID
    aes_key: str = ""
    compatible: bool = False
    shown: dict[str, str] = field(default_factory=dict)

    def handshake(self, url: str, echo: str = "5927782489442352469") -> Answer:
        """Ask as WeChat does when somebody submits the server configuration."""
        return call("GET", f"{url}?{urlencode({**self._signed(), 'echostr': echo})}")

    def body(self, values: Mapping[str, Any]) -> bytes:
        """Return the body of a push: in clear, encrypted, or both."""
        xml = to_xml(values)
        if not self.aes_key:
            return xml
        sealed = {"ToUserName": ACCOUNT, "Encrypt": self.seal(xml)}
        return to_xml({**values, **sealed} if self.compatible else sealed)

    def query(self, body: bytes) -> dict[str, str]:
        """Return what WeChat writes into the address of a push."""
        query = self._signed()
        if not self.aes_key:
            return query
        sealed = ENCRYPTED.search(body)
        words = sealed[1].decode() if sealed else ""
        more = sign(self.token, query["timestamp"], query["nonce"], words)
        return {**query, "encrypt_type": "aes", "msg_signature": more}

    def push(
        self, url: str, values: Mapping[str, Any], *, tries: int = TRIES, seconds: float = SECONDS
    ) -> Push:
        """Push until somebody answers in time; show the person the first answer there is."""
        body, answers = self.body(values), []
        for _ in range(tries):
            query = {**self.query(body), "openid": values["FromUserName"]}
            try:
                headers = {"Content-Type": "text/xml"}
                got = call("POST", f"{url}?{urlencode(query)}", body, headers, seconds)
            except (OSError, HTTPException) as error:
                answers.append(error)
                continue
            answers.append(got)
            if got.status == 200:
                return self._shown(values, answers, got.body)
        return Push(answers, sorry=True)

    def read(self, answer: str) -> dict[str, str]:
        """Return a passive answer, decrypted where it is encrypted; empty where there is none."""
        if answer in QUIET:
            return {}
        values = _values(answer.encode())
        if not self.aes_key:
            return values
        assert set(values) == {"Encrypt", "MsgSignature", "TimeStamp", "Nonce"}, values
        signed = sign(self.token, values["TimeStamp"], values["Nonce"], values["Encrypt"])
        assert signed == values["MsgSignature"], "the answer is not signed"
        return _values(self.open(values["Encrypt"]))

    def seal(self, xml: bytes) -> str:
        """Encrypt as WeChat does: 16 random bytes, the length, the message, the AppID."""
        content = token_hex(8).encode() + len(xml).to_bytes(4, "big") + xml + self.app_id.encode()
        missing = 32 - len(content) % 32
        return b64encode(self._cipher().encrypt(content + bytes([missing]) * missing)).decode()

    def open(self, sealed: str) -> bytes:
        """Decrypt."""
        content = self._cipher().decrypt(b64decode(sealed))
        content = content[: -content[-1]]
        end = 20 + int.from_bytes(content[16:20], "big")
        assert content[end:].decode() == self.app_id, "the answer names another account"
        return content[20:end]

    def _cipher(self) -> Any:
        key = b64decode(f"{self.aes_key}=")
        return AES.new(key, AES.MODE_CBC, key[:16])

    def _signed(self) -> dict[str, str]:
        stamp, nonce = str(int(time.time())), str(int(token_hex(4), 16))
        signature = sign(self.token, stamp, nonce)
        return {"signature": signature, "timestamp": stamp, "nonce": nonce}

    def _shown(self, values: Mapping[str, Any], answers: list[Any], body: str) -> Push:
        try:
            answer = self.read(body)
        except (ElementTree.ParseError, ValueError):
            return Push(answers, sorry=True)  # "the account cannot serve you at present"
        if not answer:
            return Push(answers)
        assert answer["ToUserName"] == values["FromUserName"]
        assert answer["FromUserName"] == values["ToUserName"]
        assert answer["CreateTime"].isdigit()
        assert answer["MsgType"] == "text"
        assert 0 < len(answer["Content"].encode()) <= 2048
        key = str(values.get("MsgId") or sorted(values.items()))
        return Push(answers, self.shown.setdefault(key, answer["Content"]))


def _values(body: bytes) -> dict[str, str]:
    return {child.tag: child.text or "" for child in ElementTree.fromstring(body)}
