"""What Telegram's Bot API refuses, as pure checks of one call's arguments, in Telegram's words.

Sources: core.telegram.org/bots/api (limits); the words are those of Telegram's own server,
github.com/tdlib/telegram-bot-api (Client.cpp), and of python-telegram-bot's and other libraries'
lists of them. Where the pages leave a rule open, the stricter reading is taken.
"""

from __future__ import annotations

import html
import json
import re
from email import message_from_bytes
from email.policy import HTTP
from typing import Any, NoReturn
from urllib.parse import urlsplit

from .base import Exchange
from .graph_rules import utf16_units
from .wire import JsonDict

TEXT = 4096
CALLBACK_BYTES = 64
ANSWER_TEXT = 200
ROW = 8
BUTTONS = 100
PORTS = (443, 80, 88, 8443)
ACTIONS = frozenset(
    """
    typing upload_photo record_video upload_video record_voice upload_voice upload_document
    choose_sticker find_location record_video_note upload_video_note
    """.split()
)
# core.telegram.org/bots/api#inlinekeyboardbutton: "exactly one of the optional fields".
DOES = frozenset(
    """
    url callback_data web_app login_url switch_inline_query switch_inline_query_current_chat
    switch_inline_query_chosen_chat copy_text callback_game pay
    """.split()
)


class BotRefusal(Exception):
    """An error of the Bot API; `parameters` is what a program can act on."""

    def __init__(self, description: str, code: int = 400, **parameters: int) -> None:
        """Remember the numbers."""
        super().__init__(description)
        self.code, self.parameters = code, parameters


def arguments(exchange: Exchange) -> JsonDict:
    """Read a call's arguments: "URL query string, form, JSON or multipart", all four."""
    kind = exchange.headers.get("content-type", "")
    if "multipart/form-data" in kind:
        return {**exchange.query, **multipart(kind, exchange.raw)}
    if exchange.body is None:
        raise BotRefusal("Bad Request: can't parse JSON object")
    return {**exchange.query, **exchange.body}


def multipart(kind: str, raw: bytes) -> JsonDict:
    """Read the fields of a multipart body; of files only the name."""
    whole = message_from_bytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + raw, policy=HTTP)
    found: JsonDict = {}
    for each in whole.iter_parts():
        name = each.get_param("name", header="content-disposition")
        payload = each.get_payload(decode=True) or b""
        found[str(name)] = each.get_filename() or payload.decode("utf-8", "replace")
    return found


def nested(value: Any, words: str) -> Any:
    """Return what stands in a form as JSON within a text, and in JSON as it is."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        refuse(words)


def number(value: Any) -> int | None:
    """Return a number that forms write as a text; None where it is none."""
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return None
    return int(value) if re.fullmatch(r"-?\d{1,19}", str(value)) else None


def is_true(value: Any) -> bool:
    """Return a switch that forms write as a text."""
    return value is True or str(value).lower() in ("true", "1")


def chat_of(args: JsonDict) -> int:
    """Demand the number of a chat; Docent knows nobody by a public name."""
    if args.get("chat_id") in (None, ""):
        refuse("chat_id is empty")
    chat = number(args["chat_id"])
    if chat is None:
        refuse("chat not found")
    return chat


def check_text(args: JsonDict) -> str:
    """Check the text of a message: "1-4096 characters after entities parsing"."""
    text = args.get("text")
    if not isinstance(text, str) or not shown(text, args.get("parse_mode")).strip():
        refuse("message text is empty")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        refuse("strings must be encoded in UTF-8")
    if utf16_units(shown(text, args.get("parse_mode"))) > TEXT:
        refuse("message is too long")
    return text


def shown(text: str, mode: Any) -> str:
    """Return what of a marked-up text is shown, and counts."""
    if mode in (None, ""):
        return text
    if mode == "HTML":
        return html.unescape(re.sub(r"</?[a-z][^>]*>", "", text))
    if mode in ("Markdown", "MarkdownV2"):
        return re.sub(r"\\(.)|[*_~`|]", r"\1", text)
    refuse("unsupported parse_mode")


def check_keyboard(args: JsonDict) -> list[JsonDict]:
    """Check a keyboard under a message; return its buttons."""
    if args.get("reply_markup") in (None, ""):
        return []
    markup = nested(args["reply_markup"], "can't parse reply keyboard markup JSON object")
    if not isinstance(markup, dict):
        refuse("object expected as reply markup")
    if "inline_keyboard" not in markup:
        refuse("the stand-in knows inline keyboards alone")
    rows = markup["inline_keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        refuse('field "inline_keyboard" must be of type Array')
    buttons = [check_button(button) for row in rows for button in row]
    if len(buttons) > BUTTONS or any(len(row) > ROW for row in rows):
        refuse("reply markup is too long")
    return buttons


def check_button(button: Any) -> JsonDict:
    """Check one button of an inline keyboard."""
    if not isinstance(button, dict):
        refuse("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    text = button.get("text")
    if not isinstance(text, str) or not text.strip():
        refuse("can't parse inline keyboard button: button text must be non-empty")
    does = sorted(DOES & set(button))
    if not does or button[does[0]] == "":
        words = "Text buttons are unallowed in the inline keyboard"
        refuse(f"can't parse inline keyboard button: {words}")
    if len(does) > 1:
        refuse("can't parse inline keyboard button: it must do one thing")
    data = button.get("callback_data", "x")
    if not isinstance(data, str) or len(data.encode()) > CALLBACK_BYTES:
        refuse("BUTTON_DATA_INVALID")
    return button


def check_webhook(args: JsonDict, local: bool) -> str:
    """Check where updates are to go; "" takes the webhook away."""
    url, secret = str(args.get("url", "")), args.get("secret_token", "")
    parts = urlsplit(url)
    if url and parts.scheme != "https" and not local:
        refuse("bad webhook: An HTTPS URL must be provided for webhook")
    if url and (parts.port or 443) not in PORTS and not local:
        refuse("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    if secret and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", str(secret)):
        refuse("secret token contains unallowed characters")
    return url


def refuse(words: str, code: int = 400, **parameters: int) -> NoReturn:
    """Refuse the call; Telegram puts the kind of refusal in front of its words."""
    kinds = {400: "Bad Request", 403: "Forbidden", 429: "Too Many Requests"}
    raise BotRefusal(f"{kinds[code]}: {words}" if code in kinds else words, code, **parameters)
