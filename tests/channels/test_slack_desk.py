"""Staff at the Slack desk: every row of the event matrix, from the signed event to the visitor."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from standins.slack import labels

from bot.errors import SendFailed
from bot.store.tables import case_events, desk_events, desk_jobs, messages

from .slack_room import ADA, BEN, DESK, Room, open_room


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    """A desk that sends at once."""
    async with open_room(tmp_path) as opened:
        yield opened


@pytest.fixture
async def slow_room(tmp_path: Path) -> AsyncIterator[Room]:
    """A desk where a reply can be taken back for a minute."""
    async with open_room(tmp_path, undo=60) as opened:
        yield opened


async def whispers(room: Room, user: str) -> list[dict[str, Any]]:
    await room.quiet()
    return list(room.slack.ephemerals(user))


# -- the card -------------------------------------------------------------------------------------


async def test_a_case_opens_one_card_with_buttons_and_a_menu(room: Room) -> None:
    case = await room.ask("Is it free?", name="Li Wei")
    await room.quiet()
    (root,) = room.slack.roots(DESK)
    controls = ["Claim", "Resolve", "Back to bot", "Department", "Assign to…"]
    assert labels(root) == controls
    assert "Li Wei" in str(root)
    assert "Is it free?" in str(root)
    assert case.slack_ts == root["ts"]


async def test_what_was_said_before_comes_with_the_case(room: Room) -> None:
    room._heard("Where are the mummies?", "Li Wei", "7")
    case = await room.ask("I want a person")
    await room.until(lambda: "Where are the mummies?" in room.thread(case))


async def test_two_visitors_have_two_threads(room: Room) -> None:
    one, two = await room.ask(person="7"), await room.ask(person="8")
    room.add("I am eight", person="8")
    await room.until(lambda: "I am eight" in room.thread(two))
    assert "I am eight" not in room.thread(one)


async def test_a_visitors_words_cannot_ping_format_or_forge(room: Room) -> None:
    case = await room.ask(name="<!channel> *Ada*")
    evil = (
        "<!channel> <@U0ADA> <https://evil.example|Resolve> *bold* :white_check_mark: &amp; @here"
    )
    room.add(evil, name="<!channel> *Ada*")
    await room.until(lambda: "evil.example" in room.thread(case))
    await room.quiet()
    shown = str([room.slack.roots(DESK), room.slack.thread(DESK, case.slack_ts)])
    assert "<!channel>" not in shown
    assert "<@U0ADA>" not in shown
    assert "<https://evil" not in shown
    (post,) = [m for m in room.slack.thread(DESK, case.slack_ts) if "evil" in str(m)]
    words = [b["text"] for b in post["blocks"] if b["type"] == "section"]
    assert [(w["type"], w["emoji"]) for w in words] == [("plain_text", False)]


@pytest.mark.parametrize("size", [2_999, 3_001, 20_000])
@pytest.mark.parametrize("unit", ["a", "馆", "😀", "&", "<"])
async def test_a_text_of_any_length_is_shown(room: Room, unit: str, size: int) -> None:
    case = await room.ask(unit * size)
    room.add(unit * size)
    await room.quiet()
    assert len(room.slack.thread(DESK, case.slack_ts)) == 1
    assert [job.state for job in room.rows(desk_jobs)] == ["done", "done"]


# -- claiming -------------------------------------------------------------------------------------


async def test_claim_changes_the_card_and_tells_the_visitor(room: Room) -> None:
    case = await room.ask()
    await room.claimed(case)
    await room.quiet()
    root = room.slack.message(DESK, case.slack_ts)
    own = ["Resolve", "Back to bot", "Release", "Suggest"]
    assert labels(root) == [*own, "Department", "Assign to…"]
    assert "Claimed by Ada" in str(root)
    assert any("Ada" in m.text for m in room.pocket.sent)


async def test_the_eyes_claim_too(room: Room) -> None:
    case = await room.ask()
    await room.do(room.driver.react, ADA, "eyes", DESK, case.slack_ts)
    await room.until(lambda: room.case(case.id).owner_id == ADA)


async def test_the_second_to_claim_is_told_who_was_first(room: Room) -> None:
    case = await room.ask()
    await asyncio.gather(
        room.press(ADA, case.slack_ts, "Claim"), room.press(BEN, case.slack_ts, "Claim")
    )
    await room.quiet()
    owner = room.case(case.id).owner_id
    other = BEN if owner == ADA else ADA
    assert ["has this case" in str(w) for w in await whispers(room, other)] == [True]
    assert await whispers(room, owner) == []


async def test_a_department_can_be_chosen(room: Room) -> None:
    case = await room.ask()
    await room.press(ADA, case.slack_ts, "department", option="Access")
    await room.until(lambda: room.case(case.id).department == "access")
    assert "Access" in room.thread(case) or await room.until(lambda: "Access" in room.thread(case))


@pytest.mark.parametrize(
    ("button", "state"), [("Resolve", "resolved"), ("Back to bot", "returned")]
)
async def test_a_closed_card_can_be_opened_again_and_no_more(
    room: Room, button: str, state: str
) -> None:
    case = await room.ask()
    await room.claimed(case)
    await room.press(ADA, case.slack_ts, button)
    await room.until(lambda: room.case(case.id).state == state)
    await room.quiet()
    assert labels(room.slack.message(DESK, case.slack_ts)) == ["Reopen"]


async def test_the_check_mark_of_the_owner_resolves(room: Room) -> None:
    case = await room.ask()
    await room.claimed(case)
    await room.do(room.driver.react, BEN, "white_check_mark", DESK, case.slack_ts)
    assert "only the owner" in await room.ended()
    assert room.case(case.id).state == "claimed"
    await room.do(room.driver.react, ADA, "white_check_mark", DESK, case.slack_ts)
    await room.until(lambda: room.case(case.id).state == "resolved")


@pytest.mark.parametrize("emoji", ["thumbsup", "heavy_check_mark", "x"])
async def test_other_reactions_mean_nothing(room: Room, emoji: str) -> None:
    case = await room.ask()
    await room.do(room.driver.react, ADA, emoji, DESK, case.slack_ts)
    assert (await room.ended()).startswith("no-op")
    assert room.case(case.id).state == "queued"


async def test_a_reaction_to_a_message_in_the_thread_means_nothing(room: Room) -> None:
    case = await room.ask()
    said = await room.say(ADA, case, "note: hm")
    await room.do(room.driver.react, ADA, "eyes", DESK, said.ts)
    assert (await room.ended()).startswith("no-op")
    assert room.case(case.id).state == "queued"


# -- replies and notes ----------------------------------------------------------------------------


async def test_the_owners_words_reach_the_visitor_and_get_a_check_mark(room: Room) -> None:
    case = await room.ask()
    await room.claimed(case)
    said = await room.say(ADA, case, "Yes &amp; it *is* free")
    await room.until(lambda: room.replies)
    await room.until(lambda: "white_check_mark" in room.slack.reactions(DESK, said.ts))
    assert room.slack.reactions(DESK, said.ts)["white_check_mark"] == ["U0DOCENT"]


async def test_before_a_claim_words_stay_and_are_offered(room: Room) -> None:
    case = await room.ask()
    said = await room.say(ADA, case, "Yes, it is free")
    (offer,) = await whispers(room, ADA)
    assert labels(offer) == ["Claim and send", "Keep as note"]
    assert room.replies == []
    await room.press(ADA, offer["ts"], "Claim and send")
    await room.until(lambda: room.replies == ["Yes, it is free"])
    assert room.case(case.id).owner_id == ADA
    assert room.notes() == []
    await room.until(lambda: "white_check_mark" in room.slack.reactions(DESK, said.ts))
    await room.until(lambda: "On its way" in str(room.slack.ephemerals(ADA)[0]))


async def test_keep_as_note_keeps_it(room: Room) -> None:
    case = await room.ask()
    await room.say(ADA, case, "She wrote yesterday too")
    (offer,) = await whispers(room, ADA)
    await room.press(ADA, offer["ts"], "Keep as note")
    assert (await room.ended()).startswith("note")
    assert room.replies == []
    assert room.notes() == ["She wrote yesterday too"]
    await room.until(lambda: "Kept as a note" in str(room.slack.ephemerals(ADA)[0]))


async def test_somebody_elses_words_stay_and_send_anyway_sends(room: Room) -> None:
    case = await room.ask()
    await room.claimed(case)
    await room.say(BEN, case, "I can answer that")
    (offer,) = await whispers(room, BEN)
    assert labels(offer) == ["Send anyway", "Keep as note"]
    assert "Ada has this case" in str(offer)
    assert room.replies == []
    await room.press(BEN, offer["ts"], "Send anyway")
    await room.until(lambda: room.replies == ["I can answer that"])
    assert room.case(case.id).owner_id == ADA


async def test_pressed_twice_it_is_sent_once(room: Room) -> None:
    case = await room.ask()
    await room.claimed(case)
    said = await room.say(BEN, case, "Once")
    (offer,) = await whispers(room, BEN)
    await room.press(BEN, offer["ts"], "Send anyway")
    await room.do(room.driver.retry)
    await room.press(BEN, offer["ts"], "Send anyway", value=f"{case.id}:{said.ts}")
    await room.quiet()
    assert room.replies == ["Once"]


async def test_two_at_once_one_is_sent_and_one_is_asked(room: Room) -> None:
    case = await room.ask()
    await asyncio.gather(room.say(ADA, case, "from Ada"), room.say(BEN, case, "from Ben"))
    await room.quiet()
    (one,), (two,) = await whispers(room, ADA), await whispers(room, BEN)
    await asyncio.gather(
        room.press(ADA, one["ts"], "Claim and send"), room.press(BEN, two["ts"], "Claim and send")
    )
    await room.quiet()
    assert len(room.replies) == 1
    loser = BEN if room.replies == ["from Ada"] else ADA
    # Pressed, replaced by why it was not sent, and offered anew.
    last = (await whispers(room, loser))[-1]
    assert labels(last) == ["Send anyway", "Keep as note"]
    await room.press(loser, last["ts"], "Send anyway")
    await room.until(lambda: len(room.replies) == 2)


@pytest.mark.parametrize(
    "text",
    [
        "note: she is rude",
        "备注：退款了",
        "*Internal*: x",
        ":memo: note: x",
        "// hm",
        "<@U0BEN> look?",
    ],
)
async def test_notes_of_the_owner_stay(room: Room, text: str) -> None:
    case = await room.ask()
    await room.claimed(case)
    await room.say(ADA, case, text)
    assert (await room.ended()).startswith("note")
    assert room.replies == []
    assert len(room.notes()) == 1


async def test_an_owner_who_mentions_a_colleague_is_told_that_nothing_was_sent(room: Room) -> None:
    case = await room.ask()
    await room.claimed(case)
    await room.say(ADA, case, "<@U0BEN> could you look at this?")
    (told,) = await whispers(room, ADA)
    assert "mentions a colleague" in str(told)


async def test_words_after_the_end_are_kept_and_their_author_is_told(room: Room) -> None:
    case = await room.ask()
    await room.claimed(case)
    await room.press(ADA, case.slack_ts, "Resolve")
    await room.until(lambda: room.case(case.id).state == "resolved")
    await room.say(ADA, case, "One more thing")
    assert "closed" in str((await whispers(room, ADA))[-1])
    assert room.replies == []


async def test_a_resent_reply_is_sent_once(room: Room) -> None:
    case = await room.ask()
    await room.claimed(case)
    await room.say(ADA, case, "Once")
    for number in (1, 2, 3):
        await room.do(room.driver.retry, number)
    await room.quiet()
    assert room.replies == ["Once"]


async def test_a_broadcast_is_sent_once(room: Room) -> None:
    case = await room.ask()
    await room.claimed(case)
    await room.do(room.driver.broadcast, ADA, DESK, case.slack_ts, "For all to see")
    await room.quiet()
    assert room.replies == ["For all to see"]


async def test_words_beside_the_threads_are_nobodys_business(room: Room) -> None:
    case = await room.ask()
    await room.claimed(case)
    await room.quiet()
    before = len(room.slack.messages(DESK))
    root = await room.do(room.driver.say, ADA, DESK, "Lunch?")
    await room.do(room.driver.say, BEN, DESK, "Yes", root.ts)
    assert (await room.ended()).startswith("no-op")
    assert room.replies == room.notes() == []
    assert len(room.slack.messages(DESK)) == before + 2


async def test_another_clients_message_without_blocks_is_sent(room: Room) -> None:
    case = await room.ask()
    await room.claimed(case)
    await room.say(ADA, case, "From an old telephone", blocks=None)
    await room.until(lambda: room.replies == ["From an old telephone"])


# -- files, edits, deletions ----------------------------------------------------------------------


async def test_a_file_stays_where_no_file_can_go_and_its_words_go(room: Room) -> None:
    case = await room.ask()
    await room.claimed(case)
    await room.do(room.driver.share_file, ADA, DESK, "map.pdf", "Here is a map", case.slack_ts)
    await room.until(lambda: room.replies == ["Here is a map"])
    await room.until(lambda: "Not sent: map.pdf. Messenger takes no files." in room.thread(case))


async def test_a_file_without_words_that_cannot_go_is_warned_of(room: Room) -> None:
    case = await room.ask()
    await room.claimed(case)
    await room.do(room.driver.share_file, ADA, DESK, "map.pdf", "", case.slack_ts)
    await room.until(lambda: "Not sent: map.pdf" in room.thread(case))
    await room.quiet()
    assert room.replies == []


async def test_a_deletion_in_time_takes_the_reply_back(slow_room: Room) -> None:
    room = slow_room
    case = await room.ask()
    await room.claimed(case)
    said = await room.say(ADA, case, "We close at 3")
    await room.until(lambda: room.slack.ephemerals(ADA))
    await room.do(room.driver.delete, DESK, said.ts)
    await room.until(lambda: "nothing went to the visitor" in room.thread(case))
    states = [row.state for row in room.rows(messages) if row.author == "staff"]
    assert states == ["cancelled"]


async def test_a_note_that_loses_its_mark_stays_a_note(room: Room) -> None:
    case = await room.ask()
    await room.claimed(case)
    said = await room.say(ADA, case, "note: the vase is broken")
    await room.quiet()
    await room.do(room.driver.edit, ADA, DESK, said.ts, "the vase is broken")
    assert (await room.ended()).startswith("note")
    assert room.replies == []


async def test_an_offered_text_that_became_a_note_is_not_sent(room: Room) -> None:
    case = await room.ask()
    said = await room.say(ADA, case, "She is difficult")
    (offer,) = await whispers(room, ADA)
    await room.do(room.driver.edit, ADA, DESK, said.ts, "note: She is difficult")
    await room.quiet()
    await room.press(ADA, offer["ts"], "Claim and send")
    await room.quiet()
    assert room.replies == []


async def test_an_offered_text_is_sent_as_it_was_last_edited(room: Room) -> None:
    case = await room.ask()
    said = await room.say(ADA, case, "We close at 3")
    (offer,) = await whispers(room, ADA)
    await room.do(room.driver.edit, ADA, DESK, said.ts, "We close at 5")
    await room.quiet()
    await room.press(ADA, offer["ts"], "Claim and send")
    await room.until(lambda: room.replies == ["We close at 5"])


async def test_an_offered_text_that_was_deleted_is_not_sent(room: Room) -> None:
    case = await room.ask()
    said = await room.say(ADA, case, "Oops")
    (offer,) = await whispers(room, ADA)
    await room.do(room.driver.delete, DESK, said.ts)
    await room.quiet()
    await room.press(ADA, offer["ts"], "Claim and send")
    await room.quiet()
    assert room.replies == []
    await room.until(lambda: "You deleted it" in str(room.slack.ephemerals(ADA)[0]))


async def test_a_links_preview_is_no_edit(room: Room) -> None:
    case = await room.ask()
    await room.claimed(case)
    said = await room.say(ADA, case, "See https://example.org")
    await room.until(lambda: room.replies)
    await room.do(room.driver.edit, ADA, DESK, said.ts, "See https://example.org")
    assert (await room.ended()).startswith("no-op")
    assert "keeps the earlier text" not in room.thread(case)


# -- undo -----------------------------------------------------------------------------------------


async def test_a_reply_is_shown_before_it_goes_and_can_be_taken_back(slow_room: Room) -> None:
    room = slow_room
    case = await room.ask()
    await room.claimed(case)
    await room.say(ADA, case, "We close at 3")
    (preview,) = await room.until(lambda: room.slack.ephemerals(ADA))
    assert labels(preview) == ["Undo"]
    for part in ("Li Wei", "Messenger", "English", "We close at 3"):
        assert part in str(preview)
    await room.press(ADA, preview["ts"], "Undo")
    await room.until(lambda: "nothing was sent" in str(room.slack.ephemerals(ADA)[0]))
    assert [r.state for r in room.rows(messages) if r.author == "staff"] == ["cancelled"]


async def test_without_undo_it_goes_by_itself(tmp_path: Path) -> None:
    async with open_room(tmp_path, undo=1) as room:
        case = await room.ask()
        await room.claimed(case)
        await room.say(ADA, case, "Yes")
        await room.until(lambda: room.replies == ["Yes"])
        (preview,) = room.slack.ephemerals(ADA)
        await room.press(ADA, preview["ts"], "Undo")
        await room.until(lambda: "Too late" in str(room.slack.ephemerals(ADA)[0]))


# -- who is not staff -----------------------------------------------------------------------------

BARRED: list[dict[str, Any]] = [
    {"is_restricted": True},
    {"is_ultra_restricted": True, "is_restricted": True},
    {"is_stranger": True},
    {"team_id": "T0ELSEWHERE"},
    {"is_bot": True},
    {"deleted": True},
]


@pytest.mark.parametrize("kind", BARRED)
async def test_who_is_not_staff_is_never_sent(room: Room, kind: dict[str, Any]) -> None:
    case = await room.ask()
    await room.claimed(case)
    room.slack.add_user("U0EVE", "Eve", **kind)
    await room.say("U0EVE", case, "Free drinks for all")
    await room.until(lambda: "Not sent to the visitor: Eve is" in room.thread(case))
    await room.do(room.driver.react, "U0EVE", "white_check_mark", DESK, case.slack_ts)
    assert (await room.ended()).startswith("warning")
    assert room.replies == []
    assert room.case(case.id).state == "claimed"


@pytest.mark.parametrize("kind", BARRED)
async def test_who_is_not_staff_cannot_claim(room: Room, kind: dict[str, Any]) -> None:
    case = await room.ask()
    room.slack.add_user("U0EVE", "Eve", **kind)
    await room.press("U0EVE", case.slack_ts, "Claim")
    await room.quiet()
    await room.do(room.driver.react, "U0EVE", "eyes", DESK, case.slack_ts)
    await room.quiet()
    assert room.case(case.id).state == "queued"
    assert "Nothing was done" in str(await whispers(room, "U0EVE"))


@pytest.mark.parametrize("error", ["user_not_found", "missing_scope", "internal_error"])
async def test_who_cannot_be_known_is_not_sent(room: Room, error: str) -> None:
    case = await room.ask()
    await room.claimed(case)
    room.slack.add_user("U0NEW", "Nia")
    room.slack.fail_next(error=error, on="users.info")
    await room.say("U0NEW", case, "Hello there")
    await room.until(lambda: "cannot name just now" in room.thread(case))
    assert room.replies == []
    await room.say("U0NEW", case, "Hello again")
    await room.until(lambda: room.slack.ephemerals("U0NEW"))


async def test_people_are_asked_for_once_in_ten_minutes(room: Room) -> None:
    case = await room.ask()
    await room.claimed(case)
    for number in range(5):
        await room.say(ADA, case, f"Number {number}")
    await room.quiet()
    assert len(room.replies) == 5
    assert len(room.slack.calls("users.info")) == 1


@pytest.mark.parametrize("classic", [True, False])
async def test_apps_and_workflows_are_never_sent(room: Room, classic: bool) -> None:
    case = await room.ask()
    await room.claimed(case)
    await room.do(room.driver.bot_says, DESK, "Fire drill at 3", case.slack_ts, classic=classic)
    assert (await room.ended()).startswith("note")
    assert room.replies == []
    assert room.notes() == ["Fire drill at 3"]


async def test_our_own_echo_is_a_no_op(room: Room) -> None:
    case = await room.ask()
    room.add("Hello?")
    await room.until(lambda: room.slack.thread(DESK, case.slack_ts))
    posts = len(room.slack.messages(DESK))
    for message in room.slack.messages(DESK):
        await room.do(room.driver.echo, DESK, message["ts"])
        assert await room.ended() == "no-op: our own post"
    assert room.notes() == []
    assert len(room.slack.messages(DESK)) == posts


async def test_our_own_echo_is_known_before_slack_says_who_we_are(room: Room) -> None:
    case = await room.ask()
    room.slack.fail_next(100, error="internal_error", on="auth.test")
    await room.do(room.driver.echo, DESK, case.slack_ts)
    assert await room.ended() == "no-op: our own post"


# -- things that go wrong -------------------------------------------------------------------------


async def test_a_failed_reply_is_told_in_the_thread(room: Room) -> None:
    case = await room.ask()
    await room.claimed(case)
    await room.quiet()
    room.pocket.failure = SendFailed(
        "the 24-hour window is closed",
        retryable=False,
        next_step="The visitor has to write first.",
    )
    await room.say(ADA, case, "Too late")
    await room.until(lambda: "Not delivered" in room.thread(case))
    assert "24-hour window" in room.thread(case)
    assert "The visitor has to write first." in room.thread(case)


async def test_a_deleted_card_is_shown_again(room: Room) -> None:
    case = await room.ask()
    room.add("Hello?")
    await room.quiet()
    await room.do(room.driver.delete, DESK, case.slack_ts)
    await room.quiet()
    (card,) = [m for m in room.slack.thread(DESK, case.slack_ts) if "Claim" in labels(m)]
    await room.press(ADA, card["ts"], "Claim")
    await room.until(lambda: room.case(case.id).state == "claimed")


async def test_a_card_deleted_with_its_thread_begins_a_new_one(room: Room) -> None:
    case = await room.ask()
    await room.quiet()
    await room.do(room.driver.delete, DESK, case.slack_ts)
    await room.quiet()
    (root,) = room.slack.roots(DESK)
    assert room.case(case.id).slack_ts == root["ts"] != case.slack_ts
    room.add("Are you there?")
    await room.until(lambda: "Are you there?" in room.thread(room.case(case.id)))
    assert room.slack.orphans(DESK) == []


async def test_an_answer_to_a_post_of_ours_without_a_case_is_warned_of(room: Room) -> None:
    with room.slack.changing() as workspace:
        content = {"user": workspace.bot_user, "bot_id": workspace.bot_id, "text": "Hello"}
        root = workspace.add_message(workspace.channels[DESK], content)
    await room.do(room.driver.say, ADA, DESK, "An answer", root["ts"])
    await room.quiet()
    (warned,) = [m for m in room.slack.thread(DESK, root["ts"]) if m.get("bot_id")]
    assert "no case" in warned["text"]


async def test_an_event_that_cannot_be_handled_does_not_hold_up_the_next(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.slack_events.RETRIES", (0.01, 0.01))
    case = await room.ask()
    await room.claimed(case)
    says = room.host.casework.staff_says

    def stumble(connection: Any, case_id: int, person: Any, text: str, **more: Any) -> Any:
        if text == "stumble":
            raise RuntimeError(text)
        return says(connection, case_id, person, text, **more)

    monkeypatch.setattr(room.host.casework, "staff_says", stumble)
    await room.say(ADA, case, "stumble")
    await room.say(ADA, case, "go on")
    await room.until(lambda: room.replies == ["go on"])
    await room.until(lambda: "Something went wrong here" in room.thread(case))


async def test_every_event_ends_with_a_word_of_what_became_of_it(room: Room) -> None:
    case = await room.ask()
    await room.claimed(case)
    said = await room.say(ADA, case, "Yes")
    await room.say(BEN, case, "Hm")
    await room.do(room.driver.react, ADA, "tada", DESK, said.ts)
    await room.do(room.driver.unreact, ADA, "tada", DESK, said.ts)
    await room.do(room.driver.join, BEN, DESK)
    await room.quiet()
    ends = ("reply", "note", "no-op", "warning", "done", "refused", "undo")
    assert all(str(row.reason).startswith(ends) for row in room.rows(desk_events))
    assert room.rows(case_events)
