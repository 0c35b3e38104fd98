"""SlackDriver, judged by Slack's own framework: a Bolt app behind the webhook."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from slack_bolt import Ack, App, BoltRequest
from slack_sdk.web import WebClient

from .base import Exchange, Reply
from .desk import DESK, SECRET, case, plain
from .receiver import Receiver
from .slack import Delivery, SlackDriver, SlackStandin
from .wire import JsonDict


class BoltReceiver(Receiver):
    """Slack's own framework behind the webhook: it checks, parses and routes for itself."""

    app: App

    def _answer(self, exchange: Exchange) -> Reply:
        headers: dict[str, Any] = dict(exchange.headers)
        got = self.app.dispatch(BoltRequest(body=exchange.raw.decode(), headers=headers))
        return Reply(got.status, got.body)


@pytest.fixture
def seen() -> list[str]:
    return []


@pytest.fixture
def bolt(slack: SlackStandin, client: WebClient, seen: list[str]) -> Iterator[SlackDriver]:
    app = App(client=client, signing_secret=SECRET, process_before_response=True)

    @app.event("message")
    def on_message(event: JsonDict) -> None:
        seen.append(f"message {event.get('subtype')} {event.get('text')}")

    @app.event("app_mention")
    def on_mention(event: JsonDict) -> None:
        seen.append("app_mention")

    @app.event("reaction_added")
    def on_reaction(event: JsonDict) -> None:
        seen.append(f"reaction {event['reaction']} by {event['user']}")

    @app.event("member_joined_channel")
    def on_join(event: JsonDict) -> None:
        seen.append(f"joined {event['user']}")

    @app.action("claim")
    def on_claim(ack: Ack, body: JsonDict, respond: Any) -> None:
        ack()
        respond(text="yours", replace_original=False)
        seen.append(f"claim by {body['user']['id']}")

    @app.action("department")
    def on_department(ack: Ack, action: JsonDict) -> None:
        ack()
        seen.append(f"department {action['selected_option']['value']}")

    @app.command("/docent")
    def on_command(ack: Ack, command: JsonDict) -> None:
        ack("here")
        seen.append(f"command {command['text']}")

    @app.view("close_case")
    def on_view(ack: Ack, view: JsonDict) -> None:
        ack()
        seen.append(f"view {view['state']['values']['b']['a']['value']}")

    with BoltReceiver() as receiver:
        receiver.app = app
        yield SlackDriver(receiver.url, SECRET, slack)


def test_bolt_understands_everything_staff_do(
    bolt: SlackDriver, slack: SlackStandin, client: WebClient, seen: list[str]
) -> None:
    root = case(client)
    said = bolt.say("U0ADA", DESK, "您好", root)
    bolt.broadcast("U0ADA", DESK, root, "to all")
    bolt.share_file("U0ADA", DESK, "map.pdf", "the map", root)
    bolt.edit("U0ADA", DESK, said.ts, "您好！")
    bolt.mention("U0ADA", DESK, "who is on duty?")
    bolt.react("U0ADA", "eyes", DESK, root)
    slack.add_user("U0NEW", "New Person", join=False)
    bolt.join("U0NEW", DESK)
    bolt.press("U0ADA", DESK, root, "Claim")
    bolt.press("U0ADA", DESK, root, "department", option="tickets")
    assert bolt.slash("U0ADA", "/docent", "cases 未处理").body.find("here") >= 0
    trigger = slack.workspace.new_trigger("U0ADA")
    modal = {"type": "modal", "callback_id": "close_case", "title": plain("Close")}
    words = {"type": "input", "label": plain("Why"), "block_id": "b"}
    field = {"type": "plain_text_input", "action_id": "a"}
    view = {**modal, "submit": plain("Close"), "blocks": [{**words, "element": field}]}
    opened = client.views_open(trigger_id=trigger, view=view)["view"]["id"]
    bolt.submit("U0ADA", opened, {"b": {"a": {"type": "plain_text_input", "value": "done"}}})
    assert seen == [
        "message None 您好",
        "message thread_broadcast to all",
        "message file_share the map",
        "message message_changed None",
        "message None <@U0DOCENT> who is on duty?",
        "app_mention",
        "reaction eyes by U0ADA",
        "joined U0NEW",
        "claim by U0ADA",
        "department tickets",
        "command cases 未处理",
        "view done",
    ]
    assert [each["text"] for each in slack.ephemerals("U0ADA")] == ["yours"]


def test_bolt_ignores_and_refuses_what_it_must(
    bolt: SlackDriver, slack: SlackStandin, client: WebClient, seen: list[str]
) -> None:
    assert bolt.url_verification("abc").json() == {"challenge": "abc"}
    assert bolt.ssl_check().status == 200
    for how in (Delivery.stale(), Delivery.forged()):
        assert bolt.say("U0ADA", DESK, "no", how=how).status == 401
    assert bolt.echo(DESK, case(client)).status == 200
    assert seen == []
    bolt.bot_says(DESK, "beep", classic=True)
    assert seen == ["message bot_message beep"]
