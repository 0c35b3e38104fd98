"""The pictures in docs/img are drawn from blocks: nothing is left out, and nothing runs."""

from __future__ import annotations

import pytest

from bot.desk.elements import actions, button, context, markup, plain, section

from .block_kit import home_page, message_page

MENU = {
    "type": "static_select",
    "placeholder": plain("Department", 50),
    "initial_option": {"text": plain("票务 Ticketing", 50), "value": "t"},
}


@pytest.mark.parametrize(
    ("block", "drawn"),
    [
        ({"type": "header", "text": plain("D-1001 · 陈晓梅", 150)}, "<h2>D-1001 · 陈晓梅</h2>"),
        (section("<b> & *no bold* 你好"), "<div>&lt;b&gt; &amp; *no bold* 你好</div>"),
        (context(markup("*bold* `/docent` :eyes:")), "<b>bold</b> <code>/docent</code> 👀"),
        (context(markup("by <!date^17^{time}|11:53>")), "by 11:53"),
        (context(markup("<https://a.example|here>")), '<a href="https://a.example">here</a>'),
        (actions([button("Claim", "c", "1", "primary")]), '"button primary">Claim<'),
        (actions([MENU]), ">票务 Ticketing<"),
        (actions([{"type": "overflow", "options": []}]), "⋯"),
        ({"type": "divider"}, "<hr>"),
        ({**section("words"), "accessory": button("Open thread", "o", "1")}, ">Open thread<"),
    ],
)
def test_drawing(block: dict[str, object], drawn: str) -> None:
    assert drawn in home_page([block])
    assert drawn in message_page([[block]], "desk", only_you=True)


def test_a_block_that_is_not_known_is_no_blank() -> None:
    with pytest.raises(KeyError):
        home_page([{"type": "video"}])
