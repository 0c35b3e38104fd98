"""Asking back: few buttons, short labels, in the visitor's language, and always a person."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk.executor import CollectingDispatcher
from turns import tracker

from actions.buttons import offered_topics
from actions.fallback import OFFERS, Clarify, OutOfScope
from bot.content.voice import Voice
from bot.language import LANGUAGES, is_han


def ranking(*names: str) -> list[dict[str, Any]]:
    return [{"name": name, "confidence": 0.3 - 0.01 * n} for n, name in enumerate(names)]


async def asked(language: str, *names: str) -> dict[str, Any]:
    dispatcher = CollectingDispatcher()
    await Clarify().run(dispatcher, tracker("嗯 hm", language, ranking=ranking(*names)), {})
    [message] = dispatcher.messages
    return dict(message)


@pytest.mark.parametrize(
    ("names", "offered"),
    [
        (("faq/directions", "faq/photography", "faq/audio_guide"), 2),
        (("out_of_scope", "faq/directions", "nlu_fallback", "faq/photography"), 2),
        (("speak_to_human", "complaint", "faq/directions"), 2),
        (("greeting", "thanks", "faq/directions"), 1),
        (("out_of_scope", "greeting"), 0),
        (("faq/a_topic_without_a_label",), 0),
        ((), 0),
    ],
)
def test_offered_topics(names: tuple[str, ...], offered: int) -> None:
    found = offered_topics(ranking(*names))
    assert len(found) == offered
    assert not {"out_of_scope", "nlu_fallback", "speak_to_human"} & set(found)
    assert found == [name for name in names if name in found]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "names",
    [
        ("faq/directions", "faq/wheelchair_access", "faq/audio_guide"),
        ("out_of_scope", "faq/toilets_baby_change"),
        ("out_of_scope", "thanks"),
        (),
    ],
)
async def test_clarify(voice: Voice, language: str, names: tuple[str, ...]) -> None:
    message = await asked(language, *names)
    buttons = message["buttons"]
    assert 1 <= len(buttons) <= 3
    assert buttons[-1]["payload"] == "speak_to_human"
    assert "out_of_scope" not in {button["payload"] for button in buttons}
    assert all(len(button["title"]) <= 20 for button in buttons)
    key = "clarify" if len(buttons) > 1 else "not_understood"
    assert message["text"] == voice.say(key, language)
    chinese = [any(is_han(c) for c in button["title"]) for button in buttons]
    assert chinese == [language != "en"] * len(buttons)


MISSED = {"event": "user", "timestamp": 0.0, "parse_data": {"decision": "clarify"}}


async def missed(action: Clarify | OutOfScope, language: str, said: str) -> dict[str, Any]:
    dispatcher = CollectingDispatcher()
    events = [MISSED, {"event": "bot", "text": said}]
    names = ranking("faq/directions", "faq/photography", "faq/audio_guide")
    await action.run(dispatcher, tracker("嗯 hm", language, ranking=names, events=events), {})
    [message] = dispatcher.messages
    return dict(message)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("action", [Clarify(), OutOfScope()])
async def test_who_was_not_understood_twice_is_offered_a_person(
    voice: Voice, action: Clarify | OutOfScope, language: str
) -> None:
    said, heard = voice.say("clarify", language), []
    for _ in range(2 * len(OFFERS)):
        message = await missed(action, language, said)
        assert message["text"] != said
        assert message["buttons"][0]["payload"] == "speak_to_human"
        assert len(message["buttons"]) <= 3
        heard.append(said := message["text"])
    assert heard == [voice.say(key, language) for key in OFFERS] * 2


async def test_what_is_not_ours_is_said_once(voice: Voice) -> None:
    dispatcher = CollectingDispatcher()
    await OutOfScope().run(dispatcher, tracker("天气 weather", "zh-Hans"), {})
    [message] = dispatcher.messages
    assert message["text"] == voice.say("out_of_scope", "zh-Hans")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_label_fits_a_button(voice: Voice, language: str) -> None:
    labels = [key for key in voice.sentences.texts if key.startswith("topics.")]
    for key in [*labels, "clarify_none", "talk_to_person"]:
        assert len(voice.say(key, language)) <= 20, key
