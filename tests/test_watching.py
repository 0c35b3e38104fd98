"""The dashboard and the alert rules: each expression parses and asks for what there is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from scraped import TARGET, known

from bot import metrics
from bot.config import ROOT
from bot.store import figures

DEPLOY = ROOT / "deploy"
OPERATIONS = ROOT / "docs" / "operations.md"
SEVERITIES = {"critical", "warning", "info"}
# What comes after a metric, and the words of PromQL that are none.
_SELECTOR = re.compile(r"\b((?:docent|process)_\w+|up)\b(?:\{([^}]*)\})?")
_LABEL = re.compile(r'(\w+)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"')
_GROUPING = re.compile(r"\b(?:by|without|on|ignoring)\s*\(([^)]*)\)")


def dashboard() -> Any:
    return json.loads((DEPLOY / "grafana" / "docent.json").read_text())


def panels() -> list[Any]:
    return [panel for panel in dashboard()["panels"] if panel["type"] != "row"]


def rules() -> list[Any]:
    read = YAML(typ="safe").load(DEPLOY / "prometheus" / "alerts.yml")
    return [rule for group in read["groups"] for rule in group["rules"]]


def expressions() -> Iterator[Any]:
    for panel in panels():
        for target in panel["targets"]:
            yield pytest.param(target["expr"], id=f"{panel['title']} {target['refId']}")
    for rule in rules():
        yield pytest.param(rule["expr"], id=rule["alert"])


each_expression = pytest.mark.parametrize("expression", list(expressions()))


def plain(expression: str) -> str:
    """Returns an expression as Prometheus gets it from Grafana."""
    filled = expression.replace("$__rate_interval", "5m")
    return filled.replace("$job", ".*").replace("$channel", "web|messenger")


@each_expression
def test_each_metric_and_label_is_one_of_ours(expression: str) -> None:
    selectors = _SELECTOR.findall(expression)
    assert selectors
    together: set[str] = set()
    for name, within in selectors:
        assert name in known(), name
        labels = [label for label, _, _ in _LABEL.findall(within)]
        assert _LABEL.sub("", within).strip(" ,") == ""
        assert set(labels) <= known()[name], (name, labels)
        together |= known()[name]
    for grouping in _GROUPING.findall(expression):
        assert {label.strip() for label in grouping.split(",")} <= together, grouping


@each_expression
def test_each_counter_is_read_as_a_rate_and_each_gauge_as_it_is(expression: str) -> None:
    for match in _SELECTOR.finditer(expression):
        counts = match[1].endswith(("_total", "_bucket", "_sum", "_count"))
        before, after = expression[: match.start()], expression[match.end() :]
        assert counts == before.endswith(("rate(", "increase(")), match[0]
        assert counts == after.startswith("["), match[0]


@each_expression
def test_each_expression_is_promql(expression: str) -> None:
    assert _is_balanced(plain(expression))
    promql = pytest.importorskip("promql_parser", reason="no promql-parser here")
    promql.parse(plain(expression))


def _is_balanced(expression: str) -> bool:
    opened = []
    for sign in re.sub(r'"(?:[^"\\]|\\.)*"', "", expression):
        if sign in "([{":
            opened.append(sign)
        elif sign in ")]}" and (not opened or opened.pop() + sign not in ("()", "[]", "{}")):
            return False
    return not opened


@each_expression
def test_a_value_that_is_asked_for_is_one_that_we_count(expression: str) -> None:
    given = {
        "result": {"sent", "passive", "retry", "dead", "window", "ok", "gave_up"},
        "queue": set(figures.QUEUES),
        "standing": {"kept", "near", "past"},
        "final": {"true", "false"},
        "level": {"info", "warning", "error", "critical"},
    }
    for _, within in _SELECTOR.findall(expression):
        for label, _, value in _LABEL.findall(within):
            if label in given:
                assert set(value.split("|")) <= given[label], (label, value)


# -- the dashboard ----------------------------------------------------------------------------


def test_grafana_finds_what_it_needs() -> None:
    board = dashboard()
    assert board["schemaVersion"] >= 38
    variables = {each["name"]: each["type"] for each in board["templating"]["list"]}
    assert variables["datasource"] == "datasource"
    used = set(re.findall(r"\$\{?(\w+)", json.dumps(board))) - {"__all", "__rate_interval"}
    assert used == set(variables)
    ids = [panel["id"] for panel in board["panels"]]
    assert len(set(ids)) == len(ids)
    rows = [panel["title"] for panel in board["panels"] if panel["type"] == "row"]
    assert rows == ["Visitors", "Queues", "Sending", "Staff promises", "Health"]


def test_no_panel_lies_on_another() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in dashboard()["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert all(x < 24 for x, _ in cells)
        taken |= cells


@pytest.mark.parametrize("panel", panels(), ids=lambda panel: str(panel["title"]))
def test_each_legend_names_a_label_that_is_left(panel: Any) -> None:
    for target in panel["targets"]:
        wanted = set(re.findall(r"{{(\w+)}}", target["legendFormat"]))
        kept = re.findall(r"\bby \(([^)]*)\)", target["expr"])
        if kept:
            assert wanted <= {label.strip() for label in kept[0].split(",")} - {"le"}
        assert target["datasource"]["uid"] == "${datasource}"


# -- the alerts -------------------------------------------------------------------------------


def anchors() -> set[str]:
    headings = re.findall(r"^#+ (.+)$", OPERATIONS.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: str(rule["alert"]))
def test_each_alert_says_what_is_wrong_and_where_to_read_on(rule: Any) -> None:
    said = rule["annotations"]
    assert rule["labels"]["severity"] in SEVERITIES
    assert said["summary"]
    assert said["description"].endswith((".", "}}"))
    page, _, anchor = said["runbook_url"].partition("#")
    assert (ROOT / page) == OPERATIONS
    assert anchor in anchors()
    # A label that the expression does not keep would read "in  the oldest".
    kept = set(re.findall(r"\$labels\.(\w+)", said["description"]))
    groupings = re.findall(r"\bby \(([^)]*)\)", rule["expr"])
    if groupings:
        assert kept <= {label.strip() for label in groupings[0].split(",")} | TARGET
    assert re.fullmatch(r"\d+[sm]", rule["for"])


def test_what_must_be_watched_is() -> None:
    watched = " ".join(rule["expr"] for rule in rules())
    for name in (
        "up",
        "docent_database_up",
        "docent_queue_oldest_age_seconds",
        "docent_dead_letters",
        "docent_channel_up",
        "docent_case_clocks",
        "docent_webhooks_total",
        "docent_disk_free_bytes",
        "docent_translator_calls_total",
        "docent_process_starts_total",
        "docent_messages_answered_total",
    ):
        assert name in watched


def test_an_alarm_is_later_than_what_mends_itself() -> None:
    """A turn that is tried again, a lease that ends and a restart wake nobody."""
    from bot.answering import TURN_RETRIES
    from bot.store.queue import LEASE

    [old] = [rule for rule in rules() if rule["alert"] == "DocentQueueOld"]
    seconds = float(old["expr"].rpartition(">")[2])
    assert seconds >= LEASE.total_seconds() + sum(TURN_RETRIES)
    [slow] = [rule for rule in rules() if rule["alert"] == "DocentAnswersSlow"]
    # A histogram tells nothing beyond its buckets: the threshold is one of them.
    assert float(slow["expr"].rpartition(">")[2]) in metrics._ANSWERED
    assert timedelta(minutes=2) <= LEASE * 2


def test_the_example_scrapes_what_docent_serves() -> None:
    read = YAML(typ="safe").load(DEPLOY / "prometheus" / "prometheus.yml")
    [job] = read["scrape_configs"]
    assert job["job_name"] == "docent"
    assert job["static_configs"][0]["targets"] == ["127.0.0.1:5005"]
    assert all((DEPLOY / "prometheus" / Path(name)).exists() for name in read["rule_files"])
