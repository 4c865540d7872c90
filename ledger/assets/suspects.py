"""What looks wrong about fixed assets in posted vouchers: suspicions, which a person looks at.

Two are told. A thing was bought on an account of capital expenditure and did not come into the
register: it was expensed. A thing was depreciated before the first month of its card. Nothing is
guessed from words: a thing that was bought on any other account of spending is not seen here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from ledger.account import account_code
from ledger.assets import accounts
from ledger.assets.marks import ASSET
from ledger.assets.said import regime_for
from ledger.errors import Finding, Words
from ledger.layout import unit_folder
from ledger.model import Model
from ledger.money import Money
from ledger.period import Month
from ledger.registry import assets, units

if TYPE_CHECKING:
    from datetime import date

    from ledger.assets.accounts import AssetAccounts
    from ledger.model import PostedLine
    from ledger.registry import Registry
    from ledger.rules.assets import AssetTable

#: The rules of both suspicions.
EXPENSED: Final = "asset-expensed"
EARLY: Final = "asset-early"


@dataclass(frozen=True, slots=True)
class Suspect:
    """A suspicion of one voucher; ``file`` is relative to its unit's folder, ``amount`` is of what
    is suspected."""

    rule: str
    number: str
    amount: Money
    what: Words
    remedy: Words
    file: str
    line: int

    def as_finding(self, unit: str) -> Finding:
        return Finding(
            self.rule, self.what, self.remedy, f"units/{unit}/{self.file}", self.line, "warning"
        )


def suspects(registry: Registry, unit: str, on: date) -> list[Finding]:
    """What looks wrong in a unit's book by a day, as warnings; nothing where it keeps no assets.

    Raises: NoRuleLoaded if no regime of assets is in force for the unit on that day.
    """
    with registry.read() as conn:
        facts = units.find(conn, unit)
        chart = accounts.known(facts.chart)
        if chart is None:
            return []
        first = {
            row.code: Month.parse(row.first) for row in assets.of_unit(conn, unit) if row.first
        }
    table = regime_for(registry, facts, on)
    model = Model.open(unit_folder(registry.folder, unit))
    try:
        names = watched(model.accounts(), chart, table)
        lines = [
            line for line in model.lines(through=Month.of(on), accounts=names) if line.day <= on
        ]
    finally:
        model.close()
    return [one.as_finding(unit) for one in suspected(lines, chart, table, first)]


def watched(names: Iterable[str], chart: AssetAccounts, table: AssetTable) -> list[str]:
    """The accounts on which suspicions of assets are looked for."""
    return [
        name for name in names
        if chart.is_accumulated(name) or _is_thing(chart, name) or _is_capital(table, name)
    ]  # fmt: skip


def suspected(
    lines: Iterable[PostedLine], chart: AssetAccounts, table: AssetTable,
    first: Mapping[str, Month],
) -> list[Suspect]:  # fmt: skip
    """What looks wrong among posted lines; ``first`` is the first month of each card that wears.

    A voucher that was taken back is not told of, nor the one that took it back, nor what carries
    the year's spending over.
    """
    every = [line for line in lines if not line.carried]
    undone = {line.reverses for line in every if line.reverses}
    left = [line for line in every if not line.reverses and line.number not in undone]
    left.sort(key=attrgetter("day", "number"))
    found: list[Suspect] = []
    for _, of in groupby(left, key=attrgetter("day", "number")):
        voucher = list(of)
        found += _expensed(voucher, chart, table)
        found += _early(voucher, chart, first)
    return found


def _is_capital(table: AssetTable, account: str) -> bool:
    """Whether buying things of some class is entered on an account of spending."""
    code = account_code(account)
    return account.startswith("Expenses:") and any(one.capital == code for one in table.classes)


def _is_thing(chart: AssetAccounts, account: str) -> bool:
    """Whether an account keeps things at cost, or what is being built until they are used."""
    building = chart.has("construction") and account_code(account).startswith(
        chart.place("construction").code
    )
    return chart.is_cost(account) or (building and account.startswith("Assets:"))


def _expensed(
    voucher: list[PostedLine], chart: AssetAccounts, table: AssetTable
) -> Iterator[Suspect]:
    """A suspicion if more was spent on things than came, by what makes one thing an asset."""
    spent = sum(line.amount.fen for line in voucher if _is_capital(table, line.account))
    came = sum(
        max(line.amount.fen, 0) for line in voucher if _is_thing(chart, line.account)
    )  # fmt: skip
    least = table.general
    if least is None or spent - came < least:
        return
    one, missing = voucher[0], Money(spent - came)
    yield Suspect(
        EXPENSED, one.number, missing,
        Words(
            f"{one.number}（{one.day}）资本性支出 {missing.grouped} 没有对应的固定资产",
            f"{one.number} ({one.day}) spends {missing.grouped} on things that are in no register",
        ),
        Words(
            "是固定资产的，冲销后用 mingbai asset add 登记；不是的，改记费用科目",
            "if it is an asset reverse it and enter it with mingbai asset add; if not, spend it on "
            "another account",
        ),
        one.file, one.line,
    )  # fmt: skip


def _early(
    voucher: list[PostedLine], chart: AssetAccounts, first: Mapping[str, Month]
) -> Iterator[Suspect]:
    """A suspicion for each thing that was charged before its card says that it wears."""
    for line in voucher:
        code = dict(line.meta).get(ASSET, "")
        begins = first.get(code)
        if begins is None or line.amount.fen >= 0 or not chart.is_accumulated(line.account):
            continue
        if Month.of(line.day) < begins:
            charged = -line.amount
            yield Suspect(
                EARLY, line.number, charged,
                Words(
                    f"{line.number}（{line.day}）对 {code} 计提 {charged.grouped}，"
                    f"应自 {begins} 月起",
                    f"{line.number} ({line.day}) charges {code} with {charged.grouped}, before "
                    f"{begins}",
                ),
                Words(
                    "冲销它，再用 mingbai asset depreciate 计提",
                    "reverse it, and charge with mingbai asset depreciate",
                ),
                line.file, line.line,
            )  # fmt: skip
