"""Things held at cost: whether what is given away was there, as a pure function.

Beancount refuses to take more out of a lot than it holds, but takes one that was never there for a
sale in advance: a second disposal of one asset passes its strict booking. The posting path and the
plugin ``ledger.plugins.house`` both ask here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from ledger.entry import Draft
from ledger.errors import Finding, finding


class LotMove(NamedTuple):
    """Units of a commodity that come (positive) or go at one cost; a voucher's line."""

    day: date
    account: str
    commodity: str
    units: Decimal
    cost: str  # 12000.00 CNY
    label: str | None


class _Held(NamedTuple):
    cost: str
    label: str | None
    since: date


def lot_moves(draft: Draft) -> list[LotMove]:
    """The draft's lines that move things."""
    return [
        LotMove(
            draft.day,
            line.account,
            line.lot.commodity,
            line.lot.units,
            str(line.lot.cost),
            line.lot.label,
        )
        for line in draft.postings
        if line.lot is not None
    ]


def lot_faults(moves: Iterable[LotMove]) -> Iterator[tuple[LotMove, Finding]]:
    """Every move that takes what is not there, or does not say which of several lots it takes.

    ``moves`` stand in the order of their entry; days decide first. Lots are told apart by cost,
    label and the day they came, as Beancount does under strict booking; taking all that match is
    plain enough.
    """
    held: dict[tuple[str, str], dict[_Held, Decimal]] = {}
    for move in sorted(moves, key=lambda move: move.day):
        lots = held.setdefault((move.account, move.commodity), {})
        if move.units > 0:
            lot = _Held(move.cost, move.label, move.day)
            lots[lot] = lots.get(lot, Decimal(0)) + move.units
            continue
        matches = [
            lot
            for lot in lots
            if lot.cost == move.cost and (move.label is None or lot.label == move.label)
        ]
        there = sum((lots[lot] for lot in matches), Decimal(0))
        if there + move.units < 0:
            yield move, _not_held(move, there)
        elif there + move.units == 0:
            for lot in matches:
                del lots[lot]
        elif len(matches) > 1:
            yield move, _ambiguous(move)
        else:
            lots[matches[0]] += move.units


def _not_held(move: LotMove, there: Decimal) -> Finding:
    what = f"{-move.units:f} {move.commodity} {{{move.cost}}}"
    return finding(
        "lot-not-held",
        f"{move.account} 在 {move.day} 没有 {what}（只有 {there:f}）",
        f"{move.account} does not hold {what} on {move.day}; it holds {there:f}",
        "核对资产编号、成本与日期；同一资产只能处置一次",
        "check the asset's number, cost and day; one asset is disposed of once",
    )


def _ambiguous(move: LotMove) -> Finding:
    return finding(
        "lot-ambiguous",
        f"{move.account} 有几批 {move.commodity} {{{move.cost}}}，未写明减少哪一批",
        f"{move.account} holds several lots of {move.commodity} {{{move.cost}}}; "
        "which one goes is not said",
        "写明批次标签；每件资产用自己的编号",
        "name the lot's label; give every asset a number of its own",
    )
