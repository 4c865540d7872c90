"""What an asset is depreciated by, out of its card, its new estimates and its use: pure."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from ledger.period import Month
from ledger.rules.assets import ADDITION, NEXT, STRAIGHT_LINE
from ledger.rules.depreciation import (
    Revision,
    Terms,
    accumulated,
    charge_of,
    charges,
    last_month,
    straight_line,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from ledger.registry.assets import AssetRow, EstimateRow, UseRow, Wearing


def terms_of(row: AssetRow | Wearing) -> Terms | None:
    """What an asset is depreciated by; None where it is not depreciated."""
    if row.life_months is None:
        return None
    return Terms(
        row.cost_fen, row.residual_fen, row.life_months, row.method, Month.parse(row.first),
        row.units_total,
    )  # fmt: skip


def revisions_of(
    row: AssetRow | Wearing, estimates: Sequence[EstimateRow], uses: Sequence[UseRow] = ()
) -> list[Revision]:
    """How it was estimated anew, in the order of the months from which that counts."""
    found = []
    for one in estimates:
        before = used(uses, Month.parse(one.month).previous())
        found.append(
            Revision(
                Month.parse(one.month),
                one.life_months,
                one.residual_fen,
                one.method,
                one.accumulated_fen,
                units_before=before,
                units_left=max(0, row.units_total - before),
            )
        )
    return sorted(found, key=lambda one: one.month)


def used(uses: Sequence[UseRow], through: Month) -> int:
    """How many units it was used up to the end of a month."""
    return sum(one.units for one in uses if one.month <= str(through))


def through(
    row: AssetRow, month: Month, estimates: Sequence[EstimateRow] = (), uses: Sequence[UseRow] = ()
) -> int:
    """What an asset is depreciated by up to the end of a month, in fen, by all that is known now.

    Refused where an estimate is none that a month can be charged by.
    """
    terms = terms_of(row)
    if terms is None:
        return 0
    return accumulated(terms, month, revisions_of(row, estimates, uses), used(uses, month))


def last_charged(row: AssetRow, left: date) -> Month:
    """The last month that is charged of an asset that leaves on a day."""
    return last_month(left, NEXT if row.removal_charged else ADDITION)


def months_left(row: AssetRow, month: Month, estimates: Sequence[EstimateRow] = ()) -> int:
    """How many months of its life an asset has after ``month``, one at the least.

    By the estimate that was in force then; what wears by use has a life in months all the same.
    """
    first, months = Month.parse(row.first), row.life_months or 0
    for one in sorted(estimates, key=lambda one: one.month):
        if one.month <= str(month):
            first, months = Month.parse(one.month), one.life_months
    gone = (month.year - first.year) * 12 + month.month - first.month + 1
    return max(months - max(gone, 0), 1)


def due(
    row: AssetRow | Wearing, month: Month, worn_fen: int, estimates: Sequence[EstimateRow] = (),
    uses: Sequence[UseRow] = (),
) -> int:  # fmt: skip
    """What is to be charged in a month beside what is charged already, in fen; never below nothing.

    What was left out before is charged with it. A straight line that was never estimated anew is
    what most assets are: it is reckoned without more ado, and comes to the same.
    """
    if row.method == STRAIGHT_LINE and not estimates and row.life_months is not None:
        gone = month.year * 12 + month.month - _number(row.first)
        base = row.cost_fen - row.residual_fen
        stands = straight_line(base, row.life_months, gone) if gone > 0 else 0
        return max(0, stands - worn_fen)
    terms = terms_of(row)
    if terms is None or (month < terms.first and not estimates):
        return 0
    revisions = revisions_of(row, estimates, uses) if estimates else ()
    return charge_of(terms, revisions, month, worn_fen, units_used=used(uses, month) if uses else 0)


@lru_cache(maxsize=4096)
def _number(month: str) -> int:
    """A month as it is kept, counted from the year 0."""
    return int(month[:4]) * 12 + int(month[5:7]) - 1


def plan(
    row: AssetRow, estimates: Sequence[EstimateRow] = (), uses: Sequence[UseRow] = (),
    units_month: int = 0,
) -> list[tuple[Month, int]]:  # fmt: skip
    """Every month of an asset's life with its charge in fen; nothing where it does not wear."""
    terms = terms_of(row)
    if terms is None:
        return []
    return charges(terms, revisions_of(row, estimates, uses), units_month=units_month)
