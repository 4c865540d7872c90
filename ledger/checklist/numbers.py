"""Numbers of a month: none left out, and the totals by which a month is known.

The month's total is the sum of its debits; the perpetual total is that of everything ever posted,
and only grows: a seal that shows a smaller one than the seal before was not made of the same book.
Budgetary halves say the same money once more and are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ledger.account import is_budgetary
from ledger.entry import CLASSES
from ledger.errors import Finding, finding
from ledger.layout import month_file, unit_folder
from ledger.model import Model
from ledger.money import CNY, Money
from ledger.registry import entries

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.period import Month
    from ledger.registry import Registry


@dataclass(frozen=True, slots=True)
class Totals:
    """How many vouchers of each class a month has, and the debits of the month and of all time."""

    month: Month
    vouchers: dict[str, int]
    debits: Money
    perpetual_vouchers: int
    perpetual_debits: Money

    def as_json(self) -> dict[str, Any]:
        return {
            "vouchers": dict(self.vouchers), "month_debits": self.debits.text,
            "perpetual_vouchers": self.perpetual_vouchers,
            "perpetual_debits": self.perpetual_debits.text,
        }  # fmt: skip

    @property
    def text(self) -> str:
        classes = "，".join(f"{kind} {count}" for kind, count in self.vouchers.items()) or "0"
        return (
            f"凭证 vouchers：{classes}；本月借方合计 debits of the month {self.debits.grouped}\n"
            f"  建账以来 of all time：凭证 vouchers {self.perpetual_vouchers}，"
            f"借方 debits {self.perpetual_debits.grouped}"
        )


def totals(registry: Registry, unit: str, month: Month) -> Totals:
    """The totals of a month, from month cells and counters: no voucher is read.

    What later months hold belongs to later totals: the perpetual ones end with this month.
    """
    with registry.read() as conn:
        counted = entries.last_numbers(conn, unit)
    of_month = {
        kind: counted[kind, str(month)] for kind in CLASSES if (kind, str(month)) in counted
    }
    ever = sum(last for (_, of), last in counted.items() if of <= str(month))
    model = Model.open(unit_folder(registry.folder, unit))
    try:
        here = ever_debits = 0
        for cell in model.cells(through=month):
            if cell.currency == CNY and not is_budgetary(cell.account):
                ever_debits += cell.debit
                here += cell.debit if cell.month == month else 0
    finally:
        model.close()
    return Totals(month, of_month, Money(here), ever, Money(ever_debits))


def gaps(conn: Connection, unit: str, month: Month) -> list[Finding]:
    """A finding for every class whose numbers of the month are not 1, 2, 3 … to the last one."""
    last = {
        kind: last
        for (kind, of), last in entries.last_numbers(conn, unit).items()
        if of == str(month)
    }
    have: dict[str, set[int]] = {kind: set() for kind in last}
    for number in entries.numbers_of_file(conn, unit, month_file(month)):
        kind, _, ordinal = number.split("-")
        have.setdefault(kind, set()).add(int(ordinal))
    found = []
    for kind, ordinals in sorted(have.items()):
        missing = sorted(set(range(1, max(last.get(kind, 0), *ordinals, 0) + 1)) - ordinals)
        if missing or len(ordinals) > last.get(kind, 0):
            zh = "、".join(str(one) for one in missing[:10]) or "计数不符"
            en = ", ".join(str(one) for one in missing[:10]) or "the counter says another last one"
            found.append(
                finding(
                    "number-gap",
                    f"{month} 月 {kind} 字凭证号不连续：缺 {zh}",
                    f"the numbers of class {kind} in {month} have a gap: {en}",
                    "运行 mingbai check 查明；从备份恢复",
                    "find out with mingbai check; restore from a backup",
                )
            )
    return found
