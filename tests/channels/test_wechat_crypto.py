"""WeChat's signatures and encryption, by other people's vectors and by wechatpy."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from standins.reference import load, reference
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidAppIdException

from bot.channels.wechat_crypto import Envelope, signature
from bot.channels.wechat_xml import read_xml
from bot.errors import BadSignature

KEY, APP_ID = "QmFzZTY0IG9mIDMyIGJ5dGVzIG9mIG91ciBvd24hISE", "wx0d0ce0d0ce0d0ce0"
OURS = Envelope(KEY, APP_ID)
TEXTS = ["We are open.", "我们开放。", "请book两张ticket 🎟️", "", "x" * 31, "馆" * 4000]


def vectors(kind: str) -> list[dict[str, Any]]:
    found = load(reference("wechat", "vectors", "wechat_crypto_vectors.json"))[kind]
    assert found
    return list(found)


def test_published_envelopes_are_verified_and_opened() -> None:
    for vector in vectors("decrypt"):
        sealed = read_xml(vector["envelope_xml"].encode())["Encrypt"]
        parts = (vector["token"], vector["timestamp"], vector["nonce"], sealed)
        assert signature(*parts) == vector["msg_signature"], vector["origin"]
        opened = read_xml(Envelope(vector["encoding_aes_key"], vector["app_id"]).open(sealed))
        assert {name: opened[name] for name in vector["expect"]} == vector["expect"]


def test_published_texts_are_sealed_to_the_letter() -> None:
    for vector in vectors("encrypt_with_fixed_random"):
        envelope = Envelope(vector["encoding_aes_key"], vector["app_id"])
        plain, start = vector["plaintext"].encode(), vector["random16"].encode()
        assert envelope.seal(plain, start) == vector["ciphertext_b64"], vector["origin"]
        assert envelope.open(vector["ciphertext_b64"]) == plain
        if "msg_signature" in vector:
            parts = (vector["token"], vector["timestamp"], vector["nonce"])
            signed = signature(*parts, vector["ciphertext_b64"])
            assert signed == vector["msg_signature"]
            whole = read_xml(vector["expected_envelope_xml"].encode())
            assert (whole["MsgSignature"], whole["Encrypt"]) == (signed, vector["ciphertext_b64"])


def test_published_signatures() -> None:
    for vector in [*vectors("echostr"), *vectors("msg_signature_only")]:
        signed = vector.get("echostr", vector.get("encrypt"))
        parts = (vector["token"], vector["timestamp"], vector["nonce"], signed)
        assert signature(*parts) == vector["msg_signature"], vector["origin"]
    [echo] = vectors("echostr")
    assert Envelope(echo["encoding_aes_key"], echo["app_id"]).open(echo["echostr"]).isdigit()


@pytest.mark.parametrize("text", TEXTS)
def test_wechatpy_reads_ours_and_we_read_wechatpys(text: str) -> None:
    theirs = WeChatCrypto("a-word", KEY, APP_ID)
    sealed = OURS.seal(text.encode())
    signed = signature("a-word", "1", "2", sealed)
    assert theirs.decrypt_message({"Encrypt": sealed}, signed, "1", "2") == text
    made = read_xml(theirs.encrypt_message(text, "2", "1").encode())
    assert signature("a-word", "1", "2", made["Encrypt"]) == made["MsgSignature"]
    assert OURS.open(made["Encrypt"]).decode() == text


def test_wechatpy_refuses_what_names_another_account() -> None:
    sealed = Envelope(KEY, "wxffffffffffffffff").seal(b"x")
    with pytest.raises(InvalidAppIdException):
        WeChatCrypto("t", KEY, APP_ID).decrypt_message(
            {"Encrypt": sealed}, signature("t", "1", "2", sealed), "1", "2"
        )
    with pytest.raises(BadSignature):
        OURS.open(sealed)


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=4096))
def test_what_is_sealed_is_opened_again(message: bytes) -> None:
    sealed = OURS.seal(message)
    assert OURS.open(sealed) == message
    assert OURS.seal(message) != sealed


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=200))
def test_noise_is_refused(noise: bytes) -> None:
    for sealed in (noise.decode("latin-1"), base64.b64encode(noise).decode()):
        with pytest.raises(BadSignature):
            OURS.open(sealed)


@pytest.mark.parametrize("length", [0, 2, 4, 1 << 31, (1 << 32) - 1])
def test_a_length_that_lies_is_refused(length: int) -> None:
    encryptor = OURS._cipher.encryptor()
    content = b"r" * 16 + length.to_bytes(4, "big") + b"abc" + APP_ID.encode()
    missing = 32 - len(content) % 32
    sealed = encryptor.update(content + bytes([missing]) * missing) + encryptor.finalize()
    with pytest.raises(BadSignature):
        OURS.open(base64.b64encode(sealed).decode())


@pytest.mark.parametrize(
    ("last", "good"), [(b"\x01", True), (b"\x00", False), (b"\x21" * 33, False), (b"\x02", False)]
)
def test_the_padding_is_looked_at_whole(last: bytes, good: bool) -> None:
    content = b"r" * 16 + (3).to_bytes(4, "big") + b"abc" + APP_ID.encode()
    fill = -(len(content) + len(last)) % 16
    padded = content + b"\x00" * fill + last
    if good:
        missing = 32 - len(content) % 32
        padded = content + bytes([missing]) * missing
    encryptor = OURS._cipher.encryptor()
    sealed = base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()
    if good:
        assert OURS.open(sealed) == b"abc"
    else:
        with pytest.raises(BadSignature):
            OURS.open(sealed)
