"""Meta's two platforms tell us what they took, by the number of ours that it carried."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator, Sequence
from typing import Any

import aiohttp
from standins import messenger, whatsapp_webhooks

from chaos.platforms import JSON, SECRET, Platforms, Post

# How often it is looked what they took, and after which pause a webhook is posted again.
LOOK_SECONDS = 0.2
AGAIN_SECONDS = (0.3, 1.5)
POST_SECONDS = 20.0


class Telling:
    """Posts Messenger's echoes and WhatsApp's statuses, each until it hears 200.

    Args:
        platforms: Whose messages are told of.
        addresses: Where they are posted; each to one of them.
        dice: What is left to chance.
    """

    def __init__(
        self, platforms: Platforms, addresses: Sequence[str], dice: random.Random
    ) -> None:
        self._platforms, self._addresses, self._dice = platforms, addresses, dice
        self._told: set[str] = set()
        self._posts: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Tells on until it is cancelled."""
        timeout = aiohttp.ClientTimeout(total=POST_SECONDS)
        connector = aiohttp.TCPConnector(limit=50, force_close=True)
        async with aiohttp.ClientSession(timeout=timeout, connector=connector) as web:
            while True:
                for post in self._news():
                    task = asyncio.create_task(self._until_taken(web, post))
                    self._posts.add(task)
                    task.add_done_callback(self._posts.discard)
                await asyncio.sleep(LOOK_SECONDS)

    def _news(self) -> Iterator[Post]:
        for sent in self._platforms.graph.sent():
            if sent.message_id in self._told:
                continue
            mark = sent.body["message"].get("metadata")
            told = messenger.echo(sent.psid, sent.text, sent.message_id, metadata=mark)
            yield self._post("messenger", sent.psid, sent.message_id, messenger.batch(told))
        for took in self._platforms.whatsapp.sent():
            mark, mid = took.body.get("biz_opaque_callback_data"), took.message_id
            if mid in self._told:
                continue
            status = whatsapp_webhooks.status(mid, "sent", took.person, data=mark)
            body = whatsapp_webhooks.receipts(status)
            yield self._post("whatsapp", took.person, mid, body)

    def _post(self, channel: str, person: str, mid: str, told: dict[str, Any]) -> Post:
        self._told.add(mid)
        body = messenger.encode(told)
        headers = {**JSON, "X-Hub-Signature-256": messenger.sign(body, SECRET)}
        return Post(channel, person, mid, body, headers)

    async def _until_taken(self, web: aiohttp.ClientSession, post: Post) -> None:
        while True:
            url = f"{self._dice.choice(list(self._addresses))}/webhooks/{post.channel}/webhook"
            try:
                async with web.post(url, data=post.body, headers=dict(post.headers)) as answer:
                    if answer.status == 200:
                        return
            except (asyncio.TimeoutError, aiohttp.ClientError):
                pass
            await asyncio.sleep(self._dice.uniform(*AGAIN_SECONDS))
