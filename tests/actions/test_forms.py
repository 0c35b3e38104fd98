"""Each step of a form: offered, begun, answered, asked, left, sent."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher
from ruamel.yaml import YAML
from turns import tracker

from actions.forms import ASKS, CHECKS, BeginForm, OfferForm, SendForm, StopForm, TakeComplaint
from bot.config import ROOT

CHECK = {check.action: check for check in CHECKS}
ASK = {ask.action: ask for ask in ASKS}


async def run(action: Any, latest: Tracker) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Runs an action; returns its messages, and the slots and the followup that it set."""
    dispatcher = CollectingDispatcher()
    events = await action.run(dispatcher, latest, {})
    slots = {e["name"]: e["value"] for e in events if e["event"] == "slot"}
    followups = [e["name"] for e in events if e["event"] == "followup"]
    return dispatcher.messages, {**slots, **({"followup": followups[0]} if followups else {})}


def asking(form: str, slot: str | None, text: str = "", **slots: Any) -> Tracker:
    """A turn while a form asks; the text was taken for the answer."""
    given = {"requested_slot": slot, **slots, **({slot: text} if slot and text else {})}
    made = tracker(text, slots=given, intent="inform", ranking=[])
    made.active_loop = {"name": form}
    return made


def about(text: str, topic: str, language: str = "en") -> Tracker:
    """A question on a topic."""
    ranking = [{"name": f"faq/{topic}", "confidence": 0.9}]
    latest = tracker(text, language, ranking=ranking)
    latest.latest_message["intent"]["full_retrieval_intent_name"] = f"faq/{topic}"
    return latest


def custom(messages: list[dict[str, Any]], name: str) -> Any:
    """What an action asks for beside its words."""
    return next((m["custom"][name] for m in messages if name in (m["custom"] or {})), None)


def test_the_domain_and_the_actions_have_the_same_names() -> None:
    executor = ActionExecutor()
    executor.register_package("actions")
    declared = YAML(typ="safe").load((ROOT / "domain.yml").read_text("utf-8"))["actions"]
    ours = {*CHECK, *ASK}
    assert ours <= set(executor.actions)
    assert {name for name in declared if name.startswith(("validate_", "action_ask_"))} == ours


@pytest.mark.parametrize(
    ("text", "topic", "language", "label"),
    [
        ("where is lost property", "lost_property", "en", "Report a lost item"),
        ("捡到东西交给谁", "lost_property", "zh-Hans", "登记失物"),
        ("group booking", "group_visits", "en", "Send an enquiry"),
        ("想帶 class 來", "school_groups", "zh-Hant", "提出學校預約"),
    ],
)
async def test_an_answer_carries_the_button_of_its_form(
    text: str, topic: str, language: str, label: str
) -> None:
    [message], set_ = await run(OfferForm(), about(text, topic, language))
    assert message["response"] == f"utter_faq/{topic}"
    assert [button["title"] for button in message["buttons"]] == [label]
    assert set_ == {}


async def test_who_reports_a_loss_is_asked_at_once_for_what_is_missing() -> None:
    text = "I lost my scarf 围巾 in the cafe yesterday"
    [message], set_ = await run(OfferForm(), about(text, "lost_property"))
    assert not message["buttons"]
    assert (set_["lost_what"], set_["lost_where"]) == (text, text)
    assert set_["followup"] == "lost_property_form"
    _, set_ = await run(OfferForm(), about("我的伞丢了", "lost_property", "zh-Hans"))
    assert (set_["lost_what"], "lost_where" in set_) == ("我的伞丢了", False)


async def test_a_pressed_button_begins_and_does_not_ask_what_was_told() -> None:
    before = {
        "event": "user",
        "text": "我们 30 people on 12 March",
        "parse_data": {"intent_ranking": [{"name": "faq/group_visits", "confidence": 0.9}]},
    }
    pressed = tracker("Send", intent="enquire_group_visit", events=[before], ranking=[])
    messages, set_ = await run(BeginForm(), pressed)
    assert messages == []
    assert set_["group_size"] == set_["group_when"] == before["text"]
    assert set_["followup"] == "group_visit_form"


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("I want to complain", set()),
        ("我要投诉", set()),
        ("your staff were rude to my 妈妈", {"complaint_what"}),
        ("昨天在咖啡厅等了一小时没人理我们", {"complaint_what", "complaint_where"}),
    ],
)
async def test_a_complaint_is_not_asked_for_what_it_tells(text: str, known: set[str]) -> None:
    messages, set_ = await run(TakeComplaint(), tracker(text, intent="complaint"))
    assert messages == []
    assert {name for name in set_ if name.startswith("complaint_")} == known
    assert all(set_[name] == text for name in known)
    assert set_["followup"] == "complaint_form"


@pytest.mark.parametrize(
    "text",
    [
        "太过分了，气死我了",
        "DISGUSTING, NOBODY HELPED US AT ALL",
        "just get me a person please",
        "给我转人工 now",
    ],
)
async def test_who_is_angry_has_a_person_at_once(text: str) -> None:
    [message], set_ = await run(TakeComplaint(), tracker(text, intent="complaint"))
    assert message["custom"]["case"]["reason"] == "complaint"
    assert "followup" not in set_


@pytest.mark.parametrize(
    ("form", "slot", "text", "kept"),
    [
        ("group_visit", "group_size", "30", {"group_size": "30"}),
        (
            "group_visit",
            "group_size",
            "Tuesday 3月12日, 30 people",
            {
                "group_size": "Tuesday 3月12日, 30 people",
                "group_when": "Tuesday 3月12日, 30 people",
            },
        ),
        # The day was told instead of the number, which is asked for again.
        ("group_visit", "group_size", "12 March", {"group_size": None, "group_when": "12 March"}),
        ("lost_property", "lost_what", "黑色的伞", {"lost_what": "黑色的伞"}),
        ("complaint", "complaint_wish", "好的", {"complaint_wish": None}),
        ("complaint", "complaint_wish", "an apology 道歉", {"complaint_wish": "an apology 道歉"}),
    ],
)
async def test_an_answer_is_kept_under_what_it_answers(
    form: str, slot: str, text: str, kept: dict[str, Any]
) -> None:
    check = CHECK[f"validate_{form}_form"]()
    messages, set_ = await run(check, asking(f"{form}_form", slot, text))
    assert (messages, set_) == ([], kept)


@pytest.mark.parametrize("intent", ["faq", "skip_question", "stop_form", "speak_to_human"])
async def test_what_is_no_answer_is_left_alone(intent: str) -> None:
    latest = asking("lost_property_form", "lost_what", "do you have 停车场?")
    latest.latest_message["intent"]["name"] = intent
    messages, set_ = await run(CHECK["validate_lost_property_form"](), latest)
    assert (messages, set_) == ([], {})


async def test_a_question_can_be_skipped_and_left_and_what_was_told_waits() -> None:
    latest = asking("lost_property_form", "lost_marks", lost_what="我的伞 umbrella")
    messages, _ = await run(ASK["action_ask_lost_marks"](), latest)
    assert messages[0]["text"].startswith("How would we recognise it?")
    meanings = [button["payload"] for button in messages[0]["buttons"]]
    assert meanings == ["skip_question", "stop_form"]
    waiting = custom(messages, "unfinished")
    assert waiting["details"] == {"What was lost": "我的伞 umbrella"}


async def test_an_enquiry_waits_for_nobody_and_begins_with_a_kind_word() -> None:
    latest = asking("group_visit_form", "group_when", group_size="30 人")
    latest.events.append({"event": "active_loop", "name": "group_visit_form"})
    [message], _ = await run(ASK["action_ask_group_when"](), latest)
    assert message["text"].startswith("With pleasure.")
    assert message["text"].endswith("would you like to come?")


async def test_all_told_is_a_case_and_forgotten() -> None:
    latest = tracker("绿色的", slots={"lost_what": "伞 umbrella", "lost_where": ""})
    latest.events.append({"event": "active_loop", "name": "lost_property_form"})
    messages, set_ = await run(SendForm(), latest)
    case = custom(messages, "case")
    assert case == {
        "reason": "lost_property",
        "sentence": "forms.sent.lost_property",
        "details": {"What was lost": "伞 umbrella"},
        "question": "伞 umbrella",
    }
    assert set_ == dict.fromkeys(("lost_what", "lost_where", "lost_marks", "requested_slot"))


@pytest.mark.parametrize(
    ("form", "slots", "opens"),
    [
        ("lost_property_form", {"lost_what": "伞 umbrella"}, False),
        ("group_visit_form", {"group_size": "30"}, False),
        ("complaint_form", {"complaint_what": "太吵 so loud"}, True),
        ("complaint_form", {}, False),
    ],
)
async def test_who_leaves_sends_nothing_but_a_complaint_that_was_made(
    form: str, slots: dict[str, str], opens: bool
) -> None:
    messages, set_ = await run(StopForm(), asking(form, "x", **slots))
    assert (custom(messages, "case") is not None) is opens
    assert any("haven't sent anything" in (m["text"] or "") for m in messages) is not opens
    assert set_["requested_slot"] is None


async def test_nothing_to_leave_is_said_to_be_nothing() -> None:
    [message], _ = await run(StopForm(), tracker("算了", "zh-Hant", intent="stop_form"))
    assert message["text"].startswith("目前沒有需要取消")
