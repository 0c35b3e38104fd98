"""What an operator sees of the real program: every stage counted, every message to be followed,
and at the finest detail, through failing turns, sends and databases, not one word of a visitor."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from standins.graph import GraphStandin, batch, messenger_event
from standins.slack import SlackStandin
from standins.wire import call

from bot import stages

from .house import ADA, APP_SECRET, SIGNING_SECRET, VERIFY_TOKEN, House
from .waiting import until
from .words import ref_in

TOKEN, SLACK_TOKEN, PASSWORD = "EAAGxMarkedToken77", "xoxb-77-marked-token", "desk-word-77"
# Nothing of this may be in what the program writes.
WORDS = {
    "en": "is the marzipan observatory open, call Zebulon on 07700900123",
    "zh-Hans": "请问紫微星斗展厅开放吗？我叫欧阳泽布，电话13800138077",
    "mixed": "zebulon 想问 marzipan 展厅 wifi password 13800138077",
}
STAFF = "The marzipan hall is upstairs, Zebulon."
MARKS = (
    *("marzipan", "Zebulon", "zebulon", "07700900123", "紫微", "欧阳泽布", "13800138077"),
    *(TOKEN, SLACK_TOKEN, PASSWORD, APP_SECRET, VERIFY_TOKEN, SIGNING_SECRET, "querymark"),
)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The program at its finest detail, with marked secrets."""
    with ExitStack() as stack:
        graph = stack.enter_context(GraphStandin(TOKEN))
        slack = stack.enter_context(SlackStandin(token=SLACK_TOKEN))
        more = {"LOG_DETAIL": "debug", "DESK_PASSWORD": PASSWORD}
        made = House(tmp_path_factory.mktemp("seen"), graph, slack, **more)
        stack.callback(made.program.kill)
        made.program.start()
        yield made


@contextmanager
def without_table(house: House, name: str) -> Iterator[None]:
    """Takes a table away: every statement that names it fails, its parameters in the error."""
    with closing(sqlite3.connect(house.program.database, timeout=10)) as opened:
        opened.execute("PRAGMA legacy_alter_table=ON")
        opened.execute(f"ALTER TABLE {name} RENAME TO away")
        try:
            yield
        finally:
            opened.execute(f"ALTER TABLE away RENAME TO {name}")


def figures(house: House) -> dict[str, float]:
    """Returns what a scrape says, by name and labels."""
    page = call("GET", f"{house.program.url}/metrics").body
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(page):
        for sample in family.samples:
            labels = ",".join(f"{k}={v}" for k, v in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}"] = sample.value
    return found


def lines(house: House) -> list[dict[str, Any]]:
    """Returns what the program has logged."""
    said = house.program.log().splitlines()
    return [json.loads(line) for line in said if line.startswith("{")]


def test_a_conversation_is_counted_and_can_be_followed(house: House) -> None:
    for language, text in WORDS.items():
        house.ask(f"seen-{language}", text)
    [told] = house.ask("seen-person", "can I talk to a person please, marzipan")
    card = house.card(ref_in(told))
    house.press(ADA, card, "Claim")
    house.ticked(house.say(ADA, card, STAFF))
    until(
        lambda: figures(house).get("docent_cases_open{priority=normal,state=waiting}"), "the case"
    )
    seen = figures(house)
    started = {name: n for name, n in seen.items() if "process_starts" in name}
    assert started == {"docent_process_starts_total{process=server-1}": 1}
    for stage in stages.STAGES:
        assert seen[f"docent_stage_seconds_count{{stage={stage}}}"] > 0, stage
    accepted = seen["docent_messages_accepted_total{channel=messenger}"]
    assert accepted == seen["docent_answer_seconds_count{channel=messenger}"] == len(WORDS) + 1
    assert seen["docent_messages_sent_total{channel=messenger,result=sent}"] >= accepted
    assert seen["docent_webhooks_total{channel=messenger,status=200}"] >= accepted
    assert seen["docent_slack_calls_total{method=chat.postMessage,result=ok}"] > 0
    [seq] = [line["seq"] for line in lines(house) if _is(line, "accepted", "seen-mixed")]
    ends = [line for line in lines(house) if _is(line, "ended", "seen-mixed")]
    sent = [line for line in lines(house) if _is(line, "sent", "seen-mixed")]
    assert [line["seq"] for line in ends] == [seq]
    assert {line["answers"] for line in sent} == {seq}


def _is(line: dict[str, Any], what: str, psid: str) -> bool:
    event = str(line["event"])
    return event.endswith(what) and line.get("conversation") == f"messenger:{psid}"


def test_what_fails_shows_no_words(house: House) -> None:
    text, psid = WORDS["mixed"], "seen-failing"
    house.ask(psid, WORDS["en"])
    # A platform that refuses, a body that is none, a request that is nobody's.
    house.graph.fail_next(1, status=400, code=100, message=f"cannot send {text} to Zebulon")
    house.write(psid, text)
    house.post(b'{"object": "page", "entry": "' + text.encode() + b'"}')
    house.post(batch(messenger_event(psid, text)), signature="sha256=querymark")
    call("GET", f"{house.program.url}/webhooks/messenger/webhook?hub.verify_token=querymark")
    call("GET", f"{house.program.url}/nothing/marzipan?token=querymark")
    call("POST", f"{house.program.url}/desk/login", b'{"password": "querymark"}')
    with without_table(house, "messages"):
        refused = house.post(batch(messenger_event(psid, text)))
        assert refused.status == 503
    with without_table(house, "choices"):
        house.write("seen-turn", WORDS["zh-Hans"])
        waits = "it cannot be written down yet"
        until(lambda: waits in house.program.log(), "an end that cannot be written")
    house.settled(psid)
    said = house.program.log()
    assert "nothing was accepted" in said
    assert {"OperationalError"} <= {line.get("error") for line in lines(house)}
    seen = figures(house)
    assert seen["docent_webhooks_total{channel=messenger,status=503}"] >= 1
    assert seen["docent_database_failures_total{kind=OperationalError}"] >= 1
    assert seen["docent_log_records_total{level=error}"] >= 1


def test_nothing_that_was_written_holds_a_word_or_a_secret(house: House) -> None:
    said = house.program.log()
    assert len(lines(house)) > 20
    for mark in MARKS:
        found = [line for line in said.splitlines() if mark in line]
        assert found == [], mark


def test_a_page_of_metrics_holds_no_word_either(house: House) -> None:
    page = call("GET", f"{house.program.url}/metrics").body
    for mark in (*MARKS, "seen-", "messenger:"):
        assert mark not in page
