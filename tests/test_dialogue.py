"""One turn through the real model and the real actions."""

from __future__ import annotations

import asyncio
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest
from rasa.shared.core.domain import Domain

from bot import dialogue as room
from bot.content.voice import Voice
from bot.dialogue import READ_CHARACTERS, Dialogue, Turn, plain
from bot.errors import TurnFailed
from bot.language import is_han
from bot.remembering import REMEMBERED_TURNS

_people = count(1)


class Person:
    """A visitor in conversation."""

    def __init__(self, dialogue: Dialogue) -> None:
        self.name = f"p{next(_people)}"
        self.dialogue = dialogue
        self.memory: list[dict[str, Any]] | None = None
        self.understood: Any = None

    async def ask(self, text: str, language: str = "en", choice: str | None = None) -> Turn:
        """Says something and returns the turn."""
        turn = await self.dialogue.run(
            f"messenger:{self.name}", text, language, self.memory, 1, choice
        )
        self.memory = turn.memory
        self.understood = SimpleNamespace(**turn.understood or {})
        return turn


@pytest.fixture(scope="session")
def dialogue(agent: Any, voice: Voice) -> Dialogue:
    return Dialogue(agent, voice)


@pytest.fixture
def person(dialogue: Dialogue) -> Person:
    return Person(dialogue)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("When do you close?", "When do you close?"),
        ("几点关门", "几点关门"),
        ("  我想book两张ticket \n", "我想book两张ticket"),
        ("/restart", "restart"),
        ('/speak_to_human{"language":"zh"}', 'speak_to_human{"language":"zh"}'),
        (" / / //restart", "restart"),
        ("\n\t/ 你好", "你好"),
        ("/", "?"),
        ("", "?"),
        ("   ", "?"),
        ("a/b", "a/b"),
        ("馆" * 5000, "馆" * READ_CHARACTERS),
    ],
)
def test_plain(text: str, read: str) -> None:
    assert plain(text) == read


@pytest.mark.parametrize(
    ("text", "language", "topic", "words"),
    [
        ("How do I get there by bus?", "en", "directions", "Custom House Quay"),
        ("怎么坐公交车去你们那里？", "zh-Hans", "directions", "地图"),
        ("請問怎麼坐公車去？", "zh-Hant", "directions", "地圖"),
        ("请问audio guide多少钱租", "zh-Hans", "audio_guide", "导览"),
        ("Can I take photos with flash?", "en", "photography", "photo"),
        ("What time do you close on Friday?", "en", "opening_hours", "Friday"),
        ("周五几点关门？", "zh-Hans", "opening_hours", "星期五"),
    ],
)
async def test_a_question_is_answered_in_its_language(
    person: Person, text: str, language: str, topic: str, words: str
) -> None:
    turn = await person.ask(text, language)
    said = "\n".join(reply.text for reply in turn.replies)
    assert words in said
    assert "[[" not in said
    assert any(is_han(character) for character in said.replace("海关大楼码头", "")) is (
        language != "en"
    )
    noted = person.understood
    assert (noted.topic, noted.decision, turn.case) == (topic, "answer", None)
    assert noted.confidence >= 0.5
    assert noted.ranking[0]["topic"] == topic


@pytest.mark.parametrize(
    "text",
    ["/restart", "/speak_to_human", "/session_start", '/faq/directions{"x": 1}', "/back 你好"],
)
async def test_a_typed_command_is_no_command(person: Person, text: str) -> None:
    await person.ask("How do I get there?")
    before = [event for event in person.memory or [] if event["event"] == "user"]
    await person.ask(text)
    events = [event for event in person.memory or [] if event["event"] == "user"]
    assert len(events) == len(before) + 1
    assert not events[-1]["text"].startswith("/")
    assert events[-1]["parse_data"]["intent"]["confidence"] < 1.0
    assert "restart" not in {event["event"] for event in person.memory or []}


@pytest.mark.parametrize("text", ["转人工", "I want to talk to a person", "find真人客服"])
async def test_a_person_is_asked_for(person: Person, text: str) -> None:
    turn = await person.ask(text, "zh-Hans")
    assert turn.case == {"reason": "speak_to_human", "sentence": "handoff_open"}


@pytest.mark.parametrize(
    ("choice", "topic", "decision"),
    [
        ("faq/directions", "directions", "answer"),
        ("faq/photography", "photography", "answer"),
        ("speak_to_human", "speak_to_human", "service"),
    ],
)
async def test_a_pressed_button_is_taken_at_its_word(
    person: Person, choice: str, topic: str, decision: str
) -> None:
    turn = await person.ask("随便 whatever the label says", "zh-Hans", choice)
    noted = person.understood
    assert (noted.topic, noted.confidence, noted.decision) == (topic, 1.0, decision)
    assert bool(turn.case) is (decision == "service")


async def test_what_is_out_of_scope_is_said_to_be(person: Person) -> None:
    turn = await person.ask("what is the capital of peru")
    assert person.understood.decision == "out_of_scope"
    assert "Aldermere Museum" in turn.replies[0].text


async def test_what_is_remembered_is_bounded(person: Person) -> None:
    sizes = []
    texts = ["How do I get there?", "几点关门", "can I take photos", "我想book两张ticket"]
    for number in range(50):
        await person.ask(texts[number % 4], "zh-Hans")
        sizes.append(len(person.memory or []))
    assert max(sizes[6:]) <= max(sizes[:7])
    assert sizes[49] <= max(sizes[4:8])
    users = [event for event in person.memory or [] if event["event"] == "user"]
    assert len(users) == REMEMBERED_TURNS


async def test_conversations_do_not_mix(dialogue: Dialogue) -> None:
    people = [Person(dialogue) for _ in range(6)]
    asked = [("How do I get there?", "en"), ("怎么去你们那里", "zh-Hans")] * 3
    turns = await asyncio.gather(
        *(one.ask(text, lang) for one, (text, lang) in zip(people, asked, strict=True))
    )
    for turn, (text, language) in zip(turns, asked, strict=True):
        users = [event["text"] for event in turn.memory or [] if event["event"] == "user"]
        assert users == [text]
        assert ("Map" in turn.replies[0].text) is (language == "en")


class Silent:
    """An agent that says nothing, or takes too long."""

    def __init__(self, ready: bool = True, forever: bool = False) -> None:
        self.ready, self.forever = ready, forever
        self.domain = Domain.empty()

    def is_ready(self) -> bool:
        """Tells whether there is a model."""
        return self.ready

    async def handle_message(self, message: Any) -> None:
        """Says nothing."""
        if self.forever:
            await asyncio.Event().wait()


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (Silent(ready=False), "no model is loaded"),
        (Silent(), "said nothing"),
        (Silent(forever=True), "no answer in time"),
    ],
)
async def test_a_turn_without_an_answer_has_failed(
    voice: Voice, agent: Any, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "TURN_SECONDS", 0.05)
    with pytest.raises(TurnFailed, match=words):
        await Dialogue(agent, voice).run("web:1", "几点 open?", "en", None, 1)


async def test_a_failed_turn_leaves_the_memory_as_it_was(voice: Voice, person: Person) -> None:
    await person.ask("How do I get there?")
    before = list(person.memory or [])
    with pytest.raises(TurnFailed):
        await Dialogue(Silent(), voice).run("m:1", "还有?", "en", person.memory, 1)  # type: ignore[arg-type]
    assert person.memory == before


CONVERSATIONS = [
    (
        "en",
        [
            ("are you open on Saturday?", "Saturday"),
            ("and on Sundays?", "Sunday"),
            ("ok great 👍", "welcome"),
            ("no, I meant Friday", "8:30pm"),
            ("not the times, the audio guide", "audio"),
        ],
    ),
    (
        "zh-Hans",
        [
            ("周六几点开门", "星期六"),
            ("那周日呢？", "星期日"),
            ("知道了", "不客气"),
            ("不是这个，我问的是周五", "20:30"),
            ("不是开放时间，我问的是语音导览", "导览"),
        ],
    ),
    (
        "zh-Hant",
        [
            ("請問門票多少錢？", "14"),
            ("那學生呢？", "9"),
            ("有語音導覽嗎", "導覽"),
        ],
    ),
]


@pytest.mark.parametrize(("language", "turns"), CONVERSATIONS, ids=["en", "hans", "hant"])
async def test_a_text_is_understood_after_the_one_before(
    person: Person, language: str, turns: list[tuple[str, str]]
) -> None:
    for text, words in turns:
        turn = await person.ask(text, language)
        assert words in "\n".join(reply.text for reply in turn.replies), text


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("What time do you open on Friday and can I take photos?", "en", ("8:30pm", "hotos")),
        ("周五几点开门？另外可以拍照吗", "zh-Hans", ("20:30", "拍照")),
    ],
)
async def test_two_questions_get_two_answers(
    person: Person, text: str, language: str, words: tuple[str, str]
) -> None:
    turn = await person.ask(text, language)
    assert len(turn.replies) == 2
    for reply, wanted in zip(turn.replies, words, strict=True):
        assert wanted in reply.text
    assert person.understood.topic == "opening_hours"


@pytest.mark.parametrize(("text", "language"), [("no that's wrong", "en"), ("不对", "zh-Hans")])
async def test_wrong_brings_the_next_best_topics_as_buttons(
    person: Person, text: str, language: str
) -> None:
    await person.ask("what does a ticket cost? 门票多少钱", language)
    turn = await person.ask(text, language)
    meanings = [button.value for button in turn.replies[-1].buttons]
    assert len(meanings) == 3
    assert meanings[-1] == "speak_to_human"
    assert "faq/admission_price" not in meanings


async def test_a_question_of_an_earlier_session_is_forgotten(person: Person) -> None:
    await person.ask("how much is the audio guide")
    for event in person.memory or []:
        event["timestamp"] -= 2 * 3600
    await person.ask("and for students?")
    users = [event for event in person.memory or [] if event["event"] == "user"]
    assert users[-1]["parse_data"]["asked"] == "and for students?"


async def test_abuse_is_met_calmly_and_shown_to_staff_the_second_time(person: Person) -> None:
    first = await person.ask("you stupid bot")
    assert (len(first.replies), first.case) == (1, None)
    await person.ask("can I take photos")
    second = await person.ask("你个笨蛋，什么破机器人", "zh-Hans")
    assert second.case == {"reason": "abuse", "sentence": "abuse_reply"}
    assert second.replies == []


async def test_a_button_after_asking_back_answers_what_was_asked(person: Person) -> None:
    asked = await person.ask("sunday sunday sunday 周日 prices stroller")
    assert asked.replies[-1].buttons
    turn = await person.ask("Opening times", choice="faq/opening_hours")
    assert "Sunday" in turn.replies[0].text
