"""A small stand-in for Docent's server: it serves the pages and plays both web APIs in memory."""

from __future__ import annotations

import base64
import json
import mimetypes
import re
import threading
import time
import uuid
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bot.channels.shielding import page_policy

from .backend_desk import DeskBackend, Json, iso, language_of

__all__ = ["Backend", "iso", "serve"]

PAGES = Path(__file__).parents[2] / "bot" / "pages"
# One grey pixel.
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mOor6//DwAFgAJ/p+8eSQAAAABJRU5ErkJg"
    "gg=="
)
MUSEUM = {"en": "Aldermere Museum", "zh-Hans": "奥德米尔博物馆", "zh-Hant": "奧德米爾博物館"}


@dataclass
class Conversation:
    """What one visitor's browser is shown."""

    id: str
    messages: list[Json] = field(default_factory=list)
    typing: bool = False
    speaker: str = "bot"
    changes: list[Json] = field(default_factory=list)

    def add(self, author: str, text: str, **more: Any) -> Json:
        message = {
            "seq": len(self.messages) + 1,
            "id": None,
            "direction": "in" if author == "visitor" else "out",
            "author": author,
            "author_name": None,
            "text": text,
            "language": language_of(text),
            "at": iso(),
            "state": "received" if author == "visitor" else "sent",
            "buttons": [],
        } | more
        self.messages.append(message)
        return message

    def news(self, after: int) -> Json:
        return {
            "messages": [message for message in self.messages if message["seq"] > after],
            "changes": self.changes,
            "typing": self.typing,
            "speaker": self.speaker,
            "cursor": len(self.messages),
        }


class Backend(DeskBackend):
    """The state behind the two pages; tests read it and arrange trouble with it."""

    def __init__(self) -> None:
        super().__init__()
        self.conversations: dict[str, Conversation] = {}
        self.posts: list[Json] = []
        self.trouble: list[int | str] = []
        self.bot_delay = 0.1

    # --- Visitors ---

    @property
    def only(self) -> Conversation:
        (conversation,) = self.conversations.values()
        return conversation

    def tell(self, author: str, text: str, **more: Any) -> None:
        """Somebody at the museum says something to the one visitor."""
        with self.changed:
            self.only.add(author, text, **more)
            self.changed.notify_all()

    def set_speaker(self, speaker: str) -> None:
        with self.changed:
            self.only.speaker = speaker
            self.only.add("system", "A colleague has joined.")
            self.changed.notify_all()

    def accept(self, conversation: Conversation, body: Json) -> None:
        """Take a visitor's message once, however often it is posted."""
        self.posts.append(body)
        with self.changed:
            if any(message["id"] == body["id"] for message in conversation.messages):
                return
            conversation.add("visitor", body["text"], id=body["id"])
            conversation.typing = conversation.speaker == "bot"
            self.changed.notify_all()
        if conversation.typing:
            threading.Timer(self.bot_delay, self.answer, (conversation, body["text"])).start()

    def answer(self, conversation: Conversation, text: str) -> None:
        """The bot's turn: a link, buttons, Chinese, or the visitor's own words back."""
        with self.changed:
            conversation.typing = False
            if "open" in text.lower():
                conversation.add(
                    "bot", "10:00 to 17:30.\nTickets: https://aldermere-museum.example/tickets."
                )
            elif "which" in text.lower():
                choices = [
                    {"id": "c1", "label": "Opening hours"},
                    {"id": "c2", "label": "Tickets"},
                ]
                conversation.add("bot", "Which do you mean?", buttons=choices)
            elif language_of(text) == "zh-Hant":
                conversation.add(
                    "bot",
                    "我們週二至週日10:00開放，詳見https://aldermere-museum.example/map歡迎您來。",
                )
            elif language_of(text) == "zh-Hans":
                conversation.add(
                    "bot",
                    "我们周二至周日10:00开放，详见https://aldermere-museum.example/map欢迎您来。",
                )
            else:
                conversation.add("bot", f"You wrote: {text}")
            self.changed.notify_all()


class Handler(BaseHTTPRequestHandler):
    """The addresses of both pages."""

    backend: Backend
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Keep the tests' output quiet."""

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(url.query).items()}
        if url.path == "/":
            self.page("chat.html")
        elif url.path.startswith("/static/"):
            self.page(url.path.removeprefix("/static/"))
        elif url.path == "/desk":
            self.page("desk.html" if self.signed_in() else "desk_login.html")
        elif url.path == "/webhooks/web/museum":
            self.json({"name": MUSEUM})
        elif url.path == "/webhooks/web/messages":
            self.poll_messages(query)
        elif url.path.startswith("/desk/api/"):
            self.desk_get(url.path.removeprefix("/desk/api/"), query)
        else:
            self.json({"error": "not found"}, 404)

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/webhooks/web/session":
            self.session()
        elif self.path == "/webhooks/web/webhook":
            self.webhook(json.loads(raw))
        elif self.path == "/desk/login":
            right = parse_qs(raw.decode()).get("password") == [self.backend.password]
            headers = {"Set-Cookie": "desk=1; Path=/; HttpOnly"} if right else {}
            self.respond(303, b"", headers | {"Location": "/desk" if right else "/desk?wrong=1"})
        elif self.headers.get("X-Docent-Desk") != "1" or not self.signed_in():
            self.json({"error": "not allowed"}, 403)
        else:
            self.desk_post(raw)

    # --- Visitors ---

    def conversation(self) -> Conversation | None:
        cookie = SimpleCookie(self.headers.get("Cookie", "")).get("docent_session")
        return self.backend.conversations.get(cookie.value) if cookie else None

    def session(self) -> None:
        known = self.conversation()
        if known:
            return self.json({"conversation": known.id})
        key = uuid.uuid4().hex
        self.backend.conversations[key] = Conversation(f"web:{key[:4]}")
        cookie = f"docent_session={key}; Path=/; HttpOnly; SameSite=Lax"
        self.json({"conversation": f"web:{key[:4]}"}, headers={"Set-Cookie": cookie})

    def webhook(self, body: Json) -> None:
        trouble = self.backend.trouble.pop(0) if self.backend.trouble else None
        if isinstance(trouble, int):
            return self.json({"error": "try later"}, trouble)
        conversation = self.conversation()
        if conversation is None:
            return self.json({"error": "unknown session"}, 403)
        self.backend.accept(conversation, body)
        if trouble == "lost answer":
            return self.json({"error": "the answer got lost"}, 503)
        self.json({"ok": True})

    def poll_messages(self, query: dict[str, str]) -> None:
        conversation = self.conversation()
        if conversation is None:
            return self.json({"error": "unknown session"}, 403)
        after, typing = int(query["after"]), query.get("typing") == "1"
        self.wait(
            query, lambda: len(conversation.messages) > after or conversation.typing != typing
        )
        self.json(conversation.news(after))

    def wait(self, query: dict[str, str], ready: Any) -> None:
        end = time.monotonic() + float(query.get("wait", 0))
        changed = self.backend.changed
        with changed:
            while not ready() and (left := end - time.monotonic()) > 0:
                changed.wait(min(left, 0.5))

    # --- Staff ---

    def signed_in(self) -> bool:
        return self.backend.password is None or "desk=1" in self.headers.get("Cookie", "")

    def desk_get(self, path: str, query: dict[str, str]) -> None:
        backend = self.backend
        if not self.signed_in():
            self.json({"error": "sign in"}, 401)
        elif path == "changes":
            after = int(query["after"])
            self.wait(query, lambda: backend.version > after)
            self.json({"version": backend.version})
        elif path.startswith("files/"):
            self.respond(200, PICTURE, {"Content-Type": "image/png"})
        else:
            found = backend.desk_read(path, query)
            self.json(found or {"error": "There is no such case."}, 200 if found else 404)

    def desk_post(self, raw: bytes) -> None:
        url = urlsplit(self.path)
        parts = url.path.removeprefix("/desk/api/").split("/")
        if parts[0] == "files":
            query = {key: values[0] for key, values in parse_qs(url.query).items()}
            self.json(self.backend.upload(query, raw))
        elif parts[0] == "announcement":
            self.json(self.backend.announcement(parts[1:], json.loads(raw)))
        else:
            answer = self.backend.act(parts[1], parts[2], json.loads(raw))
            self.json(answer, 409 if answer["outcome"] == "refused" else 200)

    # --- Answers ---

    def page(self, name: str) -> None:
        file = PAGES / name
        if not re.fullmatch(r"[\w.]+", name) or not file.is_file():
            return self.json({"error": "not found"}, 404)
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        self.respond(200, file.read_bytes(), {"Content-Type": f"{kind}; charset=utf-8"})

    def json(self, body: Json, status: int = 200, headers: dict[str, str] | None = None) -> None:
        raw = json.dumps(body, ensure_ascii=False).encode()
        self.respond(status, raw, {"Content-Type": "application/json"} | (headers or {}))

    def respond(self, status: int, raw: bytes, headers: dict[str, str]) -> None:
        try:
            self.send_response(status)
            for name, value in page_policy().items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(raw)))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(raw)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True


def serve(backend: Backend) -> tuple[ThreadingHTTPServer, str]:
    """Start serving on a free port of this machine; returns the server and its address.

    Another backend takes this one's place with `server.RequestHandlerClass.backend = other`.
    """
    handler = type("Handler", (Handler,), {"backend": backend})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_port}"
