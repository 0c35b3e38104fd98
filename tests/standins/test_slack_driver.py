"""SlackDriver, judged by slack_sdk's verifier and WebhookClient, and by what the webhook gets."""

from __future__ import annotations

import json
import time

import pytest
from slack_sdk.signature import Clock, SignatureVerifier
from slack_sdk.web import WebClient
from slack_sdk.webhook import WebhookClient

from .desk import DESK, SECRET, case, payload, plain
from .receiver import Receiver
from .reference import load, reference
from .slack import Delivery, SlackDriver, SlackStandin, labels
from .slack_courier import signature
from .slack_typing import rich_text, wire_text
from .wire import JsonDict

VERIFIER = SignatureVerifier(SECRET)


def event(receiver: Receiver) -> JsonDict:
    """Return the event that arrived last."""
    body = receiver.exchanges[-1].body
    assert body is not None
    return dict(body["event"])


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


def test_the_verifier_agrees_on_the_age() -> None:
    class Later(Clock):
        def now(self) -> float:
            return time.time() + 301

    raw, stamp = b"{}", str(int(time.time()))
    headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature(raw, stamp, "s")}
    assert SignatureVerifier("s").is_valid_request(raw, headers)
    assert not SignatureVerifier("s", clock=Later()).is_valid_request(raw, headers)
