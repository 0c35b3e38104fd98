"""Every variable that Docent reads, in one table; docs/settings.md and .env.example follow it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Setting:
    """One variable: its default, what it does, and whether its value is a secret."""

    name: str
    default: str
    help: str
    secret: bool = False


SETTINGS = (
    Setting("DATABASE_URL", "sqlite:///var/docent.db", "Where everything is remembered.", True),
    Setting("PUBLIC_URL", "", "The https address visitors and platforms reach Docent at."),
    Setting("PORT", "5005", "The port that `docent up` listens on."),
    Setting("HOST", "127.0.0.1", "The address it listens on; 0.0.0.0 for every interface."),
    Setting("EMBED_ORIGINS", "", "Sites that may show the chat page inside their own pages."),
    Setting("TRUSTED_PROXIES", "", "Proxies on other machines whose X-Forwarded-For is believed."),
    Setting("WORKERS", "1", "How many server processes `docent up` runs; more need PostgreSQL."),
    Setting("REDIS_URL", "", "Redis, by which processes tell each other what is new.", True),
    Setting("MESSENGER_PAGE_TOKEN", "", "Page access token, from Meta's app dashboard.", True),
    Setting("MESSENGER_APP_SECRET", "", "App secret that signs Meta's webhooks.", True),
    Setting("MESSENGER_VERIFY_TOKEN", "", "A word of yours, repeated in the webhook form.", True),
    Setting("MESSENGER_API_URL", "https://graph.facebook.com/v23.0", "Meta's Graph API."),
    Setting("WHATSAPP_ACCESS_TOKEN", "", "Token of a system user, from Meta's dashboard.", True),
    Setting("WHATSAPP_PHONE_NUMBER_ID", "", "Id of the phone number (not the number itself)."),
    Setting("WHATSAPP_APP_SECRET", "", "App secret that signs Meta's webhooks.", True),
    Setting("WHATSAPP_VERIFY_TOKEN", "", "A word of yours, repeated in the webhook form.", True),
    Setting("WHATSAPP_TEMPLATE", "", "Approved template that asks a visitor to write again."),
    Setting("WHATSAPP_API_URL", "https://graph.facebook.com/v23.0", "Meta's Graph API."),
    Setting("TELEGRAM_BOT_TOKEN", "", "Token of the bot, from @BotFather.", True),
    Setting("TELEGRAM_SECRET_TOKEN", "", "A word of yours that Telegram sends along.", True),
    Setting("TELEGRAM_API_URL", "https://api.telegram.org", "Telegram's Bot API."),
    Setting("WECHAT_APP_ID", "", "AppID of the Official Account (wx...)."),
    Setting("WECHAT_APP_SECRET", "", "AppSecret of the Official Account.", True),
    Setting("WECHAT_TOKEN", "", "A word of yours, repeated in the server configuration.", True),
    Setting("WECHAT_AES_KEY", "", "EncodingAESKey; set it for the secure mode.", True),
    Setting("WECHAT_API_URL", "https://api.weixin.qq.com", "WeChat's API."),
    Setting("SLACK_BOT_TOKEN", "", "Bot token of the Slack app (xoxb-...).", True),
    Setting("SLACK_SIGNING_SECRET", "", "Signing secret of the Slack app.", True),
    Setting("SLACK_APP_TOKEN", "", "App-level token (xapp-...); set it for Socket Mode.", True),
    Setting("SLACK_DESK_CHANNEL", "", "Id of the channel where cases open (C...)."),
    Setting("SLACK_API_URL", "https://slack.com/api/", "Slack's Web API."),
    Setting("VISITOR_MESSAGES_A_MINUTE", "120", "Messages of one visitor that are answered."),
    Setting("WAITING_MESSAGES", "100000", "How many may wait before webhooks are answered 503."),
    Setting("TRANSLATOR", "none", "Translation for staff: googletrans, libretranslate or none."),
    Setting("TRANSLATOR_URL", "", "Address of your LibreTranslate server."),
    Setting("DESK_UNDO_SECONDS", "5", "How long staff can take a reply back; 0 sends at once."),
    Setting("DESK_PASSWORD", "", "Password of the web desk; unset: loopback only.", True),
    Setting("METRICS_TOKEN", "", "Lets a Prometheus elsewhere read /metrics.", True),
    Setting("LOG_DETAIL", "info", "What is logged: warning, info or debug."),
    Setting("FILES_KEEP_DAYS", "30", "How long files are kept after their case was closed."),
    Setting("FILES_FOLDER", "", "Where files lie; on several machines a folder that all share."),
    Setting("FILES_SCAN_COMMAND", "", "A virus scanner, called with the path of each file."),
)

# A channel is on when any of its variables is set, and then needs all of these. Where one of two
# will do, both are named with a | between them.
CHANNEL_SETTINGS: Mapping[str, tuple[str, ...]] = {
    "messenger": ("MESSENGER_PAGE_TOKEN", "MESSENGER_APP_SECRET", "MESSENGER_VERIFY_TOKEN"),
    "whatsapp": (
        "WHATSAPP_ACCESS_TOKEN",
        "WHATSAPP_PHONE_NUMBER_ID",
        "WHATSAPP_APP_SECRET",
        "WHATSAPP_VERIFY_TOKEN",
    ),
    "telegram": ("TELEGRAM_BOT_TOKEN", "TELEGRAM_SECRET_TOKEN"),
    "wechat": ("WECHAT_APP_ID", "WECHAT_APP_SECRET", "WECHAT_TOKEN"),
    "slack": ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET|SLACK_APP_TOKEN", "SLACK_DESK_CHANNEL"),
}
# What a channel may have on top; setting only these is a slip that the start names.
CHANNEL_OPTIONS: Mapping[str, tuple[str, ...]] = {
    "whatsapp": ("WHATSAPP_TEMPLATE",),
    "wechat": ("WECHAT_AES_KEY",),
}
# What a value must look like, and how to say it; a wrong one would fail much later, at a platform.
SHAPES: Mapping[str, tuple[str, str]] = {
    "TELEGRAM_SECRET_TOKEN": (r"[\w-]{1,256}", "1 to 256 letters, digits, _ and -"),
    "EMBED_ORIGINS": (
        r"https://[\w.-]+(:\d+)?( +https://[\w.-]+(:\d+)?)*",
        "origins with https, such as https://www.example.org, a space between two",
    ),
    "TRUSTED_PROXIES": (
        r"[0-9a-fA-F.:]+(/\d{1,3})?( +[0-9a-fA-F.:]+(/\d{1,3})?)*",
        "addresses or networks, such as 10.0.0.0/8, a space between two",
    ),
    "LOG_DETAIL": (r"warning|info|debug", "warning, info or debug"),
    "WECHAT_AES_KEY": (r"[A-Za-z0-9+/]{43}", "the 43 letters and digits of EncodingAESKey"),
}
