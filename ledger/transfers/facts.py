"""What a month's text says of other units, beside its sums.

Kept are postings that name another unit or a transfer, and payments on accounts between units that
name neither; of vouchers that carry income and spending over to net assets, the sums, because
statements of income leave them out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from ledger import canonical_reader
from ledger.account import carries_over
from ledger.lines import between_units, line_of
from ledger.transfers.marks import CLAIM, COUNTER, MERGER, PREFIX, TRANSFER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.canonical_reader import LeanLine, LeanVoucher
    from ledger.period import Month

_REVERSES: Final = re.compile(rb'\n  reverses: "([^"\n]+)"')
#: account, fund, currency → [debit, credit, count]
Carried = dict[tuple[str, str, str], list[int]]


class PostedBetween(NamedTuple):
    """One posting towards another unit. ``fen`` is signed, debit positive; ``day`` is ISO text.

    ``counter`` and ``reference`` are empty where the posting does not name them. ``money``: it is
    on an account of money, so that the voucher's other side says what it is for. ``moved`` is what
    the whole voucher moves on accounts of money in this currency, positive where it comes in;
    ``reverses`` the number of the voucher that it takes back, if it does.
    """

    voucher: str
    day: str
    account: str
    fund: str
    currency: str
    fen: int
    counter: str
    reference: str
    money: int
    moved: int
    reverses: str = ""


@dataclass(frozen=True, slots=True)
class MonthFacts:
    """What stands in one month's text towards other units, and what was carried over."""

    between: tuple[PostedBetween, ...]
    carried: Carried


def read_facts_of(data: bytes, name: str) -> MonthFacts:
    """The facts of a month file's canonical text; vouchers that say nothing of them are skipped."""
    between: list[PostedBetween] = []
    carried: Carried = defaultdict(lambda: [0, 0, 0])
    for voucher, reverses in _vouchers(data, name):
        if carries_over(line.account for line in voucher.lines):
            for line in voucher.lines:
                cell = carried[line.account, line.fund, line.currency]
                cell[line.fen < 0] += abs(line.fen)
                cell[2] += 1
        else:
            between += _between(voucher, reverses)
    return MonthFacts(tuple(between), dict(carried))


def _vouchers(data: bytes, name: str) -> Iterator[tuple[LeanVoucher, str]]:
    """Those that may say something, with what they reverse: the others are not parsed."""
    telling = [b'\n    counter: "', b'\n    transfer: "', b"\n  Equity:", f'"{PREFIX}'.encode()]
    telling += [f":{component}".encode() for component in between_units()]
    if not any(word in data for word in telling):
        return
    for entry in canonical_reader.entries(data, name):
        if entry.kind == "voucher" and any(word in entry.text for word in telling):
            back = _REVERSES.search(entry.text)
            lean = canonical_reader.read_lean(entry.text.decode(), name, entry.line)
            yield lean, back[1].decode() if back else ""


def _between(voucher: LeanVoucher, reverses: str) -> Iterator[PostedBetween]:
    pays = any(line_of(line.account).money for line in voucher.lines)
    moved: dict[str, int] = defaultdict(int)
    for line in voucher.lines:
        if line_of(line.account).money:
            moved[line.currency] += line.fen
    for line in voucher.lines:
        meta = dict(line.meta)
        if MERGER in meta:
            continue
        claim = meta.get(CLAIM, "")
        reference = meta.get(TRANSFER, "") or (claim if claim.startswith(PREFIX) else "")
        counter = meta.get(COUNTER, "")
        if counter or reference or (pays and _is_payment(line)):
            yield PostedBetween(
                voucher.number, voucher.day.isoformat(), line.account, line.fund, line.currency,
                line.fen, counter, reference, int(line_of(line.account).money),
                moved[line.currency], reverses,
            )  # fmt: skip


def _is_payment(line: LeanLine) -> bool:
    """Whether a posting on an account between units pays or receives, and is no accrual."""
    common = line_of(line.account)
    if not common.between:
        return False
    paid = common.side in ("Expenses", "Liabilities")
    return line.fen > 0 if paid else line.fen < 0


def as_number(month: Month) -> int:
    """``202603``, as the tables write a month."""
    return month.year * 100 + month.month
