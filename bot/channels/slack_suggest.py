"""Suggested answers and saved replies at the Slack desk: asked for, shown, changed, sent.

What is sent is what was shown: a post keeps its answers in its job, and a button names that job.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from functools import partial
from typing import Any

from bot.channels.slack_api import SlackApi
from bot.channels.slack_events import Step
from bot.channels.slack_messages import Ending, whisper
from bot.channels.slack_people import Member, SlackPeople
from bot.channels.slack_presses import case_of
from bot.channels.slack_views import IN_ENGLISH, TEXT, about, digest, edit_ready, entered
from bot.desk import suggest_blocks
from bot.desk.casework import Casework, Outcome
from bot.desk.ready_replies import NOT_OPEN, send_ready
from bot.desk.replies import Why
from bot.desk.speaking import Speaking
from bot.desk.suggest_blocks import SUGGESTIONS, head_of, menu_of
from bot.desk.suggestions import Ready, Suggestions, ready_of
from bot.store import Connection, Row, cases, queue, ready
from bot.store.database import Database

Payload = dict[str, Any]
GONE = "This offer is not here any more. Press Suggest again."
NO_CASE = "This case is not here any more."
_CONFIRMS = {
    suggest_blocks.SEND_READY: None,
    suggest_blocks.CLAIM_AND_SEND_READY: "claim",
    suggest_blocks.SEND_READY_ANYWAY: "anyway",
}
_ASKS = {"needs_claim": "claim", "needs_confirm": "anyway"}


class SlackSuggest:
    """Reads the buttons and windows of ready answers.

    Args:
        database: Where the cases lie.
        casework: The desk.
        people: Says who somebody is.
        api: Slack's Web API.
        suggestions: Makes the answers.
        speaking: Words what somebody changed in the visitor's language.
    """

    def __init__(
        self,
        database: Database,
        casework: Casework,
        people: SlackPeople,
        api: SlackApi,
        suggestions: Suggestions,
        speaking: Speaking,
    ) -> None:
        self._database = database
        self._casework = casework
        self._people = people
        self._api = api
        self._suggestions = suggestions
        self._speaking = speaking

    async def asked(self, payload: Payload) -> Step:
        """Shows whoever asked the nearest answers, and the menu of saved replies."""
        member = await self._people.who(payload["user"], payload["team"])
        case = await self._database.run(case_of, payload)
        refusal = _refusal(case, member)
        if case is None or refusal:
            return partial(_refused, case and case.id, member, refusal)
        found = await self._suggestions.for_case(case.id)
        offer = {
            "head": head_of(found.question, found.answers),
            "answers": [each.kept() for each in found.answers],
            "saved": menu_of(self._suggestions.saved),
            "seq": found.seq,
            "translation": bool((found.translation or {}).get("text")),
        }
        return partial(_offer, case.id, member, offer)

    async def pressed(self, payload: Payload) -> Step:
        """Sends what was offered, or shows the saved reply that was chosen."""
        member = await self._people.who(payload["user"], payload["team"])
        if payload["action"] == suggest_blocks.CHOOSE_SAVED:
            return await self._chosen(payload, member)
        return partial(self._sent, payload, member)

    async def edit(self, payload: Payload, member: Member) -> dict[str, Any] | str:
        """Returns the window in which an offer is changed, or why there is none."""
        found = await self._database.run(_offered, payload, member)
        if isinstance(found, str):
            return found
        case_id, words = found
        _, key, index = suggest_blocks.chosen(payload) or (0, "", 0)
        return edit_ready(words, {"case": case_id, "key": key, "index": index})

    async def edited(self, payload: Payload) -> Step:
        """Sends what a window was sent with; changed words are worded as typed ones are."""
        member = await self._people.who(payload["user"], payload["team"])
        told, view = about(payload["view"]), payload["view"]
        value = f"{told.get('case')}:{told.get('key')}:{told.get('index')}"
        found = await self._database.run(_offered, {**payload, "value": value}, member)
        if isinstance(found, str):
            return partial(_refused, None, member, found)
        case_id, words = found
        text, english = entered(view, TEXT), entered(view, IN_ENGLISH)
        if digest(text) == told.get(TEXT) and (not english or digest(english) == told[IN_ENGLISH]):
            return partial(self._say, case_id, member, words, None)
        changed = text if digest(text) != told.get(TEXT) else english
        spoken = await self._speaking.words(case_id, changed, from_slack=False)
        if spoken is None:
            return partial(_refused, case_id, member, "It is marked as a note; nothing was sent.")
        return partial(self._say, case_id, member, words.changed(spoken), None)

    async def _chosen(self, payload: Payload, member: Member) -> Step:
        number, _, reply_id = payload["option"].partition(":")
        case = await self._database.run(case_of, {**payload, "value": number})
        refusal = _refusal(case, member)
        if case is None or refusal:
            return partial(_refused, case and case.id, member, refusal)
        language = await self._suggestions.language_of(case.id)
        words = self._suggestions.saved_reply(reply_id, language)
        if words is None:
            return partial(_refused, case.id, member, GONE)
        offer = {"head": "Saved reply", "answers": [words.kept()]}
        return partial(_offer, case.id, member, offer)

    def _sent(self, payload: Payload, member: Member, connection: Connection) -> Ending:
        found = _offered(connection, payload, member)
        if isinstance(found, str):
            return Ending(f"refused: {found}", then=self._replace(payload, found))
        case_id, words = found
        outcome = self._send(connection, case_id, member, words, _CONFIRMS[payload["action"]])
        done = "On its way to the visitor." if outcome.kind == "queued" else outcome.reason
        return Ending(f"ready: {outcome.kind}", then=self._replace(payload, done))

    def _say(
        self,
        case_id: int,
        member: Member,
        words: Ready,
        confirm: str | None,
        connection: Connection,
    ) -> Ending:
        outcome = self._send(connection, case_id, member, words, confirm)
        if outcome.kind == "refused":
            whisper(connection, case_id, member.id, f"Not sent. {outcome.reason}")
        return Ending(f"ready: {outcome.kind}")

    def _send(
        self,
        connection: Connection,
        case_id: int,
        member: Member,
        words: Ready,
        confirm: str | None,
    ) -> Outcome:
        """Sends; where somebody has to say so first, offers exactly these words once more."""
        outcome = send_ready(self._casework, connection, case_id, member.person, words, confirm)
        if outcome.kind in _ASKS:
            now = cases.case(connection, case_id)
            owned = outcome.reason == Why.NOT_OWNER.value
            reason = f"{now.owner} has this case." if owned else outcome.reason
            offer = {"head": f"Not sent yet. {reason}", "answers": [words.kept()]}
            _offer(case_id, member, {**offer, "confirm": _ASKS[outcome.kind]}, connection)
        return outcome

    def _replace(self, payload: Payload, words: str) -> Any:
        return partial(self._api.respond, payload["response_url"], words)


def _offer(
    case_id: int, member: Member, offer: Mapping[str, Any], connection: Connection
) -> Ending:
    payload = {**offer, "user": member.id, "key": secrets.token_urlsafe(9)}
    queue.add_job(connection, SUGGESTIONS, case_id, payload)
    return Ending(f"shown: {len(offer['answers'])} ready answers")


def _refused(case_id: int | None, member: Member, refusal: str, connection: Connection) -> Ending:
    if case_id is not None:
        whisper(connection, case_id, member.id, refusal)
    return Ending(f"refused: {refusal}")


def _refusal(case: Row[Any] | None, member: Member) -> str:
    """Returns why somebody may not answer in a case, or ""."""
    if case is None:
        return NO_CASE
    if member.barred:
        return f"Nothing was done: you are {member.barred}."
    return "" if case.state in cases.OPEN_STATES else NOT_OPEN


def _offered(
    connection: Connection, payload: Mapping[str, Any], member: Member
) -> tuple[int, Ready] | str:
    """Returns the case and the words that a button names, or why there are none."""
    place = suggest_blocks.chosen(payload)
    case = cases.find_case(connection, place[0]) if place else None
    refusal = _refusal(case, member)
    if place is None or case is None or refusal:
        return refusal
    case_id, key, index = place
    offer = ready.offered(connection, case_id, SUGGESTIONS, key) or {}
    if offer.get("user") != member.id or index >= len(offer["answers"]):
        return GONE
    return case_id, ready_of(offer["answers"][index])
