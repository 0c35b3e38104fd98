"""What Meta's Graph refuses in a Messenger send, as pure checks of one body.

Where the public pages leave a rule open, the stricter reading is taken: a program that passes
here passes there, and not the other way round.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NoReturn

from .wire import JsonDict

# developers.facebook.com/docs/messenger-platform: send-api (text), quick-replies, button, generic.
TEXT = 2000
QUICK_REPLIES = 13
QUICK_REPLY_TITLE = 20
PAYLOAD = 1000
METADATA = 1000
BUTTON_TEXT = 640
BUTTONS = 3
BUTTON_TITLE = 20
ELEMENTS = 10
ELEMENT_TEXT = 80

ACTIONS = frozenset({"typing_on", "typing_off", "mark_seen"})
MESSAGING_TYPES = ("RESPONSE", "UPDATE", "MESSAGE_TAG")
# The other tags were retired in 2026 (seen in erxes PR 9177); Docent has no use for them anyway.
TAGS = ("HUMAN_AGENT",)
NOTIFICATIONS = ("REGULAR", "SILENT_PUSH", "NO_PUSH")
MESSAGE_KEYS = frozenset({"text", "attachment", "quick_replies", "metadata"})
CONTENT_TYPES = ("text", "user_phone_number", "user_email")
MEDIA = ("image", "audio", "video", "file")
# "list" and "open_graph" are left out: Meta's pages no longer offer them.
TEMPLATES = ("button", "generic", "media", "receipt", "product", "coupon")
TITLED_BUTTONS = ("web_url", "postback", "phone_number")
BARE_BUTTONS = ("account_link", "account_unlink", "element_share", "game_play")

Length = Callable[[str], int]


class GraphRefusal(Exception):
    """An error of Graph, with the numbers a caller decides by."""

    def __init__(
        self, message: str, code: int = 100, subcode: int | None = None, status: int = 400
    ) -> None:
        """Remember the numbers."""
        super().__init__(message)
        self.code, self.subcode, self.status = code, subcode, status


def utf16_units(text: str) -> int:
    """Count as JavaScript and Java do: a character outside the BMP, such as an emoji, is two.

    Meta says "characters" and no more. Of the two readings this is the stricter one, so a text
    that passes here passes whichever way Graph counts.
    """
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def code_points(text: str) -> int:
    """Count as Python does."""
    return len(text)


def check_send(body: JsonDict, length: Length = utf16_units) -> None:
    """Raise GraphRefusal unless Graph would take this body."""
    check_recipient(body)
    if "sender_action" in body:
        check_action(body)
    else:
        check_envelope(body)
        check_message(as_object(body.get("message"), "message"), length)


def check_recipient(body: JsonDict) -> None:
    """Demand a page-scoped id; Docent knows its visitors by nothing else."""
    recipient = as_object(body.get("recipient"), "recipient")
    if not isinstance(recipient.get("id"), str) or not recipient["id"].strip():
        fail('(#100) Param recipient[id] must be a valid ID string (e.g., "123")')


def check_action(body: JsonDict) -> None:
    """Demand that an action travels alone: "recipient should be the only other property"."""
    if body["sender_action"] not in ACTIONS:
        fail(one_of("sender_action", sorted(ACTIONS)))
    if set(body) - {"recipient", "sender_action", "access_token", "appsecret_proof"}:
        fail("(#100) sender_action cannot be sent with message or other properties")


def check_envelope(body: JsonDict) -> None:
    """Check what surrounds the message."""
    kind, tag = body.get("messaging_type"), body.get("tag")
    if kind not in MESSAGING_TYPES:
        fail(one_of("messaging_type", MESSAGING_TYPES))
    if tag is not None and tag not in TAGS:
        fail(one_of("tag", TAGS))
    if kind == "MESSAGE_TAG" and tag is None:
        fail("(#100) The parameter tag is required with messaging_type MESSAGE_TAG")
    if body.get("notification_type", "REGULAR") not in NOTIFICATIONS:
        fail(one_of("notification_type", NOTIFICATIONS))


def check_message(message: JsonDict, length: Length) -> None:
    """Check the message: a text or an attachment, never both and never neither."""
    unknown = set(message) - MESSAGE_KEYS
    if unknown:
        keys = ", ".join(f'"{key}"' for key in sorted(unknown))
        fail(f'(#100) Invalid keys {keys} were found in param "message".')
    text, attachment = message.get("text"), message.get("attachment")
    if text is None and attachment is None:
        fail("(#100) Message cannot be empty, must provide valid attachment or text")
    if text is not None and attachment is not None:
        fail("(#100) Cannot specify both text and attachment in one message")
    if attachment is None:
        check_text(text, "message[text]", TEXT, length)
    else:
        check_attachment(as_object(attachment, "message[attachment]"), length)
    if "metadata" in message:
        check_text(message["metadata"], "message[metadata]", METADATA, length)
    if "quick_replies" in message:
        check_quick_replies(message["quick_replies"], length)


def check_quick_replies(replies: Any, length: Length) -> None:
    """Check 1 to 13 quick replies."""
    replies = as_list(replies, "message[quick_replies]", QUICK_REPLIES)
    for number, reply in enumerate(replies):
        where = f"message[quick_replies][{number}]"
        reply = as_object(reply, where)
        kind = reply.get("content_type")
        if kind not in CONTENT_TYPES:
            fail(one_of(f"{where}[content_type]", CONTENT_TYPES))
        if kind == "text":
            check_text(reply.get("title"), f"{where}[title]", QUICK_REPLY_TITLE, length)
            check_text(reply.get("payload"), f"{where}[payload]", PAYLOAD, length)


def check_attachment(attachment: JsonDict, length: Length) -> None:
    """Check media by address or id, and templates by their own rules."""
    kind = attachment.get("type")
    payload = as_object(attachment.get("payload"), "message[attachment][payload]")
    if kind == "template":
        check_template(payload, length)
    elif kind not in MEDIA:
        fail(one_of("message[attachment][type]", (*MEDIA, "template")))
    elif not payload.get("attachment_id"):
        check_link(payload.get("url"), "message[attachment][payload][url]")


def check_template(payload: JsonDict, length: Length) -> None:
    """Check the two templates Docent may send; the others only by name."""
    kind, where = payload.get("template_type"), "message[attachment][payload]"
    if kind not in TEMPLATES:
        fail(one_of(f"{where}[template_type]", TEMPLATES))
    if kind == "button":
        check_text(payload.get("text"), f"{where}[text]", BUTTON_TEXT, length)
        check_buttons(payload.get("buttons"), f"{where}[buttons]", length)
    if kind == "generic":
        elements = as_list(payload.get("elements"), f"{where}[elements]", ELEMENTS)
        for number, element in enumerate(elements):
            check_element(element, f"{where}[elements][{number}]", length)


def check_element(element: Any, where: str, length: Length) -> None:
    """Check one card of the generic template."""
    element = as_object(element, where)
    check_text(element.get("title"), f"{where}[title]", ELEMENT_TEXT, length)
    if "subtitle" in element:
        check_text(element["subtitle"], f"{where}[subtitle]", ELEMENT_TEXT, length)
    if "buttons" in element:
        check_buttons(element["buttons"], f"{where}[buttons]", length)


def check_buttons(buttons: Any, where: str, length: Length) -> None:
    """Check 1 to 3 buttons."""
    for number, button in enumerate(as_list(buttons, where, BUTTONS)):
        spot = f"{where}[{number}]"
        button = as_object(button, spot)
        kind = button.get("type")
        if kind not in (*TITLED_BUTTONS, *BARE_BUTTONS):
            fail(one_of(f"{spot}[type]", (*TITLED_BUTTONS, *BARE_BUTTONS)))
        if kind in TITLED_BUTTONS:
            check_text(button.get("title"), f"{spot}[title]", BUTTON_TITLE, length)
        if kind in ("postback", "phone_number"):
            check_text(button.get("payload"), f"{spot}[payload]", PAYLOAD, length)
        if kind == "web_url":
            check_link(button.get("url"), f"{spot}[url]")


def check_text(text: Any, where: str, most: int, length: Length) -> None:
    """Check that this is a text, that something can be seen of it, and that it fits."""
    if not isinstance(text, str):
        fail(f"(#100) Param {where} must be a string")
    if not text.strip():
        fail(f"(#100) Param {where} must be non-empty UTF-8 encoded string")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:  # half of an emoji: somebody cut the text between its two units
        fail(f"(#100) Param {where} must be non-empty UTF-8 encoded string")
    if length(text) > most:
        fail(f"(#100) Length of param {where} must be less than or equal to {most}")


def check_link(url: Any, where: str) -> None:
    """Check that this is a web address."""
    if not isinstance(url, str) or not url.startswith(("https://", "http://")):
        fail(f"(#100) Param {where} should represent a valid URL")


def as_object(value: Any, where: str) -> JsonDict:
    """Return an object; Graph also takes one that was encoded as JSON once more."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            value = None
    if not isinstance(value, dict) or not value:
        fail(f"(#100) The parameter {where} is required")
    return value


def as_list(value: Any, where: str, most: int) -> list[Any]:
    """Return a list of 1 to ``most`` items."""
    if not isinstance(value, list) or not value:
        fail(f"(#100) Param {where} must be a non-empty array.")
    if len(value) > most:
        fail(f"(#105) param {where} has too many elements.", code=105)
    return value


def one_of(where: str, choices: tuple[str, ...] | list[str]) -> str:
    """Word a wrong choice as Graph does."""
    return f"(#100) Param {where} must be one of {{{', '.join(choices)}}}"


def fail(message: str, code: int = 100) -> NoReturn:
    """Refuse the body."""
    raise GraphRefusal(message, code)
