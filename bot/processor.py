"""Rasa's message processor without what it does over and over for every message.

Rasa works out the order of the graph's parts anew for each prediction, and checks the answer of
each custom action against a schema which it checks first; both cost more than what they serve.
The classes here stand where Rasa has a place for them (an agent's processor, a GraphRunner) and
give the same results: tests/test_processor.py holds them to Rasa's own.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from copy import copy
from functools import cached_property, lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from jsonschema import Draft7Validator
from rasa.core.actions.action import Action, ActionExtractSlots, RemoteAction
from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.engine import loader
from rasa.engine.graph import ExecutionContext, GraphNodeHook, GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.storage import ModelMetadata, ModelStorage
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecutionRejected, Event
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

from bot import stages
from bot.tracker import Tracker

# Runs a custom action in this process: what Rasa asks for in, status and body out.
Actions = Callable[[dict[str, Any]], Awaitable[tuple[int, dict[str, Any]]]]


class StraightRunner(GraphRunner):
    """Runs the nodes of a graph one after the other, in an order that is worked out once."""

    def __init__(self, schema: GraphSchema, nodes: Mapping[str, Any]) -> None:
        self._schema = schema
        self._nodes = nodes
        self._orders: dict[tuple[str, ...], list[str]] = {}

    @classmethod
    def create(
        cls,
        graph_schema: GraphSchema,
        model_storage: ModelStorage,
        execution_context: ExecutionContext,
        hooks: list[GraphNodeHook] | None = None,
    ) -> StraightRunner:
        """Makes a runner of a loaded model's nodes, which are Rasa's own but for the rules."""
        # Rasa's rules come with what it draws plots by; where no model is loaded, not even that.
        from bot.rules import quickened

        made = DaskGraphRunner.create(graph_schema, model_storage, execution_context, hooks)
        for node in made._instantiated_nodes.values():
            node._component = quickened(node._component, execution_context)
        return cls(graph_schema, made._instantiated_nodes)

    def run(
        self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None
    ) -> dict[str, Any]:
        """Returns the output of each target, given the inputs by their names."""
        wanted = tuple(targets or self._schema.target_names)
        if wanted not in self._orders:
            self._orders[wanted] = self._order(wanted)
        done = dict(inputs or {})
        for name in self._orders[wanted]:
            if name not in done:
                needs = self._schema.nodes[name].needs.items()
                given = {parameter: done[need] for parameter, need in needs}
                node = self._nodes[name]
                done[name] = node._fn(node._component, **given)
        return {name: done[name] for name in wanted}

    def _order(self, targets: tuple[str, ...]) -> list[str]:
        """Returns the nodes that the targets need, each after what it needs itself."""
        found: dict[str, None] = {}

        def visit(name: str) -> None:
            node = self._schema.nodes.get(name)
            if node is not None and name not in found:
                for need in node.needs.values():
                    visit(need)
                found[name] = None

        for target in targets:
            visit(target)
        return list(found)


@lru_cache(maxsize=1)
def _answers() -> Draft7Validator:
    return Draft7Validator(RemoteAction.action_response_format_spec())


def _check_answer(_: RemoteAction, answer: dict[str, Any]) -> bool:
    """Checks the answer of a custom action by a schema that was itself checked once."""
    _answers().validate(answer)
    return True


# Forms make actions of their own: there is no other place for it.
RemoteAction._validate_action_result = _check_answer


class LocalActions(EndpointConfig):
    """An action server that is no server: the actions run in this process.

    Args:
        run: Runs one action.
    """

    def __init__(self, run: Actions) -> None:
        super().__init__("in this process", enable_selective_domain=True)
        self._run = run

    async def request(self, *_: Any, **call: Any) -> dict[str, Any]:
        """Returns an action's answer; raises what Rasa expects of a server that refuses."""
        with stages.stage(stages.ACTIONS):
            status, body = await self._run(call["json"])
        if status >= 400:
            raise ClientResponseError(status, str(body.get("error")), json.dumps(body))
        return body


class Processor(MessageProcessor):
    """Rasa's processor with the classes above."""

    @staticmethod
    def _load_model(model_path: str | Path) -> tuple[str, ModelMetadata, GraphRunner]:
        with TemporaryDirectory() as folder:
            metadata, runner = loader.load_predict_graph_runner(
                Path(folder), Path(model_path), LocalModelStorage, StraightRunner
            )
        return Path(model_path).name, metadata, runner

    async def parse_message(self, *message: Any, **how: Any) -> dict[str, Any]:
        """Returns what the model reads in a message, and takes the time of it."""
        with stages.stage(stages.UNDERSTANDING):
            return await super().parse_message(*message, **how)

    async def run_action_extract_slots(
        self, output_channel: OutputChannel, tracker: DialogueStateTracker
    ) -> DialogueStateTracker:
        """Fills slots from the message, looking at those alone that can be filled just now."""
        domain = self.domain if tracker.active_loop_name else self._outside_forms
        extract = ActionExtractSlots(self.action_endpoint)
        events = await extract.run(output_channel, self.nlg, tracker, domain)
        await self._send_bot_messages(events, tracker, output_channel)
        tracker.update_with_events(events, self.domain)
        return tracker

    @cached_property
    def _outside_forms(self) -> Domain:
        """The domain without the slots that only a form can fill."""
        fewer = copy(self.domain)
        fewer.slots = [slot for slot in self.domain.slots if not _needs_form(slot)]
        return fewer

    async def _run_prediction_loop(
        self, output_channel: OutputChannel, tracker: DialogueStateTracker
    ) -> None:
        if isinstance(tracker, Tracker):
            tracker.begin()
        await super()._run_prediction_loop(output_channel, tracker)

    def _check_for_unseen_features(self, parse_data: dict[str, Any]) -> None:
        """Warns, as Rasa does, of what the domain does not know; Rasa makes a domain to do so."""
        names = {entity["entity"] for entity in parse_data["entities"] or []}
        intent = parse_data["intent"]["name"]
        if not (names <= self._entities and (intent is None or intent in self._intents)):
            super()._check_for_unseen_features(parse_data)

    @cached_property
    def _intents(self) -> frozenset[str]:
        return frozenset(self.domain.intents)

    @cached_property
    def _entities(self) -> frozenset[str]:
        return frozenset(self.domain.entities)

    def _log_action_on_tracker(
        self,
        tracker: DialogueStateTracker,
        action: Action,
        events: list[Event] | None,
        prediction: PolicyPrediction,
    ) -> None:
        """Notes an action and its events; Rasa copies all of them for two debug lines."""
        events = events or []
        if not any(isinstance(event, ActionExecutionRejected) for event in events):
            tracker.update_with_events(prediction.events, self.domain)
            tracker.update(action.event_for_successful_execution(prediction))
        tracker.update_with_events(events, self.domain)

    def _log_slots(self, tracker: DialogueStateTracker) -> None:
        """Notes nothing: it is a debug line, and it would hold visitors' words."""


def _needs_form(slot: Slot) -> bool:
    """Tells whether a slot is filled only while a form asks, whatever the message."""
    return bool(slot.mappings) and all(
        (conditions := mapping.get("conditions"))
        and mapping["type"] != "from_trigger_intent"
        and all(condition.get("active_loop") for condition in conditions)
        for mapping in slot.mappings
    )


class QuickAgent(Agent):
    """Rasa's agent with a `Processor`."""

    async def handle_message(self, message: UserMessage) -> list[dict[str, Any]] | None:
        """Runs one turn; the inbox sees to it that a conversation has one at a time."""
        found: list[dict[str, Any]] | None = await self.processor.handle_message(message)
        return found

    def load_model(self, model_path: str | Path, fingerprint: str | None = None) -> None:
        """Loads a model from its file, as Agent.load_model of Rasa does."""
        self.processor = Processor(
            model_path=model_path,
            tracker_store=self.tracker_store,
            lock_store=self.lock_store,
            action_endpoint=self.action_endpoint,
            generator=self.nlg,
        )
        self.domain = self.processor.domain
        self._set_fingerprint(fingerprint)
        self.tracker_store.domain = self.domain
        if isinstance(self.nlg, TemplatedNaturalLanguageGenerator):
            self.nlg.responses = self.domain.responses
