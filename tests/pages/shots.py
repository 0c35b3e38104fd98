"""Takes pictures of the pages in every look: `python -m tests.pages.shots FOLDER`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from .backend import Backend, serve
from .conftest import DESKTOP, FLAGS, PHONE
from .scenes import REPLY, arrange

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


def desk(backend: Backend, page: Any, folder: Path, look: str) -> None:
    """An afternoon at the desk: the list, cases in both scripts, a reply, one that is closed."""
    backend.cases.clear()
    arrange(backend)
    page.goto("/desk#/")
    page.wait_for_selector(".row")
    page.screenshot(path=folder / f"desk-list-{look}.png")
    shown(page, "D-1104")
    page.screenshot(path=folder / f"desk-hans-{look}.png")
    page.fill("#words", REPLY)
    page.click("text=Check translation")
    page.wait_for_selector(".preview .turned")
    page.screenshot(path=folder / f"desk-preview-{look}.png")
    page.get_by_role("button", name="Send", exact=True).click()
    page.wait_for_selector(".undo:visible")
    page.screenshot(path=folder / f"desk-reply-{look}.png")
    shown(page, "D-1103")
    page.get_by_role("button", name="Ready answers").click()
    page.wait_for_selector(".ready-item")
    page.screenshot(path=folder / f"desk-hant-{look}.png")
    shown(page, "D-1105")
    page.get_by_role("button", name="More").click()
    page.get_by_role("button", name="History").click()
    page.wait_for_selector(".trail-list li")
    page.screenshot(path=folder / f"desk-more-{look}.png")
    page.goto("/desk#/")
    page.get_by_role("tab", name="Closed").click()
    shown(page, "D-1098")
    page.screenshot(path=folder / f"desk-closed-{look}.png")
    page.goto("/desk#/")
    page.click("#announce")
    page.fill("#announce-words", "The galleries close at three today.")
    page.click("text=Look at it first")
    page.wait_for_selector(".announce-language")
    page.screenshot(path=folder / f"desk-announce-{look}.png")


def shown(page: Any, ref: str) -> None:
    if page.locator(".back:visible").count():
        page.click(".back")
    page.click(f"[data-ref={ref}]")
    page.wait_for_selector(f".facts dd:text-is('{ref}') >> nth=0", state="attached")
    page.wait_for_timeout(200)


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
