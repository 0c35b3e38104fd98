"""The same way on every platform: a question, its answer, a case, a reply of staff, and back.

One program serves all six channels at once, between six stand-ins that check what they are told.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from standins.graph import GraphStandin
from standins.slack import SlackStandin
from standins.telegram import TelegramStandin
from standins.wechat import WeChatStandin
from standins.whatsapp import WhatsAppStandin

from .house import ADA, House
from .lines import LINES, Line, settings_of
from .waiting import until
from .words import Words, ref_in


@dataclass(frozen=True)
class Way:
    """What a visitor writes in one language, and what staff answer."""

    language: str
    faq: str
    person: str
    reply: str
    after: str

    def __str__(self) -> str:
        return self.language


WAYS = [
    Way("en", "can i take photos", "can I talk to a person please", "Of course!", "thanks"),
    Way("zh-Hans", "可以拍照吗", "我要转人工", "没问题，欢迎您来。", "谢谢"),
    Way("zh-Hant", "可以拍照嗎", "我要轉真人客服", "沒問題，歡迎您來。", "謝謝"),
]


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, dict[str, object]]]:
    """The program with every platform, and a way to get a new visitor on each."""
    with ExitStack() as stack:
        graph, slack = stack.enter_context(GraphStandin()), stack.enter_context(SlackStandin())
        whatsapp = stack.enter_context(WhatsAppStandin())
        telegram = stack.enter_context(TelegramStandin())
        wechat = stack.enter_context(WeChatStandin())
        folder = tmp_path_factory.mktemp("every")
        house = House(folder, graph, slack, **settings_of(whatsapp, telegram, wechat))
        stack.callback(house.program.kill)
        house.program.start()
        known = {"whatsapp": whatsapp, "telegram": telegram, "wechat": wechat}
        yield house, known


@pytest.mark.parametrize("way", WAYS, ids=str)
@pytest.mark.parametrize("kind", LINES, ids=lambda kind: kind.channel)
def test_question_answer_case_reply(
    lines: tuple[House, dict[str, object]], words: Words, kind: type[Line], way: Way
) -> None:
    house, known = lines
    line = kind(house, known.get(kind.channel))
    line.write(way.faq)
    answer = words.answer("photography", way.language, first=kind.channel != "web")
    assert line.reads(1) == answer
    line.write(way.person)
    told = line.reads(2)
    ref = ref_in(told)
    card = house.card(ref)
    house.shows(card, way.faq)
    house.press(ADA, card, "Claim")
    assert line.reads(3) == words.say("claimed", way.language, name="Ada")
    ts = house.say(ADA, card, way.reply)
    assert line.reads(4) == way.reply
    house.ticked(ts)
    house.say(ADA, card, "备注：已处理 done")
    line.write(way.after)
    house.shows(card, way.after)
    house.press(ADA, card, "Resolve")
    assert line.reads(5) == words.say("closed", way.language)
    _the_log_agrees(house, line, way)


def _the_log_agrees(house: House, line: Line, way: Way) -> None:
    rows = house.program.lines("log", line.conversation_id)
    written = [row["text"] for row in rows if row["direction"] == "in"]
    assert written == [way.faq, way.person, way.after]
    said = [row for row in rows if row["direction"] == "out"]
    assert [row["text"] for row in said] == line.read()
    assert {row["state"] for row in said} == {"sent"}
    assert len([row for row in rows if row["direction"] == "note"]) == 1


def test_a_revoked_token_shows_within_a_minute(
    lines: tuple[House, dict[str, object]],
) -> None:
    house, known = lines
    telegram = known["telegram"]
    assert isinstance(telegram, TelegramStandin)
    telegram.revoke_token()

    def red() -> bool:
        return house.program.ready()["channels"]["telegram"]["ok"] is False

    until(red, "telegram to be red in /ready", 60.0)
    house.slack.wait_for(lambda slack: "Telegram does not work" in slack.dump(), 10.0)
    assert house.program.is_ready()
