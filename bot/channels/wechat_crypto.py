"""WeChat's signatures and its encryption of messages.

Sources: mp.weixin.qq.com/wiki?t=resource/res_main&id=mp1434696670 (message encryption); the form
below was checked against the vectors of easywechat, WxJava, wechatpy and node-webot.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from bot.errors import BadSignature

# PKCS#7, on blocks of 32 bytes instead of the 16 that AES has.
PADDED_TO = 32
RANDOM = 16


def signature(*parts: str) -> str:
    """Returns WeChat's signature: SHA-1 over the sorted parts, the token among them."""
    text = "".join(sorted(parts)).encode("utf-8", "replace")
    return hashlib.sha1(text, usedforsecurity=False).hexdigest()


class Envelope:
    """Encrypts and decrypts messages of one account.

    Args:
        aes_key: EncodingAESKey, 43 letters and digits.
        app_id: AppID of the account, which every message carries inside.
    """

    def __init__(self, aes_key: str, app_id: str) -> None:
        key = base64.b64decode(f"{aes_key}=")
        self._app_id = app_id.encode()
        self._cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16]))

    def open(self, sealed: str) -> bytes:
        """Returns what was sealed; raises BadSignature where it is not from this account's key."""
        try:
            content = self._decrypted(base64.b64decode("".join(sealed.split()), validate=True))
            [length] = struct.unpack(">I", content[RANDOM : RANDOM + 4])
        except (ValueError, binascii.Error, struct.error):
            raise BadSignature("the message cannot be decrypted with our key") from None
        message, app_id = content[RANDOM + 4 :][:length], content[RANDOM + 4 :][length:]
        if len(message) != length or app_id != self._app_id:
            raise BadSignature("the message is for another account")
        return message

    def seal(self, message: bytes, random: bytes | None = None) -> str:
        """Returns a message encrypted; `random` are 16 bytes, fresh ones unless told."""
        start = secrets.token_bytes(RANDOM) if random is None else random
        content = start + struct.pack(">I", len(message)) + message + self._app_id
        missing = PADDED_TO - len(content) % PADDED_TO
        encryptor = self._cipher.encryptor()
        sealed = encryptor.update(content + bytes([missing]) * missing) + encryptor.finalize()
        return base64.b64encode(sealed).decode()

    def _decrypted(self, sealed: bytes) -> bytes:
        decryptor = self._cipher.decryptor()
        content = decryptor.update(sealed) + decryptor.finalize()
        missing = content[-1] if content else 0
        if not 1 <= missing <= PADDED_TO or content[-missing:] != bytes([missing]) * missing:
            raise ValueError("the padding is wrong")
        return content[:-missing]
