"""The staff's side of the stand-in: cases, what is said in them, and every step, in memory."""

from __future__ import annotations

import re
import threading
from datetime import datetime, timedelta, timezone
from typing import Any

DEPARTMENTS = [
    {"id": "visitor_services", "name": "Visitor services"},
    {"id": "access", "name": "Access"},
]
NOTE = re.compile(
    r"^\s*(note|internal|private|备注|備註|内部|內部|私信)\s*[:：]|^\s*//", re.IGNORECASE
)
TOPICS = [("audio_guides", 0.46), ("guided_tours", 0.31), ("languages", 0.12)]
PAGE = 50
MARKED = "It starts with a note word."
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


class DeskBackend:
    """The state behind the desk."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.cases: dict[str, Json] = {}
        self.broken: list[str] = []
        self.colleagues = ["Anna", "Ben 本"]
        self.version = 1
        self.undo_seconds = 2.0
        self.password: str | None = None
        self.asks: list[Json] = []
        self.ready: Json = {"answers": [], "saved": []}
        self.previews: Json = {}
        self.announced: list[tuple[str, Json]] = []
        self.uploads: list[tuple[Json, bytes]] = []

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
            "priority": "normal",
            "mood": None,
            "rating": None,
            "previous": None,
            "question_translated": None,
        } | more
        with self.changed:
            self.cases[ref] = {"case": case, "messages": [], "trail": []}
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

    # --- Reading ---

    def desk_read(self, path: str, query: dict[str, str]) -> Json | None:
        """What a GET answers; None where there is no such thing."""
        if path == "cases":
            return self.listed(query["state"] == "closed")
        if path == "find":
            words = query["q"].lower()
            found = [kept["case"] for kept in self.cases.values() if words in str(kept).lower()]
            return {"cases": found, "most": 30}
        ref, _, part = path.removeprefix("cases/").partition("/")
        if ref not in self.cases:
            return None
        if part == "trail":
            return {"events": self.cases[ref]["trail"]}
        if part == "suggestions":
            return self.ready
        return self.one_case(ref, int(query.get("before", 0)))

    def listed(self, closed: bool) -> Json:
        cases = [entry["case"] for entry in self.cases.values()]
        return {
            "cases": [case for case in cases if (case["closed_at"] is not None) == closed],
            "departments": DEPARTMENTS,
            "colleagues": self.colleagues,
            "broken": self.broken,
            "version": self.version,
        }

    def one_case(self, ref: str, before: int) -> Json:
        kept = self.cases[ref]
        said = [each for each in kept["messages"] if not before or each["seq"] < before]
        page = {"messages": said[-PAGE:], "older": len(said) > PAGE}
        if before:
            return page
        understood = [{"topic": topic, "confidence": share} for topic, share in TOPICS]
        more = {"reason": "asked_for_a_person", "understood": understood, "clocks": [], "next": []}
        return {"case": more | kept["case"], **page, "version": self.version}

    # --- Doing ---

    def act(self, ref: str, action: str, body: Json) -> Json:
        """One staff action, by the rules of the desk; what was arranged in `asks` goes first."""
        if action in {"reply", "ready"} and self.asks and not body.get("confirm"):
            return {"ok": True, **self.asks.pop(0)}
        deed = getattr(self, f"do_{action}")
        outcome = {"ok": True, "outcome": "done", "reason": None} | (deed(ref, body) or {})
        case = self.cases[ref]
        case["trail"].append({"at": iso(), "actor": body["by"], "what": action, "detail": ""})
        self.touch()
        return outcome

    def kase(self, ref: str) -> Json:
        found: Json = self.cases[ref]["case"]
        return found

    def do_claim(self, ref: str, body: Json) -> None:
        self.kase(ref).update(owner=body["by"], state="claimed", claimed_at=iso())

    def do_release(self, ref: str, body: Json) -> None:
        self.kase(ref).update(owner=None, state="queued")

    def do_assign(self, ref: str, body: Json) -> Json | None:
        if body["to"] == "Nobody":
            return {"ok": False, "outcome": "refused", "error": "Nobody is away."}
        self.kase(ref).update(owner=body["to"], state="claimed")
        return None

    def do_priority(self, ref: str, body: Json) -> None:
        self.kase(ref)["priority"] = body["priority"]

    def do_department(self, ref: str, body: Json) -> None:
        self.kase(ref)["department"] = body["department"]

    def do_resolve(self, ref: str, body: Json) -> None:
        self.kase(ref).update(state="resolved", closed_at=iso())

    def do_back_to_bot(self, ref: str, body: Json) -> None:
        self.kase(ref).update(state="returned", closed_at=iso())

    def do_reopen(self, ref: str, body: Json) -> None:
        self.kase(ref).update(state="reopened", owner=None, closed_at=None)

    def do_undo(self, ref: str, body: Json) -> None:
        self.cases[ref]["messages"][body["seq"] - 1].update(state="cancelled", send_at=None)

    def do_note(self, ref: str, body: Json) -> Json:
        text, by = body["text"], body["by"]
        self.add(ref, "note", "staff", text, author_name=by, state="kept", language=None)
        return {"outcome": "note"}

    def do_correct(self, ref: str, body: Json) -> None:
        message = self.cases[ref]["messages"][body["seq"] - 1]
        message["translation"] = {**message["translation"], "text": body["text"], "engine": "hand"}

    def do_preview(self, ref: str, body: Json) -> Json:
        if NOTE.match(body["text"]):
            return {"note": MARKED}
        same = {"text": body["text"], "language": "en", "back": None, "notice": None}
        return {"note": None, "engine": None, **same, **self.previews.get(body["text"], {})}

    def do_ready(self, ref: str, body: Json) -> Json:
        outcome = self.do_reply(ref, {**body, "text": body["text"]})
        if outcome["outcome"] == "queued" and body["text"] != body["english"]:
            ours = {"text": body["english"], "language": "en", "engine": "faq"}
            self.cases[ref]["messages"][-1]["translation"] = ours
        return outcome

    def do_reply(self, ref: str, body: Json) -> Json:
        case, text = self.kase(ref), body["text"]
        by, confirm = body["by"], body.get("confirm")
        if NOTE.match(text):
            kept = {"author_name": by, "state": "kept", "reason": MARKED, "language": None}
            self.add(ref, "note", "staff", text, **kept)
            return {"outcome": "note", "reason": MARKED}
        if case["closed_at"] and confirm not in {"reopen", "follow_up"}:
            return {"outcome": "needs_reopen", "reason": "This case is closed."}
        if confirm == "reopen":
            case.update(closed_at=None, owner=by, state="claimed")
        if confirm != "follow_up":
            if case["owner"] is None and confirm != "claim":
                return {"outcome": "needs_claim"}
            if case["owner"] not in {None, by} and confirm != "anyway":
                return {"outcome": "needs_confirm"}
            if case["owner"] is None:
                case.update(owner=by, state="claimed", claimed_at=iso())
        shown = self.previews.get(text)
        if shown is None:
            self.send(ref, text, by)
        else:
            ours = {"text": text, "language": "en", "engine": "libretranslate"}
            ours["back"] = shown["back"]
            self.send(ref, shown["text"], by, translation=ours)
        return {"outcome": "queued"}

    def send(self, ref: str, text: str, by: str, **more: Any) -> None:
        waits = {"state": "queued", "send_at": iso(self.undo_seconds), "author_name": by}
        sent = self.add(ref, "out", "staff", text, **waits, **more)
        threading.Timer(self.undo_seconds, self.deliver, (sent,)).start()

    def upload(self, query: Json, raw: bytes) -> Json:
        self.uploads.append((query, raw))
        known = {"id": 1, "name": query["name"], "mime": "image/png", "size": len(raw)}
        held = {**known, "state": "kept", "reason": None, "url": "/desk/api/files/1"}
        self.send(query["ref"], f"📎 {query['name']}", query["by"], files=[held])
        return {"ok": True, "outcome": "queued", "seq": 1, "reason": None}

    def announcement(self, step: list[str], body: Json) -> Json:
        self.announced.append(("/".join(step), body))
        if step:
            return {"ok": True, "outcome": "done", "id": 1, "reason": "", "undo_seconds": 9}
        languages = [
            {"language": "en", "name": "English", "visitors": 2, "text": body["text"]},
            {
                "language": "zh-Hant",
                "name": "Chinese (Traditional, 繁體)",
                "visitors": 1,
                "text": "展廳今天提早關閉。",
                "back": "The galleries close early today.",
            },
        ]
        return {"id": 1, "visitors": 3, "waiting": 3, "shut": 1, "languages": languages}

    def deliver(self, message: Json) -> None:
        if message["state"] == "queued":
            message.update(state="delivered", send_at=None)
            self.touch()
