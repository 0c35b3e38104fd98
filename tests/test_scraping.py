"""One scrape tells of all processes, whichever answers it, and counts on over a kill -9."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot import scraping
from bot.config import ROOT

# Counts as a server does, and then answers scrapes until it is killed.
COUNTING = """
import sys
from bot import metrics, scraping, stages
stages.started()
metrics.accepted.labels("web").inc(int(sys.argv[1]))
metrics.channel_up.labels("web").set(int(sys.argv[2]))
stages.model_loaded("docent-1")
with stages.stage("commit"):
    pass
for _ in sys.stdin:
    sys.stdout.write(scraping.page(metrics.registry).decode() + "---\\n")
    sys.stdout.flush()
"""

Start = Callable[..., "Server"]


class Server:
    """A process that counts."""

    def __init__(self, name: str, folder: Path | None, accepted: int, up: int) -> None:
        unset = {scraping.FOLDER, scraping.PROCESS}
        environment = {k: v for k, v in os.environ.items() if k not in unset}
        if folder is not None:
            environment[scraping.FOLDER] = str(folder)
        environment[scraping.PROCESS] = name
        self.process = subprocess.Popen(
            [sys.executable, "-c", COUNTING, str(accepted), str(up)],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def scrape(self) -> dict[str, float]:
        """Returns what a scrape of this process says, by the line before the value."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("scrape\n")
        self.process.stdin.flush()
        lines = iter(self.process.stdout.readline, "---\n")
        told = (line.rpartition(" ") for line in lines if not line.startswith("#"))
        return {name: float(value) for name, _, value in told}

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    running: list[Server] = []

    def begin(name: str, accepted: int = 1, up: int = 1, folder: Path | None = tmp_path) -> Server:
        running.append(Server(name, folder, accepted, up))
        return running[-1]

    yield begin
    for server in running:
        server.kill()


ACCEPTED = 'docent_messages_accepted_total{channel="web"}'


def starts(name: str) -> str:
    return f'docent_process_starts_total{{process="{name}"}}'


def test_every_process_tells_of_all_and_a_killed_one_counts_on(
    start: Start, tmp_path: Path
) -> None:
    one, two = start("server-1", 2), start("server-2", 3, up=0)
    one.scrape()
    told = two.scrape()
    assert told[ACCEPTED] == 5
    assert told['docent_channel_up{channel="web"}'] == 0
    assert told['docent_model_processes{model="docent-1"}'] == 2
    assert told['docent_stage_seconds_count{stage="commit"}'] == 2
    assert told[starts("server-1")] == told['docent_process_up{process="server-2"}'] == 1
    for name in ("resident_memory_bytes", "cpu_seconds_total", "open_fds"):
        assert told[f'process_{name}{{process="server-1"}}'] > 0
    two.kill()
    told = one.scrape()
    # What it counted stays; what was true of it does not.
    assert told[ACCEPTED] == 5
    assert told['docent_channel_up{channel="web"}'] == 1
    assert told['docent_model_processes{model="docent-1"}'] == 1
    assert 'docent_process_up{process="server-2"}' not in told
    again = start("server-2", 10)
    again.scrape()
    told = one.scrape()
    assert (told[ACCEPTED], told[starts("server-2")]) == (15, 2)
    (tmp_path / "counter_server-2.db").write_bytes(b"\xff\xff\x00\x00 damaged" * 20)
    assert one.scrape()[ACCEPTED] == 2


def test_one_process_alone_needs_no_folder(start: Start) -> None:
    told = start("server", 4, folder=None).scrape()
    assert told[ACCEPTED] == 4
    assert told['process_resident_memory_bytes{process="server"}'] > 0
    assert not [name for name in told if name.startswith("docent_") and "_created" in name]


def test_a_folder_that_cannot_be_written_leaves_each_process_alone(
    start: Start, tmp_path: Path
) -> None:
    assert start("server", 4, folder=tmp_path / "none").scrape()[ACCEPTED] == 4


def test_the_room_is_taken_beforehand(start: Start, tmp_path: Path) -> None:
    """A full disk kills whoever writes into a mapped file beyond what was reserved."""
    start("server-1").scrape()
    files = list(tmp_path.glob("*.db"))
    assert len(files) >= 4
    for file in files:
        assert file.stat().st_blocks * 512 >= 1 << 20, file


def test_old_folders_are_cleared_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(scraping.FOLDER, "")
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    for pid in (dead.pid, os.getppid()):
        (tmp_path / "metrics" / str(pid)).mkdir(parents=True)
    scraping.prepare(tmp_path)
    left = {path.name for path in (tmp_path / "metrics").iterdir()}
    assert left == {str(os.getppid()), str(os.getpid())}
    assert os.environ[scraping.FOLDER] == str(tmp_path / "metrics" / str(os.getpid()))


def test_no_room_for_a_folder_is_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(scraping.FOLDER, raising=False)
    (tmp_path / "var").write_text("no folder")
    scraping.prepare(tmp_path / "var")
    assert scraping.FOLDER not in os.environ
