"""What `/docent` was asked for, however it was typed."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from standins.slack_blocks import check_blocks

from bot.desk.commands import (
    FIND,
    HELP,
    LIST,
    NO_DEPARTMENT,
    SAY,
    UNKNOWN,
    Command,
    help_post,
    hint_for,
    read_command,
)
from bot.desk.finding import read_query

DEPARTMENTS: Any = [
    SimpleNamespace(id="ticketing", name="Ticketing"),
    SimpleNamespace(id="lost_property", name="Lost property"),
    SimpleNamespace(id="learning", name="Families and learning 亲子"),
]


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("", Command(HELP)),
        ("help", Command(HELP)),
        ("帮助", Command(HELP)),
        ("open", Command(LIST)),
        ("OPEN  ", Command(LIST)),
        ("ｏｐｅｎ", Command(LIST)),
        ("open all", Command(LIST)),
        ("open mine", Command(LIST, "mine")),
        ("open overdue", Command(LIST, "overdue")),
        ("mine", Command(LIST, "mine")),
        ("overdue", Command(LIST, "overdue")),
        ("open ticketing", Command(LIST, department="ticketing")),
        ("open Lost Property", Command(LIST, department="lost_property")),
        ("open lost", Command(LIST, department="lost_property")),
        ("overdue families", Command(LIST, "overdue", "learning")),
        ("open kitchen", Command(NO_DEPARTMENT, text="kitchen")),
        ("open D-1005", Command(FIND, text="D-1005")),
        ("find D-1005", Command(FIND, text="D-1005")),
        ("d-1005", Command(FIND, text="d-1005")),
        ("find 围巾 scarf", Command(FIND, text="围巾 scarf")),
        ("查找 围巾", Command(FIND, text="围巾")),
        ("find", Command(HELP)),
        ("say 今天闭馆 closed today", Command(SAY, text="今天闭馆 closed today")),
        ("say --today 今天 closed", Command(SAY, text="今天 closed", today=True)),
        ("say —today closed", Command(SAY, text="closed", today=True)),
        ("say --today\tclosed", Command(SAY, text="closed", today=True)),
        ("say\nline one\nline two", Command(SAY, text="line one\nline two")),
        ("say", Command(SAY)),
        ("opne", Command(UNKNOWN, text="opne")),
        ("你好 hello", Command(UNKNOWN, text="你好 hello")),
    ],
)
def test_reading(typed: str, command: Command) -> None:
    assert read_command(typed, DEPARTMENTS) == command


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("opne", "“opne” is no command. Did you mean: /docent open?"),
        ("fnd D1", "“fnd D1” is no command. Did you mean: /docent find?"),
        ("你好", "“你好” is no command."),
        ("open 厨房 kitchen", "There is no department “厨房 kitchen”. There are: Ticketing, "),
    ],
)
def test_the_nearest_command_is_named(typed: str, hint: str) -> None:
    assert hint_for(read_command(typed, DEPARTMENTS), DEPARTMENTS).startswith(hint)


def test_what_was_typed_cannot_ping_or_format() -> None:
    post = help_post(hint_for(read_command("<!here> *x*", DEPARTMENTS), DEPARTMENTS))
    check_blocks(post.blocks)
    assert post.blocks[0]["text"]["type"] == "plain_text"
    assert "<!here>" not in str(post)


def test_the_help_names_every_command() -> None:
    post = help_post()
    check_blocks(post.blocks)
    for word in ("open", "mine", "overdue", "find", "say", "say --today"):
        assert f"`/docent {word}" in str(post.blocks)


@pytest.mark.parametrize(
    ("typed", "ref"),
    [
        ("D-1005", "D-1005"),
        ("d 1005", "D-1005"),
        ("D—1005", "D-1005"),
        ("#1005", "D-1005"),
        ("case D-1005", "D-1005"),
        ("Ｄ－１００５", "D-1005"),
        ("「D-1005」", "D-1005"),
        ("100", ""),
        ("D-1005 scarf", ""),
        ("我的 D-1005", ""),
    ],
)
def test_a_reference_is_known(typed: str, ref: str) -> None:
    assert read_query(typed).ref == ref


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("grey scarf", (("grey",), ("scarf",))),
        ("围巾", (("围巾", "圍巾"),)),
        ("圍巾 scarf!", (("圍巾", "围巾"), ("scarf",))),
        ("  ", ()),
        ("a b c d e f g h i j", tuple((each,) for each in "abcdefgh")),
    ],
)
def test_words_are_looked_for_in_both_scripts(
    typed: str, words: tuple[tuple[str, ...], ...]
) -> None:
    assert read_query(typed).words == words
