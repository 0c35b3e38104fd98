"""Headers on every answer, and the web chat's limits, on the real server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from bot.channels import rate_limits, web
from bot.channels.rate_limits import Rule

from .served import Served, serving

HTTPS = {"PUBLIC_URL": "https://chat.example", "EMBED_ORIGINS": "https://www.example"}
JSON = {"Content-Type": "application/json"}
PATHS = [
    "/",
    "/desk",
    "/desk/api/cases",
    "/static/chat.js",
    "/health",
    "/ready",
    "/no-such",
    "/%ff",
]


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("plain")) as running:
        yield running


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("public"), **HTTPS) as running:
        yield running


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_keeps_foreign_code_out(plain: Served, path: str) -> None:
    with plain.client() as client:
        got = client.get(path).headers
    policy = got["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert (got["x-content-type-options"], got["x-frame-options"]) == ("nosniff", "DENY")
    assert got["referrer-policy"] == "same-origin"
    assert "camera=()" in got["permissions-policy"]
    assert "strict-transport-security" not in got


def test_nothing_of_the_desk_is_kept_by_a_browser(plain: Served) -> None:
    with plain.client() as client:
        assert client.get("/desk/api/cases").headers["cache-control"] == "no-store"
        assert client.get("/static/desk.js").headers["cache-control"] == "no-cache"


def test_https_is_for_good_and_the_chat_may_be_framed_by_the_museum(public: Served) -> None:
    with public.client() as client:
        page, desk = client.get("/").headers, client.get("/desk").headers
    assert page["strict-transport-security"] == "max-age=31536000"
    assert "frame-ancestors https://www.example;" in page["content-security-policy"]
    assert "x-frame-options" not in page
    assert "frame-ancestors 'none'" in desk["content-security-policy"]
    assert desk["x-frame-options"] == "DENY"


# -- limits -------------------------------------------------------------------------------------

FEW = Rule("few", 3)
SAID = {
    "en-GB": "Please wait a moment",
    "zh-CN,zh;q=0.9": "请稍等片刻",
    "zh-HK": "請稍候片刻",
}


def knock(client: httpx.Client, number: int, **headers: str) -> httpx.Response:
    body = {"id": f"message-{number}", "text": "open 几点?"}
    return client.post("/webhooks/web/webhook", json=body, headers=headers)


@pytest.fixture(autouse=True)
def mid_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that stands still, far from the end of a window."""
    monkeypatch.setattr(rate_limits, "clock", lambda: 1_795_000_020.0)


@contextmanager
def session(served: Served, address: str) -> Iterator[httpx.Client]:
    with served.client(headers={"X-Forwarded-For": address}) as client:
        token = client.post("/webhooks/web/session").headers["set-cookie"]
        client.headers["Cookie"] = token.partition(";")[0]
        yield client


@pytest.mark.parametrize("language", SAID)
def test_who_is_too_fast_hears_when_to_come_back(
    public: Served, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setattr(web, "MESSAGES", FEW)
    with session(public, "203.0.113.77") as client:
        got = [knock(client, n, **{"Accept-Language": language}) for n in range(4)]
    assert [each.status_code for each in got] == [200, 200, 200, 429]
    assert 0 < int(got[3].headers["retry-after"]) <= 60
    assert SAID[language] in got[3].json()["error"]


def test_one_address_with_many_sessions_is_held_too(
    public: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "SESSIONS_OF_ADDRESS", Rule("few-sessions", 3))
    found = []
    with public.client(headers={"X-Forwarded-For": "203.0.113.78"}) as client:
        for _ in range(5):
            client.cookies.clear()
            found.append(client.post("/webhooks/web/session").status_code)
    assert found == [200, 200, 200, 429, 429]


def test_a_program_on_this_machine_is_not_counted(
    plain: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "MESSAGES", FEW)
    with plain.client() as client:
        client.post("/webhooks/web/session")
        assert [knock(client, n).status_code for n in range(6)] == [200] * 6


def test_the_next_window_takes_the_same_message(
    public: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "MESSAGES", FEW)
    with session(public, "203.0.113.79") as client:
        for number in range(4):
            got = knock(client, number)
        later = rate_limits.clock() + int(got.headers["retry-after"])
        monkeypatch.setattr(rate_limits, "clock", lambda: later)
        assert knock(client, 3).status_code == 200


def test_another_sites_page_opens_no_session(public: Served) -> None:
    with public.client(headers={"Sec-Fetch-Site": "cross-site"}) as client:
        assert client.post("/webhooks/web/session").status_code == 403


@pytest.mark.parametrize("text", ["馆" * 120_000, "é" * 140_000, "a mixed 长 text " * 9000])
def test_a_message_that_nobody_types_is_refused_at_once(plain: Served, text: str) -> None:
    with plain.client() as client:
        client.post("/webhooks/web/session")
        body = {"id": "a-long-one", "text": text}
        assert client.post("/webhooks/web/webhook", json=body).status_code == 413
