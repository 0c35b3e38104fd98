"""One answer to a scrape for all processes here: each counts in files, and a scrape adds them up.

`docent up` starts several servers on one port, and a scrape reaches any of them. Each keeps its
figures in files of its own (prometheus_client's multiprocess mode), named after its place in the
process tree: a process that was killed and started again counts on. The disk's room is taken
beforehand, for a full disk kills whoever writes to a mapped file beyond what was reserved.
"""

from __future__ import annotations

import logging
import os
import shutil
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest, values
from prometheus_client.metrics import disable_created_metrics
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

logger = logging.getLogger(__name__)

# Where the files lie, prometheus_client's own variable, and which process of the tree we are.
FOLDER, PROCESS = "PROMETHEUS_MULTIPROC_DIR", "DOCENT_PROCESS"
ALONE = "server"
_KINDS = ("counter", "histogram", "gauge_livemin", "gauge_livesum")
# Room for some four thousand series in each file; the fullest has a tenth of that.
_ROOM = 1 << 20
_PID = "pid"
_DAMAGED = (OSError, ValueError, RuntimeError, struct.error)
# These carry no types of their own.
_merge: Callable[[list[str]], Iterable[Metric]] = MultiProcessCollector.merge
_without_creation_times: Callable[[], None] = disable_created_metrics
_values_in_files: Callable[[Callable[[], str]], Any] = values.MultiProcessValue


def prepare(var: Path) -> None:
    """Makes the folder for the processes that we are going to start, and clears old ones away.

    Where there is no room for it each process answers for itself.
    """
    home = var / "metrics"
    with suppress(OSError):
        for old in home.iterdir():
            if not _lives(old.name):
                shutil.rmtree(old, ignore_errors=True)
    folder = home / str(os.getpid())
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        logger.warning("metrics are kept by each process alone", extra={"error": error.strerror})
    else:
        os.environ[FOLDER] = str(folder)


def registry() -> CollectorRegistry:
    """Returns where this process keeps its figures; to be called before the first is made."""
    folder, name = os.environ.get(FOLDER), process()
    _without_creation_times()
    values.ValueClass = values.MutexValue
    if folder:
        try:
            _reserve(Path(folder), name)
        except OSError:
            os.environ.pop(FOLDER)
        else:
            values.ValueClass = _values_in_files(lambda: name)
    return CollectorRegistry()


def process() -> str:
    """Returns which process of the tree this is."""
    return os.environ.get(PROCESS, ALONE)


def _reserve(folder: Path, name: str) -> None:
    """Takes the room; what was counted before a restart stays, what was true then does not."""
    for kind in _KINDS:
        path = folder / f"{kind}_{name}.db"
        if kind.startswith("gauge"):
            path.unlink(missing_ok=True)
        with path.open("ab") as file:
            os.posix_fallocate(file.fileno(), 0, _ROOM)
    (folder / f"{name}.{_PID}").write_text(str(os.getpid()))


class Whole(Collector):
    """What all processes have counted, and what each of them uses of the machine.

    Args:
        own: Where this process keeps its figures.
        more: What is to stand on the page as well.
    """

    def __init__(self, own: CollectorRegistry, more: Iterable[Metric] = ()) -> None:
        self._own = own
        self._more = more

    def collect(self) -> Iterator[Metric]:
        """Yields every figure once, sorted by its name."""
        folder = os.environ.get(FOLDER)
        counted = _merged(Path(folder)) if folder else self._own.collect()
        alive = processes()
        yield from sorted(counted, key=lambda metric: metric.name)
        yield from _used(alive)
        up = GaugeMetricFamily("docent_process_up", "1 for each process.", labels=["process"])
        for name in sorted(alive):
            up.add_metric([name], 1)
        yield from (up, _build(), *self._more)


def page(own: CollectorRegistry, more: Iterable[Metric] = ()) -> bytes:
    """Returns the figures of all processes in Prometheus's text format."""
    return generate_latest(Whole(own, more))


def processes() -> Mapping[str, int]:
    """Returns the process ids of those that run, by their names."""
    folder = os.environ.get(FOLDER)
    if not folder:
        return {process(): os.getpid()}
    found: dict[str, int] = {}
    for path in Path(folder).glob(f"*.{_PID}"):
        with suppress(OSError, ValueError):
            pid = int(path.read_text())
            if _lives(str(pid)):
                found[path.stem] = pid
    return found


def _merged(folder: Path) -> Iterable[Metric]:
    alive = processes()
    files = [
        str(path)
        for path in folder.glob("*.db")
        if not path.name.startswith("gauge_live") or path.stem.rpartition("_")[2] in alive
    ]
    try:
        return list(_merge(files))
    except _DAMAGED:
        # A process died in the middle of a write: the others are still right.
        return list(_merge([each for each in files if _is_whole(each)]))


def _is_whole(path: str) -> bool:
    try:
        list(_merge([path]))
    except _DAMAGED:
        return False
    return True


def _used(alive: Mapping[str, int]) -> Iterator[Metric]:
    """Yields the standard process figures, a row for each process."""
    families: dict[str, Metric] = {}
    for name, pid in sorted(alive.items()):
        for metric in _of_process(pid):
            kind = CounterMetricFamily if metric.type == "counter" else GaugeMetricFamily
            made = kind(metric.name, metric.documentation, labels=["process"])
            family = families.setdefault(metric.name, made)
            family.add_metric([name], metric.samples[0].value)  # type: ignore[attr-defined]
    yield from families.values()


def _of_process(pid: int) -> Iterable[Metric]:
    return ProcessCollector(pid=lambda: pid, registry=None).collect()


@lru_cache(maxsize=1)
def _build() -> Metric:
    names = {"version": "docent", "rasa": "rasa"}
    known = {label: _version(package) for label, package in names.items()}
    made = GaugeMetricFamily("docent_build_info", "Which Docent this is.", labels=list(known))
    made.add_metric(list(known.values()), 1)
    return made


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"


def _lives(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except PermissionError:
        return True
    except (OSError, ValueError):
        return False
    return True
