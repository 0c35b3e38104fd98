"""All settings in one typed place; docs/settings.md is held to this table by a test.

A value comes from the environment or from `.env`; a channel is switched on by setting any of its
variables and then needs all of them: a channel without its secret does not start.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values

from bot.errors import SettingError

ROOT = Path(__file__).resolve().parent.parent


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
    Setting("MESSENGER_PAGE_TOKEN", "", "Page access token, from Meta's app dashboard.", True),
    Setting("MESSENGER_APP_SECRET", "", "App secret that signs Meta's webhooks.", True),
    Setting("MESSENGER_VERIFY_TOKEN", "", "A word of yours, repeated in the webhook form.", True),
    Setting("MESSENGER_API_URL", "https://graph.facebook.com/v23.0", "Meta's Graph API."),
    Setting("SLACK_BOT_TOKEN", "", "Bot token of the Slack app (xoxb-...).", True),
    Setting("SLACK_SIGNING_SECRET", "", "Signing secret of the Slack app.", True),
    Setting("SLACK_DESK_CHANNEL", "", "Id of the channel where cases open (C...)."),
    Setting("SLACK_API_URL", "https://slack.com/api/", "Slack's Web API."),
    Setting("TRANSLATOR", "none", "Translation for staff: googletrans, libretranslate or none."),
    Setting("TRANSLATOR_URL", "", "Address of your LibreTranslate server."),
    Setting("DESK_UNDO_SECONDS", "5", "How long staff can take a reply back; 0 sends at once."),
    Setting("DESK_PASSWORD", "", "Password of the web desk; unset: loopback only.", True),
)

# A channel is on when any of its variables is set, and then needs all of them.
CHANNEL_SETTINGS: Mapping[str, tuple[str, ...]] = {
    "messenger": ("MESSENGER_PAGE_TOKEN", "MESSENGER_APP_SECRET", "MESSENGER_VERIFY_TOKEN"),
    "slack": ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_DESK_CHANNEL"),
}


class Settings:
    """The settings of one run: `settings["DESK_PASSWORD"]`, and numbers as attributes.

    Raises:
        SettingError: A value cannot be used, or a channel lacks one of its variables.
    """

    def __init__(self, values: Mapping[str, str], root: Path = ROOT) -> None:
        self.root = root
        self._values = {s.name: (values.get(s.name) or "").strip() or s.default for s in SETTINGS}
        self.enabled = frozenset(self._enabled_channels())
        self.port = self._number("PORT", 65535)
        self.desk_undo_seconds = self._number("DESK_UNDO_SECONDS", 600)
        self._check_translator()
        self._check_database()

    def __getitem__(self, name: str) -> str:
        return self._values[name]

    @property
    def database_url(self) -> str:
        """The database address, a relative SQLite path made absolute."""
        url = self["DATABASE_URL"]
        scheme, _, path = url.partition(":///")
        if scheme.startswith("sqlite") and path and not path.startswith("/"):
            return f"{scheme}:///{self.root / path}"
        return url

    def _enabled_channels(self) -> list[str]:
        enabled = []
        for channel, names in CHANNEL_SETTINGS.items():
            missing = [name for name in names if not self[name]]
            if len(missing) == len(names):
                continue
            if missing:
                raise SettingError(
                    f"{channel} is switched on but {' and '.join(missing)} is not set. "
                    f"Set it in the environment or in .env (docs/settings.md says where to find "
                    f"it), or remove every {channel.upper()}_ variable to switch the channel off."
                )
            enabled.append(channel)
        return enabled

    def _number(self, name: str, highest: int) -> int:
        try:
            number = int(self[name])
        except ValueError:
            number = -1
        if not 0 <= number <= highest:
            raise SettingError(f"{name} is {self[name]!r}. Write a whole number, 0 to {highest}.")
        return number

    def _check_translator(self) -> None:
        if self["TRANSLATOR"] not in ("googletrans", "libretranslate", "none"):
            raise SettingError(
                f"TRANSLATOR is {self['TRANSLATOR']!r}. Write googletrans, libretranslate or none."
            )
        if self["TRANSLATOR"] == "libretranslate" and not self["TRANSLATOR_URL"]:
            raise SettingError(
                "TRANSLATOR is libretranslate but TRANSLATOR_URL is not set. Set it."
            )

    def _check_database(self) -> None:
        if not self["DATABASE_URL"].startswith(("sqlite:///", "postgresql://", "postgresql+")):
            raise SettingError(
                "DATABASE_URL must begin with sqlite:/// (one machine) or postgresql:// "
                "(several processes), for example sqlite:///var/docent.db."
            )


def load_settings(root: Path = ROOT, environment: Mapping[str, str] | None = None) -> Settings:
    """Reads `.env` and the environment (which wins).

    Raises:
        SettingError: As `Settings` does.
    """
    from_file = {k: v for k, v in dotenv_values(root / ".env").items() if v}
    given = os.environ if environment is None else environment
    return Settings({**from_file, **{k: v for k, v in given.items() if v}}, root)
