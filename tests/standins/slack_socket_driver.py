"""Staff and visitors at work in the stand-in workspace, every deed delivered by Socket Mode."""

from __future__ import annotations

import json
import time
from urllib.parse import parse_qsl

from .slack_courier import GENUINE, LIMIT, Delivered, Delivery, Parcel
from .slack_driver import SlackDriver
from .wire import JsonDict


class SlackSocketDriver(SlackDriver):
    """As SlackDriver; what was acknowledged counts as 200, the rest as 504."""

    def carry(self, parcel: Parcel, how: Delivery = GENUINE) -> Delivered:
        """Send an envelope and wait for its acknowledgement as long as Slack does."""
        self.last = parcel
        kind, payload = unpacked(parcel)
        more = {"retry_attempt": how.retry_num} if how.retry_num else {}
        begun = time.monotonic()
        envelope = self.standin.links.deliver(payload, kind, **more)
        status = 200 if self.standin.links.acknowledged(envelope, LIMIT) else 504
        took = time.monotonic() - begun
        return Delivered(status, "", {}, took, parcel.ts, parcel.event_id)


def unpacked(parcel: Parcel) -> tuple[str, JsonDict]:
    """Return the kind and the payload of the envelope that holds what a webhook would get."""
    if parcel.content_type == "application/json":
        return "events_api", json.loads(parcel.raw)
    form = dict(parse_qsl(parcel.raw.decode(), keep_blank_values=True))
    if "payload" in form:
        return "interactive", json.loads(form["payload"])
    return "slash_commands", form
