"""Answers to "Were you content?": numbers, emoji and words; and what is none."""

from __future__ import annotations

import pytest

from bot.config import ROOT
from bot.content.museum import load_museum
from bot.desk.mood import MoodReader, mood_reader
from bot.desk.rating_words import asks, comments, rated


@pytest.fixture(scope="module")
def reader() -> MoodReader:
    return mood_reader(load_museum(ROOT / "data" / "museum.yml"))


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("5", 5),
        ("４", 4),
        ("3!", 3),
        ("2/5", 2),
        ("10/10", 5),
        ("7 / 10", 4),
        ("4 stars", 4),
        ("5分", 5),
        ("四星", 4),
        ("五颗星", 5),
        ("⭐⭐⭐", 3),
        ("0", 1),
        ("😀", 5),
        ("👍", 4),
        ("😐", 3),
        ("🙁", 2),
        ("😡😡", 1),
        ("😀 Yes, very", 5),
        ("🙂 Mostly", 4),
        ("🙁 Not really", 2),
        ("😀 很满意", 5),
        ("🙂 基本满意", 4),
        ("🙂 大致滿意", 4),
        ("🙁 不太滿意", 2),
        ("Very satisfied, thanks!", 5),
        ("yes thank you", 4),
        ("Yes", 4),
        ("it was ok I guess", 3),
        ("so-so", 3),
        ("not bad", 3),
        ("no", 2),
        ("Not really.", 2),
        ("not at all", 1),
        ("terrible", 1),
        ("很满意谢谢", 5),
        ("非常滿意，謝謝你們", 5),
        ("满意", 4),
        ("挺好的", 4),
        ("不错", 4),
        ("还行", 3),
        ("還可以吧", 3),
        ("一般般", 3),
        ("不太好", 2),
        ("不满意", 2),
        ("很不满意", 1),
        ("太差了", 1),
        ("very 满意", 5),
        ("OK吧 还行", 3),
    ],
)
def test_an_answer_is_understood(reader: MoodReader, text: str, score: int) -> None:
    found = rated(text, reader)
    assert found is not None
    assert (found.score, found.words, found.asks) == (score, None, False)


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("Very, Ana was so patient with me", 5),
        ("5, but the queue was long", 5),
        ("not really, nobody called me back", 2),
        ("很满意，王老师特别耐心", 5),
        ("還行，就是等太久", 3),
        ("不太满意。你们没有回答我的问题", 2),
        ("You were all wonderful", 5),
        ("等了半天也没人理，很失望", 2),
        ("totally useless and rude", 1),
        ("超 nice，帮了大忙", 5),
    ],
)
def test_words_beside_an_answer_are_kept(reader: MoodReader, text: str, score: int) -> None:
    found = rated(text, reader)
    assert found is not None
    assert (found.score, found.words, found.asks) == (score, text, False)


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("Very happy, thanks. What time do you open tomorrow?", 5),
        ("满意，另外请问明天几点开门？", 4),
        ("👍 yes, and can I bring my dog", 4),
    ],
)
def test_a_question_beside_an_answer_is_to_be_answered(
    reader: MoodReader, text: str, score: int
) -> None:
    found = rated(text, reader)
    assert found is not None
    assert (found.score, found.asks) == (score, True)


@pytest.mark.parametrize(
    "text",
    [
        "What time do you open tomorrow?",
        "opening hours tomorrow",
        "I want to speak to a person, this is awful",
        "is the Angry Birds exhibition good?",
        "thanks",
        "ok",
        "30",
        "2 adults",
        "19:30",
        "D-1004",
        "My brother is unconscious in gallery 4",
        "谢谢",
        "好的",
        "明天几点开门",
        "转人工",
        "我要投诉！！！退钱",
        "门票",
        "可以带狗吗",
        "有 wifi 吗",
        "refund 什么时候到账",
        "",
        "x" * 500,
    ],
)
def test_anything_else_is_no_answer(reader: MoodReader, text: str) -> None:
    assert rated(text, reader) is None


@pytest.mark.parametrize(
    ("text", "score", "is_comment"),
    [
        ("Nobody ever wrote back to me about the scarf", 2, True),
        ("等了两个星期都没有人回复", 2, True),
        ("个 form 填了三次都 error", 2, True),
        ("opening hours tomorrow", 2, False),
        ("门票", 2, False),
        ("what are the opening hours", 2, False),
        ("请帮我转人工", 2, False),
        ("ok thanks", 2, False),
        ("Ana was lovely and so kind", 5, True),
        ("王老师特别耐心", 5, True),
        ("tickets for the samurai exhibition on Sunday", 5, False),
        ("周日的武士刀特展的门票两张", 5, False),
        ("help he collapsed and is not breathing", 2, False),
    ],
)
def test_a_comment_is_told_from_a_question(
    reader: MoodReader, text: str, score: int, is_comment: bool
) -> None:
    assert comments(text, score, reader) is is_comment


@pytest.mark.parametrize("text", ["where is it", "几点", "好玩吗", "can I pay by 支付宝"])
def test_a_question_asks(text: str) -> None:
    assert asks(text)
