"""From the words of an action to the request that the desk works with."""

from __future__ import annotations

from typing import Any

import pytest

from bot.desk.people import Request
from bot.desk.requests import request_of, with_translations, words_to_read

TOLD = {"What was lost": "我的伞 umbrella", "Where and when": "昨天在二楼"}


@pytest.mark.parametrize(
    ("wanted", "request_"),
    [
        ({}, Request("speak_to_human")),
        ({"reason": "failure", "sentence": "x"}, Request("failure", "x")),
        ({"priority": "urgent"}, Request("speak_to_human", priority="urgent")),
        ({"priority": "very"}, Request("speak_to_human")),
        ({"department": "access"}, Request("speak_to_human", department="access")),
        ({"details": TOLD}, Request("speak_to_human", details=TOLD)),
        ({"details": {"a": " ", "b": "伞"}}, Request("speak_to_human", details={"b": "伞"})),
        ({"details": None, "question": "伞 lost"}, Request("speak_to_human", question="伞 lost")),
    ],
)
def test_request_of(wanted: dict[str, Any], request_: Request) -> None:
    assert request_of(wanted) == request_


def test_every_word_is_read_once() -> None:
    request = Request("lost_property", details=TOLD)
    assert words_to_read(request, "昨天在二楼") == ["昨天在二楼", "我的伞 umbrella"]
    assert words_to_read(request, " ") == ["我的伞 umbrella", "昨天在二楼"]


def test_translations_stand_by_their_labels_as_far_as_there_are_any() -> None:
    request = with_translations(
        Request("lost_property", details=TOLD), {"昨天在二楼": "yesterday upstairs"}
    )
    assert request.translations == {"Where and when": "yesterday upstairs"}
