"""A list of digests, signed: whoever has the key says what all files of the list say.

A seal binds what stands in the book. What a pack holds besides, its drawn statements, its reasons,
its pages, is bound by the signature of its ``SHA256SUMS``, in a file of its own beside it::

    mingbai-list-1
    list: 7d…
    key: ed25519 a1…
    signature: …

What is signed are the bytes up to the ``key:`` line, that line included; they are the *request*
that a key elsewhere signs, as with a seal.
"""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Final, NamedTuple

from ledger.sealing import signing

#: The file beside ``SHA256SUMS`` that holds the signature.
SIGNATURE: Final = "SHA256SUMS.sig"

_TEXT: Final = re.compile(
    r"mingbai-list-1\nlist: ([0-9a-f]{64})\nkey: ed25519 ([0-9a-f]{64})\n"
    r"signature: ([A-Za-z0-9+/]{86}==)\n",
    re.ASCII,
)


class SignedList(NamedTuple):
    """``digest`` is the SHA-256 of the list, ``key`` the public key, both in hexadecimal."""

    digest: str
    key: str
    signature: bytes = b""

    @property
    def request(self) -> bytes:
        """The bytes that are signed."""
        return f"mingbai-list-1\nlist: {self.digest}\nkey: ed25519 {self.key}\n".encode()

    @property
    def text(self) -> bytes:
        return self.request + f"signature: {base64.b64encode(self.signature).decode()}\n".encode()

    @property
    def holds(self) -> bool:
        """Whether the owner of the key signed this list."""
        return signing.verify(self.key, self.request, self.signature)


def sign(sums: bytes, key: signing.SigningKey) -> SignedList:
    """The signature of a list by a key at hand; the same bytes whenever it is made."""
    asked = SignedList(hashlib.sha256(sums).hexdigest(), key.public)
    return asked._replace(signature=key.sign(asked.request))


def parse(data: bytes) -> SignedList:
    """The signature with this text; ValueError for any other bytes."""
    found = _TEXT.fullmatch(data[:1024].decode())
    if found is None:
        raise ValueError("not the signature of a list as it is written")
    read = SignedList(found[1], found[2], base64.b64decode(found[3], validate=True))
    if read.text != data:
        raise ValueError("not the signature of a list as it is written")
    return read
