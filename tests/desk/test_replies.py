"""Note or reply: a corpus of what staff type, of which no note may leave the thread."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.replies import Why, decide, never_sent, to_visitor

# -- what is never sent ---------------------------------------------------------------------------

# Every word, written as people write it, with a colon as their keyboard gives it.
WORDS = (
    "note",
    "Note",
    "NOTE",
    "internal",
    "Internal",
    "private",
    "PRIVATE",
    "备注",
    "備註",
    "内部",
)
MORE_WORDS = ("內部", "私信", "ｎｏｔｅ", "Ｎｏｔｅ", "ＮＯＴＥ", "ｉｎｔｅｒｎａｌ")
COLONS = (":", " :", "：", " ：", "︰", "﹕", "﹕ ", "\u00a0:", "\u3000：", "∶")
FORMS = [f"{word}{colon} x" for word, colon in product(WORDS + MORE_WORDS, COLONS)]

MARKED = [
    # marks around the word, or the colon inside the marks
    "*note:* she was here before",
    "*note*: she was here before",
    "_note_: she was here before",
    "_Note:_ she was here before",
    "*_note_*: she was here before",
    "~note~: no, leave it",
    "`note`: code",
    "```note: code```",
    "*备注*：她昨天也来过",
    "_備註_：她昨天也來過",
    "*内部：* 先别回",
    "＊note＊：全角星号",
    "＿note＿：全角下划线",
    # before the word: spaces, line ends, quotes, lists, brackets
    "  note: two spaces",
    "\n\nnote: two lines down",
    "\tnote: a tab",
    "\u3000备注：全角空格",
    "&gt; note: quoted",
    "> note: quoted",
    "• note: in a list",
    "- note: in a list",
    "(note: in brackets)",
    "[note: in brackets]",
    "【备注】：方括号",
    "（内部：括号）",
    "「备注」：引号",
    '"note: quoted"',
    "“note”: quoted",
    "… note: after dots",
    # before the word: mentions
    "<@U0BEN> note: look at this",
    "<@U0BEN|ben> note: look at this",
    "<@U0BEN><@U0ADA> note: both of you",
    "<@U0BEN>, note: with a comma",
    "<@U0BEN>备注：没有空格",
    "<!here> note: all",
    "<!subteam^S0FRONT|@front> internal: all",
    "<#C0DESK|museum-desk> note: a channel",
    "@ben note: not linked",
    "@ben.okoro note: not linked",
    "＠ben note: full width",
    "@小王 备注：看一下",
    # before the word: emoji
    ":memo: note: with an emoji",
    ":memo::lock: note: two",
    ":memo: :lock: 备注：两个",
    ":wave::skin-tone-3: note: a hand",
    ":+1: note: a thumb",
    ":自定义: note: a custom one",
    "：memo： note: full-width colons",
    ":note: an emoji or a slip",
    "：备注：多打了一个冒号",
    "📝 note: a pencil",
    "📝note: no space",
    "📝备注：没有空格",
    "🔒 internal: a lock",
    "🤫私信：嘘",
    "⚠️ note: with a selector",
    "ℹ️ note: a letter to Unicode",
    "ℹ note: without a selector",
    "™️ note: NFKC makes letters of it",
    "Ⓜ️ note: and of this",
    "㊙️ 备注：和这个",
    "1️⃣ note: a keycap",
    "#️⃣ note: a keycap",
    "👩‍👩‍👧 note: a family",
    "👍🏽 note: a skin tone",
    "🇬🇧 note: a flag",
    "🏴󠁧󠁢󠁥󠁮󠁧󠁿 note: a flag of tags",
    "‼️ note: marks",
    "📝 <@U0BEN> :lock: *note*： everything",
    # hidden characters
    "\u200bnote: a zero-width space",
    "\ufeffnote: a byte order mark",
    "n\u200bote: inside the word",
    "note\u200b: before the colon",
    "no\u00adte: a soft hyphen",
    "\u2068note\u2069: isolated",
    # two of the words
    "internal note: x",
    "Private note: x",
    "note (internal): x",
    "内部备注：x",
    "內部備註：x",
    "备注/内部：x",
    # nothing after the colon
    "note:",
    "备注：",
    # the slashes
    "// do not send this",
    "//no space",
    "／／ 全角",
    "*//* in bold",
    "  // indented",
    "📝 // emoji first",
    "&gt; // quoted",
    "//",
]

COLLEAGUE = [
    "<@U0BEN> could you answer this?",
    "Could you answer this, <@U0BEN>?",
    "I think <@U0BEN|ben> knows",
    "<@W0BEN> from the other workspace",
    "<!subteam^S0FRONT> who is at the desk?",
    "<!subteam^S0FRONT|@front-of-house> who is there?",
    "<!here> anybody?",
    "<!here|here> anybody?",
    "<!channel> anybody?",
    "<!everyone> anybody?",
    "请<@U0BEN>看一下",
    "@here anybody?",
    "Is anybody there? @channel",
    "Is anybody there? @everyone!",
    "@ben could you look?",
    "@小王 你来回吧",
    "＠小王 你来回吧",
    ":eyes: @ben",
    "Hello there, the shop is open <!here>",
]

SILENT = ["", "   ", ":nobody-knows-this-one:", "<@U0BEN>", "<!here>", "\n"]

NOTES = [*FORMS, *MARKED, *COLLEAGUE]

REPLIES = [
    "Please note: we close at 5",
    "Please note that the lift is out of order.",
    "Notebook: you can buy one in the shop",
    "Notes: the lecture notes are online",
    "Notice: the gallery is closed",
    "Noted: we will hold it for you",
    "Note that we close at 5",
    "Note the time on your ticket",
    "A note: bring a coat",
    "One note: bring a coat",
    "Internally: we have no car park",
    "International visitors: bring a passport",
    "Privately: no",
    "Private tours: from 10:00 to 16:00",
    "Private tours start at 10:30",
    "Private events cost more: ask us",
    "Internal courtyards are open: come in",
    "Footnote: see below",
    "Banknote: we take cards only",
    "Keynote: at 7 in the hall",
    "Hello! The museum is open from 10:00 to 17:30.",
    "Yes.",
    "OK",
    "10:30 is fine",
    "10:30: the first tour",
    "1. Come in 2. Turn left",
    "Tickets: <https://example.org/tickets|our ticket page>",
    "<https://example.org/a_b> has the details",
    "https://example.org/note:1",
    "See https://example.org//map",
    "Write to <mailto:hello@example.org|hello@example.org>",
    "Write to hello@example.org",
    "Find us on Instagram: @aldermere_museum",
    "We are @aldermere on most networks",
    "The price is £5 &amp; that includes the guide",
    "Is it 5 &lt; 6? Yes",
    "and/or",
    "Open 24/7 // just kidding",
    "It is on the ground floor / level 0",
    "/ is a slash",
    "The exhibit is in <#C0HALL|hall>? No, in the hall",
    "*Welcome!* We look forward to it",
    "_Silk and Salt_ is on the first floor",
    "~10:00~ 11:00",
    ":wave: Hello there",
    "👋 Hello there",
    "1️⃣ Take the stairs",
    "ℹ️ The desk is by the door",
    "&gt; Is it free?\nYes, it is",
    "- bring water\n- bring a coat",
    "Yes\nnote: the lift is out of order",
    "您好！我们周二至周日开放。",
    "请注意：周一闭馆",
    "注意：周一闭馆",
    "备注里请写上您的名字",
    "内部装修，二层暂不开放：请走西门",
    "内部有电梯",
    "私信我们也可以的，谢谢：）",
    "私人导览：上午十点",
    "請備註您的姓名",
    "內部導覽每天兩場：10:30和14:00",
    "您可以带水：不能带酒",
    "好的~谢谢~",
    "票价：成人14英镑",
    "时间：10:00—17:30",
    "营业时间 10:00：全天",
    "館內禁止飲食，謝謝配合",
    "您好 Ms Li, the museum 今天开放",
    "Thanks:smile:",
    "The code is A:B:C",
]


def test_the_corpus_is_as_large_as_it_should_be() -> None:
    assert len(set(NOTES)) >= 150
    assert len(set(REPLIES)) >= 60


@pytest.mark.parametrize("text", NOTES)
def test_a_note_is_never_sent(text: str) -> None:
    assert decide(text, author_is_owner=True, claimed=True).kind == "note"
    assert decide(text, author_is_owner=False, claimed=True, confirm="anyway").kind == "note"
    assert decide(text, author_is_owner=False, claimed=False).kind == "note"


@pytest.mark.parametrize("text", SILENT)
def test_a_text_without_words_is_never_sent(text: str) -> None:
    assert decide(text, author_is_owner=True, claimed=True).kind == "note"


@pytest.mark.parametrize("text", REPLIES)
def test_a_reply_is_sent(text: str) -> None:
    assert decide(text, author_is_owner=True, claimed=True).kind == "reply"
    assert decide(text, author_is_owner=False, claimed=True, confirm="anyway").kind == "reply"


@pytest.mark.parametrize("text", MARKED)
def test_a_marked_note_stays_one_behind_more_mentions_and_emoji(text: str) -> None:
    for before in ("<@U0BEN> ", "📝", ":memo: ", "ℹ️ ", "\u200b", "*", "&gt; "):
        assert never_sent(before + text) is not None, before


@pytest.mark.parametrize(
    ("is_owner", "claimed", "confirm", "kind"),
    [
        (False, False, None, "offer_claim"),
        (False, False, "claim", "offer_claim"),
        (False, False, "anyway", "offer_claim"),
        (True, True, None, "reply"),
        (True, True, "claim", "reply"),
        (True, True, "anyway", "reply"),
        (False, True, None, "offer_anyway"),
        (False, True, "claim", "offer_anyway"),
        (False, True, "anyway", "reply"),
    ],
)
def test_who_may_send_when(is_owner: bool, claimed: bool, confirm: str | None, kind: str) -> None:
    decision = decide("Yes", author_is_owner=is_owner, claimed=claimed, confirm=confirm)
    assert decision.kind == kind


def test_a_decision_says_why() -> None:
    for text, why in (("note: x", Why.MARKED), ("<@U1> x", Why.COLLEAGUE), (" ", Why.NO_WORDS)):
        assert decide(text, author_is_owner=True, claimed=True).reason == why.value


@given(st.text(max_size=60), st.sampled_from(WORDS + MORE_WORDS), st.sampled_from(COLONS))
def test_whatever_follows_a_marked_note_stays(rest: str, word: str, colon: str) -> None:
    assert never_sent(f"{word}{colon}{rest}") is Why.MARKED


@given(st.text(max_size=80))
def test_any_text_is_decided(text: str) -> None:
    decision = decide(text, author_is_owner=True, claimed=True)
    assert decision.kind in ("note", "reply")
    assert decision.kind == "note" or to_visitor(text)


# -- what a visitor reads -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Yes", "Yes"),
        ("a &amp; b &lt;c&gt;", "a & b <c>"),
        ("&amp;lt;", "&lt;"),
        ("<https://x.org>", "https://x.org"),
        ("<https://x.org|x.org>", "https://x.org"),
        ("<https://x.org/|x.org>", "https://x.org/"),
        ("<https://x.org/a_b_c|our page>", "our page (https://x.org/a_b_c)"),
        ("<https://x.org/?a=1&amp;b=2|map>", "map (https://x.org/?a=1&b=2)"),
        ("<mailto:a@b.org|a@b.org>", "a@b.org"),
        ("<mailto:a@b.org|write to us>", "write to us (a@b.org)"),
        ("<tel:+441632960100|+44 1632 960 100>", "+44 1632 960 100 (+441632960100)"),
        ("in <#C1|hall>", "in #hall"),
        ("<!date^1700000000^{date}|14 November>", "14 November"),
        ("*bold* and _italic_ and *_both_*", "bold and italic and both"),
        ("*see <https://x.org|here>*", "see here (https://x.org)"),
        ("2*3*4 and snake_case_name", "2*3*4 and snake_case_name"),
        ("5 * 3 * 2", "5 * 3 * 2"),
        ("*one*, *two*", "one, two"),
        ("*一楼* 右转", "一楼 右转"),
        ("`code` and ```a block```", "code and a block"),
        ("https://x.org/_a_/*b*", "https://x.org/_a_/*b*"),
        ("~old~ new", "~old~ new"),
        ("好的~谢谢~", "好的~谢谢~"),
        (":wave: hello", "👋 hello"),
        ("hello :wave::skin-tone-2:", "hello 👋"),
        ("thanks:smile:", "thanks😄"),
        ("欢迎:smile:光临", "欢迎😄光临"),
        ("hello :our-own-emoji: there", "hello there"),
        ("from 10:30:00 to 11:100:2", "from 10:30:00 to 11:100:2"),
        ("A:B:C and 时间:上午:下午", "A:B:C and 时间:上午:下午"),
        ("line one\n\nline two", "line one\n\nline two"),
        ("&gt; Is it free?\nYes", "> Is it free?\nYes"),
        ("<b> is no markup", "<b> is no markup"),
        ("\ue0000\ue001", ""),
    ],
)
def test_slacks_markup_becomes_plain_text(typed: str, read: str) -> None:
    assert to_visitor(typed) == read


@given(st.text(max_size=80))
def test_plain_words_lose_nothing(text: str) -> None:
    plain = "".join(c for c in text if c.isalnum() and c.isascii()) or "x"
    assert to_visitor(plain) == plain


@given(st.text(alphabet="*_`~:<>|&;ahtps/ \n\ue000\ue0011", max_size=60))
def test_any_markup_can_be_read(text: str) -> None:
    to_visitor(text)
