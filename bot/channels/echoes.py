"""The mark by which Meta's platforms tell us later which message of ours they took.

Messenger gives `message.metadata` back in the echo of a message, WhatsApp gives
`biz_opaque_callback_data` back in its statuses. A row's number goes there, with a short HMAC:
where we died between a platform's yes and our record of it, the row is found and not sent again.

Sources: developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/
webhook-events/message-echoes, .../whatsapp/webhooks/reference/messages/status (at most 1,000 and
512 characters).
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.channels.meta import same
from bot.channels.payload import text_of

# 18 digits: more than any row number has, and less than a database's whole numbers hold.
_MARK = re.compile(r"([1-9]\d{0,17})\.([0-9a-f]{16})", re.ASCII)


@dataclass(frozen=True)
class Marks:
    """Makes and reads the marks of one channel.

    Args:
        channel: Its name; what another channel marked is none of ours.
        secret: The app secret.
    """

    channel: str
    secret: str

    def mark(self, person_id: str, row: int) -> str:
        """Returns the mark of a row that goes to a person; "" for what is no row."""
        return f"{row}.{self._proof(person_id, row)}" if row and self.secret else ""

    def read(self, given: object, people: Iterable[object]) -> tuple[str, int] | None:
        """Returns whose row a mark names, of these people, and its number; None for any other."""
        found = _MARK.fullmatch(text_of(given))
        if found is None or not self.secret:
            return None
        row, proof = int(found[1]), found[2]
        for person_id in map(text_of, people):
            if person_id and same(proof, self._proof(person_id, row)):
                return person_id, row
        return None

    def _proof(self, person_id: str, row: int) -> str:
        told = f"docent row\n{self.channel}\n{person_id}\n{row}".encode()
        return hmac.new(self.secret.encode(), told, hashlib.sha256).hexdigest()[:16]
