"""The whole way of a question over Messenger: bot, computed answer, person, Slack, and back."""

from __future__ import annotations

from typing import Any

import pytest

from .house import ADA, House
from .walk import Walk, Way
from .words import Words, ref_in

WAYS = [
    Way(
        psid="whole-en",
        language="en",
        faq="can i take photos",
        topic="photography",
        hours="are you open on sunday",
        person="can I talk to a person please",
        more="It is about my daughter's school project.",
        claim="button",
        close="resolve",
        after="how much is the audio guide",
        after_topic="audio_guide",
    ),
    Way(
        psid="whole-hans",
        language="zh-Hans",
        faq="可以拍照吗",
        topic="photography",
        hours="下周日几点开门",
        person="我要转人工",
        more="是关于我女儿的作业。",
        claim="eyes",
        close="reaction",
        after="有语音导览吗",
        after_topic="audio_guide",
    ),
    Way(
        psid="whole-hant",
        language="zh-Hant",
        faq="可以拍照嗎",
        topic="photography",
        hours="下週日幾點開門",
        person="我要轉真人客服",
        more="是關於我女兒的作業。",
        claim="claim and send",
        close="back to bot",
        after="有語音導覽嗎",
        after_topic="audio_guide",
    ),
    Way(
        psid="whole-mixed",
        language="zh-Hans",
        faq="请问可以带 tripod 拍照吗",
        topic="photography",
        hours="请问 sunday 开门吗",
        person="我要转人工客服 please, real staff",
        more="请问 wifi 密码是什么？",
        claim="button",
        close="resolve",
        after="请问有 audio guide 语音导览吗",
        after_topic="audio_guide",
    ),
]


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_the_whole_way(house: House, words: Words, way: Way) -> None:
    walk = Walk(house, words, way)
    walk.the_bot_answers()
    walk.a_case_opens()
    walk.the_visitor_adds_something()
    walk.ada_claims(walk.nobody_has_it_yet())
    walk.notes_stay()
    walk.a_second_person_writes()
    walk.the_department_changes()
    walk.ada_closes()
    the_log_holds_every_word(walk)
    the_cases_show_it(walk)


def the_log_holds_every_word(walk: Walk) -> None:
    rows = walk.house.program.lines("log", f"messenger:{walk.way.psid}")
    assert [(row["direction"], row["author"], row["text"]) for row in rows] == walk.said
    sent = iter(walk.house.graph.sent(walk.way.psid))
    for row in rows:
        wanted = {"in": "answered", "out": "sent", "note": "kept"}
        assert row["state"] == wanted[row["direction"]]
        if row["direction"] == "out":
            assert row["platform_id"] == next(sent).message_id
        if row["direction"] == "in":
            assert row["platform_id"].startswith(f"mid.{walk.way.psid}.")
    of_case = [row["case"] for row in rows]
    assert of_case[:4] == [None] * 4
    assert of_case[4:-2] == [walk.ref] * (len(rows) - 6)
    assert of_case[-2:] == [None] * 2
    names = {row["author_name"] for row in rows if row["author"] == "staff"}
    assert {"Ada", "Ben", "Gus"} <= names
    assert {row["language"] for row in rows if row["direction"] != "note"} == {walk.way.language}


def the_cases_show_it(walk: Walk) -> None:
    [case] = walk.house.cases(walk.way.psid)
    state = "returned" if walk.way.close == "back to bot" else "resolved"
    wanted: dict[str, Any] = {
        "ref": walk.ref,
        "state": state,
        "department": "ticketing",
        "owner": "Ada",
        "channel": "messenger",
        "language": walk.way.language,
    }
    assert {name: case[name] for name in wanted} == wanted
    moments = ("opened_at", "claimed_at", "first_reply_at", "closed_at")
    assert [case[name] for name in moments] == sorted(case[name] for name in moments)
    # Nothing is promised in a closed case.
    assert case["due_at"] is None
    house = walk.house
    assert walk.ref in {c["ref"] for c in house.program.lines("cases", "--state", state)}
    assert walk.ref not in {c["ref"] for c in house.program.lines("cases", "--state", "queued")}


def test_the_second_in_the_queue_is_told_so(house: House, words: Words) -> None:
    people = ("queue-1", "queue-2")
    told = [house.ask(psid, "can I talk to a person please")[0] for psid in people]
    refs = [ref_in(text) for text in told]
    for text, ref, place in zip(told, refs, (1, 2), strict=True):
        assert text in words.acknowledgements("handoff_open", "en", ref, (place,))
    for ref in refs:
        house.press(ADA, house.card(ref), "Resolve")
    for psid in people:
        assert house.texts(psid, 2)[1] == words.say("closed", "en")


def test_who_asks_twice_for_a_person_has_one_case(house: House, words: Words) -> None:
    [told] = house.ask("twice", "can I talk to a person please")
    card = house.card(ref_in(told))
    house.write("twice", "hello? a person please")
    house.shows(card, "hello? a person please")
    house.settled("twice")
    assert len(house.cases("twice")) == 1
    assert len(house.graph.sent("twice")) == 1
    house.press(ADA, card, "Back to bot")
    assert house.texts("twice", 2)[1] == words.say("back_to_bot", "en")
