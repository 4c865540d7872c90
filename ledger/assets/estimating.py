"""Estimating a life anew: of months to come only, and nothing that no month can be charged by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from ledger.assets import life
from ledger.assets.charging import charged
from ledger.errors import Finding, Refused, finding
from ledger.period import Month
from ledger.registry import assets, month_states
from ledger.registry.assets import EstimateRow
from ledger.rules.depreciation import LONGEST_LIFE

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry.assets import AssetRow


@dataclass(frozen=True, slots=True)
class Estimate:
    """From ``month`` on an asset lasts ``life_months``, and is worth ``residual_fen`` then."""

    month: Month
    life_months: int
    residual_fen: int
    method: str = ""
    request: str = ""


def rows_of(conn: Connection, unit: str, codes: Sequence[str], new: Estimate) -> list[EstimateRow]:
    """The rows that a new estimate of some assets comes to.

    What was depreciated before it counts is what will have been when the month before ends: months
    that are still to be charged till then are charged as they were estimated before.
    """
    cards = assets.with_codes(conn, unit, codes)
    stands = assets.sums(conn, unit, codes)
    before = assets.estimates(conn, unit, codes)
    uses = assets.uses(conn, unit, codes)
    found = []
    for code in codes:
        card, of = cards[code], before.get(code, ())
        worn = stands[code].accumulated_fen if code in stands else 0
        planned = life.through(card, new.month.previous(), of, uses.get(code, ()))
        found.append(
            EstimateRow(
                code, len(of) + 1, str(new.month), new.life_months, new.residual_fen,
                new.method or card.method, max(worn, planned), new.request,
            )
        )  # fmt: skip
    return found


def faults(
    conn: Connection, unit: str, codes: Sequence[str], new: Estimate, today: date
) -> Iterator[Finding]:
    """What speaks against a new estimate: what is charged already, or closed, stays as it is."""
    if not 0 < new.life_months <= LONGEST_LIFE:
        yield _bad(
            "写明自何月起、尚可使用几个月", "say from which month on it lasts how many months"
        )
        return
    yield from _past(conn, unit, new.month, today)
    cards = assets.with_codes(conn, unit, codes)
    before = assets.estimates(conn, unit, codes)
    uses = assets.uses(conn, unit, codes)
    wearing = [code for code in codes if code in cards and cards[code].life_months is not None]
    for code in codes:
        if code in cards and code not in wearing:
            yield _bad(f"{code} 不计提折旧", f"{code} is not depreciated")
    for row in rows_of(conn, unit, wearing, new):
        code, of = row.asset, before.get(row.asset, ())
        later = [one.month for one in of if one.month > row.month]
        if later:
            yield _bad(
                f"{code} 自 {later[-1]} 起已另有估计，只能自该月或以后起",
                f"{code} is estimated anew from {later[-1]} already: from that month on, or later",
            )
            continue
        left = cards[code].cost_fen - row.accumulated_fen
        if row.residual_fen > left:
            yield _bad(
                f"{code} 的净残值多于届时的净值",
                f"{code}: a residual value above its net value by then",
            )
            continue
        yield from _impossible(cards[code], [*of, row], uses.get(code, ()))


def _impossible(
    card: AssetRow, estimates: Sequence[EstimateRow], uses: Sequence[assets.UseRow]
) -> Iterator[Finding]:
    """Findings where no month could be charged by an estimate."""
    try:
        life.through(card, Month.parse(estimates[-1].month), estimates, uses)
    except Refused as told:
        yield from told.findings


def _past(conn: Connection, unit: str, month: Month, today: date) -> Iterator[Finding]:
    """A finding if a month from which on something is estimated anew is closed or charged."""
    last = month_states.last_closed(conn, unit)
    if last is not None and str(month) <= last:
        yield _bad(
            f"{last} 月已结账，只能自以后的月份起", f"{last} is closed: from a later month on"
        )
        return
    end = Month.of(today).next()
    while month <= end:
        if charged(conn, unit, month):
            yield _bad(
                f"{month} 月的折旧已计提或待审核，只能自以后的月份起",
                f"{month} is charged, or waits to be: from a later month on",
            )
            return
        month = month.next()


def _bad(zh: str, en: str) -> Finding:
    return finding("bad-request", zh, en, "改正后重试", "correct it and try again")
