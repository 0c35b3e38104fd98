"""The web desk's address for every step of a case, and everything that it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from bot.desk.casework import Request
from bot.messages import Inbound
from bot.store import cases, log, queue
from bot.store.tables import desk_jobs, messages

from .served import Served, serving

DESK = {"X-Docent-Desk": "1"}
SAID = ["Is the café open?", "咖啡厅开着吗？", "咖啡 café 开吗 open?"]
LANGUAGES = dict(zip(SAID, ("en", "zh-Hans", "zh-Hans"), strict=True))
_people = count(1)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("steps"), DESK_UNDO_SECONDS="30") as running:
        yield running


@pytest.fixture
def staff(served: Served) -> Iterator[httpx.Client]:
    with served.client(headers=DESK) as client:
        yield client


class Case:
    """A case of a new visitor, and the desk's address of it."""

    def __init__(self, served: Served, staff: httpx.Client, text: str = SAID[2]) -> None:
        self.served, self.staff, self.person = served, staff, f"p{next(_people)}"
        row = self.heard(text)
        want, work = Request("speak_to_human"), served.host.casework
        opened = served.host.database.now(work.open_case, row, LANGUAGES.get(text, "en"), want)
        self.id, self.ref = opened.id, opened.ref

    def heard(self, text: str) -> Any:
        """Lets the visitor write to the log."""
        said = Inbound("web", self.person, f"m{self.person}{next(_people)}", text, name="Li 李")
        seq = self.served.host.database.now(log.accept, said, LANGUAGES.get(text, "en"), {})
        self.served.book.change(seq, state="answered")
        return self.served.book.row(seq)

    def do(self, step: str, by: str = "Ana 安娜", **body: Any) -> httpx.Response:
        """Takes a step."""
        return self.staff.post(f"/desk/api/cases/{self.ref}/{step}", json={"by": by, **body})

    def did(self, step: str, by: str = "Ana 安娜", **body: Any) -> dict[str, Any]:
        """Takes a step that is allowed, and returns what the desk said."""
        answer = self.do(step, by, **body)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def refused(self, step: str, by: str = "Ana 安娜", **body: Any) -> str:
        """Takes a step that is refused, and returns why."""
        answer = self.do(step, by, **body)
        assert answer.status_code == 409, answer.text
        return str(answer.json()["error"])

    def seen(self, **query: Any) -> dict[str, Any]:
        """Returns the case as the page gets it."""
        return dict(self.staff.get(f"/desk/api/cases/{self.ref}", params=query).json())

    @property
    def row(self) -> Any:
        """Returns the case in the log."""
        return self.served.host.database.now(cases.case, self.id)


@pytest.fixture
def case(served: Served, staff: httpx.Client) -> Case:
    return Case(served, staff)


# -- steps ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", SAID)
def test_a_case_goes_all_its_ways(served: Served, staff: httpx.Client, text: str) -> None:
    case = Case(served, staff, text)
    case.did("claim")
    assert (case.row.state, case.row.owner) == ("claimed", "Ana 安娜")
    case.did("release")
    assert (case.row.state, case.row.owner) == ("queued", None)
    case.did("assign", to="Ben 本")
    assert (case.row.owner, case.row.owner_id) == ("Ben 本", "web:ben 本")
    case.did("priority", priority="urgent")
    assert case.row.priority == "urgent"
    case.did("priority", priority="normal")
    case.did("department", department="access")
    assert case.row.department == "access"
    case.did("resolve", by="Ben 本")
    assert case.row.state == "resolved"
    case.did("reopen")
    assert case.row.state == "reopened"
    case.did("back_to_bot")
    assert case.row.state == "returned"


def test_a_colleague_from_slack_gets_a_case_under_their_own_id(served: Served, case: Case) -> None:
    served.host.database.now(
        lambda c: cases.change_case(c, case.id, owner_id="U0ADA", owner="Ada 艾达")
    )
    served.book.change(served.book.rows(conversation_id=f"web:{case.person}")[0].seq, case_id=None)
    case.did("assign", to="ada 艾达")
    other = Case(case.served, case.staff)
    other.did("assign", to="ada 艾达")
    assert other.row.owner_id == "U0ADA"
    assert "Ada 艾达" in case.staff.get("/desk/api/cases").json()["colleagues"]


REFUSED: list[tuple[list[tuple[str, dict[str, Any]]], str, dict[str, Any], str]] = [
    ([("claim", {"by": "Ben 本"})], "claim", {}, "Ben 本 has this case."),
    ([], "release", {}, ""),
    ([("resolve", {})], "claim", {}, "closed"),
    ([("resolve", {})], "release", {}, ""),
    ([("resolve", {})], "resolve", {}, "closed"),
    ([("resolve", {})], "back_to_bot", {}, "closed"),
    ([("resolve", {})], "assign", {"to": "Ben 本"}, "closed"),
    ([("resolve", {})], "priority", {"priority": "urgent"}, "closed"),
    ([("resolve", {})], "department", {"department": "access"}, "closed"),
    ([], "reopen", {}, ""),
    ([], "priority", {"priority": "高 high"}, "no priority"),
    ([], "department", {"department": "前台 desk"}, "no department"),
    ([], "undo", {"seq": 999_999}, "no such reply"),
]


@pytest.mark.parametrize(("before", "step", "body", "why"), REFUSED)
def test_what_is_refused_says_why_and_changes_nothing(
    case: Case, before: list[tuple[str, dict[str, Any]]], step: str, body: dict[str, Any], why: str
) -> None:
    for name, more in before:
        case.did(name, **more)
    was = case.row
    said = case.refused(step, **body)
    assert said
    assert why in said
    assert (case.row.state, case.row.owner_id) == (was.state, was.owner_id)


@pytest.mark.parametrize(
    ("step", "body"),
    [
        ("assign", {}),
        ("assign", {"to": ""}),
        ("assign", {"to": "名" * 81}),
        ("assign", {"to": 5}),
        ("assign", {"to": "Ben", "by": "  "}),
        ("release", {"by": None}),
        ("reply", {"text": " \n"}),
        ("note", {"text": "长" * 4001}),
        ("preview", {"text": ""}),
        ("undo", {"seq": -1}),
    ],
)
def test_what_makes_no_sense_is_refused(case: Case, step: str, body: dict[str, Any]) -> None:
    answer = case.do(step, **body)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_a_case_of_another_visitor_keeps_a_closed_one_closed(served: Served, case: Case) -> None:
    case.did("resolve")
    row = case.heard("再问 again")
    work = served.host.casework
    served.host.database.now(work.open_case, row, "en", Request("failure"))
    assert "open case" in case.refused("reopen") or case.refused("reopen")


# -- words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", SAID)
def test_an_unclaimed_case_asks_and_then_sends(case: Case, text: str) -> None:
    assert case.did("reply", text=text)["outcome"] == "needs_claim"
    assert case.seen()["messages"][-1]["text"] != text
    sent = case.did("reply", text=text, confirm="claim")
    assert sent["outcome"] == "queued"
    assert case.seen()["messages"][-1]["send_at"]
    case.did("undo", seq=sent["seq"])
    assert case.seen()["messages"][-1]["state"] == "cancelled"


def test_two_at_once_are_asked_first(case: Case) -> None:
    case.did("claim")
    first = case.did("reply", text="找到了 found it")
    second = case.did("reply", by="Ben 本", text="没有 not here")
    assert second["outcome"] == "needs_confirm"
    assert (second["knowing"], "Ana 安娜" in second["reason"]) == (first["seq"], True)
    again = case.did("reply", by="Ben 本", text="没有 not here", confirm="anyway")
    assert again["outcome"] == "needs_confirm"
    knowing = {"confirm": "anyway", "knowing": first["seq"]}
    assert case.did("reply", by="Ben 本", text="没有 not here", **knowing)["outcome"] == "queued"


@pytest.mark.parametrize(
    ("confirm", "outcome", "state"),
    [
        (None, "needs_reopen", "resolved"),
        ("claim", "needs_reopen", "resolved"),
        ("follow_up", "queued", "resolved"),
        ("reopen", "queued", "claimed"),
    ],
)
def test_after_resolve_a_reply_is_a_choice(
    case: Case, confirm: str | None, outcome: str, state: str
) -> None:
    case.did("resolve")
    got = case.did("reply", text="还有一事 one more thing", confirm=confirm)
    assert (got["outcome"], case.row.state) == (outcome, state)


@pytest.mark.parametrize("text", ["note: VIP", "备注：先查", "internal：等 wait", "@Ben 看看"])
def test_a_note_is_kept_whatever_was_pressed(case: Case, text: str) -> None:
    assert case.did("reply", text=text, confirm="claim")["outcome"] == "note"
    assert case.seen()["messages"][-1]["direction"] == "note"
    assert case.did("preview", text=text)["note"]


@pytest.mark.parametrize("text", SAID)
def test_a_preview_sends_and_keeps_nothing(case: Case, text: str) -> None:
    before = len(case.seen()["messages"])
    shown = case.did("preview", text=text)
    assert (shown["text"], shown["note"]) == (text, None)
    assert len(case.seen()["messages"]) == before


# -- what is shown --------------------------------------------------------------------------------


def test_a_case_shows_its_promises_and_its_relations(served: Served, case: Case) -> None:
    clocks = {each["kind"]: each for each in case.seen()["case"]["clocks"]}
    assert clocks["first_reply"]["running"]
    assert clocks["first_reply"]["due_at"]
    case.did("resolve")
    row = case.heard("又来了 back again")
    work = served.host.casework
    later = served.host.database.now(work.open_case, row, "en", Request("failure"))
    assert case.seen()["case"]["next"] == [later.ref]
    seen = case.staff.get(f"/desk/api/cases/{later.ref}").json()
    assert seen["case"]["previous"] == case.ref
    ended = {each["kind"]: each for each in case.seen()["case"]["clocks"]}
    assert not ended["first_reply"]["running"]


def test_who_did_what_and_why_is_told_in_order(case: Case) -> None:
    case.did("claim")
    case.did("note", text="问过 Tom asked")
    case.did("department", department="access")
    got = case.staff.get(f"/desk/api/cases/{case.ref}/trail").json()["events"]
    assert [each["what"] for each in got if each["actor"] == "Ana 安娜"] == [
        "claimed",
        "noted",
        "department",
    ]
    assert got[0]["what"] == "opened"
    assert all(each["at"] for each in got)
    assert case.staff.get("/desk/api/cases/D-1/trail").status_code == 404


def test_long_conversations_come_page_by_page(served: Served, case: Case) -> None:
    texts = [f"第{number}句 line" for number in range(120)]
    for text in texts:
        served.book.said(text, person=case.person, channel="web", state="sent")
    newest = case.seen()
    assert (len(newest["messages"]), newest["older"]) == (50, True)
    assert newest["messages"][-1]["text"] == texts[-1]
    seen, page = list(newest["messages"]), newest
    while page["older"]:
        page = case.seen(before=seen[0]["seq"])
        seen = [*page["messages"], *seen]
    assert [each["text"] for each in seen][-120:] == texts
    assert len({each["seq"] for each in seen}) == len(seen)


@pytest.mark.parametrize("before", ["nan", "1e400", "-3", "0"])
def test_a_strange_page_is_an_answer(case: Case, before: str) -> None:
    assert case.staff.get(f"/desk/api/cases/{case.ref}", params={"before": before}).is_success


def test_the_closed_cases_are_the_newest_first(case: Case) -> None:
    other = Case(case.served, case.staff)
    case.did("resolve")
    other.did("resolve")
    closed = case.staff.get("/desk/api/cases", params={"state": "closed"}).json()["cases"]
    assert [each["ref"] for each in closed][:2] == [other.ref, case.ref]


def test_slack_that_is_away_is_told_on_the_desk(served: Served, staff: httpx.Client) -> None:
    def late(connection: Any) -> None:
        queue.add_job(connection, "line", None, {"text": "等 wait"})
        earlier = log.now() - timedelta(minutes=5)
        connection.execute(sa.update(desk_jobs).values(at=earlier, attempts=3))

    assert staff.get("/desk/api/cases").json()["broken"] == []
    served.host.database.now(late)
    [line] = staff.get("/desk/api/cases").json()["broken"]
    served.host.database.now(lambda c: c.execute(sa.delete(desk_jobs)))
    assert line.startswith("Slack cannot be reached. 1 post waits")


def test_nobody_elses_page_takes_a_step(served: Served, case: Case) -> None:
    with served.client() as client:
        for step in ("claim", "assign", "preview", "reopen"):
            address = f"/desk/api/cases/{case.ref}/{step}"
            assert client.post(address, json={"by": "Ana", "to": "B"}).status_code == 403
    assert case.row.state == "queued"
    assert served.book.rows(messages, case_id=case.id, author="staff") == []
