"""WhatsAppStandin: Meta's Cloud API as far as one phone number needs it."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from uuid import uuid4

import jsonschema

from .base import Exchange, Fault, Reply, Standin
from .reference import PLATFORMS
from .whatsapp_files import Media, MediaShelf
from .whatsapp_rules import UNKNOWN_KEY, CloudRefusal, check_send
from .whatsapp_sent import Sent, error_reply, sent_from
from .whatsapp_webhooks import NUMBER, NUMBER_ID, scoped_id
from .wire import JsonDict

DAY, PAIR_SECONDS = 24 * 3600.0, 6.0
SCHEMA = PLATFORMS / "whatsapp" / "meta_whatsapp_repaired.schema.json"
USUAL_CODE = {400: 100, 401: 190, 429: 130429, 500: 131000, 503: 131016}


class WhatsAppStandin(Standin):
    """The Cloud API for one number: takes sends by Meta's rules, fails when asked to."""

    def __init__(
        self,
        token: str = "EAAG-TOKEN",  # a made-up token for a made-up number
        *,
        number_id: str = NUMBER_ID,
        templates: Mapping[str, Sequence[str]] | None = None,
        enforce_window: bool = False,
        pair_burst: int | None = None,
        per_second: int | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Name the number; ``templates`` are the approved ones with their languages.

        ``pair_burst`` messages may go to one person at once, one more every six seconds;
        ``per_second`` is the throughput of the number.
        """
        super().__init__(clock)
        self.token, self.number_id, self.templates = token, number_id, templates
        self.enforce_window, self.pair_burst = enforce_window, pair_burst
        self.per_second = per_second
        self.quality = "GREEN"
        self._sent: list[Sent] = []
        self._typing: list[str] = []
        self._wrote: dict[str, float] = {}
        self.media = MediaShelf()
        self._schema = json.loads(SCHEMA.read_text("utf-8")) if SCHEMA.exists() else None

    # -- what a test tells the stand-in -------------------------------------------------------

    def person_wrote(self, person: str, at: float | None = None) -> None:
        """Open this person's 24 hours; matters only with ``enforce_window``."""
        with self._changed:
            self._wrote[person] = self.clock() if at is None else at

    def keep_media(self, media_id: str, content: str | bytes, mime: str = "text/plain") -> None:
        """Keep a file that a visitor sent."""
        data = content.encode() if isinstance(content, str) else content
        with self._changed:
            self.media.kept[media_id] = Media(data, mime)

    def revoke_token(self) -> None:
        """Make the token worthless, as when the system user is removed."""
        self.token = f"revoked-{uuid4().hex}"

    def fail_next(
        self,
        n: int = 1,
        *,
        status: int = 500,
        code: int | None = None,
        subcode: int | None = None,
        retry_after: int | None = None,
        details: str = "",
        on: str = "",
        bare: bool = False,
    ) -> None:
        """Refuse the next n requests; ``on`` is message (as a rule), typing, number or any.

        ``bare`` answers without an error object, as a proxy on the way would.
        """
        number = USUAL_CODE.get(status, 131000) if code is None else code
        reply = error_reply(CloudRefusal(number, details, status, subcode))
        if bare:
            reply = Reply(status, "<html>Bad gateway</html>")
        if retry_after is not None:
            reply = replace(reply, headers={"Retry-After": str(retry_after)})
        self._inject(Fault(f"error {number}", on, reply=reply), n)

    # -- what a test asks ---------------------------------------------------------------------

    def sent(self, person: str | None = None) -> list[Sent]:
        """The messages a person got (or all people), in order."""
        with self._changed:
            return [each for each in self._sent if person in (None, each.person)]

    def texts(self, person: str | None = None) -> list[str]:
        """The texts a person got, in order."""
        return [each.text for each in self.sent(person)]

    @property
    def typing(self) -> list[str]:
        """The messages that were marked as read with a typing sign, in order."""
        with self._changed:
            return list(self._typing)

    def wait_for(self, person: str, count: int = 1, timeout: float = 5.0) -> list[Sent]:
        """Block until a person has got that many messages, and return them."""
        what = f"{count} message(s) to {person}"
        self.wait_until(lambda: len(self.sent(person)) >= count, timeout, what)
        return self.sent(person)

    # -- what the Cloud API does --------------------------------------------------------------

    def _concerns(self, on: str, exchange: Exchange) -> bool:
        """Spare typing signs as a rule: a fault spent on one would test nothing."""
        kind = "typing" if "status" in (exchange.body or {}) else "message"
        if exchange.path.endswith("/media"):
            kind = "media"
        elif exchange.method == "GET":
            kind = "file" if exchange.path.startswith("/file/") else "number"
        return (on or "message") in (kind, "any")

    def _answer(self, exchange: Exchange) -> Reply:
        try:
            return self._route(exchange)
        except CloudRefusal as refusal:
            return error_reply(refusal)

    def _route(self, exchange: Exchange) -> Reply:
        if exchange.headers.get("authorization") != f"Bearer {self.token}":
            raise CloudRefusal(190, status=401)
        path = re.sub(r"^/v\d+\.\d+/", "/", exchange.path)
        if exchange.path == path and not path.startswith("/file/"):
            raise CloudRefusal(100, "the address names no version")
        if (exchange.method, path) == ("POST", f"/{self.number_id}/messages"):
            return Reply(200, self._take(exchange))
        name = path.rpartition("/")[2]
        if exchange.method == "GET" and path == f"/{self.number_id}":
            return Reply(200, self._about(exchange.query.get("fields", "")))
        if (exchange.method, path) == ("POST", f"/{self.number_id}/media"):
            return Reply(200, self.media.upload(exchange))
        if exchange.method == "GET" and name in self.media.kept:
            if path.startswith("/file/"):
                return self.media.content(name)
            return self.media.about(name, self.url)
        raise CloudRefusal(100, f"Object with ID '{name}' does not exist", subcode=33)

    def _take(self, exchange: Exchange) -> JsonDict:
        if exchange.body is None or "json" not in exchange.headers.get("content-type", ""):
            raise CloudRefusal(100, "the body is not a JSON object")
        check_send(exchange.body)
        if "status" in exchange.body:
            self._typing.append(exchange.body["message_id"])
            return {"success": True}
        self._check_schema(exchange.body)
        person = exchange.body.get("to", "").lstrip("+") or exchange.body["recipient"]
        self._check_standing(person, exchange.body)
        self.media.send(person, exchange.body)
        sent = sent_from(exchange.at, person, exchange.body)
        self._sent.append(sent)
        known = {"wa_id": person} if "to" in exchange.body else {}
        given = exchange.body.get("to") or person
        people = [{"input": given, **known, "user_id": scoped_id(person) if known else person}]
        ids = [{"id": sent.message_id}]
        return {"messaging_product": "whatsapp", "contacts": people, "messages": ids}

    def _check_schema(self, body: JsonDict) -> None:
        """Hold a body against Meta's own schema, where that lies beside the repository.

        It is older than `recipient`, and demands a type that the API itself takes for text.
        jsonschema 3.2 does not know unevaluatedProperties; unknown keys are found by the rules.
        """
        if self._schema is None:
            return
        given = {"type": "text", "to": body.get("recipient"), **body}
        given.pop("recipient", None)
        validator = jsonschema.Draft7Validator(
            self._schema["components"]["schemas"]["Message"],
            resolver=jsonschema.RefResolver("", self._schema),
        )
        for error in validator.iter_errors(given):
            raise CloudRefusal(UNKNOWN_KEY, f"Meta's schema: {error.message[:300]}")

    def _check_standing(self, person: str, body: JsonDict) -> None:
        """The rules beyond the body: throughput, the pair's pace, the window, templates."""
        now = self.clock()
        recent = [each.at for each in self._sent if now - each.at < 1]
        if self.per_second is not None and len(recent) >= self.per_second:
            raise CloudRefusal(130429, status=429)
        if self.pair_burst is not None and self._left_of_pair(person, now) < 1:
            raise CloudRefusal(131056)
        if body.get("type") == "template":
            return self._check_template(body["template"])
        if self.enforce_window and now - self._wrote.get(person, -DAY) >= DAY:
            raise CloudRefusal(131047, "More than 24 hours have passed since they last replied")

    def _left_of_pair(self, person: str, now: float) -> float:
        """A bucket of ``pair_burst`` that gains one every six seconds."""
        assert self.pair_burst is not None
        left, before = float(self.pair_burst), None
        for at in (*(each.at for each in self.sent(person)), now):
            gained = 0.0 if before is None else (at - before) / PAIR_SECONDS
            left, before = min(self.pair_burst, left + gained) - 1, at
        return left + 1

    def _check_template(self, template: JsonDict) -> None:
        if self.templates is None:
            return
        if template["language"]["code"] not in self.templates.get(template["name"], ()):
            raise CloudRefusal(132001, "template name does not exist in the translation", 404)

    def _about(self, fields: str) -> JsonDict:
        known = {
            "id": self.number_id,
            "verified_name": "Docent 博物馆",
            "display_phone_number": f"+{NUMBER}",
            "quality_rating": self.quality,
        }
        for field in fields.split(","):
            if field and field not in known:
                raise CloudRefusal(100, f"Tried accessing nonexisting field ({field})")
        return {name: known[name] for name in ("id", *fields.split(",")) if name in known}
