"""The staff desk, in a real browser against the stand-in server."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from .backend import iso
from .checks import complaints
from .conftest import DESKTOP, PHONE


@pytest.fixture
def desk(visit, backend):
    """The desk with three cases: one overdue in Chinese, one on time, one that is Anna's."""
    backend.open_case(
        "D-1",
        "陈晓梅",
        "请问讲解器有中文的吗？\n我带父母来。",
        channel="wechat",
        due_at=iso(-420),
        overdue=True,
    )
    backend.open_case("D-2", "James", "I left my umbrella.", channel="messenger", department=None)
    backend.open_case("D-3", "Lin", "School visits?", owner="Anna", state="claimed")
    first = backend.cases["D-1"]["messages"][0]
    first["translation"] = {
        "text": "Do you have audio guides in Chinese?",
        "language": "en",
        "engine": "googletrans",
    }

    def open_desk(case: str | None = None, **options: Any) -> Any:
        page = visit("/desk", **options)
        page.wait_for_selector(".row", state="attached")
        if case:
            page.click(f"[data-ref={case}]")
            page.wait_for_selector(".entry")
        return page

    return open_desk


def owned(backend: Any, ref: str) -> None:
    backend.act(ref, "claim", {"by": "Mei"})


def send(page: Any, text: str, button: str = "Send") -> None:
    page.fill("#words", text)
    page.get_by_role("button", name=button, exact=True).click()


def last(backend: Any, ref: str) -> dict[str, Any]:
    return backend.cases[ref]["messages"][-1]


def test_rows_show_what_staff_decide_by(desk):
    page = desk()
    row = page.locator("[data-ref=D-1]").inner_text()
    for fact in (
        "D-1",
        "陈晓梅",
        "WeChat",
        "简体中文",
        "overdue by 7 min",
        "Waiting 12 min",
        "Unclaimed",
        "Visitor services",
        "请问讲解器有中文的吗？",
    ):
        assert fact in row
    assert page.locator(".row").first.get_attribute("data-ref") == "D-1"
    assert page.locator(".row .overdue").count() == 1
    assert "due in" in page.locator("[data-ref=D-2]").inner_text()


def test_tabs_open_mine_and_closed(desk, backend):
    backend.act("D-2", "resolve", {"by": "Mei"})
    owned(backend, "D-1")
    page = desk()
    assert page.locator(".row").count() == 2
    page.get_by_role("tab", name="Mine").click()
    assert [row.get_attribute("data-ref") for row in page.locator(".row").all()] == ["D-1"]
    page.get_by_role("tab", name="Mine").press("ArrowRight")
    assert [row.get_attribute("data-ref") for row in page.locator(".row").all()] == ["D-1"]
    assert page.get_by_role("tab", name="Overdue 1").get_attribute("aria-selected") == "true"
    page.get_by_role("tab", name="Overdue").press("ArrowRight")
    page.wait_for_selector("[data-ref=D-2]")
    assert "Resolved" in page.locator("[data-ref=D-2]").inner_text()
    assert page.get_by_role("tab", name="Closed").get_attribute("aria-selected") == "true"


def test_the_case_shows_both_languages_and_what_the_bot_understood(desk):
    page = desk("D-1")
    head = page.locator(".case-head").inner_text()
    for fact in (
        "陈晓梅",
        "Unclaimed",
        "WeChat",
        "Audio guides 46 %",
        "Guided tours 31 %",
        "Languages 12 %",
        "Asked for a person",
    ):
        assert fact in head
    assert page.locator(".original .text").inner_text() == "请问讲解器有中文的吗？\n我带父母来。"
    assert page.locator(".original .text").get_attribute("lang") == "zh-Hans"
    assert page.locator(".translated").inner_text().split("\n\n") == [
        "English, translated by googletrans",
        "Do you have audio guides in Chinese?",
    ]


def test_without_a_translation_the_notice_is_shown(desk, backend):
    page = desk("D-1")
    backend.add("D-1", "in", "visitor", "三点到。", notice="Translation is not available.")
    page.wait_for_selector(".notice:has-text('Translation is not available.')")


def test_claim_then_reply_reaches_the_visitor(desk, backend):
    page = desk("D-1")
    page.get_by_role("button", name="Claim", exact=True).click()
    page.wait_for_selector(".state-badge:has-text('Claimed')")
    assert backend.cases["D-1"]["case"]["owner"] == "Mei"
    send(page, "Yes, we do.")
    page.wait_for_selector(".fate:has-text('Sending in')")
    page.wait_for_selector(".fate:has-text('Delivered')")
    expect(page.locator("#words")).to_have_value("")
    assert page.get_by_role("button", name="Claim", exact=True).count() == 0


def test_before_a_claim_sending_is_a_choice(desk, backend):
    page = desk("D-1")
    send(page, "Only for us.", "Keep as note")
    page.wait_for_selector(".entry.note")
    assert last(backend, "D-1")["direction"] == "note"
    send(page, "Yes, we do.", "Claim and send")
    page.wait_for_selector(".entry.staff")
    assert backend.cases["D-1"]["case"]["owner"] == "Mei"


def test_another_owners_case_asks_first(desk, backend):
    page = desk("D-3")
    assert "Anna is looking after this case." in page.locator(".hint").inner_text()
    page.fill("#words", "We will check.")
    page.press("#words", "Control+Enter")
    assert page.evaluate("document.activeElement.textContent") == "Send anyway"
    assert last(backend, "D-3")["author"] == "visitor"
    page.keyboard.press("Enter")
    page.wait_for_selector(".entry.staff")
    assert backend.cases["D-3"]["case"]["owner"] == "Anna"


def test_a_claim_lost_meanwhile_keeps_the_text_and_asks(desk, backend):
    owned(backend, "D-2")
    page = desk("D-2")
    page.wait_for_selector("button:text-is('Send')")
    page.route("**/changes?*", lambda route: None)
    page.fill("#words", "Your umbrella is here.")
    backend.cases["D-2"]["case"]["owner"] = "Anna"
    page.get_by_role("button", name="Send", exact=True).click()
    page.wait_for_selector("button:text-is('Send anyway')")
    page.wait_for_selector(".outcome:has-text('a colleague has this case')")
    expect(page.locator("#words")).to_have_value("Your umbrella is here.")


def test_a_note_stays_and_looks_like_one(desk, backend):
    page = desk("D-1")
    page.get_by_label("Note (stays here)").check()
    send(page, "Ask Tom.", "Save note")
    note = page.locator(".entry.note")
    note.wait_for()
    assert "Note – never sent" in note.inner_text()
    assert page.locator(".desk-composer").get_attribute("data-mode") == "note"


@pytest.mark.parametrize("text", ["note: he sounds upset", "备注：先查一下", "// later"])
def test_text_the_server_takes_for_a_note_says_why(desk, backend, text):
    owned(backend, "D-1")
    page = desk("D-1")
    page.wait_for_selector("button:text-is('Send')")
    send(page, text)
    page.wait_for_selector(".entry.note")
    page.wait_for_selector(
        ".outcome:has-text('Kept as a note, not sent. It starts with a note word.')"
    )
    assert page.locator(".entry.note .why").inner_text() == "It starts with a note word."


def test_undo_takes_a_reply_back(desk, backend):
    backend.undo_seconds = 30
    owned(backend, "D-1")
    page = desk("D-1")
    page.wait_for_selector("button:text-is('Send')")
    send(page, "Wrong person, sorry.")
    page.get_by_role("button", name="Undo").click()
    page.wait_for_selector(".fate:has-text('Undone, never sent')")
    assert last(backend, "D-1")["state"] == "cancelled"
    expect(page.locator("#words")).to_have_value("Wrong person, sorry.")


def test_a_failed_reply_says_why(desk, backend):
    page = desk("D-1")
    backend.add(
        "D-1",
        "out",
        "staff",
        "Hello",
        author_name="Mei",
        state="dead",
        reason="WeChat allows replies for 48 hours only.",
    )
    page.wait_for_selector(
        ".fate:has-text('Not delivered: WeChat allows replies for 48 hours only.')"
    )


@pytest.mark.parametrize(
    ("button", "state"), [("Resolve", "Resolved"), ("Back to bot", "Back to bot")]
)
def test_closing_a_case(desk, backend, button, state):
    page = desk("D-1")
    page.get_by_role("button", name=button).click()
    page.wait_for_selector(f".state-badge:has-text('{state}')")
    page.wait_for_selector("button:text-is('Reopen and send')")
    page.wait_for_selector("[data-ref=D-1]", state="detached")


def test_the_department_can_be_changed(desk, backend):
    page = desk("D-2")
    page.get_by_role("button", name="More").click()
    page.select_option("#department", label="Access")
    page.wait_for_selector("[data-ref=D-2]:has-text('Access')")
    assert backend.cases["D-2"]["case"]["department"] == "access"


def test_news_arrives_without_a_reload_and_leaves_a_draft_alone(desk, backend):
    page = desk("D-1")
    page.fill("#words", "half a th")
    backend.add("D-1", "in", "visitor", "还在吗？")
    page.wait_for_selector(".entry:has-text('还在吗？')")
    expect(page.locator("#words")).to_have_value("half a th")
    backend.open_case("D-4", "Zoë", "<img src=x onerror=alert(1)>")
    page.wait_for_selector("[data-ref=D-4]:has-text('<img src=x onerror=alert(1)>')")
    assert page.locator(".row img").count() == 0


def test_the_name_is_asked_once(desk, backend):
    page = desk(name="")
    page.wait_for_selector("dialog[open]")
    page.keyboard.type("梅 Mei")
    page.keyboard.press("Enter")
    page.wait_for_selector("#who-name:has-text('梅 Mei')")
    page.reload()
    page.wait_for_selector(".row")
    assert page.locator("dialog[open]").count() == 0
    page.click("[data-ref=D-1]")
    page.get_by_role("button", name="Claim", exact=True).click()
    page.wait_for_selector(".state-badge:has-text('Claimed')")
    assert backend.cases["D-1"]["case"]["owner"] == "梅 Mei"


def test_signing_in(visit, backend):
    backend.password = "moonlight"
    page = visit("/desk")
    page.fill("#password", "wrong")
    page.keyboard.press("Enter")
    page.wait_for_selector("#wrong:visible")
    assert complaints(page) == {}
    page.fill("#password", "moonlight")
    page.click("text=Sign in")
    page.wait_for_selector("text=Nobody is waiting.")


def test_being_signed_out_is_said_and_keeps_the_draft(desk, backend):
    page = desk("D-1", expect_errors=True)
    page.fill("#words", "half a th")
    backend.password = "changed"
    backend.touch()
    page.wait_for_selector("#banner:has-text('You have been signed out.') a[href='/desk']")
    expect(page.locator("#words")).to_have_value("half a th")


def test_a_phone_goes_between_list_and_case(desk):
    page = desk("D-1", viewport=PHONE)
    assert page.locator(".list-pane").is_hidden()
    page.click(".back")
    page.wait_for_selector(".row:visible")
    assert page.locator(".case-pane").is_hidden()
    assert page.evaluate("document.activeElement.dataset.ref") == "D-1"
    page.go_back()
    page.wait_for_selector(".case:visible")


def test_a_phone_keeps_undo_in_sight(desk, backend):
    backend.undo_seconds = 30
    for count in range(12):
        backend.add("D-1", "in", "visitor", f"line {count}")
    page = desk("D-1", viewport=PHONE)
    send(page, "Yes, we do.", "Claim and send")
    undo = page.get_by_role("button", name="Undo")
    undo.wait_for()
    box = undo.bounding_box()
    topmost = f"document.elementFromPoint({box['x'] + 5}, {box['y'] + 5}).textContent"
    assert page.evaluate(topmost) == "Undo"


def test_the_keyboard_alone_is_enough(desk, backend):
    page = desk()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.dataset.ref") == "D-1"
    page.keyboard.press("Enter")
    page.wait_for_selector(".entry")
    assert page.evaluate("document.activeElement.textContent") == "陈晓梅"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Claim"
    page.keyboard.press("Enter")
    page.wait_for_selector("button:text-is('Send')")
    page.focus("#words")
    page.keyboard.type("Yes.")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".entry.staff")


def test_a_press_is_not_lost_when_the_list_changes_under_it(desk, backend):
    page = desk()
    page.hover("[data-ref=D-1]")
    page.mouse.down()
    owned(backend, "D-1")
    # Long enough for the news to come and the list to be read again.
    page.wait_for_timeout(1500)
    assert page.locator("[data-ref=D-1] .owner.nobody").count() == 1
    page.mouse.up()
    page.wait_for_selector("[data-ref=D-1][aria-current=true]")
    page.wait_for_selector("[data-ref=D-1] .owner:not(.nobody)")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [{"width": 360, "height": 640}, DESKTOP], ids=["360", "1280"])
def test_nothing_to_complain_about(desk, backend, viewport, scheme):
    page = desk(viewport=viewport, color_scheme=scheme)
    assert complaints(page) == {}
    owned(backend, "D-1")
    backend.add(
        "D-1",
        "note",
        "staff",
        "verylongword" * 30,
        author_name="Anna",
        reason="It starts with a note word.",
    )
    backend.add(
        "D-1", "out", "staff", "请稍等。", author_name="Mei", state="sending", send_at=iso(60)
    )
    backend.add("D-1", "out", "staff", "Hello", author_name="Mei", state="dead", reason="Blocked.")
    page.click("[data-ref=D-1]")
    page.wait_for_selector("[data-state=dead]")
    assert complaints(page) == {}
    page.get_by_label("Note (stays here)").check()
    assert complaints(page) == {}


# --- What was told before the case opened, and what cannot wait ---

TOLD = [
    {"label": "What was lost", "words": "我的背包 backpack", "translation": "My backpack"},
    {"label": "How to recognise it", "words": "黑色的", "translation": None},
]


def test_what_was_told_stands_in_the_head_with_its_translation(desk, backend):
    backend.open_case("D-4", "Wu", "黑色的", told=TOLD)
    page = desk("D-4")
    lines = page.locator(".told-line")
    assert lines.nth(0).inner_text().split("\n") == [
        "What was lost",
        "我的背包 backpack",
        "My backpack",
    ]
    assert lines.nth(1).inner_text().split("\n") == ["How to recognise it", "黑色的"]
    assert lines.nth(0).locator("dd").first.get_attribute("lang") == "zh-Hans"
    assert "我的背包 backpack" in page.locator("[data-ref=D-4]").inner_text()
    assert complaints(page) == {}


def test_a_case_without_details_has_no_empty_list(desk):
    page = desk("D-2")
    assert not page.locator(".told").is_visible()
    assert not page.locator(".urgent-line").is_visible()


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_an_urgent_case_stands_on_top_and_says_so(desk, backend, size):
    backend.open_case("D-5", "伟", "有人晕倒 help", priority="urgent", due_at=iso(0))
    page = desk(viewport=size)
    first = page.locator(".row").first
    assert first.get_attribute("data-ref") == "D-5"
    assert "URGENT" in first.inner_text()
    assert "answer now" in first.inner_text()
    first.click()
    page.wait_for_selector(".urgent-line:visible")
    assert complaints(page) == {}
    backend.act("D-5", "resolve", {"by": "Mei"})
    page.wait_for_selector(".urgent-line", state="hidden")


def test_on_a_phone_long_answers_wrap_and_stay_on_the_page(desk, backend):
    long = [{"label": "What happened", "words": "吵" * 300 + "a" * 80, "translation": "x" * 200}]
    backend.open_case("D-6", "Xu", "吵", told=long)
    page = desk("D-6", viewport=PHONE)
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"]
    assert page.locator(".told").bounding_box()["width"] <= PHONE["width"]
