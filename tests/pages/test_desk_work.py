"""What staff do at the desk beside claiming and answering: each in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from .backend import Backend
from .backend_desk import iso
from .checks import complaints
from .conftest import DESKTOP, PHONE
from .scenes import READS, REPLY, arrange

SMALL = {"width": 360, "height": 640}


@pytest.fixture
def desk(visit: Callable[..., Any], backend: Backend) -> Callable[..., Any]:
    """The desk on an afternoon; Mei has two of the open cases."""
    backend.undo_seconds = 30
    arrange(backend)

    def open_desk(ref: str | None = None, **options: Any) -> Any:
        page = visit(f"/desk#/{ref}" if ref else "/desk", **options)
        page.wait_for_selector(".entry" if ref else ".row")
        return page

    return open_desk


def refs(page: Any) -> list[str]:
    return [row.get_attribute("data-ref") for row in page.locator(".row").all()]


def press(page: Any, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


# -- the list -------------------------------------------------------------------------------------


def test_overdue_and_filters_narrow_the_list(desk: Callable[..., Any]) -> None:
    page = desk()
    assert refs(page) == ["D-1106", "D-1104", "D-1103", "D-1105"]
    page.get_by_role("tab", name="Overdue 2").click()
    assert refs(page) == ["D-1106", "D-1104"]
    page.get_by_role("tab", name="Open 4").click()
    page.click(".filters-summary")
    page.select_option("#filter-language", label="繁體中文")
    assert refs(page) == ["D-1103"]
    page.select_option("#filter-channel", label="WeChat")
    assert page.locator(".empty").first.inner_text() == "No case here passes the filters."
    assert page.locator(".filters-summary").inner_text() == "Filters (2)"
    page.select_option("#filter-language", label="All")
    assert refs(page) == ["D-1104"]


@pytest.mark.parametrize("words", ["umbrella", "雨 伞".replace(" ", ""), "D-1105"])
def test_search_finds_open_and_closed_cases(
    desk: Callable[..., Any], backend: Backend, words: str
) -> None:
    backend.open_case(
        "D-900", "Old", "灰色 umbrella 雨伞 D-1105?", state="resolved", closed_at=iso(-99)
    )
    page = desk()
    page.fill("#looked-for", words)
    page.wait_for_selector("[data-ref=D-900]")
    page.fill("#looked-for", "没有 nothing like it")
    page.wait_for_selector(".empty:has-text('Nothing was found.')")
    page.press("#looked-for", "Escape")
    page.wait_for_selector("[data-ref=D-1104]")
    assert page.input_value("#looked-for") == ""


def test_arrow_keys_walk_through_the_list(desk: Callable[..., Any]) -> None:
    page = desk()
    page.focus("[data-ref=D-1106]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.dataset.ref") == "D-1104"


def test_the_title_and_alerts_tell_of_new_and_late_cases(
    desk: Callable[..., Any], backend: Backend
) -> None:
    page = desk()
    assert page.title() == "(2, 2 late) Staff desk"
    page.evaluate(
        "() => { window.heard = []; window.Notification = class {"
        " static permission = 'granted';"
        " constructor(title) { heard.push(title); } addEventListener() {} }; }"
    )
    backend.open_case("D-1107", "安静 Quiet", "没人听见 unheard")
    page.wait_for_selector("[data-ref=D-1107]")
    assert page.evaluate("heard") == []
    page.click("#alerts")
    assert page.get_attribute("#alerts", "aria-pressed") == "true"
    backend.open_case("D-1108", "Loud", "响 ring")
    page.wait_for_selector("[data-ref=D-1108]")
    assert page.evaluate("heard") == ["D-1108 is new"]
    backend.kase("D-1108")["overdue"] = True
    backend.touch()
    page.wait_for_selector("[data-ref=D-1108] .overdue")
    assert page.evaluate("heard") == ["D-1108 is new", "D-1108 is overdue"]


# -- handing on -----------------------------------------------------------------------------------


def test_a_case_is_released_assigned_and_made_urgent(
    desk: Callable[..., Any], backend: Backend
) -> None:
    page = desk("D-1104")
    press(page, "More")
    press(page, "Mark urgent")
    page.wait_for_selector(".urgent-line:visible")
    press(page, "Not urgent")
    page.wait_for_selector(".urgent-line", state="hidden")
    page.fill("#assign-to", "Ben 本")
    page.press("#assign-to", "Enter")
    page.wait_for_selector("[data-fact=Owner]:has-text('Ben 本')")
    assert page.input_value("#assign-to") == ""
    press(page, "Release")
    page.wait_for_selector(".state-badge:has-text('Unclaimed')")
    assert [each["what"] for each in backend.cases["D-1104"]["trail"]] == [
        "priority",
        "priority",
        "assign",
        "release",
    ]
    page.press("#department", "Escape")
    assert page.evaluate("document.activeElement.textContent") == "More"


def test_a_refused_step_says_why(desk: Callable[..., Any]) -> None:
    page = desk("D-1104", expect_errors=True)
    press(page, "More")
    page.fill("#assign-to", "Nobody")
    press(page, "Assign")
    page.wait_for_selector(".trouble:has-text('Nobody is away.')")
    assert page.input_value("#assign-to") == "Nobody"


def test_a_closed_case_is_opened_again(desk: Callable[..., Any], backend: Backend) -> None:
    page = desk("D-1098")
    assert page.locator(".rating").inner_text().startswith("Rated 4 of 5")
    press(page, "Reopen")
    page.wait_for_selector(".state-badge:has-text('Opened again')")
    assert backend.kase("D-1098")["closed_at"] is None


def test_the_history_says_who_did_what(desk: Callable[..., Any]) -> None:
    page = desk("D-1105")
    press(page, "More")
    press(page, "History")
    page.wait_for_selector(".trail-list li >> nth=4")
    lines = page.locator(".trail-list li").all_inner_texts()
    assert "Docent opened the case – lost_property" in lines[0]
    assert "Anna released the case" in lines[-1]
    press(page, "Claim")
    page.wait_for_selector(".trail-list li:has-text('Mei claim')")


def test_earlier_and_later_cases_are_a_click_away(desk: Callable[..., Any]) -> None:
    page = desk("D-1105")
    page.get_by_role("link", name="D-1098", exact=True).click()
    page.wait_for_selector(".display:has-text('吴先生')")
    page.get_by_role("link", name="D-1105", exact=True).click()
    page.wait_for_selector(".display:has-text('James Whitfield')")


def test_each_promise_counts_down(desk: Callable[..., Any]) -> None:
    page = desk("D-1103")
    clocks = page.locator(".clock")
    assert [each.get_attribute("data-how") for each in clocks.all()] == ["kept", "soon", "running"]
    assert "due in 6 min" in clocks.nth(1).inner_text()


# -- words ----------------------------------------------------------------------------------------


def test_a_translation_is_looked_at_before_it_goes(
    desk: Callable[..., Any], backend: Backend
) -> None:
    page = desk("D-1104")
    assert page.get_by_role("button", name="Check translation").count() == 0
    page.fill("#words", REPLY)
    press(page, "Check translation")
    page.wait_for_selector(".preview .turned")
    assert page.locator(".preview [lang=zh-Hans].text").inner_text() == READS
    assert complaints(page) == {}
    press(page, "Send")
    page.wait_for_selector(".entry.staff .undo:visible")
    assert page.locator(".preview").is_hidden()
    assert "until four o'clock" in page.locator(".entry.staff .turned").inner_text()
    press(page, "Undo")
    page.wait_for_selector("[data-state=cancelled]")
    expect(page.locator("#words")).to_have_value(REPLY)
    page.fill("#words", "备注：先查 first")
    press(page, "Check translation")
    page.wait_for_selector(".preview:has-text('stay here as a note')")


def test_a_colleague_who_answers_at_once_is_told_of(
    desk: Callable[..., Any], backend: Backend
) -> None:
    told = "Ben 本 is replying: their words go out in 4 s. Send anyway?"
    backend.asks = [{"outcome": "needs_confirm", "reason": told, "knowing": 9, "seq": None}]
    page = desk("D-1104")
    page.fill("#words", "好的 fine")
    press(page, "Send")
    page.wait_for_selector(f".outcome:has-text('{told}')")
    expect(page.locator("#words")).to_have_value("好的 fine")
    press(page, "Send anyway")
    page.wait_for_selector(".entry.staff:has-text('好的 fine')")
    expect(page.locator("#words")).to_have_value("")


@pytest.mark.parametrize(
    ("button", "state"), [("Reopen and send", "Claimed"), ("Send as follow-up", "Resolved")]
)
def test_words_in_a_closed_case_are_a_choice(
    desk: Callable[..., Any], button: str, state: str
) -> None:
    page = desk("D-1098")
    page.fill("#words", "补充一句 one more thing")
    press(page, button)
    page.wait_for_selector(".entry.staff:has-text('补充一句')")
    page.wait_for_selector(f".state-badge:has-text('{state}')")


def test_ready_answers_are_sent_or_edited(desk: Callable[..., Any], backend: Backend) -> None:
    page = desk("D-1103")
    press(page, "Ready answers")
    page.wait_for_selector(".ready-item >> nth=2")
    assert page.locator(".ready-item .text").first.get_attribute("lang") == "zh-Hant"
    assert complaints(page) == {}
    page.get_by_role("button", name="Edit: Opening hours").click()
    assert page.input_value("#words").startswith("Open Tuesday to Sunday")
    assert page.locator(".ready").is_hidden()
    page.fill("#words", "")
    press(page, "Ready answers")
    page.get_by_role("button", name="Send: I am finding out").click()
    page.wait_for_selector(".entry.staff:has-text('請稍候')")
    assert "One moment please" in page.locator(".entry.staff").last.inner_text()


def test_a_ready_answer_in_a_colleagues_case_asks_first(
    desk: Callable[..., Any], backend: Backend
) -> None:
    backend.kase("D-1103")["owner"] = "Anna"
    page = desk("D-1103")
    press(page, "Ready answers")
    page.get_by_role("button", name="Send: School groups").click()
    page.wait_for_selector(".outcome:has-text('a colleague has this case')")
    assert page.get_by_role("button", name="Keep as note").count() == 0
    press(page, "Send anyway")
    page.wait_for_selector(".entry.staff:has-text('學校團體請')")


def test_a_translation_is_corrected_in_place(desk: Callable[..., Any], backend: Backend) -> None:
    page = desk("D-1104")
    page.locator(".entry.visitor").last.get_by_role("button", name="Correct translation").click()
    field = page.locator(".correcting textarea")
    assert field.input_value() == "We arrive at three in the afternoon. There are six of us."
    field.fill("We arrive at 3 pm, six people.")
    backend.touch()
    page.wait_for_timeout(150)
    assert field.input_value() == "We arrive at 3 pm, six people."
    press(page, "Save")
    page.wait_for_selector(".entry.visitor .translated:has-text('six people')")
    assert backend.cases["D-1104"]["messages"][-1]["translation"]["engine"] == "hand"


def test_a_file_goes_after_the_words(desk: Callable[..., Any], backend: Backend) -> None:
    page = desk("D-1104")
    plan = {"name": "平面图 map.png", "mimeType": "image/png", "buffer": b"p" * 2000}
    page.set_input_files("#file", plan)
    assert page.locator(".attach-name").inner_text() == "平面图 map.png, 2 kB"
    press(page, "Leave it out")
    assert page.locator(".attach").is_hidden()
    page.set_input_files("#file", plan)
    page.fill("#words", "这里 here")
    press(page, "Send")
    page.wait_for_selector(".entry.staff .file-picture img")
    [(asked, raw)] = backend.uploads
    assert (asked["ref"], asked["by"], asked["name"]) == ("D-1104", "Mei", "平面图 map.png")
    assert raw == b"p" * 2000
    texts = [each["text"] for each in backend.cases["D-1104"]["messages"][-2:]]
    assert texts == ["这里 here", "📎 平面图 map.png"]
    assert page.locator(".attach").is_hidden()


def test_files_of_a_visitor_are_shown_or_named(desk: Callable[..., Any], backend: Backend) -> None:
    held = {"id": 1, "name": "伞 umbrella.png", "mime": "image/png", "size": 2000, "state": "kept"}
    lost = {**held, "state": "refused", "reason": "It is larger than 20 MB.", "url": None}
    files = [{**held, "reason": None, "url": "/desk/api/files/1"}, lost]
    backend.add("D-1105", "in", "visitor", "", files=files, attachments=["picture", "picture"])
    page = desk("D-1105")
    assert page.locator(".file-picture img").get_attribute("alt") == "伞 umbrella.png"
    assert "It is larger than 20 MB." in page.locator(".file-missing").inner_text()
    assert page.locator(".attached").count() == 0


def test_older_messages_come_when_they_are_asked_for(
    desk: Callable[..., Any], backend: Backend
) -> None:
    for number in range(120):
        backend.add("D-1105", "in", "visitor", f"第{number}句 line")
    page = desk("D-1105")
    assert page.locator(".entry").count() == 50
    press(page, "Show older messages")
    page.wait_for_selector(".entry >> nth=99")
    press(page, "Show older messages")
    page.wait_for_selector(".entry >> nth=120")
    seqs = [int(each.get_attribute("data-seq")) for each in page.locator(".entry").all()]
    assert seqs == list(range(1, 122))
    assert page.get_by_role("button", name="Show older messages").count() == 0
    backend.add("D-1105", "in", "visitor", "新的 new")
    page.wait_for_selector(".entry:has-text('新的 new')")
    assert page.locator(".entry").count() == 122


# -- to all visitors ------------------------------------------------------------------------------


def test_an_announcement_is_looked_at_sent_and_taken_back(
    desk: Callable[..., Any], backend: Backend
) -> None:
    page = desk()
    page.click("#announce")
    page.fill("#announce-words", "The galleries close at three today.")
    press(page, "Look at it first")
    page.wait_for_selector(".announce-language >> nth=1")
    assert complaints(page) == {}
    press(page, "Send to 3 visitors")
    page.wait_for_selector(".announce-note:has-text('Sending in 9 s.')")
    press(page, "Take it back")
    page.wait_for_selector(".announce-note:has-text('Taken back')")
    assert [step for step, _ in backend.announced] == ["", "1/send", "1/take_back"]


def test_an_announcement_that_is_not_wanted_is_dropped(
    desk: Callable[..., Any], backend: Backend
) -> None:
    page = desk()
    page.click("#announce")
    page.fill("#announce-words", "停电 no power")
    press(page, "Look at it first")
    page.wait_for_selector("text=Send to 3 visitors")
    page.keyboard.press("Escape")
    page.wait_for_selector("#announce-dialog", state="hidden")
    page.wait_for_timeout(200)
    assert [step for step, _ in backend.announced] == ["", "1/cancel"]


# -- for everybody --------------------------------------------------------------------------------


@pytest.mark.parametrize("viewport", [SMALL, PHONE, DESKTOP], ids=["360", "390", "1280"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_look_can_be_read_and_used(
    desk: Callable[..., Any], viewport: dict[str, int], scheme: str
) -> None:
    page = desk(viewport=viewport, color_scheme=scheme)
    page.click(".filters-summary")
    assert complaints(page) == {}
    for ref in ("D-1104", "D-1103", "D-1105", "D-1098", "D-1106"):
        page.goto(f"/desk#/{ref}")
        page.wait_for_selector(f"[data-fact=Case]:has-text('{ref}')", state="attached")
        press(page, "More")
        assert complaints(page) == {}
    page.fill("#words", "x" * 300)
    assert complaints(page) == {}
