"""A thousand orders in which bot, staff, visitor and a restart can meet, on a real database.

However they meet: the bot says nothing while a person has the conversation, nothing that a visitor
or a member of staff wrote is lost, and the promise on the card is the one that its clocks give.
DOCENT_INTERLEAVINGS=20000 asks for so many of them instead.
"""

from __future__ import annotations

import os
import random
from contextlib import suppress
from typing import Any

import claims
import pytest
import sqlalchemy as sa
from conftest import LIMITS, STAFFED, Clock

from bot.content.voice import Voice
from bot.desk.casework import Casework, Person
from bot.desk.promises import nearest
from bot.desk.readable import Told
from bot.desk.requests import request_of
from bot.dialogue import Turn
from bot.errors import ClaimLost
from bot.inbox import Asked, Inbox
from bot.messages import Inbound, Reply
from bot.store import Connection, Row, cases, log, queue
from bot.store.database import Database
from bot.store.tables import cases as case_table
from bot.store.tables import desk_jobs, messages
from bot.taking import take
from bot.translate import NoTranslator

RUNS = int(os.environ.get("DOCENT_INTERLEAVINGS") or 1000)
# How much happens in a run before everything is carried to its end.
STEPS = (2, 6)
ANA, BEN = Person("U1", "Ana"), Person("U2", "本 Ben")
WORDS = ("还在吗?", "Are you there?", "票 tickets?", "謝謝 thanks")
CASE = {"reason": "speak_to_human", "sentence": "handoff_open"}
TALK = "messenger:7"


class World:
    """One conversation, and what its bot and its outbox hold in their hands."""

    def __init__(self, inbox: Inbox, casework: Casework, clock: Clock, seed: int) -> None:
        self.inbox, self.casework, self.clock = inbox, casework, clock
        self.chance = random.Random(seed)
        self.thinking: list[Asked] = []
        self.sending: list[Row[Any]] = []
        self.replies: list[int] = []
        # The number of the next message; the first was written before the run.
        self.heard = 2 if seed >= 0 else 1

    def visitor(self, c: Connection) -> None:
        """The visitor writes."""
        words = self.chance.choice(WORDS)
        assert log.accept(c, Inbound("messenger", "7", f"v{self.heard}", words), "en", {})
        self.heard += 1

    def takes(self, c: Connection) -> None:
        """A worker takes the next message, and the bot begins to think."""
        self.thinking += take(c, 1)

    def answers(self, c: Connection) -> None:
        """What was thought is committed; half of the time the visitor wished for a person."""
        if not self.thinking:
            return
        asked, is_with_staff = self.thinking.pop(0), self.speaker(c) in (log.QUEUED, log.HUMAN)
        said = bots(c) if is_with_staff else 0
        # Its lease may have ended, and another worker has the message: then nothing is written.
        with suppress(ClaimLost), c.begin_nested():
            self.ends(c, asked)
        assert not is_with_staff or bots(c) == said, "the bot spoke beside a person"

    def ends(self, c: Connection, asked: Asked) -> None:
        """The end of a turn is written."""
        if asked.speaker in (log.QUEUED, log.HUMAN):
            self.inbox._to_desk(c, asked)
        else:
            told = Told(request_of(CASE)) if self.chance.random() < 0.5 else None
            self.inbox._commit(c, asked, Turn([], [Reply("好 OK")]), told)

    def leaves(self, c: Connection) -> None:
        """The outbox takes the next message to the visitor."""
        if (row := claims.outbound(c, ("messenger",))) is not None:
            assert row.author != "bot" or self.speaker(c) != log.HUMAN, "sent after a claim"
            self.sending.append(row)

    def arrives(self, c: Connection) -> None:
        """The platform has taken it."""
        if self.sending:
            row = self.sending.pop(0)
            queue.finish(c, messages, row.seq, "sent", done_at=log.now())
            self.casework.reply_sent(c, row, "")

    def restart(self, c: Connection) -> None:
        """The process dies and starts again: what it held is taken up anew."""
        self.thinking, self.sending = [], []
        queue.recover(c, everything=True)

    def claims(self, c: Connection) -> None:
        """Somebody takes a step in the newest case, whether it may be taken or not."""
        self.step(c, "claim")

    def others(self, c: Connection) -> None:
        """As `claims`, any other step."""
        self.step(c, self.chance.choice(["release", "resolve", "back_to_bot", "reopen"]))

    def idles(self, c: Connection) -> None:
        """Hours pass in which nobody does anything, and the watch looks."""
        self.clock.on(hours=5)
        for case_id in self.casework.due_now(c):
            self.casework.look(c, case_id)

    def replies_(self, c: Connection) -> None:
        """Somebody of staff writes, and presses what it takes."""
        if (case := newest(c)) is not None:
            confirm = self.chance.choice([None, "claim", "anyway"])
            by = self.chance.choice([ANA, BEN])
            said = self.casework.staff_says(c, case.id, by, "在二楼 upstairs", confirm=confirm)
            self.replies += [said.seq or 0] if said.kind == "queued" else []

    def step(self, c: Connection, name: str) -> None:
        """Takes one step."""
        if (case := newest(c)) is not None:
            done = getattr(self.casework, name)(c, case.id, self.chance.choice([ANA, BEN]))
            assert done.kind in ("done", "refused")

    def speaker(self, c: Connection) -> str:
        """Who speaks."""
        talk = log.conversation(c, TALK)
        return log.BOT if talk is None else str(talk.speaker)


WHAT = (
    World.visitor,
    World.takes,
    World.answers,
    World.leaves,
    World.arrives,
    World.claims,
    World.replies_,
    World.others,
    World.idles,
    World.restart,
)
OFTEN = (4, 4, 4, 3, 3, 4, 3, 2, 1, 1)


def newest(c: Connection) -> Row[Any] | None:
    """Returns the newest case."""
    number = c.execute(sa.select(sa.func.max(case_table.c.id))).scalar()
    return None if number is None else cases.case(c, number)


def bots(c: Connection) -> int:
    """Returns how often the bot spoke."""
    return int(c.execute(_BOTS).scalar_one())


_BOTS = sa.select(sa.func.count()).where(messages.c.author == "bot")


def run(c: Connection, world: World) -> list[str]:
    """Lets things happen in some order, then carries everything to its end."""
    story = []
    for _ in range(world.chance.randint(*STEPS)):
        what = world.chance.choices(WHAT, OFTEN)[0]
        story.append(what.__name__)
        what(world, c)
    world.clock.on(seconds=6)
    assert finish(c, world), f"never came to an end: {story}"
    return story


def finish(c: Connection, world: World) -> bool:
    """Carries every message to its end; False where that never comes."""
    for _ in range(50):
        left = c.execute(_LEFT).first()
        if left is None:
            return True
        for what in NEXT[left.state]:
            what(world, c)
    return False


# What brings a message of this state to its end.
NEXT = {
    "received": (World.takes, World.answers),
    "answering": (World.answers,),
    "queued": (World.leaves, World.arrives),
    "sending": (World.arrives,),
}
_LEFT = (
    sa.select(messages.c.state).where(messages.c.state.in_(tuple(NEXT))).order_by(messages.c.seq)
).limit(1)


def judge(c: Connection, world: World, story: list[str]) -> None:
    """Raises unless everything that was written has come to its end, once."""
    rows = {row.seq: row for row in c.execute(sa.select(messages))}
    told = {job.payload.get("seq") for job in c.execute(sa.select(desk_jobs))}
    heard = [row for row in rows.values() if row.direction == "in"]
    assert len(heard) == world.heard - 1, story
    for row in heard:
        answered = any(each.in_reply_to == row.seq for each in rows.values())
        assert row.state == "answered", (story, row)
        assert answered or row.seq in told, (story, row)
    for seq in world.replies:
        assert rows[seq].state == "sent", (story, rows[seq])
    known = cases.list_cases(c)
    for case in known:
        soonest = nearest(world.casework._clocks_of(c, case))
        assert case.due_at == (soonest and soonest.due_at), story
        assert (case.owner_id is None) or case.state not in cases.UNCLAIMED, story
        assert (case.open_key is not None) is (case.state in cases.OPEN_STATES), story
    standing = next((case for case in known if case.open_key == TALK), None)
    with_staff = None if standing is None else standing.state in cases.CLAIMED
    expected = {None: (log.BOT, log.CLOSED), True: (log.HUMAN,), False: (log.QUEUED,)}
    assert world.speaker(c) in expected[with_staff], story


def begun(c: Connection, world: World, begin: str) -> None:
    """Brings a conversation to where its runs begin."""
    World.visitor(world, c)
    if begin != "asked":
        [asked] = take(c, 1)
        world.inbox._commit(c, asked, Turn([], [Reply("好 OK")]), Told(request_of(CASE)))
    if begin == "claimed":
        assert world.casework.claim(c, 1, ANA).kind == "done"
        finish(c, world)


@pytest.mark.parametrize("begin", ["asked", "queued", "claimed"])
def test_however_they_meet_nobody_speaks_beside_a_person_and_nothing_is_lost(
    database: Database, voice: Voice, clock: Clock, begin: str
) -> None:
    casework = Casework(voice, LIMITS, 5, True)
    inbox = Inbox(database, None, casework, voice, LIMITS, NoTranslator(), lambda: None)  # type: ignore[arg-type]
    spoken = 0
    with database.engine.connect() as c, c.begin():
        begun(c, World(inbox, casework, clock, -1), begin)
        for seed in range(RUNS // 3 + 1):
            clock.at = STAFFED
            world = World(inbox, casework, clock, seed)
            with c.begin_nested() as this_run:
                judge(c, world, run(c, world))
                spoken += bots(c)
                this_run.rollback()
    assert spoken > RUNS // 8
