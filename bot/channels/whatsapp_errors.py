"""What WhatsApp's error codes mean: in words for staff, and for what is done with the message.

The same codes come in answers to a call and, later, in the status of a message.
Source: developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.channels import meta
from bot.channels.http import Answer
from bot.channels.payload import number, part
from bot.errors import SendFailed

# The template is not approved in the language that was asked for.
NO_TRANSLATION = 132001
# One message to one person every six seconds (dev.to/wapgrowai_org, "rate limits in practice").
# Not confirmed by a page of Meta's: bursts of up to 45, paid back in four and a half minutes, and
# waiting four times as long after each refusal.
PAIR_LIMIT, PAIR_SECONDS, PAIR_STEPS = 131056, 6.0, 3


@dataclass(frozen=True)
class Trouble:
    """One kind of failure.

    Args:
        reason: What happened.
        next_step: What staff or the operator can do.
        passing: The same message may succeed later.
        broken: No message gets through until somebody mends it.
    """

    reason: str
    next_step: str = ""
    passing: bool = False
    broken: bool = False


class Pace:
    """How long to wait with a person to whom too much was sent at once: longer each time."""

    def __init__(self) -> None:
        self._refused: dict[str, int] = {}

    def wait(self, person_id: str) -> float:
        """Returns the seconds to wait after one more refusal."""
        times = self._refused.get(person_id, 0)
        self._refused[person_id] = times + 1
        return float(PAIR_SECONDS * 4 ** min(times, PAIR_STEPS))

    def clear(self, person_id: str) -> None:
        """Begins anew, after a message that was taken."""
        self._refused.pop(person_id, None)


class TooFast(SendFailed):
    """The limit for one person; `Pace` knows how long to wait where Meta does not say."""


_WRITE_FIRST = "The visitor has to write first."
_REPORT = "WhatsApp refused the form of the message; please report this."
_RENEW = "Renew WHATSAPP_ACCESS_TOKEN."
_PERMIT = "WHATSAPP_ACCESS_TOKEN needs the permission whatsapp_business_messaging."
_MANAGER = "See WhatsApp Manager for what Meta asks for."
_NUMBER = "WHATSAPP_PHONE_NUMBER_ID must be the id of the number, and the token must reach it."
_TEMPLATE = "Check WHATSAPP_TEMPLATE in WhatsApp Manager."

_TOKEN = Trouble("The access token is no longer valid", _RENEW, broken=True)
_PERMISSION = Trouble("The access token lacks a permission", _PERMIT, broken=True)
_OBJECT = Trouble("There is no such phone number", _NUMBER, broken=True)
_LATER = Trouble("WhatsApp has a passing problem", passing=True)
_RATE = Trouble("Too many messages at once for WhatsApp", passing=True)
_FORM = Trouble("WhatsApp did not understand the message", _REPORT)
_FILE = Trouble("WhatsApp could not handle the file", "Send it in another way.")
_RESTRICTED = Trouble("Meta has restricted the WhatsApp account", _MANAGER, broken=True)
_UNUSABLE = Trouble("The approved template cannot be used", _TEMPLATE)

_TROUBLES = {
    **dict.fromkeys(meta.TOKEN_CODES, _TOKEN),
    **dict.fromkeys((3, 10, 131005, *range(200, 300)), _PERMISSION),
    33: _OBJECT,
    **dict.fromkeys(meta.PASSING_CODES, _LATER),
    **dict.fromkeys((131000, 131016, 131057), _LATER),
    **dict.fromkeys((4, 80007, 130429), _RATE),
    131048: Trouble("WhatsApp slows this number down, after reports of spam", passing=True),
    PAIR_LIMIT: Trouble("Too many messages at once for one visitor", passing=True),
    **dict.fromkeys((100, 131008, 131009, 131051, 135000), _FORM),
    **dict.fromkeys((131052, 131053), _FILE),
    **dict.fromkeys((368, 131031), _RESTRICTED),
    130472: Trouble("Meta left this visitor out, for an experiment", _WRITE_FIRST),
    130497: Trouble("The account may not write to this visitor's country", _MANAGER),
    131021: Trouble("A number cannot write to itself", "Write from another number."),
    131026: Trouble(
        "WhatsApp cannot reach this visitor",
        "They may have left WhatsApp, use an old version or block the museum; "
        "use another way to reach them.",
    ),
    131030: Trouble(
        "This test number may not write to this visitor",
        "Add them to the test number's recipients in the app dashboard.",
    ),
    131037: Trouble("The number's display name is not approved", _MANAGER, broken=True),
    131042: Trouble(
        "WhatsApp waits for a payment",
        "Mend the payment method of the WhatsApp account in Meta Business Suite.",
        broken=True,
    ),
    131045: Trouble("The phone number is not registered", _MANAGER, broken=True),
    131047: Trouble("WhatsApp's 24-hour window is closed", _WRITE_FIRST),
    131049: Trouble(
        "Meta held the message back, so that people do not get too many from businesses",
        "Wait a day or more, or until the visitor writes; sending again now changes nothing.",
    ),
    131050: Trouble("The visitor does not want such messages", _WRITE_FIRST),
    131062: Trouble("This visitor's number is hidden, and this needs one", _WRITE_FIRST),
    NO_TRANSLATION: Trouble(
        "The template is not approved in the visitor's language nor in English",
        "Check WHATSAPP_TEMPLATE, and have it approved in English (en) at least.",
    ),
    **dict.fromkeys((132000, 132005, 132007, 132008, 132012, 132015, 132016), _UNUSABLE),
}


def code_of(error: dict[str, Any]) -> int | None:
    """Returns the code of Meta's error object, or None."""
    found = number(error.get("code"))
    return None if found is None else int(found)


def explain(code: int | None, subcode: int | None = None) -> Trouble:
    """Returns what a code means; the number stays in the words, for whoever looks it up."""
    if code is None:
        return Trouble("WhatsApp gave no reason")
    # The code alone says "wrong parameter"; with this subcode the object itself is missing.
    known = _OBJECT if (code, subcode) == (100, 33) else _TROUBLES.get(code)
    if known is None:
        return Trouble(f"WhatsApp refused it, error {code}")
    reason = f"{known.reason} (error {code})"
    return Trouble(reason, known.next_step, known.passing, known.broken)


def failure(answer: Answer) -> SendFailed:
    """Returns what a refusal means for the message."""
    error = part(answer.body, "error")
    code = code_of(error)
    subcode = number(error.get("error_subcode"))
    trouble = explain(code, None if subcode is None else int(subcode))
    if code is None:
        step = "Check WHATSAPP_API_URL." if answer.status == 404 else ""
        trouble = Trouble(f"WhatsApp answered {answer.status}", step)
    strange = code not in _TROUBLES
    transient = error.get("is_transient") is True or answer.status == 429 or answer.status >= 500
    kind = TooFast if code == PAIR_LIMIT else SendFailed
    return kind(
        trouble.reason,
        retryable=trouble.passing or (strange and transient),
        retry_after=answer.retry_after,
        next_step=trouble.next_step,
        broken=trouble.broken,
    )
