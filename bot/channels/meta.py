"""What Messenger and WhatsApp share: Meta's handshake, signature and Graph errors.

Sources: developers.facebook.com/docs/graph-api/webhooks/getting-started (handshake, signature),
/docs/graph-api/guides/error-handling (codes).
"""

from __future__ import annotations

import hashlib
import hmac
import re

from bot.channels.payload import Delivery
from bot.errors import BadSignature

DEFAULT_VERSION = "v23.0"
# Graph codes after which the same call may succeed later: unknown and service errors, rate limits.
PASSING_CODES = frozenset({1, 2, 4, 17, 32, 341, 613, 1200, 80007})
# The token is no longer good, whatever is sent with it.
TOKEN_CODES = frozenset({0, 102, 190, 463, 467})


def challenge(delivery: Delivery, verify_token: str) -> str:
    """Returns Meta's challenge for whoever knows the verify token; raises BadSignature."""
    given = delivery.query.get("hub.verify_token", "")
    if delivery.query.get("hub.mode") != "subscribe" or not same(given, verify_token):
        raise BadSignature("the verify token is not ours")
    return delivery.query.get("hub.challenge", "")


def check_signature(delivery: Delivery, app_secret: str) -> None:
    """Checks X-Hub-Signature-256 over the raw body; raises BadSignature."""
    digest = hmac.new(app_secret.encode(), delivery.body, hashlib.sha256).hexdigest()
    if not same(delivery.headers.get("x-hub-signature-256", ""), f"sha256={digest}"):
        raise BadSignature("the signature does not match the body")


def same(given: str, wanted: str) -> bool:
    """Compares secrets in constant time; an empty one is never right."""
    return bool(wanted) and hmac.compare_digest(
        given.encode("utf-8", "surrogateescape"), wanted.encode()
    )


def versioned(url: str) -> str:
    """Returns the Graph address with a version, which Meta's own needs."""
    url = url.rstrip("/")
    return url if re.search(r"/v\d+\.\d+$", url) else f"{url}/{DEFAULT_VERSION}"
