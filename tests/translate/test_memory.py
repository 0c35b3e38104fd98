"""The memory learns what people word better, and that goes before the engine from then on."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from standins.translators import TranslatorStandin

from bot.content.museum import to_traditional
from bot.translate import Glossary, Interpreter, Remembered, Spoken, Translator


class Shelf:
    """A memory in a dictionary."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str, str], tuple[str, str | None]] = {}

    async def recall(self, texts: Sequence[str], source: str, target: str) -> Remembered | None:
        rows = [
            (t, self.kept[t, source, target]) for t in texts if (t, source, target) in self.kept
        ]
        rows.sort(key=lambda row: row[1][1] is None)
        return Remembered(rows[0][0], rows[0][1][0]) if rows else None

    async def keep(self, original: str, source: str, target: str, text: str, engine: str) -> None:
        self.kept.setdefault((original, source, target), (text, None))

    async def correct(self, original: str, source: str, target: str, text: str, by: str) -> None:
        self.kept[original, source, target] = (text, by)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def learner(engine: Translator, glossary: Glossary, shelf: Shelf) -> Interpreter:
    return Interpreter(engine, glossary, shelf, to_traditional)


async def test_a_correction_wins_over_the_engine_for_its_language_alone(
    learner: Interpreter, standin: TranslatorStandin, shelf: Shelf
) -> None:
    proposed = await learner.to_visitor("Hello, we are open today.", "zh-Hans")
    assert proposed.state == "translated"
    better = await learner.corrected(proposed, "您好，我们今天开门。", "Ann")
    assert (better.text, better.state, better.back) == ("您好，我们今天开门。", "remembered", None)
    again = await learner.to_visitor("Hello, we are open today.", "zh-Hans")
    assert (again.text, again.state, again.engine) == (
        "您好，我们今天开门。",
        "remembered",
        "memory",
    )
    assert again.back is not None
    other = await learner.to_visitor("Hello, we are open today.", "zh-Hant")
    assert other.state == "translated"
    assert [key[2] for key in shelf.kept] == ["zh-Hans"]


async def test_a_correction_serves_for_other_times_references_and_names(
    learner: Interpreter,
) -> None:
    said = "Silk and Salt: please ask for D-1001 at the information desk by 5pm."
    proposed = await learner.to_visitor(said, "zh-Hans")
    await learner.corrected(proposed, "《丝与盐》：请在5pm前到服务台，报D-1001。", "Ann")
    again = await learner.to_visitor(
        "Drawn by Lamplight: please ask for D-2044 at the ticket desk by 14:00.", "zh-Hans"
    )
    assert again.text == "《灯下丹青》：请在14:00前到售票台，报D-2044。"
    assert again.state == "remembered"


async def test_a_correction_that_drops_a_piece_serves_for_its_sentence_only(
    learner: Interpreter,
) -> None:
    proposed = await learner.to_visitor("We close at 5pm and 5pm.", "zh-Hans")
    await learner.corrected(proposed, "我们下午五点关门。", "Ann")
    assert (await learner.to_visitor("We close at 5pm and 5pm.", "zh-Hans")).text == (
        "我们下午五点关门。"
    )
    assert (await learner.to_visitor("We close at 6pm and 6pm.", "zh-Hans")).state == "translated"


@pytest.mark.parametrize("pieces", [9, 12])
async def test_many_pieces_are_no_obstacle(learner: Interpreter, pieces: int) -> None:
    text = "We have " + ", ".join(f"D-{1000 + n}" for n in range(pieces))
    better = "我们有" + "、".join(f"D-{1000 + n}" for n in range(pieces))
    await learner.corrected(await learner.to_visitor(text, "zh-Hans"), better, "Ann")
    assert (await learner.to_visitor(text, "zh-Hans")).text == better
    other = await learner.to_visitor(text.replace("D-100", "D-200"), "zh-Hans")
    assert (other.state == "remembered") == (pieces == 9)


async def test_what_was_sent_is_not_asked_again(
    learner: Interpreter, standin: TranslatorStandin, shelf: Shelf
) -> None:
    spoken = await learner.to_visitor("We are open until 5pm.", "zh-Hans")
    await learner.sent(spoken)
    learner._wording._translator._known.clear()
    asked = len(standin.asked)
    again = await learner.to_visitor("We are open until 6pm.", "zh-Hans")
    assert again.state == "remembered"
    assert again.text == spoken.text.replace("5pm", "6pm")
    assert [text for text in standin.asked[asked:] if "We are" in text] == []


@pytest.mark.parametrize(
    ("text", "language"), [("Hello there", "en"), ("你好", "zh-Hant"), ("👍", "zh-Hans")]
)
async def test_nothing_is_learnt_where_nothing_was_translated(
    learner: Interpreter, shelf: Shelf, text: str, language: str
) -> None:
    spoken = await learner.to_visitor(text, language)
    await learner.sent(spoken)
    changed = await learner.corrected(spoken, "Hi", "Ann")
    assert (changed.text, changed.state) == ("Hi", "same_language")
    assert shelf.kept == {}


async def test_a_translation_by_hand_is_learnt_where_the_engine_failed(
    learner: Interpreter, standin: TranslatorStandin
) -> None:
    standin.down()
    spoken = await learner.to_visitor("We are open.", "zh-Hans")
    assert spoken.state == "original_sent"
    better = await learner.corrected(spoken, "我们开门了。", "Ann")
    assert (better.text, better.notice) == ("我们开门了。", None)
    assert (await learner.to_visitor("We are  open.", "zh-Hans")).state == "original_sent"
    assert (await learner.to_visitor("We are open.", "zh-Hans")).text == "我们开门了。"


async def test_an_incoming_correction_helps_incoming_words(
    learner: Interpreter, shelf: Shelf
) -> None:
    heard = Spoken("we want a map", "要地图", "en", "zh-Hans", "translated")
    await learner.corrected(heard, "we would like a map", "Ann")
    found = await learner.to_staff("要地图", "zh-Hans")
    assert (found.state, found.text) == ("remembered", "we would like a map")
