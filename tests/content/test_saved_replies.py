"""Saved replies: ours are in order, and each slip is named with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import ROOT
from bot.content.lint import lint
from bot.content.saved_replies import load_saved_replies, saved_reply_problems
from bot.content.voice import load_voice
from bot.desk.replies import never_sent
from bot.errors import ContentError

VOICE = load_voice(ROOT / "data")
OURS = ROOT / "data" / "replies.yml"
GOOD = """\
replies:
  - id: hello
    title: Hello
    en: "Hello, this is [[name]]."
    zh: "您好，这里是[[name]]。"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "replies.yml"
    path.write_text(text, encoding="utf-8")
    return path


def problem(path: Path) -> str:
    [found] = saved_reply_problems(path, VOICE.museum)
    return str(found)


def test_ours_are_in_order_short_and_may_be_sent() -> None:
    replies = load_saved_replies(OURS, VOICE.museum)
    assert len(replies) >= 12
    for reply in replies:
        told = [reply.words(each, VOICE) for each in ("en", "zh-Hans", "zh-Hant")]
        assert len(set(told)) == 3, reply.id
        assert all(never_sent(words) is None for words in told), reply.id
        assert not any("[[" in words for words in told), reply.id
        assert max(map(len, told)) <= 300, reply.id
        assert "你" not in told[1].replace("你们", ""), reply.id


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Hello, this is Aldermere Museum."),
        ("zh-Hans", "您好，这里是奥德米尔博物馆。"),
        ("zh-Hant", "您好，這裡是奧德米爾博物館。"),
    ],
)
def test_a_reader_gets_facts_and_their_own_script(
    tmp_path: Path, language: str, words: str
) -> None:
    [reply] = load_saved_replies(written(tmp_path, GOOD), VOICE.museum)
    assert reply.words(language, VOICE) == words


def test_no_file_is_no_replies(tmp_path: Path) -> None:
    assert load_saved_replies(tmp_path / "none.yml", VOICE.museum) == ()


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("replies:", "answers:", 1, "holds no replies"),
        ("    title: Hello\n", "", 2, "has no title"),
        ("    title: Hello\n", "    title: Hello\n    zh-Hant: 您\n", 4, "unknown key zh-Hant"),
        ("[[name]]。", "[[nam]]。", 5, "[[nam]] is no fact"),
        ('"您好，这里是[[name]]。"', '"Hello"', 5, "the Chinese text is not in Chinese"),
        ('"Hello, this is [[name]]."', '"您好。"', 4, "the English text is not in English"),
        ("title: Hello", f"title: {'x' * 76}", 3, "more than 75 characters"),
        ("title: Hello", "title: ''", 2, "has no title"),
        ("- id: hello", "- 好", 2, ""),
    ],
)
def test_each_slip_is_named_with_its_line(
    tmp_path: Path, old: str, new: str, line: int, words: str
) -> None:
    path = written(tmp_path, GOOD.replace(old, new, 1))
    if words:
        assert f"replies.yml:{line}" in problem(path)
        assert words in problem(path)
    with pytest.raises(ContentError):
        load_saved_replies(path, VOICE.museum)


@pytest.mark.parametrize(
    ("text", "words"), [("字" * 700, "bytes, too many for WeChat"), ("字" * 2001, "characters")]
)
def test_what_is_too_long_for_a_channel_is_named(tmp_path: Path, text: str, words: str) -> None:
    assert words in problem(written(tmp_path, GOOD.replace("您好，这里是[[name]]。", text)))


def test_an_id_stands_once(tmp_path: Path) -> None:
    again = GOOD.removeprefix("replies:\n")
    assert "the id hello stands already at" in problem(written(tmp_path, GOOD + again))


def test_lint_names_the_line(data: Path) -> None:
    written(data, GOOD.replace("[[name]]。", "[[nam]]。"))
    found = [str(each) for each in lint(data, VOICE.museum).problems]
    assert any(each.startswith("data/replies.yml:5:") for each in found)
