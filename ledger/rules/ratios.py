"""Whether a year's charitable spending is enough, and its management not too much, by a rule.

Shares are compared exactly, as fractions of fen; they are rounded only where they are shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from ledger.money import Money, percent_text
from ledger.rules.disclosure_tables import OF_INCOME, RatioTable, RatioTier
from ledger.rules.table import percent

SPENDING, MANAGEMENT = "spending", "management"
KEPT, BROKEN, EXEMPT, UNKNOWN = "kept", "broken", "exempt", "unknown"
OF_SPENDING: Final = "total-spending"


@dataclass(frozen=True, slots=True)
class Figures:
    """What ratios are made of, in fen; None is what the book cannot tell.

    ``income`` is that of the year before, less what was bound in time beyond it and with what was
    freed in it; ``net_assets`` those at its end. The ``…_mean`` are of the three years before.
    """

    spending: int | None
    management: int | None
    total: int
    income: int | None
    net_assets: int | None
    income_mean: int | None = None
    net_assets_mean: int | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """One limit: ``actual`` beside ``limit`` of ``base`` (what it is of is ``of``), in fen.

    ``mean`` says that the mean of three years stood for the year before, which the rule permits.
    """

    what: str
    of: str
    actual: int | None
    base: int | None
    limit: Fraction
    state: str
    mean: bool = False

    @property
    def share(self) -> str:
        """``72.5 %``; empty where a figure is not known, or there is nothing it could be of."""
        if self.actual is None or self.base is None:
            return ""
        return percent_text(self.actual, self.base)

    def as_json(self) -> dict[str, Any]:
        return {
            "what": self.what, "of": self.of, "state": self.state, "share": self.share,
            "limit": percent(self.limit), "mean_of_three_years": self.mean,
            "actual": None if self.actual is None else Money(self.actual).text,
            "base": None if self.base is None else Money(self.base).text,
        }  # fmt: skip


def tier_of(
    table: RatioTable, form: str, *, public: bool, net_assets: int | None
) -> RatioTier | None:
    """The tier that a unit stands in; None if the table has none, or it depends on net assets that
    are not known.

    >>> from datetime import date
    >>> from ledger.rules.rulebook import load
    >>> from ledger.rules.table import Place
    >>> table = load()[0].in_force(
    ...     RatioTable, "charity-spending", date(2025, 12, 31), Place(kinds=frozenset({"charity"}))
    ... )
    >>> tier_of(table, "association", public=False, net_assets=500_000_00).id
    'other-0'
    """
    fitting = [tier for tier in table.tiers if form in tier.forms and tier.public == public]
    if net_assets is None:
        return fitting[0] if len(fitting) == 1 else None
    for tier in fitting:
        # Below nothing is below every bound.
        if tier.first <= max(net_assets, 0) and (tier.below is None or net_assets < tier.below):
            return tier
    return None


def judge(figures: Figures, tier: RatioTier, table: RatioTable) -> tuple[Check, ...]:
    """Each limit of a tier with what the year was; the spending that has to be first."""
    return (
        *(_spending(figures, of, limit, mean=table.averages) for of, limit in tier.spend),
        _management(figures, tier.management, table.exempt),
    )


def _spending(figures: Figures, of: str, limit: Fraction, *, mean: bool) -> Check:
    actual = figures.spending
    before, three = (
        (figures.income, figures.income_mean)
        if of == OF_INCOME
        else (figures.net_assets, figures.net_assets_mean)
    )
    if actual is None or before is None:
        return Check(SPENDING, of, actual, before, limit, UNKNOWN)
    if actual >= limit * before:
        return Check(SPENDING, of, actual, before, limit, KEPT)
    if mean and three is not None and actual >= limit * three:
        return Check(SPENDING, of, actual, three, limit, KEPT, mean=True)
    return Check(SPENDING, of, actual, before, limit, BROKEN)


def _management(figures: Figures, limit: Fraction, exempt: int) -> Check:
    actual, total = figures.management, figures.total
    if actual is None:
        state = UNKNOWN
    elif actual <= limit * total:
        state = KEPT
    else:
        state = EXEMPT if actual < exempt else BROKEN
    return Check(MANAGEMENT, OF_SPENDING, actual, total, limit, state)
