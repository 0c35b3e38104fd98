"""All settings in one typed place; docs/settings.md is held to this table by a test.

A value comes from the environment or from `.env`; a channel is switched on by setting any of its
variables and then needs all of them: a channel without its secret does not start.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values

from bot.errors import SettingError
from bot.variables import CHANNEL_OPTIONS, CHANNEL_SETTINGS, SETTINGS, SHAPES

ROOT = Path(__file__).resolve().parent.parent
# Each takes nearly a gigabyte; more than this on one machine is a slip.
MOST_WORKERS = 64
REDIS_SCHEMES = ("redis://", "rediss://", "unix://")


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
        self.workers = self._number("WORKERS", MOST_WORKERS)
        self.desk_undo_seconds = self._number("DESK_UNDO_SECONDS", 600)
        self.visitor_messages_a_minute = self._number("VISITOR_MESSAGES_A_MINUTE", 100_000)
        self.waiting_messages = self._number("WAITING_MESSAGES", 100_000_000)
        self.files_keep_days = self._number("FILES_KEEP_DAYS", 3650)
        self._check_shapes()
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

    @property
    def files_folder(self) -> Path:
        """Where the bytes of files lie: as told, beside the SQLite database, or in `var/`."""
        if self["FILES_FOLDER"]:
            return self.root / self["FILES_FOLDER"]
        scheme, _, path = self.database_url.partition(":///")
        beside = Path(path).parent if scheme.startswith("sqlite") and path else self.root / "var"
        return beside / "files"

    def _enabled_channels(self) -> list[str]:
        enabled = []
        for channel, names in CHANNEL_SETTINGS.items():
            missing = [n for n in names if not any(self[each] for each in n.split("|"))]
            extra = [n for n in CHANNEL_OPTIONS.get(channel, ()) if self[n]]
            if len(missing) == len(names) and not extra:
                continue
            if missing:
                wanted = " and ".join(name.replace("|", " or ") for name in missing)
                raise SettingError(
                    f"{channel} is switched on but {wanted} is not set. "
                    f"Set it in the environment or in .env (docs/settings.md says where to find "
                    f"it), or remove every {channel.upper()}_ variable to switch the channel off."
                )
            enabled.append(channel)
        return enabled

    def _check_shapes(self) -> None:
        for name, (pattern, words) in SHAPES.items():
            if self[name] and not re.fullmatch(pattern, self[name], re.ASCII):
                raise SettingError(f"{name} does not look right. Write {words}.")

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
        if self.workers < 1:
            raise SettingError("WORKERS is 0. Write how many server processes are to run.")
        if self.workers > 1 and self["DATABASE_URL"].startswith("sqlite"):
            raise SettingError(
                f"WORKERS is {self.workers} and DATABASE_URL is SQLite, which serves one process. "
                "Set DATABASE_URL to PostgreSQL, or WORKERS to 1."
            )
        if self["REDIS_URL"] and not self["REDIS_URL"].startswith(REDIS_SCHEMES):
            raise SettingError(
                "REDIS_URL does not look right. Write redis://host:6379/0, or rediss:// for TLS."
            )


def load_settings(root: Path = ROOT, environment: Mapping[str, str] | None = None) -> Settings:
    """Reads `.env` and the environment (which wins).

    Raises:
        SettingError: As `Settings` does.
    """
    from_file = {k: v for k, v in dotenv_values(root / ".env").items() if v}
    given = os.environ if environment is None else environment
    return Settings({**from_file, **{k: v for k, v in given.items() if v}}, root)
