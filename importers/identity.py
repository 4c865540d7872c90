"""Import ids: which line of a statement is which, whatever file it came in.

Two files that overlap give a movement the same id; two equal payments on one day get two. An id
hashes canonical values, never cells, so that a bank may change its layout.

Tiers, by what the line has:

- T1, a bank serial: serial, day, amount (serials recur over the years);
- T2, a balance: moment, amount, balance after it, the other account;
- T3: day, amount, folded payee and memo.

An id begins with its day, so that the ids of a statement stand side by side in the registry's
index, whatever history lies before them: what is new costs what it costs, and nothing of the past.

Equal keys are counted from the oldest line on, so that the ids of a file form a multiset: of a line
that stands twice in a file and is known once, one is new. A file is expected to hold whole days;
where lines of a day carry neither a serial nor a balance of their own, one that was cut in the
middle of a day says less than the truth, and the next one that holds the day puts it right.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Iterable
from typing import Final

from importers.line import BankLine

_VERSION: Final = "2"


def import_ids(lines: Iterable[BankLine], account: str) -> list[str]:
    """The id of every line, in order; ``account`` is the ledger account that the lines are of.

    ``lines`` come oldest first: a file that begins with the newest is turned round before.
    An id is ``imp-``, the day in 8 digits and 24 hex digits: short enough for a link, long enough
    never to collide within a day.
    """
    seen: Counter[str] = Counter()
    before = f"{_VERSION}\x1f{account}\x1f"
    ids = []
    for line in lines:
        key = _key(line)
        seen[key] += 1
        digest = hashlib.blake2b(f"{before}{key}\x1f{seen[key]}".encode(), digest_size=12)
        ids.append(f"imp-{line.day.isoformat().replace('-', '')}{digest.hexdigest()}")
    return ids


def _key(line: BankLine) -> str:
    amount = line.amount
    moved = f"{amount.fen}\x1f{amount.currency}"
    if line.bank_ref:
        return f"T1\x1f{_fold(line.bank_ref)}\x1f{line.day.isoformat()}\x1f{moved}"
    if line.balance_after is not None:
        left = f"{line.balance_after.fen}\x1f{line.balance_after.currency}"
        other = _fold(line.counterparty_account)
        return f"T2\x1f{line.booked_at}\x1f{moved}\x1f{left}\x1f{other}"
    words = f"{_fold(line.counterparty)}\x1f{_fold(line.memo)}"
    return f"T3\x1f{line.day.isoformat()}\x1f{moved}\x1f{words}"


def _fold(text: str) -> str:
    if text.isascii():
        return "".join(text.lower().split())
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
