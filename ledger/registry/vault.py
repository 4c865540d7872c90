"""What is secret: sealing under the master key, keys of persons, and keyed digests.

Everything sealed is AES-256-GCM with a random nonce in front; its *context* (what it is and whose)
is authenticated, so that sealed bytes cannot be moved to another row. The master key itself
encrypts nothing: a sealing key and a digest key are derived from it.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import re
import secrets
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ledger.errors import CannotRun, finding

KEY_VARIABLE: Final = "MINGBAI_MASTER_KEY"
_NONCE: Final = 12
_BLANKS = re.compile(r"\s+")
_DOES_NOT_OPEN: Final = finding(
    "sealed",
    "密文无法解开：主密钥不对，或数据被改动",
    "sealed data does not open: another master key, or the data was altered",
    f"检查 {KEY_VARIABLE} 或密钥文件；必要时从备份恢复",
    f"check {KEY_VARIABLE} or the key file; restore from a backup if need be",
)


class Vault:
    """Seals and finds what must not be read by whoever copies the database."""

    def __init__(self, master: bytes) -> None:
        if len(master) != 32:
            raise ValueError("a master key has 32 bytes")
        self._sealing = AESGCM(_derived(master, b"mingbai sealing 1"))
        self._digesting = _derived(master, b"mingbai digests 1")

    def seal(self, plain: bytes, *, context: str) -> bytes:
        """``plain`` sealed; only :meth:`unseal` with the same context opens it."""
        return _seal(self._sealing, plain, context)

    def seal_many(self, items: Sequence[tuple[bytes, str]]) -> list[bytes]:
        """Each ``(plain, context)`` sealed, as :meth:`seal` does one."""
        nonces = secrets.token_bytes(_NONCE * len(items))
        starts = range(0, len(nonces), _NONCE)
        return [
            (nonce := nonces[at : at + _NONCE])
            + self._sealing.encrypt(nonce, plain, context.encode())
            for at, (plain, context) in zip(starts, items, strict=True)
        ]

    def unseal(self, sealed: bytes, *, context: str) -> bytes:
        """What was sealed in this context; CannotRun with another key or altered bytes."""
        return _unseal(self._sealing, sealed, context)

    def digest(self, kind: str, text: str) -> str:
        """A keyed digest to find ``text`` by without storing it; 64 hex digits.

        The text is folded first: width, case and blanks do not matter.
        """
        message = f"{kind}\0{folded(text)}".encode()
        return hmac.digest(self._digesting, message, "sha256").hex()

    def new_person_key(self, person: str) -> tuple[bytes, bytes]:
        """``(key, wrapped)``: a person's new data key, and as it is stored."""
        key = secrets.token_bytes(32)
        return key, self.seal(key, context=f"key {person}")

    def person_key(self, person: str, wrapped: bytes) -> bytes:
        return self.unseal(wrapped, context=f"key {person}")

    def person_keys(self, wrapped: Iterable[tuple[str, bytes]]) -> list[bytes]:
        """Each of the ``(person, wrapped)`` keys, as :meth:`person_key` opens one."""
        opened = self._sealing.decrypt
        try:
            return [
                opened(sealed[:_NONCE], sealed[_NONCE:], b"key " + person.encode())
                for person, sealed in wrapped
            ]
        except (InvalidTag, ValueError) as fault:
            raise CannotRun(_DOES_NOT_OPEN) from fault


def folded(text: str) -> str:
    """``text`` as it is looked for: width, case and blanks do not matter."""
    return _BLANKS.sub("", unicodedata.normalize("NFKC", text)).casefold()


def seal_with(key: bytes, plain: bytes, *, context: str) -> bytes:
    """Seal under a person's own key."""
    return _seal(AESGCM(key), plain, context)


def seal_each(items: Iterable[tuple[bytes, bytes, str]]) -> list[bytes]:
    """Each ``(key, plain, context)`` sealed, as :func:`seal_with` does one."""
    given = list(items)
    nonces = secrets.token_bytes(_NONCE * len(given))
    starts = range(0, len(nonces), _NONCE)
    return [
        (nonce := nonces[at : at + _NONCE]) + AESGCM(key).encrypt(nonce, plain, context.encode())
        for at, (key, plain, context) in zip(starts, given, strict=True)
    ]


def unseal_each(items: Iterable[tuple[bytes, bytes, str]]) -> list[bytes]:
    """Each ``(key, sealed, context)`` opened, as :func:`unseal_with` does one."""
    try:
        return [
            AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], context.encode())
            for key, sealed, context in items
        ]
    except (InvalidTag, ValueError) as fault:
        raise CannotRun(_DOES_NOT_OPEN) from fault


def unseal_with(key: bytes, sealed: bytes, *, context: str) -> bytes:
    return _unseal(AESGCM(key), sealed, context)


def _derived(master: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=purpose).derive(master)


def _seal(cipher: AESGCM, plain: bytes, context: str) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return nonce + cipher.encrypt(nonce, plain, context.encode())


def _unseal(cipher: AESGCM, sealed: bytes, context: str) -> bytes:
    try:
        return cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], context.encode())
    except (InvalidTag, ValueError) as fault:
        raise CannotRun(_DOES_NOT_OPEN) from fault


# ---- the master key ----------------------------------------------------------------------------


def create_key_file(path: Path) -> None:
    """A new master key, readable by its owner only; an existing file is left alone."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "wb") as file:
        file.write(base64.b64encode(secrets.token_bytes(32)) + b"\n")
        file.flush()
        os.fsync(file.fileno())


def load_master_key(path: Path) -> bytes:
    """The master key from the environment, else from its file; CannotRun if there is none."""
    given = os.environ.get(KEY_VARIABLE)
    return read_master_key(path) if given is None else _key_of(given, path)


def read_master_key(path: Path) -> bytes:
    """The master key in a file, whatever the environment says; CannotRun if there is none."""
    data = path.read_bytes()[:1000] if path.is_file() else b""
    return _key_of(data.decode("ascii", errors="replace"), path)


def _key_of(given: str, path: Path) -> bytes:
    try:
        key = base64.b64decode(given.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != 32:
        raise CannotRun(
            finding(
                "no-master-key",
                "没有可用的主密钥",
                "there is no usable master key",
                f"恢复密钥文件，或把 32 字节的 base64 放入环境变量 {KEY_VARIABLE}",
                f"restore the key file, or set {KEY_VARIABLE} to the base64 of its 32 bytes",
                file=path.name,
            )
        )
    return key
