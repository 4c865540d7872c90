"""What a consolidation needs of one month file, beside its sums.

Postings that name another unit are kept singly by reference; vouchers that carry income and
spending over to net assets are summed apart, because statements of income leave them out.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ledger import canonical_reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.period import Month

COUNTER: Final = "counter"
TRANSFER: Final = "transfer"
_RESULT: Final = ("Income:", "Expenses:")
#: counter, reference, account, fund, currency → fen
Between = dict[tuple[str, str, str, str, str], int]
#: account, fund, currency → [debit, credit, count]
Carried = dict[tuple[str, str, str], list[int]]


@dataclass(frozen=True, slots=True)
class MonthFacts:
    """What stands in one month's text towards other units, and what was carried over."""

    between: Between
    carried: Carried


def read_facts_of(data: bytes, name: str) -> MonthFacts:
    """The facts of a month file's canonical text; vouchers that say nothing of them are skipped."""
    between: Between = defaultdict(int)
    carried: Carried = defaultdict(lambda: [0, 0, 0])
    if b'    counter: "' not in data and b"\n  Equity:" not in data:
        return MonthFacts({}, {})
    for voucher in _vouchers(data, name):
        result = [line for line in voucher.lines if line.account.startswith(_RESULT)]
        carries = result and all(
            line.account.startswith((*_RESULT, "Equity:")) for line in voucher.lines
        )
        for line in voucher.lines:
            if carries:
                cell = carried[line.account, line.fund, line.currency]
                cell[line.fen < 0] += abs(line.fen)
                cell[2] += 1
                continue
            meta = dict(line.meta)
            if counter := meta.get(COUNTER, ""):
                reference = meta.get(TRANSFER, "")
                between[counter, reference, line.account, line.fund, line.currency] += line.fen
    return MonthFacts({key: fen for key, fen in between.items() if fen}, dict(carried))


def _vouchers(data: bytes, name: str) -> Iterator[canonical_reader.LeanVoucher]:
    for entry in canonical_reader.entries(data, name):
        if entry.kind != "voucher":
            continue
        if b'\n    counter: "' in entry.text or b"\n  Equity:" in entry.text:
            yield canonical_reader.read_lean(entry.text.decode(), name, entry.line)


def as_number(month: Month) -> int:
    """``202603``, as the tables of a consolidation write a month."""
    return month.year * 100 + month.month
