"""Which vouchers brought a book's balances in: those of its first day that have no result.

They move net assets and neither income nor spending, on the day on which the book was opened. Asked
of the read model, which keeps no tags.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from ledger.period import Month

if TYPE_CHECKING:
    from ledger.asking import Ledger
    from ledger.entry import Voucher


def opening_vouchers(book: Ledger, opened: date) -> list[Voucher]:
    """The vouchers that brought balances in on the day ``opened``, in the order of posting."""
    equity = [name for name in book.accounts() if name.startswith("Equity:")]
    first = Month.of(opened)
    numbers = dict.fromkeys(
        line.number
        for line in book.lines(since=first, through=first, accounts=equity)
        if line.day == opened and line.number.startswith("转")
    )
    found = (book.voucher(number) for number in numbers)
    return [
        voucher
        for voucher in found
        if not any(
            line.account.startswith(("Income:", "Expenses:")) for line in voucher.draft.postings
        )
    ]
