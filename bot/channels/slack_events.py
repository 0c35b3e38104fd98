"""Handles what Slack told us, one event after another: who did it, what it means, what follows.

Network calls come first (who is this person?); then one transaction does the work and records how
the event ended, so that no event is handled twice.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.channels.payload import clean, part
from bot.channels.slack_api import SlackApi
from bot.channels.slack_changes import changes_words, deleted, edited
from bot.channels.slack_late import is_late, late
from bot.channels.slack_messages import Ending, posted_by_app, stray, warn, written
from bot.channels.slack_people import SlackPeople
from bot.channels.slack_presses import (
    CLAIMING,
    EPHEMERAL,
    RESOLVING,
    message_of,
    pressed,
    reacted,
)
from bot.desk.casework import Casework
from bot.desk.controls import ASSIGN
from bot.desk.speaking import Speaking
from bot.errors import SendFailed
from bot.store import Connection, Row, cases, log, queue
from bot.store.database import Database
from bot.store.tables import desk_events
from bot.translate import NoTranslator, Translator
from bot.translate.said import Spoken

logger = logging.getLogger(__name__)

# Waits before an event is handled again, in seconds; events keep their order, so they are short.
RETRIES = (0.5, 1.0, 2.0, 4.0)

Payload = dict[str, Any]
Step = Callable[[Connection], Ending]
# Asks what has to be asked of Slack, and returns what is then done in one transaction.
Reader = Callable[[Payload], Awaitable[Step]]


class SlackEvents:
    """Handles rows of desk_events.

    Args:
        database: Where they lie.
        casework: The desk.
        people: Says who somebody is.
        api: Slack's Web API.
        news: Called when there is something to send or to show.
        translator: Words replies in the visitor's language; without one they go as written.
        readers: Readers of other files, by kind ("command", "app_home_opened", "view"), or by
            "action:" and what stands before the colon of an action id, or "view:" and what stands
            before the colon of a callback id. They go before those of this file.
    """

    def __init__(
        self,
        database: Database,
        casework: Casework,
        people: SlackPeople,
        api: SlackApi,
        news: Callable[[], None],
        translator: Translator | None = None,
        readers: Mapping[str, Reader] | None = None,
    ) -> None:
        self._speaking = Speaking(database, translator or NoTranslator())
        self._database = database
        self._casework = casework
        self._people = people
        self._api = api
        self._news = news
        self._readers: dict[str, Reader] = {
            "message": self._message,
            "message_changed": self._change,
            "message_deleted": self._deletion,
            "reaction_added": self._reaction,
            "action": self._press,
            **(readers or {}),
        }

    async def handle(self, row: Row[Any]) -> None:
        """Handles one claimed event and records its end; gives it back where something failed."""
        try:
            reader = self._reader(row)
            step = await reader(row.payload) if reader else _nothing("this event is not used")
            ending = await self._database.run(_conclude, row, step)
        except Exception as error:
            await self._failed(row, error)
        else:
            logger.info("slack event", extra={"kind": row.kind, "ending": ending.reason})
            await self._answer(row.payload, ending)
            await self._follow(ending)
        self._news()

    def _reader(self, row: Row[Any]) -> Reader | None:
        """Returns who reads an event: the reader of its button or its modal, else of its kind."""
        view = part(row.payload, "view") if row.kind.startswith("view") else {}
        name = clean(view.get("callback_id") or row.payload.get("action"))
        own = self._readers.get(f"{row.kind}:{name.partition(':')[0]}") if name else None
        return own or self._readers.get(row.kind)

    async def _follow(self, ending: Ending) -> None:
        """Does what follows an event once it is recorded; that is tried once."""
        if ending.then is None:
            return
        try:
            await ending.then()
        except Exception as error:
            # The words of an error may hold what was to be shown.
            logger.warning("an answer to staff failed", extra={"error": type(error).__name__})

    async def _message(self, payload: Payload) -> Step:
        event = part(payload, "event")
        if await self._is_ours(payload, event):
            return _nothing("our own post")
        channel, thread = clean(event.get("channel")), clean(event.get("thread_ts"))
        if not thread or thread == event.get("ts"):
            return _nothing("outside the threads")
        case = await self._database.run(cases.case_by_thread, channel, thread)
        if case is None:
            return await self._stray(payload, event)
        if event.get("bot_id") or event.get("app_id") or event.get("subtype") == "bot_message":
            return _then(posted_by_app, self._casework, case.id, event)
        member = await self._people.who(clean(event.get("user")), payload["team"])
        if is_late(event):
            return _then(late, self._casework, case.id, member, event)
        spoken = None
        if case.owner_id == member.id and case.state in cases.OPEN_STATES and not member.barred:
            # What stays in the thread is not shown to a translation service.
            text = clean(event.get("text")).strip()
            spoken = await self._speaking.words(case.id, text, from_slack=True)
        return _then(written, self._casework, case.id, member, event, spoken)

    async def _stray(self, payload: Payload, event: Payload) -> Step:
        """Warns where somebody answers a post of ours that belongs to no case."""
        ours = await self._people.ourselves()
        parent = event.get("parent_user_id")
        if not parent or parent not in (payload["bot"], ours.get("user_id")):
            return _nothing("no case's thread")
        return _then(stray, clean(event.get("channel")), clean(event.get("thread_ts")))

    async def _change(self, payload: Payload) -> Step:
        event = part(payload, "event")
        message = part(event, "message")
        if message.get("subtype") == "tombstone":
            return _then(deleted, self._casework, event)
        if await self._is_ours(payload, message):
            return _nothing("our own post")
        if not changes_words(event) or not message.get("user") or message.get("bot_id"):
            return _then(edited, self._casework, event)
        member = await self._people.who(clean(message.get("user")), payload["team"])
        row = await self._database.run(log.by_slack_ts, clean(message.get("ts")))
        spoken = None
        if row is not None and row.direction == "out" and row.case_id is not None:
            text = clean(message.get("text")).strip()
            spoken = await self._speaking.words(row.case_id, text, from_slack=True)
        return _then(edited, self._casework, event, member, spoken)

    async def _deletion(self, payload: Payload) -> Step:
        return _then(deleted, self._casework, part(payload, "event"))

    async def _reaction(self, payload: Payload) -> Step:
        event = part(payload, "event")
        if event.get("reaction") not in (CLAIMING, RESOLVING):
            return _nothing("this reaction means nothing")
        if await self._is_ours(payload, event):
            return _nothing("our own reaction")
        member = await self._people.who(clean(event.get("user")), payload["team"])
        return _then(reacted, self._casework, member, event)

    async def _press(self, payload: Payload) -> Step:
        member = await self._people.who(payload["user"], payload["team"])
        spoken = await self._to_be_sent(payload)
        chosen = payload["option"] if payload["action"] == ASSIGN else ""
        to = await self._people.who(chosen, payload["team"]) if chosen else None
        return _then(pressed, self._casework, member, payload, spoken, to)

    async def _to_be_sent(self, payload: Payload) -> Spoken | None:
        """Returns the kept message that a button would send, as the visitor would read it."""
        row = await self._database.run(log.by_slack_ts, message_of(payload))
        if row is None or row.case_id is None:
            return None
        return await self._speaking.words(row.case_id, row.text, from_slack=True)

    async def _is_ours(self, payload: Payload, message: Payload) -> bool:
        """Tells whether we wrote it; Slack sends us everything that we post."""
        ours = await self._people.ourselves()
        apps = (message.get("app_id"), part(message, "bot_profile").get("app_id"))
        by_app = bool(payload["app"]) and payload["app"] in apps
        users = {payload["bot"], ours.get("user_id")} - {"", None}
        bots = {ours.get("bot_id")} - {"", None}
        return by_app or message.get("user") in users or message.get("bot_id") in bots

    async def _answer(self, payload: Payload, ending: Ending) -> None:
        """Puts the result in the place of the pressed message, which only its reader sees."""
        if payload.get("action") not in EPHEMERAL or not ending.answer:
            return
        try:
            await self._api.respond(payload["response_url"], ending.answer)
        except SendFailed as error:
            logger.info("a pressed message was not replaced", extra={"error": error.reason})

    async def _failed(self, row: Row[Any], error: Exception) -> None:
        logger.warning(
            "a Slack event failed",
            extra={"kind": row.kind, "attempt": row.attempts + 1, "error": type(error).__name__},
            exc_info=error,
        )
        reason = type(error).__name__
        if row.attempts < len(RETRIES):
            wait = RETRIES[row.attempts]
            await self._database.run(queue.retry, desk_events, row.id, "queued", wait, reason)
        else:
            await self._database.run(_give_up, row, reason)


def _then(work: Callable[..., Ending], *arguments: Any) -> Step:
    return lambda connection: work(connection, *arguments)


def _nothing(why: str) -> Step:
    return lambda _connection: Ending(f"no-op: {why}")


def _conclude(connection: Connection, row: Row[Any], step: Step) -> Ending:
    ending = step(connection)
    queue.finish(connection, desk_events, row.id, "done", reason=ending.reason)
    return ending


def _give_up(connection: Connection, row: Row[Any], reason: str) -> None:
    """Ends an event that cannot be handled, where staff can see it."""
    queue.finish(connection, desk_events, row.id, "dead", reason=f"warning: {reason}")
    event = part(row.payload, "event") or row.payload
    thread = clean(event.get("thread_ts") or event.get("ts"))
    case = cases.case_by_thread(connection, clean(event.get("channel")), thread)
    if case is not None:
        warn(connection, case.id, "Something went wrong here, and nothing was sent. Try again.")
