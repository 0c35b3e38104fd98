"""WhatsApp: to be written."""

from __future__ import annotations

from bot.channels.base import Channel
from bot.channels.payload import Delivery
from bot.errors import BadSignature, SendFailed
from bot.limits import Limits
from bot.messages import Event, Outbound

CHANNEL = "whatsapp"
LIMITS = Limits(length=4096, choices=10, label=24, with_choices=1024)


class WhatsApp(Channel):
    """WhatsApp."""

    channel = CHANNEL
    limits = LIMITS

    def verify(self, delivery: Delivery) -> None:
        """Refuses everything."""
        raise BadSignature("not written yet")

    def parse(self, delivery: Delivery) -> list[Event]:
        """Reads nothing."""
        return []

    async def send(self, person_id: str, message: Outbound) -> str | None:
        """Sends nothing."""
        raise SendFailed("not written yet", retryable=False)
