"""The two bots under measurement: how each is started, and how a visitor's message reaches it."""

from __future__ import annotations

import hashlib
import hmac
import json
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench import rasa_default
from bench.process import Program
from bench.wire import request
from bot.supervisor import free_port
from bot.variables import SETTINGS

ROOT = Path(__file__).resolve().parent.parent
SECRET = "bench"
# (person, the platform's id of the message, text) -> the bytes of the request.
Write = Callable[[str, str, str], bytes]


@dataclass(frozen=True)
class Bot:
    """A bot that can be started, and written to.

    Args:
        name: How the tables call it.
        program: Its processes.
        url: Its address.
        write: Makes the request that brings it a message.
    """

    name: str
    program: Program
    url: str
    write: Write


def docent(folder: Path, sink: str, settings: Mapping[str, str] | None = None) -> Bot:
    """Returns Docent with Messenger as its only platform.

    Args:
        folder: Where its database and log lie.
        sink: The platform's address.
        settings: What differs: a database, the number of workers.
    """
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {
        # Nothing of what the machine's own .env switches on.
        **{setting.name: "" for setting in SETTINGS},
        "DATABASE_URL": f"sqlite:///{folder}/docent.db",
        "MESSENGER_PAGE_TOKEN": "bench",
        "MESSENGER_APP_SECRET": SECRET,
        "MESSENGER_VERIFY_TOKEN": "bench",
        "MESSENGER_API_URL": sink,
        **(settings or {}),
    }
    command = [sys.executable, "-m", "bot", "up", "--port", str(port)]
    program = Program(command, environment, ROOT, folder / "docent.log", f"{url}/ready")
    return Bot("Docent", program, url, messenger)


def messenger(person: str, mid: str, text: str) -> bytes:
    """Returns the signed webhook of one message, as Meta sends it."""
    event = {
        "sender": {"id": person},
        "recipient": {"id": "page"},
        "timestamp": int(time.time() * 1000),
        "message": {"mid": mid, "text": text},
    }
    body = json.dumps({"object": "page", "entry": [{"id": "page", "messaging": [event]}]}).encode()
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/json",
        "X-Hub-Signature-256": f"sha256={digest}",
    }
    return request("POST", "/webhooks/messenger/webhook", body, headers)


def plain_rasa(folder: Path, sink: str) -> Bot:
    """Returns Rasa's default bot, trained before; it answers over its own `callback` channel."""
    port = free_port()
    program = rasa_default.program(folder, port, sink)
    return Bot("Rasa default", program, f"http://127.0.0.1:{port}", callback)


def callback(person: str, _: str, text: str) -> bytes:
    """Returns the webhook of one message to Rasa's `callback` channel."""
    body = json.dumps({"sender": person, "message": text}).encode()
    headers = {"Content-Type": "application/json"}
    return request("POST", "/webhooks/callback/webhook", body, headers)
