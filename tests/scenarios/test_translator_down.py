"""The real program while the translator is down: nobody waits, and nobody is told a lie."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from standins.graph import GraphStandin
from standins.slack import SlackStandin
from standins.translators import TranslatorStandin

from .house import ADA, House
from .waiting import until

VISITOR = "810001"
ENGLISH = "The museum is open until 5:30pm, tickets £12."
NOTICE = "Not translated"


@pytest.fixture(scope="module")
def engine() -> Iterator[TranslatorStandin]:
    with TranslatorStandin() as made:
        yield made


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, engine: TranslatorStandin) -> Iterator[House]:
    """The program with a translator, and three seconds in which a reply can be taken back."""
    with ExitStack() as stack:
        graph, slack = stack.enter_context(GraphStandin()), stack.enter_context(SlackStandin())
        made = House(
            tmp_path_factory.mktemp("translated"),
            graph,
            slack,
            TRANSLATOR="libretranslate",
            TRANSLATOR_URL=engine.url,
            DESK_UNDO_SECONDS="3",
        )
        stack.callback(made.program.kill)
        made.program.start()
        yield made


def test_a_reply_goes_as_it_was_written_and_its_author_is_told(
    house: House, engine: TranslatorStandin
) -> None:
    house.ask(VISITOR, "我想找人工客服，谢谢", 1)
    card = house.card("D-1001")
    house.press(ADA, card, "Claim")
    house.shows(card, "Ada claimed this case.")
    engine.down()
    house.write(VISITOR, "请问几点关门？我想买两张 ticket")
    house.shows(card, NOTICE)
    house.say(ADA, card, ENGLISH)
    assert NOTICE in str(house.offered(ADA, 1))
    until(lambda: ENGLISH in house.graph.texts(VISITOR), "the reply as it was written")
    [row] = [row for row in house.messages(VISITOR) if row["author"] == "staff"]
    assert NOTICE in row["translation"]


def test_once_the_translator_is_back_the_visitor_reads_chinese(
    house: House, engine: TranslatorStandin
) -> None:
    engine.up()
    card = house.card("D-1001")
    # Two failures do not make it rest; a better translation may be written by hand meanwhile.
    house.say(ADA, card, ENGLISH.replace("£12", "£14"))
    until(
        lambda: any("博物馆" in text and "£14" in text for text in house.graph.texts(VISITOR)),
        "the reply in Chinese",
    )
    house.shows(card, "The visitor reads")
    texts = house.graph.texts(VISITOR)
    assert sum(ENGLISH in text for text in texts) == 1


def test_suggestions_need_no_translator(house: House, engine: TranslatorStandin) -> None:
    engine.down()
    card = house.card("D-1001")
    house.write(VISITOR, "附近可以停车吗？")
    house.shows(card, "附近可以停车吗")
    house.press(ADA, card, "Suggest")
    before = len(house.graph.texts(VISITOR))
    until(
        lambda: any("Suggested answers" in str(e) for e in house.slack.ephemerals(ADA)),
        "suggestions, ranked by the loaded model",
    )
    [shown] = [e for e in house.slack.ephemerals(ADA) if "Suggested answers" in str(e)]
    assert "停车场" in str(shown)
    house.press(ADA, shown["ts"], "Send")
    until(lambda: len(house.graph.texts(VISITOR)) > before, "the suggestion")
    assert "停车场" in house.graph.texts(VISITOR)[-1]
