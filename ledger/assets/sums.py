"""What the book says of each thing on an account of fixed assets, kept as every voucher is posted.

A thing is a lot whose commodity is its code; what was depreciated of it are postings on accumulated
depreciation that name it. The sums are the book's own: a check computes them anew, and a registry
that is rebuilt from a book takes them from there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from ledger.assets import accounts
from ledger.assets.marks import ASSET
from ledger.errors import Finding, finding
from ledger.registry import assets, units
from ledger.registry.assets import PIECE, Standing

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.assets.accounts import AssetAccounts
    from ledger.entry import Draft, Meta, Posting


def touches(draft: Draft) -> bool:
    """Whether a draft moves things, or names an asset: what few drafts do is asked for first."""
    return any(
        line.lot is not None or any(key == ASSET for key, _ in line.meta) for line in draft.postings
    )


class Move(NamedTuple):
    """What one posting does to a thing; ``account`` and ``fund`` are empty where it only wears."""

    asset: str
    account: str
    fund: str
    millionths: int
    cost_fen: int
    accumulated_fen: int


def moves_of(draft: Draft, chart: AssetAccounts) -> list[Move]:
    """What the postings of a draft do to things, in their order."""
    moves = (
        move_of(chart, line.account, line.fund, line.amount.fen, line.meta, *_lot(line))
        for line in draft.postings
    )
    return [move for move in moves if move is not None]


def _lot(line: Posting) -> tuple[str, Decimal]:
    return ("", Decimal(0)) if line.lot is None else (line.lot.commodity, line.lot.units)


def move_of(
    chart: AssetAccounts, account: str, fund: str, fen: int, meta: Meta, commodity: str,
    units_: Decimal,
) -> Move | None:  # fmt: skip
    """What one posting does to a thing; None where it moves none, and names none."""
    if commodity and chart.is_cost(account):
        return Move(commodity, account, fund, int(units_ * PIECE), fen, 0)
    if chart.is_accumulated(account):
        code = dict(meta).get(ASSET)
        return Move(code, "", "", 0, 0, -fen) if code else None
    return None


def moved(standing: Mapping[str, Standing], moves: Iterable[Move]) -> dict[str, Standing]:
    """How things stand after ``moves``; only those that moved. A thing of which all went is kept.

    The account and the fund are those on which it came last.
    """
    found: dict[str, Standing] = {}
    for move in moves:
        old = found.get(move.asset) or standing.get(move.asset)
        old = old or Standing(move.asset, move.account, move.fund, 0, 0, 0)
        came = move.millionths > 0
        found[move.asset] = Standing(
            move.asset,
            move.account if came or not old.account else old.account,
            move.fund if came or not old.fund else old.fund,
            old.millionths + move.millionths,
            old.cost_fen + move.cost_fen,
            old.accumulated_fen + move.accumulated_fen,
        )
    return found


def on_posted(conn: Connection, draft: Draft) -> None:
    """A voucher of this draft is being entered: what it does to things is kept."""
    if not touches(draft):
        return
    chart = accounts.known(units.find(conn, draft.unit).chart)
    if chart is None:
        return
    moves = moves_of(draft, chart)
    if moves:
        before = assets.sums(conn, draft.unit, {move.asset for move in moves})
        assets.put_sums(conn, draft.unit, moved(before, moves).values())


def is_new(conn: Connection, draft: Draft, commodity: str) -> bool:
    """Whether a draft only brings this thing, on accounts of fixed assets that never had it."""
    chart = accounts.known(units.find(conn, draft.unit).chart)
    lines = [line for line in draft.postings if line.lot and line.lot.commodity == commodity]
    return (
        chart is not None
        and all(line.amount.fen > 0 and chart.is_cost(line.account) for line in lines)
        and commodity not in assets.sums(conn, draft.unit, [commodity])
    )


def of_drafts(drafts: Iterable[Draft], chart: AssetAccounts) -> dict[str, Standing]:
    """How the things of a book stand by its vouchers, those of which nothing is left among them."""
    found: dict[str, Standing] = {}
    for draft in drafts:
        found |= moved(found, moves_of(draft, chart))
    return found


class Summing:
    """How things stand, as the vouchers of a book are read once, in their order."""

    def __init__(self, chart: str) -> None:
        self._chart = accounts.known(chart)
        self._standing: dict[str, Standing] = {}

    def take(self, draft: Draft) -> None:
        """The next voucher of the book."""
        if self._chart is not None and touches(draft):
            self._standing |= moved(self._standing, moves_of(draft, self._chart))

    def keep(self, conn: Connection, unit: str) -> None:
        """Enter the sums in place of those that were there: the book was taken over."""
        assets.forget_sums(conn, unit)
        assets.put_sums(conn, unit, self._standing.values())


def differences(conn: Connection, unit: str, drafts: Iterable[Draft]) -> list[Finding]:
    """A finding for each thing of which the registry keeps other sums than the book has.

    ``drafts`` are the vouchers of the book that move things, or that name any.
    """
    chart = accounts.known(units.find(conn, unit).chart)
    if chart is None:
        return []
    book, kept = of_drafts(drafts, chart), assets.sums(conn, unit)
    return [
        finding(
            "asset-differs",
            f"资产 {code[:24]}：登记册所记的数量、原值或累计折旧与账簿不同",
            f"asset {code[:24]}: the registry keeps other pieces, cost or depreciation than the "
            "book",
            "查明是谁改动的；以账簿为准：mingbai rebuild --from books",
            "find out who changed it; the book decides: mingbai rebuild --from books",
            file=f"units/{unit}",
        )
        for code in sorted({*book, *kept})
        if _said(book.get(code)) != _said(kept.get(code))
    ]


def _said(standing: Standing | None) -> tuple[object, ...]:
    """What is compared: a thing of which nothing is there, and nothing was kept, is none."""
    if standing is None or not any(standing[3:]):
        return ()
    return tuple(standing)
