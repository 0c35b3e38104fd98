"""The action server: for callers who know the secret, and for nobody else."""

from __future__ import annotations

import httpx
import pytest


@pytest.mark.parametrize(
    "headers",
    [{}, {"X-Docent-Secret": ""}, {"X-Docent-Secret": "wrong"}, {"X-Secret": "a-secret"}],
)
@pytest.mark.parametrize("path", ["/webhook", "/actions", "/health"])
def test_a_caller_without_the_secret_is_refused(
    action_server: str, headers: dict[str, str], path: str
) -> None:
    url = action_server.replace("/webhook", path)
    answer = httpx.request("POST" if path == "/webhook" else "GET", url, headers=headers)
    assert (answer.status_code, answer.json()) == (403, {"error": "wrong secret"})


def test_a_secret_of_strange_bytes_is_refused(action_server: str) -> None:
    headers = {b"X-Docent-Secret": b"\xff\xe9"}
    answer = httpx.post(action_server, headers=headers)  # type: ignore[arg-type]
    assert answer.status_code == 403


def test_a_caller_with_the_secret_is_served(action_server: str) -> None:
    url = action_server.replace("/webhook", "/actions")
    answer = httpx.get(url, headers={"X-Docent-Secret": "a-secret"})
    assert answer.status_code == 200
    assert "action_clarify" in {action["name"] for action in answer.json()}
