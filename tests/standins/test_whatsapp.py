"""WhatsAppStandin: each limit at its boundary and one over, and every way it can fail."""

from __future__ import annotations

import json
import re
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from hashlib import sha256
from http.client import RemoteDisconnected
from typing import Any

import httpx
import pytest
from pywa import WhatsApp
from pywa.errors import (
    ExpiredAccessToken,
    InvalidParameter,
    MissingRequiredParameter,
    RateLimitHit,
    ReEngagementMessage,
    TemplateNotExists,
    TooManyMessages,
    WhatsAppError,
)
from pywa.types import Button, Section, SectionList, SectionRow
from pywa.types.templates import TemplateLanguage

from .reference import load, reference
from .whatsapp import WhatsAppStandin
from .wire import Answer, JsonDict, call

MEI, HIDDEN = "447700900123", "US.13491208655302741918"
WINDOW_SECONDS = 24 * 3600


@pytest.fixture
def cloud() -> Iterator[WhatsAppStandin]:
    with WhatsAppStandin("T") as standin:
        yield standin


def post(cloud: WhatsAppStandin, body: Any, token: str = "T", timeout: float = 5) -> Answer:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    url = f"{cloud.url}/v23.0/{cloud.number_id}/messages"
    return call("POST", url, json.dumps(body).encode(), headers, timeout)


def get(cloud: WhatsAppStandin, path: str, token: str = "T") -> Answer:
    return call("GET", f"{cloud.url}{path}", headers={"Authorization": f"Bearer {token}"})


def base(kind: str, content: Any, **more: Any) -> JsonDict:
    envelope = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": MEI}
    return {**envelope, "type": kind, kind: content, **more}


def text(words: Any = "hello", **more: Any) -> JsonDict:
    return base("text", {"body": words, "preview_url": False}, **more)


def buttons(number: int = 1, title: str = "Yes", choice: str = "yes", body: str = "?") -> JsonDict:
    alike = [{"id": f"{choice}{n or ''}", "title": f"{title}{n or ''}"} for n in range(number)]
    taps = [{"type": "reply", "reply": reply} for reply in alike]
    content = {"type": "button", "body": {"text": body}, "action": {"buttons": taps}}
    return base("interactive", content)


def rows(number: int = 1, title: str = "Hours", **more: Any) -> JsonDict:
    listed = [{"id": f"row{n}", "title": title, **more} for n in range(number)]
    return opened([{"rows": listed}])


def opened(sections: Any, button: Any = "Choose", body: str = "?") -> JsonDict:
    action = {"button": button, "sections": sections}
    return base("interactive", {"type": "list", "body": {"text": body}, "action": action})


def row(**values: Any) -> JsonDict:
    return opened([{"rows": [{"id": "r", "title": "Hours", **values}]}])


ONE = [{"rows": [{"id": "r", "title": "t"}]}]
LIMITS: list[tuple[str, Callable[[int], JsonDict], int]] = [
    ("text, English", lambda n: text("a" * n), 4096),
    ("text, Chinese", lambda n: text("馆" * n), 4096),
    ("text, mixed", lambda n: text(("馆a" * n)[:n]), 4096),
    ("text, emoji in pairs", lambda n: text("🏛" * (n // 2) + "a" * (n % 2)), 4096),
    ("body above buttons", lambda n: buttons(body="馆" * n), 1024),
    ("body above a list", lambda n: opened(ONE, body="x" * n), 1024),
    ("buttons", buttons, 3),
    ("button title", lambda n: buttons(title="问" * n), 20),
    ("button id", lambda n: buttons(choice="i" * n), 256),
    ("rows", rows, 10),
    ("rows over sections", lambda n: opened([
        {"title": "a", "rows": [{"id": f"a{i}", "title": "t"} for i in range(n // 2)]},
        {"title": "b", "rows": [{"id": f"b{i}", "title": "t"} for i in range(n - n // 2)]},
    ]), 10),
    ("row title", lambda n: row(title="馆" * n), 24),
    ("row id", lambda n: row(id="i" * n), 200),
    ("row description", lambda n: row(description="d" * n), 72),
    ("list button", lambda n: opened(ONE, "选" * n), 20),
    ("sections", lambda n: opened([
        {"title": f"s{i}", "rows": [{"id": f"{i}", "title": "t"}]} for i in range(n)
    ]), 10),
    ("section title", lambda n: opened([{"title": "s" * n, **ONE[0]}]), 24),
    ("caption", lambda n: base("image", {"id": "1", "caption": "图" * n}), 1024),
]  # fmt: skip


@pytest.mark.parametrize(("name", "make", "most"), LIMITS, ids=[each[0] for each in LIMITS])
def test_each_limit(
    cloud: WhatsAppStandin, name: str, make: Callable[[int], JsonDict], most: int
) -> None:
    assert post(cloud, make(most)).status == 200
    refused = post(cloud, make(most + 1))
    assert refused.status == 400
    assert refused.json()["error"]["code"] in (100, 131009)
    assert len(cloud.sent(MEI)) == 1
    assert len(cloud.refused) == 1


def without(body: JsonDict, *names: str) -> JsonDict:
    return {name: value for name, value in body.items() if name not in names}


READ = {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.1"}
TWINS = base(
    "interactive",
    {
        "type": "button",
        "body": {"text": "?"},
        "action": {"buttons": [
            {"type": "reply", "reply": {"id": "a", "title": "同 same"}},
            {"type": "reply", "reply": {"id": "b", "title": "同 same"}},
        ]},
    },
)  # fmt: skip
REFUSED: dict[str, tuple[Any, int]] = {
    "not an object": ([1], 100),
    "no product": (without(text(), "messaging_product"), 131008),
    "no recipient": (without(text(), "to"), 131008),
    "a scoped id in to": (text(to=HIDDEN), 131009),
    "a number in recipient": ({**without(text(), "to"), "recipient": MEI}, 131009),
    "a number that is none": (text(to="Mei"), 131009),
    "to a group": (text(recipient_type="group"), 131009),
    "an unknown type": (base("hologram", {"a": 1}), 131009),
    "an unknown key": (text(extra=1), 100),
    "another kind beside": ({**text(), "image": {"id": "1"}}, 100),
    "an unknown key in the text": (base("text", {"body": "x", "markdown": True}), 100),
    "a blank text": (text(" \n"), 131008),
    "a text that is a number": (text(5), 131008),
    "half an emoji": (text("\ud83c"), 131009),
    "preview that is a word": (base("text", {"body": "x", "preview_url": "no"}), 131009),
    "no buttons": (buttons(0), 131009),
    "a button that opens a page": (base("interactive", {
        "type": "button", "body": {"text": "?"},
        "action": {"buttons": [{"type": "url", "reply": {"id": "a", "title": "b"}}]},
    }), 131009),
    "two titles alike": (TWINS, 131009),
    "an id with a space": (buttons(choice=" yes"), 131009),
    "a blank title": (buttons(title=" "), 131008),
    "two sections without titles": (opened([
        {"rows": [{"id": "a", "title": "t"}]}, {"rows": [{"id": "b", "title": "t"}]},
    ]), 131008),
    "two rows alike": (opened([{"rows": [{"id": "a", "title": "t"}] * 2}]), 131009),
    "a row without a title": (opened([{"rows": [{"id": "a"}]}]), 131008),
    "no body": (base("interactive", {"type": "button", "action": {"buttons": []}}), 131008),
    "a picture by nothing": (base("image", {"caption": "x"}), 131008),
    "a picture twice": (base("image", {"id": "1", "link": "https://x"}), 131008),
    "a recording with words": (base("audio", {"id": "1", "caption": "x"}), 100),
    "a place that is none": (base("location", {"latitude": "north", "longitude": 1}), 131009),
    "no cards": (base("contacts", []), 131009),
    "a template without language": (base("template", {"name": "a"}), 131008),
    "read of nothing": (without(READ, "message_id"), 131008),
    "delivered by us": ({**READ, "status": "delivered"}, 131009),
    "typing a video": ({**READ, "typing_indicator": {"type": "video"}}, 131009),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_each_refusal(cloud: WhatsAppStandin, name: str) -> None:
    body, code = REFUSED[name]
    answer = post(cloud, body)
    error = answer.json()["error"]
    assert (answer.status, error["code"]) == (400, code), error
    assert {"message", "type", "code", "fbtrace_id"} <= set(error)
    assert (cloud.sent(), cloud.typing) == ([], [])


def test_it_answers_and_remembers_as_meta_does(cloud: WhatsAppStandin) -> None:
    answer = post(cloud, buttons(2, title="好 yes")).json()
    folder = reference("whatsapp", "fixtures", "meta-openapi", "response")
    theirs = load(folder / "200_Send_Reply_Button.json")
    assert set(answer) == set(theirs)
    assert set(theirs["contacts"][0]) <= set(answer["contacts"][0])
    assert post(cloud, rows(2, title="停车 parking")).status == 200
    typed = post(cloud, {**READ, "typing_indicator": {"type": "text"}})
    assert typed.json() == load(folder / "200_Send_typing_indicator_and_read_receipt.json")
    first, second = cloud.sent(MEI)
    assert (first.kind, first.buttons, first.payloads) == (
        "button",
        ("好 yes", "好 yes1"),
        ("yes", "yes1"),
    )
    assert (second.kind, second.opens, second.payloads) == ("list", "Choose", ("row0", "row1"))
    assert first.message_id == answer["messages"][0]["id"] != second.message_id
    assert cloud.typing == ["wamid.1"]


@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer other", "T", "Basic T"])
def test_only_the_bearer_token_opens(cloud: WhatsAppStandin, given: str) -> None:
    headers = {"Content-Type": "application/json", "Authorization": given}
    url = f"{cloud.url}/v23.0/{cloud.number_id}/messages?access_token=T"
    answer = call("POST", url, json.dumps(text()).encode(), headers)
    assert (answer.status, answer.json()["error"]["code"]) == (401, 190)
    cloud.revoke_token()
    assert post(cloud, text()).json()["error"]["code"] == 190
    assert cloud.sent() == []


def test_the_number_says_who_it_is(cloud: WhatsAppStandin) -> None:
    path = f"/v23.0/{cloud.number_id}?fields=verified_name,quality_rating"
    assert get(cloud, path).json() == {
        "id": cloud.number_id, "verified_name": "Docent 博物馆", "quality_rating": "GREEN",
    }  # fmt: skip
    wrong = get(cloud, "/v23.0/999?fields=verified_name").json()["error"]
    assert (wrong["code"], wrong["error_subcode"]) == (100, 33)
    assert get(cloud, f"/v23.0/{cloud.number_id}?fields=colour").status == 400
    assert get(cloud, f"/{cloud.number_id}").status == 400


def test_a_file_is_fetched_in_two_steps_with_the_token(cloud: WhatsAppStandin) -> None:
    cloud.keep_media("77", "像素 pixels")
    about = get(cloud, "/v23.0/77").json()
    content = httpx.get(about["url"], headers={"Authorization": "Bearer T"}).content
    assert content.decode() == "像素 pixels"
    assert about["sha256"] == b64encode(sha256(content).digest()).decode()
    assert httpx.get(about["url"]).status_code == 401
    assert get(cloud, "/v23.0/78").status == 400


# -- beyond the body --------------------------------------------------------------------------


def test_the_window_lasts_a_day_and_templates_pass() -> None:
    now = [1000.0]
    templates = {"write_again": ["en"]}
    with WhatsAppStandin(
        "T", enforce_window=True, templates=templates, clock=lambda: now[0]
    ) as cloud:
        assert post(cloud, text()).json()["error"]["code"] == 131047
        cloud.person_wrote(MEI)
        now[0] += WINDOW_SECONDS - 1
        assert post(cloud, text()).status == 200
        now[0] += 1
        assert post(cloud, text()).json()["error"]["code"] == 131047
        for name, language, status in [
            ("write_again", "en", 200), ("write_again", "zh_CN", 404), ("other", "en", 404),
        ]:  # fmt: skip
            body = base("template", {"name": name, "language": {"code": language}})
            assert post(cloud, body).status == status
        assert cloud.sent(MEI)[-1].template == ("write_again", "en")


def test_one_person_gets_one_message_every_six_seconds_after_a_burst() -> None:
    now = [1000.0]
    with WhatsAppStandin("T", pair_burst=2, clock=lambda: now[0]) as cloud:
        assert [post(cloud, text()).status for _ in range(3)] == [200, 200, 400]
        assert cloud.refused[0].reply.body["error"]["code"] == 131056  # type: ignore[index,union-attr]
        assert post(cloud, text(to="447700900124")).status == 200
        now[0] += 5.9
        assert post(cloud, text()).status == 400
        now[0] += 0.1
        assert [post(cloud, text()).status for _ in range(2)] == [200, 400]
        now[0] += 60
        assert [post(cloud, text()).status for _ in range(3)] == [200, 200, 400]


def test_the_number_has_a_throughput() -> None:
    now = [1000.0]
    with WhatsAppStandin("T", per_second=2, clock=lambda: now[0]) as cloud:
        answers = [post(cloud, text(to=f"4477009001{n}")) for n in range(10, 13)]
        assert [answer.status for answer in answers] == [200, 200, 429]
        assert answers[2].json()["error"]["code"] == 130429
        now[0] += 1
        assert post(cloud, text()).status == 200


def test_faults_strike_messages_and_spare_typing(cloud: WhatsAppStandin) -> None:
    cloud.fail_next(status=500)
    cloud.fail_next(status=400, code=131047)
    cloud.fail_next(status=429, retry_after=2)
    cloud.fail_next(status=502, bare=True)
    assert post(cloud, READ).status == 200
    answers = [post(cloud, text(str(number))) for number in range(5)]
    assert [each.status for each in answers] == [500, 400, 429, 502, 200]
    assert [each.json()["error"]["code"] for each in answers[:3]] == [131000, 131047, 130429]
    assert answers[2].headers["retry-after"] == "2"
    assert cloud.texts(MEI) == ["4"]
    cloud.fail_next(on="typing")
    assert post(cloud, text("5")).status == 200
    assert post(cloud, READ).status == 500


def test_taken_and_dropped_hanging_and_down(cloud: WhatsAppStandin) -> None:
    cloud.accept_then_drop()
    with pytest.raises((RemoteDisconnected, ConnectionError)):
        post(cloud, text("dropped"))
    cloud.hang_next(30)
    cloud.hang_next(30, taken=False)
    for words in ("taken", "not taken"):
        with pytest.raises(TimeoutError):
            post(cloud, text(words), timeout=0.2)
    assert cloud.texts(MEI) == ["dropped", "taken"]
    cloud.down()
    with pytest.raises(ConnectionRefusedError):
        post(cloud, text())
    cloud.up()
    assert post(cloud, text()).status == 200


def test_wait_for_returns_early_and_fails_late(cloud: WhatsAppStandin) -> None:
    later = threading.Timer(0.1, post, (cloud, text("late 晚")))
    begun = time.monotonic()
    later.start()
    assert cloud.wait_for(MEI, 1, timeout=5)[0].text == "late 晚"
    assert time.monotonic() - begun < 2
    with pytest.raises(AssertionError, match="waited"):
        cloud.wait_for(MEI, 2, timeout=0.05)


# -- judged by Meta's own bodies and by pywa --------------------------------------------------

# Two of Meta's fifty examples are not taken, and why.
NOT_TAKEN = {
    "Send_Multi_Product_Message.json": "its header's type is a placeholder, <HEADER_TYPE>",
    "Send_Reply_to_List_Message.json": "it has a list and no type, which means text",
}


def test_meta_own_bodies(cloud: WhatsAppStandin) -> None:
    folder = reference("whatsapp", "fixtures", "meta-openapi", "send")
    # Whom a message goes to is a placeholder in them.
    filled = {
        path.name: json.loads(re.sub(r"\{\{Recipient[^}]*\}\}", MEI, path.read_text("utf-8")))
        for path in folder.glob("*.json")
    }
    refused = {name for name, body in filled.items() if post(cloud, body).status != 200}
    assert refused == set(NOT_TAKEN)
    assert len(filled) == 50


def test_meta_schema_alone_refuses_what_the_rules_refuse() -> None:
    """Shows that the schema is really asked: a body that the rules let pass."""
    reference("whatsapp", "meta_whatsapp_repaired.schema.json")
    with WhatsAppStandin("T") as cloud:
        odd = base("template", {"name": "a", "language": {"code": "en", "policy": "fallback"}})
        answer = post(cloud, odd)
        assert answer.status == 400
        assert "Meta's schema" in answer.json()["error"]["error_data"]["details"]


@pytest.fixture
def pywa(cloud: WhatsAppStandin) -> Iterator[WhatsApp]:
    with httpx.Client() as session:
        client = WhatsApp(phone_id=cloud.number_id, token="T", session=session)
        # Its constructor knows only Meta's own address.
        session.base_url = f"{cloud.url}/v23.0"  # type: ignore[assignment]
        yield client


@pytest.mark.parametrize("words", ["We are open.", "我们开放。", "请book两张ticket 🎟️"])
def test_pywa_sends_here(cloud: WhatsAppStandin, pywa: WhatsApp, words: str) -> None:
    sent = pywa.send_message(MEI, words)
    pywa.send_message(MEI, words, buttons=[Button("好 yes", "c1"), Button("不 no", "c2")])
    section = Section("时间 hours", [SectionRow("周日 Sunday", "r1", "10-17")])
    pywa.send_message(MEI, words, buttons=SectionList("请选择", [section]))
    assert cloud.texts(MEI) == [words] * 3
    assert sent.id == cloud.sent(MEI)[0].message_id
    assert [each.buttons for each in cloud.sent(MEI)] == [
        (),
        ("好 yes", "不 no"),
        ("周日 Sunday",),
    ]


def test_pywa_reaches_hidden_numbers_and_sends_templates(
    cloud: WhatsAppStandin, pywa: WhatsApp
) -> None:
    pywa.send_message(HIDDEN, "你好 hello")
    pywa.send_template(MEI, "write_again", TemplateLanguage.CHINESE_CHN, [])
    assert pywa.indicate_typing("wamid.7")
    assert cloud.texts(HIDDEN) == ["你好 hello"]
    assert cloud.sent(MEI)[0].template == ("write_again", "zh_CN")
    assert cloud.typing == ["wamid.7"]
    about = pywa.api.get_business_phone_number(cloud.number_id, ("verified_name",))
    assert about["verified_name"] == "Docent 博物馆"


def test_pywa_fetches_files(cloud: WhatsAppStandin, pywa: WhatsApp) -> None:
    cloud.keep_media("77", "像素 pixels")
    found = pywa.get_media_url("77")
    assert (found.file_size, found.mime_type) == ("13", "text/plain")
    assert pywa.get_media_bytes(url=found.url) == "像素 pixels".encode()


@pytest.mark.parametrize(
    ("how", "kind"),
    [
        ({"status": 401, "code": 190}, ExpiredAccessToken),
        ({"status": 400, "code": 131047}, ReEngagementMessage),
        ({"status": 429, "code": 130429}, RateLimitHit),
        ({"status": 400, "code": 131056}, TooManyMessages),
        ({"status": 404, "code": 132001}, TemplateNotExists),
        ({"status": 400, "code": 131008}, MissingRequiredParameter),
    ],
)
def test_pywa_understands_each_error(
    cloud: WhatsAppStandin, pywa: WhatsApp, how: dict[str, int], kind: type[WhatsAppError]
) -> None:
    cloud.fail_next(**how, details="why 为什么")  # type: ignore[arg-type]
    with pytest.raises(kind) as caught:
        pywa.send_message(MEI, "hi")
    assert caught.value.details == "why 为什么"


def test_pywa_hears_of_the_fourth_button(cloud: WhatsAppStandin, pywa: WhatsApp) -> None:
    with pytest.raises(InvalidParameter):
        pywa.send_message(MEI, "?", buttons=[Button(f"b{n}", f"c{n}") for n in range(4)])
