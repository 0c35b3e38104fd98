"""WeChat out: what is sent, each of its answers understood, one token for all, and its window."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Iterator
from itertools import count
from typing import Any

import aiohttp
import claims
import pytest
from conftest import Book, Clock
from postgres import new_database
from standins.wechat import SECRET, WeChatStandin

from bot.channels import wechat_token
from bot.channels.wechat import LIMITS, WINDOW, WeChat
from bot.channels.wechat_errors import _TROUBLES
from bot.channels.wechat_render import passive, with_choices
from bot.config import Settings
from bot.errors import ChannelBroken, SendFailed
from bot.limits import utf8_bytes
from bot.messages import Choice, Outbound, Reply
from bot.outbox import Outbox, lay
from bot.store import tokens
from bot.store.database import Database
from bot.windows import CLICK, MESSAGE

from .send_contract import FINAL, LIMITED, PASSING, REVOKED, SHORT, Post, SendContract
from .test_wechat import SETTINGS, TOKEN

TEXTS = ["We are open.", "我们开放。", "请book两张ticket 🎟️ <看> & \"引\" 'x' \\u4f60"]
CHOICES = (Choice("c1", "交通 Getting here"), Choice("c2", "x" * 60), Choice("c3", "转人工"))
_people = count(1000)


@pytest.fixture
def wechat() -> Iterator[WeChatStandin]:
    with WeChatStandin() as standin:
        yield standin


@pytest.fixture
async def sender(wechat: WeChatStandin) -> AsyncIterator[WeChat]:
    opened = channel(wechat)
    yield opened
    await opened.hush()
    await opened.close()


def channel(wechat: WeChatStandin, database: Database | None = None, **values: str) -> WeChat:
    opened = WeChat(Settings({**SETTINGS, "WECHAT_API_URL": wechat.url, **values}))
    if database is not None:
        opened.share(database)
    return opened


class WeChatPost(Post):
    """WeChat in front of its stand-in."""

    secrets = (SECRET, TOKEN)
    variable = "WECHAT_APP_SECRET"

    def __init__(self, wechat: WeChatStandin, sender: WeChat) -> None:
        self.wechat, self.channel = wechat, sender
        sender._api._http._timeout = aiohttp.ClientTimeout(total=SHORT)

    def person(self) -> str:
        """Returns a new openid."""
        return f"oDOCENT{next(_people):021d}"

    def got(self, person_id: str) -> list[str]:
        """Returns the texts that a person got."""
        return self.wechat.texts(person_id)

    def refuse(self, kind: str) -> float | None:
        """Lets WeChat say no, in words that hold what must not be shown."""
        if kind == REVOKED:
            self.wechat.revoke_secret()
            return None
        code, wait = {PASSING: (-1, None), LIMITED: (45011, 60.0), FINAL: (45015, None)}[kind]
        self.wechat.fail_next(code=code, words=f"{SECRET} {self.wechat.token}")
        return wait

    def hang(self, what: str = "message") -> None:
        """Lets WeChat take its time."""
        self.wechat.hang_next(2 * SHORT, on=what)

    def drop(self) -> None:
        """Breaks the connection."""
        self.wechat.accept_then_drop()

    def down(self) -> None:
        """Lets WeChat be away."""
        self.wechat.down()

    def busy(self) -> bool:
        """Lets WeChat be busy when it is asked who we are."""
        self.wechat.fail_next(code=-1, on="check")
        return True

    def seen(self, words: str) -> list[str]:
        """Returns the secrets in these words; access tokens are secrets too."""
        given = [
            each.reply.body["access_token"]
            for each in self.wechat.exchanges
            if each.reply
            and isinstance(each.reply.body, dict)
            and "access_token" in each.reply.body
        ]
        return [secret for secret in (*self.secrets, *given) if secret in words]


@pytest.fixture
def post(wechat: WeChatStandin, sender: WeChat) -> WeChatPost:
    return WeChatPost(wechat, sender)


class TestSending(SendContract):
    """WeChat sends as every channel does."""


# -- what is sent -----------------------------------------------------------------------------


@pytest.mark.parametrize("text", TEXTS)
async def test_a_text_is_read_as_it_was_written(
    wechat: WeChatStandin, sender: WeChat, text: str
) -> None:
    assert await sender.send("oA", Outbound(text)) is None
    [sent] = wechat.sent("oA")
    assert (sent.text, sent.buttons) == (text, ())
    raw = wechat.exchanges[-1].raw
    assert json.loads(raw) == {"touser": "oA", "msgtype": "text", "text": {"content": text}}
    assert wechat.exchanges[-1].headers["content-type"].startswith("application/json")


async def test_chinese_travels_as_utf_8(wechat: WeChatStandin, sender: WeChat) -> None:
    await sender.send("oA", Outbound("馆 museum 🎟️"))
    assert "馆 museum 🎟️".encode() in wechat.exchanges[-1].raw


@pytest.mark.parametrize("text", TEXTS)
async def test_choices_are_a_menu_message(
    wechat: WeChatStandin, sender: WeChat, text: str
) -> None:
    await sender.send("oA", Outbound(text, CHOICES))
    [sent] = wechat.sent("oA")
    assert (sent.text, sent.choices) == (text, ("c1", "c2", "c3"))
    assert sent.buttons == tuple(choice.label for choice in CHOICES)
    assert set(sent.body["msgmenu"]) == {"head_content", "list", "tail_content"}


@pytest.mark.parametrize("words", ["w", "馆", "馆w"])
def test_the_longest_answer_with_choices_fits_the_response(words: str) -> None:
    choices = [Choice(f"{n:016}", "签" * (LIMITS.label // 3)) for n in range(LIMITS.choices)]
    assert LIMITS.with_choices is not None
    text = words * (LIMITS.with_choices // utf8_bytes(words))
    shown = with_choices(text, tuple(choices))
    assert utf8_bytes(shown) <= LIMITS.length
    assert all(choice.label in shown for choice in choices)
    # Of ordinary length all of them can be tapped.
    assert with_choices("字" * 250, tuple(choices[:4])).count("<a href") == 4


@pytest.mark.parametrize("label", ["Opening times", 'A&B "x" <y> #1 100% +?=', "开放时间", "a\nb"])
def test_a_label_cannot_leave_its_link(label: str) -> None:
    shown = with_choices("请选 choose", (Choice("c1", label),))
    [address] = shown.split('<a href="')[1:]
    href, _, rest = address.partition('">')
    assert href.startswith("weixin://bizmsgmenu?msgmenucontent=")
    assert href.endswith("&msgmenuid=c1")
    assert href.count("&") == 1
    assert not set(' \n"<>#') & set(href)
    assert rest.endswith("</a>")
    assert rest.count("<") == 1


def test_a_passive_answer_is_read_by_wechatpy() -> None:
    import xmltodict

    text = "]]> <b>1 & 2</b> 馆 ]]>"
    values = xmltodict.parse(passive("gh_1", "oA", text, ()))["xml"]
    assert values.pop("CreateTime").isdigit()
    assert values == {
        "ToUserName": "oA",
        "FromUserName": "gh_1",
        "MsgType": "text",
        "Content": text,
    }


async def test_the_typing_sign(wechat: WeChatStandin, sender: WeChat) -> None:
    await sender.typing("oA", "1")
    await sender.typing("oA", "1")  # WeChat says "already shown", and that is good
    assert wechat.typed("oA") == 1
    wechat.fail_next(code=45080, on="typing")
    await sender.typing("oB", "1")
    wechat.verified = False
    with pytest.raises(SendFailed):
        await sender.typing("oB", "1")


# -- what WeChat answers ----------------------------------------------------------------------

MEANT = [
    (-1, True, None, False, ""),
    (40003, False, None, False, "another way"),
    (43004, False, None, False, "another way"),
    (40008, False, None, False, "report"),
    (40200, False, None, False, "verified"),
    (44004, False, None, False, "report"),
    (45002, False, None, False, "report"),
    (45009, True, 3600.0, False, ""),
    (45011, True, 60.0, False, ""),
    (45015, False, None, False, "write first"),
    (45047, False, None, False, "write first"),
    (48001, False, None, False, "微信认证"),
    (48004, False, None, False, "mp.weixin.qq.com"),
    (50001, False, None, False, "微信认证"),
    (50002, False, None, False, "mp.weixin.qq.com"),
    (40164, False, None, True, "IP白名单"),
    (40013, False, None, True, "WECHAT_APP_ID"),
    (40125, False, None, True, "WECHAT_APP_SECRET"),
    (41002, False, None, True, "WECHAT_APP_ID"),
    (87014, False, None, False, "other words"),
    (99999, False, None, False, "report"),
]


@pytest.mark.parametrize(("code", "retryable", "wait", "broken", "step"), MEANT)
async def test_each_code(
    wechat: WeChatStandin,
    sender: WeChat,
    code: int,
    retryable: bool,
    wait: float | None,
    broken: bool,
    step: str,
) -> None:
    wechat.fail_next(code=code, words="访客的话 the visitor's words")
    with pytest.raises(SendFailed) as caught:
        await sender.send("oA", Outbound("你好 hello"))
    error = caught.value
    assert (error.retryable, error.retry_after, error.broken) == (retryable, wait, broken)
    assert not error.maybe_delivered
    assert f"code {code}" in error.reason
    assert step in error.next_step
    assert (error.next_step == "") is (step == "")
    assert "visitor's words" not in f"{error.reason}{error.next_step}"


def test_no_code_is_left_without_a_test() -> None:
    tested = {code for code, *_ in MEANT}
    alike = {40014, 42001, 40001, 40243, 41004, 89501, 89503, 89506, 89507, 43005, 44002, 47001}
    assert set(_TROUBLES) <= tested | alike


@pytest.mark.parametrize(
    ("status", "retryable", "maybe"),
    [
        (200, True, True),
        (500, True, False),
        (502, True, False),
        (429, True, False),
        (404, False, False),
    ],
)
async def test_what_is_none_of_wechats_answers(
    wechat: WeChatStandin, sender: WeChat, status: int, retryable: bool, maybe: bool
) -> None:
    wechat.fail_next(status=status, bare=True)
    with pytest.raises(SendFailed) as caught:
        await sender.send("oA", Outbound("你好 hello"))
    error = caught.value
    assert (error.retryable, error.maybe_delivered) == (retryable, maybe)
    assert ("WECHAT_API_URL" in error.next_step) is (status == 404)


# -- the token --------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["expire_token", "replace_token"])
async def test_a_token_that_ended_is_fetched_once_more(
    wechat: WeChatStandin, sender: WeChat, end: str
) -> None:
    await sender.send("oA", Outbound("一 one"))
    getattr(wechat, end)()
    await asyncio.gather(*(sender.send("oA", Outbound(text)) for text in ("二", "three", "四 4")))
    assert sorted(wechat.texts("oA")) == ["three", "一 one", "二", "四 4"]
    assert wechat.fetches == 2


async def test_a_token_that_is_never_taken_is_asked_for_once_more_and_no_more(
    wechat: WeChatStandin, sender: WeChat
) -> None:
    wechat.fail_next(9, code=40001)
    with pytest.raises(SendFailed) as caught:
        await sender.send("oA", Outbound("你好 hi"))
    assert (caught.value.broken, caught.value.retryable) == (True, False)
    assert wechat.fetches == 2
    assert sum(each.path.endswith("/send") for each in wechat.exchanges) == 2


async def test_a_refused_secret_is_not_asked_for_again_and_again(
    wechat: WeChatStandin, sender: WeChat
) -> None:
    wechat.revoke_secret()
    for _ in range(5):
        with pytest.raises(SendFailed, match="40125"):
            await sender.send("oA", Outbound("你好 hi"))
    assert len(wechat.exchanges) == 1


async def test_a_busy_wechat_is_asked_again(wechat: WeChatStandin, sender: WeChat) -> None:
    wechat.fail_next(code=-1, on="token")
    with pytest.raises(SendFailed) as caught:
        await sender.send("oA", Outbound("你好 hi"))
    assert (caught.value.retryable, caught.value.maybe_delivered) == (True, False)
    await sender.send("oA", Outbound("再来 again"))
    assert wechat.texts("oA") == ["再来 again"]


async def test_a_token_that_hangs_has_sent_nothing(
    wechat: WeChatStandin, sender: WeChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender._api._http._timeout = aiohttp.ClientTimeout(total=0.3)
    for patience in (wechat_token.PATIENCE, 0.1):
        monkeypatch.setattr(wechat_token, "PATIENCE", patience)
        wechat.hang_next(2, on="token")
        with pytest.raises(SendFailed, match="in time") as caught:
            await sender.send("oA", Outbound("你好 hi"))
        assert (caught.value.retryable, caught.value.maybe_delivered) == (True, False)


async def test_a_fetch_that_is_stopped_leaves_the_turn_to_others(
    database: Database, wechat: WeChatStandin, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped, other = channel(wechat, database), channel(wechat, database)
    run, turns = database.run, count()

    async def slowly(work: Any, *args: Any, **kwargs: Any) -> Any:
        result = await run(work, *args, **kwargs)
        if work is tokens.take_turn and next(turns) == 0:
            await asyncio.sleep(9)
        return result

    monkeypatch.setattr(database, "run", slowly)
    waiting = asyncio.create_task(stopped.send("oA", Outbound("停 stop")))
    await asyncio.sleep(0.3)
    await stopped.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await asyncio.wait_for(other.send("oA", Outbound("好 here")), 5)
    assert wechat.texts("oA") == ["好 here"]
    await other.close()


async def test_whoever_gives_up_does_not_stop_the_fetch(
    wechat: WeChatStandin, sender: WeChat
) -> None:
    wechat.hang_next(0.4, on="token")
    sender.thinking("oA", "1")
    await asyncio.sleep(0.05)
    await sender.deliver("oA", Outbound("好 here"))
    assert (wechat.texts("oA"), wechat.fetches) == (["好 here"], 1)


@pytest.mark.parametrize(("lifetime", "holds"), [(7200, 6900.0), (600, 300.0), (100, 50.0)])
async def test_a_token_is_fetched_anew_before_it_ends(
    database: Database,
    clock: Clock,
    wechat: WeChatStandin,
    monkeypatch: pytest.MonkeyPatch,
    lifetime: int,
    holds: float,
) -> None:
    monkeypatch.setattr(tokens, "now", clock)
    wechat.lifetime = lifetime
    sender = channel(wechat, database)
    await sender.send("oA", Outbound("一 one"))
    clock.on(seconds=holds - 1)
    await sender.send("oA", Outbound("二 two"))
    assert wechat.fetches == 1
    clock.on(seconds=1)
    await sender.send("oA", Outbound("三 three"))
    assert wechat.fetches == 2
    await sender.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_all_processes_share_one_token(
    tmp_path: Any, wechat: WeChatStandin, kind: str
) -> None:
    url = f"sqlite:///{tmp_path}/docent.db" if kind == "sqlite" else new_database()
    databases = [Database(url) for _ in range(3)]
    await asyncio.to_thread(databases[0].migrate)
    senders = [channel(wechat, database) for database in databases]
    wechat.hang_next(0.3, on="token")
    sends = [each.send("oA", Outbound(f"第{n} line")) for n, each in enumerate(senders * 4)]
    await asyncio.gather(*sends)
    assert (len(wechat.sent("oA")), wechat.fetches) == (12, 1)
    wechat.expire_token()
    await asyncio.gather(*(each.send("oA", Outbound("再 again")) for each in senders))
    assert (len(wechat.sent("oA")), wechat.fetches) == (15, 2)
    for each, database in zip(senders, databases, strict=True):
        await each.close()
        database.close()


async def test_whoever_gets_the_turn_late_looks_first(
    database: Database, wechat: WeChatStandin, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender = channel(wechat, database)
    token, looks = sender._api.token, count()
    kept = token._kept

    async def late() -> str | None:
        # Another process fetched one between our first look and our turn.
        return None if next(looks) == 0 else await kept()

    other = channel(wechat)
    database.now(tokens.keep, token._name, await other._api.token.get(), 600)
    await other.close()
    monkeypatch.setattr(token, "_kept", late)
    await sender.send("oA", Outbound("你好 hi"))
    assert wechat.fetches == 1
    await sender.close()


async def test_neither_token_nor_secret_is_logged(
    wechat: WeChatStandin, sender: WeChat, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await sender.send("oA", Outbound("一 one"))
    first = wechat.token
    wechat.expire_token()
    await sender.typing("oA", "1")
    await sender.check()
    assert len(first) > 20
    for secret in (first, wechat.token, SECRET, TOKEN):
        assert secret not in caplog.text


# -- the set-up check -------------------------------------------------------------------------


async def test_the_check_names_account_and_mode(wechat: WeChatStandin) -> None:
    for key, words in (("", "in clear"), ("k" * 43, "encrypted")):
        opened = channel(wechat, WECHAT_AES_KEY=key)
        assert await opened.check() == f"the account {SETTINGS['WECHAT_APP_ID']}, messages {words}"
        await opened.close()


async def test_the_check_sees_a_token_that_others_replaced(
    wechat: WeChatStandin, sender: WeChat
) -> None:
    await sender.check()
    wechat.replace_token()
    await sender.check()
    assert wechat.fetches == 2


async def test_the_check_says_what_to_mend(wechat: WeChatStandin, sender: WeChat) -> None:
    await sender.check()
    wechat.allowed = False
    with pytest.raises(ChannelBroken) as caught:
        await sender.check()
    assert "IP白名单" in caught.value.remedy
    assert "WECHAT_APP_ID" in caught.value.remedy


@pytest.mark.parametrize(("code", "status"), [(48001, 200), (40066, 200), (0, 404)])
async def test_the_check_minds_nothing_but_the_keys(
    wechat: WeChatStandin, sender: WeChat, code: int, status: int
) -> None:
    wechat.fail_next(code=code, status=status, bare=status != 200, on="check")
    assert await sender.check()


@pytest.mark.parametrize(("code", "status"), [(-1, 200), (45009, 200), (0, 502), (0, 429)])
async def test_a_busy_wechat_is_not_broken(
    wechat: WeChatStandin, sender: WeChat, code: int, status: int
) -> None:
    wechat.fail_next(code=code, status=status, bare=status != 200, on="check")
    with pytest.raises(SendFailed) as caught:
        await sender.check()
    assert (caught.value.retryable, caught.value.broken) == (True, False)
    assert await sender.check()


async def test_a_wrong_app_id_is_named(wechat: WeChatStandin) -> None:
    opened = channel(wechat, WECHAT_APP_ID="wxffffffffffffffff")
    with pytest.raises(ChannelBroken) as caught:
        await opened.check()
    await opened.close()
    assert "40013" in caught.value.reason
    assert "WECHAT_APP_ID" in caught.value.remedy


# -- the window, held to the stand-in by a clock that stands still ----------------------------


class Desk:
    """An outbox in front of the stand-in, both with one clock."""

    def __init__(self, database: Database, clock: Clock, wechat: WeChatStandin) -> None:
        self.database, self.clock, self.wechat = database, clock, wechat
        self.book, self.dead = Book(database), list[str]()
        self.channel = channel(wechat, database)
        self.outbox = Outbox(
            database,
            {"wechat": self.channel},
            lambda *_: None,
            lambda _connection, _row, reason: self.dead.append(reason),
            lambda *_: None,
            lambda: None,
        )

    def acts(self, act: str) -> None:
        """Lets the visitor write, or touch something."""
        self.book.heard("几点 when?", "oA", "wechat", act=act, sent_at=self.clock())
        at = self.clock().timestamp()
        if act == MESSAGE:
            self.wechat.person_wrote("oA", at)
        else:
            self.wechat.person_clicked("oA", at)

    async def says(self, text: str, **values: Any) -> str:
        """Sends a message and returns its state."""
        seq = self.book.said(text, "oA", channel="wechat", **values)
        leaving = await claims.one(self.outbox)
        assert leaving is not None
        await self.outbox.deliver(leaving)
        return str(self.book.row(seq).state)


@pytest.fixture
async def desk(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Desk]:
    for module in ("windows", "tokens"):
        monkeypatch.setattr(f"bot.store.{module}.now", clock)
    timed = WeChatStandin(enforce_window=True, clock=lambda: clock().timestamp())
    with timed as standin:
        made = Desk(database, clock, standin)
        yield made
        await made.channel.close()


@pytest.mark.parametrize(("act", "seconds"), [(MESSAGE, 48 * 3600), (CLICK, 60)])
async def test_the_window_to_the_second(desk: Desk, act: str, seconds: int) -> None:
    desk.acts(act)
    desk.clock.on(seconds=seconds - 1)
    assert await desk.says("还来得及 in time") == "sent"
    desk.clock.on(seconds=1)
    assert await desk.says("太晚 too late") == "dead"
    assert desk.wechat.texts("oA") == ["还来得及 in time"]
    assert desk.wechat.refused == []  # it was known without asking
    assert "customer-service window is closed" in desk.dead[0]
    assert "write first" in desk.dead[0]


@pytest.mark.parametrize(("act", "most"), [(MESSAGE, 5), (CLICK, 3)])
async def test_the_quota_to_the_message(desk: Desk, act: str, most: int) -> None:
    desk.acts(act)
    states = [await desk.says(f"第{n} line") for n in range(most + 1)]
    assert states == ["sent"] * most + ["dead"]
    assert len(desk.wechat.texts("oA")) == most
    assert desk.wechat.refused == []
    desk.clock.on(seconds=5)
    desk.acts(MESSAGE)
    assert await desk.says("又可以 again") == "sent"


async def test_passive_answers_cost_nothing(desk: Desk) -> None:
    desk.acts(MESSAGE)
    for n in range(7):
        desk.book.said(
            f"随响应 {n}",
            "oA",
            channel="wechat",
            state="sent",
            payload={"passive": True},
            done_at=desk.clock(),
        )
    states = [await desk.says(f"第{n} line") for n in range(6)]
    assert states == ["sent"] * 5 + ["dead"]


async def test_a_tap_opens_no_more_than_a_click(desk: Desk) -> None:
    desk.acts(MESSAGE)
    desk.clock.on(hours=49)
    desk.acts(CLICK)
    states = [await desk.says(f"第{n} line") for n in range(4)]
    assert states == ["sent"] * 3 + ["dead"]


@pytest.mark.parametrize("code", [45015, 45047])
async def test_what_wechat_knows_better_is_told(desk: Desk, code: int) -> None:
    desk.acts(MESSAGE)
    desk.wechat.fail_next(code=code)
    assert await desk.says("不行 no") == "dead"
    assert "write first" in desk.dead[0]


async def test_a_long_answer_is_cut_to_what_wechat_takes(desk: Desk) -> None:
    desk.acts(MESSAGE)
    text = "馆" * 1500 + "。The end."
    desk.database.now(
        lay, "wechat:oA", "wechat", Reply(text), LIMITS, author="bot", language="zh-Hans"
    )
    while (leaving := await claims.one(desk.outbox)) is not None:
        await desk.outbox.deliver(leaving)
    got = desk.wechat.texts("oA")
    assert "".join(got) == text
    assert len(got) == 3
    assert WINDOW.after[MESSAGE].messages == 5
