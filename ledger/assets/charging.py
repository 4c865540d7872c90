"""What assets are still to be charged with for a month, and the postings that charge it.

Each asset has a line of its own on accumulated depreciation, so that what it is worth follows from
the book. A bound fund is released as the things wear that its giver bound.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from ledger.assets import life
from ledger.assets.marks import ASSET, DEPRECIATION, is_of, source
from ledger.entry import Posting
from ledger.fundcheck import is_restricted
from ledger.money import Money
from ledger.period import Month
from ledger.registry import assets, drafts, entries
from ledger.registry.assets import GIFT, GRANTED, MOVED_IN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from ledger.assets.accounts import AssetAccounts
    from ledger.registry.assets import AssetRow, Standing

#: Where a bound fund is released as things wear: of these sources the giver bound the thing itself.
_RELEASED: Final = (GIFT, GRANTED, MOVED_IN)


@dataclass(frozen=True, slots=True)
class Charge:
    """What an asset is charged with in a month, in fen."""

    row: AssetRow
    standing: Standing
    fen: int


def charges_due(
    conn: Connection, unit: str, month: Month, codes: Sequence[str] | None = None
) -> list[Charge]:
    """What every asset in the book is still to be charged with for a month, in order."""
    stands = assets.sums(conn, unit, codes)
    if codes is None:
        cards = {row.code: row for row in assets.of_unit(conn, unit)}
    else:
        cards = assets.with_codes(conn, unit, codes)
    estimates = assets.estimates(conn, unit, codes)
    uses = assets.uses(conn, unit, codes)
    found = []
    for code, row in cards.items():
        standing = stands.get(code)
        if standing is None or standing.millionths <= 0 or row.life_months is None:
            continue
        fen = life.due(
            row, month, standing.accumulated_fen, estimates.get(code, ()), uses.get(code, ())
        )
        if fen:
            found.append(Charge(row, standing, fen))
    return found


def charged(conn: Connection, unit: str, month: Month) -> bool:
    """Whether a voucher that stands charges a month, or a draft that waits would."""
    names = [source(DEPRECIATION, str(month), ordinal) for ordinal in range(1, 100)]
    return bool(
        entries.standing_sources(conn, unit, names)
        or drafts.by_sources(conn, unit, names, drafts.UNDECIDED)
    )


def roles_of_charges(chart: AssetAccounts, due: Sequence[Charge]) -> set[str]:
    """The roles whose accounts the charges of some assets stand on."""
    roles = {
        role
        for one in due
        for role in (chart.worn_role(one.standing.account), _against(chart, one))
        if role
    }
    return roles | {"restricted", "free"} if chart.releases else roles


def _against(chart: AssetAccounts, one: Charge) -> str:
    """The role of what bears depreciation; empty where the card names an account itself."""
    if chart.by_fund:
        return chart.worn_role(one.standing.account).removesuffix("accumulated") + "fund"
    return "" if one.row.charged else "expense"


def postings_of(
    due: Sequence[Charge], chart: AssetAccounts, there: Mapping[str, str], bound: Collection[str]
) -> Iterator[Posting]:
    """The lines that charge some assets: what bears it, in sums, and each asset by itself."""
    sums: dict[tuple[str, str], int] = {}
    free: dict[str, int] = {}
    lines = []
    for one in due:
        fund = one.standing.fund
        role = _against(chart, one)
        against = there[role] if role else one.row.charged
        sums[fund, against] = sums.get((fund, against), 0) + one.fen
        if fund in bound and is_released(one.row):
            free[fund] = free.get(fund, 0) + one.fen
        worn = there[chart.worn_role(one.standing.account)]
        lines.append(Posting(worn, Money(-one.fen), fund, ((ASSET, one.row.code),)))
    for (fund, against), fen in sorted(sums.items()):
        yield Posting(against, Money(fen), fund)
    yield from lines
    for fund, fen in sorted(free.items()):
        yield Posting(there["restricted"], Money(fen), fund)
        yield Posting(there["free"], Money(-fen), fund)


def bound_funds(conn: Connection, unit: str, funds: Collection[str]) -> set[str]:
    """Those of some funds that somebody bound."""
    known = entries.funds(conn, unit, funds)
    return {code for code, row in known.items() if is_restricted(row.restriction)}


def is_released(row: AssetRow) -> bool:
    """Whether whoever gave or granted it bound the thing itself: wearing, it is released."""
    return row.source in _RELEASED


def month_of(source_text: str) -> Month | None:
    """The month that a draft of depreciation charges; None for any other draft."""
    text = is_of(source_text, DEPRECIATION)
    return Month.parse(text) if text else None


def last_day(month: Month) -> date:
    """The day on which a month is charged."""
    return month.next().first - timedelta(days=1)
