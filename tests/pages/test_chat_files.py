"""The paper-clip of the chat page, and files of staff in it, on a phone."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from standins import samples

from .checks import complaints
from .conftest import PHONE

PNG = samples.png()


def sent(name: str, mime: str, url: str | None = "/webhooks/web/files?id=3") -> dict[str, Any]:
    return {"name": name, "mime": mime, "size": 2048, "url": url}


def take(page: Any, status: int = 200) -> list[Any]:
    """Lets uploads be answered; returns what was uploaded, as it comes."""
    got: list[Any] = []

    def answer(route: Any) -> None:
        if route.request.method == "GET":
            return route.fulfill(status=200, body=PNG, content_type="image/png")
        got.append(route.request)
        return route.fulfill(status=status, json={"ok": status == 200})

    page.route("**/webhooks/web/files?*", answer)
    return got


def test_only_whoever_has_a_person_can_send_a_file(visit, backend):
    page = visit(viewport=PHONE)
    page.fill("#message", "hello")
    page.press("#message", "Enter")
    page.wait_for_selector(".message.bot")
    assert not page.locator("#attach").is_visible()
    backend.set_speaker("queued")
    page.wait_for_selector("#attach:visible")
    box = page.locator("#attach").bounding_box()
    assert min(box["width"], box["height"]) >= 44
    backend.set_speaker("bot")
    page.wait_for_selector("#attach", state="hidden")


def test_chosen_files_are_uploaded_as_they_are(visit, backend):
    page = visit(viewport=PHONE)
    got = take(page)
    page.fill("#message", "a person please")
    page.press("#message", "Enter")
    page.wait_for_selector(".message.bot")
    backend.set_speaker("human")
    page.wait_for_selector("#attach:visible")
    names = ["ticket.png", "门票.png", "票 ticket.png"]
    for name in names:
        with page.expect_response("**/webhooks/web/files?*"):
            page.set_input_files("#file", {"name": name, "mimeType": "image/png", "buffer": PNG})
        page.wait_for_selector("#file-note", state="hidden")
    queries = [parse_qs(urlsplit(request.url).query) for request in got]
    assert [query["name"] for query in queries] == [[name] for name in names]
    assert len({query["id"][0] for query in queries}) == 3
    assert [request.post_data_buffer for request in got] == [PNG] * 3
    assert {request.headers["content-type"] for request in got} == {"application/octet-stream"}


@pytest.mark.parametrize(
    ("language", "status", "size", "words"),
    [
        (
            "en",
            200,
            5 * 1024 * 1024 + 1,
            "This file is too large. Up to 5 MB can be sent.",
        ),
        ("zh-Hans", 415, 10, "只能发送图片或 PDF 文件。"),
        ("zh-Hant", 503, 10, "檔案未能送出，請再試一次。"),
    ],
)
def test_what_was_not_sent_says_why_in_the_visitors_language(
    visit, backend, language, status, size, words
):
    page = visit(viewport=PHONE, expect_errors=True)
    take(page, status)
    page.click(f"[data-language={language}]")
    page.fill("#message", "请转人工 a person")
    page.press("#message", "Enter")
    page.wait_for_selector(".message.bot")
    backend.set_speaker("human")
    page.wait_for_selector("#attach:visible")
    page.evaluate("document.querySelector('#file').removeAttribute('accept')")
    file = {"name": "x.bin", "mimeType": "application/x", "buffer": b"x" * size}
    page.set_input_files("#file", file)
    page.locator("#file-note:visible", has_text=words).wait_for()


def test_files_of_staff_are_shown_in_the_place_of_their_words(visit, backend):
    page = visit(viewport=PHONE)
    take(page)
    page.fill("#message", "hello")
    page.press("#message", "Enter")
    page.wait_for_selector(".message.bot")
    backend.tell("staff", "📎 票 ticket.pdf", files=[sent("票 ticket.pdf", "application/pdf")])
    backend.tell("staff", "📎 map.png", files=[sent("map.png", "image/png")])
    page.wait_for_selector(".staff .files img")
    link = page.locator(".staff .files a").first
    assert link.inner_text() == "票 ticket.pdf"
    assert link.get_attribute("download") == "票 ticket.pdf"
    assert page.locator(".staff .files img").get_attribute("alt") == "map.png"
    assert page.locator(".staff .text:visible").count() == 0
    assert complaints(page) == {}
