"""What visitors send beside texts under `make soak`: pictures, changed messages, presses."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

from bench.platforms import (
    PNG,
    TELEGRAM_WORD,
    WHATSAPP_SECRET,
    Line,
    attachment,
    batch,
    call,
    post_webhook,
    quick_reply,
    telegram_updates,
    wechat_push,
    whatsapp_webhooks,
)

PATIENCE = 60.0


def send_picture(line: Line) -> bool:
    """Lets a visitor send a picture; tells whether the line can."""
    ways: dict[str, Callable[[Line], bool]] = {
        "messenger": _messenger_picture,
        "whatsapp": _whatsapp_picture,
        "telegram": _telegram_picture,
        "wechat": _wechat_picture,
        "slack": _slack_picture,
        "web": _web_picture,
    }
    return ways[line.channel](line)


def _messenger_picture(line: Line) -> bool:
    return bool(line.house.post(batch(attachment(line.person, "image"))).status == 200)


def _whatsapp_picture(line: Line) -> bool:
    body = whatsapp_webhooks.webhook(whatsapp_webhooks.media(line.person, "image"))
    return bool(post_webhook(line.url(), body, WHATSAPP_SECRET, timeout=PATIENCE).status == 200)


def _telegram_picture(line: Line) -> bool:
    update = telegram_updates.carrying(int(line.person), "image")
    return bool(telegram_updates.post_update(line.url(), update, TELEGRAM_WORD).status == 200)


def _wechat_picture(line: Line) -> bool:
    return not line.account.push(line.url(), wechat_push.image(line.person)).sorry


def _slack_picture(line: Line) -> bool:
    with line.house.slack.changing() as workspace:
        channel = workspace.open_im(line.user).id
    sent = line.house.driver.share_file(line.user, channel, "photo.png", data=PNG)
    return bool(sent.status == 200)


def _web_picture(line: Line) -> bool:
    url = f"{line.url().removesuffix('webhook')}files?id=page-{uuid4().hex}&name=photo.png"
    headers = {"Content-Type": "application/octet-stream", "Cookie": line.cookie}
    return bool(call("POST", url, PNG, headers, PATIENCE).status == 200)


def write_and_edit(line: Line) -> bool:
    """Lets a visitor write and change that at once; tells whether the platform knows that."""
    if line.channel != "whatsapp":
        return False
    mid = whatsapp_webhooks.new_wamid()
    for message in (
        whatsapp_webhooks.text(line.person, "一个问题 a question", mid),
        whatsapp_webhooks.edit(line.person, mid, "到几点关门 until when are you open"),
    ):
        body = whatsapp_webhooks.webhook(message)
        post_webhook(line.url(), body, WHATSAPP_SECRET, timeout=PATIENCE)
    return True


def press_offered(line: Line) -> bool:
    """Lets a visitor press a button of the last answer, where it has one."""
    if line.channel != "messenger":
        return False
    sent = line.house.graph.sent(line.person)
    if not sent or not sent[-1].payloads:
        return False
    event = quick_reply(line.person, sent[-1].buttons[0], sent[-1].payloads[0])
    return bool(line.house.post(batch(event)).status == 200)
