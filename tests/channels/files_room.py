"""A desk at work, one visitor's channel before its platform's stand-in, and files both ways."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar
from unittest.mock import patch

from standins.multipart import GotFile
from standins.slack import SlackDriver, SlackStandin

from bot.channels import host
from bot.channels.base import Channel
from bot.channels.host import Host
from bot.config import Settings
from bot.content.voice import Voice, load_voice
from bot.desk.casework import Request
from bot.messages import Attachment, Inbound
from bot.store import files, log
from bot.store.file_table import files as table
from bot.store.tables import messages

from .slack_room import DESK, Room, open_room


class Visitors(ABC):
    """One platform with a person on it.

    Args:
        standin: The platform.
    """

    name: str
    person: str
    place: ClassVar[dict[str, str]] = {}

    def __init__(self, standin: Any) -> None:
        self.standin = standin

    @abstractmethod
    def channel(self, settings: Settings) -> Channel:
        """Returns the channel in front of the stand-in."""

    @property
    @abstractmethod
    def values(self) -> dict[str, str]:
        """Returns the settings that switch the channel on."""

    def meet(self, slack: SlackStandin) -> None:
        """Learns where the desk is, for whoever writes there too."""
        self.desk = slack

    @abstractmethod
    def keep(self, data: bytes, mime: str) -> Attachment:
        """Lets the person send a file; returns it as the channel's events tell of it."""

    @abstractmethod
    def forget(self, sent: Attachment) -> None:
        """Lets what the person sent be gone from the platform."""

    @property
    @abstractmethod
    def got(self) -> list[GotFile]:
        """Returns the files that the person got."""

    @abstractmethod
    def words(self) -> list[str]:
        """Returns the texts that the person got."""

    @abstractmethod
    def stumble(self) -> None:
        """Lets the platform's next answer on a file be a passing error."""


class FileRoom(Room):
    """A room with a visitor of one platform in it."""

    visitors: Visitors

    def __init__(
        self, slack: SlackStandin, driver: SlackDriver, host: Host, visitors: Visitors
    ) -> None:
        super().__init__(slack, driver, host, None)  # type: ignore[arg-type]
        self.visitors = visitors

    def heard(self, text: str = "", *sent: Attachment) -> Any:
        """Writes a message of the visitor to the log; returns its row."""
        self._mids += 1
        told = [{n: v for n, v in vars(each).items() if v is not None} for each in sent]
        payload = {"attachments": told, "place": self.visitors.place}
        who = (self.visitors.name, self.visitors.person, f"in.{self._mids}")
        inbound = Inbound(*who, text, attachments=sent, name="Li Wei 李")
        seq = self.database.now(log.accept, inbound, "en", payload)
        self.database.now(log.change_message, seq, state="answered")
        return self.database.now(log.message, seq)

    async def opened(self, *sent: Attachment) -> Any:
        """Opens a case with a message, and waits until its card is there."""
        row = self.heard("May I speak to someone?", *sent)
        want = Request("speak_to_human")
        case = self.database.now(self.host.casework.open_case, row, "en", want)
        self.host.wake()
        return await self.until(lambda: self.case(case.id).slack_ts and self.case(case.id))

    def sends(self, *sent: Attachment, text: str = "") -> Any:
        """Lets the visitor send a file in the open case."""
        row = self.heard(text, *sent)
        self.database.now(self.host.casework.relay, row)
        self.host.wake()
        return row

    def files(self) -> list[Any]:
        """All rows of files."""
        return self.rows(table)

    def said(self, author: str) -> list[Any]:
        """The messages to the visitor by somebody."""
        rows = self.rows(messages)
        return [row for row in rows if row.direction == "out" and row.author == author]

    async def ended_as(self, *states: str) -> Any:
        """Waits until every file has one of these states; returns the last."""

        def done() -> Any:
            rows = self.files()
            return rows and all(row.state in states for row in rows) and rows[-1]

        return await self.until(done)

    def shown(self, case: Any) -> list[dict[str, Any]]:
        """The files in a case's thread."""
        return [f for m in self.slack.thread(DESK, case.slack_ts) for f in m.get("files", ())]

    def bytes_in_slack(self, case: Any) -> list[bytes]:
        """What stands in a case's thread, as bytes."""
        return [self.slack.workspace.files[each["id"]].data for each in self.shown(case)]

    def held(self) -> list[bytes]:
        """What lies on disk."""
        folder = self.host.blobs.folder
        return [path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()]

    def file(self, file_id: int) -> Any:
        """One file."""
        return self.database.now(files.file, file_id)


@asynccontextmanager
async def file_room(
    tmp_path: Path, visitors: Visitors, undo: int = 0, **values: str
) -> AsyncIterator[FileRoom]:
    """Starts everything with one platform's channel in the place of the pocket."""
    settings = {**visitors.values, **values}
    # Reading the content takes most of the time that a room takes, and it is the same for all.
    with patch.object(host, "load_voice", voice):
        async with open_room(tmp_path, undo, settings, visitors.channel) as room:
            visitors.meet(room.slack)
            yield FileRoom(room.slack, room.driver, room.host, visitors)


@lru_cache(maxsize=1)
def voice(data: Path) -> Voice:
    """Returns the museum's voice, read once."""
    return load_voice(data)
