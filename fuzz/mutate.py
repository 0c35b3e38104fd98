"""Breaks JSON: at every path of a good body another type, then anything anywhere; pure."""

from __future__ import annotations

import copy
import gzip
import json
from collections.abc import Iterator
from random import Random
from typing import Any

from fuzz.values import any_value, wrong_types

Path = tuple[str | int, ...]
# Names whose values make two deliveries one: each body gets its own, or most would be repeats.
_NUMBERED = {"mid", "update_id", "event_id", "trigger_id", "client_msg_id", "MsgId", "hash"}
_TIMES = {"ts", "event_ts", "action_ts"}


def paths(value: Any, before: Path = ()) -> Iterator[Path]:
    """Yields where everything in a body lies, the body itself not among it."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in pairs:
        yield (*before, key)
        if isinstance(inner, (dict, list)):
            yield from paths(inner, (*before, key))


def every_type(body: Any) -> Iterator[Any]:
    """Yields the body with each type at each path, and without each path."""
    for path in paths(body):
        for value in wrong_types():
            yield put(body, path, value)
        yield without(body, path)


def broken(body: Any, random: Random) -> Any:
    """Returns the body with one to five things wrong."""
    for _ in range(random.choice((1, 1, 2, 3, 5))):
        known = list(paths(body)) if isinstance(body, (dict, list)) else []
        if not known:
            return any_value(random)
        body = _one(body, random.choice(known), random)
    return body


def _one(body: Any, path: Path, random: Random) -> Any:
    way = random.randrange(8)
    if way == 0:
        return without(body, path)
    if way == 1:
        return put(body, path, [get(body, path)] * random.choice((1, 2, 30)))
    if way == 2:
        return put(body, path, {str(path[-1]): get(body, path)})
    if way == 3:
        others = list(paths(body))
        return put(body, path, copy.deepcopy(get(body, random.choice(others))))
    if way == 4 and isinstance(found := get(body, path), list) and found:
        return put(body, path, found * random.choice((3, 100)))
    if way == 5 and isinstance(path[-1], str):
        renamed = without(body, path)
        return put(renamed, (*path[:-1], str(any_value(random))[:300]), get(body, path))
    if way == 6 and isinstance(found := get(body, path), str):
        cut = random.randint(0, len(found))
        return put(body, path, f"{found[:cut]}{any_value(random)}{found[cut:]}")
    return put(body, path, any_value(random))


def get(body: Any, path: Path) -> Any:
    """Returns what lies at a path."""
    for key in path:
        body = body[key]
    return body


def put(body: Any, path: Path, value: Any) -> Any:
    """Returns the body with another value at a path."""
    if not path:
        return value
    key, rest = path[0], path[1:]
    changed: Any = dict(body) if isinstance(body, dict) else list(body)
    changed[key] = put(body[key] if rest else None, rest, value)
    return changed


def without(body: Any, path: Path) -> Any:
    """Returns the body without what lies at a path."""
    around = get(body, path[:-1])
    changed: Any = dict(around) if isinstance(around, dict) else list(around)
    del changed[path[-1]]
    return put(body, path[:-1], changed)


def fresh(body: Any, number: int) -> Any:
    """Returns the body as another delivery: with ids and times of its own."""
    if isinstance(body, list):
        return [fresh(each, number) for each in body]
    if not isinstance(body, dict):
        return body
    return {key: _own(key, value, number) for key, value in body.items()}


def _own(key: str, value: Any, number: int) -> Any:
    if isinstance(value, str) and (key in _NUMBERED or value.startswith("wamid.")):
        return f"{value}.{number}"
    if key in _TIMES and isinstance(value, str):
        return f"{1_767_000_000 + number}.000100"
    if key in _NUMBERED and isinstance(value, int) and not isinstance(value, bool):
        return value + number
    return fresh(value, number)


def written(body: Any, random: Random) -> bytes:
    """Returns the JSON of a body, now and then as no writer of JSON would have it."""
    text = json.dumps(body, ensure_ascii=random.random() < 0.5)[:LARGEST]
    way = random.randrange(30)
    if way == 0:
        return torn(text.encode("utf-8", "surrogatepass"), random)
    if way == 1:
        # One key twice; the last counts for Python, the first for others.
        names = [at for at in range(len(text)) if text.startswith('{"', at)]
        at = random.choice(names or [0]) + 1
        return f'{text[:at]}"id": [], "text": {{}}, "id": 7, {text[at:]}'.encode(errors="replace")
    if way == 2:
        return text.encode(random.choice(("utf-16", "utf-32", "utf-8-sig")), "surrogatepass")
    return text.encode("utf-8", "surrogatepass" if random.random() < 0.5 else "replace")


def torn(data: bytes, random: Random) -> bytes:
    """Returns bytes that were cut, flipped, packed or added to on their way."""
    at = random.randrange(len(data) + 1)
    ways = (
        data[:at],
        data[:at] + bytes([random.randrange(256)]) + data[at + 1 :],
        data[:at] + b"\xff\xfe\x00" + data[at:],
        data + b"\x00" * random.choice((1, 1000)),
        gzip.compress(data, 1, mtime=0),
        b"",
        b'{"a":' * random.choice((900, 100_000)) + data,
        b"[" * 100_000,
        b'{"id": ' + b"9" * random.choice((4000, MANY_DIGITS)) + b"}",
        data.decode("latin-1").encode("utf-7", "replace"),
    )
    return random.choice(ways)


MANY_DIGITS = 1_000_000
# Beyond what a server takes at all: more of it would only measure the line.
LARGEST = 8_000_000
