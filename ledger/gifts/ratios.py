"""A year's charitable spending and management as shares, beside the limits of the rule in force.

The figures are read from the book; what carries a year over to net assets is left out. Which
accounts they are is data, in ``spending.toml``. The rule is the one in force on the last day of the
year; where there is none, that is said, with the one that ended.
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
from ledger.gifts.accounts import release_accounts
from ledger.gifts.charities import facts_of
from ledger.gifts.marks import EVIDENCE, GIFT
from ledger.gifts.standing import gift_standings
from ledger.layout import unit_folder
from ledger.model import Model
from ledger.money import CNY, Money, percent_text
from ledger.period import Month
from ledger.registry import entries, gifts, units
from ledger.rules.ratios import Check, Figures, judge, tier_of
from ledger.rules.rulebook import NoRuleLoaded, load
from ledger.rules.table import Place, RatioTable, RatioTier

if TYPE_CHECKING:
    from ledger.registry import Registry
    from ledger.registry.units import UnitRow

#: In this order: the departments' rule of all tiers, and the one class that the law itself names.
RULES: Final = ("charity-spending", "charity-law-spending")
JUDGED, NO_RULE, UNKNOWN = "judged", "no-rule", "unknown"
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


@dataclass(frozen=True, slots=True)
class Ratios:
    """One unit's year. Amounts are fen; None is what the book cannot tell, ``missing`` says why.

    ``raw_income`` is the income of the year before as it stands in the book, ``figures.income`` the
    adjusted one. ``office`` is management without ``wages``. ``state`` is :data:`JUDGED`,
    :data:`NO_RULE` (``missing`` says which rule ended when) or :data:`UNKNOWN`.
    """

    unit: str
    year: int
    figures: Figures
    raw_income: int | None
    wages: int | None
    office: int | None
    accounts: SpendingAccounts
    state: str
    table: RatioTable | None
    tier: RatioTier | None
    checks: tuple[Check, ...]
    missing: tuple[Finding, ...]

    @property
    def spending_share(self) -> str:
        """Charitable spending of the adjusted income of the year before; empty where unknown."""
        return _share(self.figures.spending, self.figures.income)

    @property
    def net_assets_share(self) -> str:
        """Charitable spending of the net assets at the end of the year before."""
        return _share(self.figures.spending, self.figures.net_assets)

    @property
    def management_share(self) -> str:
        """Management of the year's own spending."""
        return _share(self.figures.management, self.figures.total)

    def as_json(self) -> dict[str, Any]:
        figures = self.figures
        amounts = {
            "spending": figures.spending, "management": figures.management, "wages": self.wages,
            "office": self.office, "total_spending": figures.total,
            "prior_income": self.raw_income, "prior_income_adjusted": figures.income,
            "prior_net_assets": figures.net_assets, "income_mean": figures.income_mean,
            "net_assets_mean": figures.net_assets_mean,
        }  # fmt: skip
        rule = None
        if self.table is not None:
            rule = {
                "key": self.table.head.key, "source": self.table.head.source,
                "confidence": self.tier.confidence if self.tier else self.table.head.confidence,
                "tier": self.tier.id if self.tier else None,
                "article": self.tier.article if self.tier else "",
            }  # fmt: skip
        return {
            "unit": self.unit, "year": self.year, "state": self.state, "rule": rule,
            "amounts": {
                key: None if fen is None else Money(fen).text for key, fen in amounts.items()
            },
            "shares": {
                "spending_of_prior_income": self.spending_share,
                "spending_of_prior_net_assets": self.net_assets_share,
                "management_of_total_spending": self.management_share,
            },
            "checks": [one.as_json() for one in self.checks],
            "accounts": {
                "spending": list(self.accounts.spending),
                "management": list(self.accounts.management),
                "wages": list(self.accounts.wages), "source": self.accounts.source,
                "note": self.accounts.note.zh, "note_en": self.accounts.note.en,
            },
            "missing": [one.as_json() for one in self.missing],
        }  # fmt: skip


def ratios_of(registry: Registry, unit: str, year: int) -> Ratios:
    """A unit's year with the rule's verdict; who asks was looked at before.

    Refused for a year before the book, and for a chart of which nobody said what is charitable
    spending (party dues, government).
    """
    with registry.read() as conn:
        facts = units.find(conn, unit)
        if facts.opened > date(year, 12, 31):
            raise Refused(_before_the_book(facts, year))
        accounts = spending_accounts(facts.chart)
        release = release_accounts(conn, unit)
    with _Years.open(registry, facts, accounts) as book:
        figures, raw, wages, missing = book.figures(year, release)
    office = None
    if wages is not None and figures.management is not None:
        office = figures.management - wages
    state, table, tier, more = _rule(registry, facts, year, figures)
    checks = judge(figures, tier, table) if table is not None and tier is not None else ()
    if any(one.state == UNKNOWN for one in checks):
        state = UNKNOWN
    return Ratios(
        unit, year, figures, raw, wages, office, accounts, state, table, tier, checks,
        (*missing, *more),
    )  # fmt: skip


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


# ---- the rule ----------------------------------------------------------------------------------


def _rule(
    registry: Registry, unit: UnitRow, year: int, figures: Figures
) -> tuple[str, RatioTable | None, RatioTier | None, list[Finding]]:
    """How it is judged, and what is missing to judge it."""
    book, _ = load(registry.folder, unit.id)
    place = Place.of(unit)
    told: list[Finding] = []
    tables = []
    for rule in RULES:
        try:
            tables.append(book.in_force(RatioTable, rule, date(year, 12, 31), place))
        except NoRuleLoaded as none:
            told += none.findings[:1] if rule == RULES[0] else ()
    facts = facts_of(unit)
    asks = facts.charity is not None or unit.chart.startswith("npo-")
    unknown = list(facts.missing(unit.id)) if asks else []
    if facts.charity and facts.public is not None and facts.form:
        for table in tables:
            tier = tier_of(table, facts.form, public=facts.public, net_assets=figures.net_assets)
            if tier is not None:
                return JUDGED, table, tier, []
        fits = any(
            facts.form in tier.forms and tier.public == facts.public
            for table in tables
            for tier in table.tiers
        )
        # Which tier it is depends on net assets that the book does not tell; that was said.
        return (UNKNOWN, tables[0], None, []) if fits else (NO_RULE, None, None, told)
    state = UNKNOWN if unknown and (facts.charity is None or tables) else NO_RULE
    return state, None, None, [*told, *unknown]


# ---- the book ----------------------------------------------------------------------------------


class _Years:
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
    def open(cls, registry: Registry, unit: UnitRow, accounts: SpendingAccounts) -> _Years:
        return cls(registry, unit, accounts, Model.open(unit_folder(registry.folder, unit.id)))

    def __enter__(self) -> _Years:
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
                    came -= sum(
                        use.fen for part in one.parts[:1] for use in part.came
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
        """Assets less liabilities at the end of a year; None before the book begins."""
        if self._unit.opened > date(year, 12, 31):
            return None
        return sum(
            cell.net
            for cell in self._model.cells(through=Month(year, 12))
            if cell.account.startswith(("Assets:", "Liabilities:")) and cell.currency == CNY
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


def _before_the_book(unit: UnitRow, year: int) -> Finding:
    return finding(
        "before-the-book", f"账簿自 {unit.opened} 开始，没有 {year} 年的数字",
        f"the book begins on {unit.opened}: it says nothing of {year}",
        "写一个账簿里有的年度", "give a year that the book holds",
    )  # fmt: skip


def _mean(values: list[int | None]) -> int | None:
    known = [one for one in values if one is not None]
    # Rounded down: a year is never found wanting by a part of a fen.
    return sum(known) // len(values) if len(known) == len(values) else None


def _share(part: int | None, whole: int | None) -> str:
    return "" if part is None or whole is None else percent_text(part, whole)
