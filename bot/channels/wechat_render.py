"""What WeChat is given to show: customer-service messages, and answers in the response.

Choices are a menu message (msgmenu) where we call WeChat, and links where we answer it. A menu
message's entries are such links themselves, as developers found, and a tap on either comes back
as a text with `bizmsgmenuid`; Tencent's own pages do not tell of the links. Source:
developers.weixin.qq.com/community/personal/oCJUswxe-4CXNj9ovBCtXA3gqWDk/answer (2020-03-30).
Where an account gets no `bizmsgmenuid` (test accounts), the label comes back as words.
"""

from __future__ import annotations

import time
from typing import Any

from bot.channels.wechat_xml import write_xml
from bot.limits import utf8_bytes
from bot.messages import Choice, Outbound

# Tencent's pages: a text has at most 2,048 bytes, passively or not.
LENGTH = 2048
# What would end the link's address or change its meaning; everything else is written plainly.
_IN_LINK = str.maketrans({sign: f"%{ord(sign):02X}" for sign in " \t\n\r\"'<>&#%+?=\\"})
_AS_WORDS = str.maketrans({"<": "＜", ">": "＞"})


def render(person_id: str, message: Outbound) -> dict[str, Any]:
    """Returns the body of message/custom/send."""
    if not message.choices:
        return {"touser": person_id, "msgtype": "text", "text": {"content": message.text}}
    entries = [{"id": choice.id, "content": choice.label} for choice in message.choices]
    menu = {"head_content": message.text, "list": entries, "tail_content": ""}
    return {"touser": person_id, "msgtype": "msgmenu", "msgmenu": menu}


def passive(account: str, person_id: str, text: str, choices: tuple[Choice, ...]) -> str:
    """Returns the answer that travels in the response: sender and recipient are swapped."""
    return write_xml(
        {
            "ToUserName": person_id,
            "FromUserName": account,
            "CreateTime": int(time.time()),
            "MsgType": "text",
            "Content": with_choices(text, choices),
        }
    )


def with_choices(text: str, choices: tuple[Choice, ...]) -> str:
    """Returns a text with its choices under it, to be tapped, or typed where they do not fit."""
    if not choices:
        return text
    tapped = "\n".join([text, "", *(_link(choice) for choice in choices)])
    if utf8_bytes(tapped) <= LENGTH:
        return tapped
    return "\n".join([text, "", *(f"· {choice.label}" for choice in choices)])


def _link(choice: Choice) -> str:
    words, said = choice.label.translate(_AS_WORDS), choice.label.translate(_IN_LINK)
    address = f"weixin://bizmsgmenu?msgmenucontent={said}&msgmenuid={choice.id}"
    return f'<a href="{address}">{words}</a>'
