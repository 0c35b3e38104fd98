"""Everything that can go wrong, as facts rather than strings.

DocentError
├── SettingError          a setting is missing or contradicts another; the program does not start
├── ContentError          a content file cannot be used; names file, line and remedy
├── Refused               a webhook request that is not served (carries the HTTP status)
│   ├── BadSignature      403: the sender did not prove who it is
│   └── BadRequest        400 or 413: the body cannot be read
├── TurnFailed            the dialogue could not answer; the message is tried again
├── ClaimLost             a message that was to be ended is in other hands by now
├── QueueFull             so much waits that nothing more is accepted for the moment
├── SendFailed            a platform did not take a message; `retryable` decides what happens next
└── ChannelBroken         a platform does not accept our keys or our set-up; says what to mend
"""

from __future__ import annotations


class DocentError(Exception):
    """The root of all errors that Docent raises on purpose."""


class SettingError(DocentError):
    """A setting is missing or wrong; the text names the variable and the remedy."""


class ContentError(DocentError):
    """A content file cannot be used as it is.

    Args:
        place: The file, with its line where that is known ("data/museum.yml:12").
        problem: What is wrong there.
        remedy: What to write instead.
    """

    def __init__(self, place: str, problem: str, remedy: str) -> None:
        super().__init__(f"{place}: {problem}. {remedy}")
        self.place = place
        self.problem = problem
        self.remedy = remedy


class Refused(DocentError):
    """A request that is not served; `status` is the HTTP status to answer with."""

    status = 400


class BadSignature(Refused):
    """The request is not signed, wrongly signed or too old."""

    status = 403


class BadRequest(Refused):
    """The request body cannot be read.

    Args:
        problem: What is wrong, in words for the log and the caller.
        status: The HTTP status, 400 unless told.
    """

    def __init__(self, problem: str, status: int = 400) -> None:
        super().__init__(problem)
        self.status = status


class TurnFailed(DocentError):
    """The dialogue gave no answer; the visitor's message stays in the inbox and is tried again."""


class ClaimLost(DocentError):
    """Our lease on a message ended before our work did, and somebody else took the message."""


class QueueFull(DocentError):
    """More visitors' messages wait than the settings allow; the platform is to send again."""


class SendFailed(DocentError):
    """A platform did not take a message.

    Args:
        reason: Words for staff and the log; never the visitor's text, never a secret.
        retryable: Whether the same message may succeed later.
        retry_after: Seconds that the platform asked us to wait, where it said so.
        next_step: What staff can do about a failure that is final.
        maybe_delivered: Whether the platform may have taken the message without telling us.
        broken: Whether no message of this channel will get through until somebody mends it.
    """

    def __init__(
        self,
        reason: str,
        *,
        retryable: bool,
        retry_after: float | None = None,
        next_step: str = "",
        maybe_delivered: bool = False,
        broken: bool = False,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retryable = retryable
        self.retry_after = retry_after
        self.next_step = next_step
        self.maybe_delivered = maybe_delivered
        self.broken = broken


class ChannelBroken(DocentError):
    """A channel cannot work as it is set up.

    Args:
        reason: What is wrong, in words; never a secret.
        remedy: What to do about it, naming the variable.
    """

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(f"{reason}. {remedy}".strip())
        self.reason = reason
        self.remedy = remedy
