"""Reads WeChat's messages and events.

Sources: developers.weixin.qq.com/doc/service/guide/product/message/ (kinds of messages and
events, what to know repeats by); .../doc/offiaccount/Custom_Menus/Custom_Menu_Push_Events.html;
github.com/binarywang/WxJava/issues/1050 quotes the page on bizmsgmenuid.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from bot.channels.payload import moment, number
from bot.config import ROOT
from bot.content.topics import topic_files
from bot.messages import Attachment, Inbound
from bot.windows import CLICK

CHANNEL = "wechat"
# What a visitor reads who has said nothing yet; most WeChat accounts read Simplified Chinese.
LOCALE = "zh_CN"
# What WeChat writes in the place of an animated sticker, in the language of the visitor's phone.
# No page tells it; bots know it, such as github.com/zhayujie/chatgpt-on-wechat, channel/wechatmp.
STICKERS = frozenset(
    {
        "【收到不支持的消息类型，暂无法显示】",
        "【收到不支援的訊息類型，無法顯示】",
        "[Unsupported Message]",
        "[Unsupported message]",
    }
)
# WeChat gives up after three tries of five seconds: a message that claims to be much older comes
# from a clock that is wrong, and that clock opens or closes no window.
BELIEVED = timedelta(days=30)
# What an entry of the account's menu may mean beside a topic.
SERVICE = frozenset({"greeting", "speak_to_human", "complaint"})
SUBSCRIBED = frozenset({"subscribe", "scan"})


def read_message(sent: Mapping[str, str]) -> list[Inbound]:
    """Returns the one message or touch in a delivery; nothing for what is no visitor's act."""
    person = sent.get("FromUserName", "")
    if not person or len(person) > 200:
        return []
    kind = sent.get("MsgType", "").lower()
    if kind == "event":
        return _event(sent, person)
    if kind == "text":
        return [_written(sent, person)]
    attachment = _attachment(kind, sent)
    if attachment is None:
        return []
    # What WeChat understood of a recording, where the account has that switched on.
    words = sent.get("Recognition", "") if kind == "voice" else ""
    return [_message(sent, person, words, attachments=(attachment,))]


def _written(sent: Mapping[str, str], person: str) -> Inbound:
    text, choice = sent.get("Content", ""), sent.get("bizmsgmenuid", "")
    if text in STICKERS:
        return _message(sent, person, "", attachments=(Attachment("sticker"),))
    if choice:
        # A tap in a message's menu is no message of the visitor's: it opens what a click opens.
        return _message(sent, person, text, choice=choice, act=CLICK)
    return _message(sent, person, text)


def _event(sent: Mapping[str, str], person: str) -> list[Inbound]:
    event = sent.get("Event", "").lower()
    if event in SUBSCRIBED:
        return [_message(sent, person, "", means="greeting", act=CLICK)]
    if event == "click":
        means = _of_menu(sent.get("EventKey", ""))
        return [_message(sent, person, "", means=means, act=CLICK)]
    return []


def _of_menu(key: str) -> str:
    """Returns what an entry of the museum's own menu means: a topic that there is, or hello."""
    topic = key.removeprefix("faq/")
    if topic in SERVICE:
        return topic
    known = {path.stem for path in topic_files(ROOT / "data" / "nlu" / "faq")}
    return f"faq/{topic}" if topic in known else "greeting"


def _message(sent: Mapping[str, str], person: str, text: str, **more: Any) -> Inbound:
    return Inbound(
        CHANNEL,
        person,
        _known_by(sent, person),
        text,
        locale=LOCALE,
        sent_at=_time(sent),
        # The account that the visitor wrote to; it signs the answer to this very request.
        place={"account": sent.get("ToUserName", "")[:200]},
        **more,
    )


def _known_by(sent: Mapping[str, str], person: str) -> str:
    """Returns what stays the same when WeChat sends it again: MsgId; events have none."""
    number_of_message = sent.get("MsgId", "")
    if number_of_message and len(number_of_message) <= 64:
        return number_of_message
    names = ("CreateTime", "MsgType", "Event", "EventKey", "Content", "MediaId", "MsgId")
    # Two events may share a second: WeChat's own FromUserName + CreateTime is not enough.
    seed = "|".join([person, *(sent.get(name, "") for name in names)]).encode()
    return f"event:{hashlib.sha256(seed).hexdigest()[:40]}"


def _time(sent: Mapping[str, str]) -> datetime | None:
    told = moment(sent.get("CreateTime"))
    if told is None or datetime.now(timezone.utc) - told > BELIEVED:
        return None
    return told


def _attachment(kind: str, sent: Mapping[str, str]) -> Attachment | None:
    media = sent.get("MediaId") or None
    if kind == "image":
        return Attachment("image", url=sent.get("PicUrl") or None, id=media)
    if kind == "voice":
        form = sent.get("Format", "").lower()
        return Attachment("voice", id=media, mime=f"audio/{form}" if form.isalnum() else None)
    if kind in ("video", "shortvideo"):
        return Attachment("video", id=media)
    if kind == "location":
        return Attachment(
            "location",
            name=_name(sent, "Label"),
            latitude=number(sent.get("Location_X")),
            longitude=number(sent.get("Location_Y")),
        )
    if kind == "link":
        return Attachment("file", url=sent.get("Url") or None, name=_name(sent, "Title"))
    return _file(sent) if kind == "file" else None


def _file(sent: Mapping[str, str]) -> Attachment:
    """Returns a file; no page describes it, easywechat's examples name these fields."""
    size = number(sent.get("FileTotalLen"))
    whole = int(size) if size is not None and 0 <= size < 1 << 53 else None
    return Attachment(
        "file", id=sent.get("FileKey") or None, name=_name(sent, "Title"), size=whole
    )


def _name(sent: Mapping[str, str], key: str) -> str | None:
    return sent.get(key, "")[:200] or None
