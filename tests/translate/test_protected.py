"""What is protected, how its reader finds it, and that no text makes it slow or lose a piece."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.translate import Glossary, Translation
from bot.translate.placeholders import CODE, NOTE, SHAPES, put_back, usable
from bot.translate.protected import between, find, kept
from bot.translate.wording import Wording

from .sentences import sentences


def shown(text: str, target: str, glossary: Glossary | None = None) -> list[str]:
    return [piece.shown for piece in find(text, target, glossary or Glossary())]


@pytest.mark.parametrize(
    ("text", "target", "pieces"),
    [
        ("See https://a.example/x?y=1), then", "zh-Hans", ["https://a.example/x?y=1"]),
        ("(https://a.example/x_(y)).", "zh-Hans", ["https://a.example/x_(y)"]),
        ("看https://a.example/x。好", "en", ["https://a.example/x"]),
        ("Write to a.b+c@d.example.", "zh-Hant", ["a.b+c@d.example"]),
        ("电话+44 1632 960 100，谢谢", "en", ["+44 1632 960 100"]),
        ("Call 020 7946 0018.", "zh-Hans", ["020 7946 0018"]),
        ("10点到下午5点半", "en", ["10:00", "5:30pm"]),
        ("有一点贵，快一点", "en", []),
        ("三点建议", "en", []),
        ("早一点来，九点钟见", "en", ["9:00"]),
        ("凌晨12点 and 晚上12点", "en", ["12am", "12am"]),
        ("下午14:00", "en", ["14:00"]),
        ("13月40日", "en", ["13月40日"]),
        ("on 3 of May", "zh-Hans", ["5月3日"]),
        ("You may 5 times", "zh-Hans", []),
        ("Dec 25, 2026 and Sept. 3", "zh-Hans", ["2026年12月25日", "9月3日"]),
        ("between 1-3 May", "zh-Hans", ["5月1日至3日"]),
        ("Model AM1985.12 and B2", "zh-Hans", ["AM1985.12", "B2"]),
        ("Room 4 has 3 chairs", "zh-Hans", []),
        ("£12–£15, 20% off, 2.5 km", "zh-Hans", ["£12–£15", "20%", "2.5 km"]),
        ("I ate 3 apples 🍎", "zh-Hans", ["🍎"]),
        ("", "en", []),
    ],
)
def test_pieces_of_a_text(text: str, target: str, pieces: list[str]) -> None:
    assert shown(text, target) == pieces


@pytest.mark.parametrize(
    ("text", "target", "pieces"),
    [
        ("SILK AND SALT", "zh-Hans", ["丝与盐"]),
        ("Silk and Salty", "zh-Hans", []),
        ("the boathouse cafe", "zh-Hant", ["船屋咖啡廳"]),
        ("在絲與鹽展", "en", ["Silk and Salt"]),
        ("Members’ evening", "zh-Hans", ["会员之夜"]),
        ("the box office and 售票處", "zh-Hans", ["售票台", "售票台"]),
        ("Lantern  Street, lantern street", "zh-Hans", ["Lantern Street"]),
    ],
)
def test_terms_of_a_text(text: str, target: str, pieces: list[str], glossary: Glossary) -> None:
    assert shown(text, target, glossary) == pieces


def test_a_placeholder_of_the_text_itself_is_not_taken_for_ours() -> None:
    assert usable("Locker ZQ1X") == [NOTE]
    assert usable("see note [901]") == [CODE]
    assert usable("ZQ1X [901]") == []


@pytest.mark.parametrize("shape", SHAPES)
def test_each_placeholder_must_come_back_once(shape: object) -> None:
    assert shape in SHAPES
    for each in SHAPES:
        a, b = each.of(0), each.of(1)
        assert put_back(f"{b} 在 {a}", each, ["one", "two"], False) == "two 在 one"
        for answer in (a, f"{a} {a} {b}", f"{a} {b} {each.of(2)}", ""):
            assert put_back(answer, each, ["one", "two"], False) is None
        assert put_back(f"at{a}and", each, ["10:30"], True) == "at 10:30 and"


def test_without_placeholders_each_piece_counts_as_often_as_it_was_said() -> None:
    pieces = find("£5 or £5, D-1001", "zh-Hans", Glossary())
    assert kept("£5 或 £5，d-1001", pieces) == "£5 或 £5，D-1001"
    for lost in ("£5，D-1001", "£55 或 £5，D-1001", "£5 £5 D-10012", "5 5 1001"):
        assert kept(lost, pieces) is None


def test_without_placeholders_words_get_the_readers_form(glossary: Glossary) -> None:
    pieces = find("The Information Desk on 3 May", "zh-Hans", glossary)
    assert kept("这 information desk 于 3 May", pieces) == "这 服务台 于 5月3日"
    assert kept("服务台，5月3日", pieces) == "服务台，5月3日"


ALPHABET = "abz ZQX[]09８.,:：/-–£¥点半月日年上午下午一三十展票😊\n@+()iouwhtps"


@given(st.text(ALPHABET, max_size=200), st.sampled_from(["en", "zh-Hans"]))
@settings(max_examples=300, deadline=None)
def test_pieces_lie_in_order_and_apart_in_any_text(text: str, target: str) -> None:
    pieces = find(text, target, Glossary())
    end = 0
    for piece in pieces:
        assert end <= piece.start < piece.end <= len(text)
        assert text[piece.start : piece.end] == piece.text
        end = piece.end
    left = between(text, pieces)
    assert len(left) == len(text) - sum(len(p.text) - 1 for p in pieces)


class Reversed:
    """Says the words of a line the other way round, and keeps every code."""

    async def translate(self, text: str, source: str, target: str) -> Translation | None:
        lines = [" ".join(reversed(line.split())) for line in text.split("\n")]
        return Translation("\n".join(lines), target, "reversed")


@given(
    st.lists(
        st.sampled_from([s.text for s in sentences()] + ["", "- one", "2. 二", "👍", "  "]),
        min_size=1,
        max_size=4,
    ),
    st.sampled_from(["en", "zh-Hans", "zh-Hant"]),
)
@settings(max_examples=80, deadline=None)
async def test_lines_and_pieces_of_any_texts_survive(
    glossary: Glossary, texts: list[str], target: str
) -> None:
    text = "\n".join(texts)
    wording = Wording(Reversed(), glossary, lambda words, _: words)
    found = await wording.translate(text, "und", target)
    assert found is not None
    assert found.text.count("\n") == text.count("\n")
    folded = "".join(found.text.split()).casefold()
    for line in text.split("\n"):
        for piece in find(line, target, glossary):
            assert "".join(piece.shown.split()).casefold() in folded


@pytest.mark.parametrize(
    "unit", ["1", "1 ", "1,", "1-", "a.", "a", "£1-", "1点", "(1)", "[9", "月1"]
)
def test_no_text_takes_long(unit: str) -> None:
    text = (unit * 3000)[:3000]
    begun = time.process_time()
    find(text, "en", Glossary())
    find(text, "zh-Hans", Glossary())
    assert time.process_time() - begun < 2
