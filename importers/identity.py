"""Import ids: which line of a statement is which, whatever file it came in.

Two files that overlap give a movement the same id; two equal payments on one day get two. An id
hashes canonical values, never cells, so that a bank may change its layout.

Tiers, by what the line has:

- T1, a bank serial: serial, day, amount (serials recur over the years);
- T2, a balance: moment, amount, balance after it, the other account;
- T3: day, amount, folded payee and memo.

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

_VERSION: Final = "1"


def import_ids(lines: Iterable[BankLine], account: str) -> list[str]:
    """The id of every line, in order; ``account`` is the ledger account that the lines are of.

    ``lines`` come oldest first: a file that begins with the newest is turned round before.
    An id is ``imp-`` and 32 hex digits: short enough for a link, long enough never to collide.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    ids = []
    for line in lines:
        key = _key(line)
        seen[key] += 1
        parts = (_VERSION, account, *key, str(seen[key]))
        text = "\x1f".join(parts).encode()
        ids.append("imp-" + hashlib.blake2b(text, digest_size=16).hexdigest())
    return ids


def _key(line: BankLine) -> tuple[str, ...]:
    amount = str(line.amount)
    if line.bank_ref:
        return ("T1", _fold(line.bank_ref), line.day.isoformat(), amount)
    if line.balance_after is not None:
        return (
            "T2", line.booked_at, amount, str(line.balance_after), _fold(line.counterparty_account)
        )  # fmt: skip
    return ("T3", line.day.isoformat(), amount, _fold(line.counterparty), _fold(line.memo))


def _fold(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
