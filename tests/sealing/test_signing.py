"""Keys and signatures: files of ours and of openssl, with passphrases, and what is none."""

from __future__ import annotations

import base64
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from ledger.errors import Refused
from ledger.sealing import signing

# Source: RFC 8032, 7.1, test 2.
PUBLIC = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
SIGNATURE = bytes.fromhex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)


def test_the_published_signature_verifies_and_no_touched_one_does() -> None:
    assert signing.verify(PUBLIC, b"\x72", SIGNATURE)
    assert not signing.verify(PUBLIC, b"\x73", SIGNATURE)
    assert not signing.verify(signing.new_key().public, b"\x72", SIGNATURE)
    for place in range(64):
        touched = bytearray(SIGNATURE)
        touched[place] ^= 1
        assert not signing.verify(PUBLIC, b"\x72", bytes(touched))
    assert not signing.verify(PUBLIC, b"\x72", SIGNATURE[:-1])
    assert not signing.verify("00", b"\x72", SIGNATURE)


def test_a_key_comes_back_from_its_file_and_one_with_a_passphrase_by_that_alone() -> None:
    key = signing.new_key()
    assert signing.read_key(key.pem()).public == key.public
    locked = key.pem("青禾 2026")
    assert signing.is_locked(locked) and not signing.is_locked(key.pem())
    assert signing.read_key(locked, "青禾 2026").public == key.public
    for wrong in ("", "x"):
        with pytest.raises(Refused, match="bad-passphrase"):
            signing.read_key(locked, wrong)


def test_public_keys_are_read_as_pem_and_as_digits() -> None:
    key = signing.new_key()
    assert signing.read_public(signing.public_pem(key.public)) == key.public
    assert signing.read_public(f" {key.public.upper()}\n".encode()) == key.public


@pytest.mark.parametrize("data", [b"", b"x", b"-----BEGIN PRIVATE KEY-----\n", b"\xff" * 40_000])
def test_what_is_no_key_is_refused_with_words(data: bytes) -> None:
    for read in (signing.read_key, signing.read_public):
        with pytest.raises(Refused, match="bad-key"):
            read(data)


def test_a_key_of_another_kind_is_refused() -> None:
    other = rsa.generate_private_key(65537, 2048)
    pem = other.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )  # fmt: skip
    public = other.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    with pytest.raises(Refused, match="bad-key"):
        signing.read_key(pem)
    with pytest.raises(Refused, match="bad-key"):
        signing.read_public(public)


def test_an_answer_is_read_raw_as_base64_and_as_digits() -> None:
    text = base64.encodebytes(SIGNATURE)
    for data in (
        SIGNATURE,
        text,
        SIGNATURE.hex().encode() + b"\n",
        SIGNATURE.hex().upper().encode(),
    ):
        assert signing.read_signature(data) == SIGNATURE
    for wrong in (
        b"",
        b"x",
        SIGNATURE[:-1],
        SIGNATURE + b"\n",
        base64.b64encode(b"x" * 63),
        b"g" * 128,
    ):
        with pytest.raises(Refused, match="bad-response"):
            signing.read_signature(wrong)


def test_openssl_signs_what_we_verify(tmp_path: Path) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    key, request, response = (tmp_path / name for name in ("key.pem", "request", "response"))
    subprocess.run([openssl, "genpkey", "-algorithm", "ed25519", "-out", key], check=True)
    request.write_bytes(b"mingbai-seal-1\n")
    subprocess.run(
        [openssl, "pkeyutl", "-sign", "-rawin", "-inkey", key, "-in", request, "-out", response],
        check=True,
    )
    public = signing.read_key(key.read_bytes()).public
    answer = signing.read_signature(response.read_bytes())
    assert signing.verify(public, request.read_bytes(), answer)
