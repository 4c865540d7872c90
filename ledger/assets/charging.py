"""What assets are still to be charged with for a month, and the postings that charge it.

Each asset has a line of its own on accumulated depreciation, so that what it is worth follows from
the book. A bound fund is released as the things wear that its giver bound.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from ledger import numbered
from ledger.assets import life
from ledger.assets.marks import ASSET, DEPRECIATION, head, is_of
from ledger.entry import Posting
from ledger.fundcheck import is_restricted
from ledger.money import Money
from ledger.period import Month
from ledger.registry import assets, drafts, entries
from ledger.registry.assets import GIFT, GRANTED, MOVED_IN, Standing, Wearing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from ledger.assets.accounts import AssetAccounts
    from ledger.entry import Meta
    from ledger.registry.assets import AssetRow
    from ledger.registry.drafts import DraftRow

#: Where a bound fund is released as things wear: of these sources the giver bound the thing itself.
_RELEASED: Final = (GIFT, GRANTED, MOVED_IN)


class Charge(NamedTuple):
    """What an asset is charged with in a month, in fen."""

    row: Wearing
    standing: Standing
    fen: int


def charges_due(
    conn: Connection, unit: str, month: Month, codes: Sequence[str] | None = None
) -> list[Charge]:
    """What every asset in the book is still to be charged with for a month, in order.

    Three questions, however many assets there are.
    """
    estimates = assets.estimates(conn, unit, codes)
    uses = assets.uses(conn, unit, codes)
    found = []
    for row, standing in assets.wearing(conn, unit, codes):
        code = row.code
        fen = life.due(
            row, month, standing.accumulated_fen, estimates.get(code, ()), uses.get(code, ())
        )
        if fen:
            found.append(Charge(row, standing, fen))
    return found


def charged(conn: Connection, unit: str, month: Month) -> bool:
    """Whether a voucher that stands charges a month, or a draft that waits would."""
    of = head(DEPRECIATION, str(month))
    return any(numbered.standing(conn, unit, [of])) or any(numbered.waiting(conn, unit, of))


def waiting(conn: Connection, unit: str) -> list[DraftRow]:
    """The drafts of depreciation, of whatever month, that wait or were returned to their maker."""
    rows = drafts.in_states(conn, unit, drafts.UNDECIDED)
    return [row for row in rows if is_of(row.source, DEPRECIATION)]


def roles_of_charges(chart: AssetAccounts, due: Sequence[Charge]) -> set[str]:
    """The roles whose accounts the charges of some assets stand on."""
    roles = set()
    for account, plain in {(one.standing.account, not one.row.charged) for one in due}:
        worn, against = _roles(chart, account)
        roles |= {worn, against} if plain or chart.by_fund else {worn}
    return roles | {"restricted", "free"} if chart.releases else roles


def _roles(chart: AssetAccounts, account: str) -> tuple[str, str]:
    """The roles of the depreciation of what stands on an account, and of what bears it."""
    worn = chart.worn_role(account)
    return worn, worn.removesuffix("accumulated") + "fund" if chart.by_fund else "expense"


#: A line as it is compared: account, fen, fund, metadata.
Line = tuple[str, int, str, "Meta"]


def lines_of(
    due: Sequence[Charge], chart: AssetAccounts, there: Mapping[str, str], bound: Collection[str]
) -> Iterator[Line]:
    """The lines that charge some assets: what bears it, in sums, and each asset by itself.

    KeyError where an account that the rule names is not in ``there``.
    """
    sums: dict[tuple[str, str], int] = {}
    free: dict[str, int] = {}
    lines: list[Line] = []
    known: dict[str, tuple[str, str]] = {}
    for row, standing, fen in due:
        fund, account = standing.fund, standing.account
        if account not in known:
            worn, against = _roles(chart, account)
            # Where cards name what bears it, the chart's own account need not be there.
            known[account] = there[worn], there.get(against, "")
        worn, against = known[account]
        if row.charged and not chart.by_fund:
            against = row.charged
        elif not against:
            raise KeyError(account)
        sums[fund, against] = sums.get((fund, against), 0) + fen
        if fund in bound and is_released(row):
            free[fund] = free.get(fund, 0) + fen
        lines.append((worn, -fen, fund, ((ASSET, row.code),)))
    for (fund, against), fen in sorted(sums.items()):
        yield against, fen, fund, ()
    yield from lines
    for fund, fen in sorted(free.items()):
        yield there["restricted"], fen, fund, ()
        yield there["free"], -fen, fund, ()


def postings_of(
    due: Sequence[Charge], chart: AssetAccounts, there: Mapping[str, str], bound: Collection[str]
) -> Iterator[Posting]:
    """The postings of :func:`lines_of`."""
    for account, fen, fund, meta in lines_of(due, chart, there, bound):
        yield Posting(account, Money(fen), fund, meta)


def bound_funds(conn: Connection, unit: str, funds: Collection[str]) -> set[str]:
    """Those of some funds that somebody bound."""
    known = entries.funds(conn, unit, funds)
    return {code for code, row in known.items() if is_restricted(row.restriction)}


def is_released(row: AssetRow | Wearing) -> bool:
    """Whether whoever gave or granted it bound the thing itself: wearing, it is released."""
    return row.source in _RELEASED


def month_of(source_text: str) -> Month | None:
    """The month that a draft of depreciation charges; None for any other draft."""
    text = is_of(source_text, DEPRECIATION)
    return Month.parse(text) if text else None


def last_day(month: Month) -> date:
    """The day on which a month is charged."""
    return month.next().first - timedelta(days=1)
