"""The list of advisories that do not touch us, and what a report comes to."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from audit.allowed import Allowed, load, pinned
from audit.judging import judge, unheard
from bot.config import ROOT
from bot.errors import ContentError

TODAY = date(2026, 11, 23)
ENTRY = Allowed("aiohttp", frozenset({"CVE-2024-52304"}), "nobody serves with it", TODAY)
LOCK = pinned((ROOT / "requirements.lock").read_text("utf-8"))


def report(*ids: str, name: str = "aiohttp") -> dict[str, Any]:
    vuln = {"id": ids[0], "aliases": list(ids[1:]), "fix_versions": ["3.10.11"]}
    return {"dependencies": [{"name": name, "version": "3.9.5", "vulns": [vuln]}]}


def test_the_list_is_of_packages_in_the_lock() -> None:
    assert [entry.package for entry in load() if entry.package not in LOCK] == []


def test_no_advisory_is_explained_twice() -> None:
    listed = [(entry.package, name) for entry in load() for name in entry.advisories]
    assert len(listed) == len(set(listed))


def test_no_entry_is_overdue_and_none_is_for_ever() -> None:
    today = datetime.now(timezone.utc).date()
    assert [entry.package for entry in load() if entry.until < today] == []
    assert [e.package for e in load() if e.until > today + timedelta(days=370)] == []


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (report("CVE-2024-52304"), "nobody serves with it"),
        (report("GHSA-8495-4g3g-x7pr", "CVE-2024-52304"), "nobody serves with it"),
        (report("CVE-2024-52304", name="AioHTTP"), "nobody serves with it"),
        (report("CVE-2099-11111"), None),
        (report("CVE-2024-52304", name="sanic"), None),
    ],
)
def test_an_advisory_is_explained_by_any_of_its_names(told: Any, why: str | None) -> None:
    [known] = judge(told, [ENTRY], TODAY)
    assert (known.why, known.version, known.fixed) == (why, "3.9.5", "3.10.11")


def test_an_explanation_ends_with_its_day() -> None:
    [known] = judge(report("CVE-2024-52304"), [ENTRY], TODAY + timedelta(days=1))
    assert known.why is None


def test_what_is_no_longer_told_of_is_named() -> None:
    assert unheard({"dependencies": []}, [ENTRY]) == ["aiohttp CVE-2024-52304"]
    assert unheard(report("CVE-2024-52304"), [ENTRY]) == []


GOOD = (
    "- {package: x, advisories: [CVE-2026-12345], "
    "why: one two three four five six, until: 2027-01-01}"
)


@pytest.mark.parametrize(
    "text",
    [
        GOOD.replace("CVE-2026-12345", "a bug"),
        GOOD.replace("[CVE-2026-12345]", "[]"),
        GOOD.replace("one two three four five six", "no"),
        GOOD.replace("2027-01-01", "soon"),
        GOOD.replace(", until: 2027-01-01", ""),
    ],
)
def test_an_entry_that_explains_nothing_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "allowed.yml"
    file.write_text(GOOD)
    assert len(load(file)) == 1
    file.write_text(text)
    with pytest.raises(ContentError, match="entry 1"):
        load(file)
