"""The script's own Ed25519 accepts what RFC 8032 and the library accept, and nothing else."""

from __future__ import annotations

import base64
import random

import pytest

from ledger.sealing.signing import SigningKey, new_key, verify
from ledger.verify import standalone
from ledger.verify.standalone import L, P

#: RFC 8032, 7.1: public key, message and signature of tests 1, 2 and 3.
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555"
        "fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da0"
        "85ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac1"
        "8ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


def is_valid(key: bytes, message: bytes, signature: bytes) -> bool:
    """The script reads key and signature as a seal writes them."""
    return standalone.is_valid(key.hex(), message, base64.b64encode(signature).decode())


@pytest.mark.parametrize(("public", "message", "signature"), VECTORS)
def test_the_vectors_of_the_rfc_are_valid(public: str, message: str, signature: str) -> None:
    key, data, signed = map(bytes.fromhex, (public, message, signature))
    assert is_valid(key, data, signed)
    assert not is_valid(key, data + b"\0", signed)


def test_it_agrees_with_the_library_on_altered_signatures() -> None:
    dice = random.Random(8032)
    for _ in range(60):
        key = new_key()
        message = dice.randbytes(dice.randrange(200))
        parts = [bytes.fromhex(key.public), message, key.sign(message)]
        assert is_valid(*parts)
        at = dice.randrange(3)
        if parts[at]:
            altered = bytearray(parts[at])
            altered[dice.randrange(len(altered))] ^= 1 << dice.randrange(8)
            parts[at] = bytes(altered)
            assert not is_valid(*parts)
            assert not verify(parts[0].hex(), parts[1], parts[2])


def test_a_signature_has_one_way_of_writing() -> None:
    """S + L is the same number to a careless verifier."""
    key = new_key()
    signature = key.sign(b"text")
    scalar = int.from_bytes(signature[32:], "little") + L
    other = signature[:32] + scalar.to_bytes(32, "little")
    assert not is_valid(bytes.fromhex(key.public), b"text", other)
    for length in (0, 32, 63, 65):
        assert not is_valid(bytes.fromhex(key.public), b"text", (signature + b"\0")[:length])


@pytest.mark.parametrize("y", [0, 1, P - 1, P, P + 1, 2**255 - 1])
def test_a_key_of_small_order_or_that_is_no_point_signs_nothing(y: int) -> None:
    """With the neutral point as key, R = S·B is a signature of every text."""
    base = SigningKey.sign(new_key(), b"")  # R and S of any signature
    scalar = base[32:]
    for sign in (0, 1 << 255):
        weak = (y | sign).to_bytes(32, "little")
        assert not is_valid(weak, b"any text", base[:32] + scalar)
        assert not is_valid(weak, b"any text", (1).to_bytes(32, "little") + bytes(32))
