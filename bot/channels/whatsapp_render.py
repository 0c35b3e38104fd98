"""Renders what Docent says as bodies of WhatsApp's messages call.

Sources: developers.facebook.com/documentation/business-messaging/whatsapp/messages (text, reply
buttons, list, template), .../whatsapp/business-scoped-user-ids (`recipient`),
.../whatsapp/typing-indicators, .../whatsapp/templates/supported-languages.
"""

from __future__ import annotations

import re
from typing import Any

from bot.limits import utf16_units
from bot.messages import Choice, Outbound

# At most three reply buttons; a title has 20 characters, must be there and must be unique.
BUTTONS, BUTTON_TITLE = 3, 20
# What opens a list; 20 characters.
OPEN_LIST = {"en": "Choose", "zh-Hans": "请选择", "zh-Hant": "請選擇"}
# Docent's language -> the codes to try, in order; Hong Kong's and Taiwan's are separate for Meta.
TEMPLATE_LANGUAGES = {"zh-Hans": ("zh_CN", "en"), "zh-Hant": ("zh_TW", "zh_HK", "en")}
# A business-scoped id is a country, a point and letters or digits: US.13491208655302741918.
_SCOPED = re.compile(r"[A-Z]{2}\.[0-9A-Za-z.]+")

Body = dict[str, Any]


def render(person_id: str, message: Outbound) -> Body:
    """Returns the body of a message: a text, or a text with reply buttons or a list."""
    if not message.choices:
        text = {"preview_url": False, "body": message.text}
        return {**to(person_id), "type": "text", "text": text}
    fits = _fit_buttons(message.choices)
    shown = _buttons(message.choices) if fits else _list(message.choices, message.language)
    interactive = {**shown, "body": {"text": message.text}}
    return {**to(person_id), "type": "interactive", "interactive": interactive}


def templates(person_id: str, name: str, language: str) -> list[Body]:
    """Returns the bodies that send the approved template, the best language first."""
    codes = TEMPLATE_LANGUAGES.get(language, ("en",))
    return [
        {
            **to(person_id),
            "type": "template",
            "template": {"name": name, "language": {"policy": "deterministic", "code": code}},
        }
        for code in codes
    ]


def typing(platform_id: str) -> Body:
    """Returns the body that marks a message as read and shows that an answer is coming.

    WhatsApp shows it for 25 seconds or until the answer; it has no typing sign without the mark.
    """
    return {
        "messaging_product": "whatsapp",
        "status": "read",
        "message_id": platform_id,
        "typing_indicator": {"type": "text"},
    }


def to(person_id: str) -> Body:
    field = "recipient" if _SCOPED.fullmatch(person_id) else "to"
    return {"messaging_product": "whatsapp", "recipient_type": "individual", field: person_id}


def _fit_buttons(choices: tuple[Choice, ...]) -> bool:
    labels = {choice.label for choice in choices}
    short = all(utf16_units(label) <= BUTTON_TITLE for label in labels)
    return short and len(labels) == len(choices) <= BUTTONS


def _buttons(choices: tuple[Choice, ...]) -> Body:
    replies = [{"id": choice.id, "title": choice.label} for choice in choices]
    buttons = [{"type": "reply", "reply": reply} for reply in replies]
    return {"type": "button", "action": {"buttons": buttons}}


def _list(choices: tuple[Choice, ...], language: str) -> Body:
    rows = [{"id": choice.id, "title": choice.label} for choice in choices]
    button = OPEN_LIST.get(language, OPEN_LIST["en"])
    return {"type": "list", "action": {"button": button, "sections": [{"rows": rows}]}}
