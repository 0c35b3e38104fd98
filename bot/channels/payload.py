"""Reads what a platform sends: requests without the web server, and payloads not to be trusted."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from sanic.request import Request

from bot.errors import BadRequest

# Meta's largest webhook has 3 MB; anything longer is not from a platform.
LARGEST_BODY = 3_145_728


@dataclass(frozen=True)
class Delivery:
    """One request of a platform, without the web server: what `verify` and `parse` work on."""

    body: bytes
    headers: Mapping[str, str]
    query: Mapping[str, str]


def delivery_of(request: Request) -> Delivery:
    """Returns what a web request carries."""
    query = {key: values[0] for key, values in request.args.items() if values}
    return Delivery(request.body, request.headers, query)


def read_json(body: bytes) -> dict[str, Any]:
    """Returns the JSON object in a body; raises BadRequest for anything else."""
    if len(body) > LARGEST_BODY:
        raise BadRequest("the body is larger than 3 MB", status=413)
    try:
        found = json.loads(body)
    except RecursionError:
        raise BadRequest("the body is nested too deeply") from None
    except ValueError:
        raise BadRequest("the body is not JSON") from None
    if not isinstance(found, dict):
        raise BadRequest("the body is not a JSON object")
    return found


def clean(text: object) -> str:
    """Returns a text that every database can hold: no NUL, no half of a surrogate pair."""
    if not isinstance(text, str):
        return ""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def dicts(value: object) -> list[dict[str, Any]]:
    """Returns the objects in what should be a list of objects; payloads are not to be trusted."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def part(value: object, key: str) -> dict[str, Any]:
    """Returns an object inside an object, or an empty one."""
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def text_of(value: object) -> str:
    """Returns an id that platforms write as a number or as a text, as a text."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return ""
    return clean(str(value)) if not isinstance(value, int) or abs(value) < 1 << 63 else ""


def number(value: object) -> float | None:
    """Returns a number that is one, or None; platforms write some numbers as texts."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def moment(seconds: object) -> datetime | None:
    """Returns the time of so many seconds since 1970, or None where that is none."""
    found = number(seconds)
    try:
        return None if found is None else datetime.fromtimestamp(found, timezone.utc)
    except (ValueError, OverflowError, OSError):
        return None
