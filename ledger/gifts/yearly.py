"""What a unit's book says of a year as rules of charity ask: spending, management, income, worth.

Which accounts are what is data, in ``spending.toml``. Entries that carry a year over to net assets
are neither income nor spending.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ledger.account import account_code
from ledger.errors import Finding, Refused, Words, finding
from ledger.gifts.marks import EVIDENCE, GIFT
from ledger.gifts.standing import gift_standings
from ledger.layout import unit_folder
from ledger.model import Model
from ledger.money import CNY
from ledger.openings import opening_vouchers
from ledger.period import Month
from ledger.registry import entries, gifts
from ledger.rules.ratios import Figures

if TYPE_CHECKING:
    from ledger.registry import Registry
    from ledger.registry.units import UnitRow

_FILE: Final = Path(__file__).with_name("spending.toml")
_TIME: Final = "time"


@dataclass(frozen=True, slots=True)
class SpendingAccounts:
    """Which accounts of a chart are what, by their codes; ``note`` what the chart cannot tell."""

    source: str
    spending: tuple[str, ...]
    management: tuple[str, ...]
    wages: tuple[str, ...]
    note: Words


@cache
def spending_accounts(chart: str) -> SpendingAccounts:
    """What a chart says of spending; Refused for one of which nobody said it."""
    told: dict[str, Any] = tomllib.loads(_FILE.read_text(encoding="utf-8")).get(chart, {})
    if not told:
        raise Refused(
            finding(
                "no-spending-accounts",
                f"科目表 {chart[:40]} 没有写明哪些是公益支出",
                f"of the chart {chart[:40]} nobody said what is public-benefit spending",
                "比例适用于社会组织；工会的数字供参考",
                "ratios are for social organisations; a union's are for information",
            )
        )
    return SpendingAccounts(
        str(told["source"]), tuple(told["spending"]), tuple(told["management"]),
        tuple(told["wages"]), Words(told["note"], told["note_en"]),
    )  # fmt: skip


class Years:
    """What a unit's book says of years: sums of accounts without what carries a year over."""

    def __init__(
        self, registry: Registry, unit: UnitRow, accounts: SpendingAccounts, model: Model
    ) -> None:
        self._registry = registry
        self._unit = unit
        self._accounts = accounts
        self._model = model
        self._known: dict[int, Mapping[tuple[str, str], int]] = {}

    @classmethod
    def open(cls, registry: Registry, unit: UnitRow, accounts: SpendingAccounts) -> Years:
        return cls(registry, unit, accounts, Model.open(unit_folder(registry.folder, unit.id)))

    def __enter__(self) -> Years:
        return self

    def __exit__(self, *_: object) -> None:
        self._model.close()

    def figures(
        self, year: int, release: tuple[str, str] | None
    ) -> tuple[Figures, int | None, int | None, list[Finding]]:
        """The figures, the unadjusted income before, pay within management, what is missing."""
        missing: list[Finding] = []
        before = [self._income(one) for one in (year - 1, year - 2, year - 3)]
        adjusted = [
            None if fen is None else fen + self._bound(one, release)
            for fen, one in zip(before, (year - 1, year - 2, year - 3), strict=True)
        ]
        worth = [self._net_assets(one) for one in (year - 1, year - 2, year - 3)]
        for part, known in (
            (year, self._unit.opened <= date(year, 1, 1)),
            (year - 1, adjusted[0] is not None and worth[0] is not None),
        ):
            if not known:
                missing.append(self._begins(part))
        parts = {
            name: self._sum(year, getattr(self._accounts, name))
            for name in ("spending", "management", "wages")
        }
        for name, fen in parts.items():
            if fen is None:
                missing.append(self._untold(name))
        figures = Figures(
            parts["spending"], parts["management"], self._total(year), adjusted[0], worth[0],
            _mean(adjusted), _mean(worth),
        )  # fmt: skip
        return figures, before[0], parts["wages"], missing

    def _sum(self, year: int, codes: Iterable[str]) -> int | None:
        """What was spent on accounts of these codes and below; None if the book has none."""
        names = {
            name
            for name in self._model.accounts()
            if name.startswith("Expenses:") and account_code(name).startswith(tuple(codes))
        }
        if not names:
            return None
        return sum(fen for (name, _), fen in self._results(year).items() if name in names)

    def _total(self, year: int) -> int:
        return sum(
            fen for (name, _), fen in self._results(year).items() if name.startswith("Expenses:")
        )

    def _income(self, year: int) -> int | None:
        """All income of a year; None if the book does not hold the whole of it."""
        if self._unit.opened > date(year, 1, 1):
            return None
        return -sum(
            fen for (name, _), fen in self._results(year).items() if name.startswith("Income:")
        )

    def _bound(self, year: int, release: tuple[str, str] | None) -> int:
        """What the adjustment adds: less what came bound in time beyond the year, and with what was
        freed from such a bond in it (民发〔2016〕189号第十条). Nothing where a chart frees nothing.
        """
        if release is None:
            return 0
        last = date(year, 12, 31)
        with self._registry.read() as conn:
            timed = {
                code
                for code, fund in entries.funds(conn, self._unit.id).items()
                if fund.restriction == _TIME
            }
            waits = [
                row
                for row in gifts.of_unit(conn, self._unit.id)
                if row.until is not None and row.until > last and row.fund not in timed
            ]
        came = sum(
            fen
            for (name, fund), fen in self._results(year).items()
            if name.startswith("Income:") and fund in timed
        )
        if any(row.day <= last for row in waits):
            codes = {row.code for row in waits}
            for one in gift_standings(self._registry, self._unit.id, last):
                if one.row.code in codes:
                    # What went back of it lowered the year's income already.
                    came -= sum(
                        use.fen for part in one.parts[:1] for use in part.came
                        if use.day.year == year
                    ) - sum(
                        use.fen for part in one.parts[:1] for use in part.returns
                        if use.day.year == year
                    )  # fmt: skip
        freed = sum(
            line.amount.fen
            for line in self._model.lines(
                since=Month(year, 1), through=Month(year, 12), accounts=[release[0]]
            )
            if not line.carried
            and any(key == EVIDENCE for key, _ in line.meta)
            and (line.fund in timed or any(key == GIFT for key, _ in line.meta))
        )
        return came + freed

    def _net_assets(self, year: int) -> int | None:
        """Assets less liabilities at the end of a year; None before the book begins.

        A book that begins on the day after knows it by the balances that were brought in.
        """
        if self._unit.opened == date(year + 1, 1, 1):
            return self._brought_in()
        if self._unit.opened > date(year, 12, 31):
            return None
        return sum(
            cell.net
            for cell in self._model.cells(through=Month(year, 12))
            if cell.account.startswith(("Assets:", "Liabilities:")) and cell.currency == CNY
        )

    def _brought_in(self) -> int | None:
        """Assets less liabilities that opening vouchers brought in; None where there are none."""
        openings = opening_vouchers(self._model, self._unit.opened)
        if not openings:
            return None
        return sum(
            line.amount.fen
            for one in openings
            for line in one.draft.postings
            if line.account.startswith(("Assets:", "Liabilities:")) and line.amount.currency == CNY
        )

    def _results(self, year: int) -> Mapping[tuple[str, str], int]:
        """Income and spending of a year by account and fund, debit positive."""
        known = self._known.get(year)
        if known is None:
            known = self._known[year] = self._read(year)
        return known

    def _read(self, year: int) -> dict[tuple[str, str], int]:
        first, last = Month(year, 1), Month(year, 12)
        found: dict[tuple[str, str], int] = {}
        names = [n for n in self._model.accounts() if n.startswith(("Income:", "Expenses:"))]
        equity = {n for n in self._model.accounts() if n.startswith("Equity:")}
        moved = set()
        for cell in self._model.cells(since=first, through=last):
            if cell.account.startswith(("Income:", "Expenses:")) and cell.currency == CNY:
                key = cell.account, cell.fund
                found[key] = found.get(key, 0) + cell.net
            elif cell.account in equity:
                moved.add(cell.month)
        for month in sorted(moved):
            carried = {
                line.number
                for line in self._model.lines(since=month, through=month, accounts=equity)
                if line.carried
            }
            if not carried:
                continue
            for line in self._model.lines(since=month, through=month, accounts=names):
                if line.number in carried and line.amount.currency == CNY:
                    key = line.account, line.fund
                    found[key] = found.get(key, 0) - line.amount.fen
        return found

    # ---- what is missing -----------------------------------------------------------------------

    def _begins(self, year: int) -> Finding:
        return finding(
            "unknown-fact",
            f"账簿自 {self._unit.opened} 开始，不含 {year} 年全年：该年的数字不全或不知",
            f"the book begins on {self._unit.opened} and does not hold the whole of {year}: "
            "that year's figures are not whole, or not known",
            "以该年的审计报告为准", "look into the audited report of that year",
            severity="warning",
        )  # fmt: skip

    def _untold(self, name: str) -> Finding:
        zh, en = {
            "spending": ("公益支出", "charitable spending"),
            "management": ("管理费用", "management"),
            "wages": ("管理费用中的工资福利", "pay within management"),
        }[name]
        codes = "、".join(getattr(self._accounts, name))
        return finding(
            "untold", f"账簿没有科目 {codes}，分不出{zh}",
            f"the book has no account {codes}: it does not tell {en}",
            "开立明细科目后才分得出", "open that account to tell it from then on",
            severity="warning",
        )  # fmt: skip


def _mean(values: list[int | None]) -> int | None:
    known = [one for one in values if one is not None]
    # Rounded down: a year is never found wanting by a part of a fen.
    return sum(known) // len(values) if len(known) == len(values) else None
