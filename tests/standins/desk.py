"""A case as the desk posts it, for the tests of the Slack driver."""

from __future__ import annotations

import json
from urllib.parse import parse_qs

from slack_sdk.web import WebClient

from .receiver import Receiver
from .wire import JsonDict

DESK, SECRET = "C0DESK", "8f742231b10e8888abcd99yyyzzz85a5"


def plain(text: str) -> JsonDict:
    return {"type": "plain_text", "text": text}


def case(client: WebClient) -> str:
    """Post a case as the desk does, with two buttons and a menu."""
    buttons = [
        {"type": "button", "action_id": name.lower(), "value": "DM-7", "text": plain(name)}
        for name in ("Claim", "Resolve")
    ]
    options = [{"text": plain(name), "value": name.lower()} for name in ("Tickets", "Access")]
    menu = {"type": "static_select", "action_id": "department", "placeholder": plain("Department")}
    row = {"type": "actions", "elements": [*buttons, {**menu, "options": options}]}
    return str(client.chat_postMessage(channel=DESK, text="DM-7", blocks=[row])["ts"])


def payload(receiver: Receiver) -> JsonDict:
    """Return the interaction that arrived last."""
    return dict(json.loads(parse_qs(receiver.exchanges[-1].raw.decode())["payload"][0]))
