"""A crowd on Messenger whose every message is posted until the program takes it."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPException

import sqlalchemy as sa
from standins.graph import batch, messenger_event
from standins.messenger import new_mid

from bot.content.topics import load_topics
from chaos.crowd import Asked, Visitor
from chaos.platforms import Arrived, Post
from chaos.questions import Question, answers_of
from chaos.verdict import Verdict, judge

from .house import House
from .program import ROOT

ASKED = [
    ("photography", "en", "can i take photos"),
    ("audio_guide", "zh-Hans", "语音导览多少钱租"),
    ("parking", "en", "where can I park my car"),
    ("wifi", "mixed", "请问馆里有 wifi 吗"),
    ("cloakroom_luggage", "zh-Hant", "請問可以寄存行李嗎"),
]
AGAIN_SECONDS = 0.3


class Crowd:
    """Visitors who all ask the same five questions, one after the other.

    Args:
        house: Whom they ask.
        people: How many they are.
    """

    def __init__(self, house: House, people: int) -> None:
        answers = answers_of(load_topics(ROOT / "data/nlu/faq"))
        questions = [Question(text, topic, how, answers[topic]) for topic, how, text in ASKED]
        self._house = house
        self.visitors = [Visitor("messenger", f"crowd-{n}", questions) for n in range(people)]
        self.taken = threading.Semaphore(0)

    def ask(self) -> None:
        """Lets everybody ask; returns when everything was acknowledged."""
        with ThreadPoolExecutor(len(self.visitors)) as pool:
            list(pool.map(self._ask, self.visitors))

    def judge(self) -> Verdict:
        """Waits until all is done, and holds the log against what Messenger took."""
        for visitor in self.visitors:
            self._house.settled(visitor.person)
        arrived = {
            visitor.conversation_id: [
                Arrived(sent.text, sent.message_id, sent.at)
                for sent in self._house.graph.sent(visitor.person)
            ]
            for visitor in self.visitors
        }
        engine = sa.create_engine(f"sqlite:///{self._house.program.database}", future=True)
        try:
            return judge(engine, self.visitors, arrived)
        finally:
            engine.dispose()

    def _ask(self, visitor: Visitor) -> None:
        for question in visitor.questions:
            mid = new_mid()
            asked = Asked(Post(visitor.channel, visitor.person, mid, b"", {}), question)
            visitor.asked.append(asked)
            while not self._is_taken(visitor.person, question.text, mid):
                time.sleep(AGAIN_SECONDS)
            asked.taken = time.time()
            self.taken.release()

    def _is_taken(self, psid: str, text: str, mid: str) -> bool:
        with suppress(OSError, HTTPException):
            return bool(self._house.post(batch(messenger_event(psid, text, mid))).status == 200)
        return False
