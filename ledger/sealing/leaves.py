"""What stands for an entry in a unit's log: its leaf, and what may be opened of it.

A leaf shows an entry's place, kind, number and month, and two commitments: one to its open text
(accounts, amounts, funds, papers; no word about persons), one to its whole canonical text. Each is
salted, so that nobody who lacks the book can guess what is shut. The salts follow from the chain of
the next closing, a hash over the whole history with its random ids that is never published: who
holds the book works everything out anew, who was given a salt opens that one commitment alone.

Everything here is a pure function of canonical text that :func:`ledger.canonical_reader.entries`
has cut; the first line of each text names its version, and a version never changes.

>>> print(open_text("voucher", text).decode(), end="")
mingbai-open-1
2026-03-05 付-202603-0004
paper 5a0e…
posting Expenses:505-业务支出 120.00 CNY F02
posting Assets:102-银行存款:01-基本户 -120.00 CNY F02
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final, Literal, NamedTuple

from ledger.canonical_reader import ACCOUNT, CURRENCY, DAY, NUMBER, EntryText, fen_of, unquoted
from ledger.entry import weight_fen
from ledger.merkle import leaf_hash
from ledger.money import Money

LEAF: Final = "mingbai-leaf-1"
OPEN: Final = "mingbai-open-1"
_SALT: Final = b"mingbai-salt-1"
#: What a leaf shows where an entry has no number, or no month.
NONE: Final = "-"

Part = Literal["open", "full"]

_UNITS: Final = r"-?[0-9]+(?:\.[0-9]+)?"
_HEAD: Final = re.compile(
    rf'({DAY}) \* [^\n]*\n  voucher: "([^"\n]+)"\n'
    # id, unit, seq, maker, checker, posted
    r"(?:  [a-z]+: [^\n]*\n){6}"
    r'((?:  papers[0-9]*: "[0-9a-f ]+"\n)*)  source: [^\n]*\n(?:  reverses: "([^\n]*)"\n)?'
)
_POSTING: Final = re.compile(
    rf"^  ({ACCOUNT})  (?:({NUMBER}) ({CURRENCY})"
    rf"|({_UNITS}) {CURRENCY} \{{({NUMBER}) ({CURRENCY})[^\n]*\}})\n    fund: \"([^\"\n]+)\"$",
    re.MULTILINE,
)
_PAPER: Final = re.compile(r"[0-9a-f]{64}")
_OF_A_MONTH: Final = re.compile(
    rf'^{DAY} custom "(?:close|reopen)" "([0-9]{{4}}-[0-9]{{2}})"', re.MULTILINE
)
_RECEIPTS: Final = re.compile(r'^  receipts: "([0-9a-f]{64}) ([1-9][0-9]{0,11})"$', re.MULTILINE)


class Leaf(NamedTuple):
    """The leaf of one entry; ``open`` and ``full`` are its commitments, in hexadecimal."""

    seq: int
    kind: str
    number: str
    month: str
    open: str
    full: str

    def text(self, unit: str) -> bytes:
        """What is hashed: eight lines, each with its line feed."""
        lines = (
            LEAF, unit, str(self.seq), self.kind, self.number, self.month, self.open, self.full
        )  # fmt: skip
        return ("\n".join(lines) + "\n").encode()

    def hash(self, unit: str) -> bytes:
        """The leaf's hash in the tree of its unit."""
        return leaf_hash(self.text(unit))


class OpenPosting(NamedTuple):
    """A posting as it may be opened; what things at cost weigh is their amount."""

    account: str
    fen: int
    currency: str
    fund: str


class OpenVoucher(NamedTuple):
    """What may be opened of a voucher: no payee, no words, no person."""

    day: str
    number: str
    reverses: str
    papers: tuple[str, ...]
    postings: tuple[OpenPosting, ...]

    def text(self) -> bytes:
        lines = [OPEN, f"{self.day} {self.number}"]
        if self.reverses:
            lines.append(f"reverses {self.reverses}")
        lines += [f"paper {digest}" for digest in self.papers]
        lines += [
            f"posting {account} {Money(fen, currency)} {fund}"
            for account, fen, currency, fund in self.postings
        ]
        return ("\n".join(lines) + "\n").encode()


def open_voucher(text: str) -> OpenVoucher:
    """What may be opened of the voucher with this canonical text; ValueError if it is none."""
    head = _HEAD.match(text)
    if head is None:
        raise ValueError("not the canonical text of a voucher")
    day, number, papers, reverses = head.groups()
    found = []
    for account, plain, currency, units, cost, of_cost, fund in _POSTING.findall(text, head.end()):
        if plain:
            found.append(OpenPosting(account, fen_of(plain), currency, fund))
        else:
            fen = weight_fen(Decimal(units), fen_of(cost))
            found.append(OpenPosting(account, fen, of_cost, fund))
    if len(found) != text.count('\n    fund: "', head.end() - 1):
        raise ValueError("a posting is not as the program writes it")
    digests = tuple(_PAPER.findall(papers)) if papers else ()
    return OpenVoucher(day, number, unquoted(reverses or ""), digests, tuple(found))


def month_of_directive(kind: str, text: str) -> str:
    """The month that an entry closes or reopens; NONE of every other kind."""
    if kind not in ("close", "reopen"):
        return NONE
    found = _OF_A_MONTH.search(text)
    if found is None:
        raise ValueError("a closing or a reopening names its month")
    return found[1]


def receipts_of_closing(text: str) -> tuple[str, int] | None:
    """The root over a closing's donation receipts, and their count; None if it has none."""
    found = _RECEIPTS.search(text)
    return (found[1], int(found[2])) if found else None


def open_text(kind: str, text: str) -> bytes:
    """The open text of an entry of this kind, of its canonical text alone."""
    if kind == "voucher":
        return open_voucher(text).text()
    return _open_directive(kind, month_of_directive(kind, text))


def _open_directive(kind: str, month: str) -> bytes:
    return f"{OPEN}\n{kind}\n".encode() if month == NONE else f"{OPEN}\n{kind} {month}\n".encode()


# ---- salts and commitments ---------------------------------------------------------------------


def salt_key(chain: str) -> bytes:
    """The key of all salts up to a closing, from its chain (64 hexadecimal digits)."""
    return hmac.digest(_SALT, chain.encode(), "sha256")


def salt_of(key: bytes, seq: int, part: Part) -> bytes:
    """The salt that opens one part of the entry ``seq``: 32 bytes, given away with its text."""
    of_entry = hmac.digest(key, str(seq).encode(), "sha256")
    return hmac.digest(of_entry, part.encode(), "sha256")


def commitment(salt: bytes, text: bytes) -> str:
    """What a leaf shows of ``text``, in hexadecimal."""
    return hashlib.sha256(salt + text).hexdigest()


def leaf_of(entry: EntryText, key: bytes) -> tuple[Leaf, OpenVoucher | None]:
    """The leaf of an entry under the salts of its closing, and what may be opened of a voucher."""
    text = entry.text.decode()
    voucher = None
    if entry.kind == "voucher":
        voucher = open_voucher(text)
        number, month, opened = voucher.number, voucher.day[:7], voucher.text()
    else:
        number, month = NONE, month_of_directive(entry.kind, text)
        opened = _open_directive(entry.kind, month)
    leaf = Leaf(
        entry.seq, entry.kind, number, month,
        commitment(salt_of(key, entry.seq, "open"), opened),
        commitment(salt_of(key, entry.seq, "full"), entry.text),
    )  # fmt: skip
    return leaf, voucher


def up_to_closings(entries: Iterable[EntryText]) -> Iterator[tuple[bytes, list[EntryText]]]:
    """Entries in their order, parted behind each closing: the key of their salts, and they.

    What stands behind the last closing has no salts yet, and is left out.
    """
    waiting: list[EntryText] = []
    for entry in entries:
        waiting.append(entry)
        if entry.kind == "close":
            yield salt_key(entry.chain), waiting
            waiting = []


def leaves(entries: Iterable[EntryText]) -> Iterator[Leaf]:
    """The leaves of a unit's entries, in the order of posting, up to its last closing."""
    for key, parted in up_to_closings(entries):
        for entry in parted:
            yield leaf_of(entry, key)[0]
