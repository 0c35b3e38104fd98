"""TelegramStandin: Telegram's Bot API as far as a bot that talks to visitors needs it."""

from __future__ import annotations

from uuid import uuid4

from .base import Exchange, Fault, Reply
from .telegram_methods import BotApi, Sent
from .telegram_rules import BotRefusal
from .telegram_shapes import TOKEN, USERNAME, bot_user, chat_object, error_reply, method_of
from .wire import JsonDict

__all__ = ["TOKEN", "USERNAME", "Sent", "TelegramStandin", "bot_user", "chat_object"]

# What Telegram says, after the kind of refusal, when a test asks for one and names no words.
WORDS = {
    400: "Bad Request: chat not found",
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    404: "Not Found",
    409: "Conflict: terminated by other getUpdates request",
    429: "Too Many Requests: retry after 5",
    500: "Internal Server Error",
    502: "Bad Gateway",
}


class TelegramStandin(BotApi):
    """The Bot API for one bot: takes calls, knows some chats' troubles, fails when asked to."""

    # -- what a test tells the stand-in -------------------------------------------------------

    def block(self, chat: int, words: str = "bot was blocked by the user") -> None:
        """Let a person block the bot, or with other words a group remove it."""
        self._refuse_chat(chat, BotRefusal(f"Forbidden: {words}", 403))

    def forget(self, chat: int) -> None:
        """Make a chat unknown."""
        self._refuse_chat(chat, BotRefusal("Bad Request: chat not found"))

    def migrate(self, old: int, new: int) -> None:
        """Make a supergroup of a group; whoever writes to the old id is told the new one."""
        words = "Bad Request: group chat was upgraded to a supergroup chat"
        self._refuse_chat(old, BotRefusal(words, migrate_to_chat_id=new))

    def forgive(self, chat: int) -> None:
        """Let a chat be written to again."""
        with self._changed:
            self._trouble.pop(chat, None)

    def topic(self, chat: int, thread: int) -> None:
        """Open a topic in a forum; in others nothing can be said."""
        with self._changed:
            self._topics[chat].add(thread)

    def heard(self, chat: int, message_id: int) -> None:
        """Let a message of a person's be there to be replied to."""
        with self._changed:
            self._heard[chat].add(message_id)

    def query(self, query_id: str) -> None:
        """Let a press wait for its answer; others are too old."""
        with self._changed:
            self._queries.add(query_id)

    def file(self, file_id: str, size: int = 1000) -> None:
        """Keep a file that can be asked for."""
        with self._changed:
            self._files[file_id] = size

    def keep_file(self, file_id: str, data: bytes) -> None:
        """Keep a file with its bytes."""
        with self._changed:
            self._files[file_id] = len(data)
            self.contents[file_id] = data

    def revoke_token(self) -> None:
        """Make the bot's token worthless, as @BotFather does."""
        self.token = f"{self.id}:revoked-{uuid4().hex}"

    def flood(self, seconds: int = 5, n: int = 1, *, on: str = "") -> None:
        """Refuse the next n calls as too many."""
        words = f"Too Many Requests: retry after {seconds}"
        self.fail_next(n, status=429, description=words, on=on, retry_after=seconds)

    def fail_next(
        self, n: int = 1, *, status: int = 500, description: str = "", on: str = "", **facts: int
    ) -> None:
        """Refuse the next n calls; ``on`` is a method (sendMessage as a rule) or any.

        ``facts`` become the answer's parameters: retry_after, migrate_to_chat_id.
        """
        refusal = BotRefusal(description or WORDS[status], status, **facts)
        self._inject(Fault(f"error {status}", on, reply=error_reply(refusal)), n)

    def answer_next(self, status: int, body: JsonDict | str, n: int = 1, *, on: str = "") -> None:
        """Answer the next n calls with something that Telegram would not, and do nothing."""
        self._inject(Fault(f"odd {status}", on, reply=Reply(status, body)), n)

    # -- what a test asks ---------------------------------------------------------------------

    def sent(self, chat: int | None = None) -> list[Sent]:
        """The messages a chat got (or all), in order."""
        with self._changed:
            return [each for each in self._sent if chat in (None, each.chat_id)]

    def texts(self, chat: int | None = None) -> list[str]:
        """The texts a chat got, in order."""
        return [each.text for each in self.sent(chat)]

    def actions(self, chat: int) -> list[str]:
        """The actions a chat saw: typing."""
        with self._changed:
            return [action for where, action in self._actions if where == chat]

    @property
    def answered(self) -> list[str]:
        """The presses that were answered, in order."""
        with self._changed:
            return list(self._answered)

    def wait_for(self, chat: int, count: int = 1, timeout: float = 8.0) -> list[Sent]:
        """Block until a chat has got that many messages, and return them."""
        what = f"{count} message(s) to {chat}"
        self.wait_until(lambda: len(self.sent(chat)) >= count, timeout, what)
        return self.sent(chat)

    def calls(self, method: str) -> list[Exchange]:
        """The calls of a method, in order."""
        return [each for each in self.exchanges if method_of(each) == method.lower()]

    def _concerns(self, on: str, exchange: Exchange) -> bool:
        """Strike sendMessage as a rule: a fault spent on a typing sign would test nothing."""
        return on == "any" or (on or "sendMessage").lower() == method_of(exchange)
