"""Short reactions: taken as thanks; a question, however short, is none."""

from __future__ import annotations

import pytest

from bot.nlu.reactions import is_reaction


@pytest.mark.parametrize(
    "text",
    [
        *("ok", "OK.", "great 👍", "👍", "🙏🏽", "❤️", "okay cool", "got it!", "lol ok", "i see"),
        *(
            "that's great",
            "好的",
            "哦哦",
            "知道了",
            "好的好的",
            "嗯嗯知道了",
            "收到～",
            "知道啦😊",
        ),
        *("ok好的", "明白了 👌", "原來如此", "瞭解了"),
    ],
)
def test_reactions(text: str) -> None:
    assert is_reaction(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "ok?",
            "yes",
            "no",
            "🚻",
            "🧳",
            "😡",
            "🖕",
            "👎",
            "ok so how much",
            "good friday",
        ),
        *(
            "great court",
            "is",
            "好的，那小孩呢",
            "可以停车",
            "可以吗",
            "wifi好的吗",
            "okapi",
            "👍" * 50,
        ),
    ],
)
def test_other_texts_are_none(text: str) -> None:
    assert not is_reaction(text)
