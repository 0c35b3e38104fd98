"""What people see of what the Cloud API took, and its answers to what it refuses."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from .base import Reply
from .whatsapp_rules import WORDS, CloudRefusal
from .whatsapp_webhooks import new_wamid
from .wire import JsonDict

TITLES = {
    190: "Error validating access token",
    130429: "Rate limit hit",
    131000: "Something went wrong",
    131047: "Re-engagement message",
    131056: "(Business Account, Consumer Account) pair rate limit hit",
    132001: "Template name does not exist in the translation",
    **WORDS,
}


@dataclass(frozen=True)
class Sent:
    """One message that the Cloud API took: what the person sees, and the body behind it."""

    at: float
    person: str
    kind: str
    text: str
    buttons: tuple[str, ...]
    payloads: tuple[str, ...]
    opens: str
    template: tuple[str, str]
    message_id: str
    body: Mapping[str, Any]


def sent_from(at: float, person: str, body: JsonDict) -> Sent:
    """Read what the person sees: a text, and everything that can be tapped."""
    kind = body.get("type", "text")
    content = body[kind] if isinstance(body[kind], dict) else {}
    action = content.get("action", {})
    rows = [row for section in action.get("sections", ()) for row in section.get("rows", ())]
    taps = [button["reply"] for button in action.get("buttons", ())] + rows
    text = content.get("body", content.get("caption", ""))
    is_template = kind == "template"
    return Sent(
        at=at,
        person=person,
        kind=content["type"] if kind == "interactive" else kind,
        text=text.get("text", "") if isinstance(text, dict) else text,
        buttons=tuple(tap["title"] for tap in taps),
        payloads=tuple(tap["id"] for tap in taps),
        opens=action.get("button", ""),
        template=(content["name"], content["language"]["code"]) if is_template else ("", ""),
        message_id=new_wamid(),
        body=json.loads(json.dumps(body)),
    )


def error_reply(refusal: CloudRefusal) -> Reply:
    """Word an error as the Cloud API does."""
    title = TITLES.get(refusal.code, "Something went wrong")
    message = f"(#{refusal.code}) {title}"
    error: JsonDict = {"message": message, "type": "OAuthException", "code": refusal.code}
    if refusal.details:
        error["error_data"] = {"messaging_product": "whatsapp", "details": refusal.details}
    if refusal.subcode is not None:
        error["error_subcode"] = refusal.subcode
    return Reply(refusal.status, {"error": {**error, "fbtrace_id": uuid4().hex[:22]}})
