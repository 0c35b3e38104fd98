"""The chat page's limits: who asks too much hears so, in their language, and when to ask again."""

from __future__ import annotations

import math

from sanic.request import Request

from bot.channels.callers import caller, is_machine_itself
from bot.channels.rate_limits import Polls, RateLimits, Rule
from bot.config import Settings
from bot.errors import Refused


class TooMany(Refused):
    """Somebody asks for more than one person can need."""

    status = 429

    def __init__(self, wait: float) -> None:
        super().__init__("too many requests")
        self.retry_after = max(1, math.ceil(wait))


class WebLimits:
    """Counts what the chat page's visitors ask for.

    Args:
        settings: The settings; their REDIS_URL lets all processes count together.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._rates = RateLimits(settings["REDIS_URL"])
        self._polls = Polls()

    async def check_address(self, request: Request, rule: Rule) -> None:
        """Counts one more of an address; raises TooMany."""
        if not self._is_free(request):
            await self._check(rule, caller(request, self._settings))

    async def check(self, request: Request, person_id: str, of_one: Rule) -> None:
        """Counts one more of a session; raises TooMany."""
        if not self._is_free(request):
            await self._check(of_one, person_id)

    def begin_poll(self, request: Request, person_id: str) -> str:
        """Takes a place for a long poll, and returns the address it counts for.

        Raises:
            TooMany: This session or this address holds as many as it may.
        """
        address = "" if self._is_free(request) else caller(request, self._settings)
        if not self._polls.begin(person_id, address):
            raise TooMany(5)
        return address

    def end_poll(self, person_id: str, address: str) -> None:
        """Gives the place back."""
        self._polls.end(person_id, address)

    async def close(self) -> None:
        """Closes the connection to Redis."""
        await self._rates.close()

    async def _check(self, rule: Rule, who: str) -> None:
        if wait := await self._rates.wait(rule, who):
            raise TooMany(wait)

    def _is_free(self, request: Request) -> bool:
        # Whoever measures or tests is on this machine, with hundreds of visitors at one address.
        return is_machine_itself(request, self._settings)
