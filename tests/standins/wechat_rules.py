"""What WeChat refuses in a customer-service message, as pure checks of one body.

Sources: developers.weixin.qq.com/doc/service/api/customer/message/. The pages tell no limits of a
menu message; those of Tencent's other messaging product (WeCom, kf/send_msg) are taken.
"""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from .wire import JsonDict

TEXT = 2048
HEAD, TAIL = 1024, 1024
# By the id of temporary material.
MATERIAL = ("image", "voice")
ENTRIES, ENTRY_ID, ENTRY = 10, 64, 128
WORDS = {
    -1: "system error",
    40001: "invalid credential, access_token is invalid or not latest",
    40003: "invalid openid",
    40004: "invalid media type",
    40005: "invalid file type",
    40006: "invalid media size",
    40007: "invalid media_id",
    40008: "invalid message type",
    40013: "invalid appid",
    40125: "invalid appsecret",
    40164: "invalid ip 203.0.113.7, not in whitelist",
    41001: "access_token missing",
    41005: "media data missing",
    42001: "access_token expired",
    43002: "require POST method",
    43004: "require subscribe",
    44004: "empty content",
    45002: "content size out of limit",
    45009: "reach max api daily quota limit",
    45011: "api minute-quota reach limit, must slower, retry next minute",
    45015: "response out of time limit or subscription is canceled",
    45047: "out of response count limit",
    45072: "invalid command",
    45080: "no message between the person and the account in 30 seconds",
    45081: "already in typing status",
    47001: "data format error",
    48001: "api unauthorized",
}


class WeChatRefusal(Exception):
    """An error of WeChat, with the number a caller decides by."""

    def __init__(self, code: int) -> None:
        """Remember the number."""
        super().__init__(WORDS.get(code, "refused"))
        self.code = code


def read_body(raw: bytes) -> JsonDict:
    r"""Read JSON as WeChat does: \uXXXX stays as it stands, and people read it so."""
    try:
        found = json.loads(re.sub(r"(?<!\\)\\u", r"\\\\u", raw.decode("utf-8")))
    except ValueError:
        refuse(47001)
    if not isinstance(found, dict):
        refuse(47001)
    return found


def check_send(body: JsonDict) -> None:
    """Raise WeChatRefusal unless WeChat would take this body."""
    kind, person = body.get("msgtype"), body.get("touser")
    if not isinstance(person, str) or not person.strip():
        refuse(40003)
    if kind not in ("text", "msgmenu", *MATERIAL):
        refuse(40008)
    if set(body) != {"touser", "msgtype", kind} or not isinstance(body[kind], dict):
        refuse(47001)
    if kind in MATERIAL:
        if set(body[kind]) != {"media_id"}:
            refuse(40007)
    elif kind == "text":
        check_words(body["text"].get("content"), TEXT)
    else:
        check_menu(body["msgmenu"])


def check_menu(menu: JsonDict) -> None:
    """Check a heading, one to ten entries and what stands under them."""
    entries = menu.get("list")
    if not isinstance(entries, list) or not 1 <= len(entries) <= ENTRIES:
        refuse(47001)
    if set(menu) != {"head_content", "list", "tail_content"}:
        refuse(47001)
    check_words(menu["head_content"], HEAD)
    if not isinstance(menu["tail_content"], str) or len(menu["tail_content"].encode()) > TAIL:
        refuse(45002)
    for entry in entries:
        if not isinstance(entry, dict) or set(entry) != {"id", "content"}:
            refuse(47001)
        check_words(entry["id"], ENTRY_ID)
        check_words(entry["content"], ENTRY)


def check_words(words: Any, most: int) -> None:
    """Check that this is a text, that something can be seen of it, and that it fits."""
    if not isinstance(words, str):
        refuse(47001)
    if not words.strip():
        refuse(44004)
    if len(words.encode("utf-8", "surrogatepass")) > most:
        refuse(45002)


def refuse(code: int) -> NoReturn:
    """Refuse with a code."""
    raise WeChatRefusal(code)
