"""What every export is made of: balances and vouchers of a period, read once and in one state.

All that is read of the journal is read in one transaction, so that balances and lines belong
together even while somebody posts. Vouchers are streamed: a book of a million is never held in
memory. Amounts are whole fen. Things at cost count as what they weigh.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Final

from ledger import canonical_reader, intact
from ledger.chart import load_chart
from ledger.errors import Refused, finding
from ledger.gifts.marks import FOREIGN
from ledger.layout import month_file, unit_folder
from ledger.model import AccountFacts, FundFacts, Model, MonthCell
from ledger.money import CNY
from ledger.period import Month
from ledger.registry import allocations, entries, units
from ledger.unitfacts import read_facts
from reports.exports.codes import account_ids
from reports.exports.values import DIMENSIONS, Balance, ExportVoucher, Totals, read_voucher

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.chart import Chart
    from ledger.period import Period
    from ledger.registry import Registry
    from ledger.registry.units import UnitRow
    from ledger.unitfacts import UnitFacts

Progress = Callable[[str, int, int], None]
_EVERY: Final = 500
_MARKS: Final = re.compile(
    rf'^    (allocation|counter|foreign): "({canonical_reader.VALUE})"$'.encode(), re.MULTILINE
)


@dataclass(frozen=True)
class ExportSource:
    """A unit's book as one transaction sees it, and the period that is asked for.

    ``cells`` are those up to the period's end; ``marks`` the values of each dimension that stand
    in it, in order, and ``names`` what these are called.
    """

    registry: Registry
    conn: Connection
    row: UnitRow
    facts: UnitFacts
    chart: Chart
    period: Period
    accounts: Mapping[str, AccountFacts]
    funds: Mapping[str, FundFacts]
    cells: tuple[MonthCell, ...]
    marks: Mapping[str, tuple[str, ...]]
    names: Mapping[tuple[str, str], str]
    today: date
    version: str
    progress: Progress

    @property
    def unit(self) -> str:
        return self.facts.unit

    @cached_property
    def ids(self) -> Mapping[str, str]:
        """A short code of its own for each account."""
        return account_ids(self.accounts)

    @property
    def months(self) -> list[Month]:
        return list(self.period.months())

    @cached_property
    def currencies(self) -> tuple[str, ...]:
        """Those that the book is kept in, yuan first."""
        return (CNY, *sorted({cell.currency for cell in self.cells} - {CNY}))

    @cached_property
    def every_currency(self) -> tuple[str, ...]:
        """The same, and those that were converted into yuan."""
        told = {value.rpartition(" ")[2] for value in self.marks[FOREIGN]}
        return (*self.currencies, *sorted(told - {*self.currencies, ""}))

    def called(self, key: str, value: str) -> str:
        """What a fund, an allocation or another unit is called; its code where nobody knows."""
        return self.names.get((key, value), value)

    def balances(self, first: Month | None = None, last: Month | None = None) -> list[Balance]:
        """What each account, fund and currency held and moved, by code of account.

        What never held anything is out.

        ``first`` and ``last`` are months within the period, both included; by default all of it.
        """
        months = self.months
        first, last = first or months[0], last or months[-1]
        sums: dict[tuple[str, str, str], list[int]] = {}
        for cell in self.cells:
            if cell.month <= last:
                key = (cell.account, cell.fund, cell.currency)
                found = sums.setdefault(key, [0, 0, 0])
                if cell.month < first:
                    found[0] += cell.net
                else:
                    found[1] += cell.debit
                    found[2] += cell.credit
        keys = sorted(sums, key=lambda key: (self.ids[key[0]], key))
        return [Balance(*key, *sums[key]) for key in keys if any(sums[key])]

    def by_account(self, first: Month | None = None, last: Month | None = None) -> list[Balance]:
        """The same with all funds of an account in one; ``fund`` is empty."""
        sums: dict[tuple[str, str], list[int]] = {}
        for one in self.balances(first, last):
            found = sums.setdefault((one.account, one.currency), [0, 0, 0])
            for place, fen in enumerate((one.opening, one.debit, one.credit)):
                found[place] += fen
        return [Balance(account, "", currency, *of) for (account, currency), of in sums.items()]

    def vouchers(self, kind: str = "") -> Iterator[ExportVoucher]:
        """The period's vouchers month by month in the order of posting; of one class if given."""
        for month in self.months:
            for row in entries.entries_of_file(self.conn, self.unit, month_file(month)):
                if row.kind == "voucher" and (row.number or "").startswith(kind):
                    yield read_voucher(row.text.decode())

    def as_posted(self) -> Iterator[ExportVoucher]:
        """The period's vouchers in the order in which they were posted, whatever their day."""
        for row in entries.all_entries(self.conn, self.unit):
            if row.kind == "voucher" and row.day in self.period:
                yield read_voucher(row.text.decode())

    def counted(self, vouchers: Iterator[ExportVoucher], totals: Totals) -> Iterator[ExportVoucher]:
        """The same vouchers, counted, while the progress is told."""
        for voucher in vouchers:
            totals.add(voucher)
            if totals.vouchers % _EVERY == 0:
                self.progress("凭证 vouchers", totals.vouchers, self.expected)
            yield voucher

    @cached_property
    def expected(self) -> int:
        """How many vouchers the period has."""
        last = entries.last_numbers(self.conn, self.unit)
        months = set(map(str, self.months))
        return sum(count for (_, month), count in last.items() if month in months)

    def demand_same(self, totals: Totals) -> None:
        """Refused if what was written is not what the book's sums say, to the fen."""
        booked = {
            (one.account, one.fund, one.currency): [one.debit, one.credit]
            for one in self.balances()
            if one.debit or one.credit
        }
        moved = {key: of for key, of in totals.moved.items() if any(of)}
        if booked != moved or totals.vouchers != self.expected:
            raise Refused(
                finding(
                    "export-differs",
                    "导出的合计与账簿不一致，没有写出任何文件",
                    "what would be exported does not add up to the book; nothing was written",
                    "运行 mingbai check，并报告此问题",
                    "run mingbai check, and report this",
                    file=f"units/{self.unit}",
                )
            )


@contextmanager
def open_source(
    registry: Registry, unit: str, period: Period, today: date, progress: Progress
) -> Iterator[ExportSource]:
    """A unit's book for one export; Refused with findings if it does not hold.

    Nothing in the federation's folder is written, no cache either.
    """
    last = Month.of(period.last)
    cells: list[MonthCell] = []
    marks: dict[str, set[str]] = {key: set() for key in (*DIMENSIONS, FOREIGN)}

    def seen(name: str, data: bytes) -> None:
        if not name[:4].isdigit():
            return
        month = Month(int(name[:4]), int(name[5:7]))
        if month > last:
            return
        for (account, fund, currency), (debit, credit, count) in canonical_reader.read_cells(
            data, month, f"units/{unit}/{name}"
        ).items():
            cells.append(MonthCell(account, fund, currency, month, debit, credit, count))
            marks["fund"].add(fund)
        if month.first in period:
            for key, value in _MARKS.findall(data):
                marks[key.decode()].add(canonical_reader.unquoted(value.decode()))

    with registry.read() as conn:
        found = intact.faults(
            registry, conn, unit, lambda done, of: progress("核对 checking", done, of), seen
        )
        if found:
            raise Refused(*found)
        facts = read_facts(registry.folder, unit)
        model = Model.unkept(unit_folder(registry.folder, unit))
        try:
            accounts, funds = model.accounts(), model.funds()
        finally:
            model.close()
        yield ExportSource(
            registry, conn, units.find(conn, unit), facts, load_chart(facts.chart), period,
            accounts, funds, tuple(cells),
            {key: tuple(sorted(values)) for key, values in marks.items()},
            _names(conn, unit, funds), today, _version(), progress,
        )  # fmt: skip


def _names(
    conn: Connection, unit: str, funds: Mapping[str, FundFacts]
) -> dict[tuple[str, str], str]:
    """By key and code: what each is called."""
    found = {("fund", fund.code): fund.name for fund in funds.values()}
    found |= {("counter", row.id): row.name for row in units.all_units(conn)}
    found |= {("allocation", row.code): row.name for row in allocations.of_unit(conn, unit)}
    return found


def _version() -> str:
    from importlib.metadata import version

    return version("mingbai")
