"""Modals and app homes of the Slack stand-in: Slack's limits, updates, and who is told what."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web import WebClient

from .desk import payload
from .receiver import Receiver
from .slack import SlackDriver, SlackStandin
from .wire import JsonDict


def words(text: str) -> JsonDict:
    return {"type": "plain_text", "text": text}


def modal(**more: Any) -> JsonDict:
    button = {"type": "button", "text": words("Next"), "action_id": "next", "value": "7"}
    field = {"type": "plain_text_input", "action_id": "text", "initial_value": "您好"}
    blocks = [
        {"type": "actions", "elements": [button]},
        {"type": "input", "block_id": "words", "label": words("Words"), "element": field},
    ]
    made = {"type": "modal", "title": words("A window"), "submit": words("Send")}
    return {**made, "blocks": blocks, "notify_on_close": True, **more}


def refusal(work: Any, **arguments: Any) -> str:
    with pytest.raises(SlackApiError) as refused:
        work(**arguments)
    return str(refused.value.response["error"])


def trigger(slack: SlackStandin) -> str:
    with slack.changing() as workspace:
        return workspace.new_trigger("U0ADA")


def field(**more: Any) -> JsonDict:
    element = {"type": "plain_text_input", "action_id": "a", **more}
    return {"type": "input", "label": words("W"), "element": element}


@pytest.mark.parametrize(
    "more",
    [
        {"title": words("x" * 25)},
        {"title": {"type": "mrkdwn", "text": "x"}},
        {"submit": words("x" * 25)},
        {"private_metadata": "x" * 3001},
        {"callback_id": "x" * 256},
        {"blocks": [{"type": "divider"}] * 101},
        {"blocks": [field(max_length=3001)]},
        {"blocks": [field(initial_value="x" * 3001)]},
        {"blocks": [field(initial_value="馆" * 11, max_length=10)]},
        {"blocks": []},
        {"type": "home"},
    ],
)
def test_what_slack_refuses_is_refused(
    slack: SlackStandin, client: WebClient, more: JsonDict
) -> None:
    said = refusal(client.views_open, trigger_id=trigger(slack), view=modal(**more))
    assert said in ("invalid_arguments", "invalid_blocks")
    assert slack.views("U0ADA") == []


@pytest.mark.parametrize("gone", ["title", "submit"])
def test_a_modal_with_fields_needs_a_title_and_a_way_to_send_it(
    slack: SlackStandin, client: WebClient, gone: str
) -> None:
    view = {name: value for name, value in modal().items() if name != gone}
    assert refusal(client.views_open, trigger_id=trigger(slack), view=view) == "invalid_arguments"


def test_a_modal_is_updated_while_nobody_changed_it(
    slack: SlackStandin, client: WebClient
) -> None:
    opened: Any = client.views_open(trigger_id=trigger(slack), view=modal())["view"]
    update = {"view_id": opened["id"], "view": modal(title=words("新的 new"))}
    newer: Any = client.views_update(**update, hash=opened["hash"])["view"]
    assert newer["id"] == opened["id"]
    assert slack.views("U0ADA")[0]["title"]["text"] == "新的 new"
    assert refusal(client.views_update, **update, hash=opened["hash"]) == "hash_conflict"
    assert refusal(client.views_update, view_id="V0", view=modal()) == "not_found"


def test_presses_in_views_closed_views_and_the_home_tab_are_told(
    slack: SlackStandin, client: WebClient, driver: SlackDriver, receiver: Receiver
) -> None:
    opened: Any = client.views_open(trigger_id=trigger(slack), view=modal())["view"]
    driver.press_view("U0ADA", opened["id"], "Next", values={"words": {"text": {"value": "好"}}})
    told = payload(receiver)
    assert (told["type"], told["container"]) == (
        "block_actions",
        {"type": "view", "view_id": opened["id"]},
    )
    assert told["view"]["state"]["values"]["words"]["text"]["value"] == "好"
    assert "channel" not in told
    driver.close_view("U0ADA", opened["id"])
    assert (payload(receiver)["type"], payload(receiver)["is_cleared"]) == ("view_closed", False)
    driver.open_home("U0ADA", "messages")
    event = (receiver.exchanges[-1].body or {})["event"]
    assert (event["type"], event["tab"], event["channel"]) == (
        "app_home_opened",
        "messages",
        "D0ADA",
    )
