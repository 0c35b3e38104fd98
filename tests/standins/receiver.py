"""A webhook that takes everything and remembers it, for tests of the drivers themselves."""

from __future__ import annotations

from .base import Exchange, Reply, Standin


class Receiver(Standin):
    """Answer every request with 200 and nothing, or with what the test asks for."""

    reply = Reply(200, "")

    def _answer(self, exchange: Exchange) -> Reply:
        return self.reply

    def _concerns(self, on: str, exchange: Exchange) -> bool:
        return on in ("", exchange.path)
