"""SlackDriver, judged by slack_sdk's verifier, a real Bolt app and java-slack-sdk's shapes."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest
from slack_bolt import Ack, App, BoltRequest
from slack_sdk.signature import Clock, SignatureVerifier
from slack_sdk.web import WebClient
from slack_sdk.webhook import WebhookClient

from .base import Exchange, Reply
from .receiver import Receiver
from .reference import load, reference
from .slack import Delivery, SlackDriver, SlackStandin, labels
from .slack_courier import signature
from .slack_typing import rich_text, wire_text
from .wire import JsonDict

DESK, SECRET = "C0DESK", "8f742231b10e8888abcd99yyyzzz85a5"
VERIFIER = SignatureVerifier(SECRET)


@pytest.fixture
def slack() -> Iterator[SlackStandin]:
    with SlackStandin() as standin:
        yield standin


@pytest.fixture
def client(slack: SlackStandin) -> WebClient:
    return WebClient(slack.token, base_url=slack.api_url, timeout=5)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as standin:
        yield standin


@pytest.fixture
def driver(slack: SlackStandin, receiver: Receiver) -> SlackDriver:
    return SlackDriver(f"{receiver.url}/hook", SECRET, slack)


def event(receiver: Receiver) -> JsonDict:
    """Return the event that arrived last."""
    body = receiver.exchanges[-1].body
    assert body is not None
    return dict(body["event"])


def payload(receiver: Receiver) -> JsonDict:
    """Return the interaction that arrived last."""
    return dict(json.loads(parse_qs(receiver.exchanges[-1].raw.decode())["payload"][0]))


def case(client: WebClient) -> str:
    """Post a case as the desk does, with two buttons and a menu."""
    buttons = [
        {"type": "button", "action_id": name.lower(), "value": "DM-7", "text": plain(name)}
        for name in ("Claim", "Resolve")
    ]
    options = [{"text": plain(name), "value": name.lower()} for name in ("Tickets", "Access")]
    menu = {"type": "static_select", "action_id": "department", "placeholder": plain("Department")}
    row = {"type": "actions", "elements": [*buttons, {**menu, "options": options}]}
    return str(client.chat_postMessage(channel=DESK, text="DM-7", blocks=[row])["ts"])


def plain(text: str) -> JsonDict:
    return {"type": "plain_text", "text": text}


def test_signature_agrees_with_slacks_vector() -> None:
    vector = load(reference("slack", "vectors", "slack_signature_vector.json"))
    ours = signature(vector["body"].encode(), vector["timestamp"], vector["signing_secret"])
    assert ours == vector["signature"]


@pytest.mark.parametrize(
    ("how", "valid"),
    [
        (Delivery(), True),
        (Delivery(age=295), True),
        (Delivery(retry_num=2), True),
        (Delivery.stale(), False),
        (Delivery.forged(), False),
        (Delivery.unsigned(), False),
        (Delivery(signature="v0=00"), False),
    ],
)
def test_slack_sdk_verifies_what_the_driver_signs(
    driver: SlackDriver, receiver: Receiver, how: Delivery, valid: bool
) -> None:
    driver.say("U0ADA", DESK, "您好 & welcome 🙂", how=how)
    driver.slash("U0ADA", "/docent", "帮助", how=how)
    for got in receiver.exchanges:
        assert VERIFIER.is_valid_request(got.raw, dict(got.headers)) is valid


TYPED = [
    ("tickets < 5 & > 3", "tickets &lt; 5 &amp; &gt; 3"),
    ("<@U0BEN> 备注：他要退款", "<@U0BEN> 备注：他要退款"),
    ("*note:* 退款 _later_", "*note:* 退款 _later_"),
    ("👀 :lock: 10:30:15", ":eyes: :lock: 10:30:15"),
    ("see https://m.example/a?b=1&c=2", "see <https://m.example/a?b=1&amp;c=2>"),
    ("<!subteam^S0DESK> and <!here>", "<!subteam^S0DESK> and <!here>"),
    ("<script>", "&lt;script&gt;"),
    ("// aside", "// aside"),
]


@pytest.mark.parametrize(("typed", "wired"), TYPED)
def test_typed_words_become_slacks(typed: str, wired: str) -> None:
    assert wire_text(typed) == wired


def test_rich_text_is_not_escaped_and_knows_its_tokens() -> None:
    elements = rich_text("<@U0BEN> *备注：* a & b 👀")[0]["elements"][0]["elements"]
    assert [each["type"] for each in elements] == ["user", "text", "text", "text", "emoji"]
    assert elements[2] == {"type": "text", "text": "备注：", "style": {"bold": True}}
    assert elements[3]["text"] == " a & b "


def test_say_is_kept_and_delivered(
    driver: SlackDriver, slack: SlackStandin, receiver: Receiver, client: WebClient
) -> None:
    root = case(client)
    status, body = driver.say("U0ADA", DESK, "we're open", root)
    assert (status, body) == (200, "")
    got = event(receiver)
    assert (got["thread_ts"], got["parent_user_id"]) == (root, slack.workspace.bot_user)
    assert [each["text"] for each in slack.thread(DESK, root)] == ["we're open"]
    assert got["ts"] == slack.thread(DESK, root)[0]["ts"]


def test_edits_deletions_and_tombstones(driver: SlackDriver, receiver: Receiver) -> None:
    said = driver.say("U0ADA", DESK, "at 5")
    driver.edit("U0ADA", DESK, said.ts, "at 17:30")
    changed = event(receiver)
    assert changed["subtype"] == "message_changed"
    assert (changed["previous_message"]["text"], changed["message"]["text"]) == (
        "at 5",
        "at 17:30",
    )
    reply = driver.say("U0BEN", DESK, "thanks", said.ts)
    driver.delete(DESK, said.ts)
    assert event(receiver)["message"]["subtype"] == "tombstone"
    driver.delete(DESK, reply.ts)
    assert event(receiver)["deleted_ts"] == reply.ts


def test_retries_keep_the_event_and_its_bytes(driver: SlackDriver, receiver: Receiver) -> None:
    first = driver.say("U0ADA", DESK, "once")
    again = driver.retry(2)
    assert again.event_id == first.event_id
    one, two = receiver.exchanges
    assert one.raw == two.raw
    assert two.headers["x-slack-retry-num"] == "2"


def test_three_seconds_are_the_limit(driver: SlackDriver, receiver: Receiver) -> None:
    driver.limit = 0.2
    receiver.hang_next(5)
    with pytest.raises(AssertionError, match="gave up"):
        driver.say("U0ADA", DESK, "slow")


def test_presses(driver: SlackDriver, receiver: Receiver, client: WebClient) -> None:
    root = case(client)
    driver.press("U0ADA", DESK, root, "Claim")
    got = payload(receiver)
    assert got["actions"][0]["action_id"] == "claim"
    assert (got["actions"][0]["value"], got["container"]["message_ts"]) == ("DM-7", root)
    driver.press("U0BEN", DESK, root, "department", option="Access")
    got = payload(receiver)
    assert got["actions"][0]["selected_option"]["value"] == "access"
    block = got["actions"][0]["block_id"]
    assert got["state"]["values"][block]["department"]["selected_option"]["value"] == "access"
    with pytest.raises(AssertionError, match="nobody could press"):
        driver.press("U0ADA", DESK, root, "Back to bot")


def test_ephemeral_buttons_and_their_response_url(
    driver: SlackDriver, slack: SlackStandin, receiver: Receiver, client: WebClient
) -> None:
    offer = {"type": "button", "action_id": "keep", "text": plain("Keep as note")}
    row = [{"type": "actions", "elements": [offer]}]
    shown = client.chat_postEphemeral(channel=DESK, user="U0ADA", text="Send?", blocks=row)
    ts = shown["message_ts"]
    assert labels(slack.ephemerals("U0ADA")[0]) == ["Keep as note"]
    with pytest.raises(AssertionError, match="sees no message"):
        driver.press("U0BEN", DESK, ts, "keep")
    driver.press("U0ADA", DESK, ts, "Keep as note")
    got = payload(receiver)
    assert got["container"]["is_ephemeral"]
    assert "message" not in got
    hook = WebhookClient(got["response_url"])
    assert hook.send(text="Kept.", replace_original=True).body == "ok"
    assert [each["text"] for each in slack.ephemerals("U0ADA")] == ["Kept."]
    assert hook.send(text="In the open", response_type="in_channel").status_code == 200
    assert slack.roots(DESK)[-1]["text"] == "In the open"
    assert hook.send(text="x", blocks=[{"type": "nonsense"}]).status_code == 400
    hook.send(delete_original=True)
    assert slack.ephemerals("U0ADA") == []
    hook.send(text="fifth")
    assert json.loads(hook.send(text="sixth").body)["error"] == "used_url"


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


def test_events_and_answers_have_shapes_java_slack_sdk_knows(
    driver: SlackDriver, slack: SlackStandin, receiver: Receiver, client: WebClient
) -> None:
    known: dict[str, set[str]] = {}
    envelope: set[str] = set()
    for path in reference("slack", "fixtures", "java-slack-sdk", "events").glob("*.json"):
        body = load(path)
        envelope |= set(body)
        known.setdefault(body.get("event", {}).get("type", ""), set()).update(
            body.get("event", {})
        )
    root = case(client)
    said = driver.say("U0ADA", DESK, "hello", root)
    driver.broadcast("U0ADA", DESK, root, "to all")
    driver.share_file("U0ADA", DESK, "map.pdf", "the map", root)
    driver.edit("U0ADA", DESK, said.ts, "hi")
    driver.react("U0ADA", "eyes", DESK, said.ts)
    driver.delete(DESK, said.ts)
    driver.bot_says(DESK, "beep", classic=True)
    driver.mention("U0ADA", DESK, "hello")
    driver.leave("U0BEN", DESK)
    for got in receiver.exchanges:
        assert got.body is not None
        assert set(got.body) <= envelope
        assert set(got.body["event"]) <= known[got.body["event"]["type"]]


def test_interactions_have_shapes_java_slack_sdk_knows(
    driver: SlackDriver, receiver: Receiver, client: WebClient
) -> None:
    folder = reference("slack", "fixtures", "java-slack-sdk", "app-backend")
    theirs = load(folder / "interactive-components" / "BlockActionPayload.json")
    driver.press("U0ADA", DESK, case(client), "Claim")
    ours = payload(receiver)
    assert set(ours) <= set(theirs)
    assert set(ours["container"]) <= set(theirs["container"])
    driver.slash("U0ADA", "/docent", "help")
    command = load(folder / "slash-commands" / "SlashCommandPayload.json")
    assert set(receiver.exchanges[-1].body or {}) <= set(command)


CALLS: dict[str, JsonDict] = {
    "auth.test": {},
    "chat.postMessage": {"channel": DESK, "text": "x"},
    "chat.postEphemeral": {"channel": DESK, "user": "U0ADA", "text": "x"},
    "users.info": {"user": "U0ADA"},
    "conversations.info": {"channel": DESK},
    "conversations.open": {"users": "U0ADA"},
}


@pytest.mark.parametrize("name", CALLS)
def test_answers_have_no_key_java_slack_sdk_does_not_know(client: WebClient, name: str) -> None:
    theirs = load(reference("slack", "fixtures", "java-slack-sdk", "api", f"{name}.json"))
    ours = client.api_call(name, json=CALLS[name]).data
    assert isinstance(ours, dict)
    assert set(ours) <= set(theirs)
    for key, value in ours.items():
        if isinstance(value, dict):
            assert set(value) <= set(theirs[key]), key


def test_the_verifier_agrees_on_the_age() -> None:
    class Later(Clock):
        def now(self) -> float:
            return time.time() + 301

    raw, stamp = b"{}", str(int(time.time()))
    headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature(raw, stamp, "s")}
    assert SignatureVerifier("s").is_valid_request(raw, headers)
    assert not SignatureVerifier("s", clock=Later()).is_valid_request(raw, headers)
