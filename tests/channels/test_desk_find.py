"""The web desk's search and announcements, over HTTP on the real server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from bot.desk.casework import Request

from .served import Served, serving

FIND, SAY = "/desk/api/find", "/desk/api/announcement"
OURS = {"X-Docent-Desk": "1"}
TEXT = "en: Closed today. zh: 今天闭馆。"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A desk on which two wait, in two languages, and one only asked."""
    with serving(tmp_path_factory.mktemp("desk"), DESK_UNDO_SECONDS="60") as running:
        for person, text, language in (("1", "伞 umbrella", "zh-Hant"), ("2", "scarf", "en")):
            seq = running.book.heard(text, person, "web", language, name="李 Lei")
            running.book.change(seq, state="answered")
            row, want = running.book.row(seq), Request("speak_to_human")
            running.book.database.now(running.host.casework.open_case, row, language, want)
        asked = running.book.heard("open 几点?", "3", "web", "zh-Hans")
        running.book.change(asked, state="answered")
        yield running


@pytest.fixture
def page(served: Served) -> Iterator[httpx.Client]:
    """Our own page."""
    with served.client(headers=OURS) as client:
        yield client


def draft(page: httpx.Client, **body: Any) -> dict[str, Any]:
    answer = page.post(SAY, json={"by": "Mei", "text": TEXT, **body})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def told(served: Served) -> list[Any]:
    return [row for row in served.book.rows(direction="out") if row.author == "staff"]


@pytest.mark.parametrize(
    ("typed", "refs"),
    [
        ("D-1001", ["D-1001"]),
        ("1002", ["D-1002"]),
        ("伞", ["D-1001"]),
        ("傘 UMBRELLA", ["D-1001"]),
        ("lei", ["D-1002", "D-1001"]),
        ("nothing 没有", []),
        ("", []),
    ],
)
def test_finding(page: httpx.Client, typed: str, refs: list[str]) -> None:
    found = page.get(FIND, params={"q": typed}).json()["cases"]
    assert [case["ref"] for case in found] == refs


def test_what_is_found_is_shown_as_in_the_list(page: httpx.Client) -> None:
    [found] = page.get(FIND, params={"q": "D-1001"}).json()["cases"]
    listed = page.get("/desk/api/cases").json()["cases"]
    assert found.keys() == listed[0].keys()
    assert (found["name"], found["question"]) == ("李 Lei", "伞 umbrella")


def test_how_many_would_be_told(page: httpx.Client) -> None:
    waiting = page.get(SAY).json()
    assert (waiting["visitors"], waiting["waiting"], waiting["shut"]) == (2, 2, 0)
    assert page.get(SAY, params={"today": "1"}).json()["visitors"] == 3


def test_a_draft_shows_each_wording_and_sends_nothing(page: httpx.Client, served: Served) -> None:
    before = len(told(served))
    shown = draft(page, today=True, key="a")
    assert (shown["visitors"], shown["waiting"], shown["state"]) == (3, 2, "draft")
    said = {each["language"]: each["text"] for each in shown["languages"]}
    assert said == {"zh-Hant": "今天閉館。", "en": "Closed today.", "zh-Hans": "今天闭馆。"}
    assert draft(page, key="a", today=True)["id"] == shown["id"]
    assert len(told(served)) == before


def test_sent_once_and_taken_back(page: httpx.Client, served: Served) -> None:
    before, number = len(told(served)), draft(page)["id"]
    sent = page.post(f"{SAY}/{number}/send", json={"by": "Mei"}).json()
    assert (sent["outcome"], sent["undo_seconds"]) == ("queued", 60)
    again = page.post(f"{SAY}/{number}/send", json={"by": "Ana"}).json()
    assert (again["ok"], again["reason"]) == (True, "It was sent already.")
    assert len(told(served)) == before + 2
    back = page.post(f"{SAY}/{number}/take_back", json={"by": "Ana"})
    assert (back.status_code, back.json()["outcome"]) == (200, "done")
    assert {row.state for row in told(served)[before:]} == {"cancelled"}
    assert {row.author_name for row in told(served)[before:]} == {"Mei"}


def test_cancelled_it_is_refused(page: httpx.Client) -> None:
    number = draft(page)["id"]
    assert page.post(f"{SAY}/{number}/cancel", json={"by": "Mei"}).status_code == 200
    refused = page.post(f"{SAY}/{number}/send", json={"by": "Mei"})
    assert (refused.status_code, refused.json()["error"]) == (409, "It was cancelled.")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"text": "note: strike"}, 409),
        ({"text": "备注：罢工 strike"}, 409),
        ({"text": "x" * 1001}, 409),
        ({"text": ""}, 400),
        ({"by": ""}, 400),
    ],
)
def test_what_is_refused(page: httpx.Client, body: dict[str, str], status: int) -> None:
    answer = page.post(SAY, json={"by": "Mei", "text": TEXT, **body})
    assert answer.status_code == status
    assert answer.json()["error"]


def test_there_is_no_other_step(page: httpx.Client) -> None:
    assert page.post(f"{SAY}/1/shout", json={"by": "Mei"}).status_code == 404
    assert page.post(f"{SAY}/99999/send", json={"by": "Mei"}).status_code == 409


def test_another_sites_page_announces_nothing(served: Served) -> None:
    with served.client() as client:
        assert client.post(SAY, json={"by": "Mei", "text": TEXT}).status_code == 403
        far = {"x-forwarded-for": "203.0.113.9"}
        assert client.get(FIND, params={"q": "伞"}, headers=far).status_code in (401, 403)
