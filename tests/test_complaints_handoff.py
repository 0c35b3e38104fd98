"""What users of other systems complained of: handing over, and a bot that will not be quiet.

Each test is named after the report: the repository and the number of its issue or pull request.
"""

from __future__ import annotations

import pytest
from complaints import ANA, BEN, CHANNELS, WANTS_PERSON, Museum
from conftest import NIGHT, Book, Clock

from bot.content.voice import Voice
from bot.desk.watch import Watch
from bot.dialogue import Turn
from bot.errors import TurnFailed
from bot.messages import Reply
from bot.store import log
from bot.store.database import Database


@pytest.fixture
def museum(database: Database, voice: Voice, book: Book, clock: Clock) -> Museum:
    return Museum(database, voice, book, clock)


@pytest.mark.parametrize("text", ["are you there?", "您还在吗", "/restart 请问"])
async def test_rasa_agent_bot_demo_12_the_bot_is_quiet_while_a_person_is_there(
    museum: Museum, text: str
) -> None:
    museum.claimed()
    for hours in (0, 1, 25):
        museum.clock.on(hours=hours)
        await museum.hear(text)
    assert (museum.script.asked, museum.bot()) == ([], [])
    assert len(museum.jobs("visitor")) == 3


async def test_chatwoot_13673_what_was_thought_before_a_claim_is_not_said(museum: Museum) -> None:
    museum.script.meanwhile = museum.claim
    await museum.hear("Where is 青铜馆?")
    assert museum.bot() == []
    assert museum.book.talk().speaker == log.HUMAN
    # And what was laid in the outbox a moment before is taken back.
    case = museum.open("again 再来", person="8")
    museum.book.said("The bot was faster.", person="8")
    museum.do("claim", case, ANA)
    assert "The bot was faster." not in await museum.sent()


async def test_chatwoot_15068_a_settled_request_is_not_handed_over_again(museum: Museum) -> None:
    case = museum.claimed("I want a refund 退款")
    await museum.answered(case)
    museum.do("resolve", case, ANA)
    for text in ("one more thing", "你们几点关门"):
        await museum.hear(text)
    assert len(museum.cases()) == 1
    assert [turn[1] for turn in museum.script.asked] == ["one more thing", "你们几点关门"]
    # What the bot remembers is its own; the request that staff settled is not in it.
    assert "refund" not in str([turn[3] for turn in museum.script.asked])


@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant"])
async def test_chatwoot_13881_a_handover_is_never_silent(
    museum: Museum, voice: Voice, language: str
) -> None:
    texts = {"en": "I need a person", "zh-Hans": "我要转人工", "zh-Hant": "我要找真人 please 幫忙"}
    museum.script.turns = [Turn([], [], WANTS_PERSON)]
    await museum.hear(texts[language])
    [said] = museum.told()
    assert said.startswith(voice.say("handoff_open", language, ref="D-1001"))
    assert voice.say("queue_next", language) in said


@pytest.mark.parametrize("text", ["help", "帮忙", "help 一下"])
async def test_chatwoot_5077_and_7587_staff_hear_of_a_handover_at_once(
    museum: Museum, text: str
) -> None:
    museum.script.turns = [Turn([], [], WANTS_PERSON)]
    await museum.hear(text)
    assert len(museum.jobs("root")) == 1
    assert museum.case().due_at is not None


async def test_fazer_chatwoot_413_a_slow_answer_does_not_end_the_bot_for_good(
    museum: Museum,
) -> None:
    museum.script.turns = [TurnFailed("no answer in time"), Turn([], [Reply("From 十点.")])]
    await museum.inbox.accept([museum.message("when 几点")])
    assert await museum.answer()
    museum.clock.on(seconds=5)
    assert await museum.answer()
    assert museum.cases() == []
    assert [text.splitlines()[0] for text in museum.bot()] == ["From 十点."]
    await museum.hear("thanks 谢谢")
    assert len(museum.bot()) == 2


async def test_fazer_agents_158_the_handover_is_said_once(museum: Museum, voice: Voice) -> None:
    for text in ("person!", "真人！", "请转 human"):
        museum.open(text)
    opening = voice.say("handoff_open", "en", ref="D-1001")
    assert sum(opening in said for said in museum.told()) == 1
    case = museum.case()
    museum.do("resolve", case, ANA)
    assert museum.do("resolve", case, ANA).kind == "refused"
    assert museum.told().count(voice.say("closed", "en")) == 1


async def test_rasa_8119_a_paused_bot_can_be_resumed_at_once(museum: Museum, voice: Voice) -> None:
    case = museum.claimed()
    await museum.hear("still there? 在吗")
    assert museum.bot() == []
    museum.do("back_to_bot", case, ANA)
    await museum.hear("几点 open?")
    assert len(museum.bot()) == 1
    again = museum.claimed("真人 again")
    assert again.id != case.id
    await museum.hear("hello 喂")
    assert len(museum.bot()) == 1


@pytest.mark.parametrize(
    ("text", "language"),
    [("Is it free?", "en"), ("免费吗", "zh-Hans"), ("要買 ticket 嗎", "zh-Hant")],
)
async def test_rasa_5588_when_the_actions_fail_a_person_takes_over(
    museum: Museum, voice: Voice, text: str, language: str
) -> None:
    museum.script.turns = [TurnFailed("the action server is away")] * 3
    await museum.inbox.accept([museum.message(text)])
    for _ in range(3):
        museum.clock.on(minutes=1)
        assert await museum.answer()
    [said] = museum.told()
    assert said.startswith(voice.say("apology_handoff", language, ref="D-1001"))
    assert museum.case().reason == "failure"


@pytest.mark.parametrize("channel", CHANNELS)
async def test_botpress_4891_a_person_has_the_conversation_on_every_channel(
    museum: Museum, channel: str
) -> None:
    museum.claimed(channel=channel)
    await museum.hear("还在吗 hello", channel=channel)
    assert museum.script.asked == []
    assert museum.book.texts(direction="out", author="bot", channel=channel) == []
    assert len(museum.jobs("visitor")) == 1


async def test_botpress_12150_a_case_put_back_in_the_queue_loses_nothing(museum: Museum) -> None:
    case = museum.claimed()
    await museum.hear("first 第一")
    assert museum.do("release", case, ANA).kind == "done"
    await museum.hear("second 第二")
    assert museum.do("claim", case, BEN).kind == "done"
    await museum.hear("third 第三")
    shown = [museum.book.row(job["seq"]).text for job in museum.jobs("visitor")]
    assert shown == ["first 第一", "second 第二", "third 第三"]
    assert (museum.bot(), museum.case().owner) == ([], "本 Ben")


async def test_chatwoot_13516_and_6889_a_case_that_nobody_works_on_goes_back(
    museum: Museum, voice: Voice
) -> None:
    case = museum.claimed("我的钱包丢了 help", language="zh-Hans")
    watch = Watch(museum.database, museum.casework, lambda: None)
    museum.clock.on(minutes=239)
    await watch.look()
    assert museum.case().state == "claimed"
    museum.clock.on(minutes=2)
    await watch.look()
    assert (museum.case().state, museum.case().owner) == ("queued", None)
    assert voice.say("taken_over", "zh-Hans", ref=case.ref) in museum.told()
    assert museum.do("claim", case, BEN).kind == "done"


@pytest.mark.parametrize(
    ("language", "when"),
    [("en", "on Tuesday 24 November at 9:30am"), ("zh-Hant", "11月24日（星期二）9:30")],
)
async def test_rocketchat_2772_with_nobody_there_the_visitor_may_leave_the_question(
    museum: Museum, voice: Voice, language: str, when: str
) -> None:
    museum.clock.at = NIGHT
    case = museum.open("我的圍巾 scarf", language=language)
    assert museum.told()[0].endswith(voice.say("out_of_hours", language, time=when))
    await museum.hear("it is red 是紅色的")
    museum.clock.on(hours=12)
    assert museum.do("claim", case, ANA).kind == "done"
    assert [museum.book.row(job["seq"]).text for job in museum.jobs("visitor")] == [
        "it is red 是紅色的"
    ]


async def test_chatwoot_7933_and_8046_words_after_the_end_are_a_new_case(museum: Museum) -> None:
    old = museum.claimed()
    museum.do("resolve", old, ANA)
    museum.script.turns = [Turn([], [], WANTS_PERSON)]
    await museum.hear("真人 please, something else")
    new = museum.case(2)
    assert (new.previous_id, new.state, museum.case(1).state) == (old.id, "queued", "resolved")
    lines = [job["text"] for job in museum.jobs("line")]
    assert "The visitor wrote again: D-1002" in lines
