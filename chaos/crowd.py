"""Visitors who ask question after question, through platforms that send until they hear 200."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import aiohttp

from chaos.platforms import Platforms, Post
from chaos.questions import Question

# Who writes where: mostly Messenger, and one visitor in ten on each of the others.
CHANNELS = ("messenger",) * 8 + ("telegram", "whatsapp")
# Meta gives a webhook up after 20 seconds; nobody should come near it.
POST_SECONDS = 20.0
AGAIN_SECONDS = (0.3, 1.5)


@dataclass
class Asked:
    """One question on its way: when it was first posted, and when it was acknowledged."""

    post: Post
    question: Question
    first: float = 0.0
    taken: float = 0.0
    tries: int = 0


@dataclass
class Visitor:
    """Somebody with a list of questions, each about something else than the one before."""

    channel: str
    person: str
    questions: Sequence[Question]
    asked: list[Asked] = field(default_factory=list)

    @property
    def conversation_id(self) -> str:
        """As the log names the conversation."""
        return f"{self.channel}:{self.person}"


class Crowd:
    """All visitors of a run, and what became of their posts.

    Args:
        platforms: Where they write.
        addresses: Where the platforms post to; each post goes to one of them.
        visitors: Who they are.
        seconds: Over how long their questions are spread.
        dice: What is left to chance.
    """

    def __init__(
        self,
        platforms: Platforms,
        addresses: Sequence[str],
        visitors: Sequence[Visitor],
        seconds: float,
        dice: random.Random,
    ) -> None:
        self._platforms, self._addresses, self._dice = platforms, addresses, dice
        self.visitors, self._seconds = visitors, seconds
        self.statuses: Counter[str] = Counter()
        self.longest = 0.0
        self.taken = 0

    @property
    def total(self) -> int:
        """How many questions there are."""
        return sum(len(visitor.questions) for visitor in self.visitors)

    async def ask(self) -> None:
        """Lets everybody ask everything; ends when the last question was acknowledged."""
        timeout = aiohttp.ClientTimeout(total=POST_SECONDS)
        connector = aiohttp.TCPConnector(limit=200, force_close=True)
        async with aiohttp.ClientSession(timeout=timeout, connector=connector) as web:
            await asyncio.gather(*(self._ask(web, visitor) for visitor in self.visitors))

    async def _ask(self, web: aiohttp.ClientSession, visitor: Visitor) -> None:
        pause = self._seconds / max(1, len(visitor.questions))
        for question in visitor.questions:
            # Now and then two or three in one breath, and then a longer pause.
            hurries = self._dice.random() < 0.25
            await asyncio.sleep(self._dice.uniform(0, 0.3 if hurries else 2.2 * pause))
            post = self._platforms.post(visitor.channel, visitor.person, question.text)
            asked = Asked(post, question, first=time.time())
            visitor.asked.append(asked)
            await self._until_taken(web, asked)

    async def _until_taken(self, web: aiohttp.ClientSession, asked: Asked) -> None:
        while not asked.taken:
            asked.tries += 1
            status = await self._post(web, asked.post)
            self.statuses[status] += 1
            if status == "200":
                asked.taken = time.time()
                self.taken += 1
            else:
                await asyncio.sleep(self._dice.uniform(*AGAIN_SECONDS))

    async def _post(self, web: aiohttp.ClientSession, post: Post) -> str:
        address = self._dice.choice(list(self._addresses))
        url = f"{address}/webhooks/{post.channel}/webhook"
        began = time.monotonic()
        try:
            async with web.post(url, data=post.body, headers=dict(post.headers)) as answer:
                await answer.read()
                return str(answer.status)
        except asyncio.TimeoutError:
            return "no answer"
        except aiohttp.ClientConnectorError:
            return "refused"
        except aiohttp.ClientError:
            return "cut off"
        finally:
            self.longest = max(self.longest, time.monotonic() - began)


def gather(
    questions: dict[str, list[Question]],
    visitors: int,
    messages: int,
    dice: random.Random,
    group: int = 0,
) -> list[Visitor]:
    """Invites so many visitors, who ask so many questions in all; each group has its own."""
    topics = sorted(questions)
    found = []
    for number in range(visitors):
        share = messages // visitors + (number < messages % visitors)
        asked: list[Question] = []
        while len(asked) < share:
            for topic in dice.sample(topics, len(topics)):
                if not asked or asked[-1].topic != topic:
                    asked.append(dice.choice(questions[topic]))
        channel = CHANNELS[number % len(CHANNELS)]
        person = f"{'4477' if channel == 'whatsapp' else '7'}{group:03d}{number:04d}"
        found.append(Visitor(channel, person, asked[:share]))
    return found
