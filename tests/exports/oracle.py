"""What Beancount itself makes of a book: opening, debits, credits, closing by account."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from pathlib import Path

from beancount import loader
from beancount.core.convert import get_weight
from beancount.core.data import Transaction

from ledger.period import Period

#: By account and currency: opening, debits, credits, closing, in fen; debit positive.
Sums = dict[tuple[str, str], tuple[int, int, int, int]]


def of_book(folder: Path, period: Period) -> tuple[Sums, int]:
    """The sums of a period, and how many vouchers it has; what is all zero is left out."""
    entries, errors, _ = loader.load_file(str(folder / "book.bean"))
    # Random books break the rules of the house, which our plugins tell, and none of Beancount's.
    own = [error for error in errors if not type(error).__module__.startswith("ledger.")]
    assert not own, str(own[0].message)
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    count = 0
    for entry in entries:
        if not isinstance(entry, Transaction) or entry.date >= period.end:
            continue
        count += entry.date >= period.start
        for posting in entry.postings:
            weight = get_weight(posting)  # type: ignore[no-untyped-call]
            fen = int(weight.number * 100)
            assert Decimal(fen) == weight.number * 100
            place = 0 if entry.date < period.start else 1 if fen > 0 else 2
            sums[posting.account, weight.currency][place] += -fen if place == 2 else fen
    told = {
        key: (opening, debit, credit, opening + debit - credit)
        for key, (opening, debit, credit) in sums.items()
    }
    return {key: of for key, of in told.items() if any(of)}, count
