"""The one normal form in which words travel between the rooms.

Nothing behind a channel knows Telegram's JSON or WeChat's XML: a channel turns its platform's
payload into `Inbound`, and renders `Outbound` into what its platform accepts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.windows import MESSAGE, OPEN


def conversation_id(channel: str, person_id: str) -> str:
    """Returns the id of a person's conversation, `<channel>:<the platform's id of the person>`."""
    return f"{channel}:{person_id}"


@dataclass(frozen=True)
class Attachment:
    """Something that is not text, as its platform describes it; nothing of it is fetched yet.

    `kind` is image, audio, voice, video, file, sticker, location or contact. `id` is what the
    platform calls the file, `url` where it lies; either may be missing. `name` is a file's or a
    place's name, `size` bytes, `seconds` a recording's length.
    """

    kind: str
    url: str | None = None
    id: str | None = None
    name: str | None = None
    mime: str | None = None
    size: int | None = None
    seconds: float | None = None
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True)
class Inbound:
    """One message of one visitor, as it came in.

    `platform_id` names the delivery and makes a resend harmless; `message_id` is what the platform
    calls the message itself where that differs, and later edits name it. `position` is the
    platform's own order, where it has one. `choice` is the opaque id of a button that was pressed;
    `text` is then the button's label. `means` is the topic or service intent of what is no words
    (a start button, a subscription); a channel sets it from the kind of the event, never from
    anything that a visitor typed. `act` is what opens the platform's window: see `bot.windows`.
    `place` is where in the platform the answer belongs, where a person has several (a thread).
    `locale` is what the platform says of the person ("zh_CN"), a hint only.
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
    message_id: str | None = None
    position: int | None = None
    means: str | None = None
    act: str = MESSAGE
    place: Mapping[str, str] = field(default_factory=dict)

    @property
    def conversation_id(self) -> str:
        """The conversation that this message belongs to."""
        return conversation_id(self.channel, self.person_id)


@dataclass(frozen=True)
class Edited:
    """A visitor changed a message (`text` is the new one) or took it back (`text` is None)."""

    channel: str
    person_id: str
    message_id: str
    text: str | None
    at: datetime | None = None


@dataclass(frozen=True)
class Reacted:
    """A visitor put an emoji on a message, of ours or of theirs; "" where it was taken back."""

    channel: str
    person_id: str
    message_id: str
    emoji: str


@dataclass(frozen=True)
class Receipt:
    """What a platform says became of a message of ours: sent, delivered, read or failed.

    Where a platform names no message, all that a person got until `up_to` is meant. For a failure,
    `reason` and `next_step` are words for staff, as in SendFailed. `row` is the number of ours
    that it gave back, with `person_id`; where it says no more than that it took the message, the
    status is "taken".
    """

    channel: str
    platform_id: str
    status: str
    reason: str = ""
    next_step: str = ""
    person_id: str = ""
    up_to: datetime | None = None
    row: int | None = None


@dataclass(frozen=True)
class Moved:
    """A platform gave a conversation another id."""

    channel: str
    person_id: str
    to: str


Event = Inbound | Edited | Reacted | Receipt | Moved


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
class Carried:
    """A file on its way to a visitor: its cleaned name, its kind by its bytes, and the bytes."""

    name: str
    mime: str
    data: bytes


@dataclass(frozen=True)
class Outbound:
    """One platform message: already short enough, buttons already opaque.

    `standing` is what the platform's window allows now (`bot.windows`): open, or person where only
    what a person wrote may go. `place` is where the message belongs, as `Inbound.place` said.
    `is_template` asks for the approved template that a platform allows outside its window, in
    `language`, instead of words of our own. Where there is a `file`, it is what goes; `text` only
    tells of it in the log. `row` is its number in the log, for platforms that give it back;
    where it may have been sent before, that was after `again_since`.
    """

    text: str
    choices: tuple[Choice, ...] = ()
    author: str = "bot"
    written_by_person: bool = False
    language: str = "en"
    standing: str = OPEN
    place: Mapping[str, str] = field(default_factory=dict)
    is_template: bool = False
    file: Carried | None = None
    row: int = field(default=0, compare=False)
    again_since: datetime | None = field(default=None, compare=False)
