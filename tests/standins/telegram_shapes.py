"""What several parts of the Telegram stand-in name: the bot, its chats, answers and errors."""

from __future__ import annotations

from .base import Exchange, Reply
from .telegram_rules import BotRefusal
from .wire import JsonDict

TOKEN = "110201543:made-up-token-of-a-made-up-bot_0123"
USERNAME = "docent_test_bot"


def bot_user(token: str = TOKEN, username: str = USERNAME) -> JsonDict:
    """Return a bot as messages name it; its id is what its token begins with."""
    name = {"first_name": "Docent", "username": username}
    return {"id": int(token.partition(":")[0]), "is_bot": True, **name}


def no_webhook() -> JsonDict:
    """Return what Telegram tells of a bot without a webhook."""
    return {"url": "", "has_custom_certificate": False, "pending_update_count": 0}


def method_of(exchange: Exchange) -> str:
    """Return the method that was called; Telegram reads it in any case."""
    return exchange.path.rpartition("/")[2].lower()


def chat_object(chat: int) -> JsonDict:
    """Return a chat as messages name it; its number tells what it is."""
    if chat > 0:
        return {"id": chat, "type": "private", "first_name": "Visitor"}
    kind = "supergroup" if str(chat).startswith("-100") else "group"
    return {"id": chat, "type": kind, "title": "Friends of the museum"}


def error_reply(refusal: BotRefusal) -> Reply:
    """Word an error as Telegram does."""
    body: JsonDict = {"ok": False, "error_code": refusal.code, "description": str(refusal)}
    headers = {}
    if refusal.parameters:
        body["parameters"] = refusal.parameters
    if "retry_after" in refusal.parameters:
        headers["Retry-After"] = str(refusal.parameters["retry_after"])
    return Reply(refusal.code, body, headers)
