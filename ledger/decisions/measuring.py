"""What a draft is as a major item: what goes out, to whom, and by which decisions. Pure functions.

What counts is what leaves accounts of cash, bank and quota. A decision is named by its number in
the metadata ``decision``, of the voucher for all of it, or of postings for these. A reversal gives
back what it takes back.
"""

from __future__ import annotations

import hashlib
import unicodedata
from typing import TYPE_CHECKING, Final

from ledger.contracts.marks import PARTY
from ledger.lines import line_of
from ledger.money import CNY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from ledger.entry import Draft

DECISION: Final = "decision"
#: The metadata of postings that says to whom money goes: a counterparty, another unit.
_PAYEES: Final = (PARTY, "counter")


def money_out(draft: Draft) -> int:
    """What the draft takes out of cash and bank, in fen; negative where a reversal brings it back.

    Nothing for what comes in, and for the reversal of what came in.
    """
    out = -sum(
        posting.amount.fen
        for posting in draft.postings
        if posting.amount.currency == CNY and line_of(posting.account).money
    )
    return out if (out < 0) == (draft.reverses is not None) else 0


def uses_of(draft: Draft) -> dict[str, int]:
    """What a draft uses of each decision that it names, in fen, signed as :func:`money_out`."""
    out = money_out(draft)
    if not out:
        return {}
    found: dict[str, int] = {}
    sign, rest = (1, out) if out > 0 else (-1, -out)
    for posting in draft.postings:
        number = next((value for key, value in posting.meta if key == DECISION), "")
        fen = min(rest, posting.amount.fen * sign)
        if number and posting.amount.currency == CNY and fen > 0:
            found[number] = found.get(number, 0) + fen * sign
            rest -= fen
    whole = next((value for key, value in draft.meta if key == DECISION), "")
    if whole and rest:
        found[whole] = found.get(whole, 0) + rest * sign
    return found


def payees_of(draft: Draft) -> list[str]:
    """Digests of everybody to whom the draft says that money goes."""
    said = {value for p in draft.postings for key, value in p.meta if key in _PAYEES}
    if draft.payee:
        said.add(draft.payee)
    return sorted(map(_folded, said))


def _folded(text: str) -> str:
    plain = "".join(unicodedata.normalize("NFKC", text).casefold().split())
    return hashlib.sha256(plain.encode()).hexdigest()


def uncovered(draft: Draft, known: Iterable[str]) -> int:
    """What goes out by none of the decisions that are known, signed as :func:`money_out`."""
    uses = uses_of(draft)
    return money_out(draft) - sum(uses.get(number, 0) for number in known)


def most_within(days: Mapping[date, int], day: date, length: int) -> int:
    """The greatest sum of any ``length`` days in a row that hold ``day``; nothing is below zero.

    The greatest one begins on a day on which something went out, or on ``day`` itself.
    """
    near = {when: fen for when, fen in days.items() if abs((when - day).days) < length}
    return max(
        sum(fen for when, fen in near.items() if 0 <= (when - first).days < length)
        for first in {day, *(when for when in near if when <= day)}
    )
