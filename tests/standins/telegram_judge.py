"""The Bot API's own schema as a judge of calls and updates, where the reference data lies."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from jsonschema import Draft7Validator

from .base import Exchange
from .reference import load, reference
from .telegram_rules import arguments
from .wire import JsonDict


@lru_cache(maxsize=1)
def schema() -> JsonDict:
    """Return Bot API 10.1 as JSON-Schema, or skip the test."""
    return dict(load(reference("telegram", "telegram_bot_api.schema.json")))


@lru_cache(maxsize=64)
def validator(name: str) -> Draft7Validator:
    """Return the judge of a type, or of the arguments of ``method:<name>``."""
    return Draft7Validator({"$ref": f"#/$defs/{name}", "$defs": schema()["$defs"]})


def faults_of(name: str, value: Any) -> list[str]:
    """Return what is wrong with a value, in the schema's words."""
    found = validator(name).iter_errors(value)
    return [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:200]}" for e in found]


def faults_of_call(exchange: Exchange) -> list[str]:
    """Return what is wrong with a call that was made, its form read as Telegram reads it."""
    name = f"method:{exchange.path.rpartition('/')[2]}"
    properties = schema()["$defs"][name]["properties"]
    args = {key: _typed(value, properties.get(key)) for key, value in arguments(exchange).items()}
    return faults_of(name, args)


def _typed(value: Any, rule: JsonDict | None) -> Any:
    """Read a text of a form as its parameter's type: what is no text is written as JSON."""
    if not isinstance(value, str) or rule is None or "string" in json.dumps(_types(rule)):
        return value
    return json.loads(value)


def _types(rule: JsonDict) -> list[Any]:
    return [rule.get("type"), *(each.get("type") for each in rule.get("anyOf", ()))]
