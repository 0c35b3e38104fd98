"""The museum's answers outside a conversation: the same as the bot's, for every reader."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import pytest

from bot.config import ROOT
from bot.content.answers import answer, has_answer, written_responses
from bot.content.topics import topic_files
from bot.content.voice import load_voice

FAQ = ROOT / "data" / "nlu" / "faq"
VOICE = load_voice(ROOT / "data")
SUNDAY = datetime(2026, 11, 22, 9, tzinfo=timezone.utc)


def test_every_topic_has_an_answer_for_every_reader() -> None:
    responses = written_responses(FAQ)
    topics = [path.stem for path in topic_files(FAQ)]
    assert sorted(responses) == [f"utter_faq/{topic}" for topic in sorted(topics)]
    for topic in topics:
        told = [
            answer(topic, "?", each, VOICE, responses, SUNDAY)
            for each in ("en", "zh-Hans", "zh-Hant")
        ]
        assert all(told), topic
        assert len(set(told)) == 3, topic
        assert not any("[[" in words for words in told), topic


@pytest.mark.parametrize(
    ("topic", "text", "language", "words"),
    [
        ("parking", "where can I park", "en", "Tar Lane car park"),
        ("parking", "where can I park", "zh-Hant", "沒有自己的停車場"),
        ("opening_hours", "open tomorrow?", "en", "closed tomorrow"),
        ("opening_hours", "明天开门吗", "zh-Hans", "明天"),
        ("opening_hours", "tomorrow 開嗎", "zh-Hant", "明天"),
        ("admission_price", "exhibition ticket for a student", "en", "£9"),
        ("admission_price", "学生 特展 ticket", "zh-Hans", "£9"),
    ],
)
def test_an_answer_is_to_what_was_asked(topic: str, text: str, language: str, words: str) -> None:
    assert words in answer(topic, text, language, VOICE, written_responses(FAQ), SUNDAY)


def test_a_text_of_several_lines_is_one_question() -> None:
    responses = written_responses(FAQ)
    told = [
        answer("opening_hours", text, "en", VOICE, responses, SUNDAY)
        for text in ("tomorrow\nor on Friday 27 November?", "tomorrow or on Friday 27 November?")
    ]
    assert told[0] == told[1]


def test_what_is_no_topic_has_no_answer() -> None:
    responses = written_responses(FAQ)
    assert not has_answer("complaint", responses)
    assert answer("complaint", "no!", "en", VOICE, responses, SUNDAY) == ""


def test_a_broken_file_takes_none_of_the_others_with_it(tmp_path: Path) -> None:
    (tmp_path / "good.yml").write_text("nlu:\n\nresponses:\n  utter_faq/good:\n  - text: Yes\n")
    (tmp_path / "bad.yml").write_text("nlu:\n\nresponses:\n  utter_faq/bad: [\n")
    (tmp_path / "none.yml").write_text("nlu:\n")
    assert list(written_responses(tmp_path)) == ["utter_faq/good"]
