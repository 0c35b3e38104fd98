"""What a report of pip-audit means for us; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from audit.allowed import Allowed


@dataclass(frozen=True)
class Known:
    """One advisory of one of our packages; `why` is None where nothing explains it."""

    package: str
    version: str
    name: str
    fixed: str
    why: str | None


def judge(report: Mapping[str, Any], allowed: Sequence[Allowed], today: date) -> list[Known]:
    """Returns every advisory in a report; an explanation whose day is over explains nothing.

    Args:
        report: pip-audit's JSON: {"dependencies": [{"name", "version", "vulns": [...]}]}.
        allowed: The list.
        today: The day.
    """
    valid = [entry for entry in allowed if entry.until >= today]
    return [
        _known(each, found, valid)
        for each in report["dependencies"]
        for found in each.get("vulns", ())
    ]


def unheard(report: Mapping[str, Any], allowed: Sequence[Allowed]) -> list[str]:
    """Returns what the list explains and the service no longer tells of."""
    told = {
        (_name(each), name)
        for each in report["dependencies"]
        for found in each.get("vulns", ())
        for name in _ids(found)
    }
    listed = ((entry.package, name) for entry in allowed for name in sorted(entry.advisories))
    return [f"{package} {name}" for package, name in listed if (package, name) not in told]


def _known(each: Mapping[str, Any], found: Mapping[str, Any], allowed: list[Allowed]) -> Known:
    package, ids = _name(each), _ids(found)
    why = next((entry.why for entry in allowed if entry.covers(package, ids)), None)
    fixed = ", ".join(found.get("fix_versions") or ()) or "nowhere yet"
    return Known(package, str(each.get("version")), sorted(ids)[0], fixed, why)


def _name(each: Mapping[str, Any]) -> str:
    return str(each["name"]).lower().replace("_", "-")


def _ids(found: Mapping[str, Any]) -> frozenset[str]:
    return frozenset({found["id"], *(found.get("aliases") or ())})
