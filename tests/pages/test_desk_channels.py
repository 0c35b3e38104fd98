"""What the staff desk tells of the channels: one that broke, and what came later to a message."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from .backend import Backend, iso
from .checks import complaints
from .conftest import DESKTOP, PHONE

BROKEN = [
    "Messenger does not work. Messenger answered 401, code 190. The page token is no longer valid:"
    " renew MESSENGER_PAGE_TOKEN.",
    "微信 WeChat does not work. 40125 invalid appsecret. Copy WECHAT_APP_SECRET again.",
]


@pytest.fixture
def desk(visit: Callable[..., Any], backend: Backend) -> Callable[..., Any]:
    """The desk with one case of a visitor who sends all kinds of things."""
    backend.open_case("D-1", "陈晓梅", "请问我的伞找到了吗？", channel="wechat")

    def open_desk(**options: Any) -> Any:
        page = visit("/desk", **options)
        page.click("[data-ref=D-1]")
        page.wait_for_selector(".entry")
        return page

    return open_desk


def entry(page: Any) -> Any:
    return page.locator(".entry").last


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_broken_channel_is_told_until_it_is_mended(
    desk: Callable[..., Any], backend: Backend, viewport: dict[str, int], scheme: str
) -> None:
    page = desk(viewport=viewport, color_scheme=scheme)
    assert not page.locator("#broken").is_visible()
    backend.broken = BROKEN
    backend.touch()
    page.wait_for_selector("#broken li")
    assert page.locator("#broken li").all_inner_texts() == BROKEN
    assert page.locator("#broken").is_visible()
    assert complaints(page) == {}
    page.evaluate("document.querySelector('#broken li').dataset.mark = 'same'")
    backend.touch()
    page.wait_for_timeout(300)
    assert page.locator("#broken li[data-mark=same]").count() == 1
    backend.broken = []
    backend.touch()
    page.wait_for_selector("#broken", state="hidden")


@pytest.mark.parametrize("text", ["", "看看 look"])
def test_what_was_sent_with_the_words_is_named(
    desk: Callable[..., Any], backend: Backend, text: str
) -> None:
    page = desk()
    sent = [
        "picture",
        "voice message, 12 s",
        "file 订单 booking.pdf, 120 kB",
        "place: 51.5, -0.12",
    ]
    backend.add("D-1", "in", "visitor", text, attachments=sent)
    page.wait_for_selector(".attached")
    assert entry(page).locator(".attached li").all_inner_texts() == [f"📎 {each}" for each in sent]
    assert entry(page).locator(".text").all_inner_texts() == ([text] if text else [])


def test_what_was_changed_later_stands_below_the_words(
    desk: Callable[..., Any], backend: Backend
) -> None:
    page = desk()
    versions = [{"at": iso(), "text": "周一 Monday?"}, {"at": iso(), "text": None}]
    backend.add("D-1", "in", "visitor", "周日 Sunday?", versions=versions)
    page.wait_for_selector(".changes")
    first, second = entry(page).locator(".changes li").all_inner_texts()
    assert first.startswith("Changed ")
    assert first.endswith("周一 Monday?")
    assert second.startswith("Taken back ")
    assert entry(page).locator(".text").first.inner_text() == "周日 Sunday?"
    assert complaints(page) == {}


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"state": "sent"}, "Sent"),
        ({"state": "sent", "receipt": "sent"}, "Sent"),
        ({"state": "sent", "receipt": "delivered"}, "Delivered"),
        ({"state": "sent", "receipt": "read"}, "Read"),
        ({"state": "dead", "receipt": "sent", "reason": "blocked"}, "Not delivered: blocked"),
        ({"state": "waiting", "reason": "closed"}, "Waits until the visitor writes: closed"),
    ],
)
def test_the_fate_of_a_reply(
    desk: Callable[..., Any], backend: Backend, values: dict[str, str], words: str
) -> None:
    page = desk()
    backend.add("D-1", "out", "staff", "找到了 found", author_name="Mei", **values)
    page.wait_for_selector(".fate")
    assert entry(page).locator(".fate-text").inner_text() == words


def test_a_reply_that_waits_can_be_taken_back(desk: Callable[..., Any], backend: Backend) -> None:
    backend.act("D-1", "claim", {"by": "Mei"})
    backend.add("D-1", "out", "staff", "找到了 found", author_name="Mei", state="waiting")
    page = desk()
    page.get_by_role("button", name="Undo").click()
    page.wait_for_selector(".entry[data-state=cancelled]")
    expect(page.locator("#words")).to_have_value("找到了 found")


def test_a_reaction_is_shown(desk: Callable[..., Any], backend: Backend) -> None:
    page = desk()
    backend.add("D-1", "out", "bot", "十点 at ten", state="sent", reaction="❤️")
    page.wait_for_selector(".later")
    assert entry(page).locator(".later").inner_text() == "Reaction: ❤️"


def test_a_case_that_is_opened_by_its_address_knows_its_department(
    visit: Callable[..., Any], backend: Backend
) -> None:
    backend.open_case("D-1", "陈晓梅", "请问我的伞找到了吗？")
    page = visit("/desk#/D-1")
    page.wait_for_selector("#department option[value=access]", state="attached")
    assert page.input_value("#department") == "visitor_services"
