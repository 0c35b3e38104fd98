"""SlackStandin, judged by slack_sdk: its clients post, and its errors and retries are its own."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from http.client import RemoteDisconnected
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.http_retry.builtin_handlers import (
    RateLimitErrorRetryHandler,
    ServerErrorRetryHandler,
)
from slack_sdk.web import WebClient
from slack_sdk.web.async_client import AsyncWebClient

from .desk import DESK, plain
from .slack import SlackStandin
from .wire import JsonDict, call


def refusal(work: Callable[..., Any], **arguments: Any) -> str:
    """Return the error word of a call that must fail."""
    with pytest.raises(SlackApiError) as caught:
        work(**arguments)
    return str(caught.value.response["error"])


def section(text: str = "words", **more: Any) -> JsonDict:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def actions(*elements: JsonDict, **more: Any) -> JsonDict:
    return {"type": "actions", "elements": list(elements), **more}


def button(text: str = "Claim", **more: Any) -> JsonDict:
    return {"type": "button", "text": plain(text), **more}


def menu(text: str = "Tickets", value: str = "tickets", number: int = 1) -> JsonDict:
    options = [{"text": plain(text), "value": value}] * number
    choose = {"type": "static_select", "action_id": "m", "placeholder": plain("Department")}
    return {**choose, "options": options}


def post(client: WebClient, text: str = "hello", **more: Any) -> str:
    return str(client.chat_postMessage(channel=DESK, text=text, **more)["ts"])


def test_posting_threads_and_reading_back(slack: SlackStandin, client: WebClient) -> None:
    root = post(client, "DM-7", metadata={"event_type": "case", "event_payload": {"ref": "7"}})
    for words in ("Is it open?", "几点关门？", "我想book两张ticket"):
        post(client, words, thread_ts=root)
    assert [each["text"] for each in slack.roots(DESK)] == ["DM-7"]
    assert [each["text"] for each in slack.thread(DESK, root)][1:] == [
        "几点关门？",
        "我想book两张ticket",
    ]
    read = client.conversations_replies(channel=DESK, ts=root, include_all_metadata=True)
    assert read["messages"][0]["metadata"]["event_payload"] == {"ref": "7"}
    assert read["messages"][0]["reply_count"] == 3
    assert "metadata" not in client.conversations_replies(channel=DESK, ts=root)["messages"][0]


def test_ts_is_unique_increasing_and_of_slacks_form(slack: SlackStandin) -> None:
    stamps = [slack.workspace.next_ts() for _ in range(50)]
    assert stamps == sorted(set(stamps))
    assert all(len(each.split(".")[0]) == 10 and len(each.split(".")[1]) == 6 for each in stamps)


def test_update_delete_and_tombstone(slack: SlackStandin, client: WebClient) -> None:
    root = post(client, blocks=[section(), actions(button(action_id="claim"))])
    client.chat_update(channel=DESK, ts=root, text="closed", blocks=[section("done")])
    assert slack.message(DESK, root)["blocks"][0]["text"]["text"] == "done"
    client.chat_update(channel=DESK, ts=root, text="only words")
    assert "blocks" not in slack.message(DESK, root)
    reply = post(client, thread_ts=root)
    client.chat_delete(channel=DESK, ts=root)
    assert slack.roots(DESK)[0]["subtype"] == "tombstone"
    client.chat_delete(channel=DESK, ts=reply)
    assert slack.thread(DESK, root) == []
    assert refusal(client.chat_update, channel=DESK, ts=reply, text="x") == "message_not_found"


def test_a_reply_to_nothing_is_taken_and_shown_nowhere(
    slack: SlackStandin, client: WebClient
) -> None:
    lost = post(client, "lost", thread_ts="1600000000.000100")
    assert [each["ts"] for each in slack.orphans(DESK)] == [lost]
    assert slack.roots(DESK) == []
    assert slack.thread(DESK, "1600000000.000100") == []
    wrong = refusal(client.chat_postMessage, channel=DESK, text="x", thread_ts="0")
    assert wrong == "invalid_thread_ts"


def test_reactions(slack: SlackStandin, client: WebClient) -> None:
    ts = post(client)
    where = {"channel": DESK, "timestamp": ts, "name": "eyes"}
    client.reactions_add(**where)
    assert slack.reactions(DESK, ts) == {"eyes": [slack.workspace.bot_user]}
    assert refusal(client.reactions_add, **where) == "already_reacted"
    client.reactions_remove(**where)
    assert slack.reactions(DESK, ts) == {}
    assert refusal(client.reactions_remove, **where) == "no_reaction"
    assert refusal(client.reactions_add, **{**where, "name": ":eyes:"}) == "invalid_name"


def test_ephemerals_are_seen_by_one_and_can_not_be_updated(
    slack: SlackStandin, client: WebClient
) -> None:
    shown = client.chat_postEphemeral(channel=DESK, user="U0ADA", text="only you")
    assert [each["text"] for each in slack.ephemerals("U0ADA")] == ["only you"]
    assert slack.ephemerals("U0BEN") == []
    ts = shown["message_ts"]
    assert refusal(client.chat_update, channel=DESK, ts=ts, text="x") == "message_not_found"
    stranger = refusal(client.chat_postEphemeral, channel=DESK, user="U0NOBODY", text="x")
    assert stranger == "user_not_in_channel"


def test_people_and_channels(slack: SlackStandin, client: WebClient) -> None:
    slack.add_user("U0GUEST", "Gil Guest", is_restricted=True, tz="Asia/Shanghai")
    guest = client.users_info(user="U0GUEST")["user"]
    assert (guest["is_restricted"], guest["tz"]) == (True, "Asia/Shanghai")
    assert guest["profile"]["display_name"] == "Gil"
    slack.add_channel("C0SHARED", is_ext_shared=True)
    assert client.conversations_info(channel="C0SHARED")["channel"]["is_ext_shared"]
    direct = client.conversations_open(users="U0ADA")["channel"]["id"]
    assert client.chat_postMessage(channel="U0ADA", text="psst")["channel"] == direct
    assert client.auth_test()["user_id"] == slack.workspace.bot_user
    ts = post(client)
    assert (
        ts.replace(".", "") in client.chat_getPermalink(channel=DESK, message_ts=ts)["permalink"]
    )


def test_each_word_of_refusal(slack: SlackStandin, client: WebClient) -> None:
    slack.add_channel("C0ELSE", members={"U0ADA"})
    slack.add_channel("C0HIDDEN", members={"U0ADA"}, is_private=True)
    slack.add_channel("C0OLD", is_archived=True)
    table = {"C0ELSE": "not_in_channel", "C0HIDDEN": "channel_not_found", "C0OLD": "is_archived"}
    for channel, word in table.items():
        assert refusal(client.chat_postMessage, channel=channel, text="x") == word
    assert refusal(client.chat_postMessage, channel="C0NONE", text="x") == "channel_not_found"
    blank = {"json": {"channel": DESK, "text": " "}}
    assert refusal(client.api_call, api_method="chat.postMessage", **blank) == "no_text"
    assert refusal(client.users_info, user="U0NOBODY") == "user_not_found"
    assert refusal(client.conversations_open, users="U0NOBODY") == "user_not_found"
    assert refusal(client.conversations_replies, channel=DESK, ts="1.2") == "thread_not_found"
    assert refusal(client.api_call, api_method="chat.sing") == "unknown_method"


def test_tokens(slack: SlackStandin) -> None:
    wrong = WebClient("xoxb-other", base_url=slack.api_url)
    assert refusal(wrong.auth_test) == "invalid_auth"
    field = call("POST", f"{slack.api_url}auth.test", b"token=xoxb-docent", FORM)
    assert field.json()["ok"] is True
    assert call("POST", f"{slack.api_url}auth.test", b"", FORM).json()["error"] == "not_authed"
    slack.revoke_token()
    assert refusal(WebClient(slack.token, base_url=slack.api_url).auth_test) == "token_revoked"


FORM = {"Content-Type": "application/x-www-form-urlencoded"}
LIMITS: list[tuple[str, Callable[[int], list[JsonDict]], int]] = [
    ("blocks", lambda n: [{"type": "divider"}] * n, 50),
    ("section text", lambda n: [section("馆" * n)], 3000),
    ("fields", lambda n: [{"type": "section", "fields": [plain("x")] * n}], 10),
    ("field text", lambda n: [{"type": "section", "fields": [plain("x" * n)]}], 2000),
    ("header", lambda n: [{"type": "header", "text": plain("题" * n)}], 150),
    ("context elements", lambda n: [{"type": "context", "elements": [plain("x")] * n}], 10),
    ("actions elements", lambda n: [actions(*[button()] * n)], 25),
    ("button text", lambda n: [actions(button("认a" * (n // 2) + "x" * (n % 2)))], 75),
    ("button value", lambda n: [actions(button(value="v" * n))], 2000),
    ("action_id", lambda n: [actions(button(action_id="a" * n))], 255),
    ("block_id", lambda n: [section(block_id="b" * n)], 255),
    ("options", lambda n: [actions(menu(number=n))], 100),
    ("option text", lambda n: [actions(menu("o" * n))], 75),
    ("option value", lambda n: [actions(menu(value="o" * n))], 150),
]


@pytest.mark.parametrize(("name", "make", "most"), LIMITS, ids=[row[0] for row in LIMITS])
def test_each_block_limit(
    slack: SlackStandin, client: WebClient, name: str, make: Callable[[int], Any], most: int
) -> None:
    post(client, blocks=make(most))
    over = {"channel": DESK, "text": "x", "blocks": make(most + 1)}
    assert refusal(client.chat_postMessage, **over) == "invalid_blocks"
    assert refusal(client.chat_postEphemeral, **over, user="U0ADA") == "invalid_blocks"
    assert len(slack.roots(DESK)) == 1


REFUSED_BLOCKS = {
    "action_id twice": [actions(button(action_id="a"), button(action_id="a"))],
    "block_id twice": [section(block_id="b"), section(block_id="b")],
    "unknown block": [{"type": "paragraph", "text": plain("x")}],
    "unknown element": [actions({"type": "knob"})],
    "header in mrkdwn": [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
    "bare string for a text": [{"type": "section", "text": "words"}],
    "empty text": [section("")],
    "section of nothing": [{"type": "section"}],
    "button without a text": [actions({"type": "button", "action_id": "a"})],
    "actions without elements": [actions()],
    "menu without options": [actions(menu(number=0))],
    "first choice that is none": [actions({**menu(), "initial_option": {"text": plain("?")}})],
}


@pytest.mark.parametrize("name", REFUSED_BLOCKS)
def test_each_broken_block(slack: SlackStandin, client: WebClient, name: str) -> None:
    over = {"channel": DESK, "text": "x", "blocks": REFUSED_BLOCKS[name]}
    assert refusal(client.chat_postMessage, **over) == "invalid_blocks"


def test_other_lengths(slack: SlackStandin, client: WebClient) -> None:
    post(client, "a" * 40_000)
    assert refusal(client.chat_postMessage, channel=DESK, text="a" * 40_001) == "msg_too_long"
    post(client, blocks=[section("a" * 2500)] * 4)
    over = {"channel": DESK, "text": "x", "blocks": [section("a" * 2501)] * 4}
    assert refusal(client.chat_postMessage, **over) == "msg_blocks_too_long"
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel=DESK, text="x", blocks=[section("a" * 3001)])
    words = "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    assert caught.value.response["errors"] == [words]
    oops = refusal(client.chat_postMessage, channel=DESK, text="x", blocks="[oops")
    assert oops == "invalid_blocks_format"


def test_rate_limits_and_the_sdks_own_retry(slack: SlackStandin, client: WebClient) -> None:
    slack.rate_limit_next(retry_after=1)
    assert refusal(client.chat_postMessage, channel=DESK, text="x") == "ratelimited"
    client.retry_handlers.append(RateLimitErrorRetryHandler())
    client.retry_handlers.append(ServerErrorRetryHandler())
    slack.rate_limit_next(retry_after=1)
    begun = time.monotonic()
    post(client, "after a rest")
    assert time.monotonic() - begun >= 1
    slack.fail_next(status=503)
    post(client, "after a 503")
    assert [each["text"] for each in slack.roots(DESK)] == ["after a rest", "after a 503"]


def test_one_post_a_second_and_channel() -> None:
    now = [1_767_265_200.0]
    with SlackStandin(rate_limit=True, clock=lambda: now[0]) as slack:
        client = WebClient(slack.token, base_url=slack.api_url)
        slack.add_channel("C0ELSE")
        post(client)
        client.chat_postMessage(channel="C0ELSE", text="another channel")
        assert refusal(client.chat_postMessage, channel=DESK, text="x") == "ratelimited"
        now[0] += 1
        post(client)


def test_faults_of_one_method(slack: SlackStandin, client: WebClient) -> None:
    slack.fail_next(error="internal_error", on="chat.postMessage")
    client.auth_test()
    assert refusal(client.chat_postMessage, channel=DESK, text="x") == "internal_error"
    hasty = WebClient(slack.token, base_url=slack.api_url, timeout=1, retry_handlers=[])
    slack.accept_then_drop(on="chat.postMessage")
    with pytest.raises(RemoteDisconnected):
        post(hasty, "taken")
    slack.hang_next(30, on="chat.postMessage")
    with pytest.raises(TimeoutError):
        post(hasty, "taken too")
    assert [each["text"] for each in slack.roots(DESK)] == ["taken", "taken too"]
    assert len(slack.calls("chat.postMessage")) == 3


def test_slack_sdk_posts_twice_when_an_answer_is_lost(
    slack: SlackStandin, client: WebClient
) -> None:
    """Its default ConnectionErrorRetryHandler can't know: give it ``retry_handlers=[]``."""
    slack.accept_then_drop(on="chat.postMessage")
    post(client, "once")
    assert [each["text"] for each in slack.roots(DESK)] == ["once", "once"]


def test_down_and_up(slack: SlackStandin, client: WebClient) -> None:
    client.auth_test()
    slack.down()
    with pytest.raises(OSError, match=r"(?i)refused"):
        client.auth_test()
    slack.up()
    assert client.auth_test()["ok"]


def test_the_async_client(slack: SlackStandin) -> None:
    async def work() -> None:
        handlers: list[AsyncRetryHandler] = [AsyncRateLimitErrorRetryHandler()]
        client = AsyncWebClient(slack.token, base_url=slack.api_url, retry_handlers=handlers)
        root = (await client.chat_postMessage(channel=DESK, text="root"))["ts"]
        slack.rate_limit_next(retry_after=1)
        await client.chat_postMessage(channel=DESK, text="你好", thread_ts=root)
        await client.chat_update(channel=DESK, ts=root, text="closed", blocks=[section()])
        await client.reactions_add(channel=DESK, timestamp=root, name="white_check_mark")
        await client.chat_postEphemeral(channel=DESK, user="U0ADA", text="you")
        with pytest.raises(SlackApiError, match="channel_not_found"):
            await client.chat_postMessage(channel="C0NONE", text="x")
        waiting = asyncio.to_thread(slack.wait_for, lambda s: s.thread(DESK, root))
        assert (await waiting)[0]["text"] == "你好"

    asyncio.run(work())


def test_views(slack: SlackStandin, client: WebClient) -> None:
    modal = {"type": "modal", "title": plain("Close"), "blocks": [section()]}
    trigger = slack.workspace.new_trigger("U0ADA")
    opened = client.views_open(trigger_id=trigger, view=modal)["view"]
    assert slack.views("U0ADA")[0]["id"] == opened["id"]
    assert refusal(client.views_open, trigger_id=trigger, view=modal) == "exchanged_trigger_id"
    assert refusal(client.views_open, trigger_id="1.2.x", view=modal) == "invalid_trigger_id"
    late = slack.workspace.new_trigger("U0ADA")
    slack.workspace.triggers[late].at -= 3.1
    assert refusal(client.views_open, trigger_id=late, view=modal) == "expired_trigger_id"
    client.views_publish(user_id="U0ADA", view={"type": "home", "blocks": [section()] * 100})
    over = {"type": "home", "blocks": [section()] * 101}
    assert refusal(client.views_publish, user_id="U0ADA", view=over) == "invalid_blocks"
    long = {**modal, "title": plain("t" * 25)}
    assert refusal(client.views_open, trigger_id=late, view=long) == "invalid_arguments"


def test_wait_for_and_dump(slack: SlackStandin, client: WebClient) -> None:
    threading.Timer(0.1, post, (client, "secret-word")).start()
    found = slack.wait_for(lambda s: s.roots(DESK), timeout=5)
    assert "secret-word" in slack.dump()
    client.chat_delete(channel=DESK, ts=found[0]["ts"])
    assert "secret-word" not in slack.dump()
    with pytest.raises(AssertionError, match="waited"):
        slack.wait_for(lambda s: s.roots(DESK), timeout=0.05)
