"""WeChat: to be written."""

from __future__ import annotations

from bot.channels.base import Channel
from bot.channels.payload import Delivery
from bot.errors import BadSignature, SendFailed
from bot.limits import Limits, utf8_bytes
from bot.messages import Event, Outbound

CHANNEL = "wechat"
LIMITS = Limits(length=2048, measure=utf8_bytes, choices=6, label=60, passive_seconds=4.5)


class WeChat(Channel):
    """WeChat."""

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
