"""The table of steps: every state and step ends where it should, or is refused."""

from __future__ import annotations

import pytest

from bot.desk import states
from bot.store.cases import CLOSED_STATES, OPEN_STATES

STATES = (*OPEN_STATES, *CLOSED_STATES)
# One row a step, one column a state, written by hand from the design; "-" is refused.
#              queued     reopened   claimed    waiting    resolved   returned
TABLE = {
    "claim": ("claimed", "claimed", "-", "-", "-", "-"),
    "release": ("-", "-", "queued", "queued", "-", "-"),
    "expire": ("-", "-", "queued", "queued", "-", "-"),
    "reply": ("-", "-", "waiting", "waiting", "-", "-"),
    "visitor": ("queued", "reopened", "claimed", "claimed", "-", "-"),
    "resolve": ("resolved", "resolved", "resolved", "resolved", "-", "-"),
    "back_to_bot": ("returned", "returned", "returned", "returned", "-", "-"),
    "reopen": ("-", "-", "-", "-", "reopened", "reopened"),
}


@pytest.mark.parametrize("step", TABLE)
def test_every_step_leads_where_it_should(step: str) -> None:
    found = [states.after(step, state) or "-" for state in STATES]
    assert found == list(TABLE[step])
    assert states.states_before(step) == tuple(
        state for state, to in zip(STATES, TABLE[step], strict=True) if to != "-"
    )


def test_the_table_knows_every_step_and_no_other() -> None:
    assert set(TABLE) == set(states.STEPS)


def test_an_unknown_state_is_refused() -> None:
    assert states.after("claim", "nowhere") is None
