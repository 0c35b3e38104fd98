"""The desk's door: sessions, signing out, wrong passwords, other sites' pages, odd proxies."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from argon2 import PasswordHasher

from bot.channels import desk_login
from bot.store import door

from .served import Served, serving

PASSWORD = "开门 open sesame"
HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
CASES = "/desk/api/cases"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A desk whose password is a hash."""
    with serving(tmp_path_factory.mktemp("hashed"), DESK_PASSWORD=HASH) as running:
        yield running


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_login, "WRONG_PASSWORD_SECONDS", 0.0)
    monkeypatch.setattr(desk_login, "MOST_A_MINUTE", 10_000)


def sign_in(
    served: Served, password: str = PASSWORD, address: str = "203.0.113.1", **headers: str
) -> httpx.Response:
    with served.client(headers={"X-Forwarded-For": address, **headers}) as client:
        return client.post("/desk/login", data={"password": password})


def session_of(answer: httpx.Response) -> dict[str, str]:
    return {"Cookie": answer.headers["set-cookie"].partition(";")[0]}


def status(served: Served, headers: dict[str, str]) -> int:
    with served.client(headers=headers) as client:
        return client.get(CASES).status_code


def test_a_hash_opens_the_desk_and_itself_opens_nothing(desk: Served) -> None:
    assert status(desk, session_of(sign_in(desk))) == 200
    for wrong in (HASH, "", PASSWORD.upper(), "开门"):
        assert "set-cookie" not in sign_in(desk, wrong, "203.0.113.2").headers


def test_each_sign_in_is_a_session_of_its_own_and_ends_alone(desk: Served) -> None:
    one, other = session_of(sign_in(desk)), session_of(sign_in(desk))
    assert one != other
    with desk.client(headers=one) as client:
        out = client.post("/desk/logout")
    assert (out.status_code, out.headers["location"]) == (303, "/desk")
    assert "max-age=0" in out.headers["set-cookie"].lower()
    # Whoever copied the cookie before is out too.
    assert (status(desk, one), status(desk, other)) == (401, 200)


def test_a_session_that_was_there_before_is_not_taken_over(desk: Served) -> None:
    planted = {"Cookie": "docent_desk=99999999999.planted.signature"}
    assert status(desk, planted) == 401
    assert session_of(sign_in(desk, **planted)) != planted
    assert status(desk, planted) == 401


def test_the_password_alone_signs_no_session(desk: Served) -> None:
    """Who reads the settings, and not the database, cannot make a cookie."""
    good = session_of(sign_in(desk))
    desk.host.database.now(lambda c: door.key(c))
    with desk.host.database.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE platform_tokens SET value = 'x' WHERE name = 'door:key'"
        )
    assert status(desk, good) == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_another_sites_page_signs_nobody_in_or_out(desk: Served, headers: dict[str, str]) -> None:
    assert sign_in(desk, **headers).status_code == 403
    mine = session_of(sign_in(desk))
    with desk.client(headers={**mine, **headers}) as client:
        assert client.post("/desk/logout").status_code == 403
        claim = client.post(f"{CASES}/D-1001/claim", json={"by": "Ana"})
    assert claim.status_code == 403
    assert status(desk, mine) == 200


def test_wrong_passwords_cost_time_and_only_their_own_address(desk: Served) -> None:
    address = "203.0.113.9"
    first = [sign_in(desk, f"wrong 错 {n}", address).status_code for n in range(6)]
    assert first == [303] * 5 + [429]
    # While one waits not even the right one is looked at; elsewhere it opens.
    late = sign_in(desk, PASSWORD, address)
    assert (late.status_code, late.headers["retry-after"]) == (429, "5")
    assert "too many wrong passwords" in late.text
    assert sign_in(desk, PASSWORD, "203.0.113.10").headers["location"] == "/desk"


def test_each_further_one_doubles_the_wait(desk: Served) -> None:
    with desk.host.database.engine.begin() as connection:
        for _ in range(8):
            door.note_wrong(connection, "203.0.113.11", 900)
    assert int(sign_in(desk, "x", "203.0.113.11").headers["retry-after"]) == 40


def test_guessing_from_everywhere_stops_for_a_minute(
    desk: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = session_of(sign_in(desk))
    monkeypatch.setattr(desk_login, "MOST_A_MINUTE", 1)
    sign_in(desk, "wrong", "198.51.100.1")
    assert sign_in(desk, PASSWORD, "198.51.100.2").status_code == 429
    assert status(desk, mine) == 200


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"--x"),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="p"'),
        ("application/x-www-form-urlencoded; charset=utf-99", b"password=\xff\xfe"),
        ("application/x-www-form-urlencoded", b"password=%ff&password=%00"),
        ("application/json", b'{"password": 1}'),
        ("", b"password=" + b"x" * 20_000),
    ],
)
def test_a_strange_form_is_a_wrong_password(desk: Served, kind: str, body: bytes) -> None:
    headers = {"Content-Type": kind, "X-Forwarded-For": f"2001:db8:{len(body)}::1"}
    with desk.client() as client:
        got = client.post("/desk/login", content=body, headers=headers)
    assert (got.status_code, got.headers["location"]) == (303, "/desk?wrong=1")


def test_by_https_the_cookie_is_of_this_host_alone(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    values = {"DESK_PASSWORD": PASSWORD, "PUBLIC_URL": "https://chat.example"}
    with serving(tmp_path_factory.mktemp("https"), **values) as running:
        cookie = sign_in(running).headers["set-cookie"]
        assert cookie.startswith("__Host-docent_desk=")
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Strict"} <= set(cookie.split("; "))
        old = {"Cookie": cookie.partition(";")[0].removeprefix("__Host-")}
        assert status(running, old) == 401
