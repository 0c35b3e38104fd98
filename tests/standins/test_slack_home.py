"""The stand-in refuses the Home tabs that Slack refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from .slack import SlackStandin

ADA = "U0ADA"


@pytest.fixture
def slack() -> Iterator[SlackStandin]:
    with SlackStandin() as standin:
        yield standin


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def publish(slack: SlackStandin, blocks: list[Any], **more: Any) -> dict[str, Any]:
    client = WebClient(slack.token, base_url=slack.api_url)
    view = {"type": "home", "blocks": blocks}
    answer = client.views_publish(user_id=more.pop("user_id", ADA), view=view, **more)
    return dict(answer["view"])


SECTION = {"type": "section", "text": plain("你好 hello")}


def test_a_home_is_kept_and_keeps_its_id(slack: SlackStandin) -> None:
    first = publish(slack, [SECTION] * 100)
    second = publish(slack, [SECTION], hash=first["hash"])
    assert (second["id"], len(second["blocks"])) == (first["id"], 1)
    assert second["hash"] != first["hash"]


@pytest.mark.parametrize(
    "blocks",
    [
        [SECTION] * 101,
        [],
        [{"type": "header", "text": plain("馆" * 151)}],
        [{"type": "section", "text": plain("x" * 3001)}],
        [{"type": "section", "text": plain("")}],
        [{"type": "header", "text": {"type": "mrkdwn", "text": "*x*"}}],
        [{"type": "context", "elements": [plain("馆 x")] * 11}],
        [{**SECTION, "block_id": "a"}, {**SECTION, "block_id": "a"}],
    ],
    ids=range(8),
)
def test_what_slack_would_refuse(slack: SlackStandin, blocks: list[Any]) -> None:
    with pytest.raises(SlackApiError, match="invalid_"):
        publish(slack, blocks)
    with slack.changing() as workspace:
        assert workspace.homes == {}


def test_an_old_hash_is_refused(slack: SlackStandin) -> None:
    first = publish(slack, [SECTION])
    publish(slack, [SECTION, SECTION])
    with pytest.raises(SlackApiError, match="hash_conflict"):
        publish(slack, [SECTION], hash=first["hash"])
    with slack.changing() as workspace:
        assert len(workspace.homes[ADA]["blocks"]) == 2


def test_nobody_has_no_home(slack: SlackStandin) -> None:
    with pytest.raises(SlackApiError, match="user_not_found"):
        publish(slack, [SECTION], user_id="U0NOBODY")
