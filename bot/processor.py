"""Rasa's message processor without what it does over and over for every message.

Rasa works out the order of the graph's parts anew for each prediction, and checks the answer of
each custom action against a schema which it checks first; both cost more than what they serve.
The classes here stand where Rasa has a place for them (an agent's processor, a GraphRunner) and
give the same results: tests/test_processor.py holds them to Rasa's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from jsonschema import Draft7Validator
from rasa.core.actions.action import Action, RemoteAction
from rasa.core.agent import Agent
from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.engine import loader
from rasa.engine.graph import ExecutionContext, GraphNodeHook, GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.storage import ModelMetadata, ModelStorage
from rasa.shared.core.trackers import DialogueStateTracker


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
        """Makes a runner of a loaded model's nodes, which are Rasa's own."""
        made = DaskGraphRunner.create(graph_schema, model_storage, execution_context, hooks)
        return cls(graph_schema, made._instantiated_nodes)

    def run(
        self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None
    ) -> dict[str, Any]:
        """Returns the output of each target, given the inputs by their names."""
        wanted = tuple(targets or self._schema.target_names)
        if wanted not in self._orders:
            self._orders[wanted] = self._order(wanted)
        done = {name: (name, value) for name, value in (inputs or {}).items()}
        for name in self._orders[wanted]:
            if name not in done:
                needs = self._schema.nodes[name].needs.values()
                done[name] = self._nodes[name](*(done[need] for need in needs))
        return {name: done[name][1] for name in wanted}

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


class CheckedAction(RemoteAction):
    """A custom action whose answer is checked by a schema that was itself checked once."""

    _validator: Any = None

    def _validate_action_result(self, result: dict[str, Any]) -> bool:
        if CheckedAction._validator is None:
            CheckedAction._validator = Draft7Validator(self.action_response_format_spec())
        CheckedAction._validator.validate(result)
        return True


class Processor(MessageProcessor):
    """Rasa's processor with the classes above."""

    @staticmethod
    def _load_model(model_path: str | Path) -> tuple[str, ModelMetadata, GraphRunner]:
        with TemporaryDirectory() as folder:
            metadata, runner = loader.load_predict_graph_runner(
                Path(folder), Path(model_path), LocalModelStorage, StraightRunner
            )
        return Path(model_path).name, metadata, runner

    def predict_next_with_tracker_if_should(
        self, tracker: DialogueStateTracker
    ) -> tuple[Action, PolicyPrediction]:
        """Returns the next action, as Rasa chooses it."""
        action, prediction = super().predict_next_with_tracker_if_should(tracker)
        if type(action) is RemoteAction:
            action = CheckedAction(action.name(), self.action_endpoint)
        return action, prediction


class QuickAgent(Agent):
    """Rasa's agent with a `Processor`."""

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
