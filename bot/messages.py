"""The one normal form in which words travel between the rooms.

Nothing behind a channel knows Telegram's JSON or WeChat's XML: a channel turns its platform's
payload into `Inbound`, and renders `Outbound` into what its platform accepts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


def conversation_id(channel: str, person_id: str) -> str:
    """Returns the id of a person's conversation, `<channel>:<the platform's id of the person>`."""
    return f"{channel}:{person_id}"


@dataclass(frozen=True)
class Attachment:
    """Something that is not text; `kind` is image, audio, video, file, sticker or location."""

    kind: str
    url: str | None = None


@dataclass(frozen=True)
class Inbound:
    """One message of one visitor, as it came in.

    `platform_id` names the message on its platform and makes a resend harmless. `choice` is the
    opaque id of a button that was pressed; `text` is then the button's label. `locale` is what the
    platform says of the person ("zh_CN"), a hint only.
    """

    channel: str
    person_id: str
    platform_id: str
    text: str
    choice: str | None = None
    attachments: tuple[Attachment, ...] = ()
    name: str | None = None
    locale: str | None = None
    sent_at: datetime | None = None
    raw: dict[str, Any] = field(default_factory=dict)

    @property
    def conversation_id(self) -> str:
        """The conversation that this message belongs to."""
        return conversation_id(self.channel, self.person_id)


@dataclass(frozen=True)
class Button:
    """A choice under a message; `value` is what it means inside, never shown to a platform."""

    label: str
    value: str


@dataclass(frozen=True)
class Reply:
    """Words for a visitor before they are laid in the outbox."""

    text: str
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True)
class Choice:
    """A button as a platform sees it: a label and an opaque id."""

    id: str
    label: str


@dataclass(frozen=True)
class Outbound:
    """One platform message: already short enough, buttons already opaque."""

    text: str
    choices: tuple[Choice, ...] = ()
    author: str = "bot"
    written_by_person: bool = False
