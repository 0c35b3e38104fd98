"""WeChat: who may push, what each push means, and what is refused."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from standins import wechat_push as push
from standins.reference import reference
from standins.wechat_push import ACCOUNT, APP_ID, Account, sign

from bot.channels.payload import Delivery
from bot.channels.wechat import WeChat
from bot.channels.wechat_xml import LARGEST, MOST_MARKS, read_xml, write_xml
from bot.config import ROOT, Settings
from bot.errors import BadRequest, BadSignature, Refused
from bot.messages import Attachment, Inbound
from bot.windows import CLICK, MESSAGE

from .contract import ChannelContract, Door
from .served import Served, serving

TOKEN, SECRET = "a-word-of-the-museum", "0d0ce5ec0e70d0ce5ec0e70d0ce5ec0e"
AES_KEY = "QmFzZTY0IG9mIDMyIGJ5dGVzIG9mIG91ciBvd24hISE"
FIXTURES = Path(__file__).parents[1] / "fixtures" / "wechat"
SETTINGS = {
    "WECHAT_APP_ID": APP_ID,
    "WECHAT_APP_SECRET": SECRET,
    "WECHAT_TOKEN": TOKEN,
    "WECHAT_API_URL": "http://127.0.0.1:9",
}
PERSON, OTHER = "oDOCENTaaaaaaaaaaaaaaaaaaa01", "oDOCENTaaaaaaaaaaaaaaaaaaa02"
IN_CLEAR, SECURE = Account(TOKEN), Account(TOKEN, aes_key=AES_KEY)
_people = count(1000)


class WeChatDoor(Door):
    """WeChat's way to knock: the proof stands in the address."""

    path = "/webhooks/wechat/webhook"

    def __init__(self, served: Served, account: Account) -> None:
        super().__init__(served)
        self.account = account

    def person(self) -> str:
        """Returns a new openid."""
        return f"wechat:oDOCENT{next(_people):021d}"

    def body(self, conversation_id: str, text: str, message_id: str) -> bytes:
        """Returns a text; WeChat's ids are unlike for all people."""
        openid = conversation_id.partition(":")[2]
        msg_id = f"{openid[-6:]}{message_id}"
        return self.account.body(push.text(openid, text, msg_id=msg_id, at=1767265201))

    def attached(self, conversation_id: str, kind: str, message_id: str) -> bytes | None:
        """Returns media, a place or a file; WeChat knows no cards of people, nor other sounds."""
        make = {
            "image": push.image,
            "voice": push.voice,
            "video": push.video,
            "file": push.file,
            "location": push.location,
            "sticker": lambda openid, **more: push.text(openid, STICKER, **more),
        }.get(kind)
        openid = conversation_id.partition(":")[2]
        return None if make is None else self.account.body(make(openid, msg_id=message_id))

    def unknown(self, conversation_id: str) -> list[bytes]:
        """Returns the events that mean nothing here, and what WeChat may send one day."""
        openid = conversation_id.partition(":")[2]
        names = ("unsubscribe", "VIEW", "LOCATION", "TEMPLATESENDJOBFINISH", "kf_create_session")
        events = [push.event(openid, name, "海报 poster") for name in (*names, "x", "")]
        later = [push.message(openid, "hologram", Content="来自未来"), push.message(openid, "")]
        return [self.account.body(values) for values in [*events, *later, {}]]

    def proof(self, body: bytes, conversation_id: str) -> dict[str, str]:
        """Returns the query of a push."""
        return self.account.query(body)

    def forgeries(self, body: bytes, conversation_id: str) -> dict[str, dict[str, str]]:
        """Returns queries that prove nothing."""
        good = self.account.query(body)
        name = "msg_signature" if self.account.aes_key else "signature"
        other = Account("another-word", aes_key=self.account.aes_key).query(body)
        found = {
            "missing": {key: value for key, value in good.items() if key != name},
            "no query": {},
            "empty": {**good, name: ""},
            "other token": other,
            "other time": {**good, "timestamp": "1"},
            "other nonce": {**good, "nonce": "1"},
            "cut short": {**good, name: good[name][:-1]},
            "longer": {**good, name: good[name] + "0"},
            "upper case": {**good, name: good[name].upper()},
            "no token": {**good, name: sign("", good["timestamp"], good["nonce"])},
        }
        if self.account.aes_key:
            in_clear = IN_CLEAR.query(body)
            found["the address alone"] = in_clear
            found["the address under the other name"] = {
                **in_clear,
                "msg_signature": in_clear["signature"],
            }
            found["another body"] = self.account.query(body.replace(b"Encrypt><![CDATA[", b"x"))
        return found

    def knock(self, body: bytes, headers: dict[str, str]) -> httpx.Response:
        """Posts a push; what proves it is no header but the query."""
        return self.served.post(self.path, body, {"Content-Type": "text/xml"}, headers)


STICKER = "【收到不支持的消息类型，暂无法显示】"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("wechat"), **SETTINGS) as running:
        yield running


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("wechat-secure")
    with serving(folder, **SETTINGS, WECHAT_AES_KEY=AES_KEY) as running:
        yield running


@pytest.fixture(scope="module")
def door(served: Served) -> WeChatDoor:
    return WeChatDoor(served, IN_CLEAR)


@pytest.fixture(scope="module")
def secure_door(secure: Served) -> WeChatDoor:
    return WeChatDoor(secure, SECURE)


def channel(**values: str) -> WeChat:
    return WeChat(Settings({**SETTINGS, **values}))


def parsed(body: bytes) -> list[Inbound]:
    return channel().parse(Delivery(body, {}, {}))


def fixture(name: str) -> bytes:
    return (FIXTURES / f"{name}.xml").read_bytes()


class TestContract(ChannelContract):
    """WeChat keeps the contract in the mode without encryption (明文模式)."""


class TestSecureContract(ChannelContract):
    """And in the secure mode (安全模式)."""

    @pytest.fixture
    def door(self, secure_door: WeChatDoor) -> WeChatDoor:
        """The encrypted door."""
        return secure_door


# -- the handshake ----------------------------------------------------------------------------


@pytest.mark.parametrize("stamp", ["1767265201", "1", "99999999999", "昨天"])
def test_the_handshake_takes_any_time(served: Served, secure: Served, stamp: str) -> None:
    query = {"signature": sign(TOKEN, stamp, "n"), "timestamp": stamp, "nonce": "n"}
    for each in (served, secure):
        with each.client() as client:
            answer = client.get(WeChatDoor.path, params={**query, "echostr": "回声 59277"})
        assert (answer.status_code, answer.text) == (200, "回声 59277")
        assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"signature": "", "timestamp": "1", "nonce": "2", "echostr": "42"},
        {"signature": sign("错", "1", "2"), "timestamp": "1", "nonce": "2", "echostr": "42"},
        {"signature": sign(TOKEN, "1", "3"), "timestamp": "1", "nonce": "2", "echostr": "42"},
        {"msg_signature": sign(TOKEN, "1", "2"), "timestamp": "1", "nonce": "2", "echostr": "42"},
    ],
)
def test_a_handshake_without_our_token_is_refused(served: Served, query: dict[str, str]) -> None:
    with served.client() as client:
        answer = client.get(WeChatDoor.path, params=query)
    assert answer.status_code == 403
    assert "42" not in answer.text


def test_the_handshake_as_wechat_makes_it(served: Served) -> None:
    answer = IN_CLEAR.handshake(f"{served.url}{WeChatDoor.path}", "5927782489442352469")
    assert (answer.status, answer.body) == (200, "5927782489442352469")


# -- the modes --------------------------------------------------------------------------------


def test_with_a_key_nothing_in_clear_is_taken(secure_door: WeChatDoor) -> None:
    person = secure_door.person()
    body = IN_CLEAR.body(push.text(person[7:], "让我进来 let me in"))
    assert secure_door.knock(body, IN_CLEAR.query(body)).status_code == 403
    assert secure_door.heard(person) == []


def test_of_the_compatible_mode_only_the_encrypted_half_is_read(secure_door: WeChatDoor) -> None:
    both = Account(TOKEN, aes_key=AES_KEY, compatible=True)
    person, values = secure_door.person(), push.text("", "说 the truth")
    values["FromUserName"] = person[7:]
    body = both.body(values)
    lie = body.replace("说 the truth".encode(), "说 a lie".encode())
    assert lie != body
    assert secure_door.knock(lie, both.query(lie)).status_code == 200
    assert secure_door.heard(person) == ["说 the truth"]


def test_without_a_key_the_encrypted_modes_are_refused_and_say_why(
    door: WeChatDoor, caplog: pytest.LogCaptureFixture
) -> None:
    for account in (SECURE, Account(TOKEN, aes_key=AES_KEY, compatible=True)):
        person = door.person()
        body = account.body(push.text(person[7:], "密文 sealed"))
        caplog.clear()
        with caplog.at_level(logging.WARNING):
            assert door.knock(body, account.query(body)).status_code == 403
        assert "WECHAT_AES_KEY" in caplog.text
        assert door.heard(person) == []


@pytest.mark.parametrize(
    "account",
    [
        Account(TOKEN, app_id="wxffffffffffffffff", aes_key=AES_KEY),
        Account(TOKEN, aes_key=AES_KEY[::-1]),
    ],
    ids=["another app", "another key"],
)
def test_what_was_sealed_by_others_is_refused(secure_door: WeChatDoor, account: Account) -> None:
    person = secure_door.person()
    body = account.body(push.text(person[7:], "不是我 not me"))
    assert secure_door.knock(body, account.query(body)).status_code == 403
    assert secure_door.heard(person) == []


def test_what_wechat_answers_is_no_json(door: WeChatDoor, secure_door: WeChatDoor) -> None:
    for each in (door, secure_door):
        person = each.person()
        assert each.tell(person, "你好 hello").text in ("", "success")
        assert each.bring(each.unknown(person)[0], person).text == "success"


# -- what each push means ---------------------------------------------------------------------

WORDS = {
    "text_english": (PERSON, "Is the museum open on Sunday morning?"),
    "text_chinese": (PERSON, "周日上午开放吗？需要预约吗？"),
    "text_chinese_traditional": (PERSON, "請問週日上午有開放嗎？"),
    "text_mixed": (OTHER, "我想book两张ticket，Blue Badge停车可以吗？"),
    "text_emoji": (PERSON, "👍🏽 谢谢 thanks [微笑]/::)"),
    "text_looks_like_a_command": (PERSON, '/restart /goodbye{"a": "b"}'),
    "text_empty": (PERSON, ""),
    "text_with_markup": (PERSON, '<b>1 < 2</b> & "quoted" ]]> end'),
    "control_characters": (PERSON, "铃 bell\x07 escape\x1b[31m"),
    "missing_id": (PERSON, "没有编号 no id"),
}
MEDIA = {
    "image": Attachment("image", "http://mmbiz.example.org/mmbiz_jpg/abc/0", "media-image-1"),
    "voice": Attachment("voice", id="media-voice-1", mime="audio/amr"),
    "video": Attachment("video", id="media-video-1"),
    "shortvideo": Attachment("video", id="media-video-2"),
    "location": Attachment(
        "location", name="伦敦 Great Russell Street", latitude=51.519413, longitude=-0.126957
    ),
    "link": Attachment("file", "https://example.org/a?b=1&c=2", name="一篇文章 An article"),
    "file": Attachment("file", id="file-key-1", name="行程 plan.pdf", size=20480),
    "text_for_sticker": Attachment("sticker"),
    "wrong_types": Attachment("location"),
}
TOUCHED = {
    "subscribe": (PERSON, "greeting"),
    "subscribe_by_code": (OTHER, "greeting"),
    "scan": (PERSON, "greeting"),
    "click_topic": (PERSON, "faq/opening_hours"),
    "click_topic_with_prefix": (PERSON, "faq/wheelchair_access"),
    "click_person": (PERSON, "speak_to_human"),
    "click_unknown": (PERSON, "greeting"),
}
NOTHING = [
    "unsubscribe",
    "view",
    "location_reported",
    "template_sent",
    "scancode_waitmsg",
    "kf_create_session",
    "unknown_kind",
    "unknown_event",
    "missing_sender",
    "nested_strangely",
]
UNREADABLE = ["entity_bomb", "external_entity", "doctype_alone"]
ALONE = ["text_as_menu_tap", "voice_understood"]


@pytest.mark.parametrize("name", WORDS)
def test_words_are_read(name: str) -> None:
    [message] = parsed(fixture(name))
    assert (message.person_id, message.text) == WORDS[name]
    assert (message.act, message.means, message.choice) == (MESSAGE, None, None)
    assert (message.attachments, message.locale) == ((), "zh_CN")
    assert message.place == {"account": ACCOUNT}


@pytest.mark.parametrize("name", MEDIA)
def test_media_are_typed(name: str) -> None:
    [message] = parsed(fixture(name))
    assert (message.text, message.act) == ("", MESSAGE)
    assert message.attachments == (MEDIA[name],)


def test_a_recording_that_wechat_understood_is_words() -> None:
    [message] = parsed(fixture("voice_understood"))
    assert message.text == "请问几点关门？"
    assert message.attachments == (Attachment("voice", id="media-voice-2", mime="audio/speex"),)


def test_a_tapped_entry_is_a_choice_and_counts_as_a_click() -> None:
    [message] = parsed(fixture("text_as_menu_tap"))
    assert (message.text, message.choice, message.act) == ("开放时间", "c-opaque-choice-1", CLICK)


@pytest.mark.parametrize("name", TOUCHED)
def test_touches_mean_something_and_are_no_words(name: str) -> None:
    [message] = parsed(fixture(name))
    assert (message.person_id, message.means) == TOUCHED[name]
    assert (message.text, message.act, message.choice) == ("", CLICK, None)


@pytest.mark.parametrize("name", NOTHING)
def test_what_is_no_act_of_a_visitor_is_nothing(door: WeChatDoor, name: str) -> None:
    before, body = door.all_heard(), fixture(name)
    answer = door.knock(body, door.proof(body, ""))
    assert (answer.status_code, answer.text) == (200, "success")
    assert door.all_heard() == before


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_defines_anything_is_refused(
    door: WeChatDoor, secure_door: WeChatDoor, name: str
) -> None:
    for each in (door, secure_door):
        before, body = each.all_heard(), fixture(name)
        sealed = push.to_xml({"Encrypt": SECURE.seal(body)}) if each is secure_door else body
        for brought in (body, sealed):
            answer = each.knock(brought, each.proof(brought, ""))
            assert answer.status_code == 400
        assert each.all_heard() == before


def test_every_fixture_is_accounted_for() -> None:
    names = {path.stem for path in FIXTURES.glob("*.xml")}
    assert names == {*WORDS, *MEDIA, *TOUCHED, *NOTHING, *UNREADABLE, *ALONE}
    assert len(names) >= 40


def test_every_topic_can_stand_in_the_menu() -> None:
    topics = {path.stem for path in (ROOT / "data" / "nlu" / "faq").glob("*.yml")}
    assert len(topics) >= 42
    for topic in topics:
        body = push.to_xml(push.event(PERSON, "CLICK", topic))
        assert [message.means for message in parsed(body)] == [f"faq/{topic}"]


@pytest.mark.parametrize("key", ["", "../museum", "faq/", "faq/faq/wifi", "/speak_to_human", "*"])
def test_a_menu_entry_that_names_nothing_is_a_greeting(key: str) -> None:
    body = push.to_xml(push.event(PERSON, "CLICK", key))
    assert [message.means for message in parsed(body)] == ["greeting"]


def test_typed_words_never_mean_what_a_touch_means() -> None:
    for words in ("subscribe", "speak_to_human", "开放时间 opening_hours", "/greeting"):
        [message] = parsed(push.to_xml(push.text(PERSON, words)))
        assert (message.means, message.text) == (None, words)


def test_events_of_one_second_are_told_apart_and_known_again() -> None:
    made = [
        push.event(PERSON, "CLICK", "wifi", at=1),
        push.event(PERSON, "CLICK", "shop", at=1),
        push.event(PERSON, "SCAN", "wifi", at=1),
        push.event(OTHER, "CLICK", "wifi", at=1),
        push.event(PERSON, "CLICK", "wifi", at=2),
    ]
    ids = [parsed(push.to_xml(values))[0].platform_id for values in made]
    again = [parsed(push.to_xml(values))[0].platform_id for values in made]
    assert ids == again
    assert len(set(ids)) == len(ids)
    assert all(len(each) <= 200 for each in ids)


@pytest.mark.parametrize("ago", [0, 14, 29 * 86400])
def test_the_time_is_wechats(ago: int) -> None:
    at = int(time.time()) - ago
    [message] = parsed(push.to_xml(push.text(PERSON, "几点 when?", at=at)))
    assert message.sent_at is not None
    assert message.sent_at.timestamp() == at


@pytest.mark.parametrize("at", ["1767265201", "", "soon", "1e400", "-1e18", "馆", "0"])
def test_a_time_that_cannot_be_is_none(at: str) -> None:
    body = push.to_xml({**push.text(PERSON, "几点 open?"), "CreateTime": at})
    [message] = parsed(body)
    assert (message.text, message.sent_at) == ("几点 open?", None)


@pytest.mark.parametrize("person", ["", "o" * 201])
def test_a_person_who_is_none_writes_nothing(person: str) -> None:
    assert parsed(push.to_xml(push.text(person, "谁 who?"))) == []


# -- hostile bodies ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b"<xml>" + b"<a>" * 60_000 + b"</a>" * 20_000,
        b"<html></html>",
        b"<xml><a></b></xml>",
        b"<xml a='1' a='2'/>",
        b"<xml>&nbsp;</xml>",
        b"\x00\x01\x02",
        b"\xff\xfe<\x00x\x00m\x00l\x00>\x00",
    ],
    ids=["cut", "html", "crossed", "twice", "entity", "noise", "utf-16"],
)
def test_what_is_no_message_of_wechats_is_refused(body: bytes) -> None:
    with pytest.raises(BadRequest):
        read_xml(body)


def test_the_largest_body() -> None:
    most = LARGEST - len("<xml><a></a></xml>")
    assert len(read_xml(b"<xml><a>" + b"x" * most + b"</a></xml>")["a"]) == most
    with pytest.raises(BadRequest) as caught:
        read_xml(b"<xml><a>" + b"x" * (most + 1) + b"</a></xml>")
    assert caught.value.status == 413


def test_nesting_to_the_limit_is_read_and_means_nothing() -> None:
    deep = MOST_MARKS // 2 - 1
    assert read_xml(b"<xml>" + b"<a>" * deep + b"</a>" * deep + b"</xml>") == {"a": ""}
    with pytest.raises(BadRequest):
        read_xml(b"<xml>" + b"<a>" * (deep + 1) + b"</a>" * (deep + 1) + b"</xml>")


def test_the_longest_text_of_markup_is_read() -> None:
    assert read_xml(b"<xml><a><![CDATA[" + b"<" * 4096 + b"]]></a></xml>") == {"a": "<" * 4096}


@settings(deadline=None, max_examples=200)
@given(st.dictionaries(st.from_regex(r"[A-Za-z_]{1,8}", fullmatch=True), st.text(), max_size=6))
def test_what_is_written_is_read_again(values: dict[str, str]) -> None:
    kept = {
        name: "".join(c for c in text if c in "\t\n" or (c >= " " and not is_odd(c)))
        for name, text in values.items()
    }
    assert read_xml(write_xml(kept).encode()) == kept


def is_odd(character: str) -> bool:
    code = ord(character)
    return 0xD800 <= code < 0xE000 or 0xFDD0 <= code < 0xFDF0 or code in (0xFFFE, 0xFFFF, 0xD)


@settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_is_signed_is_read_or_refused(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(path.stem for path in FIXTURES.glob("*.xml"))))
    body = bytearray(fixture(name))
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(body) - 1))
        body[place : place + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=9))
    found: list[Any] = []
    status = 400
    try:
        found = parsed(bytes(body))
    except Refused as refusal:
        status = refusal.status
    assert 400 <= status < 500
    assert all(isinstance(m.text, str) and 0 < len(m.platform_id) <= 200 for m in found)


@settings(deadline=None, max_examples=100, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_sealed_body_that_was_changed_is_never_taken(data: st.DataObject) -> None:
    body = SECURE.body(push.text(PERSON, "周日 open?"))
    query = SECURE.query(body)
    start = body.index(b"<Encrypt><![CDATA[") + len(b"<Encrypt><![CDATA[")
    place = data.draw(st.integers(start, body.index(b"]]></Encrypt>") - 1))
    other = data.draw(st.sampled_from(b"ABCDEFGHabcdefgh01234567+/"))
    if body[place] == other:
        return
    changed = body[:place] + bytes([other]) + body[place + 1 :]
    secured = channel(WECHAT_AES_KEY=AES_KEY)
    secured.verify(Delivery(body, {}, query))
    with pytest.raises(BadSignature):
        secured.verify(Delivery(changed, {}, query))
    with pytest.raises(BadSignature):
        secured.parse(Delivery(changed, {}, query))


# -- other people's payloads ------------------------------------------------------------------


def test_wechatpys_payloads_are_taken_by_the_server(
    door: WeChatDoor, secure_door: WeChatDoor
) -> None:
    folder = reference("wechat", "fixtures", "wechatpy", "xml")
    paths = sorted(folder.glob("*.xml"))
    assert len(paths) == 55
    for each in (door, secure_door):
        for path in paths:
            body = path.read_bytes()
            if each is secure_door:
                body = push.to_xml({"Encrypt": SECURE.seal(body)})
            url = f"{WeChatDoor.path}?{urlencode(each.proof(body, ''))}"
            answer = each.served.post(url, body)
            assert answer.status_code == 200, (path.name, answer.text)


def test_we_read_what_wechatpy_reads() -> None:
    from wechatpy import parse_message

    kinds = {"image", "voice", "video", "shortvideo", "link", "location"}
    read = 0
    for path in sorted(reference("wechat", "fixtures", "wechatpy", "xml").glob("parser*.xml")):
        theirs, ours = parse_message(path.read_text("utf-8")), parsed(path.read_bytes())
        if theirs.type not in {"text", *kinds}:
            assert all(message.means for message in ours), path.name
            continue
        [message] = ours
        read += 1
        assert message.person_id == theirs.source
        assert message.place["account"] == theirs.target
        assert message.platform_id == str(theirs.id)
        said = getattr(theirs, "content", getattr(theirs, "recognition", ""))
        assert message.text == (said or "")
    assert read >= 6


@pytest.mark.parametrize("missing", ["WECHAT_APP_ID", "WECHAT_APP_SECRET", "WECHAT_TOKEN"])
def test_without_its_keys_the_channel_is_not_made(missing: str) -> None:
    from bot.errors import SettingError

    with pytest.raises(SettingError, match=missing):
        channel(**{missing: ""})
