"""A visitor with a phone and staff at the web desk, in a real browser, without Slack."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pages.checks import complaints
from pages.conftest import DESKTOP, PHONE
from standins.wire import call

from bot.config import ROOT

from .browsing import chromium, in_browser_thread, visit
from .program import Program
from .waiting import until
from .words import Words, ref_in

__all__ = ["chromium", "visit"]

UNDO_SECONDS = 5
PASSWORD = "moonlight over the quay"
PICTURES = ROOT / "docs" / "img"
VAGUE = ("can i bring it", "umbrella", "where can i put", "is there a")
OTHERS = ("你好，我要转人工客服", "Could I speak to a real person please?")
REPLY = "Yes, school groups are welcome. Shall I book Tuesday at ten for you?"


@pytest.fixture(scope="module")
def docent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """The program as it is tried first: web chat and web desk, no account anywhere."""
    folder = tmp_path_factory.mktemp("walk")
    program = Program(folder, {"DESK_UNDO_SECONDS": str(UNDO_SECONDS)})
    try:
        program.start()
        yield program
    finally:
        program.kill()


def picture(page: Any, name: str) -> None:
    """Takes a picture for the documentation, where that is asked for."""
    if os.environ.get("DOCENT_PICTURES") == "1":
        page.wait_for_timeout(400)
        page.screenshot(path=PICTURES / f"{name}.png")


def asks(page: Any, text: str, kind: str = "bot") -> str:
    """Lets the visitor write, and returns the next message of that kind."""
    before = page.locator(f".message.{kind}").count()
    page.fill("#message", text)
    page.press("#message", "Enter")
    return newest(page, kind, before)


def newest(page: Any, kind: str, before: int) -> str:
    """Returns the message of that kind that comes after so many."""
    place = page.locator(f".message.{kind}").nth(before)
    place.wait_for()
    return str(place.locator(".text").inner_text())


def same(told: str, wanted: str) -> bool:
    """Tells whether a page shows a text; it lays out blank lines in its own way."""
    return told.split() == wanted.split()


def writes_from_elsewhere(docent: Program, text: str) -> None:
    """Lets another visitor write, without a browser."""
    opened = call("POST", f"{docent.url}/webhooks/web/session")
    headers = {
        "Cookie": opened.headers["set-cookie"].partition(";")[0],
        "Content-Type": "application/json",
    }
    body = json.dumps({"id": "elsewhere-1", "text": text}).encode()
    address = f"{docent.url}/webhooks/web/webhook"
    assert call("POST", address, body, headers).status == 200


def at_desk(visit: Callable[..., Any], docent: Program, name: str, **options: Any) -> Any:
    """Opens the desk for somebody whose name this browser asks for."""
    page = visit(docent.url, "/desk", viewport=DESKTOP, **options)
    page.fill("#name", name)
    page.keyboard.press("Enter")
    page.wait_for_selector(f"#who-name:has-text('{name}')")
    return page


def writes(page: Any, text: str, button: str) -> None:
    """Lets staff write and press a button."""
    page.fill("#words", text)
    page.get_by_role("button", name=button, exact=True).click()


@in_browser_thread
def test_a_visitor_and_staff_meet(
    visit: Callable[..., Any], docent: Program, words: Words
) -> None:
    visitor = visit(docent.url, "/", viewport=PHONE)
    assert same(asks(visitor, "Can I take photos?"), words.answer("photography", "en"))
    hours = asks(visitor, "Are you open on Tuesday?")
    assert same(hours, words.hours("Are you open on Tuesday?", "en"))
    picture(visitor, "chat-phone")
    assert same(asks(visitor, "有语音导览吗"), words.answer("audio_guide", "zh-Hans"))
    picture(visitor, "chat-phone-zh")
    assert same(asks(visitor, "Can I take photos?"), words.answer("photography", "en"))
    question = "I would like to speak to a person about a school visit."
    ref = ref_in(asks(visitor, question, "system"))

    for text in OTHERS:
        writes_from_elsewhere(docent, text)
    desk = at_desk(visit, docent, "Mei")
    desk.wait_for_selector(f".row >> nth={len(OTHERS)}")
    desk.click(f"[data-ref='{ref}']")
    desk.get_by_role("button", name="Claim", exact=True).click()
    desk.wait_for_selector(".state-badge:has-text('Claimed')")
    assert same(newest(visitor, "system", 1), words.say("claimed", "en", name="Mei"))
    desk.get_by_label("Note (stays here)").check()
    writes(desk, "Ask Tom for the group price.", "Save note")
    desk.wait_for_selector(".entry.note:has-text('Ask Tom')")
    desk.get_by_label("Reply to visitor").check()
    writes(desk, REPLY, "Send")
    desk.wait_for_selector(".fate:has-text('Sending in')")
    desk.wait_for_selector(".entry.staff .fate:has-text('Sent')")
    assert newest(visitor, "staff", 0) == REPLY
    writes(desk, "备注：先查一下", "Send")
    desk.wait_for_selector(".outcome:has-text('Kept as a note, not sent.')")
    picture(desk, "desk")
    visitor.fill("#message", "Tuesday is perfect, thank you!")
    visitor.press("#message", "Enter")
    desk.wait_for_selector(".entry.visitor:has-text('Tuesday is perfect')")
    desk.get_by_role("button", name="Resolve").click()
    desk.wait_for_selector(".state-badge:has-text('Resolved')")
    assert same(newest(visitor, "system", 2), words.say("closed", "en"))

    shown = visitor.locator(".message .text").all_inner_texts()
    assert not [text for text in shown if "Ask Tom" in text or "先查" in text]
    visitor.reload()
    visitor.wait_for_selector(".message.staff")
    assert visitor.locator(".message .text").all_inner_texts() == shown
    assert same(asks(visitor, "How much is the audio guide?"), words.answer("audio_guide", "en"))
    assert complaints(visitor) == {}
    [case] = [c for c in docent.lines("cases", "--state", "resolved") if c["ref"] == ref]
    assert (case["owner"], case["channel"]) == ("Mei", "web")


@in_browser_thread
def test_a_vague_word_gets_buttons_that_answer(
    visit: Callable[..., Any], docent: Program, words: Words
) -> None:
    page = visit(docent.url, "/", viewport=PHONE)
    for text in VAGUE:
        asks(page, text)
        if page.locator(".choice:enabled").count():
            break
    else:
        pytest.fail(f"none of {VAGUE} is vague any more: choose other words")
    label = page.locator(".choice:enabled").first.inner_text()
    before = page.locator(".message.bot").count()
    page.locator(".choice:enabled").first.click()
    assert same(newest(page, "bot", before), words.answer(words.topic_of(label, "en"), "en"))
    assert page.locator(".message.visitor .text").last.inner_text() == label
    assert page.locator(".choice:enabled").count() == 0


@in_browser_thread
def test_a_reply_can_be_taken_back(visit: Callable[..., Any], docent: Program) -> None:
    visitor = visit(docent.url, "/", viewport=PHONE, locale="zh-TW")
    ref = ref_in(asks(visitor, "我要轉真人客服", "system"))
    desk = at_desk(visit, docent, "Anna")
    desk.click(f"[data-ref='{ref}']")
    writes(desk, "Wrong person, sorry.", "Claim and send")
    desk.get_by_role("button", name="Undo").click()
    desk.wait_for_selector(".fate:has-text('Undone, never sent')")
    assert desk.input_value("#words") == "Wrong person, sorry."
    writes(desk, "請稍等。", "Send")
    assert newest(visitor, "staff", 0) == "請稍等。"
    assert visitor.locator(".message:has-text('Wrong person')").count() == 0
    [case] = [c for c in docent.lines("cases") if c["ref"] == ref]
    rows = docent.lines("log", case["conversation_id"])
    states = {row["text"]: row["state"] for row in rows if row["author"] == "staff"}
    assert states == {"Wrong person, sorry.": "cancelled", "請稍等。": "sent"}
    desk.get_by_role("button", name="Back to bot").click()
    desk.wait_for_selector(".state-badge:has-text('Back to bot')")


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "museum.example"},
        {"Host": "museum.example:5005"},
        {"X-Forwarded-For": "203.0.113.7"},
        {"Forwarded": "for=203.0.113.7"},
    ],
    ids=str,
)
@pytest.mark.parametrize("path", ["/desk", "/desk/api/cases"])
def test_without_a_password_the_desk_is_for_this_machine(
    docent: Program, path: str, headers: dict[str, str]
) -> None:
    assert call("GET", f"{docent.url}{path}", headers=headers).status == 403
    assert call("GET", f"{docent.url}{path}").status == 200


def test_another_sites_page_changes_nothing(docent: Program) -> None:
    body = json.dumps({"by": "Eve"}).encode()
    answer = call("POST", f"{docent.url}/desk/api/cases/D-1001/claim", body)
    assert answer.status == 403
    headers = {"Content-Type": "application/json", "Origin": "https://evil.example"}
    message = json.dumps({"id": "12345678", "text": "hi"}).encode()
    web = f"{docent.url}/webhooks/web/webhook"
    assert call("POST", web, message, headers).status == 403


@in_browser_thread
def test_with_a_password_one_signs_in_first(
    visit: Callable[..., Any], started: Callable[..., Program]
) -> None:
    program = started(DESK_PASSWORD=PASSWORD)
    api = f"{program.url}/desk/api/cases"
    assert call("GET", f"{program.url}/desk").status == 401
    assert call("GET", api).status == 401
    for cookie in ("docent_desk=9999999999.0", "docent_desk=9999999999.\xe9"):
        assert call("GET", api, headers={"Cookie": cookie}).status == 401
    page = visit(program.url, "/desk", expect_errors=True)
    page.fill("#password", "guessed")
    page.keyboard.press("Enter")
    page.wait_for_selector("#wrong:visible")
    page.fill("#password", PASSWORD)
    page.click("text=Sign in")
    page.wait_for_selector("text=Nobody is waiting.")
    kept = page.context.cookies()[0]
    assert (kept["httpOnly"], kept["sameSite"]) == (True, "Strict")
    headers = {"Cookie": f"{kept['name']}={kept['value']}", "Host": "museum.example"}
    assert call("GET", api, headers=headers).status == 200
    until(lambda: PASSWORD not in program.log(), "the password to stay out of the log", 1)
