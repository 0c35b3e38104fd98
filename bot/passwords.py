"""The desk's password: as it is, or as a hash that tells nobody what it was.

Source: rfc-editor.org/rfc/rfc9106 (Argon2id; argon2-cffi's defaults are its low-memory profile).
"""

from __future__ import annotations

import hashlib
import hmac

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

PREFIX = "$argon2"
# What people are to choose at least; a hash does not tell how long it was.
SHORTEST = 12
# A form may hold anything; what is longer was typed by nobody.
LONGEST = 1000


def hashed(password: str) -> str:
    """Returns a hash for DESK_PASSWORD; takes some 50 ms and 64 MB."""
    return PasswordHasher().hash(password)


def is_hash(setting: str) -> bool:
    """Tells whether DESK_PASSWORD is a hash."""
    return setting.startswith(PREFIX)


def matches(given: str, setting: str) -> bool:
    """Tells whether a password is the one of DESK_PASSWORD; an unset one is nobody's.

    The time that it takes tells nothing of the password. A hash takes as long as to make one.
    """
    if not setting or len(given) > LONGEST:
        return False
    if not is_hash(setting):
        return hmac.compare_digest(_digest(given), _digest(setting))
    try:
        return PasswordHasher().verify(setting, given.encode("utf-8", "replace"))
    except (VerificationError, InvalidHashError):
        return False


def hint(setting: str) -> str:
    """Returns what to mend about DESK_PASSWORD, "" where it is well."""
    if not setting or is_hash(setting):
        return ""
    if len(setting) < SHORTEST:
        return f"DESK_PASSWORD has fewer than {SHORTEST} characters. Make another: docent password"
    return "DESK_PASSWORD is written as it is. Put its hash in its place: docent password"


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()
