"""Chromium for the scenarios, in a thread of its own.

Playwright's sync API allows one driver a thread, and the tests of the pages keep theirs until the
session ends; so all that touches the browser here runs in this thread.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import wraps
from typing import Any

import pytest
from pages.conftest import FLAGS

_THREAD = ThreadPoolExecutor(1, thread_name_prefix="browser")
MILLISECONDS = 60_000


def in_browser_thread(test: Callable[..., None]) -> Callable[..., None]:
    """Runs a test where the browser lives."""

    @wraps(test)
    def run(*arguments: Any, **named: Any) -> None:
        _THREAD.submit(test, *arguments, **named).result()

    return run


class Chromium:
    """Opens pages, each in a fresh profile, and listens to what they complain of."""

    def __init__(self, driver: Any, executable: str) -> None:
        self._browser = driver.chromium.launch(executable_path=executable, args=FLAGS)
        self._contexts: list[Any] = []
        self.errors: list[str] = []

    def open(self, address: str, path: str, expect_errors: bool = False, **options: Any) -> Any:
        """Opens a page in a profile of its own."""
        context = self._browser.new_context(base_url=address, **{"locale": "en-GB", **options})
        context.set_default_timeout(MILLISECONDS)
        self._contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        if not expect_errors:
            page.on("console", self._heard)
        page.goto(path)
        return page

    def close(self) -> None:
        """Closes the pages of one test."""
        while self._contexts:
            self._contexts.pop().close()

    def _heard(self, line: Any) -> None:
        if line.type == "error":
            self.errors.append(line.text)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    """Debian's Chromium; without it these tests say so and skip."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if executable is None:
        pytest.skip("PAGES NOT WALKED: no Chromium on this machine (apt-get install chromium)")
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="PAGES NOT WALKED: playwright is not installed"
    )

    def start() -> tuple[Any, Chromium]:
        manager = playwright.sync_playwright()
        return manager, Chromium(manager.start(), executable)

    manager, started = _THREAD.submit(start).result()
    yield started
    _THREAD.submit(lambda: (started._browser.close(), manager.__exit__())).result()


@pytest.fixture
def visit(chromium: Chromium) -> Iterator[Callable[..., Any]]:
    """Opens pages for one test; none of them may have an error in its console."""
    yield chromium.open
    _THREAD.submit(chromium.close).result()
    errors, chromium.errors = chromium.errors, []
    assert errors == []
