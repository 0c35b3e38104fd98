"""The states of a case and the steps between them; pure.

    queued / reopened --claim--> claimed --reply--> waiting --visitor--> claimed
    claimed / waiting --release, expire--> queued
    any open one      --resolve--> resolved, --back_to_bot--> returned
    resolved / returned --reopen--> reopened

`waiting` is for the visitor. What is not in the table is refused. A visitor who writes after the
end is answered by the bot, and a wish for a person opens a new case that names the old one.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.store.cases import CLAIMED, CLOSED_STATES, OPEN_STATES, UNCLAIMED

CLAIM, RELEASE, EXPIRE, REPLY, VISITOR, RESOLVE, BACK_TO_BOT, REOPEN = (
    "claim",
    "release",
    "expire",
    "reply",
    "visitor",
    "resolve",
    "back_to_bot",
    "reopen",
)


def _from(states: tuple[str, ...], to: str) -> Mapping[str, str]:
    return dict.fromkeys(states, to)


STEPS: Mapping[str, Mapping[str, str]] = {
    CLAIM: _from(UNCLAIMED, "claimed"),
    RELEASE: _from(CLAIMED, "queued"),
    EXPIRE: _from(CLAIMED, "queued"),
    REPLY: _from(CLAIMED, "waiting"),
    # Where nobody has the case, the visitor's words change nothing.
    VISITOR: {**{state: state for state in UNCLAIMED}, **_from(CLAIMED, "claimed")},
    RESOLVE: _from(OPEN_STATES, "resolved"),
    BACK_TO_BOT: _from(OPEN_STATES, "returned"),
    REOPEN: _from(CLOSED_STATES, "reopened"),
}


def after(step: str, state: str) -> str | None:
    """Returns the state after a step, None where the step is refused."""
    return STEPS[step].get(state)


def states_before(step: str) -> tuple[str, ...]:
    """Returns the states in which a step may be taken."""
    return tuple(STEPS[step])
