"""Slack as a target: events, presses, modals, commands, signed; and what Socket Mode brings."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any
from urllib.parse import quote, urlencode

from fuzz import keys, mutate
from fuzz.cases import Case, Target, broken_json, json_fixtures
from fuzz.targets import QUESTION

FORMS = ("block_actions", "view_submission", "view_closed", "shortcut", "message_action")


class Slack(Target):
    """Slack's webhook: JSON for events, forms for the rest."""

    name = "slack"

    def bodies(self, random: Random) -> Iterator[bytes]:
        """Yields broken events, presses, modals and commands."""
        return broken_json(json_fixtures("slack"), random, as_slack)

    def signed(self, case: Case) -> Case:
        """Adds X-Slack-Signature."""
        at = str(int(time.time()))
        what = b"v0:" + at.encode() + b":" + case.body
        digest = hmac.new(keys.SIGNING_SECRET.encode(), what, hashlib.sha256).hexdigest()
        proof = (("X-Slack-Signature", f"v0={digest}"), ("X-Slack-Request-Timestamp", at))
        return replace(case, path="/webhooks/slack/webhook", headers=(*case.headers, *proof))

    def good(self, person: int) -> Case:
        """Returns a direct message of a colleague."""
        ts = f"{time.time():.6f}"
        event = {"type": "message", "channel": "D0GOOD", "channel_type": "im", "ts": ts}
        event |= {"user": f"U{person:08d}", "text": QUESTION, "team": "T0DOCENT"}
        ours = [{"team_id": "T0DOCENT", "user_id": "U0DOCENT", "is_bot": True}]
        body: dict[str, Any] = {
            "type": "event_callback",
            "event_id": f"Ev{ts}",
            "team_id": "T0DOCENT",
        }
        body |= {"api_app_id": "A0DOCENT", "authorizations": ours, "event": event}
        return Case(json.dumps(body).encode())


def as_slack(body: Any, random: Random) -> bytes:
    """Returns a body in the form in which Slack sends its kind, now and then in another."""
    other = random.random() < 0.05
    kind = body.get("type") if isinstance(body, dict) else None
    if isinstance(body, dict) and "command" in body and not other:
        fields = [(str(name), _plain(value)) for name, value in body.items()]
        return urlencode(fields, errors="surrogatepass").encode()
    if (isinstance(kind, str) and kind in FORMS) != other:
        return b"payload=" + quote(mutate.written(body, random)).encode()
    return mutate.written(body, random)


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else repr(value)[:5000]
