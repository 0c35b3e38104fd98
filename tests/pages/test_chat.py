"""The visitor's chat page, in a real browser against the stand-in server."""

from __future__ import annotations

from typing import Any

import pytest

from .checks import complaints
from .conftest import DESKTOP, PHONE

SMALL_PHONE = {"width": 360, "height": 640}


def say(page: Any, text: str) -> None:
    page.fill("#message", text)
    page.press("#message", "Enter")


def texts(page: Any) -> list[str]:
    return page.locator(".message .text").all_inner_texts()


def test_a_question_is_delivered_and_answered(visit, backend):
    page = visit()
    say(page, "When are you open?")
    page.wait_for_selector(".message.bot")
    assert texts(page) == [
        "When are you open?",
        "10:00 to 17:30.\nTickets: https://aldermere-museum.example/tickets.",
    ]
    assert page.locator(".visitor .state .unseen").inner_text() == "Delivered"
    assert page.locator(".bot .author").inner_text() == "Automated assistant"
    link = page.locator(".bot .text a")
    assert link.get_attribute("href") == "https://aldermere-museum.example/tickets"
    assert "noopener" in link.get_attribute("rel")
    assert page.locator("#museum").inner_text() == "Aldermere Museum"
    assert "automated assistant" in page.locator("#speaker").inner_text()


def test_typing_is_shown_and_told(visit, backend):
    backend.bot_delay = 1.0
    page = visit()
    say(page, "hello")
    page.wait_for_selector("#typing:visible")
    assert page.locator("#typing-text[role=status]").inner_text() == "The assistant is typing…"
    page.wait_for_selector(".message.bot")
    page.wait_for_selector("#typing", state="hidden")


def test_a_failed_message_says_so_is_tried_again_and_arrives_once(visit, backend):
    backend.trouble = ["lost answer", 503]
    page = visit(expect_errors=True)
    page.route("**/messages?*", lambda route: route.abort())
    page.reload()  # Ends the poll that the route came too late for.
    say(page, "hello")
    page.wait_for_selector(".retry:visible")
    assert "was not sent" in page.locator("#said").inner_text()
    page.wait_for_selector(".visitor[data-state=delivered]")
    assert len({post["id"] for post in backend.posts}) == 1
    assert [m["text"] for m in backend.only.messages if m["author"] == "visitor"] == ["hello"]


def test_a_message_the_server_has_is_not_called_unsent(visit, backend):
    backend.trouble = ["lost answer", *[503] * 20]
    page = visit(expect_errors=True)
    say(page, "hello")
    page.wait_for_selector(".message.bot")
    page.wait_for_selector(".visitor[data-state=delivered]")
    assert texts(page) == ["hello", "You wrote: hello"]


def test_a_refused_message_waits_for_the_visitor_and_holds_nothing_up(visit, backend):
    backend.trouble = [413]
    page = visit(expect_errors=True)
    say(page, "first")
    page.wait_for_selector(".retry:visible")
    say(page, "second")
    page.wait_for_selector("text=You wrote: second")
    page.click(".retry:visible")
    page.wait_for_selector("text=You wrote: first")
    assert page.locator(".retry:visible").count() == 0


def test_messages_arrive_in_the_order_written(visit, backend):
    backend.trouble = [503]
    page = visit(expect_errors=True)
    for text in ("one", "two", "three"):
        say(page, text)
    page.wait_for_selector("text=You wrote: three")
    assert [post["text"] for post in backend.posts] == ["one", "two", "three"]


def test_a_reload_keeps_the_conversation(visit, backend):
    page = visit()
    say(page, "When are you open?")
    page.wait_for_selector(".message.bot")
    before = texts(page)
    page.reload()
    page.wait_for_selector(".message.bot")
    assert texts(page) == before
    assert len(backend.conversations) == 1
    assert page.locator("#starters").is_hidden()


def test_an_unsent_message_and_a_draft_survive_a_reload(visit, backend):
    backend.trouble = [503] * 4
    page = visit(expect_errors=True)
    say(page, "do not lose me")
    page.wait_for_selector(".retry:visible")
    page.fill("#message", "half a thou")
    page.reload()
    assert page.input_value("#message") == "half a thou"
    backend.trouble = []
    page.wait_for_selector(".visitor[data-state=delivered]")
    assert len({post["id"] for post in backend.posts}) == 1


def test_a_lost_session_is_opened_again(visit, backend):
    page = visit(expect_errors=True)
    say(page, "hello")
    page.wait_for_selector(".message.bot")
    backend.conversations.clear()
    say(page, "still there?")
    page.wait_for_selector("text=You wrote: still there?")
    assert texts(page) == ["still there?", "You wrote: still there?"]


def test_offline_is_said_and_recovers_by_itself(visit, backend):
    page = visit(expect_errors=True)
    page.wait_for_selector("#log[aria-busy=false]")
    page.context.set_offline(True)
    page.wait_for_selector("#banner:has-text('You are offline')")
    say(page, "from the tunnel")
    page.wait_for_selector(".retry:visible")
    page.context.set_offline(False)
    page.wait_for_selector("text=You wrote: from the tunnel")
    page.wait_for_selector("#banner", state="hidden")


def test_enter_sends_and_shift_enter_breaks_the_line(visit, backend):
    page = visit()
    page.focus("#message")
    page.keyboard.type("one")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("two")
    page.keyboard.press("Enter")
    page.wait_for_selector(".message.visitor")
    assert texts(page)[0] == "one\ntwo"
    page.keyboard.press("Enter")
    assert page.locator(".message.visitor").count() == 1


def test_enter_that_ends_an_input_method_does_not_send(visit, backend):
    page = visit()
    page.focus("#message")
    ime = page.context.new_cdp_session(page)
    ime.send("Input.imeSetComposition", {"text": "nihao", "selectionStart": 5, "selectionEnd": 5})
    page.keyboard.press("Enter")
    safari = "{key: 'Enter', keyCode: 229, bubbles: true, cancelable: true}"
    press = f"document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {safari}))"
    assert page.evaluate(press), "the Enter that ends a composition was taken for the page's own"
    assert page.locator(".message").count() == 0
    ime.send("Input.insertText", {"text": "请问几点开馆？"})
    page.keyboard.press("Enter")
    page.wait_for_selector(".message.visitor[lang=zh-Hans]")
    assert texts(page)[0] == "请问几点开馆？"


def test_buttons_post_their_choice_and_are_closed_afterwards(visit, backend):
    page = visit()
    say(page, "which one?")
    page.click(".choice:has-text('Tickets')")
    page.wait_for_selector("text=You wrote: Tickets")
    assert backend.posts[-1]["choice"] == "c2"
    assert backend.posts[-1]["text"] == "Tickets"
    page.reload()
    page.wait_for_selector(".choice")
    assert page.locator(".choice:enabled").count() == 0
    assert page.locator(".choice.chosen").inner_text() == "Tickets"


@pytest.mark.parametrize(
    "attack",
    [
        "<img src=x onerror=alert(1)>",
        "<script>alert(1)</script>",
        "javascript:alert(1) [x](javascript:alert(1))",
        '看 https://a.example/"onmouseover="alert(1) <b>粗</b>',
    ],
)
def test_markup_is_shown_as_text(visit, backend, attack):
    page = visit()
    page.on("dialog", lambda _: pytest.fail("a script ran"))
    say(page, attack)
    page.wait_for_selector(".message.bot")
    backend.tell("staff", attack, author_name="<i>Mei</i>")
    page.wait_for_selector(".message.staff")
    assert texts(page)[0] == texts(page)[-1] == attack
    assert (
        page.locator("#log :is(img, script, b, i, [onmouseover], a[href^=javascript])").count()
        == 0
    )


def test_staff_and_system_lines_look_different(visit, backend):
    page = visit()
    say(page, "hello")
    page.wait_for_selector(".message.bot")
    backend.set_speaker("human")
    backend.tell("staff", "Hello, I am Mei.", author_name="Mei")
    page.wait_for_selector(".message.staff")
    assert page.locator(".staff .author").inner_text() == "Mei, museum team"
    assert page.locator("#speaker").inner_text() == "Mei from our team is answering you."
    assert page.locator("#ask-person").is_hidden()
    looks = [
        page.locator(f".{who} .bubble").first.evaluate(
            "node => getComputedStyle(node).backgroundColor"
        )
        for who in ("bot", "staff", "system", "visitor")
    ]
    assert len(set(looks)) == 4


def test_a_person_can_be_asked_for(visit, backend):
    page = visit()
    page.click("#ask-person")
    page.wait_for_selector(".message.visitor[data-state=delivered]")
    assert backend.posts[0]["text"] == "I would like to speak to a person."


def test_the_page_follows_the_conversation_until_a_language_is_chosen(visit, backend):
    page = visit()
    say(page, "請問幾點開館？")
    page.wait_for_selector(".message.bot[lang=zh-Hant]")
    page.wait_for_selector("html[lang=zh-Hant]")
    assert page.locator("#museum").inner_text() == "奧德米爾博物館"
    assert page.locator(".visitor .state .unseen").inner_text() == "已送達"
    link = page.locator(".bot .text a")
    assert link.get_attribute("href") == "https://aldermere-museum.example/map"
    page.click("button[data-language=en]")
    say(page, "请问几点开馆？")
    page.wait_for_selector(".message.bot[lang=zh-Hans]")
    assert page.locator("html").get_attribute("lang") == "en"
    page.reload()
    assert page.locator("html").get_attribute("lang") == "en"


@pytest.mark.parametrize(
    ("locale", "language", "send"),
    [
        ("en-GB", "en", "Send"),
        ("zh-CN", "zh-Hans", "发送"),
        ("zh-TW", "zh-Hant", "送出"),
        ("zh-HK", "zh-Hant", "送出"),
        ("zh-SG", "zh-Hans", "发送"),
        ("fr-FR", "en", "Send"),
    ],
)
def test_the_first_language_is_the_browsers(visit, locale, language, send):
    page = visit(locale=locale)
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("#send").inner_text() == send


def test_every_language_has_every_sentence(visit):
    page = visit()
    tables = page.evaluate("import('/static/strings.js').then((module) => module.TEXTS)")
    places = {
        language: {key: text.count("{") for key, text in table.items()}
        for language, table in tables.items()
    }
    assert places["en"] == places["zh-Hans"] == places["zh-Hant"]
    assert all(text.strip() for table in tables.values() for text in table.values())


def test_the_limit_is_announced_and_kept(visit, backend):
    page = visit()
    page.fill("#message", "馆" * 1799)
    assert page.locator("#counter").is_hidden()
    page.fill("#message", "𠮷" * 1950)
    assert page.locator("#counter").inner_text() == "50 characters left"
    page.fill("#message", "a" * 2003)
    assert page.locator("#counter").inner_text() == "3 characters too many"
    assert "too long" in page.locator("#said").inner_text()
    page.press("#message", "Enter")
    assert page.locator(".message").count() == 0
    page.fill("#message", "a" * 2000)
    page.press("#message", "Enter")
    page.wait_for_selector(".visitor[data-state=delivered]")


def test_the_keyboard_alone_is_enough(visit, backend):
    page = visit()
    page.wait_for_selector("#log[aria-busy=false]")
    page.keyboard.press("Tab")
    assert page.locator(".skip").evaluate(
        "node => node === document.activeElement && node.clientHeight > 20"
    )
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "message"
    page.keyboard.type("which one?")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "send"
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    page.wait_for_selector(".choice")
    assert page.evaluate("document.activeElement.id") == "message"
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.textContent") == "Tickets"
    page.keyboard.press("Space")
    page.wait_for_selector("text=You wrote: Tickets")
    assert page.evaluate("document.activeElement.id") == "log"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [SMALL_PHONE, PHONE, DESKTOP], ids=["360", "390", "1280"])
def test_nothing_to_complain_about(visit, backend, viewport, scheme):
    page = visit(viewport=viewport, color_scheme=scheme, expect_errors=True)
    page.wait_for_selector("#log[aria-busy=false]")
    assert complaints(page) == {}
    say(page, "which " + "verylongword" * 40)
    page.click(".choice >> nth=0")
    page.wait_for_selector(".chosen")
    say(page, "请问几点开馆？" * 8)
    page.wait_for_selector(".bot[lang=zh-Hans]")
    backend.set_speaker("human")
    backend.tell("staff", "您好，我是Mei。", author_name="Mei")
    page.wait_for_selector(".message.staff")
    backend.trouble = [503] * 9
    say(page, "one more")
    page.wait_for_selector(".retry:visible")
    assert complaints(page) == {}


def test_the_log_is_announced_once_read(visit, backend):
    page = visit()
    log = page.locator("#log")
    page.wait_for_selector("#log[aria-busy=false]")
    assert (log.get_attribute("role"), log.get_attribute("aria-live")) == ("log", "polite")


def test_motion_is_reduced_on_request(visit):
    page = visit(reduced_motion="reduce")
    duration = page.locator(".dots i").first.evaluate(
        "node => getComputedStyle(node).animationDuration"
    )
    assert float(duration.rstrip("s")) < 0.001
