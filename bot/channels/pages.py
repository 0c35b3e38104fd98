"""The pages' files, and the two addresses that tell whether Docent lives and works."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, raw
from sanic.response import json as json_response

from bot.channels.measuring import CONTENT_TYPE, may_scrape
from bot.channels.shielding import page_policy

FOLDER = Path(__file__).resolve().parent.parent / "pages"

pages = Blueprint("docent_pages")


def page(name: str, status: int = 200, frames: str = "") -> HTTPResponse:
    """Returns one of the pages' files, with headers that keep foreign code out.

    Args:
        name: The file.
        status: The HTTP status.
        frames: Sites that may show it inside their own pages.
    """
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if kind.startswith("text/") or kind.endswith("javascript"):
        kind = f"{kind}; charset=utf-8"
    headers = {**page_policy(frames), "Cache-Control": "no-cache"}
    return raw((FOLDER / name).read_bytes(), status, headers, content_type=kind)


@pages.get("/", name="chat")
async def chat(request: Request) -> HTTPResponse:
    """The visitor's chat page."""
    return page("chat.html", frames=request.app.ctx.host.settings["EMBED_ORIGINS"])


@pages.get("/static/<name:str>", name="static")
async def static(request: Request, name: str) -> HTTPResponse:
    """A style, script or picture of the pages."""
    known = {file.name for file in FOLDER.iterdir() if file.is_file()}
    if name not in known:
        return json_response({"error": "no such file"}, 404)
    return page(name)


@pages.get("/health", name="health")
async def health(request: Request) -> HTTPResponse:
    """Says that the process is alive."""
    return json_response({"status": "alive"})


@pages.get("/ready", name="ready")
async def ready(request: Request) -> HTTPResponse:
    """Says whether visitors are answered: the model is loaded and the database reachable.

    A channel whose platform refuses our keys is red in the details and leaves the others ready.
    """
    host = request.app.ctx.host
    parts = await host.readiness()
    is_ready = all(parts.values())
    status = "ready" if is_ready else "not ready"
    answer = {"status": status, **parts, "channels": host.health.details()}
    return json_response(answer, 200 if is_ready else 503)


@pages.get("/metrics", name="metrics")
async def show_metrics(request: Request) -> HTTPResponse:
    """Counts and times for Prometheus; no visitor's words."""
    host = request.app.ctx.host
    if not may_scrape(request, host.settings):
        return json_response({"error": "from this machine, or with METRICS_TOKEN"}, 403)
    return raw(await host.measuring.page(), content_type=CONTENT_TYPE)
