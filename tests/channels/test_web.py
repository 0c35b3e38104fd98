"""Web chat and web desk: sessions that cannot be guessed, pages that others cannot use."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from itertools import count
from typing import Any

import httpx
import pytest

from bot.desk.casework import Request
from bot.store import log

from .contract import ChannelContract, Door, as_json
from .served import Served, serving

OWN = {"Content-Type": "application/json"}
DESK = {"X-Docent-Desk": "1"}
PASSWORD = "开门 open sesame"  # a test's own
_ids = count(1)


class WebDoor(Door):
    """The chat page's way to knock."""

    path = "/webhooks/web/webhook"

    def __init__(self, served: Served) -> None:
        super().__init__(served)
        self._tokens: dict[str, str] = {}

    def person(self) -> str:
        """Opens a session."""
        with self.served.client() as client:
            conversation = client.post("/webhooks/web/session").json()["conversation"]
            self._tokens[conversation] = client.cookies["docent_session"]
        return str(conversation)

    def token(self, conversation_id: str) -> str:
        """Returns a session's secret."""
        return self._tokens[conversation_id]

    def body(self, conversation_id: str, text: str, message_id: str) -> bytes:
        """Returns one message."""
        return as_json({"id": message_id, "text": text})

    def proof(self, body: bytes, conversation_id: str) -> dict[str, str]:
        """Returns the session's cookie."""
        return {**OWN, "Cookie": f"docent_session={self._tokens[conversation_id]}"}

    def forgeries(self, body: bytes, conversation_id: str) -> dict[str, dict[str, str]]:
        """Returns sessions that are none, and what other sites' pages may send."""
        good = self.proof(body, conversation_id)
        person = conversation_id.partition(":")[2]
        return {
            "no session": OWN,
            "empty": {**OWN, "Cookie": "docent_session="},
            "guessed": {**OWN, "Cookie": "docent_session=" + "a" * 43},
            "the public name": {**OWN, "Cookie": f"docent_session={person}"},
            "cut short": {**OWN, "Cookie": good["Cookie"][:-1]},
            "bearer of nothing": {**OWN, "Authorization": "Bearer"},
            "bearer of a guess": {**OWN, "Authorization": "Bearer x"},
            "other site": {**good, "Origin": "https://evil.example"},
            "sandboxed page": {**good, "Origin": "null"},
            "a form": {**good, "Content-Type": "text/plain"},
            "no type": {"Cookie": good["Cookie"]},
        }


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("web")) as running:
        yield running


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    public = {"DESK_PASSWORD": PASSWORD, "PUBLIC_URL": "https://chat.example"}
    with serving(tmp_path_factory.mktemp("guarded"), **public) as running:
        yield running


@pytest.fixture(scope="module")
def door(served: Served) -> WebDoor:
    return WebDoor(served)


@pytest.fixture
def visitor(served: Served) -> Iterator[httpx.Client]:
    with served.client() as client:
        client.headers["x-conversation"] = client.post("/webhooks/web/session").json()[
            "conversation"
        ]
        yield client


def conversation(visitor: httpx.Client) -> str:
    return visitor.headers["x-conversation"]


def write(visitor: httpx.Client, text: str) -> httpx.Response:
    body = {"id": f"page-message-{next(_ids)}", "text": text}
    answer = visitor.post("/webhooks/web/webhook", json=body)
    assert answer.status_code == 200
    return answer


def read(visitor: httpx.Client, **query: Any) -> dict[str, Any]:
    answer = visitor.get("/webhooks/web/messages", params=query)
    assert answer.status_code == 200
    return dict(answer.json())


def answer(served: Served, visitor: httpx.Client, text: str, **values: Any) -> int:
    person = conversation(visitor).partition(":")[2]
    seq = served.book.said(text, person, channel="web", **values)
    served.wake()
    return seq


class TestContract(ChannelContract):
    """Web chat keeps the contract."""


# -- the session ------------------------------------------------------------------------------


@pytest.mark.parametrize("which", ["served", "guarded"])
def test_the_cookie_is_kept_from_scripts_and_other_sites(
    request: pytest.FixtureRequest, which: str
) -> None:
    with request.getfixturevalue(which).client() as client:
        header = client.post("/webhooks/web/session").headers["set-cookie"].lower()
    parts = {part.strip().partition("=")[0] for part in header.split(";")}
    assert {"httponly", "samesite", "path", "max-age"} <= parts
    assert "samesite=lax" in header
    assert ("secure" in parts) is (which == "guarded")


def test_sessions_cannot_be_guessed(served: Served) -> None:
    tokens, people = set(), set()
    for _ in range(10):
        with served.client() as client:
            people.add(client.post("/webhooks/web/session").json()["conversation"])
            tokens.add(client.cookies["docent_session"])
    assert len(tokens) == len(people) == 10
    assert min(len(token) for token in tokens) >= 43
    assert not any(person.partition(":")[2] in token for person in people for token in tokens)


def test_a_page_that_is_loaded_again_keeps_its_session(visitor: httpx.Client) -> None:
    again = visitor.post("/webhooks/web/session").json()["conversation"]
    assert again == conversation(visitor)


def test_a_session_that_was_never_issued_is_not_taken_over(served: Served) -> None:
    with served.client(cookies={"docent_session": "chosen-by-somebody-else"}) as client:
        header = client.post("/webhooks/web/session").headers["set-cookie"]
    assert "chosen-by-somebody-else" not in header


def test_another_visitor_reads_nothing_of_ours(served: Served, visitor: httpx.Client) -> None:
    write(visitor, "我的秘密 secret")
    with served.client() as other:
        other.post("/webhooks/web/session")
        assert read(other)["messages"] == []
        query = {"conversation": conversation(visitor), "person": conversation(visitor)}
        assert read(other, **query)["messages"] == []


@pytest.mark.parametrize("token", ["x", "guess", "猜"])
def test_without_a_session_nothing_is_read(served: Served, token: str) -> None:
    with served.client() as client:
        headers = {b"Authorization": f"Bearer {token}".encode()}
        assert client.get("/webhooks/web/messages", headers=headers).status_code == 403  # type: ignore[arg-type]


def test_two_visitors_may_choose_the_same_id(door: WebDoor) -> None:
    one, two = door.person(), door.person()
    door.tell(one, "一 one", "the-same-client-id")
    door.tell(two, "二 two", "the-same-client-id")
    assert (door.heard(one), door.heard(two)) == (["一 one"], ["二 two"])


def test_a_bearer_token_serves_pages_without_cookies(door: WebDoor) -> None:
    person = door.person()
    headers = {**OWN, "Authorization": f"Bearer {door.token(person)}"}
    body = door.body(person, "bearer 来了", "bearer-message")
    assert door.knock(body, headers).status_code == 200
    assert door.heard(person) == ["bearer 来了"]


def test_our_own_page_is_let_in_by_its_origin(door: WebDoor) -> None:
    person = door.person()
    body = door.body(person, "own 自己", "own-origin-message")
    headers = {**door.proof(body, person), "Origin": door.served.url}
    assert door.knock(body, headers).status_code == 200


@pytest.mark.parametrize("client_id", ["short", "x" * 101, 5, None, "", ["list-of-ids"]])
def test_a_message_needs_an_id_of_the_page(door: WebDoor, client_id: Any) -> None:
    person = door.person()
    body = as_json({"id": client_id, "text": "你好 hi"})
    assert door.knock(body, door.proof(body, person)).status_code == 400


@pytest.mark.parametrize("text", [5, None, ["你好"], {"text": "hi"}])
def test_a_text_that_is_none_is_refused(door: WebDoor, text: Any) -> None:
    person = door.person()
    body = as_json({"id": "a-good-client-id", "text": text})
    assert door.knock(body, door.proof(body, person)).status_code == 400


# -- reading ----------------------------------------------------------------------------------


def test_the_history_is_there_after_a_reload(served: Served, visitor: httpx.Client) -> None:
    write(visitor, "几点 open?")
    seq = answer(served, visitor, "From ten.", payload={"choices": [{"id": "c", "label": "路"}]})
    news = read(visitor, after=seq - 1, wait=5)
    assert [m["text"] for m in news["messages"]] == ["From ten."]
    history = read(visitor)
    assert [(m["direction"], m["text"]) for m in history["messages"]] == [
        ("in", "几点 open?"),
        ("out", "From ten."),
    ]
    assert history["messages"][1]["buttons"] == [{"id": "c", "label": "路"}]
    assert history["cursor"] == seq
    assert read(visitor, after=history["cursor"])["messages"] == []


def test_a_long_poll_wakes(served: Served, visitor: httpx.Client) -> None:
    write(visitor, "在吗 hello")
    cursor = read(visitor)["cursor"]
    got: list[dict[str, Any]] = []
    waiting = threading.Thread(
        target=lambda: got.append(read(visitor, after=cursor, wait=9, typing="1"))
    )
    began = time.monotonic()
    waiting.start()
    waiting.join(0.2)
    assert waiting.is_alive()
    answer(served, visitor, "在 here")
    waiting.join(9)
    assert [m["text"] for m in got[0]["messages"]] == ["在 here"]
    assert time.monotonic() - began < 4


def test_a_poll_ends_when_its_time_is_up(visitor: httpx.Client) -> None:
    assert read(visitor, after=0, wait=0.1)["messages"] == []


def test_typing_is_told(visitor: httpx.Client) -> None:
    write(visitor, "想一想 think")
    news = read(visitor, after=10**9, wait=5, typing="0")
    assert (news["typing"], news["messages"]) == (True, [])


@pytest.mark.parametrize("state", ["queued", "cancelled", "dead", "kept"])
def test_what_was_not_sent_is_not_shown(served: Served, visitor: httpx.Client, state: str) -> None:
    write(visitor, "你好 hello")
    direction = "note" if state == "kept" else "out"
    later = {"not_before": log.now().replace(year=2100)} if state == "queued" else {}
    answer(served, visitor, "秘密 secret", state=state, direction=direction, **later)
    assert [m["text"] for m in read(visitor)["messages"]] == ["你好 hello"]


@pytest.mark.parametrize(
    "query",
    [{"after": "x"}, {"after": "-1"}, {"after": "nan"}, {"after": "1e400"}, {"wait": "很久"}],
)
def test_a_strange_number_is_refused(visitor: httpx.Client, query: dict[str, str]) -> None:
    assert visitor.get("/webhooks/web/messages", params=query).status_code == 400


def test_the_museums_name_is_for_everybody(served: Served) -> None:
    with served.client() as client:
        names = client.get("/webhooks/web/museum").json()["name"]
    assert set(names) == {"en", "zh-Hans", "zh-Hant"}


# -- the pages and the probes -----------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/desk", "/static/chat.js", "/static/chat.css"])
def test_the_pages_keep_foreign_code_out(served: Served, path: str) -> None:
    with served.client() as client:
        got = client.get(path)
    assert got.status_code == 200
    assert "script-src 'self'" in got.headers["content-security-policy"]
    assert got.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path", ["/static/..%2fweb.py", "/static/%2e%2e/base.py", "/static/没有", "/static/"]
)
def test_nothing_but_the_pages_is_served(served: Served, path: str) -> None:
    with served.client() as client:
        assert client.get(path).status_code in (404, 405)


def test_alive_but_not_ready_while_the_model_loads(served: Served) -> None:
    with served.client() as client:
        assert client.get("/health").status_code == 200
        ready = client.get("/ready")
        metrics = client.get("/metrics")
    assert (ready.status_code, ready.json()["model"], ready.json()["database"]) == (
        503,
        False,
        True,
    )
    assert "docent_messages_accepted_total" in metrics.text


# -- who may use the desk ---------------------------------------------------------------------

STAFF_PAGES = ["/desk", "/desk/api/cases", "/desk/api/cases/D-1001", "/desk/api/changes"]


@pytest.mark.parametrize("path", STAFF_PAGES)
@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "203.0.113.5"},
        {"X-Forwarded-For": "127.0.0.1"},
        {"Forwarded": "for=203.0.113.5"},
        {"X-Real-IP": "127.0.0.1"},
        {"X-Forwarded-Host": "localhost"},
        {"Host": "chat.example"},
        {"Host": "localhost.evil.example"},
        {"Host": "evil.example:5005"},
        {"Host": ""},
    ],
)
def test_the_desk_answers_this_machine_alone(
    served: Served, path: str, headers: dict[str, str]
) -> None:
    with served.client() as client:
        assert client.get(path, headers=headers).status_code in (400, 403)


def test_the_desk_answers_this_machine(served: Served) -> None:
    with served.client() as client:
        assert client.get("/desk").status_code == 200
        assert client.get("/desk/api/cases").json()["cases"] == []


def test_another_sites_page_changes_nothing(served: Served, visitor: httpx.Client) -> None:
    case = a_case(served, visitor)
    with served.client() as client:
        body = {"by": "Ana"}
        assert client.post(f"/desk/api/cases/{case.ref}/claim", json=body).status_code == 403
    assert served.host.database.now(lambda c: case_of(c, case.ref)).state == "queued"


@pytest.mark.parametrize("path", STAFF_PAGES)
def test_with_a_password_nobody_comes_in_without(guarded: Served, path: str) -> None:
    with guarded.client() as client:
        assert client.get(path).status_code in (401, 403)
        client.cookies.set("docent_desk", f"{2**40}.{'0' * 64}")
        assert client.get(path).status_code in (401, 403)


def test_the_password_opens_the_desk(guarded: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.channels.desk_login.WRONG_PASSWORD_SECONDS", 0.01)
    with guarded.client() as client:
        for wrong in ("", "open sesame", PASSWORD + " "):
            refused = client.post("/desk/login", data={"password": wrong})
            assert (refused.status_code, refused.headers["location"]) == (303, "/desk?wrong=1")
            assert "set-cookie" not in refused.headers
        entered = client.post("/desk/login", data={"password": PASSWORD})
        cookie = entered.headers["set-cookie"].lower()
        assert entered.headers["location"] == "/desk"
        assert all(word in cookie for word in ("httponly", "samesite=strict", "secure"))
        session = {"Cookie": entered.headers["set-cookie"].partition(";")[0]}
        assert client.get("/desk", headers=session).status_code == 200
        changed = {"Cookie": session["Cookie"][:-1] + "z"}
        assert client.get("/desk/api/cases", headers=changed).status_code in (401, 403)


@pytest.mark.parametrize(
    "session", ["²³.abc", "１２.abc", "9" * 500 + ".x", ".", "é.é", "123.é"], ids=ascii
)
def test_a_strange_session_is_refused(guarded: Served, session: str) -> None:
    with guarded.client() as client:
        headers = {b"Cookie": f"docent_desk={session}".encode()}
        refused = client.get("/desk/api/cases", headers=headers)  # type: ignore[arg-type]
    assert refused.status_code in (401, 403)


# -- work on a case ---------------------------------------------------------------------------


def case_of(connection: Any, ref: str) -> Any:
    from bot.store import cases

    return cases.case_by_ref(connection, ref)


def a_case(served: Served, visitor: httpx.Client, text: str = "我的伞 lost") -> Any:
    write(visitor, text)
    row = served.book.rows(conversation_id=conversation(visitor))[-1]
    served.book.change(row.seq, state="answered")
    want = Request("speak_to_human")
    return served.host.database.now(served.host.casework.open_case, row, "zh-Hans", want)


def test_a_case_from_claim_to_resolve(served: Served, visitor: httpx.Client) -> None:
    case = a_case(served, visitor)
    address = f"/desk/api/cases/{case.ref}"
    with served.client(headers=DESK) as staff:
        assert case.ref in [c["ref"] for c in staff.get("/desk/api/cases").json()["cases"]]
        assert staff.post(f"{address}/claim", json={"by": " Ana  李 "}).json()["ok"]
        refused = staff.post(f"{address}/claim", json={"by": "Ben"})
        assert (refused.status_code, refused.json()["error"]) == (409, "Ana 李 has this case.")
        said = {"by": "Ana 李", "text": "找到了 found"}
        reply = staff.post(f"{address}/reply", json=said).json()
        assert reply["outcome"] == "queued"
        undo = staff.post(f"{address}/undo", json={"by": "Ana 李", "seq": reply["seq"]})
        assert undo.json()["ok"]
        note = {"by": "Ana 李", "text": "内部：VIP"}
        assert staff.post(f"{address}/reply", json=note).json()["outcome"] == "note"
        assert staff.post(f"{address}/resolve", json={"by": "Ana 李"}).json()["ok"]
        shown = staff.get(address).json()
    assert shown["case"]["state"] == "resolved"
    states = {m["text"]: m["state"] for m in shown["messages"]}
    assert (states["找到了 found"], states["内部：VIP"]) == ("cancelled", "kept")
    assert "内部：VIP" not in [m["text"] for m in read(visitor)["messages"]]


def test_the_desk_shows_what_came_with_words_and_what_came_later(
    served: Served, visitor: httpx.Client
) -> None:
    case = a_case(served, visitor, "看看 look")
    sent = [{"kind": "voice", "seconds": 12}, {"kind": "file", "name": "票.pdf", "size": 120_000}]
    versions = [{"at": log.now().isoformat(), "text": "看 see"}]
    [row] = served.book.rows(conversation_id=conversation(visitor), direction="in")
    payload = {"attachments": sent, "reaction": "👍"}
    served.book.change(row.seq, payload=payload, versions=versions)
    with served.client(headers=DESK) as staff:
        shown = staff.get(f"/desk/api/cases/{case.ref}").json()["messages"]
    told = next(message for message in shown if message["seq"] == row.seq)
    assert told["attachments"] == ["voice message, 12 s", "file 票.pdf, 120 kB"]
    assert (told["versions"], told["reaction"], told["receipt"]) == (versions, "👍", None)


@pytest.mark.parametrize(
    ("step", "body", "status"),
    [
        ("claim", {}, 400),
        ("claim", {"by": ""}, 400),
        ("claim", {"by": "名" * 81}, 400),
        ("claim", {"by": 5}, 400),
        ("reply", {"by": "Ana", "text": ""}, 400),
        ("reply", {"by": "Ana", "text": "长" * 4001}, 400),
        ("undo", {"by": "Ana", "seq": "1"}, 400),
        ("undo", {"by": "Ana", "seq": 10**30}, 400),
        ("undo", {"by": "Ana", "seq": 999999}, 409),
        ("department", {"by": "Ana", "department": "前台"}, 409),
        ("delete", {"by": "Ana"}, 404),
    ],
)
def test_a_step_that_makes_no_sense_is_refused(
    served: Served, visitor: httpx.Client, step: str, body: dict[str, Any], status: int
) -> None:
    case = a_case(served, visitor)
    with served.client(headers=DESK) as staff:
        got = staff.post(f"/desk/api/cases/{case.ref}/{step}", json=body)
    assert got.status_code == status
    assert got.json()["error"]


@pytest.mark.parametrize("ref", ["D-1", "编号", "..%2f"])
def test_a_case_that_is_none_is_not_found(served: Served, ref: str) -> None:
    with served.client(headers=DESK) as staff:
        assert staff.get(f"/desk/api/cases/{ref}").status_code == 404
        assert staff.post(f"/desk/api/cases/{ref}/claim", json={"by": "Ana"}).status_code == 404


def test_changes_wakes_when_something_happens(served: Served, visitor: httpx.Client) -> None:
    with served.client(headers=DESK) as staff:
        before = staff.get("/desk/api/changes").json()["version"]
        a_case(served, visitor)
        query = {"after": before, "wait": 9}
        assert staff.get("/desk/api/changes", params=query).json()["version"] > before
