"""Times, prices, links, references and names survive every way in which an engine treats them."""

from __future__ import annotations

import re
from functools import lru_cache

import pytest
from standins.translators import FAILURES, MANNERS, TranslatorStandin

from bot.config import ROOT
from bot.content.museum import to_traditional
from bot.translate import Glossary, Interpreter

from .conftest import ENGINES, translator
from .sentences import sentences, tally

# Where an engine keeps neither shape of placeholders, only texts without any get through, and
# those whose pieces come back by themselves.
LOSES_ALL = ("loses both", "doubles both")


def test_there_are_enough_sentences_of_each_kind() -> None:
    assert len(sentences()) >= 120
    assert {sentence.to for sentence in sentences()} == {"en", "zh-Hans", "zh-Hant"}
    assert all(sentence.kept for sentence in sentences())


@lru_cache(maxsize=1)
def measured() -> dict[str, list[str]]:
    """Returns the rows of the table of docs/translation.md, by manner."""
    page = (ROOT / "docs" / "translation.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.+?) \| (\d+) \| (\d+) \| (\d+) of (\d+) \|$", page, re.M)
    return {manner: list(counts) for manner, *counts in rows}


def test_the_page_has_a_row_for_each_manner() -> None:
    assert sorted(measured()) == sorted(MANNERS)


@pytest.mark.parametrize(
    ("name", "manner"),
    [
        *(("googletrans", manner) for manner in MANNERS),
        *(("libretranslate", manner) for manner in ("plain", "joins lines", "loses both")),
    ],
)
async def test_every_piece_survives_and_as_many_as_the_page_says(
    name: str, manner: str, standin: TranslatorStandin, glossary: Glossary
) -> None:
    standin.manner = manner
    found = await tally(Interpreter(translator(name, standin), glossary, None, to_traditional))
    assert found.lost == []
    assert found.original == 0 or manner in LOSES_ALL
    counts = [found.translated, found.original, found.pieces, found.pieces]
    assert [str(count) for count in counts] == measured()[manner]


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("manner", sorted(FAILURES))
async def test_what_is_no_translation_leaves_the_original_with_a_notice(
    name: str, manner: str, standin: TranslatorStandin, glossary: Glossary
) -> None:
    standin.manner = manner
    interpreter = Interpreter(translator(name, standin), glossary, None, to_traditional)
    spoken = await interpreter.to_visitor("The talk is at 1pm, D-1001.", "zh-Hans")
    assert (spoken.state, spoken.text) == ("original_sent", "The talk is at 1pm, D-1001.")
    assert "Not translated" in str(spoken.notice)
    heard = await interpreter.to_staff("我的编号是D-1001", "zh-Hans")
    assert (heard.state, heard.text) == ("original_sent", None)
    assert "Not translated" in str(heard.notice)
