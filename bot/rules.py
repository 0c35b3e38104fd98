"""Rasa's rule policy without what it works out over and over.

Rasa holds each rule against every state of the whole conversation, twice for each prediction.
A rule is only as long as it is, most fail at the present state, and there are few different
states: they hold topics and actions, no words of a visitor. The predictions are Rasa's own:
tests/test_rules.py holds them side by side.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rasa.core.policies import rule_policy
from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH
from rasa.engine.graph import ExecutionContext
from rasa.shared.core.constants import USER
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import TEXT

from bot.tracker import Tracker

# So many different pasts are remembered, with the rules that apply to each.
REMEMBERED = 4096
PARTS = (RULES, RULES_FOR_LOOP_UNHAPPY_PATH)


class States(list[State]):
    """The last states of a conversation, the present one at the end.

    Args:
        found: Those that are known.
        rest: Returns all of them, for a rule that looks further back.
    """

    def __init__(self, found: list[State], rest: Callable[[], list[State]]) -> None:
        super().__init__(found)
        self.rest = rest
        self.key = repr(found)


class RulePolicy(rule_policy.RulePolicy):
    """Rasa's own, under the same name, for trackers that keep the states of their turn."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._found: dict[tuple[int, str], set[str]] = {}
        rules = [key for part in PARTS for key in self.lookup.get(part, {})]
        self._reads_text = any(
            state.get(USER, {}).get(TEXT)
            for key in rules
            for state in self._rule_key_to_state(key)
        )

    def _prediction_states(
        self, tracker: DialogueStateTracker, domain: Domain, *given: Any, **named: Any
    ) -> list[State]:
        def whole() -> list[State]:
            return super(RulePolicy, self)._prediction_states(tracker, domain, *given, **named)

        if not isinstance(tracker, Tracker) or tracker.states is None:
            return whole()
        states = [*tracker.states, domain.get_active_state(tracker)]
        use_text = bool(given[0] if given else named.get("use_text_for_last_user_input"))
        self.featurizer._choose_last_user_input([states], use_text)
        if not self._reads_text:
            states = [_without_text(state) for state in states]
        return States(states, whole)

    def _get_possible_keys(self, lookup: dict[str, str], states: list[State]) -> set[str]:
        if not isinstance(states, States):
            return super()._get_possible_keys(lookup, states)
        known = (id(lookup), states.key)
        if known not in self._found:
            found, exact = self._look(lookup, states)
            if not exact:
                return found
            if len(self._found) >= REMEMBERED:
                self._found.clear()
            self._found[known] = found
        return self._found[known]

    def _look(self, lookup: dict[str, str], states: States) -> tuple[set[str], bool]:
        """Returns the rules that apply, and whether the known states were enough to tell."""
        left, known, back = set(lookup), list[State](states), 0
        exact = True
        while any(len(self._rule_key_to_state(key)) > back for key in left):
            if back >= len(known) and exact:
                known, exact = states.rest(), False
            if back >= len(known):
                break
            state = known[-1 - back]
            left = {key for key in left if self._is_rule_applicable(key, back, state)}
            back += 1
        return left, exact

    @staticmethod
    def format_tracker_states(states: list[State]) -> str:
        """Returns nothing: it is Rasa's debug line, which would be made for every prediction."""
        return ""


def quickened(part: Any, context: ExecutionContext) -> Any:
    """Returns a part of a loaded model, its rule policy as one that is quick."""
    if type(part) is not rule_policy.RulePolicy:
        return part
    storage, resource = part._model_storage, part._resource
    return RulePolicy(part.config, storage, resource, context, part.featurizer, part.lookup)


def _without_text(state: State) -> State:
    user = state.get(USER)
    if not user or TEXT not in user:
        return state
    return {**state, USER: {name: value for name, value in user.items() if name != TEXT}}
