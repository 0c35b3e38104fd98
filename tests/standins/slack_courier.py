"""How Slack brings things to a webhook: signed, within three seconds, and again where that failed.

Slack calls three seconds too late (docs.slack.dev, Events API); a test that waits longer would
pass with a program that Slack itself would call again and again.
"""

from __future__ import annotations

import hmac
import json
import time
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from .slack_store import Workspace
from .wire import Answer, JsonDict, call

if TYPE_CHECKING:
    from .slack import SlackStandin

LIMIT = 3.0
STALE = 301.0
VERIFICATION_TOKEN = "made-up-legacy-token"  # deprecated, and of no use to anybody


@dataclass(frozen=True)
class Delivery:
    """How one delivery differs from an honest first one."""

    age: float = 0.0
    signature: str | None = ""
    secret: str | None = None
    event_id: str = ""
    retry_num: int = 0
    retry_reason: str = "http_timeout"

    @classmethod
    def stale(cls) -> Delivery:
        """Signed well, five minutes and a second ago."""
        return cls(age=STALE)

    @classmethod
    def forged(cls) -> Delivery:
        """Signed by somebody who doesn't know the secret."""
        return cls(secret="not-the-secret")

    @classmethod
    def unsigned(cls) -> Delivery:
        """Without a signature."""
        return cls(signature=None)


GENUINE = Delivery()


@dataclass(frozen=True)
class Delivered(Answer):
    """The webhook's answer, with the names of what was delivered."""

    ts: str = ""
    event_id: str = ""


@dataclass(frozen=True)
class Parcel:
    """One request body, kept for deliveries to come."""

    url: str
    raw: bytes
    content_type: str
    event_id: str = ""
    ts: str = ""


def signature(raw: bytes, timestamp: str, secret: str) -> str:
    """Return the X-Slack-Signature of these very bytes."""
    base = b"v0:" + timestamp.encode() + b":" + raw
    return "v0=" + hmac.new(secret.encode(), base, sha256).hexdigest()


class Courier:
    """Signs and delivers; the drivers build on it."""

    def __init__(
        self,
        webhook_url: str,
        signing_secret: str,
        standin: SlackStandin,
        *,
        limit: float = LIMIT,
    ) -> None:
        """Name the webhook that takes events, interactions and slash commands alike."""
        self.webhook_url, self.signing_secret = webhook_url, signing_secret
        self.standin, self.limit = standin, limit
        self.last: Parcel | None = None

    @property
    def workspace(self) -> Workspace:
        """The workspace behind the stand-in."""
        return self.standin.workspace

    def deliver_event(self, event: JsonDict, how: Delivery = GENUINE) -> Delivered:
        """Deliver one event in an Events API callback."""
        envelope = self._envelope(event, how.event_id)
        raw = json.dumps(envelope).encode()
        ts = str(event.get("ts") or event.get("event_ts") or "")
        parcel = Parcel(self.webhook_url, raw, "application/json", envelope["event_id"], ts)
        return self.carry(parcel, how)

    def deliver_form(self, fields: dict[str, str], how: Delivery = GENUINE) -> Delivered:
        """Deliver a form, as Slack does with interactions and slash commands."""
        raw = urlencode(fields).encode()
        return self.carry(Parcel(self.webhook_url, raw, "application/x-www-form-urlencoded"), how)

    def url_verification(
        self, challenge: str = "3eZbrw1aB10FEM", how: Delivery = GENUINE
    ) -> Delivered:
        """Ask as Slack does when somebody sets the webhook up; the challenge must come back."""
        body = {"token": VERIFICATION_TOKEN, "challenge": challenge, "type": "url_verification"}
        raw = json.dumps(body).encode()
        return self.carry(Parcel(self.webhook_url, raw, "application/json"), how)

    def retry(self, num: int = 1, reason: str = "http_timeout") -> Delivered:
        """Deliver the last thing again: the same bytes, so the same event_id."""
        assert self.last is not None, "nothing was delivered yet"
        return self.carry(self.last, replace(GENUINE, retry_num=num, retry_reason=reason))

    def carry(self, parcel: Parcel, how: Delivery = GENUINE) -> Delivered:
        """Make the request and hold the program to Slack's time limit."""
        self.last = parcel
        headers = self._headers(parcel, how)
        try:
            got = call("POST", parcel.url, parcel.raw, headers, self.limit)
        except TimeoutError:
            raise AssertionError(f"no answer within {self.limit} s: Slack gave up") from None
        assert got.seconds <= self.limit, f"answered after {got.seconds:.2f} s: Slack gave up"
        return Delivered(
            got.status, got.body, got.headers, got.seconds, parcel.ts, parcel.event_id
        )

    def _headers(self, parcel: Parcel, how: Delivery) -> dict[str, str]:
        timestamp = str(int(time.time() - how.age))
        secret = how.secret or self.signing_secret
        headers = {
            "Content-Type": parcel.content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": timestamp,
        }
        if how.signature is not None:
            right = signature(parcel.raw, timestamp, secret)
            headers["X-Slack-Signature"] = how.signature or right
        if how.retry_num:
            headers["X-Slack-Retry-Num"] = str(how.retry_num)
            headers["X-Slack-Retry-Reason"] = how.retry_reason
        return headers

    def _envelope(self, event: JsonDict, event_id: str) -> JsonDict:
        workspace = self.workspace
        bot = {
            "enterprise_id": None,
            "team_id": workspace.team_id,
            "user_id": workspace.bot_user,
            "is_bot": True,
            "is_enterprise_install": False,
        }
        return {
            "token": VERIFICATION_TOKEN,
            "team_id": workspace.team_id,
            "context_team_id": workspace.team_id,
            "context_enterprise_id": None,
            "api_app_id": workspace.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": event_id or f"Ev{workspace.number():09d}",
            "event_time": int(time.time()),
            "authorizations": [bot],
            "is_ext_shared_channel": False,
            "event_context": f"4-{workspace.number():06d}",
        }
