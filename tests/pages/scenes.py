"""Made-up visitors for the pictures of the desk: what they ask, and how far their cases are."""

from __future__ import annotations

from typing import Any

from .backend import Backend
from .backend_desk import iso

REPLY = "Yes, we have ten Mandarin guides. I have kept three for you until four o'clock."
READS = "有的，我们有十台普通话讲解器，已经为您预留了三台，保留到四点。"
BACK = "Yes, we have ten Mandarin audio guides and have reserved three for you until four o'clock."


def arrange(backend: Backend) -> None:
    """Fills the desk."""
    backend.ready = READY
    backend.previews = {
        REPLY: {"text": READS, "language": "zh-Hans", "back": BACK, "engine": "libretranslate"}
    }
    _audio_guide(backend)
    _umbrella(backend)
    _school(backend)
    _urgent(backend)
    _closed(backend)


def clock(kind: str, due: float | None = None, **more: Any) -> dict[str, Any]:
    """One promise, due in so many seconds."""
    at = None if due is None else iso(due)
    still = {"met_at": None, "ended_at": None, "running": due is not None, "broken": False}
    return {"kind": kind, "due_at": at, **still, **more}


def english(text: str) -> dict[str, str]:
    """A translation for staff."""
    return {"text": text, "language": "en", "engine": "libretranslate"}


def _audio_guide(backend: Backend) -> None:
    backend.open_case(
        "D-1104",
        "陈晓梅",
        "你好，请问讲解器有中文的吗？我带父母来，他们不会英文。",
        channel="wechat",
        due_at=iso(-430),
        overdue=True,
        opened_at=iso(-2220),
        owner="Mei",
        state="claimed",
        mood="upset",
        window="Reply window: 41 h 20 m, 3 of 5 messages left",
        question_translated="Hello, do you have audio guides in Chinese?",
        clocks=[clock("first_reply", -430, broken=True), clock("resolution", 9600)],
    )
    first = backend.cases["D-1104"]["messages"][0]
    words = (
        "Hello, do you have audio guides in Chinese? I am bringing my parents, who do not speak"
    )
    first.update(at=iso(-2220), translation=english(f"{words} English."))
    bot = "您的问题已转给馆里的同事，同事会直接在这里回复您。您的编号是D-1104。"
    told = "I have passed your question to a colleague, who will answer you here: D-1104."
    said = {"text": told, "language": "en", "engine": "faq"}
    backend.add("D-1104", "out", "system", bot, at=iso(-2215), state="sent", translation=said)
    note = "The Mandarin guides came back from repair this morning; Tom has the count."
    kept = {"author_name": "Anna", "state": "kept", "at": iso(-900), "language": None}
    backend.add("D-1104", "note", "staff", note, **kept)
    later = {"author_name": "陈晓梅", "at": iso(-120)}
    mine = english("We arrive at three in the afternoon. There are six of us.")
    backend.add(
        "D-1104", "in", "visitor", "我们下午三点到，一共六个人。", translation=mine, **later
    )


def _umbrella(backend: Backend) -> None:
    backend.open_case(
        "D-1105",
        "James Whitfield",
        "I left a grey umbrella in the cloakroom on Friday.",
        channel="messenger",
        opened_at=iso(-360),
        due_at=iso(1440),
        previous="D-1098",
        clocks=[clock("first_reply", 1440), clock("resolution", 14000)],
        told=[
            {"label": "What was lost", "words": "A grey umbrella, wooden handle"},
            {"label": "Where and when", "words": "Cloakroom, Friday around four"},
        ],
    )
    backend.cases["D-1105"]["trail"] = [
        {"at": iso(-360), "actor": "docent", "what": "opened", "detail": "lost_property"},
        {"at": iso(-360), "actor": "docent", "what": "routed", "detail": "row 4: what was lost"},
        {"at": iso(-200), "actor": "Anna", "what": "claimed", "detail": ""},
        {"at": iso(-150), "actor": "Anna", "what": "noted", "detail": "It is marked as a note."},
        {"at": iso(-90), "actor": "Anna", "what": "released", "detail": ""},
    ]


def _school(backend: Backend) -> None:
    question = "請問學校團體預約要多久以前申請？我們有三十位五年級學生。"
    backend.open_case(
        "D-1103",
        "林雅婷",
        question,
        channel="telegram",
        owner="Mei",
        state="claimed",
        opened_at=iso(-5400),
        first_reply_at=iso(-3600),
        due_at=iso(420),
        department="access",
        question_translated="How long before the visit must a school group apply?",
        clocks=[
            clock("first_reply", met_at=iso(-3600), ended_at=iso(-3600)),
            clock("next_reply", 420),
            clock("resolution", 8000),
        ],
    )
    words = "How long before the visit must a school group apply? We have thirty fifth-graders."
    backend.cases["D-1103"]["messages"][0].update(at=iso(-5400), translation=english(words))
    said = {**english("Two weeks before, please."), "back": "Please apply two weeks before."}
    sent = {"author_name": "Mei", "state": "sent", "receipt": "read", "at": iso(-3600)}
    backend.add("D-1103", "out", "staff", "請在參觀前兩週申請。", translation=said, **sent)
    asked = english("Is there a place where the children can eat lunch?")
    photo = {"id": 1, "name": "名單.png", "mime": "application/pdf", "size": 120_000}
    files = [
        {**photo, "name": "名單.pdf", "state": "kept", "reason": None, "url": "/desk/api/files/1"}
    ]
    more = {"author_name": "林雅婷", "at": iso(-1100), "files": files, "attachments": []}
    backend.add("D-1103", "in", "visitor", "有地方讓孩子吃午餐嗎？", translation=asked, **more)


def _urgent(backend: Backend) -> None:
    backend.open_case(
        "D-1106",
        "Priya",
        "Someone has collapsed by the main stairs",
        channel="whatsapp",
        priority="urgent",
        opened_at=iso(-50),
        due_at=iso(-50),
        overdue=True,
        clocks=[clock("first_reply", -50)],
    )


def _closed(backend: Backend) -> None:
    backend.open_case(
        "D-1098",
        "吴先生",
        "我想投诉，昨天排了一个小时的队。",
        channel="web",
        owner="Anna",
        state="resolved",
        opened_at=iso(-90_000),
        first_reply_at=iso(-89_000),
        closed_at=iso(-80_000),
        due_at=None,
        rating=4,
        rating_words="回复很快，谢谢！",
        question_translated="I want to complain, I queued for an hour yesterday.",
        next=["D-1105"],
        clocks=[
            clock("first_reply", met_at=iso(-89_000), ended_at=iso(-89_000)),
            clock("resolution", met_at=iso(-80_000), ended_at=iso(-80_000)),
        ],
    )
    mine = english("I want to complain, I queued for an hour yesterday.")
    backend.cases["D-1098"]["messages"][0].update(at=iso(-90_000), translation=mine)
    ours = english("We are sorry. Come to the fast lane next time and name your reference.")
    sent = {"author_name": "Anna", "state": "sent", "receipt": "read", "at": iso(-89_000)}
    words = "非常抱歉让您久等。下次请走快速通道，报上您的编号即可。"
    backend.add("D-1098", "out", "staff", words, translation=ours, **sent)


_OPEN = "博物館週二至週日10:00至17:30開放，最後入場時間為17:00。"
READY = {
    "answers": [
        {
            "kind": "suggestion",
            "id": "school_groups",
            "label": "School groups",
            "text": "學校團體請於參觀前兩週預約，午餐室可容納三十人。",
            "english": "School groups book two weeks ahead; the lunch room holds thirty.",
            "language": "zh-Hant",
        },
        {
            "kind": "suggestion",
            "id": "opening_hours",
            "label": "Opening hours",
            "text": _OPEN,
            "english": "Open Tuesday to Sunday, 10:00 to 17:30; last entry 17:00.",
            "language": "zh-Hant",
        },
    ],
    "saved": [
        {
            "kind": "saved reply",
            "id": "checking",
            "label": "I am finding out",
            "text": "請稍候，我正在為您確認。",
            "english": "One moment please, I am finding out for you.",
            "language": "zh-Hant",
        }
    ],
}
