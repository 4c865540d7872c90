"""The worked example of FORMAT.md is true to the last digit, by the document's own words."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from pathlib import Path

from ledger.sealing.seals import parse_seal
from ledger.verify import standalone

TEXT = (Path(standalone.__file__).parent / "FORMAT.md").read_text(encoding="utf-8")
BLOCKS: dict[str, str] = dict(
    re.findall(r"^```([a-z0-9-]+)\n(.*?\n)```$", TEXT, re.MULTILINE | re.DOTALL)
)


def word(name: str) -> str:
    return BLOCKS[name].strip()


def hashed(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def test_salts_and_commitments_are_those_of_the_document() -> None:
    key = hmac.digest(b"mingbai-salt-1", word("chain").encode(), "sha256")
    assert key.hex() == word("key")
    salt = hmac.digest(hmac.digest(key, b"2", "sha256"), b"open", "sha256")
    assert salt.hex() == word("salt")
    assert hashed(salt + BLOCKS["open"].encode()).hex() == BLOCKS["leaf-2"].split("\n")[6]
    closing = hmac.digest(hmac.digest(key, b"3", "sha256"), b"open", "sha256")
    said = hashed(closing + b"mingbai-open-1\nclose 2026-03\n").hex()
    assert said == BLOCKS["leaf-3"].split("\n")[6]


def test_the_root_follows_from_the_leaves() -> None:
    leaves = [hashed(b"\0" + BLOCKS[f"leaf-{at}"].encode()) for at in (1, 2, 3)]
    node = hashed(b"\1" + leaves[0] + leaves[1])
    root = hashed(b"\1" + node + leaves[2])
    assert [one.hex() for one in (*leaves, node, root)] == word("hashes").split("\n")
    peaks: list[bytes] = []
    for at, line in enumerate(word("jsonl").split("\n")):
        leaf, leaf_hash = standalone.read_leaf(line, "chunfeng", at + 1)
        assert (leaf["seq"], leaf_hash) == (at + 1, leaves[at])
        standalone.grow(peaks, at, leaf_hash)
    assert standalone.root_of(peaks) == root.hex()
    assert json.loads(word("jsonl").split("\n")[1])["text"] == BLOCKS["open"]


def test_the_seal_is_signed_and_read_by_both_readers() -> None:
    text = BLOCKS["seal"]
    seal = standalone.read_seal(text)
    assert seal["root"] == word("hashes").split("\n")[-1]
    request = text[: text.index("signature: ")].encode()
    assert seal["signed"] == request
    signature = text.rstrip().rpartition(" ")[2]
    assert standalone.is_valid(seal["key"], request, signature)
    other_bits = signature[:-3] + "h=="  # base64 of the same bytes, written another way
    assert not standalone.is_valid(seal["key"], request, other_bits)
    assert parse_seal(text.encode()).digest == hashed(text.encode()).hex() == word("previous")
