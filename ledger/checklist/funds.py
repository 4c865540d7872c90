"""Whether a restricted fund was below zero at the end of any day of a month.

No voucher may overdraw one; this is asked of the sums once more, so that what went around the
posting path is found before a month is closed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.errors import Finding, finding
from ledger.fundcheck import is_restricted
from ledger.money import Money
from ledger.registry import entries, fund_sums

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection

    from ledger.period import Month


def overdrawn(conn: Connection, unit: str, month: Month) -> list[Finding]:
    """One finding for each restricted fund: the first day on which it was overdrawn."""
    bound = {
        code for code, row in entries.funds(conn, unit).items() if is_restricted(row.restriction)
    }
    held = {
        key: fen
        for key, fen in fund_sums.resources_at(conn, unit, month).items()
        if key[0] in bound
    }
    short = {key: (month.first, fen) for key, fen in held.items() if fen < 0}
    for fund, currency, day, fen in fund_sums.resource_days_of(conn, unit, month):
        if fund in bound:
            have = held[fund, currency] = held.get((fund, currency), 0) + fen
            if have < 0:
                short.setdefault((fund, currency), (day, have))
    return [_overdrawn(*key, *found) for key, found in sorted(short.items())]


def _overdrawn(fund: str, currency: str, day: date, fen: int) -> Finding:
    short = Money(-fen, currency)
    return finding(
        "fund-overdrawn",
        f"限定资金 {fund} 在 {day} 透支 {short.grouped} {currency}",
        f"the restricted fund {fund} was overdrawn by {short.grouped} {currency} on {day}",
        f"凭决议向 {fund} 拨入资金，或冲销后改列其他资金",
        f"move money into {fund} with a decision, or reverse what spent it and charge another fund",
    )
