"""One platform's web API: JSON both ways, one attempt a call, every failure in our own words.

The words of a foreign exception may hold an address, and addresses carry tokens: none leaves here.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.errors import SendFailed

TIMEOUT = aiohttp.ClientTimeout(total=20, connect=5)


@dataclass(frozen=True)
class Bytes:
    """What lies at an address; `again` is where it was said to lie instead."""

    status: int
    data: bytes
    whole: bool
    kind: str
    again: str
    retry_after: float | None


@dataclass(frozen=True)
class Answer:
    """What a platform answered; `body` is empty where it was no JSON object."""

    status: int
    body: dict[str, Any]
    retry_after: float | None


class Http:
    """A connection pool to one platform.

    Args:
        platform: The platform's name, for the words of failures.
        timeout: How long to wait for it.
    """

    def __init__(self, platform: str, timeout: aiohttp.ClientTimeout | None = None) -> None:
        self._platform = platform
        self._timeout = timeout
        self._session: aiohttp.ClientSession | None = None

    async def call(self, method: str, url: str, **how: Any) -> Answer:
        """Makes one call; `how` is what aiohttp takes (params, json, data, headers).

        Raises:
            SendFailed: The platform was not reached (certainly nothing happened there), or did not
                answer to the end (it may have).
        """
        with self._in_our_words():
            async with self._open().request(method, url, **how) as response:
                body = _object(await response.read())
                return Answer(response.status, body, _retry_after(response.headers))

    async def get(self, url: str, most: int, **how: Any) -> Bytes:
        """Gets what lies at an address, as bytes; follows no redirect.

        Args:
            url: The address.
            most: How many bytes are read at the most; where there are more, `whole` is False.
            how: What aiohttp takes (params, headers).

        Raises:
            SendFailed: As `call`.
        """
        with self._in_our_words():
            async with self._open().get(url, allow_redirects=False, **how) as response:
                data = await _at_most(response.content, most)
                again = response.headers.get("Location", "")
                kind = response.headers.get("Content-Type", "").partition(";")[0].strip()
                wait = _retry_after(response.headers)
                whole = len(data) <= most
                return Bytes(response.status, data if whole else b"", whole, kind, again, wait)

    @contextmanager
    def _in_our_words(self) -> Iterator[None]:
        try:
            yield
        except (aiohttp.ClientConnectorError, aiohttp.ServerTimeoutError):
            # The latter is raised while connecting: we set no time limit for a single read.
            raise SendFailed(f"{self._platform} cannot be reached", retryable=True) from None
        except asyncio.TimeoutError:
            raise self._unclear(f"{self._platform} did not answer in time") from None
        except aiohttp.InvalidURL:
            raise self._no_address() from None
        except aiohttp.ClientError:
            raise self._unclear(f"the connection to {self._platform} broke") from None

    async def close(self) -> None:
        """Closes the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._timeout or TIMEOUT)
        return self._session

    def _unclear(self, reason: str) -> SendFailed:
        return SendFailed(reason, retryable=True, maybe_delivered=True)

    def _no_address(self) -> SendFailed:
        step = f"Write {self._platform.upper()}_API_URL as https://..., or leave it out."
        reason = f"the address of {self._platform} is none"
        return SendFailed(reason, retryable=False, next_step=step, broken=True)


async def _at_most(content: aiohttp.StreamReader, most: int) -> bytes:
    """Reads up to one byte more than is wanted, so that too much is noticed and not read."""
    data = bytearray()
    async for piece in content.iter_chunked(65536):
        data += piece
        if len(data) > most:
            break
    return bytes(data)


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _retry_after(headers: Any) -> float | None:
    hint = headers.get("Retry-After", "")
    return float(hint) if hint.isascii() and hint.isdigit() else None
