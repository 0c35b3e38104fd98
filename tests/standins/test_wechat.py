"""WeChatStandin: each limit at its boundary, every way to fail; wechatpy writes to it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
import requests
from requests.adapters import HTTPAdapter
from wechatpy import WeChatClient
from wechatpy.exceptions import APILimitedException, WeChatClientException

from .reference import load, reference
from .wechat import SECRET, WeChatStandin
from .wechat_push import APP_ID
from .wire import Answer, JsonDict, call

JSON = {"Content-Type": "application/json"}
HOST = "https://api.weixin.qq.com"


@pytest.fixture
def wechat() -> Iterator[WeChatStandin]:
    with WeChatStandin() as standin:
        yield standin


def token(wechat: WeChatStandin, **more: str) -> JsonDict:
    query = {"grant_type": "client_credential", "appid": APP_ID, "secret": SECRET, **more}
    return dict(call("GET", f"{wechat.url}/cgi-bin/token?{urlencode(query)}").json())


def post(wechat: WeChatStandin, path: str, body: JsonDict | bytes, given: str = "") -> Answer:
    raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    key = given or wechat.token or token(wechat)["access_token"]
    return call("POST", f"{wechat.url}/cgi-bin/{path}?access_token={key}", raw, JSON)


def send(wechat: WeChatStandin, body: JsonDict | bytes, given: str = "") -> int:
    answer = post(wechat, "message/custom/send", body, given)
    assert answer.status == 200
    return int(answer.json()["errcode"])


def text(words: Any = "好 hello", **more: Any) -> JsonDict:
    return {"touser": "oA", "msgtype": "text", "text": {"content": words}, **more}


def menu(**more: Any) -> JsonDict:
    made = {"head_content": "选 choose", "list": [entry()], "tail_content": "", **more}
    return {"touser": "oA", "msgtype": "msgmenu", "msgmenu": made}


def entry(id: str = "c1", content: str = "是 yes") -> JsonDict:
    return {"id": id, "content": content}


LIMITS: list[tuple[str, Callable[[int], JsonDict], int, int]] = [
    ("text, English", lambda n: text("a" * n), 2048, 45002),
    ("text, Chinese", lambda n: text("馆" * (n // 3) + "a" * (n % 3)), 2048, 45002),
    ("text, mixed", lambda n: text("a" * (n % 4) + "🎟" * (n // 4)), 2048, 45002),
    ("heading", lambda n: menu(head_content="a" * n), 1024, 45002),
    ("end", lambda n: menu(tail_content="a" * n), 1024, 45002),
    ("entries", lambda n: menu(list=[entry()] * n), 10, 47001),
    ("entry", lambda n: menu(list=[entry(content="签" * (n // 3) + "a" * (n % 3))]), 128, 45002),
    ("entry's id", lambda n: menu(list=[entry("i" * n)]), 64, 45002),
]


@pytest.mark.parametrize(("name", "make", "most", "code"), LIMITS, ids=[row[0] for row in LIMITS])
def test_each_limit(
    wechat: WeChatStandin, name: str, make: Callable[[int], JsonDict], most: int, code: int
) -> None:
    assert send(wechat, make(most)) == 0
    assert send(wechat, make(most + 1)) == code
    assert len(wechat.sent("oA")) == 1
    assert len(wechat.refused) == 1


REFUSED: dict[str, tuple[JsonDict | bytes, int]] = {
    "no person": ({"msgtype": "text", "text": {"content": "x"}}, 40003),
    "blank person": (text(touser=" "), 40003),
    "unknown kind": (text(msgtype="hologram"), 40008),
    "no content": ({"touser": "oA", "msgtype": "text"}, 47001),
    "empty text": (text(""), 44004),
    "blank text": (text(" \n"), 44004),
    "text not a string": (text(5), 47001),
    "misspelt key": (text(tekst={}), 47001),
    "no entries": (menu(list=[]), 47001),
    "entry without id": (menu(list=[{"content": "x"}]), 47001),
    "no heading": (menu(head_content=""), 44004),
    "no json": (b"touser=oA", 47001),
    "a list": (b"[1]", 47001),
    "not utf-8": (b'{"touser": "\xff"}', 47001),
}


@pytest.mark.parametrize("name", REFUSED)
def test_each_refusal(wechat: WeChatStandin, name: str) -> None:
    body, code = REFUSED[name]
    assert send(wechat, body) == code
    assert wechat.sent() == []


def test_it_answers_and_remembers_as_wechat_does(wechat: WeChatStandin) -> None:
    answer = post(wechat, "message/custom/send", text("几点 when?"))
    assert answer.json() == {"errcode": 0, "errmsg": "ok"}
    assert send(wechat, menu(list=[entry(), entry("c2", "否 no")])) == 0
    first, second = wechat.wait_for("oA", 2)
    assert (first.text, first.buttons) == ("几点 when?", ())
    assert (second.text, second.buttons, second.choices) == (
        "选 choose",
        ("是 yes", "否 no"),
        ("c1", "c2"),
    )
    assert wechat.texts("nobody") == []


def test_escapes_are_read_as_they_stand(wechat: WeChatStandin) -> None:
    assert send(wechat, json.dumps(text("馆 x \\n")).encode()) == 0
    assert send(wechat, json.dumps(text("馆 x \\u9986"), ensure_ascii=False).encode()) == 0
    assert wechat.texts("oA") == ["\\u9986 x \\n", "馆 x \\u9986"]


def test_a_new_token_ends_the_one_before(wechat: WeChatStandin) -> None:
    first = token(wechat)
    assert (first["expires_in"], wechat.fetches) == (7200, 1)
    second = token(wechat)
    assert send(wechat, text(), first["access_token"]) == 40001
    assert send(wechat, text(), second["access_token"]) == 0
    assert wechat.fetches == 2


def test_every_way_a_token_ends(wechat: WeChatStandin) -> None:
    given = token(wechat)["access_token"]
    wechat.expire_token()
    assert send(wechat, text(), given) == 42001
    given = token(wechat)["access_token"]
    wechat.replace_token()
    assert send(wechat, text(), given) == 40001
    wechat.revoke_secret()
    assert token(wechat)["errcode"] == 40125
    missing = call("POST", f"{wechat.url}/cgi-bin/message/custom/send", b"{}", JSON)
    assert missing.json()["errcode"] == 41001


@pytest.mark.parametrize(
    ("wrong", "code"),
    [({"appid": "wx0"}, 40013), ({"secret": "错"}, 40125), ({"grant_type": "x"}, 40002)],
)
def test_wrong_keys(wechat: WeChatStandin, wrong: dict[str, str], code: int) -> None:
    assert token(wechat, **wrong)["errcode"] == code
    assert wechat.fetches == 0


def test_rights_addresses_and_methods(wechat: WeChatStandin) -> None:
    given = token(wechat)["access_token"]
    got = call("GET", f"{wechat.url}/cgi-bin/message/custom/send?access_token={given}")
    assert got.json()["errcode"] == 43002
    unknown = call("GET", f"{wechat.url}/cgi-bin/nothing?access_token={given}")
    assert unknown.json()["errcode"] == 40066
    asked = call("GET", f"{wechat.url}/cgi-bin/getcallbackip?access_token={given}").json()
    assert set(asked) == {"ip_list"}
    wechat.verified = False
    assert send(wechat, text()) == 48001
    wechat.allowed = False
    assert send(wechat, text()) == 40164
    assert token(wechat)["errcode"] == 40164


def test_the_typing_sign_goes_with_a_message() -> None:
    now = [1_000_000.0]
    with WeChatStandin(clock=lambda: now[0]) as wechat:
        shown: JsonDict = {"touser": "oA", "command": "Typing"}

        def typing(**more: str) -> int:
            return int(post(wechat, "message/custom/typing", {**shown, **more}).json()["errcode"])

        assert [typing(), typing(), typing(touser="oB")] == [0, 45081, 0]
        send(wechat, text())
        assert typing() == 0
        now[0] += 15
        assert typing() == 0
        assert (wechat.typed("oA"), wechat.typed("oB")) == (3, 1)
        assert typing(command="typing_on") == 45072
        assert typing(touser="") == 40003


@pytest.mark.parametrize(("act", "seconds", "most"), [("wrote", 48 * 3600, 5), ("clicked", 60, 3)])
def test_the_window_and_the_quota(act: str, seconds: int, most: int) -> None:
    now = [1_000_000.0]
    with WeChatStandin(enforce_window=True, clock=lambda: now[0]) as wechat:
        assert send(wechat, text()) == 45015
        getattr(wechat, f"person_{act}")("oA")
        assert [send(wechat, text()) for _ in range(most + 1)] == [0] * most + [45047]
        getattr(wechat, f"person_{act}")("oA")
        now[0] += seconds - 1
        assert send(wechat, text()) == 0
        now[0] += 1
        assert send(wechat, text()) == 45015


def test_faults_strike_messages_and_spare_the_rest(wechat: WeChatStandin) -> None:
    wechat.fail_next(code=45011)
    wechat.fail_next(code=-1, on="token")
    wechat.fail_next(code=45080, on="typing")
    wechat.fail_next(bare=True, status=502)
    assert token(wechat)["errcode"] == -1
    typed = post(wechat, "message/custom/typing", {"touser": "oA", "command": "Typing"})
    assert typed.json()["errcode"] == 45080
    assert send(wechat, text()) == 45011
    assert post(wechat, "message/custom/send", text()).status == 502
    assert send(wechat, text()) == 0
    assert [each.fault for each in wechat.refused] == [
        "error -1",
        "error 45080",
        "error 45011",
        "error -1",
    ]


# -- wechatpy writes to it --------------------------------------------------------------------


class Here(HTTPAdapter):
    """Takes what wechatpy sends to Tencent's address, which it has written down, to ours."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.address = url

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> Any:
        """Sends a request here."""
        assert request.url is not None
        request.url = request.url.replace(HOST, self.address)
        return super().send(request, *args, **kwargs)


@pytest.fixture
def client(wechat: WeChatStandin) -> Iterator[WeChatClient]:
    made = WeChatClient(APP_ID, SECRET)
    made._http.trust_env = False
    made._http.mount(HOST, Here(wechat.url))
    yield made
    made._http.close()


pytestmark = pytest.mark.filterwarnings("ignore:.*WeChatClient.* is deprecated:DeprecationWarning")


@pytest.mark.parametrize("words", ["Open at nine.", "九点开门。", "九点open 🎟️"])
def test_wechatpy_sends(wechat: WeChatStandin, client: WeChatClient, words: str) -> None:
    assert client.message.send_text("oA", words)["errcode"] == 0
    entries = [{"id": "c1", "content": "是 yes"}, {"id": "c2", "content": "否 no"}]
    client.message.send_msg_menu(
        "oA", {"head_content": words, "list": entries, "tail_content": ""}
    )
    first, second = wechat.sent("oA")
    assert (first.text, second.text, second.buttons) == (words, words, ("是 yes", "否 no"))
    assert wechat.fetches == 1


def test_wechatpy_understands_every_refusal(wechat: WeChatStandin, client: WeChatClient) -> None:
    for code in (45015, 45047, 40003, 48001):
        wechat.fail_next(code=code)
        with pytest.raises(WeChatClientException) as caught:
            client.message.send_text("oA", "不行 no")
        assert caught.value.errcode == code
    wechat.fail_next(code=45009)
    with pytest.raises(APILimitedException):
        client.message.send_text("oA", "太多 too many")


@pytest.mark.parametrize("end", ["expire_token", "replace_token"])
def test_wechatpy_renews_its_token(wechat: WeChatStandin, client: WeChatClient, end: str) -> None:
    client.message.send_text("oA", "一 one")
    getattr(wechat, end)()
    client.message.send_text("oA", "二 two")
    assert (wechat.texts("oA"), wechat.fetches) == (["一 one", "二 two"], 2)


def test_answers_have_the_keys_of_wechatpys_fixtures(wechat: WeChatStandin) -> None:
    folder = reference("wechat", "fixtures", "wechatpy", "api")
    assert set(token(wechat)) == set(load(folder / "token.json"))
    sent = post(wechat, "message/custom/send", text()).json()
    assert set(sent) == set(load(folder / "message_custom_send.json"))
    asked = call("GET", f"{wechat.url}/cgi-bin/getcallbackip?access_token={wechat.token}").json()
    assert set(asked) == set(load(folder / "getcallbackip.json"))
