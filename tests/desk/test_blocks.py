"""What staff see, judged by slack_sdk's models and by Slack's limits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block
from standins.slack import labels
from standins.slack_blocks import check_blocks

from bot.desk import blocks, controls, offers, thread
from bot.desk.blocks import best_guesses, card, in_words, visitor_name
from bot.desk.elements import Post
from bot.desk.mrkdwn import CUT, one_line, to_slack, unescape
from bot.limits import utf16_units

LONDON = ZoneInfo("Europe/London")
AT = datetime(2026, 7, 1, 13, 5, tzinfo=timezone.utc)


@dataclass(frozen=True)
class Case:
    """A case as the store returns it."""

    id: int = 7
    ref: str = "D-1007"
    name: str | None = "Li Wei"
    person_id: str = "24681357"
    channel: str = "messenger"
    language: str = "zh-Hans"
    reason: str = "speak_to_human"
    question: str = "Is it free?"
    translation: Any = None
    understood: Any = None
    details: Any = None
    priority: str = "normal"
    department: str = "access"
    state: str = "queued"
    owner: str | None = None
    owner_id: str | None = None
    due_at: datetime | None = AT
    waiting_since: datetime | None = AT
    previous_ref: str | None = None
    rating: int | None = None
    rating_words: str | None = None
    mood: str | None = None


@dataclass(frozen=True)
class Message:
    """A message as the store returns it."""

    seq: int = 3
    case_id: int | None = 7
    text: str = "Is it free?"
    author: str = "visitor"
    language: str | None = "en"
    translation: Any = None
    payload: Any = None
    versions: Any = None
    at: datetime = AT


@dataclass(frozen=True)
class Department:
    """A department as the museum's facts have it."""

    id: str
    name: str


DEPARTMENTS = (Department("visitor_services", "Visitor services"), Department("access", "Access"))
GUESSES = [
    {"topic": "faq/wifi", "confidence": 0.021},
    {"topic": "admission_price", "confidence": 0.834},
    {"topic": "concessions", "confidence": 0.1},
    {"topic": "parking", "confidence": 0.01},
]
HOSTILE = [
    "<!channel>",
    "<@U0ADA>",
    "<https://evil.example|Resolve>",
    "<!subteam^S1>",
    "*bold* _it_ ~no~ `code`",
    ":white_check_mark:",
    "&lt;!channel&gt;",
    "@here @channel",
    "\u202eevil\u202c",
    "a\u2028b",
    "\x1b[31m",
    "name\nD-1 · Claimed by Ada",
]


def shown(post: Post) -> str:
    return str([post.text, post.blocks])


def check(post: Post) -> None:
    """Raises unless Slack would take the post."""
    check_blocks(post.blocks)
    for block in Block.parse_all(post.blocks):
        block.to_dict()
    assert post.text.strip()


# -- the card -------------------------------------------------------------------------------------


def test_a_card_tells_who_asks_what_where_and_by_when() -> None:
    post = card(Case(understood=GUESSES), DEPARTMENTS, LONDON)
    check(post)
    for words in (
        "D-1007 · Li Wei",
        "Messenger · Chinese (Simplified, 简体) · speak to human",
        "Is it free?",
        "admission price 83% · concessions 10% · wifi 2%",
        f"<!date^{int(AT.timestamp())}^{{date_short_pretty}} {{time}}|01 Jul 14:05>",
        "Waiting for a person",
    ):
        assert words in shown(post)
    assert "parking" not in shown(post)
    assert post.text == "D-1007: Li Wei · Messenger: Is it free?"


@pytest.mark.parametrize(
    ("state", "controls"),
    [
        ("queued", ["Claim", "Resolve", "Back to bot", "Department", "Assign to…"]),
        ("reopened", ["Claim", "Resolve", "Back to bot", "Department", "Assign to…"]),
        ("claimed", ["Resolve", "Back to bot", "Release", "Suggest", "Department", "Assign to…"]),
        ("waiting", ["Resolve", "Back to bot", "Release", "Suggest", "Department", "Assign to…"]),
        ("resolved", ["Reopen"]),
        ("returned", ["Reopen"]),
    ],
)
def test_the_buttons_change_with_the_state(state: str, controls: list[str]) -> None:
    post = card(Case(state=state, owner="Ada"), DEPARTMENTS, LONDON)
    check(post)
    assert labels({"blocks": post.blocks}) == controls
    assert ("Reply promised" in shown(post)) is (controls != ["Reopen"])


def rows(case: Case) -> list[dict[str, Any]]:
    """Returns the rows of a card that can be pressed."""
    return [b for b in card(case, DEPARTMENTS, LONDON).blocks if b["type"] == "actions"]


def test_the_menu_begins_with_the_cases_department() -> None:
    buttons, menus = rows(Case())
    assert (buttons["block_id"], menus["block_id"]) == ("case:7", "case:7:more")
    assert {e["value"] for e in buttons["elements"]} == {"7"}
    assert menus["elements"][0]["initial_option"]["value"] == "access"


@pytest.mark.parametrize(
    ("owner_id", "shown_as"), [("U0ADA", "U0ADA"), ("web:王 Ada", None), (None, None)]
)
def test_the_menu_of_colleagues_shows_an_owner_whom_slack_knows(
    owner_id: str | None, shown_as: str | None
) -> None:
    _, menus = rows(Case(state="claimed", owner="王 Ada", owner_id=owner_id))
    assert menus["elements"][1].get("initial_user") == shown_as


@pytest.mark.parametrize(
    ("priority", "label", "value"),
    [("normal", "Mark urgent", "urgent"), ("urgent", "Not urgent", "normal")],
)
def test_the_priority_is_changed_to_the_other_one(priority: str, label: str, value: str) -> None:
    [option] = rows(Case(priority=priority))[1]["elements"][2]["options"]
    assert (option["text"]["text"], option["value"]) == (label, value)


@pytest.mark.parametrize(
    ("mood", "words"), [("angry", "😠 angry"), ("pleased", "🙂 pleased"), ("neutral", "")]
)
def test_the_mood_is_shown_where_it_says_something(mood: str, words: str) -> None:
    assert words in shown(card(Case(mood=mood), DEPARTMENTS, LONDON))
    assert ("neutral" in shown(card(Case(mood=mood), DEPARTMENTS, LONDON))) is False


def test_the_case_before_is_named() -> None:
    again = card(Case(previous_ref="D-1001", question="我又来了 again"), DEPARTMENTS, LONDON)
    assert "Wrote before: D-1001" in shown(again)
    assert "Wrote before" not in shown(card(Case(), DEPARTMENTS, LONDON))


def test_an_answered_case_shows_by_when_it_is_to_be_resolved() -> None:
    post = card(Case(state="claimed", owner="Ada", waiting_since=None), DEPARTMENTS, LONDON)
    assert "To be resolved by" in shown(post)
    assert "Reply promised" not in shown(post)


def test_an_urgent_case_that_was_opened_again_pings() -> None:
    assert "<!here>" in shown(card(Case(state="reopened", priority="urgent"), DEPARTMENTS, LONDON))


def test_an_unknown_department_and_no_departments_are_borne() -> None:
    check(card(Case(department="gone"), DEPARTMENTS, LONDON))
    check(card(Case(), (), LONDON))


def test_a_card_needs_little() -> None:
    post = card(Case(name=None, question="", language="", due_at=None), DEPARTMENTS, LONDON)
    check(post)
    assert "Visitor 681357" in shown(post)
    assert "(no words)" in shown(post)


@pytest.mark.parametrize("evil", HOSTILE)
def test_nothing_a_visitor_writes_is_markup(evil: str) -> None:
    case = Case(name=evil, question=evil, owner=evil, person_id=evil, state="claimed")
    message = Message(text=evil, translation={"text": evil, "engine": evil})
    sent = replace(message, payload={"attachments": [{"kind": evil}]})
    posts = [
        card(case, DEPARTMENTS, LONDON),
        thread.visitor(sent, visitor_name(case), evil),
        thread.transcript([message, message], LONDON),
        thread.line(evil),
        thread.warning(evil),
        thread.staff_echo(evil, evil),
        offers.offer(7, "1.0", "claim", evil),
        thread.preview(message, case, 5),
        thread.failed(evil, evil, evil),
    ]
    for post in posts:
        check(post)
        for trick in ("<!c", "<@", "<h", "<!s", "\u202e", "\u2028", "\x1b"):
            assert trick not in shown(post).replace("\\x1b", "\x1b")
        own = [t for t in texts(post.blocks) if t["type"] == "mrkdwn"]
        assert all(evil.strip() not in t["text"] for t in own if evil.strip() not in ("", "*"))
        others = [t for t in texts(post.blocks) if t["type"] == "plain_text" and "emoji" in t]
        assert all(t["emoji"] is False for t in others)


def texts(node: Any) -> list[dict[str, Any]]:
    """Returns every text object in blocks."""
    if isinstance(node, list):
        return [found for item in node for found in texts(item)]
    if not isinstance(node, dict):
        return []
    if node.get("type") in ("mrkdwn", "plain_text"):
        return [node]
    return [found for value in node.values() for found in texts(value)]


def test_a_name_cannot_begin_a_line_of_its_own() -> None:
    assert one_line("Li\nWei\u2028\t  the  Great") == "Li Wei the Great"


@pytest.mark.parametrize("unit", ["a", "馆", "😀", "&", "<", "👩\u200d👧 "])
@pytest.mark.parametrize("size", [1, 149, 150, 151, 2999, 3000, 3001, 50_000])
def test_every_length_fits(unit: str, size: int) -> None:
    case = Case(name=unit * size, question=unit * size, owner=unit * size, state="claimed")
    message = Message(text=unit * size, translation={"text": unit * size})
    for post in (
        card(case, DEPARTMENTS, LONDON),
        thread.visitor(message, visitor_name(case), unit * size),
        thread.transcript([message] * 12, LONDON),
        thread.preview(message, case, 5),
        thread.failed(unit * size, unit * size, unit * size),
    ):
        check(post)


def test_a_cut_says_where_the_rest_is() -> None:
    post = thread.visitor(Message(text="a" * 5000), "Li Wei")
    assert CUT in shown(post)
    assert CUT not in shown(thread.visitor(Message(text="a" * 2900), "Li Wei"))


@given(st.text(max_size=200), st.integers(1, 220))
def test_a_cut_never_splits_an_entity(text: str, most: int) -> None:
    cut = to_slack(text, most)
    assert utf16_units(cut) <= most
    assert "<" not in cut
    assert ">" not in cut
    assert "&" not in unescape(cut).replace("&", "", text.count("&"))


# -- the thread -----------------------------------------------------------------------------------


def test_a_visitors_words_come_with_their_translation() -> None:
    message = Message(
        text="免费吗？", translation={"text": "Is it free?", "engine": "libretranslate"}
    )
    post = thread.visitor(message, "Li Wei")
    check(post)
    for words in ("Li Wei (visitor)", "免费吗？", "Translation (libretranslate)", "Is it free?"):
        assert words in shown(post)


def test_a_visitors_words_come_with_a_notice_where_there_is_no_translation() -> None:
    post = thread.visitor(Message(text="免费吗？"), "Li Wei", "No translation just now.")
    assert "No translation just now." in shown(post)


@pytest.mark.parametrize("text", ["", "看看这个 look"])
def test_attachments_are_named(text: str) -> None:
    sent = {
        "attachments": [{"kind": "image", "url": "https://x"}, {"kind": "voice", "seconds": 7}]
    }
    post = thread.visitor(Message(text=text, payload=sent), "Li Wei")
    check(post)
    assert shown(post).count("📎 picture, 📎 voice message, 7 s") == (1 if text else 2)
    assert "https://x" not in shown(post)
    assert "(no words)" not in shown(post)


@pytest.mark.parametrize(("ok", "sign"), [(True, "✅"), (False, "⚠️")])
def test_an_announcement_says_whether_it_is_good_news(ok: bool, sign: str) -> None:
    post = thread.announcement("WeChat 微信 …", ok)
    check(post)
    assert f"{sign} WeChat 微信" in shown(post)


@pytest.mark.parametrize(
    ("channel", "ok", "words"),
    [
        ("wechat", True, "WeChat works again."),
        ("wechat", False, "WeChat does not work. 40125. Renew it."),
        ("smoke", True, "smoke works again."),
    ],
)
def test_a_channel_is_named_as_staff_know_it(channel: str, ok: bool, words: str) -> None:
    assert blocks.announcement(channel, ok, "40125. Renew it.") == words


def test_a_transcript_tells_what_was_sent_and_what_was_changed() -> None:
    rows = [
        Message(text="", payload={"attachments": [{"kind": "file", "name": "票.pdf"}]}),
        Message(text="周日 Sunday?", versions=[{"text": "二"}, {"text": "周一\nMonday?"}]),
        Message(text="秘密 secret", versions=[{"text": None}]),
    ]
    post = thread.transcript(rows, LONDON)
    check(post)
    for line in (
        "14:05 Visitor: 📎 file 票.pdf",
        "14:05 Visitor: 周日 Sunday? (changed to: 周一 Monday?)",
        "14:05 Visitor: 秘密 secret (taken back)",
    ):
        assert line in shown(post)


def test_a_transcript_is_in_order_and_keeps_the_newest() -> None:
    rows = [Message(text=f"word {n} " + "x" * 300, author="visitor") for n in range(12)]
    post = thread.transcript([*rows, Message(text="the last", author="bot")], LONDON)
    check(post)
    assert shown(post).index("word 11") < shown(post).index("14:05 Docent: the last")
    assert "word 0 " not in shown(post)
    assert "more in the log" in shown(post)


@pytest.mark.parametrize(
    ("kind", "button"), [("claim", "Claim and send"), ("anyway", "Send anyway")]
)
def test_an_offer_has_two_buttons_that_know_the_message(kind: str, button: str) -> None:
    post = offers.offer(7, "1700000000.000100", kind, "Nobody has claimed this case yet.")
    check(post)
    assert labels({"blocks": post.blocks}) == [button, "Keep as note"]
    assert shown(post).count("7:1700000000.000100") == 2


def test_a_preview_tells_what_goes_where_in_which_language() -> None:
    post = thread.preview(Message(text="Yes", language="zh-Hant"), Case(), 5)
    check(post)
    for words in ("in 5 s", "Li Wei", "Messenger", "Traditional", "Yes"):
        assert words in shown(post)
    assert labels({"blocks": post.blocks}) == ["Undo"]


def test_a_failure_tells_the_reason_and_the_next_step() -> None:
    post = thread.failed("We close at 5", "The window is closed.", "Ask them to write first.")
    check(post)
    for words in (
        "Not delivered. The window is closed.",
        "Ask them to write first.",
        "We close at 5",
    ):
        assert words in shown(post)


def test_languages_are_said_in_words() -> None:
    assert in_words("en") == "English"
    assert in_words("xx") == "xx"
    assert in_words(None) == "language not known"


def test_guesses_may_be_missing() -> None:
    assert best_guesses(None) == best_guesses([]) == ""


def test_every_action_has_an_id_of_its_own() -> None:
    ids = [controls.CLAIM, controls.RELEASE, controls.RESOLVE, controls.BACK_TO_BOT]
    ids += [controls.REOPEN, controls.DEPARTMENT, controls.ASSIGN, controls.PRIORITY]
    ids += [blocks.CLAIM_AND_SEND, blocks.SEND_ANYWAY, blocks.KEEP_AS_NOTE, blocks.UNDO]
    assert len(set(ids)) == 12


# -- what was told, and urgency ---------------------------------------------------------------

TOLD = {"What was lost": "我的伞 <!channel>", "Where and when": "*昨天* in room 4"}


def test_a_card_shows_what_was_told_by_label_in_the_visitors_own_words() -> None:
    post = card(Case(question="*昨天* in room 4", details=TOLD), DEPARTMENTS, LONDON)
    check(post)
    kinds = [block["type"] for block in post.blocks]
    assert kinds[:6] == ["header", "context", "context", "section", "context", "section"]
    told = [block["text"]["text"] for block in post.blocks if block["type"] == "section"]
    assert told[:2] == ["我的伞 &lt;!channel&gt;", "*昨天* in room 4"]
    assert post.text.startswith("D-1007: Li Wei · Messenger: 我的伞")
    assert "<!channel>" not in shown(post)


def test_words_that_are_no_detail_are_shown_as_well() -> None:
    post = card(Case(question="a person please", details=TOLD), DEPARTMENTS, LONDON)
    check(post)
    assert "a person please" in shown(post)


def test_translations_of_details_stand_below_them_or_the_notice_once() -> None:
    translation = {"text": "?", "engine": "x", "details": {"What was lost": "my umbrella"}}
    post = card(Case(details=TOLD, translation=translation), DEPARTMENTS, LONDON)
    check(post)
    assert "↳ my umbrella" in shown(post)
    notice = {"notice": "Not translated."}
    told = Case(question=TOLD["What was lost"], details=TOLD, translation=notice)
    assert shown(card(told, DEPARTMENTS, LONDON)).count("Not translated.") == 1


@pytest.mark.parametrize(
    ("state", "pings"), [("queued", True), ("claimed", False), ("resolved", False)]
)
def test_an_urgent_card_says_so_first_and_pings_while_nobody_has_it(
    state: str, pings: bool
) -> None:
    urgent = Case(priority="urgent", state=state, question="<!here> 有人晕倒 help")
    post = card(urgent, DEPARTMENTS, LONDON)
    check(post)
    assert post.text.startswith("🚨 URGENT D-1007: ")
    first = post.blocks[0]["text"]
    assert (first["type"], first["text"].startswith("🚨 *URGENT*")) == ("mrkdwn", True)
    assert ("<!here>" in first["text"]) is pings
    assert "<!here>" not in str(post.blocks[1:])
    assert "<!here>" not in post.text


def test_a_visitor_who_writes_urgent_pings_nobody() -> None:
    post = card(Case(question="URGENT <!here> 快 come", details=TOLD), DEPARTMENTS, LONDON)
    assert "<!here>" not in shown(post)
    assert not post.text.startswith("🚨")


@pytest.mark.parametrize("length", [1, 2999, 3001, 50_000])
def test_details_of_every_length_fit(length: int) -> None:
    details = {label: "馆" * length for label in ("a", "b", "c", "d")}
    both = {"text": "&" * length, "engine": "x", "details": details}
    case = Case(question="<" * length, details=details, translation=both, priority="urgent")
    check(card(case, DEPARTMENTS, LONDON))
