"""Files are fetched from the platform's own hosts and from nowhere else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from bot.channels.downloads import Source, TooLarge, download
from bot.channels.http import Http
from bot.channels.scanning import is_clean
from bot.errors import SendFailed

META = Source("Messenger", ("fbcdn.net", "fbsbx.com"), "https://graph.facebook.com/v23.0")


@pytest.mark.parametrize(
    "url",
    [
        "https://scontent.xx.fbcdn.net/v/1?oh=a&oe=b",
        "https://fbsbx.com/票.pdf",
        "https://lookaside.fbsbx.com:443/whatsapp",
        "https://graph.facebook.com/anything",
    ],
)
def test_the_platforms_own_hosts_are_asked(url: str) -> None:
    assert META.allows(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://scontent.xx.fbcdn.net/v/1",
        "https://fbcdn.net.evil.example/v/1",
        "https://evilfbcdn.net/v/1",
        "https://scontent.fbcdn.net:8443/v/1",
        "https://fbcdn.net@evil.example/v/1",
        "https://me:secret@fbcdn.net/v/1",
        "https://169.254.169.254/latest/meta-data",
        "https://127.0.0.1/desk/api/cases",
        "https://[::1]/",
        "https://localhost/",
        "https://博物馆.example/票",
        "file:///etc/passwd",
        "ftp://fbcdn.net/1",
        "https://fbcdn.net:port/",
        "//fbcdn.net/1",
        "",
    ],
)
def test_nobody_else_is_asked(url: str) -> None:
    assert not META.allows(url)


@pytest.fixture
async def shop() -> AsyncIterator[str]:
    """A server that leads here and there."""

    async def lead(request: web.Request) -> web.Response:
        places = {
            "/inside": "http://127.0.0.1:9/secret",
            "/circle": "/circle",
            "/once": "/file",
            "/file": "",
        }
        if request.path == "/file":
            return web.Response(body=b"12345" * 10, content_type="image/png")
        if request.path == "/page":
            return web.Response(text="<html>sign in</html>", content_type="text/html")
        return web.Response(status=302, headers={"Location": places[request.path]})

    app = web.Application()
    app.router.add_get("/{path:.*}", lead)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    yield f"http://127.0.0.1:{port}"
    await runner.cleanup()


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    opened = Http("Meta")
    yield opened
    await opened.close()


async def test_a_redirect_within_the_platform_is_followed(shop: str, http: Http) -> None:
    source = Source("Meta", (), shop)
    assert await download(http, source, f"{shop}/once", 100) == b"12345" * 10


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/inside", "does not lie with Meta"),
        ("/circle", "leads in circles"),
        ("/page", "a web page in the place of the file"),
    ],
)
async def test_where_a_platform_leads_elsewhere_nothing_is_fetched(
    shop: str, http: Http, path: str, why: str
) -> None:
    with pytest.raises(SendFailed, match=why):
        await download(http, Source("Meta", (), shop), f"{shop}{path}", 100)


async def test_no_more_is_read_than_is_taken(shop: str, http: Http) -> None:
    with pytest.raises(TooLarge):
        await download(http, Source("Meta", (), shop), f"{shop}/file", 49)


@pytest.mark.parametrize(("command", "clean"), [("", True), ("true", True), ("false", False)])
async def test_the_scanners_word_counts(tmp_path: Path, command: str, clean: bool) -> None:
    assert await is_clean(command, tmp_path / "票.pdf") is clean


@pytest.mark.parametrize("command", ["/no/such/scanner", "sh -c 'exit 2'", "'unclosed"])
async def test_no_answer_of_the_scanner_is_no_yes(tmp_path: Path, command: str) -> None:
    with pytest.raises(SendFailed, match="virus scanner"):
        await is_clean(command, tmp_path / "票.pdf")


async def test_a_scanner_that_never_ends_is_ended(tmp_path: Path) -> None:
    begun = asyncio.get_running_loop().time()
    with pytest.raises(SendFailed, match="did not end in time"):
        await is_clean("sh -c 'sleep 30'", tmp_path / "票.pdf", 0.1)
    assert asyncio.get_running_loop().time() - begun < 5
