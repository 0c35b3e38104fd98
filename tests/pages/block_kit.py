"""Draws Block Kit as Slack shows it on a phone, near enough to judge a design by.

There is no Slack here. What each block may hold is in docs.slack.dev/reference/block-kit; the
sizes and colours are those of Slack's app, measured by eye.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

Block = dict[str, Any]

EMOJI = {
    "alarm_clock": "⏰",
    "hourglass": "⏳",
    "hourglass_flowing_sand": "⏳",
    "eyes": "👀",
    "white_check_mark": "✅",
    "leftwards_arrow_with_hook": "↩️",
    "warning": "⚠️",
    "rotating_light": "🚨",
}
STYLE = """
* { box-sizing: border-box; margin: 0 }
body { font: 15px/1.4 Lato, 'Noto Sans', 'Noto Sans CJK SC', 'WenQuanYi Zen Hei', sans-serif;
       color: #1d1c1d; background: #fff; width: 390px }
.bar { background: #3f0e40; color: #fff; padding: 14px 16px 12px; font-weight: 700;
       font-size: 17px }
.bar small { display: block; font-weight: 400; font-size: 13px; opacity: .8 }
.tabs { display: flex; gap: 24px; padding: 10px 16px 0; border-bottom: 1px solid #ddd;
        color: #616061 }
.tabs b { color: #1d1c1d; border-bottom: 2px solid #1264a3; padding-bottom: 8px }
.blocks { padding: 6px 16px 18px }
.message { display: flex; gap: 10px; padding: 14px 12px }
.message .blocks { padding: 0; flex: 1; min-width: 0 }
.face { width: 36px; height: 36px; border-radius: 8px; background: #1f3a5f; color: #fff;
        font-weight: 700; text-align: center; line-height: 36px; flex: none }
.who { font-weight: 700 } .who i { font: 400 11px Lato, 'Noto Sans'; background: #ddd;
        border-radius: 3px; padding: 1px 4px; margin: 0 4px; font-style: normal }
.who small { color: #616061; font-weight: 400 }
h2 { font-size: 18px; margin: 14px 0 4px; line-height: 1.3 }
.section { margin: 4px 0; display: flex; gap: 10px; align-items: flex-start;
           overflow-wrap: anywhere; white-space: pre-wrap }
.section > div { flex: 1; min-width: 0 }
.context { font-size: 13px; color: #616061; margin: 8px 0 2px; overflow-wrap: anywhere }
.context span + span { margin-left: 8px }
.actions { display: flex; flex-wrap: wrap; gap: 8px; margin: 6px 0 8px }
.button { border: 1px solid #bbb; border-radius: 6px; padding: 6px 12px; font-weight: 700;
          font-size: 14px; background: #fff; white-space: nowrap; flex: none }
.primary { background: #007a5a; border-color: #007a5a; color: #fff }
.danger { background: #e01e5a; border-color: #e01e5a; color: #fff }
.select::after { content: " ▾"; color: #616061 }
hr { border: 0; border-top: 1px solid #ddd; margin: 10px 0 }
code { background: #f6f6f6; border: 1px solid #ddd; border-radius: 3px; padding: 0 3px;
       color: #c01343; font-size: 12px }
a { color: #1264a3; text-decoration: none }
.here { background: #fff4cc; color: #1264a3; border-radius: 3px }
"""
_DATE = re.compile(r"<!date\^\d+\^[^|>]*\|([^>]*)>")
_LINK = re.compile(r"<((?:https?|mailto)[^|>]*)\|([^>]*)>")


def home_page(blocks: list[Block]) -> str:
    """Returns the Home tab as a page."""
    bar = '<div class="bar">Docent<small>App</small></div>'
    tabs = '<div class="tabs"><b>Home</b><span>Messages</span><span>About</span></div>'
    return _page(f'{bar}{tabs}<div class="blocks">{_drawn(blocks)}</div>')


def message_page(posts: list[list[Block]], channel: str, only_you: bool = False) -> str:
    """Returns messages of the app in a channel as a page; `only_you` marks them ephemeral."""
    bar = f'<div class="bar"># {html.escape(channel)}<small>8 members</small></div>'
    return _page(bar + "".join(_message(blocks, only_you) for blocks in posts))


def _message(blocks: list[Block], only_you: bool) -> str:
    seen = "<small>Only visible to you</small><br>" if only_you else ""
    who = f'<div class="who">{seen}Docent <i>APP</i><small>11:42</small></div>'
    body = f'<div class="blocks">{who}{_drawn(blocks)}</div>'
    return f'<div class="message"><div class="face">D</div>{body}</div>'


def _page(body: str) -> str:
    return f"<!doctype html><meta charset=utf-8><style>{STYLE}</style><body>{body}"


def _drawn(blocks: list[Block]) -> str:
    return "".join(_BLOCKS[block["type"]](block) for block in blocks)


def _header(block: Block) -> str:
    return f"<h2>{_text(block['text'])}</h2>"


def _section(block: Block) -> str:
    texts = [block["text"]] if "text" in block else block["fields"]
    words = "".join(f"<div>{_text(each)}</div>" for each in texts)
    beside = _element(block["accessory"]) if "accessory" in block else ""
    return f'<div class="section">{words}{beside}</div>'


def _context(block: Block) -> str:
    inner = "".join(f"<span>{_text(each)}</span>" for each in block["elements"])
    return f'<div class="context">{inner}</div>'


def _actions(block: Block) -> str:
    return f'<div class="actions">{"".join(map(_element, block["elements"]))}</div>'


def _element(element: Block) -> str:
    if element["type"] == "button":
        return f'<span class="button {element.get("style", "")}">{_text(element["text"])}</span>'
    if element["type"] == "overflow":
        return '<span class="button">⋯</span>'
    chosen = element.get("initial_option")
    words = chosen["text"] if chosen else element.get("placeholder", {"text": "⋯"})
    return f'<span class="button select">{html.escape(words["text"])}</span>'


def _text(text: Block) -> str:
    """Draws plain_text as it is, and Slack's markup in mrkdwn; both hold Slack's entities."""
    words = str(text["text"])
    if text["type"] == "plain_text":
        return html.escape(html.unescape(words))
    words = _LINK.sub(r'<a href="\1">\2</a>', _DATE.sub(r"\1", words))
    words = words.replace("<!here>", '<span class="here">@here</span>')
    words = re.sub(r"<@(\w+)>", r'<span class="here">@\1</span>', words)
    words = re.sub(r"`([^`]+)`", r"<code>\1</code>", words)
    words = re.sub(r"(?<!\w)\*([^*\n]+)\*(?!\w)", r"<b>\1</b>", words)
    return re.sub(r":([a-z_]+):", lambda found: EMOJI.get(found[1], found[0]), words)


_BLOCKS: dict[str, Callable[[Block], str]] = {
    "header": _header,
    "section": _section,
    "context": _context,
    "actions": _actions,
    "divider": lambda _block: "<hr>",
}
