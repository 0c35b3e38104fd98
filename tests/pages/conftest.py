"""A real browser against the stand-in server; without Chromium these tests say so and skip."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from .backend import Backend, serve

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}


@pytest.fixture(scope="package")
def browser() -> Iterator[Any]:
    """Debian's Chromium, started once."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("PAGES NOT TESTED: no Chromium on this machine (apt-get install chromium)")
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="PAGES NOT TESTED: playwright is not installed"
    )
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def server() -> Iterator[tuple[Any, str]]:
    """One server for all tests of the pages; each test puts its own backend behind it."""
    server, address = serve(Backend())
    yield server, address
    server.shutdown()
    server.server_close()


@pytest.fixture
def backend(server: tuple[Any, str]) -> Backend:
    made = Backend()
    server[0].RequestHandlerClass.backend = made
    return made


@pytest.fixture
def address(server: tuple[Any, str], backend: Backend) -> str:
    return server[1]


@pytest.fixture
def visit(browser: Any, address: str) -> Iterator[Callable[..., Any]]:
    """Open a page in a fresh browser profile; its console must stay free of errors."""
    contexts, errors = [], []

    def open_page(
        path: str = "/", expect_errors: bool = False, name: str = "Mei", **options: Any
    ) -> Any:
        options = {"viewport": DESKTOP, "locale": "en-GB"} | options
        context = browser.new_context(base_url=address, **options)
        context.set_default_timeout(8000)
        contexts.append(context)
        if name and path.startswith("/desk"):
            stored = json.dumps(json.dumps(name))
            context.add_init_script(f"localStorage.setItem('docent.desk.name', {stored})")
        page = context.new_page()
        if not expect_errors:
            page.on(
                "console", lambda line: errors.append(line.text) if line.type == "error" else None
            )
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []
