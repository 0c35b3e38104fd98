"""An action server on loopback, for callers who know the secret; `docent up` needs none.

`rasa run actions` serves the same actions in the ordinary way, to whoever asks.
"""

from __future__ import annotations

import hmac
import os

from rasa_sdk.endpoint import create_app
from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, json

SECRET_VARIABLE = "DOCENT_ACTION_SECRET"  # noqa: S105


def make_app(secret: str) -> Sanic:
    """Returns the server; a request without the secret is refused.

    rasa_sdk itself asks nobody who they are (rasa_sdk/endpoint.py).
    """
    app = create_app("actions", cors_origins=None)
    app.config.MOTD = False
    app.config.GRACEFUL_SHUTDOWN_TIMEOUT = 2.0

    async def know_caller(request: Request) -> HTTPResponse | None:
        given = request.headers.get("x-docent-secret", "")
        if hmac.compare_digest(given.encode("utf-8", "surrogateescape"), secret.encode()):
            return None
        return json({"error": "wrong secret"}, 403)

    app.register_middleware(know_caller, "request")
    return app


def main(port: int) -> None:
    """Serves until SIGTERM."""
    make_app(os.environ[SECRET_VARIABLE]).run("127.0.0.1", port, workers=1, access_log=False)
