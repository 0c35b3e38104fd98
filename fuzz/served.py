"""The server that is fuzzed: all doors, the real workers, no model, so that only doors are timed.

`python -m fuzz.served FOLDER` reads its settings as JSON on stdin, and says on stdout where it is.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from pathlib import Path
from typing import Any

from bot import logs, server
from bot.channels import host
from bot.config import Settings
from bot.desk.casework import Request
from bot.messages import Inbound
from bot.store import log, sessions

CASES = 3


class StillLoading:
    """A model that is never ready: what arrives is accepted and waits."""

    def is_ready(self) -> bool:
        """Returns False."""
        return False


async def no_actions(_: Any) -> tuple[int, dict[str, Any]]:
    """Runs nothing: nobody is asked anything."""
    return 404, {}


async def serve(settings: Settings) -> None:
    """Serves until stdin ends."""
    app = server.make_app(settings, Path("no-model"), no_actions)
    opened = socket.socket()
    opened.bind(("127.0.0.1", 0))
    running: Any = await app.create_server(
        sock=opened, return_asyncio_server=True, access_log=False, backlog=2048
    )
    await running.startup()
    await running.before_start()
    await running.after_start()
    built = app.ctx.host
    token, refs = await built.database.run(_cases, built.casework)
    told = {"port": opened.getsockname()[1], "token": token, "refs": refs}
    print(json.dumps(told), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await running.before_stop()


def _cases(connection: Any, casework: Any) -> tuple[str, list[str]]:
    """Opens a session with a case, and cases of other visitors, for the desk to work on."""
    token, person = sessions.open_session(connection)
    people = [("web", person), *(("messenger", str(n)) for n in range(CASES))]
    return token, [_case(connection, casework, *each) for each in people]


def _case(connection: Any, casework: Any, channel: str, person: str) -> str:
    said = Inbound(channel, person, f"seed.{person}", "我的伞 lost")
    seq = log.accept(connection, said, "en", {})
    assert seq is not None
    log.change_message(connection, seq, state="answered")
    row = log.message(connection, seq)
    return str(casework.open_case(connection, row, "en", Request("speak_to_human")).ref)


def main() -> None:
    """Reads the settings and serves."""
    logs.set_up()
    # The inbox waits as long as the fuzzing lasts.
    host.MODEL_SECONDS = 1e9
    values: dict[str, str] = json.loads(sys.stdin.readline())
    vars(server)["load_agent"] = lambda *_, **__: StillLoading()
    asyncio.run(serve(Settings(values)))


if __name__ == "__main__":
    main()
