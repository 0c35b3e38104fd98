"""What Telegram's refusals mean, in our own words.

Sources: core.telegram.org/bots/api#making-requests (ok, error_code, description, parameters) and
#responseparameters. The descriptions are listed nowhere; these are the ones of Telegram's own Bot
API server (github.com/tdlib/telegram-bot-api, Client.cpp) and of the servers behind it (in
capitals), compared without regard to case.
"""

from __future__ import annotations

from bot.channels.http import Answer
from bot.channels.payload import clean, number, part, text_of
from bot.errors import SendFailed

_INVITE = "The visitor has to write to the bot first."
_RIGHTS = "Ask an admin of the group to let the bot write there."
_GONE = "The visitor cannot be reached on Telegram any more."
_ADD = "Ask an admin of the group to add the bot again."
_REACH = "PUBLIC_URL must be https on port 443, 80, 88 or 8443, with a name that everybody finds."
_REPORT = "Please report this."
_ANEW = "The visitor keeps the earlier text: write a new message."
_RENEW = (
    "The bot token is no longer valid: set TELEGRAM_BOT_TOKEN to the one that @BotFather shows."
)

# Part of the description -> what happened, what staff can do about it. The first that fits counts.
_MEANINGS = (
    ("bot was blocked by the user", "the visitor has blocked the bot", _GONE),
    ("user is deactivated", "the visitor's account was deleted", _GONE),
    ("can't initiate conversation", "the visitor has never written to the bot", _INVITE),
    ("bot was kicked", "the bot was removed from the group", _ADD),
    ("bot is not a member", "the bot is not in the group", _ADD),
    ("chat was deleted", "the group was deleted", "The group cannot be reached any more."),
    (
        "group chat was deactivated",
        "the group was closed",
        "The group cannot be reached any more.",
    ),
    ("chat not found", "Telegram does not know this chat", _INVITE),
    ("peer_id_invalid", "Telegram does not know this chat", _INVITE),
    ("message thread not found", "the topic was deleted", "Ask the visitor to write again."),
    ("topic_deleted", "the topic was deleted", "Ask the visitor to write again."),
    ("topic_closed", "the topic is closed", "Ask an admin of the group to open it again."),
    ("not enough rights", "the bot may not write in this group", _RIGHTS),
    ("have no rights", "the bot may not write in this group", _RIGHTS),
    ("chat_write_forbidden", "the bot may not write in this group", _RIGHTS),
    ("chat_restricted", "the bot may not write in this group", _RIGHTS),
    ("message is too long", "the message is too long for Telegram", _REPORT),
    ("message text is empty", "Telegram found no text in the message", _REPORT),
    ("message to edit not found", "the message is gone on Telegram", "Write a new message."),
    ("message can't be edited", "Telegram does not change this message any more", _ANEW),
    # core.telegram.org/bots/api#deletemessage
    ("message can't be deleted", "Telegram deletes nothing that is older than 48 hours", _ANEW),
    ("bad webhook", "Telegram does not take the address of PUBLIC_URL", _REACH),
    ("button_data_invalid", "Telegram refused the buttons", _REPORT),
    ("keyboard", "Telegram refused the buttons", _REPORT),
)


# What was asked for is so already: a second try after an answer that was lost.
_ALREADY = ("message is not modified", "message to delete not found")


class AlreadySo(SendFailed):
    """The message says that already, or is gone already."""


class Migrated(SendFailed):
    """The group became a supergroup, and with that another chat; `to` is the id of that one."""

    def __init__(self, to: str) -> None:
        super().__init__("the group has a new id on Telegram", retryable=True)
        self.to = to


def failure_of(answer: Answer) -> SendFailed:
    """Returns what an answer that is no success means."""
    code = _code(answer)
    parameters = part(answer.body, "parameters")
    if 200 <= code < 300:
        # Telegram may have done it: the word that it has is what cannot be read.
        reason = "Telegram's answer cannot be read"
        return SendFailed(reason, retryable=True, maybe_delivered=True)
    if to := text_of(parameters.get("migrate_to_chat_id")):
        return Migrated(to)
    if code in (401, 404):
        # 401 for a token that was revoked, 404 for one that has no token's form.
        reason = f"Telegram does not take the bot token ({code})"
        return SendFailed(reason, retryable=False, next_step=_RENEW, broken=True)
    if code == 429 or code >= 500:
        hint = number(parameters.get("retry_after"))
        wait = answer.retry_after if hint is None else hint
        return SendFailed(f"Telegram answered {code}", retryable=True, retry_after=wait)
    return _refusal(code, clean(answer.body.get("description")).lower())


def _code(answer: Answer) -> int:
    if answer.status >= 300:
        return answer.status
    told = answer.body.get("error_code")
    return told if isinstance(told, int) and not isinstance(told, bool) else answer.status


def _refusal(code: int, description: str) -> SendFailed:
    if any(words in description for words in _ALREADY):
        return AlreadySo("there is nothing left to change", retryable=False)
    for words, reason, step in _MEANINGS:
        if words in description:
            return SendFailed(reason, retryable=False, next_step=step)
    step = (
        _GONE if code == 403 else "Telegram refused the form of the message; please report this."
    )
    return SendFailed(f"Telegram answered {code}", retryable=False, next_step=step)
