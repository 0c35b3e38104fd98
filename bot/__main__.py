"""The `docent` command."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from bot import logs, starting
from bot.config import ROOT, Settings, load_settings
from bot.errors import DocentError
from bot.supervisor import ENVIRONMENT, Supervisor
from bot.variables import CHANNEL_SETTINGS

app = typer.Typer(
    help="Docent answers museum visitors and brings in staff.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

channels_app = typer.Typer(help="Look after the channels.", no_args_is_help=True)
app.add_typer(channels_app, name="channels")

USAGE_ERROR = 2


@app.command()
def up(
    port: Annotated[int | None, typer.Option(help="Port to listen on.", min=0, max=65535)] = None,
) -> None:
    """Run everything in the foreground; ends cleanly on SIGTERM or Ctrl-C, and on SIGHUP starts
    its servers anew, one after the other, without refusing anybody."""
    from bot.content import publish

    with _clear_errors():
        settings = load_settings()
        with starting.door(settings["HOST"], settings.port if port is None else port) as door:
            since = starting.prepared(settings)
            starting.say_addresses(settings, door.getsockname()[1])
            several = not settings.database_url.startswith("sqlite")
            supervisor = Supervisor(
                door, publish.current_model, since, settings.workers, overlaps=several
            )
            starting.listen(door)
            supervisor.run()
        if supervisor.failed:
            raise DocentError("A part of Docent keeps dying; its own messages are above.")


@app.command()
def train() -> None:
    """Build a model from the content and publish it."""
    from bot.content import publish

    with _clear_errors():
        model = publish.train()
        print(model, flush=True)
        starting.announce(model)


@app.command()
def parse(
    model: Annotated[Path | None, typer.Option(help="Model to use.")] = None,
) -> None:
    """Read one text a line, write what Docent makes of it, one JSON object a line."""
    with _clear_errors():
        chosen = model or starting.model()
        if not chosen.exists():
            raise DocentError(f"There is no model {chosen}. Make one with `docent train`.")
        from bot.parse import lines_of, parse_lines

        for understood in parse_lines(chosen, lines_of(sys.stdin.buffer)):
            _write(understood)


@app.command()
def log(conversation_id: str) -> None:
    """Write a conversation as JSON lines, oldest first."""
    from bot.store import log as conversation_log

    with _clear_errors(), _database() as database:
        if database.now(conversation_log.conversation, conversation_id) is None:
            raise DocentError(
                f"There is no conversation {conversation_id!r}. Its form is <channel>:<person>; "
                "`docent cases` shows those with a case."
            )
        for row in database.now(conversation_log.history, conversation_id):
            _write(_logged(row))


@app.command()
def cases(
    state: Annotated[
        str | None,
        typer.Option(help="queued, claimed, waiting, reopened, resolved or returned."),
    ] = None,
) -> None:
    """Write the cases as JSON lines, oldest first."""
    from bot.store import cases as case_store

    with _clear_errors(), _database() as database:
        states = (*case_store.OPEN_STATES, *case_store.CLOSED_STATES)
        if state is not None and state not in states:
            raise DocentError(f"There is no state {state!r}. Choose one of {', '.join(states)}.")
        for row in database.now(case_store.list_cases, [state] if state else None):
            _write(case_store.described(row))


@app.command()
def lint() -> None:
    """Check the content files; names file and line of each problem."""
    from bot.content.lint import lint as lint_content
    from bot.content.museum import load_museum

    with _clear_errors():
        found = lint_content(ROOT / "data", load_museum(ROOT / "data" / "museum.yml"))
        for problem in found.problems:
            print(problem, file=sys.stderr)
        if found.problems:
            raise DocentError(f"{len(found.problems)} problem(s) in the content.")
        read = f"{found.topics} topics, {found.examples} examples"
        alike = f"{found.alike} of them nearly as another of their topic"
        shared = f"{found.shared} held-out questions too"
        print(f"The content is in order: {read}, {alike}, {shared}.", file=sys.stderr)


@app.command()
def migrate() -> None:
    """Bring the database to the newest schema; `docent up` does it too."""
    with _clear_errors(), _database():
        print("The schema is current.", file=sys.stderr)


@app.command()
def password() -> None:
    """Make a hash for DESK_PASSWORD: asks for the password, writes the line for .env."""
    from bot import passwords

    with _clear_errors():
        typed = typer.prompt("Password of the desk", hide_input=True, err=True)
        if not passwords.SHORTEST <= len(typed) <= passwords.LONGEST:
            raise DocentError(f"Choose a password of at least {passwords.SHORTEST} characters.")
        # In single quotes, or Compose would read $argon2id as a variable.
        print(f"DESK_PASSWORD='{passwords.hashed(typed)}'", flush=True)


@app.command()
def doctor() -> None:
    """Look at everything that Docent needs, and say what to mend; changes nothing."""
    from bot.doctor import examine

    with _clear_errors():
        wrong = 0
        for finding in examine(load_settings()):
            print(finding, flush=True)
            wrong += not finding.ok
        if wrong:
            raise DocentError(f"{wrong} thing(s) to mend.")


@channels_app.command()
def check(
    channel: Annotated[str | None, typer.Argument(help="One channel; all that are on.")] = None,
) -> None:
    """Ask each platform whether it takes our keys; writes one line a channel."""
    from bot.channels import checking
    from bot.server import CHANNELS

    with _clear_errors():
        settings = load_settings()
        _known(channel, [each.channel for each in CHANNELS], settings)
        made = [each(settings) for each in CHANNELS if channel in (None, each.channel)]
        chosen = [each for each in made if each.is_enabled]
        with _database() as database:
            found = asyncio.run(checking.look_at(chosen, database))
        print("\n".join(map(str, found)), flush=True)
        if channel is None and not settings.enabled:
            print("No other channel is set up; docs/channels.md says how.", flush=True)
        wrong = sum(not each.ok for each in found)
        if wrong:
            raise DocentError(f"{wrong} of {len(found)} channel(s) not in order.")


@app.command(hidden=True)
def serve(
    model: Annotated[Path, typer.Option()],
    socket_number: Annotated[int, typer.Option("--socket")],
    since: Annotated[int, typer.Option()] = 0,
) -> None:
    """The web server; `docent up` starts it."""
    with _clear_errors():
        from actions import local
        from bot import server

        with socket.socket(fileno=socket_number) as door:
            server.serve(server.make_app(load_settings(), model, local.answer, since), door)


@app.command(name="actions", hidden=True)
def serve_actions(port: Annotated[int, typer.Option()]) -> None:
    """An action server for `rasa run` on this machine; `docent up` needs none."""
    from actions.serve import main as serve_until_stopped

    serve_until_stopped(port)


def main() -> None:
    """Runs the command from the project's folder, wherever it was called."""
    os.environ.update({k: v for k, v in ENVIRONMENT.items() if k not in os.environ})
    logs.set_up()
    app()


def _known(channel: str | None, names: list[str], settings: Settings) -> None:
    """Refuses a channel that there is not, or that is not switched on."""
    if channel is None:
        return
    if channel not in names:
        raise DocentError(f"There is no channel {channel!r}. Choose one of {', '.join(names)}.")
    wanted = CHANNEL_SETTINGS.get(channel, ())
    if wanted and channel not in settings.enabled:
        needed = ", ".join(name.replace("|", " or ") for name in wanted)
        raise DocentError(
            f"{channel} is not set up. Set {needed}; docs/channels/{channel}.md says how."
        )


@contextmanager
def _clear_errors() -> Iterator[None]:
    """Turns an error that we know into one line on stderr and a failing exit code."""
    try:
        yield
    except DocentError as error:
        print(f"docent: {error}", file=sys.stderr)
        raise typer.Exit(USAGE_ERROR) from None


@contextmanager
def _database() -> Iterator[Any]:
    from bot.store.database import Database

    database = Database(load_settings().database_url)
    try:
        database.migrate()
        yield database
    finally:
        database.close()


def _write(found: dict[str, Any]) -> None:
    print(json.dumps(found, ensure_ascii=False), flush=True)


def _logged(row: Any) -> dict[str, Any]:
    """Returns a message as `docent log` writes it; what came with it or later, where it did."""
    more = {
        "attachments": row.payload.get("attachments"),
        "versions": row.versions,
        "receipt": row.receipt,
        "reaction": row.payload.get("reaction"),
    }
    return {
        "at": row.at.isoformat(),
        "direction": row.direction,
        "author": row.author,
        "author_name": row.author_name,
        "text": row.text,
        "language": row.language,
        "translation": row.translation,
        "state": row.state,
        "platform_id": row.platform_id,
        "case": row.case_ref,
        "maybe_twice": row.maybe_twice,
        "topic": row.topic,
        "confidence": row.confidence,
        "decision": row.decision,
        **{name: value for name, value in more.items() if value},
    }


if __name__ == "__main__":
    main()
