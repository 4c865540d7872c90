"""A seal's text: the signed head of a unit's log at a month's closing, written and read back.

What is signed are the bytes up to the ``key:`` line, that line included; they are the *request*
that a key elsewhere signs. Reading is strict: what writing again would not give to the same byte is
no seal. ``debits`` commits to the month's total and to the perpetual one, which the book gives;
``receipts`` are the roots over donation receipts, and their counts, of the closings since the seal
before::

    mingbai-seal-1
    unit: chunfeng
    month: 2026-03
    version: 1
    size: 412
    root: 7d…
    vouchers: 57
    numbers: 付 31, 收 12, 转 14
    perpetual-vouchers: 402
    debits: 5b…
    files: 03…
    previous: 00…
    reopened: 0
    receipts: 9e… 31
    key: ed25519 a1…
    signature: …
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass, replace
from typing import Final

from ledger.money import Money
from ledger.period import Month
from ledger.sealing.leaves import commitment, salt_key
from ledger.sealing.log import Head, Log

NO_KEY: Final = "none"
#: A seal's text is shorter, in bytes.
LONGEST: Final = 1 << 16
#: What the first seal of a unit says of the one before.
NO_SEAL: Final = "0" * 64

_HEX: Final = r"[0-9a-f]{64}"
_COUNT: Final = r"0|[1-9][0-9]{0,17}"
_NUMBERS: Final = r"none|[付收转] [1-9][0-9]{0,8}(?:, [付收转] [1-9][0-9]{0,8}){0,2}"
_RECEIPTS: Final = rf"{_HEX} [1-9][0-9]{{0,11}}"
_REQUEST: Final = (
    r"mingbai-seal-1\n"
    r"unit: (?P<unit>[a-z][a-z0-9-]{0,38}[a-z0-9])\n"
    r"month: (?P<month>[0-9]{4}-(?:0[1-9]|1[0-2]))\n"
    rf"version: (?P<version>{_COUNT})\nsize: (?P<size>{_COUNT})\nroot: (?P<root>{_HEX})\n"
    rf"vouchers: (?P<vouchers>{_COUNT})\nnumbers: (?P<numbers>{_NUMBERS})\n"
    rf"perpetual-vouchers: (?P<perpetual_vouchers>{_COUNT})\n"
    rf"debits: (?P<debits>{_HEX})\n"
    rf"files: (?P<files>{_HEX})\nprevious: (?P<previous>{_HEX})\n"
    rf"reopened: (?P<reopened>{_COUNT})\n"
    rf"receipts: (?P<receipts>none|{_RECEIPTS}(?:, {_RECEIPTS})*)\n"
    rf"key: (?:none|ed25519 (?P<key>{_HEX}))\n"
)
_TEXT: Final = re.compile(
    rf"{_REQUEST}signature: (?:none|(?P<signature>[A-Za-z0-9+/]{{86}}==))\n", re.ASCII
)
_ALONE: Final = re.compile(_REQUEST, re.ASCII)


@dataclass(frozen=True, slots=True)
class Seal:
    """``key`` is the public key in hexadecimal, empty without one; so is the signature."""

    unit: str
    month: str
    version: int
    size: int
    root: str
    vouchers: int
    numbers: tuple[tuple[str, int], ...]
    perpetual_vouchers: int
    debits: str
    files: str
    previous: str
    reopened: int
    receipts: tuple[tuple[str, int], ...] = ()
    key: str = ""
    signature: bytes = b""

    @property
    def request(self) -> bytes:
        """The bytes that are signed."""
        numbers = ", ".join(f"{kind} {last}" for kind, last in self.numbers) or "none"
        receipts = ", ".join(f"{root} {size}" for root, size in self.receipts) or "none"
        lines = (
            "mingbai-seal-1", f"unit: {self.unit}", f"month: {self.month}",
            f"version: {self.version}", f"size: {self.size}", f"root: {self.root}",
            f"vouchers: {self.vouchers}", f"numbers: {numbers}",
            f"perpetual-vouchers: {self.perpetual_vouchers}",
            f"debits: {self.debits}", f"files: {self.files}",
            f"previous: {self.previous}", f"reopened: {self.reopened}", f"receipts: {receipts}",
            f"key: ed25519 {self.key}" if self.key else f"key: {NO_KEY}",
        )  # fmt: skip
        return ("\n".join(lines) + "\n").encode()

    @property
    def text(self) -> bytes:
        signature = base64.b64encode(self.signature).decode() if self.signature else "none"
        return self.request + f"signature: {signature}\n".encode()

    @property
    def digest(self) -> str:
        """What the next seal names this one by."""
        return hashlib.sha256(self.text).hexdigest()

    @property
    def name(self) -> str:
        """Its file in the unit's folder: ``seals/2026-03.v1.seal``."""
        return f"seals/{self.month}.v{self.version}.seal"

    def signed(self, signature: bytes) -> Seal:
        return replace(self, signature=signature)


def seal_of(log: Log, head: Head, before: Seal | None, key: str = "") -> Seal:
    """The seal of a closing behind the one ``before``, not signed yet; all else is recomputed."""
    previous, size = (before.digest, before.size) if before is not None else (NO_SEAL, 0)
    closings = [one.receipts for one in log.heads if size < one.size <= head.size]
    return Seal(
        log.unit, head.month, head.version, head.size, log.root(head.size), head.vouchers,
        head.numbers, head.perpetual_vouchers, debits_commitment(head), head.files,
        previous, head.reopened, tuple(one for one in closings if one is not None), key,
    )  # fmt: skip


def debits_commitment(head: Head) -> str:
    """The grand and the perpetual total of a closing, under a salt that only its book gives.

    In clear they would tell, less all that is published, of money that waits because it is of fewer
    than five persons.
    """
    text = f"{Money(head.month_fen).text}\n{Money(head.perpetual_fen).text}\n"
    salt = hmac.digest(salt_key(head.chain), b"debits", "sha256")
    return commitment(salt, text.encode())


def parse_seal(data: bytes) -> Seal:
    """The seal with this text; ValueError for any other bytes."""
    found = _matched(_TEXT, data)
    seal = _seal(found)
    signature = found["signature"]
    if (signature is None) != (not seal.key):
        raise ValueError("a seal has a key and a signature, or neither")
    if signature is not None:
        seal = seal.signed(base64.b64decode(signature, validate=True))
    if seal.text != data:
        raise ValueError("not a seal as it is written")
    return seal


def parse_request(data: bytes) -> Seal:
    """What a request asks to be signed; ValueError for any other bytes."""
    seal = _seal(_matched(_ALONE, data))
    if seal.request != data:
        raise ValueError("not a request as it is written")
    return seal


def _matched(pattern: re.Pattern[str], data: bytes) -> re.Match[str]:
    if len(data) > LONGEST:
        raise ValueError("a seal is shorter")
    found = pattern.fullmatch(data.decode())
    if found is None:
        raise ValueError("not a seal as it is written")
    return found


def _seal(found: re.Match[str]) -> Seal:
    return Seal(
        found["unit"], str(Month.parse(found["month"])), int(found["version"]), int(found["size"]),
        found["root"], int(found["vouchers"]), _numbers(found["numbers"]),
        int(found["perpetual_vouchers"]), found["debits"], found["files"], found["previous"],
        int(found["reopened"]), _receipts(found["receipts"]), found["key"] or "",
    )  # fmt: skip


def _numbers(text: str) -> tuple[tuple[str, int], ...]:
    if text == "none":
        return ()
    numbers = tuple((part[0], int(part[2:])) for part in text.split(", "))
    kinds = [kind for kind, _ in numbers]
    if kinds != sorted(set(kinds)):
        raise ValueError("classes stand in their order, each once")
    return numbers


def _receipts(text: str) -> tuple[tuple[str, int], ...]:
    if text == "none":
        return ()
    return tuple((part[:64], int(part[65:])) for part in text.split(", "))
