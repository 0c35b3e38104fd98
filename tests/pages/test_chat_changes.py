"""What a colleague edits or deletes after it was sent changes on the chat page, in a browser."""

from __future__ import annotations

from typing import Any

import pytest


def staff(page: Any) -> list[str]:
    """What the page shows of staff's words."""
    return page.locator(".message.staff .text").all_inner_texts()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("We close at 3", "We close at 5: https://museum.example/hours"),
        ("我们三点闭馆", "我们五点闭馆：https://museum.example/hours"),
        ("3点 closed", "<b>5点</b> closed https://museum.example/hours"),
    ],
)
def test_a_message_says_the_new_words_and_goes_away(visit, backend, before, after):
    page = visit()
    page.fill("#message", "when do you close?")
    page.press("#message", "Enter")
    page.wait_for_selector(".message.bot")
    backend.tell("staff", before, author_name="Mei")
    page.wait_for_selector(".message.staff")
    assert staff(page) == [before]
    [conversation] = backend.conversations.values()
    seq = next(m["seq"] for m in conversation.messages if m["author"] == "staff")
    conversation.changes = [{"seq": seq, "text": after}]
    backend.tell("staff", "还有 more", author_name="Mei")
    page.wait_for_selector("text=还有 more")
    assert staff(page) == [after, "还有 more"]
    assert page.locator(".message.staff .text b").count() == 0
    assert page.locator(".message.staff .text a").count() == 1
    conversation.changes = [{"seq": seq, "text": None}, {"seq": 9999, "text": "unknown"}]
    backend.tell("staff", "再见 bye", author_name="Mei")
    page.wait_for_selector("text=再见 bye")
    assert staff(page) == ["还有 more", "再见 bye"]
