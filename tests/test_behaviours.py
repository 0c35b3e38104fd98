"""What Docent does that the others do not: where each of these behaviours is shown to hold.

The numbers are those of the list that the desk was built by. A behaviour is shown by the tests
that the table names, which a test here checks to exist, and by those below where none stood.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import pytest
from complaints import ANA, BEN, EVERYWHERE, WANTS_PERSON, Museum
from conftest import NIGHT, Book, Clock
from ruamel.yaml import YAML

from bot.channels import wechat
from bot.config import ROOT
from bot.content.topics import topic_files
from bot.content.voice import Voice
from bot.desk.casework import Casework
from bot.dialogue import Turn
from bot.errors import TurnFailed
from bot.limits import split
from bot.store import log
from bot.store.database import Database
from bot.store.tables import case_events
from bot.translate import Translation

TESTS = Path(__file__).parent

BEHAVIOURS: Mapping[str, tuple[str, ...]] = {
    "1 a person has the conversation, whatever happens": (
        "desk/test_interleavings.py::"
        "test_however_they_meet_nobody_speaks_beside_a_person_and_nothing_is_lost",
        "store/test_queue.py::test_the_bot_is_silent_while_a_person_speaks",
        "test_outbox.py::test_the_bot_is_silenced_after_a_takeover",
        "test_complaints_handoff.py::"
        "test_rasa_agent_bot_demo_12_the_bot_is_quiet_while_a_person_is_there",
    ),
    "2 what comes in is answered exactly once": (
        "channels/contract.py::ChannelContract::test_a_delivery_three_times_is_one_message",
        "channels/contract.py::ChannelContract::test_twenty_deliveries_at_once_are_one_message",
        "scenarios/test_faults.py::"
        "test_a_server_killed_after_its_200_answers_once_after_the_restart",
    ),
    "3 a batch is taken whole": (
        "channels/contract.py::ChannelContract::test_a_batch_is_taken_whole_and_in_order",
    ),
    "4 nothing without proof": (
        "channels/contract.py::ChannelContract::test_a_delivery_without_proof_is_refused",
        "channels/contract.py::ChannelContract::test_the_proof_of_another_channel_is_refused",
        "test_settings.py::test_a_channel_without_one_of_its_variables_does_not_start",
    ),
    "5 what goes out is in order, again, or told": (
        "test_outbox.py::test_a_conversation_stays_in_order_through_an_error",
        "test_outbox.py::test_the_platforms_own_hint_wins",
        "test_outbox.py::test_a_message_that_may_have_arrived_is_flagged",
        "scenarios/test_faults_platforms.py::"
        "test_a_lost_answer_of_graph_means_two_copies_at_most_and_a_flag",
        "channels/test_slack_desk.py::test_a_failed_reply_is_told_in_the_thread",
    ),
    "6 notes cannot leak": (
        "desk/test_staff_utterances.py::test_the_corpus_is_large_enough",
        "desk/test_staff_utterances.py::test_no_note_is_sent_whoever_writes_it",
        "desk/test_staff_utterances.py::"
        "test_an_edit_never_sends_a_note_nor_a_note_that_became_a_reply",
        "test_behaviours.py::test_every_decision_on_a_text_of_staff_is_in_the_trail",
    ),
    "7 no event of Slack ends in silence": (
        "channels/test_slack_desk.py::test_every_event_ends_with_a_word_of_what_became_of_it",
        "channels/test_slack_desk.py::test_a_broadcast_is_sent_once",
        "channels/test_slack_desk.py::test_apps_and_workflows_are_never_sent",
    ),
    "8 one owner, and nobody collides": (
        "desk/test_colliding.py::test_of_two_who_answer_at_once_one_is_held",
        "channels/test_slack_desk.py::test_the_second_to_claim_is_told_who_was_first",
        "channels/test_slack_desk.py::test_somebody_elses_words_stay_and_send_anyway_sends",
        "desk/test_watch.py::test_an_idle_claim_ends_and_everybody_is_told_the_truth",
    ),
    "9 windows and quotas are kept": (
        "test_windows.py::test_the_boundaries_of_time",
        "channels/test_channel_windows.py::test_a_second_before_and_at_the_end",
        "channels/test_channel_windows.py::test_the_last_of_a_count_and_the_one_after",
        "test_complaints_messages.py::test_erxes_9177_only_a_persons_words_go_out_after_a_day",
        "test_behaviours.py::test_an_answer_is_one_message_of_wechats_quota",
    ),
    "10 both languages, with where they come from": (
        "translate/test_preservation.py::test_every_piece_survives_and_as_many_as_the_page_says",
        "translate/test_interpreter.py::test_failing_means_the_original_with_a_notice",
        "test_language.py::test_settle_is_not_flipped_by_what_says_nothing",
        "scenarios/test_translator_down.py::"
        "test_a_reply_goes_as_it_was_written_and_its_author_is_told",
    ),
    "13 promises with honest clocks": (
        "desk/test_clock_oracle.py::test_the_clocks_agree_with_the_oracle_to_the_second",
        "desk/test_watch.py::test_a_promise_is_told_of_before_it_breaks_and_up_the_chain_after",
        "desk/test_watch.py::test_nothing_rings_while_the_visitor_is_waited_for_or_after_the_end",
        "desk/test_watch.py::test_of_several_processes_one_tells",
        "test_complaints_promises.py::test_zammad_4432_nobody_is_called_at_midnight",
    ),
    "14 nobody is ignored": (
        "test_behaviours.py::test_whatever_fails_the_visitor_hears_of_it",
        "scenarios/test_faults.py::test_a_server_killed_again_and_again_leaves_nobody_in_silence",
        "scenarios/test_faults_platforms.py::test_slack_is_down_while_a_case_opens",
        "scenarios/test_every_channel.py::test_a_revoked_token_shows_within_a_minute",
        "channels/test_health.py::test_a_revoked_token_is_red_everywhere_and_told_once",
    ),
}


@lru_cache(maxsize=64)
def named_in(path: Path) -> frozenset[str]:
    """The tests of a file, by the names that pytest gives them."""
    found = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}::{each.name}" for each in node.body if _is_test(each)}
        elif _is_test(node):
            found.add(node.name)  # type: ignore[attr-defined]
    return frozenset(found)


def _is_test(node: ast.stmt) -> bool:
    named = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    return named and node.name.startswith("test_")  # type: ignore[attr-defined]


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_each_behaviour_is_shown_by_tests_that_exist(behaviour: str) -> None:
    for name in BEHAVIOURS[behaviour]:
        file, _, test = name.partition("::")
        assert test in named_in(TESTS / file), f"{name} does not exist"


@pytest.fixture
def museum(database: Database, voice: Voice, book: Book, clock: Clock) -> Museum:
    return Museum(database, voice, book, clock)


# -- 6 ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "who", "what"),
    [
        ("It is here 在这里", ANA, "replied"),
        ("note：她很生气", ANA, "noted"),
        ("// wait 等等", ANA, "noted"),
        ("I am Ben 我是 Ben", BEN, "noted"),
    ],
)
def test_every_decision_on_a_text_of_staff_is_in_the_trail(
    museum: Museum, text: str, who: object, what: str
) -> None:
    case = museum.claimed()
    before = len(museum.book.rows(case_events))
    museum.do("staff_says", case, who, text, slack_ts="1.1")
    decided = [row.what for row in museum.book.rows(case_events)[before:]]
    assert decided.count(what) == 1
    assert sum(each in ("replied", "noted") for each in decided) == 1


# -- 9 ----------------------------------------------------------------------------------------


def test_an_answer_is_one_message_of_wechats_quota(voice: Voice) -> None:
    parts = {}
    for path in topic_files(ROOT / "data" / "nlu" / "faq"):
        content = YAML(typ="safe").load(path)
        english, chinese = (
            each["text"] for each in content["responses"][f"utter_faq/{path.stem}"]
        )
        answers = {"en": english, "zh-Hans": chinese, "zh-Hant": chinese}
        for language, answer in answers.items():
            said = voice.answer(answer, language)
            parts[path.stem, language] = len(split(said, wechat.LIMITS))
    assert len(parts) >= 3 * 42
    assert {key: count for key, count in parts.items() if count != 1} == {}


# -- 14 ---------------------------------------------------------------------------------------


class Broken:
    """A translator that is down."""

    async def translate(self, text: str, source: str, target: str) -> Translation | None:
        """Fails."""
        raise ConnectionError("the translator is away")


@pytest.mark.parametrize("text", ["I need help", "帮帮我", "please 幫忙一下"])
@pytest.mark.parametrize(
    "trouble", ["nothing", "actions", "translator", "staff", "slack", "everything"]
)
async def test_whatever_fails_the_visitor_hears_of_it(
    museum: Museum, voice: Voice, trouble: str, text: str
) -> None:
    if trouble in ("staff", "everything"):
        museum.clock.at = NIGHT
    if trouble in ("slack", "everything"):
        museum.casework = Casework(voice, EVERYWHERE, 0, slack=False)
        museum.inbox._casework = museum.casework
    if trouble in ("translator", "everything"):
        museum.inbox._translator = Broken()
    failing = trouble in ("actions", "everything")
    museum.script.turns = [TurnFailed("away")] * 3 if failing else [Turn([], [], WANTS_PERSON)]
    await museum.inbox.accept([museum.message(text)])
    for _ in range(3):
        await museum.answer()
        museum.clock.on(seconds=30)
    [case] = museum.cases()
    said = museum.told()
    assert said
    assert case.ref in said[0]
    assert museum.book.rows(direction="in")[0].state == "answered"
    assert museum.book.talk().speaker == log.QUEUED
