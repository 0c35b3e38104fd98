"""Processor time and memory of a real process tree, and of texts as the kernel writes them."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from bench.process import Tree, cpu_of, kb_of

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

ROLLUP = """\
55d0c4a00000-7ffd3a5fe000 ---p 00000000 00:00 0                          [rollup]
Rss:              812345 kB
Pss:              401234 kB
Pss_Dirty:        300000 kB
Shared_Clean:      10000 kB
Anonymous:        300100 kB
"""
# A parent that holds 32 MB, and a child that counts for ever.
COUNTS = """
import subprocess, sys
held = bytearray(b"x" * (32 << 20))
child = subprocess.Popen([sys.executable, "-c", "print(flush=True)\\nwhile True: pass"])
try:
    child.wait()
finally:
    child.kill()
"""


def test_the_share_of_memory_is_read_and_not_another_line() -> None:
    assert kb_of(ROLLUP, "Pss") == 401234
    assert kb_of(ROLLUP, "Anonymous") == 300100
    assert kb_of("", "Pss") == 0


@pytest.fixture
def running() -> Iterator[subprocess.Popen[bytes]]:
    """A process with a child; both end with the test."""
    process = subprocess.Popen([sys.executable, "-c", COUNTS], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    yield process
    for pid in reversed(Tree(process.pid).pids()):
        subprocess.run(["kill", "-9", str(pid)], check=False)
    process.wait()
    process.stdout.close()


def test_a_tree_has_its_childrens_time_and_memory(running: subprocess.Popen[bytes]) -> None:
    tree = Tree(running.pid)
    parent, child = tree.pids()
    assert parent == running.pid
    assert tree.memory_mb() > 32
    assert 32 < tree.heap_mb() <= tree.memory_mb()
    before = tree.cpu_seconds(), cpu_of([parent]), cpu_of([child])
    time.sleep(0.3)
    assert cpu_of([child]) - before[2] > 0.01
    assert cpu_of([parent]) - before[1] < cpu_of([child]) - before[2]
    assert tree.cpu_seconds() - before[0] >= 0.01


def test_a_process_that_is_gone_has_neither() -> None:
    process = subprocess.Popen(["true"])
    process.wait()
    tree = Tree(process.pid)
    assert (tree.pids(), tree.cpu_seconds(), tree.memory_mb()) == ([], 0, 0)
