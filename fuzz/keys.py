"""The made-up keys of the server that is fuzzed, and its settings."""

from __future__ import annotations

from pathlib import Path

APP_SECRET, WORD, DESK, BOT_ID = "fuzz-app-secret", "fuzz-word", "C0DESK", "7000000001"
SIGNING_SECRET = "fuzz-signing-secret"
AES_KEY = "QmFzZTY0IG9mIDMyIGJ5dGVzIG9mIG91ciBvd24hISE"
APP_ID, PHONE = "wx0d0ce0d0ce0d0ce0", "106200000000001"


def settings(folder: Path, platforms: str, sealed: bool, socket: bool) -> dict[str, str]:
    """Returns the settings of a server with every channel on.

    Args:
        folder: Where its database lies.
        platforms: The address that stands for every platform.
        sealed: Whether WeChat encrypts its messages.
        socket: Whether Slack's events come by Socket Mode too.
    """
    meta = {"APP_SECRET": APP_SECRET, "VERIFY_TOKEN": WORD, "API_URL": platforms}
    return {
        "DATABASE_URL": f"sqlite:///{folder}/docent.db",
        **{
            f"{name}_{key}": value
            for name in ("MESSENGER", "WHATSAPP")
            for key, value in meta.items()
        },
        "MESSENGER_PAGE_TOKEN": WORD,
        "WHATSAPP_ACCESS_TOKEN": WORD,
        "WHATSAPP_PHONE_NUMBER_ID": PHONE,
        "TELEGRAM_BOT_TOKEN": f"{BOT_ID}:{WORD}",
        "TELEGRAM_SECRET_TOKEN": WORD,
        "TELEGRAM_API_URL": platforms,
        "WECHAT_APP_ID": APP_ID,
        "WECHAT_APP_SECRET": WORD,
        "WECHAT_TOKEN": WORD,
        "WECHAT_API_URL": platforms,
        "WECHAT_AES_KEY": AES_KEY if sealed else "",
        "SLACK_BOT_TOKEN": "xoxb-fuzz",
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "SLACK_APP_TOKEN": "xapp-fuzz" if socket else "",
        "SLACK_DESK_CHANNEL": DESK,
        "SLACK_API_URL": f"{platforms}/slack/",
        "DESK_UNDO_SECONDS": "0",
    }
