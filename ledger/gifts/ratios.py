"""A year's charitable spending and management as shares, beside the limits of the rule in force.

The figures are read from the book (:mod:`ledger.gifts.yearly`). The rule is the one in force on the
last day of the year; where there is none, that is said, with the one that ended.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from ledger.errors import Finding, Refused, finding
from ledger.gifts.accounts import release_accounts
from ledger.gifts.charities import facts_of
from ledger.gifts.yearly import SpendingAccounts, Years, spending_accounts
from ledger.money import Money, percent_text
from ledger.registry import units
from ledger.rules.disclosure_tables import RatioTable, RatioTier
from ledger.rules.ratios import Check, Figures, judge, tier_of
from ledger.rules.rulebook import NoRuleLoaded, load
from ledger.rules.table import Place

if TYPE_CHECKING:
    from ledger.registry import Registry
    from ledger.registry.units import UnitRow

#: In this order: the departments' rule of all tiers, and the one class that the law itself names.
RULES: Final = ("charity-spending", "charity-law-spending")
JUDGED, NO_RULE, UNKNOWN = "judged", "no-rule", "unknown"


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
    with Years.open(registry, facts, accounts) as book:
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


def _before_the_book(unit: UnitRow, year: int) -> Finding:
    return finding(
        "before-the-book", f"账簿自 {unit.opened} 开始，没有 {year} 年的数字",
        f"the book begins on {unit.opened}: it says nothing of {year}",
        "写一个账簿里有的年度", "give a year that the book holds",
    )  # fmt: skip


def _share(part: int | None, whole: int | None) -> str:
    return "" if part is None or whole is None else percent_text(part, whole)
