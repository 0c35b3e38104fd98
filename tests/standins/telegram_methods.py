"""What Telegram's Bot API does with the calls of one bot."""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from . import telegram_files
from .base import Exchange, Reply, Standin
from .multipart import GotFile
from .telegram_rules import (
    ACTIONS,
    ANSWER_TEXT,
    BotRefusal,
    arguments,
    chat_of,
    check_keyboard,
    check_text,
    check_webhook,
    is_true,
    nested,
    number,
    refuse,
)
from .telegram_shapes import TOKEN, USERNAME, bot_user, chat_object, error_reply, no_webhook
from .wire import JsonDict

LARGEST_FILE = 20 * 1024 * 1024


@dataclass(frozen=True)
class Sent:
    """One message that Telegram took: what the person sees, and the call behind it."""

    at: float
    chat_id: int
    text: str
    buttons: tuple[str, ...]
    payloads: tuple[str, ...]
    message_id: int
    thread_id: int | None
    reply_to: int | None
    call: Mapping[str, Any]


class BotApi(Standin):
    """The methods of the Bot API that a bot which talks to visitors needs."""

    def __init__(
        self,
        token: str = TOKEN,
        *,
        username: str = USERNAME,
        local: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Name the bot; ``local`` takes any address for a webhook, as a server of one's own."""
        super().__init__(clock)
        self.token, self.username, self._local = token, username, local
        self.webhook: JsonDict = no_webhook()
        self.secret = ""
        self._sent: list[Sent] = []
        self._actions: list[tuple[int, str]] = []
        self._queries: set[str] = set()
        self._answered: list[str] = []
        self._trouble: dict[int, BotRefusal] = {}
        self._topics: dict[int, set[int]] = defaultdict(set)
        self._heard: dict[int, set[int]] = defaultdict(set)
        self._numbers: dict[int, int] = defaultdict(lambda: 1000)
        self._files: dict[str, int] = {}
        self.contents: dict[str, bytes] = {}
        self.got: list[GotFile] = []

    @property
    def id(self) -> int:
        """The bot's id, with which its token begins."""
        return int(self.token.partition(":")[0])

    def _answer(self, exchange: Exchange) -> Reply:
        if exchange.path.startswith("/file/"):
            return self._content(exchange.path)
        try:
            return Reply(200, {"ok": True, **self._do(exchange)})
        except BotRefusal as refusal:
            return error_reply(refusal)

    def _do(self, exchange: Exchange) -> JsonDict:
        found = re.fullmatch(r"/bot([^/]+)/(\w+)", exchange.path)
        if found is None or ":" not in found[1]:
            raise BotRefusal("Not Found", 404)
        if found[1] != self.token:
            raise BotRefusal("Unauthorized", 401)
        does = self._methods().get(found[2].lower())
        if does is None:
            raise BotRefusal("Not Found: method not found", 404)
        result = does(arguments(exchange), exchange)
        return result if "result" in result else {"result": result}

    def _methods(self) -> dict[str, Callable[[JsonDict, Exchange], JsonDict]]:
        return {
            "getme": self._get_me,
            "sendmessage": self._send_message,
            "sendchataction": self._send_chat_action,
            "answercallbackquery": self._answer_callback_query,
            "editmessagetext": self._edit_message_text,
            "deletemessage": self._delete_message,
            "getfile": self._get_file,
            **{f"send{kind}": self._sender_of(kind) for kind in telegram_files.MOST},
            "setwebhook": self._set_webhook,
            "deletewebhook": lambda *_: self._set_webhook({"url": ""}, None),
            "getwebhookinfo": lambda *_: {"result": dict(self.webhook)},
        }

    def _get_me(self, *_: Any) -> JsonDict:
        return {"can_join_groups": True, "supports_inline_queries": False, **self.me()}

    def me(self) -> JsonDict:
        """Return the bot as messages name it."""
        return bot_user(self.token, self.username)

    def _send_message(self, args: JsonDict, exchange: Exchange) -> JsonDict:
        chat, text, buttons = self._reached(args), check_text(args), check_keyboard(args)
        thread = self._topic_of(chat, args)
        reply_to = self._reply_to(chat, args)
        self._numbers[chat] += 1
        sent = Sent(
            at=exchange.at,
            chat_id=chat,
            text=text,
            buttons=tuple(button["text"] for button in buttons),
            payloads=tuple(button.get("callback_data", "") for button in buttons),
            message_id=self._numbers[chat],
            thread_id=thread,
            reply_to=reply_to,
            call=args,
        )
        self._sent.append(sent)
        return self.as_message(sent)

    def as_message(self, sent: Sent) -> JsonDict:
        """Return a message of the bot as Telegram tells it."""
        message: JsonDict = {
            "message_id": sent.message_id,
            "from": self.me(),
            "chat": chat_object(sent.chat_id),
            "date": int(sent.at),
            "text": sent.text,
        }
        if sent.buttons:
            pairs = zip(sent.buttons, sent.payloads, strict=True)
            rows = [[{"text": text, "callback_data": data}] for text, data in pairs]
            message["reply_markup"] = {"inline_keyboard": rows}
        if sent.thread_id is not None:
            message |= {"message_thread_id": sent.thread_id, "is_topic_message": True}
        return message

    def _topic_of(self, chat: int, args: JsonDict) -> int | None:
        if args.get("message_thread_id") in (None, ""):
            return None
        thread = number(args["message_thread_id"])
        if thread is None or thread not in self._topics[chat]:
            refuse("message thread not found")
        return thread

    def _reply_to(self, chat: int, args: JsonDict) -> int | None:
        if args.get("reply_parameters") in (None, ""):
            return None
        wanted = nested(args["reply_parameters"], "can't parse reply parameters JSON object")
        target = number(wanted.get("message_id")) if isinstance(wanted, dict) else None
        if target is None:
            refuse("object expected as reply parameters")
        known = self._heard[chat] | {
            each.message_id for each in self._sent if each.chat_id == chat
        }
        if target in known:
            return target
        if not is_true(wanted.get("allow_sending_without_reply")):
            refuse("message to be replied not found")
        return None

    def _send_chat_action(self, args: JsonDict, _: Exchange) -> JsonDict:
        chat = self._reached(args)
        if args.get("action") not in ACTIONS:
            refuse("wrong parameter action in request")
        self._actions.append((chat, args["action"]))
        return {"result": True}

    def _answer_callback_query(self, args: JsonDict, _: Exchange) -> JsonDict:
        if len(str(args.get("text", ""))) > ANSWER_TEXT:
            refuse("MESSAGE_TOO_LONG")
        query_id = args.get("callback_query_id")
        if query_id not in self._queries:
            refuse("query is too old and response timeout expired or query ID is invalid")
        self._queries.discard(query_id)
        self._answered.append(query_id)
        return {"result": True}

    def _edit_message_text(self, args: JsonDict, exchange: Exchange) -> JsonDict:
        place = self._place(self._reached(args), args, "message to edit not found")
        text, buttons = check_text(args), check_keyboard(args)
        old = self._sent[place]
        titles = tuple(button["text"] for button in buttons)
        payloads = tuple(button.get("callback_data", "") for button in buttons)
        if (old.text, old.buttons, old.payloads) == (text, titles, payloads):
            same = "specified new message content and reply markup are exactly the same"
            refuse(f"message is not modified: {same} as a current content and reply markup")
        facts = {**vars(old), "text": text, "buttons": titles, "payloads": payloads}
        self._sent[place] = Sent(**{**facts, "call": args})
        return {**self.as_message(self._sent[place]), "edit_date": int(exchange.at)}

    def _delete_message(self, args: JsonDict, _: Exchange) -> JsonDict:
        del self._sent[self._place(self._reached(args), args, "message to delete not found")]
        return {"result": True}

    def _get_file(self, args: JsonDict, _: Exchange) -> JsonDict:
        size = self._files.get(str(args.get("file_id")))
        if size is None:
            refuse("wrong file_id or the file is temporarily unavailable")
        if size > LARGEST_FILE:
            refuse("file is too big")
        name = {"file_id": args["file_id"], "file_unique_id": f"u{args['file_id']}"}
        return {**name, "file_size": size, "file_path": f"documents/{args['file_id']}"}

    def _content(self, path: str) -> Reply:
        """Give a file's bytes to whoever knows the token, for an hour at least."""
        found = re.fullmatch(rf"/file/bot{re.escape(self.token)}/documents/(.+)", path)
        data = self.contents.get(found[1]) if found else None
        if data is None:
            return Reply(404, {"ok": False, "error_code": 404, "description": "Not Found"})
        return Reply(200, data, {"Content-Type": "application/octet-stream"})

    def _sender_of(self, kind: str) -> Callable[[JsonDict, Exchange], JsonDict]:
        def send(args: JsonDict, exchange: Exchange) -> JsonDict:
            chat = self._reached(args)
            thread, reply_to = self._topic_of(chat, args), self._reply_to(chat, args)
            file = telegram_files.uploaded(kind, exchange)
            self._numbers[chat] += 1
            number = self._numbers[chat]
            self.got.append(file.got_by(chat))
            sent = Sent(exchange.at, chat, "", (), (), number, thread, reply_to, args)
            self._sent.append(sent)
            message = {k: v for k, v in self.as_message(sent).items() if k != "text"}
            return {**message, **telegram_files.described(file)}

        return send

    def _set_webhook(self, args: JsonDict, _: Exchange | None) -> JsonDict:
        url = check_webhook(args, self._local)
        words = "Webhook is already set" if url == self.webhook["url"] else "Webhook was set"
        self.webhook = {**self.webhook, "url": url}
        self.secret = str(args.get("secret_token", ""))
        if "allowed_updates" in args:
            wanted = nested(args["allowed_updates"], "can't parse allowed updates JSON object")
            self.webhook["allowed_updates"] = wanted
        return {"result": True, "description": words if url else "Webhook was deleted"}

    def _place(self, chat: int, args: JsonDict, words: str) -> int:
        wanted = number(args.get("message_id"))
        for place, each in enumerate(self._sent):
            if (each.chat_id, each.message_id) == (chat, wanted):
                return place
        refuse(words)

    def _reached(self, args: JsonDict) -> int:
        chat = chat_of(args)
        if chat in self._trouble:
            raise self._trouble[chat]
        return chat

    def _refuse_chat(self, chat: int, refusal: BotRefusal) -> None:
        with self._changed:
            self._trouble[chat] = refusal
