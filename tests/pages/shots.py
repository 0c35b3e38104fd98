"""Takes pictures of the pages in every look: `python -m tests.pages.shots FOLDER`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from .backend import Backend, iso, serve
from .conftest import DESKTOP, FLAGS, PHONE

LOOKS = [(size, scheme) for size in ("phone", "desktop") for scheme in ("light", "dark")]


def chat(backend: Backend, page: Any, folder: Path, look: str) -> None:
    """A visitor's afternoon: the welcome, an answer, choices, and a colleague."""
    backend.conversations.clear()
    page.goto("/")
    page.wait_for_selector("#log[aria-busy=false]")
    page.screenshot(path=folder / f"chat-welcome-{look}.png")
    page.fill("#message", "Hi! When are you open on Sunday?")
    page.keyboard.press("Enter")
    page.wait_for_selector(".message.bot")
    page.fill("#message", "Which one is free?")
    page.keyboard.press("Enter")
    page.wait_for_selector(".choice")
    page.click(".choice >> nth=1")
    page.wait_for_selector("text=You wrote: Tickets")
    backend.tell("system", "You are next. Our team answers until 17:00 today.")
    backend.set_speaker("human")
    backend.tell(
        "staff",
        "Hello, this is Mei. The Silk Road exhibition is free for under-16s.",
        author_name="Mei",
    )
    page.wait_for_selector(".message.staff")
    page.wait_for_timeout(300)
    page.screenshot(path=folder / f"chat-{look}.png")


def chat_chinese(backend: Backend, page: Any, folder: Path, look: str) -> None:
    backend.conversations.clear()
    page.goto("/")
    page.wait_for_selector("#log[aria-busy=false]")
    page.fill("#message", "請問這週末幾點開館？")
    page.keyboard.press("Enter")
    page.wait_for_selector(".message.bot")
    backend.trouble = [503, 503, 503]
    page.fill("#message", "可以帶嬰兒車進去嗎？")
    page.keyboard.press("Enter")
    page.wait_for_selector(".retry:visible")
    page.screenshot(path=folder / f"chat-zh-hant-{look}.png")
    backend.trouble = []


def arrange_desk(backend: Backend) -> None:
    backend.open_case(
        "D-104",
        "陈晓梅",
        "你好，请问讲解器有中文的吗？我带父母来，他们不会英文。",
        channel="wechat",
        due_at=iso(-420),
        overdue=True,
        opened_at=iso(-2220),
    )
    backend.open_case(
        "D-105",
        "James Whitfield",
        "I left a grey umbrella in the cloakroom on Friday.",
        channel="messenger",
        opened_at=iso(-360),
        due_at=iso(1440),
        department=None,
    )
    backend.open_case(
        "D-103",
        "林雅婷",
        "請問學校團體預約要多久以前申請？",
        channel="telegram",
        owner="Mei",
        state="claimed",
        opened_at=iso(-5400),
        first_reply_at=iso(-3600),
        department="access",
    )
    first = backend.cases["D-104"]["messages"][0]
    first.update(
        at=iso(-2220),
        translation={
            "text": "Hello, do you have audio guides in Chinese? "
            "I am bringing my parents, who do not speak English.",
            "language": "en",
            "engine": "googletrans",
        },
    )
    backend.add(
        "D-104",
        "out",
        "bot",
        "您的问题已转给馆里的同事，同事会直接在这里回复您。您的编号是D-104。",
        at=iso(-2215),
        state="sent",
        translation={
            "text": "I have passed your question to a colleague, "
            "who will answer you right here. Your reference is D-104.",
            "language": "en",
            "engine": "Docent",
        },
    )
    backend.add(
        "D-104",
        "note",
        "staff",
        "The Mandarin guides came back from repair this morning, ask Tom for the count.",
        author_name="Anna",
        state="kept",
        at=iso(-900),
    )
    backend.add(
        "D-104",
        "in",
        "visitor",
        "我们下午三点到。",
        author_name="陈晓梅",
        at=iso(-120),
        notice="Translation is not available right now; this is the original.",
    )


def desk(backend: Backend, page: Any, folder: Path, look: str) -> None:
    backend.cases.clear()
    arrange_desk(backend)
    page.goto("/desk")
    page.wait_for_selector(".row")
    page.screenshot(path=folder / f"desk-list-{look}.png")
    page.click("[data-ref=D-104]")
    page.wait_for_selector(".entry")
    page.screenshot(path=folder / f"desk-case-{look}.png")
    page.fill("#words", "Yes, we have ten Mandarin audio guides. I have kept three for you.")
    page.click("text=Claim and send")
    page.wait_for_selector(".undo:visible")
    page.click("text=Note (stays here)")
    page.screenshot(path=folder / f"desk-reply-{look}.png")


def main() -> None:
    take(Path(sys.argv[1]))


def take(folder: Path) -> None:
    """Play every scene in every look and save what is seen."""
    folder.mkdir(parents=True, exist_ok=True)
    backend = Backend()
    backend.undo_seconds = 5
    server, address = serve(backend)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for size, scheme in LOOKS:
            context = browser.new_context(
                base_url=address,
                viewport=PHONE if size == "phone" else DESKTOP,
                color_scheme=scheme,
                locale="en-GB",
            )
            context.add_init_script("localStorage.setItem('docent.desk.name', '\"Mei\"')")
            for scene in (chat, chat_chinese, desk):
                page = context.new_page()
                scene(backend, page, folder, f"{size}-{scheme}")
                page.close()
                context.clear_cookies()
            context.close()
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    main()
