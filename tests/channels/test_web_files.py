"""Files on the chat page and the web desk, over the wire of the real server."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import httpx
import pytest
from standins import samples

from bot.channels.web_files import LARGEST_UPLOAD
from bot.desk.casework import Person, Request
from bot.messages import Inbound
from bot.store import log

from .served import Loaded, Served, serving

PNG, PDF = samples.png(), samples.pdf()
MEI = Person("web:mei", "Mei")
DESK = {"X-Docent-Desk": "1"}
_numbers = count(1)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("web_files")
    with serving(folder, Loaded, DESK_UNDO_SECONDS="0") as running:
        yield running


class Visitor:
    """Somebody on the chat page, with a case that Mei has or without."""

    def __init__(self, served: Served) -> None:
        self.served, self.client = served, served.client()
        told = self.client.post("/webhooks/web/session", json={}).json()
        self.conversation = told["conversation"]

    def with_person(self, claim: bool = True) -> Any:
        """Opens a case, which Mei claims."""
        run = self.served.host.database.now
        person = self.conversation.partition(":")[2]
        asked = Inbound("web", person, f"{person}:q{next(_numbers)}", "A person please 人工")
        seq = run(log.accept, asked, "en", {})
        run(log.change_message, seq, state="answered")
        row = run(log.message, seq)
        want = Request("speak_to_human")
        case = run(self.served.host.casework.open_case, row, "en", want)
        if claim:
            run(self.served.host.casework.claim, case.id, MEI)
        return case

    def upload(
        self, data: bytes = PNG, name: str = "票 ticket.png", **more: Any
    ) -> httpx.Response:
        """Uploads a file as the page does."""
        own_id = more.pop("id", f"upload-{next(_numbers):04}")
        headers = {"Content-Type": more.pop("kind", "application/octet-stream")}
        query = {"id": own_id, "name": name}
        where = "/webhooks/web/files"
        return self.client.post(where, params=query, content=data, headers=headers, **more)

    def messages(self) -> list[dict[str, Any]]:
        """What the page shows."""
        return list(
            self.client.get("/webhooks/web/messages", params={"after": 0}).json()["messages"]
        )

    def files(self) -> list[dict[str, Any]]:
        """The files among them."""
        return [each for message in self.messages() for each in message.get("files", ())]


@pytest.fixture
def visitor(served: Served) -> Iterator[Visitor]:
    made = Visitor(served)
    yield made
    made.client.close()


def within(true: Callable[[], Any], seconds: float = 8.0) -> Any:
    end = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.03)
    return found


def on_desk(served: Served, ref: str) -> list[dict[str, Any]]:
    with served.client() as client:
        found = client.get(f"/desk/api/cases/{ref}").json()["messages"]
    return [each for message in found for each in message["files"]]


@pytest.mark.parametrize("name", ["ticket.png", "门票照片.png", "票 ticket.png"])
def test_an_upload_reaches_the_desk(served: Served, visitor: Visitor, name: str) -> None:
    case = visitor.with_person(claim=False)
    assert visitor.upload(name=name).status_code == 200
    [file] = within(lambda: [f for f in on_desk(served, case.ref) if f["state"] == "held"])
    assert (file["name"], file["mime"], file["size"]) == (name, "image/png", len(PNG))
    with served.client() as client:
        got = client.get(file["url"])
    assert (got.content, got.headers["content-type"]) == (PNG, "image/png")
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["content-disposition"].startswith("inline")
    assert visitor.files() == [{"name": name, "mime": "image/png", "size": len(PNG), "url": None}]


def test_without_a_person_nothing_is_taken(served: Served, visitor: Visitor) -> None:
    before = sorted(served.host.blobs.folder.rglob("*"))
    assert visitor.upload(samples.png(9)).status_code == 409
    assert visitor.messages() == []
    assert sorted(served.host.blobs.folder.rglob("*")) == before


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (samples.HTML, 415),
        (samples.SVG, 415),
        (samples.EXE, 415),
        (samples.DOCX, 415),
        (b"", 413),
        (PNG + b"\0" * LARGEST_UPLOAD, 413),
    ],
    ids=["html", "svg", "exe", "docx", "nothing", "large"],
)
def test_what_is_no_picture_or_pdf_or_too_large_is_refused(
    visitor: Visitor, data: bytes, status: int
) -> None:
    visitor.with_person()
    assert visitor.upload(data).status_code == status
    assert visitor.files() == []


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data", "image/png"])
def test_a_form_of_another_site_uploads_nothing(visitor: Visitor, kind: str) -> None:
    visitor.with_person()
    assert visitor.upload(kind=kind).status_code == 403


def test_another_sites_page_and_whoever_has_no_session_upload_nothing(
    served: Served, visitor: Visitor
) -> None:
    visitor.with_person()
    visitor.client.headers["Origin"] = "https://evil.example"
    assert visitor.upload().status_code == 403
    visitor.client.cookies.clear()
    assert visitor.upload().status_code == 403


def test_an_upload_twice_is_one_message(served: Served, visitor: Visitor) -> None:
    case = visitor.with_person()
    for _ in range(2):
        assert visitor.upload(id="the-same-upload").status_code == 200
    within(lambda: [f for f in on_desk(served, case.ref) if f["state"] == "held"])
    assert len(within(visitor.files)) == len(on_desk(served, case.ref)) == 1


def test_a_file_of_staff_is_linked_and_is_the_visitors_alone(
    served: Served, visitor: Visitor
) -> None:
    case = visitor.with_person()
    query = {"ref": case.ref, "name": "票 ticket.pdf", "by": "Mei"}
    with served.client() as desk:
        sent = desk.post("/desk/api/files", params=query, content=PDF, headers=DESK)
        assert sent.json()["outcome"] == "queued", sent.text
    [file] = within(visitor.files)
    assert (file["name"], file["mime"]) == ("票 ticket.pdf", "application/pdf")
    got = visitor.client.get(file["url"])
    assert got.content == PDF
    assert got.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in got.headers["content-security-policy"]
    stranger = Visitor(served)
    assert stranger.client.get(file["url"]).status_code == 404
    stranger.client.close()
    with served.client() as nobody:
        assert nobody.get(file["url"]).status_code == 403


def test_the_desk_asks_before_a_file_of_somebody_else_goes(
    served: Served, visitor: Visitor
) -> None:
    case = visitor.with_person()
    query = {"ref": case.ref, "name": "plan.pdf", "by": "Ben"}
    with served.client() as desk:
        told = desk.post("/desk/api/files", params=query, content=PDF, headers=DESK).json()
        assert told["outcome"] == "needs_confirm"
        anyway = {**query, "confirm": "anyway"}
        told = desk.post("/desk/api/files", params=anyway, content=PDF, headers=DESK).json()
        assert told["outcome"] == "queued"
    assert len(within(visitor.files)) == 1


@pytest.mark.parametrize(
    ("change", "status"),
    [({"ref": "D-9"}, 404), ({"by": ""}, 400), ({"data": samples.HTML}, 415)],
)
def test_what_the_desk_cannot_send_is_said(
    served: Served, visitor: Visitor, change: dict[str, Any], status: int
) -> None:
    case = visitor.with_person()
    query = {"ref": case.ref, "name": "plan.pdf", "by": "Mei", **change}
    data = query.pop("data", PDF)
    with served.client() as desk:
        told = desk.post("/desk/api/files", params=query, content=data, headers=DESK)
        assert told.status_code == status, told.text
        bare = desk.post("/desk/api/files", params=query, content=data)
        assert bare.status_code == 403
    assert visitor.files() == []
