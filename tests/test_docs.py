"""The pages say what is there: commands, channels, metrics, states, log lines, links."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import typer
from scraped import names

from bot.__main__ import app
from bot.config import ROOT
from bot.limits import characters, utf8_bytes, utf16_units
from bot.variables import CHANNEL_SETTINGS, SETTINGS
from bot.windows import CLICK, MESSAGE, Allowance, Window


def commands_of(group: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    """Returns the commands of a group and of the groups in it, "channels check" for the latter."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands_of(command, f"{before}{name} ")
        else:
            yield f"{before}{name}", command


PAGES = [
    *(ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
COMMANDS = dict(commands_of(typer.main.get_command(app)))
VISIBLE = sorted(name for name, command in COMMANDS.items() if not command.hidden)
UNITS = {"characters": characters, "UTF-16 units": utf16_units, "UTF-8 bytes": utf8_bytes}

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def section(page: str, heading: str) -> str:
    """Returns what stands below a heading, down to the next one of its level."""
    level = heading.partition(" ")[0]
    found = re.search(rf"^{re.escape(heading)}\n(.*?)(?=^{level} |\Z)", page, re.M | re.S)
    assert found, f"there is no heading {heading!r}"
    return found[1]


def table(text: str) -> list[list[str]]:
    """Returns the rows of the first table of a text, the heading first."""
    found = re.search(r"^\|.*\n\|[-| ]+\n(?:\|.*\n?)*", text, re.M)
    assert found, "there is no table"
    rows = [line.strip().strip("|").split("|") for line in found[0].splitlines()]
    return [[cell.strip() for cell in row] for row in [rows[0], *rows[2:]]]


def code_in(text: str) -> str:
    """Returns only what is written as code, a line for each piece."""
    fences = re.findall(r"^```[^\n]*\n(.*?)^```", text, re.M | re.S)
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S))
    return "\n".join([*fences, *spans])


@lru_cache(maxsize=1)
def sources() -> tuple[ast.AST, ...]:
    files = [path for room in ("bot", "actions") for path in sorted((ROOT / room).rglob("*.py"))]
    return tuple(ast.parse(path.read_text(encoding="utf-8")) for path in files)


def nodes() -> Iterator[ast.AST]:
    return (node for tree in sources() for node in ast.walk(tree))


def texts(values: list[ast.expr]) -> set[str]:
    return {v.value for v in values if isinstance(v, ast.Constant) and isinstance(v.value, str)}


# -- commands -----------------------------------------------------------------------------------


def test_every_command_has_its_chapter_and_every_chapter_its_command() -> None:
    headed = re.findall(r"^## docent (.+)$", read("docs/commands.md"), re.M)
    assert sorted(headed) == VISIBLE


@pytest.mark.parametrize("name", VISIBLE)
def test_a_chapter_names_every_option_and_argument(name: str) -> None:
    chapter = section(read("docs/commands.md"), f"## docent {name}")
    parameters = COMMANDS[name].params
    options = {o for p in parameters for o in p.opts if o.startswith("--")}
    arguments = {o.upper() for p in parameters for o in p.opts if not o.startswith("--")}
    assert {word for word in options | arguments if word not in chapter} == set()
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", chapter)) <= options


@each_page
def test_a_command_that_a_page_names_exists(page: Path) -> None:
    text = code_in(page.read_text(encoding="utf-8"))
    named = re.findall(r"(?:^|[ ;|]|bin/)docent ([a-z_]+)\b(?!:)(?: ([a-z_]+)\b)?", text, re.M)
    groups = {name.partition(" ")[0] for name in COMMANDS if " " in name}
    said = {f"{name} {sub}" if name in groups else name for name, sub in named}
    assert said <= set(COMMANDS)


def targets() -> set[str]:
    found = re.search(r"^\.PHONY: (.+)$", read("Makefile"), re.M)
    assert found
    return set(found[1].split())


def test_every_make_target_is_listed_and_every_listed_one_exists() -> None:
    rows = table(section(read("docs/commands.md"), "## Make targets"))
    assert {row[0].removeprefix("`make ").rstrip("`") for row in rows[1:]} == targets()
    made = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.M))
    assert made == targets()


@each_page
def test_a_make_target_that_a_page_names_exists(page: Path) -> None:
    text = code_in(page.read_text(encoding="utf-8"))
    assert set(re.findall(r"(?:^|[ ;])make ([a-z-]+)\b", text, re.M)) <= targets()


# -- channels -----------------------------------------------------------------------------------


def matrix() -> dict[str, dict[str, str]]:
    """Returns the matrix: for each channel, what it says of each feature."""
    head, *rows = table(section(read("docs/channels.md"), "## What each can do"))
    assert all(len(row) == len(head) for row in rows)
    return {name: {row[0]: row[i + 1] for row in rows} for i, name in enumerate(head[1:])}


@lru_cache(maxsize=1)
def channels() -> dict[str, Any]:
    """Returns the channels' classes by name."""
    from bot.server import CHANNELS

    return {channel.channel: channel for channel in CHANNELS}


def test_the_matrix_has_a_column_for_each_channel_and_one_for_the_desk() -> None:
    assert list(matrix()) == [*channels(), "slack desk"]


def test_the_matrix_has_the_limits_of_the_code() -> None:
    shown = matrix()
    for name, channel in channels().items():
        limits, column = channel.limits, shown[name]
        with_choices = limits.length if limits.with_choices is None else limits.with_choices
        assert int(column["Longest text"]) == limits.length, name
        assert int(column["Longest text with buttons"]) == with_choices, name
        assert UNITS[column["Unit of length"]] is limits.measure, name
        assert int(column["Most buttons"]) == limits.choices, name
        assert int(column["Longest label"]) == limits.label, name


def in_words(allowance: Allowance | None) -> str:
    """Returns an allowance as the matrix says it: "48 hours, 5 messages"."""
    if allowance is None:
        return "none"
    for unit, seconds in (("day", 86400), ("hour", 3600), ("minute", 60)):
        count, rest = divmod(allowance.seconds, seconds)
        if not rest and count and (unit != "day" or count > 2):
            break
    time = f"{count:g} {unit}{'s' if count > 1 else ''}"
    return time if allowance.messages is None else f"{time}, {allowance.messages} messages"


def test_the_matrix_has_the_windows_of_the_code() -> None:
    shown = matrix()
    for name, channel in channels().items():
        window, column = channel.window or Window("none", {}), shown[name]
        assert column["Window after a message"] == in_words(window.after.get(MESSAGE)), name
        assert column["Window after a touch"] == in_words(window.after.get(CLICK)), name
        staff = column["Window for words of staff"]
        assert staff == in_words(window.by_person.get(MESSAGE)), name


def test_the_matrix_tells_what_of_a_sent_message_can_be_changed() -> None:
    shown = matrix()
    for name, channel in channels().items():
        assert shown[name]["Staff's edits"].startswith("Yes") == channel.limits.edits, name
        assert shown[name]["Staff's deletions"].startswith("Yes") == channel.limits.deletes, name


def test_the_matrix_tells_how_often_a_message_is_tried() -> None:
    from bot.outbox import BACKOFF

    hours = sum(BACKOFF) / 3600
    assert 3.7 < hours < 4
    for name in set(channels()) - {"web"}:
        assert matrix()[name]["Tries before a message is dead"].startswith(f"{len(BACKOFF) + 1},")


def test_every_channel_has_a_page_that_says_how_to_connect_it() -> None:
    linked = re.findall(r"\]\(channels/(\w+)\.md\)", read("docs/channels.md"))
    assert sorted(linked) == sorted(set(channels()) - {"web"})
    assert {path.stem for path in (ROOT / "docs" / "channels").glob("*.md")} == set(linked)


@pytest.mark.parametrize("path", sorted((ROOT / "docs" / "channels").glob("*.md")), ids=str)
def test_a_channels_page_says_what_to_set_how_to_test_and_what_to_mend(path: Path) -> None:
    page = path.read_text(encoding="utf-8")
    wanted = {name for choice in CHANNEL_SETTINGS[path.stem] for name in choice.split("|")}
    assert {name for name in wanted if name not in page} == set()
    assert f"/webhooks/{path.stem}/webhook" in page
    assert "| You see | Do |" in page
    assert "Not supported" in page


def test_the_matrix_leaves_no_cell_empty() -> None:
    assert [c for column in matrix().values() for c in column.values() if not c] == []


# -- metrics, log lines, states -----------------------------------------------------------------


def test_every_metric_is_explained_and_every_explained_one_exists() -> None:
    chapter = section(read("docs/operations.md"), "## Watch")
    rows = [line for line in chapter.splitlines() if line.startswith("| `docent_")]
    assert {name for row in rows for name in re.findall(r"`(docent_\w+)`", row)} == names()


@each_page
def test_a_metric_that_a_page_names_exists(page: Path) -> None:
    named = re.findall(r"`(docent_[a-z_]+)[`{]", page.read_text(encoding="utf-8"))
    assert set(named) - {"docent_session", "docent_desk"} <= names()


def log_events() -> dict[str, str]:
    """Returns the level of each event that is logged."""
    levels = ("info", "warning", "error", "exception", "critical")
    found = {}
    for node in nodes():
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if node.func.attr in levels and ast.unparse(node.func.value) == "logger":
            for event in texts(node.args[:1]):
                found[event] = node.func.attr.replace("exception", "error")
    return found


def test_every_log_line_is_explained_at_its_level() -> None:
    explained = {}
    for level, events, _ in table(section(read("docs/operations.md"), "## Logs"))[1:]:
        explained.update({event: level for event in re.findall(r"`([^`]+)`", events)})
    logged = log_events()
    assert {event: logged.get(event) for event in explained} == explained
    words = ("embeddings", "encoded", "examples are kept", "signs of emergencies are kept")
    while_training = {event for event in logged if any(word in event for word in words)}
    assert set(logged) - set(explained) == while_training


def states_of_messages() -> set[str]:
    """Returns every state that the code gives to a row of `messages`, or asks for."""
    found: set[str] = set()
    for node in nodes():
        parts = node.args if isinstance(node, ast.Call) else getattr(node, "elts", [])
        if any(isinstance(part, ast.Name) and part.id == "messages" for part in parts):
            found |= texts(parts)
            found |= {s for p in parts if isinstance(p, ast.Dict) for s in _state_of(p)}
        if isinstance(node, ast.Call):
            writer = ast.unparse(node.func)
            if writer.endswith("add_message") or "update(messages)" in writer:
                found |= texts([k.value for k in node.keywords if k.arg == "state"])
    return found


def _state_of(row: ast.Dict) -> set[str]:
    pairs = zip(row.keys, row.values, strict=True)
    return texts([v for k, v in pairs if isinstance(k, ast.Constant) and k.value == "state"])


def test_the_states_of_a_message_are_those_of_the_code() -> None:
    chapter = section(read("docs/architecture.md"), "## The states of a message")
    assert {row[0].strip("`") for row in table(chapter)[1:]} == states_of_messages()


def test_who_speaks_is_as_in_the_code() -> None:
    from bot.store import log

    rows = table(section(read("docs/architecture.md"), "## Who speaks"))
    assert [row[0].strip("`") for row in rows[1:]] == [log.BOT, log.QUEUED, log.HUMAN, log.CLOSED]


# -- settings, layers, figures ------------------------------------------------------------------


@each_page
def test_a_setting_that_a_page_names_exists(page: Path) -> None:
    prefixes = "MESSENGER|SLACK|DESK|TRANSLATOR|DATABASE|PUBLIC|WHATSAPP|TELEGRAM|WECHAT"
    named = re.findall(rf"\b(?:{prefixes})_[A-Z_]*[A-Z]\b", page.read_text(encoding="utf-8"))
    assert set(named) <= {setting.name for setting in SETTINGS}


def test_the_layers_are_those_of_the_import_contract() -> None:
    contract = re.search(r"^layers = \[\n(.*?)^\]", read("pyproject.toml"), re.M | re.S)
    assert contract
    held = [set(re.findall(r"\w+", line)) for line in contract[1].splitlines()]
    head, *rows = table(section(read("docs/architecture.md"), "## The rooms"))
    assert head == ["Layer", "Rooms"]
    told = [set(re.findall(r"`bot/(\w+)", row[1])) for row in rows]
    assert told == [rooms - {"insights"} for rooms in held]


def test_the_table_of_figures_has_the_rows_of_the_bench() -> None:
    figures = section(read("README.md"), "## Figures")
    assert "<!-- bench -->" in figures
    measured = re.findall(r'^ +\("([^"]+)", "\w+", "\{', read("bench/__main__.py"), re.M)
    assert [row[0] for row in table(figures)[1:]] == measured


# -- links --------------------------------------------------------------------------------------


def anchors(page: Path) -> set[str]:
    """Returns the anchors of a page's headings, as the usual renderers make them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.M)
    plain = (re.sub(r"[^\w\s-]", "", heading.lower()) for heading in headings)
    return {re.sub(r"\s", "-", heading.strip()) for heading in plain}


@each_page
def test_every_link_and_picture_of_a_page_is_there(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in target or target.startswith("mailto:"):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            broken.append(target)
    assert broken == []


def test_the_readme_shows_both_pages_and_says_what_is_seen() -> None:
    pictures = dict(re.findall(r"!\[([^\]]+)\]\(([^)]+)\)", read("README.md")))
    assert sorted(pictures.values()) == ["docs/img/chat-phone.png", "docs/img/desk.png"]
    assert all(len(words) > 20 for words in pictures)


def test_every_page_is_reached_from_the_readme() -> None:
    linked = set(re.findall(r"\]\((docs/[^)#]+)", read("README.md")))
    pages = {str(p.relative_to(ROOT)) for p in (ROOT / "docs").glob("*.md")}
    assert pages <= linked


@each_page
def test_a_page_holds_no_place_of_somebodys_machine(page: Path) -> None:
    found = re.search(r"/(?:work|root|home|Users|tmp)/\w+", page.read_text(encoding="utf-8"))
    assert found is None, found


# -- decisions ----------------------------------------------------------------------------------


def test_every_decision_is_linked_from_the_list() -> None:
    listed = re.findall(r"\[(\d{4})\]\(([^)]+)\)", read("docs/decisions/README.md"))
    assert [name for _, name in listed] == [path.name for path in DECISIONS]
    assert all(name.startswith(number) for number, name in listed)


@pytest.mark.parametrize("path", DECISIONS, ids=lambda p: p.stem)
def test_a_decision_says_context_decision_and_consequences(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith(f"# {path.name[:4]}: ")
    assert re.findall(r"^## (.+)$", text, re.M) == ["Context", "Decision", "Consequences"]


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = [int(path.name[:4]) for path in DECISIONS]
    assert numbers == list(range(1, len(numbers) + 1))
