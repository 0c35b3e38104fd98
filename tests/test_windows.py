"""What a window allows: at each boundary and each count, and in whatever order things happened."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.windows import BY_PERSON, CLICK, CLOSED, MESSAGE, OPEN, Allowance, Left, Window, left

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=timezone.utc)
TICK = timedelta(microseconds=1)
# Everything that a platform's rules can hold: with and without a count, for acts and for persons.
RULES = Window(
    "the test's window",
    {MESSAGE: Allowance(100, 5), CLICK: Allowance(10, 3)},
    {MESSAGE: Allowance(300), CLICK: Allowance(20, 1)},
)
PLAIN = Window("a plain window", {MESSAGE: Allowance(100)})


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def standing(window: Window, after: float, by_person: bool = False, **acts: float) -> str:
    """Returns what is allowed so many seconds after noon, and acts at these seconds."""
    done = {act: at(seconds) for act, seconds in acts.items()}
    return left(window, done, [], at(after), by_person=by_person).standing


@pytest.mark.parametrize(
    ("after", "by_person", "wanted"),
    [
        (0, False, OPEN),
        (99, False, OPEN),
        (100, False, CLOSED),
        (101, False, CLOSED),
        (99, True, OPEN),
        (100, True, BY_PERSON),
        (299, True, BY_PERSON),
        (300, True, CLOSED),
        (301, True, CLOSED),
        (-1, False, CLOSED),
        (-1, True, CLOSED),
    ],
)
def test_the_boundaries_of_time(after: float, by_person: bool, wanted: str) -> None:
    assert standing(RULES, after, by_person, message=0) == wanted


@pytest.mark.parametrize(
    ("act", "seconds", "count"), [(MESSAGE, 100, 5), (CLICK, 10, 3)], ids=[MESSAGE, CLICK]
)
def test_the_boundaries_of_a_count(act: str, seconds: float, count: int) -> None:
    for sent in range(count + 2):
        found = left(RULES, {act: NOON}, [at(1)] * sent, at(2))
        over = sent >= count
        assert found.standing == (CLOSED if over else OPEN)
        assert found.messages == max(0, count - sent)
        assert found.out_of == count
        assert found.until == (None if over else at(seconds))


def test_the_last_moment_is_the_one_before_the_end() -> None:
    assert left(PLAIN, {MESSAGE: NOON}, [], at(100) - TICK).standing == OPEN
    assert left(PLAIN, {MESSAGE: NOON}, [], at(100)).standing == CLOSED


def test_what_was_sent_before_the_act_is_not_counted() -> None:
    before = [at(-3), at(-2), NOON - TICK]
    assert left(RULES, {CLICK: NOON}, before, at(1)).messages == 3
    assert left(RULES, {CLICK: NOON}, [*before, NOON], at(1)).messages == 2


def test_a_window_that_is_not_counted_says_so() -> None:
    assert left(PLAIN, {MESSAGE: NOON}, [at(1)] * 99, at(2)) == Left(OPEN, at(100))


def test_a_click_opens_again_what_was_used_up() -> None:
    used = [at(1)] * 5
    assert left(RULES, {MESSAGE: NOON}, used, at(50)).standing == CLOSED
    both = {MESSAGE: NOON, CLICK: at(50)}
    assert left(RULES, both, used, at(50)) == Left(OPEN, at(60), 3, 3)
    assert left(RULES, both, [*used, *[at(51)] * 3], at(52)).standing == CLOSED


def test_of_two_the_longer_one_is_used() -> None:
    both = {MESSAGE: NOON, CLICK: at(95)}
    assert left(RULES, both, [], at(96)) == Left(OPEN, at(105), 3, 3)
    assert left(RULES, {MESSAGE: at(1), CLICK: at(0)}, [], at(2)) == Left(OPEN, at(101), 5, 5)


@pytest.mark.parametrize("by_person", [False, True])
def test_without_an_act_nothing_may_be_sent(by_person: bool) -> None:
    assert left(RULES, {}, [], NOON, by_person=by_person) == Left(CLOSED)
    assert left(RULES, {"wave": NOON}, [], NOON, by_person=by_person) == Left(CLOSED)


def test_a_person_has_a_count_of_their_own_once_the_window_has_ended() -> None:
    assert left(RULES, {CLICK: NOON}, [], at(15), by_person=True) == Left(BY_PERSON, at(20), 1, 1)
    assert left(RULES, {CLICK: NOON}, [at(11)], at(15), by_person=True).standing == CLOSED


def test_the_longest_allowance_is_known() -> None:
    assert RULES.longest == timedelta(seconds=300)
    assert PLAIN.longest == timedelta(seconds=100)


# -- whatever happened ------------------------------------------------------------------------

ALLOWANCES = st.builds(Allowance, st.integers(1, 60).map(float), st.none() | st.integers(1, 4))
BOTH = {MESSAGE: ALLOWANCES, CLICK: ALLOWANCES}
BY_ACT = st.fixed_dictionaries({MESSAGE: ALLOWANCES}, optional={CLICK: ALLOWANCES})
WINDOWS = st.builds(Window, st.just("any"), BY_ACT, st.fixed_dictionaries({}, optional=BOTH))
SECONDS = st.integers(-70, 70)
ACTS = st.fixed_dictionaries({}, optional=dict.fromkeys(BOTH, SECONDS.map(at)))
SENT = st.lists(SECONDS.map(at), max_size=8)


def may(allowance: Allowance, act: datetime, sent: list[datetime], now: datetime) -> bool:
    """The rule in the words of a platform's page."""
    begun, gone = act <= now, (now - act).total_seconds()
    count = len([moment for moment in sent if moment >= act])
    fits = allowance.messages is None or count < allowance.messages
    return begun and gone < allowance.seconds and fits


@given(WINDOWS, ACTS, SENT, SECONDS.map(at))
def test_it_is_open_exactly_while_one_rule_allows_it(
    window: Window, acts: dict[str, datetime], sent: list[datetime], now: datetime
) -> None:
    def any_of(rules: dict[str, Allowance]) -> bool:
        return any(may(rules[act], acts[act], sent, now) for act in rules if act in acts)

    is_open, by_person = any_of(dict(window.after)), any_of(dict(window.by_person))
    assert left(window, acts, sent, now).standing == (OPEN if is_open else CLOSED)
    person = left(window, acts, sent, now, by_person=True).standing
    assert person == (OPEN if is_open else BY_PERSON if by_person else CLOSED)


@given(WINDOWS, ACTS, SENT, SECONDS.map(at), st.booleans())
def test_what_is_told_holds_until_it_ends(
    window: Window, acts: dict[str, datetime], sent: list[datetime], now: datetime, person: bool
) -> None:
    found = left(window, acts, sent, now, by_person=person)
    if found.standing == CLOSED:
        assert (found.until, found.messages or 0) == (None, 0)
        return
    assert found.until is not None
    assert now < found.until <= now + window.longest
    last = left(window, acts, sent, found.until - TICK, by_person=person)
    assert last.standing in (found.standing, OPEN)
    assert found.messages is None or 0 < found.messages <= (found.out_of or 0)


@given(WINDOWS, ACTS, SENT, SECONDS.map(at), SECONDS.map(at), st.booleans())
def test_neither_time_nor_words_of_ours_open_anything(
    window: Window,
    acts: dict[str, datetime],
    sent: list[datetime],
    one: datetime,
    other: datetime,
    person: bool,
) -> None:
    rank = {OPEN: 2, BY_PERSON: 1, CLOSED: 0}
    early, late = sorted((one, other))
    begun = {act: moment for act, moment in acts.items() if moment <= early}
    before = left(window, begun, sent, early, by_person=person).standing
    after = left(window, begun, [*sent, early], late, by_person=person).standing
    assert rank[after] <= rank[before]
