"""The door to Ed25519: keys as PEM files, signatures of seals, and what answers a request.

A key may lie in a file, with a passphrase or without, or where the program never sees it: then a
request is signed elsewhere (``openssl pkeyutl -sign -rawin -inkey key.pem -in request -out
response``, or any hardware), and its answer read here: 64 bytes, or their base64 or hexadecimal
text. No key and no passphrase is ever in a message.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ledger.errors import Finding, Refused, finding

_LARGEST: Final = 16_384
_HEX: Final = re.compile(rb"\s*([0-9a-fA-F]{64})\s*")


class SigningKey:
    """A private key; ``public`` is its public half in hexadecimal."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public = key.public_key().public_bytes_raw().hex()

    def sign(self, data: bytes) -> bytes:
        return self._key.sign(data)

    def pem(self, passphrase: str = "") -> bytes:
        """The key as a file, encrypted if there is a passphrase."""
        encryption: serialization.KeySerializationEncryption = serialization.NoEncryption()
        if passphrase:
            encryption = serialization.BestAvailableEncryption(passphrase.encode())
        return self._key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption
        )


def new_key() -> SigningKey:
    """A key of the system's randomness."""
    return SigningKey(Ed25519PrivateKey.generate())


def key_of(data: bytes) -> SigningKey:
    """The key of 32 bytes; whoever knows them has it."""
    return SigningKey(Ed25519PrivateKey.from_private_bytes(data))


def public_pem(public: str) -> bytes:
    """A public key as a file that other programs read."""
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def is_locked(data: bytes) -> bool:
    """Whether a key file asks for a passphrase."""
    return b"ENCRYPTED" in data[:_LARGEST]


def read_key(data: bytes, passphrase: str = "") -> SigningKey:
    """The private key in a PEM file; Refused for anything else, or with another passphrase."""
    if is_locked(data) and not passphrase:
        raise Refused(_passphrase())
    try:
        key = serialization.load_pem_private_key(
            data[:_LARGEST], passphrase.encode() if is_locked(data) else None
        )
    except (ValueError, TypeError, UnsupportedAlgorithm) as fault:
        raise Refused(_passphrase() if is_locked(data) else _bad_key()) from fault
    if not isinstance(key, Ed25519PrivateKey):
        raise Refused(_bad_key())
    return SigningKey(key)


def read_public(data: bytes) -> str:
    """A public key in hexadecimal, of its PEM file or its 64 hexadecimal digits."""
    plain = _HEX.fullmatch(data[:_LARGEST])
    try:
        if plain is not None:
            key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(plain[1].decode()))
            return key.public_bytes_raw().hex()
        found = serialization.load_pem_public_key(data[:_LARGEST])
    except (ValueError, TypeError, UnsupportedAlgorithm) as fault:
        raise Refused(_bad_key()) from fault
    if not isinstance(found, Ed25519PublicKey):
        raise Refused(_bad_key())
    return found.public_bytes_raw().hex()


def verify(public: str, data: bytes, signature: bytes) -> bool:
    """Whether the owner of ``public`` signed these bytes."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def read_signature(data: bytes) -> bytes:
    """The 64 bytes of an answer: raw, or as base64 or hexadecimal text. Refused for other bytes."""
    if len(data) == 64:
        return data
    words = b"".join(data[:_LARGEST].split())
    try:
        found = bytes.fromhex(words.decode("ascii")) if len(words) == 128 else base64.b64decode(
            words, validate=True
        )  # fmt: skip
    except (ValueError, binascii.Error) as fault:
        raise Refused(_bad_answer()) from fault
    if len(found) != 64:
        raise Refused(_bad_answer())
    return found


def _bad_key() -> Finding:
    return finding(
        "bad-key", "此文件不是 Ed25519 密钥", "this file is no Ed25519 key",
        "用 mingbai seal-key new FILE 生成，或 openssl genpkey -algorithm ed25519",
        "make one with mingbai seal-key new FILE, or openssl genpkey -algorithm ed25519",
    )  # fmt: skip


def _passphrase() -> Finding:
    return finding(
        "bad-passphrase", "密钥的口令缺失或不对", "the key's passphrase is missing or wrong",
        "用 --passphrase-file 或 MINGBAI_SEAL_PASSPHRASE 给出口令",
        "give it with --passphrase-file or in MINGBAI_SEAL_PASSPHRASE",
    )  # fmt: skip


def _bad_answer() -> Finding:
    return finding(
        "bad-response", "此文件不是签名：应为 64 字节，或其 base64 或十六进制文字",
        "this file is no signature: 64 bytes, or their base64 or hexadecimal text",
        "用 openssl pkeyutl -sign -rawin -inkey KEY -in REQUEST -out RESPONSE 签名",
        "sign with openssl pkeyutl -sign -rawin -inkey KEY -in REQUEST -out RESPONSE",
    )  # fmt: skip
