"""What the Cloud API refuses in a send, as pure checks of one body.

Limits: github.com/facebook/openapi, business-messaging-api_v23.0.yaml; the text's 4,096 and the
caption's 1,024: developers.facebook.com/documentation/business-messaging/whatsapp/messages.
Where these leave a rule open, the stricter reading is taken: a program that passes here passes
there, and not the other way round.
"""

from __future__ import annotations

import re
from typing import Any, NoReturn

from .graph_rules import utf16_units
from .wire import JsonDict

TEXT, BODY, CAPTION, FOOTER = 4096, 1024, 1024, 60
BUTTONS, BUTTON_TITLE, BUTTON_ID = 3, 20, 256
SECTIONS, ROWS, ROW_ID, ROW_TITLE, ROW_DESCRIPTION, SECTION_TITLE = 10, 10, 200, 24, 72, 24
CARDS = 5

REQUIRED, INVALID, UNKNOWN_KEY = 131008, 131009, 100
WORDS = {
    UNKNOWN_KEY: "Invalid parameter",
    REQUIRED: "Required parameter is missing",
    INVALID: "Parameter value is not valid",
}
ENVELOPE = {"messaging_product", "recipient_type", "to", "recipient", "type", "context"}
OPTIONAL = {"biz_opaque_callback_data", "recipient_identity_key_hash"}
CAPTIONED = ("image", "video", "document")
MEDIA = (*CAPTIONED, "audio", "sticker")
INTERACTIVE = (
    "button list product product_list catalog_message flow cta_url location_request_message "
    "order_details order_status address_message call_permission_request"
).split()


class CloudRefusal(Exception):
    """An error of the Cloud API, with the numbers a caller decides by."""

    def __init__(
        self, code: int, details: str = "", status: int = 400, subcode: int | None = None
    ) -> None:
        """Remember the numbers."""
        super().__init__(details)
        self.code, self.details, self.status, self.subcode = code, details, status, subcode


def check_send(body: JsonDict) -> None:
    """Raise CloudRefusal unless the Cloud API would take this body."""
    if body.get("messaging_product") != "whatsapp":
        fail(REQUIRED, "messaging_product must be whatsapp")
    if "status" in body:
        return check_read(body)
    kind = body.get("type", "text")
    check = CHECKS.get(kind) if isinstance(kind, str) else None
    if check is None:
        fail(INVALID, "type is none that can be sent")
    known_only(body, ENVELOPE | OPTIONAL | {kind}, "")
    check_recipient(body)
    check(body, kind)


def check_recipient(body: JsonDict) -> None:
    """Demand a number in ``to``, or a business-scoped id in ``recipient``."""
    if body.get("recipient_type", "individual") != "individual":
        fail(INVALID, "recipient_type: only individual is served here")
    if "to" in body:
        if not isinstance(body["to"], str) or not re.fullmatch(r"\+?\d{5,20}", body["to"]):
            fail(INVALID, "to is not a phone number")
    elif "recipient" in body:
        scoped = r"[A-Z]{2}\.[0-9A-Za-z.]{1,132}"
        if not isinstance(body["recipient"], str) or not re.fullmatch(scoped, body["recipient"]):
            fail(INVALID, "recipient is not a business-scoped user id")
    else:
        fail(REQUIRED, "to or recipient is required")


def check_read(body: JsonDict) -> None:
    """Check a read receipt, with or without the typing sign."""
    known_only(body, {"messaging_product", "status", "message_id", "typing_indicator"}, "")
    if body["status"] != "read":
        fail(INVALID, "status must be read")
    text_of(body, "message_id", 400)
    if body.get("typing_indicator", {"type": "text"}) != {"type": "text"}:
        fail(INVALID, "typing_indicator must be of type text")


def check_text(body: JsonDict, kind: str) -> None:
    """Check a text."""
    text = object_of(body, kind)
    known_only(text, {"body", "preview_url"}, kind)
    text_of(text, "body", TEXT)
    if not isinstance(text.get("preview_url", False), bool):
        fail(INVALID, "preview_url must be true or false")


def check_media(body: JsonDict, kind: str) -> None:
    """Check a file by id or by address."""
    media = object_of(body, kind)
    extra = {"caption"} if kind in CAPTIONED else set()
    known_only(media, {"id", "link", *extra, *({"filename"} if kind == "document" else ())}, kind)
    if ("id" in media) == ("link" in media):
        fail(REQUIRED, f"{kind}: either id or link")
    text_of(media, "id" if "id" in media else "link", 2000)
    if "caption" in media:
        text_of(media, "caption", CAPTION)


def check_location(body: JsonDict, kind: str) -> None:
    """Check a place."""
    place = object_of(body, kind)
    known_only(place, {"latitude", "longitude", "name", "address"}, kind)
    for name in ("latitude", "longitude"):
        if not re.fullmatch(r"-?\d+(\.\d+)?", str(place.get(name))):
            fail(INVALID, f"{name} is not a number")


def check_contacts(body: JsonDict, kind: str) -> None:
    """Check one to five cards."""
    for card in list_of(body, kind, CARDS):
        text_of(object_of(card, "name"), "formatted_name", 1000)


def check_reaction(body: JsonDict, kind: str) -> None:
    """Check an emoji; an empty one takes it back."""
    reaction = object_of(body, kind)
    known_only(reaction, {"message_id", "emoji"}, kind)
    text_of(reaction, "message_id", 400)
    if not isinstance(reaction.get("emoji"), str):
        fail(REQUIRED, "emoji is required")


def check_template(body: JsonDict, kind: str) -> None:
    """Check name and language; whether it is approved is for the stand-in to know."""
    template = object_of(body, kind)
    known_only(template, {"name", "language", "components"}, kind)
    text_of(template, "name", 512)
    text_of(object_of(template, "language"), "code", 40)
    if not isinstance(template.get("components", []), list):
        fail(INVALID, "components must be a list")


def check_interactive(body: JsonDict, kind: str) -> None:
    """Check buttons and lists fully, other kinds as far as all share it."""
    content = object_of(body, kind)
    known_only(content, {"type", "header", "body", "footer", "action"}, kind)
    if content.get("type") not in INTERACTIVE:
        fail(INVALID, "interactive type is unknown")
    action = object_of(content, "action")
    if "body" in content or content["type"] != "product":
        text_of(object_of(content, "body"), "text", BODY)
    for name in ("header", "footer"):
        if "text" in content.get(name, {}):
            text_of(content[name], "text", FOOTER)
    if content["type"] == "button":
        check_buttons(action)
    elif content["type"] == "list":
        check_list(action)


def check_buttons(action: JsonDict) -> None:
    """Check one to three reply buttons, no two alike."""
    known_only(action, {"buttons"}, "action")
    replies = []
    for button in list_of(action, "buttons", BUTTONS):
        known_only(button, {"type", "reply"}, "button")
        if button.get("type") != "reply":
            fail(INVALID, "a button's type must be reply")
        replies.append(object_of(button, "reply"))
    for reply in replies:
        known_only(reply, {"id", "title"}, "reply")
        if text_of(reply, "id", BUTTON_ID).strip() != reply["id"]:
            fail(INVALID, "a button's id may not begin or end with a space")
        text_of(reply, "title", BUTTON_TITLE)
    unique([reply["id"] for reply in replies], "button ids")
    unique([reply["title"] for reply in replies], "button titles")


def check_list(action: JsonDict) -> None:
    """Check the sections of a list, ten rows in all."""
    known_only(action, {"button", "sections"}, "action")
    text_of(action, "button", BUTTON_TITLE)
    sections = list_of(action, "sections", SECTIONS)
    rows = []
    for section in sections:
        known_only(section, {"title", "rows"}, "section")
        if "title" in section or len(sections) > 1:
            text_of(section, "title", SECTION_TITLE)
        rows += list_of(section, "rows", ROWS)
    if len(rows) > ROWS:
        fail(INVALID, f"a list has at most {ROWS} rows")
    for row in rows:
        known_only(row, {"id", "title", "description"}, "row")
        text_of(row, "id", ROW_ID)
        text_of(row, "title", ROW_TITLE)
        if "description" in row:
            text_of(row, "description", ROW_DESCRIPTION)
    unique([row["id"] for row in rows], "row ids")


CHECKS = {
    "text": check_text,
    **dict.fromkeys(MEDIA, check_media),
    "location": check_location,
    "contacts": check_contacts,
    "reaction": check_reaction,
    "interactive": check_interactive,
    "template": check_template,
}


def object_of(holder: Any, name: str) -> JsonDict:
    """Return an object that must be there."""
    found = holder.get(name) if isinstance(holder, dict) else None
    if not isinstance(found, dict) or not found:
        fail(REQUIRED, f"{name} is required and must be an object")
    return found


def list_of(holder: JsonDict, name: str, most: int) -> list[JsonDict]:
    """Return a list of 1 to ``most`` objects."""
    found = holder.get(name)
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        fail(REQUIRED, f"{name} is required and must be a list of objects")
    if not 1 <= len(found) <= most:
        fail(INVALID, f"{name} must have 1 to {most} items")
    return found


def text_of(holder: JsonDict, name: str, most: int) -> str:
    """Return a text that must be there, be seen, and fit."""
    text = holder.get(name)
    if not isinstance(text, str) or not text.strip():
        fail(REQUIRED, f"{name} is required and must be a text")
    if re.search("[\ud800-\udfff]", text):  # half of an emoji
        fail(INVALID, f"{name} is not UTF-8")
    if utf16_units(text) > most:
        fail(INVALID, f"{name} length invalid. Min length: 1, max length: {most}")
    return text


def known_only(holder: JsonDict, known: set[str], where: str) -> None:
    """Refuse keys that the Cloud API does not know."""
    for key in sorted(set(holder) - known):
        fail(UNKNOWN_KEY, f'Unexpected key "{key}" on param "{where}".')


def unique(values: list[Any], what: str) -> None:
    """Refuse two of the same."""
    if len(set(values)) < len(values):
        fail(INVALID, f"{what} must be unique")


def fail(code: int, details: str) -> NoReturn:
    """Refuse the body."""
    raise CloudRefusal(code, details)
