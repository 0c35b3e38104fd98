"""A small stand-in for Docent's server: it serves the pages and plays both web APIs in memory."""

from __future__ import annotations

import json
import mimetypes
import re
import threading
import time
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

PAGES = Path(__file__).parents[2] / "bot" / "pages"
MUSEUM = {"en": "Aldermere Museum", "zh-Hans": "奥德米尔博物馆", "zh-Hant": "奧德米爾博物館"}
DEPARTMENTS = [
    {"id": "visitor_services", "name": "Visitor services"},
    {"id": "access", "name": "Access"},
]
NOTE = re.compile(
    r"^\s*(note|internal|private|备注|備註|内部|內部|私信)\s*[:：]|^\s*//", re.IGNORECASE
)
TOPICS = [("audio_guides", 0.46), ("guided_tours", 0.31), ("languages", 0.12)]
Json = dict[str, Any]


def iso(seconds: float = 0) -> str:
    """Now, or so many seconds from now, as the API writes it."""
    moment = datetime.now(timezone.utc) + timedelta(seconds=seconds)
    return moment.isoformat(timespec="seconds")


def language_of(text: str) -> str:
    """A rough guess, enough for a stand-in."""
    if not re.search(r"[\u4e00-\u9fff]", text):
        return "en"
    return "zh-Hant" if re.search(r"[館時開門請問幾點嗎這]", text) else "zh-Hans"


@dataclass
class Conversation:
    """What one visitor's browser is shown."""

    id: str
    messages: list[Json] = field(default_factory=list)
    typing: bool = False
    speaker: str = "bot"

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
            "typing": self.typing,
            "speaker": self.speaker,
            "cursor": len(self.messages),
        }


class Backend:
    """The state behind the two pages; tests read it and arrange trouble with it."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.conversations: dict[str, Conversation] = {}
        self.posts: list[Json] = []
        self.trouble: list[int | str] = []
        self.bot_delay = 0.1
        self.cases: dict[str, Json] = {}
        self.broken: list[str] = []
        self.version = 1
        self.undo_seconds = 2.0
        self.password: str | None = None

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

    # --- Staff ---

    def open_case(self, ref: str, name: str, question: str, **more: Any) -> None:
        case = {
            "ref": ref,
            "conversation_id": f"web:{ref}",
            "name": name,
            "state": "queued",
            "department": "visitor_services",
            "owner": None,
            "channel": "web",
            "language": language_of(question),
            "question": question,
            "opened_at": iso(-12 * 60),
            "claimed_at": None,
            "first_reply_at": None,
            "closed_at": None,
            "due_at": iso(18 * 60),
            "overdue": False,
        } | more
        with self.changed:
            self.cases[ref] = {"case": case, "messages": []}
            self.add(ref, "in", "visitor", question, author_name=name)

    def add(self, ref: str, direction: str, author: str, text: str, **more: Any) -> Json:
        messages = self.cases[ref]["messages"]
        message = {
            "seq": len(messages) + 1,
            "direction": direction,
            "author": author,
            "author_name": None,
            "text": text,
            "language": language_of(text),
            "translation": None,
            "notice": None,
            "state": "received",
            "reason": None,
            "send_at": None,
            "at": iso(),
        } | more
        messages.append(message)
        self.touch()
        return message

    def touch(self) -> None:
        with self.changed:
            self.version += 1
            self.changed.notify_all()

    def act(self, ref: str, action: str, body: Json) -> Json:
        """One staff action, by the rules of the desk."""
        case, by = self.cases[ref]["case"], body["by"]
        outcome: Json = {"ok": True, "outcome": "done", "reason": None}
        if action == "claim":
            case.update(owner=by, state="claimed", claimed_at=iso())
        elif action in {"resolve", "back_to_bot"}:
            case.update(state="resolved" if action == "resolve" else "returned", closed_at=iso())
        elif action == "department":
            case["department"] = body["department"]
        elif action == "undo":
            self.cases[ref]["messages"][body["seq"] - 1].update(state="cancelled", send_at=None)
        elif action == "note":
            self.add(ref, "note", "staff", body["text"], author_name=by, state="kept")
            outcome["outcome"] = "note"
        else:
            outcome |= self.reply(ref, case, body)
        self.touch()
        return outcome

    def reply(self, ref: str, case: Json, body: Json) -> Json:
        text, by, confirm = body["text"], body["by"], body.get("confirm")
        if NOTE.match(text):
            reason = "It starts with a note word."
            self.add(ref, "note", "staff", text, author_name=by, state="kept", reason=reason)
            return {"outcome": "note", "reason": reason}
        if case["owner"] is None and confirm != "claim":
            return {"outcome": "needs_claim"}
        if case["owner"] not in {None, by} and confirm != "anyway":
            return {"outcome": "needs_confirm"}
        if case["owner"] is None:
            case.update(owner=by, state="claimed", claimed_at=iso())
        case["first_reply_at"] = case["first_reply_at"] or iso()
        sent = self.add(
            ref,
            "out",
            "staff",
            text,
            author_name=by,
            state="queued",
            send_at=iso(self.undo_seconds),
        )
        threading.Timer(self.undo_seconds, self.deliver, (sent,)).start()
        return {"outcome": "queued"}

    def deliver(self, message: Json) -> None:
        if message["state"] == "queued":
            message.update(state="delivered", send_at=None)
            self.touch()


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
            _, _, _, _, ref, action = self.path.split("/")
            self.json(self.backend.act(ref, action, json.loads(raw)))

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
        with self.backend.changed:
            while not ready() and (left := end - time.monotonic()) > 0:
                self.backend.changed.wait(min(left, 0.5))

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
        elif path == "cases":
            closed = query["state"] == "closed"
            cases = [entry["case"] for entry in backend.cases.values()]
            wanted = [case for case in cases if (case["closed_at"] is not None) == closed]
            shown = {"cases": wanted, "departments": DEPARTMENTS, "broken": backend.broken}
            self.json({**shown, "version": backend.version})
        elif entry := backend.cases.get(path.removeprefix("cases/")):
            understood = [{"topic": topic, "confidence": share} for topic, share in TOPICS]
            case = entry["case"] | {"reason": "asked_for_a_person", "understood": understood}
            self.json({"case": case, "messages": entry["messages"], "version": backend.version})
        else:
            self.json({"error": "There is no such case."}, 404)

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
            self.send_header("Content-Security-Policy", "default-src 'self'")
            self.send_header("Content-Length", str(len(raw)))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(raw)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True


def serve(backend: Backend) -> tuple[ThreadingHTTPServer, str]:
    """Start serving on a free port of this machine; returns the server and its address."""
    handler = type("Handler", (Handler,), {"backend": backend})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_port}"
