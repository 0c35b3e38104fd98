"""Ready answers and corrected translations at the web desk's address."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from bot.store.tables import case_events, messages, translations

from .served import Served, serving
from .test_desk_steps import DESK, Case

PARKING = [{"topic": "parking", "confidence": 0.9}, {"topic": "wifi", "confidence": 0.1}]
SAID = [
    ("Is the café open?", "en", "car park"),
    ("咖啡厅开着吗？", "zh-Hans", "停车场"),
    ("咖啡 café 开吗 open?", "zh-Hans", "停车场"),
]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("answers"), DESK_UNDO_SECONDS="30") as running:
        yield running


@pytest.fixture
def staff(served: Served) -> Iterator[httpx.Client]:
    with served.client(headers=DESK) as client:
        yield client


def opened(served: Served, staff: httpx.Client, text: str) -> Case:
    """A case whose question was ranked."""
    case = Case(served, staff, text)
    row = case.heard(text)
    served.book.change(row.seq, ranking=PARKING, case_id=case.id)
    return case


def suggestions(case: Case) -> dict[str, Any]:
    return dict(case.staff.get(f"/desk/api/cases/{case.ref}/suggestions").json())


@pytest.mark.parametrize(("text", "language", "words"), SAID)
def test_an_answer_is_shown_and_sent_as_it_was_shown(
    served: Served, staff: httpx.Client, text: str, language: str, words: str
) -> None:
    case = opened(served, staff, text)
    found = suggestions(case)
    assert (found["question"], found["language"]) == (text, language)
    first = found["answers"][0]
    assert set(first) == {"kind", "id", "label", "text", "english", "language"}
    assert words in first["text"]
    assert "car park" in first["english"]
    assert len(found["saved"]) >= 12
    assert case.did("ready", **first)["outcome"] == "needs_claim"
    case.did("claim")
    done = case.did("ready", **first)
    assert done["outcome"] == "queued"
    row = served.book.row(done["seq"])
    assert (row.text, row.state) == (first["text"], "queued")
    what = [e.what for e in served.book.rows(case_events, case_id=case.id)]
    assert "sent a suggestion" in what


def test_a_saved_reply_is_sent(served: Served, staff: httpx.Client) -> None:
    case = opened(served, staff, SAID[1][0])
    case.did("claim")
    reply = next(each for each in suggestions(case)["saved"] if each["id"] == "anything_else")
    seq = case.did("ready", **reply)["seq"]
    assert served.book.row(seq).text == "请问还有什么可以帮您的吗？"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"kind": "poem", "id": "x", "text": "a", "english": "a"},
        {"kind": "suggestion", "id": "x", "text": "", "english": "a"},
        {"kind": "suggestion", "id": "x", "text": "您好", "english": 7},
        {"kind": "suggestion", "id": "x", "text": "您好 hi" * 1000, "english": "a"},
    ],
)
def test_what_is_no_answer_is_refused(
    served: Served, staff: httpx.Client, body: dict[str, Any]
) -> None:
    case = opened(served, staff, SAID[0][0])
    case.did("claim")
    assert case.do("ready", **body).status_code == 400


def test_a_case_that_is_not_there_is_not_found(staff: httpx.Client) -> None:
    assert staff.get("/desk/api/cases/D-9/suggestions").status_code == 404
    for step in ("ready", "correct"):
        answer = staff.post(f"/desk/api/cases/D-9/{step}", json={"by": "Ana 安娜"})
        assert answer.status_code == 404


def test_strangers_may_not(served: Served, staff: httpx.Client) -> None:
    case = opened(served, staff, SAID[0][0])
    with served.client() as stranger:
        body = {"by": "Eve", "seq": 1, "text": "x"}
        answer = stranger.post(f"/desk/api/cases/{case.ref}/correct", json=body)
    assert answer.status_code == 403


@pytest.mark.parametrize("text", ["几点关门？", "請問幾點關門？", "museum 几点关门？"])
def test_a_visitors_words_are_corrected_for_staff(
    served: Served, staff: httpx.Client, text: str
) -> None:
    case = opened(served, staff, SAID[1][0])
    row = case.heard(text)
    beside = {"text": "Rubbish", "language": "en", "engine": "x", "state": "translated"}
    served.book.change(row.seq, translation=beside, case_id=case.id)
    case.did("correct", seq=row.seq, text="When do you close?")
    assert served.book.row(row.seq).translation["text"] == "When do you close?"
    learnt = [each for each in served.book.rows(translations) if each.original == text]
    assert [(each.text, each.corrected_by) for each in learnt] == [
        ("When do you close?", "Ana 安娜")
    ]


def test_a_reply_that_waits_is_corrected(served: Served, staff: httpx.Client) -> None:
    case = opened(served, staff, SAID[1][0])
    case.did("claim")
    seq = case.did("reply", text="We close at 5pm.")["seq"]
    beside = {"text": "We close at 5pm.", "language": "en", "engine": "x", "state": "translated"}
    served.book.change(seq, text="我们五点。", translation=beside, language="zh-Hant")
    case.did("correct", seq=seq, text="我们5pm关门。")
    row = served.book.row(seq)
    assert (row.text, row.translation["text"]) == ("我們5pm關門。", "We close at 5pm.")


def test_what_was_not_translated_is_not_corrected(served: Served, staff: httpx.Client) -> None:
    case = opened(served, staff, SAID[0][0])
    seq = served.book.rows(messages, case_id=case.id)[0].seq
    assert "Only what was translated" in case.refused("correct", seq=seq, text="x")
    assert "not here any more" in case.refused("correct", seq=10**9, text="x")


def test_another_case_s_message_is_not_corrected(served: Served, staff: httpx.Client) -> None:
    one, two = (opened(served, staff, SAID[1][0]) for _ in range(2))
    row = one.heard("几点关门？")
    beside = {"text": "Rubbish", "language": "en", "engine": "x", "state": "translated"}
    served.book.change(row.seq, translation=beside, case_id=one.id)
    assert "not here any more" in two.refused("correct", seq=row.seq, text="When?")
