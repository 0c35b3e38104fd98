"""WeChat's pushes as the stand-in builds them, judged by wechatpy and by published vectors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.replies import EmptyReply, TextReply
from wechatpy.utils import check_signature

from . import wechat_push as push
from .base import Reply
from .receiver import Receiver
from .reference import load, reference
from .wechat import links
from .wechat_push import ACCOUNT, APP_ID, Account, sign, to_xml

KEY = "QmFzZTY0IG9mIDMyIGJ5dGVzIG9mIG91ciBvd24hISE"
TABLE = ["Is it open?", "几点关门？", "我想book两张ticket 🎟 <b>&]]>"]
ACCOUNTS = [Account(), Account(aes_key=KEY), Account(aes_key=KEY, compatible=True)]
MODES = ["in clear", "secure", "compatible"]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as standin:
        yield standin


def sealed(answer: str) -> str:
    return str(WeChatCrypto("a-word-of-the-museum", KEY, APP_ID).encrypt_message(answer, "n", "1"))


# -- what is pushed ---------------------------------------------------------------------------

KINDS: list[tuple[dict[str, Any], str, dict[str, Any]]] = [
    (push.text("oA", TABLE[2]), "text", {"content": TABLE[2]}),
    (push.image("oA"), "image", {"media_id": "media-image"}),
    (push.voice("oA", "几点 when?"), "voice", {"recognition": "几点 when?", "format": "amr"}),
    (push.video("oA"), "video", {"thumb_media_id": "media-thumb"}),
    (push.video("oA", "shortvideo"), "shortvideo", {"media_id": "media-video"}),
    (push.location("oA", "某地 a place"), "location", {"label": "某地 a place"}),
    (push.link("oA", "文章 article"), "link", {"title": "文章 article"}),
    (push.event("oA", "subscribe", ""), "event", {"event": "subscribe"}),
    (push.event("oA", "subscribe", "qrscene_7"), "event", {"event": "subscribe_scan"}),
    (push.event("oA", "SCAN", "7"), "event", {"event": "scan", "scene_id": "7"}),
    (push.event("oA", "CLICK", "wifi"), "event", {"event": "click", "key": "wifi"}),
    (push.event("oA", "VIEW", "https://x"), "event", {"event": "view", "url": "https://x"}),
    (push.event("oA", "unsubscribe"), "event", {"event": "unsubscribe"}),
]


@pytest.mark.parametrize(("values", "kind", "fields"), KINDS, ids=lambda v: str(v)[:12])
def test_wechatpy_reads_what_is_built(
    values: dict[str, Any], kind: str, fields: dict[str, Any]
) -> None:
    read = parse_message(to_xml(values).decode())
    assert (read.type, read.source, read.target) == (kind, "oA", ACCOUNT)
    assert read.time == values["CreateTime"]
    assert str(read.id) == str(values.get("MsgId", 0))
    assert {name: getattr(read, name) for name in fields} == fields


def test_a_tap_is_a_text_with_the_entrys_id() -> None:
    read = parse_message(to_xml(push.tap("oA", "开放 hours", "c-1")).decode())
    assert (read.type, read.content, read._data["bizmsgmenuid"]) == ("text", "开放 hours", "c-1")


def test_our_pushes_have_wechatpys_fields() -> None:
    folder = reference("wechat", "fixtures", "wechatpy", "xml")
    theirs = {}
    for path in folder.glob("parser*.xml"):
        read = parse_message(path.read_text("utf-8"))
        theirs[getattr(read, "event", "") or read.type] = set(read._data)
    made = {
        "text": push.text("oA", "x"),
        "image": push.image("oA"),
        "voice": push.voice("oA", ""),
        "video": push.video("oA"),
        "location": push.location("oA"),
        "link": push.link("oA"),
        "scan": push.event("oA", "SCAN", "7", Ticket="t"),
        "click": push.event("oA", "CLICK", "k"),
        "subscribe": push.event("oA", "subscribe", ""),
    }
    assert set(made) <= set(theirs)
    for name, values in made.items():
        assert set(values) >= theirs[name] - {"EventKey"}, name


@pytest.mark.parametrize("account", ACCOUNTS, ids=MODES)
@pytest.mark.parametrize("words", TABLE)
def test_wechatpy_verifies_and_opens_what_travels(
    receiver: Receiver, account: Account, words: str
) -> None:
    account.push(f"{receiver.url}/hook", push.text("oA", words))
    [got] = receiver.exchanges
    query = got.query
    check_signature(account.token, query["signature"], query["timestamp"], query["nonce"])
    assert query["openid"] == "oA"
    if not account.aes_key:
        assert "encrypt_type" not in query
        assert parse_message(got.raw.decode()).content == words
        return
    assert query["encrypt_type"] == "aes"
    opened = WeChatCrypto(account.token, KEY, APP_ID).decrypt_message(
        got.raw.decode(), query["msg_signature"], query["timestamp"], query["nonce"]
    )
    assert parse_message(opened).content == words
    assert (words.encode() in got.raw.replace(b"]]]]><![CDATA[>", b"]]>")) is account.compatible


def test_the_handshake_asks_as_wechat_does(receiver: Receiver) -> None:
    receiver.reply = Reply(200, "42")
    assert tuple(Account().handshake(f"{receiver.url}/hook", "42")) == (200, "42")
    query = receiver.exchanges[0].query
    check_signature(Account().token, query["signature"], query["timestamp"], query["nonce"])
    assert query["echostr"] == "42"


def test_published_signatures_and_envelopes() -> None:
    vectors = load(reference("wechat", "vectors", "wechat_crypto_vectors.json"))
    for vector in vectors["decrypt"]:
        account = Account(vector["token"], vector["app_id"], vector["encoding_aes_key"])
        encrypted = push._values(vector["envelope_xml"].encode())["Encrypt"]
        signed = sign(vector["token"], vector["timestamp"], vector["nonce"], encrypted)
        assert signed == vector["msg_signature"]
        opened = push._values(account.open(encrypted))
        assert {name: opened[name] for name in vector["expect"]} == vector["expect"]
        assert account.open(account.seal(b"\xe9\xa6\x86 x")) == b"\xe9\xa6\x86 x"


# -- what is answered -------------------------------------------------------------------------


@pytest.mark.parametrize("words", TABLE)
@pytest.mark.parametrize("secure", [False, True])
def test_a_passive_answer_of_wechatpys_is_shown(
    receiver: Receiver, words: str, secure: bool
) -> None:
    words = words.replace("]]>", "")  # which wechatpy does not part
    answer = TextReply(content=words, source=ACCOUNT, target="oA").render()
    receiver.reply = Reply(200, sealed(answer) if secure else answer)
    account = Account(aes_key=KEY if secure else "")
    got = account.push(receiver.url, push.text("oA", "几点 when?"))
    assert (got.shown, got.sorry, len(got.answers)) == (words, False, 1)


@pytest.mark.parametrize("quiet", ["", "success", EmptyReply().render()])
def test_nothing_is_shown_and_nothing_asked_again(receiver: Receiver, quiet: str) -> None:
    receiver.reply = Reply(200, quiet)
    got = Account().push(receiver.url, push.text("oA", "几点 when?"))
    assert (got.shown, got.sorry, len(got.answers)) == ("", False, 1)


def test_json_makes_wechat_say_sorry(receiver: Receiver) -> None:
    receiver.reply = Reply(200, {"ok": True})
    assert Account().push(receiver.url, push.text("oA", "几点 when?")).sorry


@pytest.mark.parametrize("status", [403, 500, 503])
def test_a_refusal_is_asked_three_times(receiver: Receiver, status: int) -> None:
    receiver.reply = Reply(status, "")
    got = Account().push(receiver.url, push.text("oA", "几点 when?"))
    assert (len(got.answers), got.sorry) == (3, True)
    bodies = {each.raw for each in receiver.exchanges}
    assert (len(receiver.exchanges), len(bodies)) == (3, 1)


def test_silence_is_asked_three_times_and_the_first_answer_is_shown_once(
    receiver: Receiver,
) -> None:
    answer = TextReply(content="好 yes", source=ACCOUNT, target="oA").render()
    receiver.reply = Reply(200, answer)
    receiver.hang_next(1.0, n=1)
    receiver.accept_then_drop()
    account, values = Account(), push.text("oA", "几点 when?")
    got = account.push(receiver.url, values, seconds=0.3)
    assert (len(got.answers), got.shown, got.sorry) == (3, "好 yes", False)
    receiver.reply = Reply(200, answer.replace("好 yes", "另一个 another"))
    assert account.push(receiver.url, values).shown == "好 yes"
    receiver.down()
    gone = account.push(receiver.url, values, seconds=0.3)
    assert (len(gone.answers), gone.sorry) == (3, True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"ToUserName": ACCOUNT, "FromUserName": "oA"},
        {"CreateTime": "soon"},
        {"MsgType": "image"},
        {"Content": ""},
        {"Content": "馆" * 683},
    ],
)
def test_an_answer_that_wechat_would_not_show_fails_the_test(
    receiver: Receiver, wrong: dict[str, str]
) -> None:
    good = {
        "ToUserName": "oA",
        "FromUserName": ACCOUNT,
        "CreateTime": 1,
        "MsgType": "text",
        "Content": "好",
    }
    receiver.reply = Reply(200, to_xml(good).decode())
    assert Account().push(receiver.url, push.text("oA", "x")).shown == "好"
    receiver.reply = Reply(200, to_xml({**good, **wrong}).decode())
    with pytest.raises(AssertionError):
        Account().push(receiver.url, push.text("oA", "x"))


def test_a_secure_answer_in_clear_or_of_another_token_fails_the_test(receiver: Receiver) -> None:
    answer = TextReply(content="好", source=ACCOUNT, target="oA").render()
    for body in (
        answer,
        sealed(answer).replace("<MsgSignature><![CDATA[", "<MsgSignature><![CDATA[0"),
    ):
        receiver.reply = Reply(200, body)
        with pytest.raises(AssertionError):
            Account(aes_key=KEY).push(receiver.url, push.text("oA", "x"))


def test_links_are_parted_from_words() -> None:
    made = '选 one\n\n<a href="weixin://bizmsgmenu?msgmenucontent=%20a&msgmenuid=c1">甲 a</a>'
    assert links(made) == ("选 one", {"甲 a": "c1"})
    assert links("没有 none") == ("没有 none", {})
