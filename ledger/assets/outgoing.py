"""What leaves by a request on a day: its things, and what they are still charged with before.

Asked where the draft is proposed, and again where it is posted: what leaves is exactly this.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from ledger import numbered
from ledger.assets import leaving, life
from ledger.assets.charging import (
    Charge,
    charges_due,
    is_released,
    postings_of,
    roles_of_charges,
)
from ledger.assets.leaving import Terms, Thing
from ledger.assets.marks import ASSET, DEPRECIATION, head, is_of
from ledger.entry import Lot, Posting
from ledger.errors import Finding, finding
from ledger.fundcheck import is_restricted
from ledger.money import Money
from ledger.period import Month
from ledger.registry import asset_requests, assets, entries
from ledger.registry.assets import MEMO, PIECE

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.assets.accounts import AssetAccounts
    from ledger.registry.asset_requests import RequestRow
    from ledger.registry.assets import AssetRow, Standing

_TIME: Final = "time"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """The things, and their charges up to the last month that is charged of each.

    ``bound`` are the funds that are released as what stands in them wears.
    """

    chart: AssetAccounts
    row: RequestRow
    charges: tuple[Charge, ...]
    things: tuple[Thing, ...]
    bound: frozenset[str]

    def terms(self, money: str, paid: Money, fee: Money) -> list[Terms]:
        """The terms of each thing: what was paid, and what that cost, shared by net value."""
        worth = [max(one.net.fen, 1) for one in self.things]
        row = self.row
        return [
            Terms(row.kind, row.code, row.decision, money, part, cost)
            for part, cost in zip(paid.split(worth), fee.split(worth), strict=True)
        ]

    def roles(self, terms: Sequence[Terms]) -> set[str]:
        """The roles whose accounts :meth:`postings` stand on."""
        found = roles_of_charges(self.chart, self.charges) if self.charges else set()
        for thing, of in zip(self.things, terms, strict=True):
            found |= set(leaving.roles_of(self.chart, thing, of))
        return found

    def postings(self, terms: Sequence[Terms], there: Mapping[str, str]) -> Iterator[Posting]:
        """What is still charged, then every thing's cost and depreciation away."""
        if self.charges:
            yield from postings_of(self.charges, self.chart, there, self.bound)
        for thing, of in zip(self.things, terms, strict=True):
            yield from leaving.lines_of(self.chart, thing, of, there)


def outgoing(conn: Connection, chart: AssetAccounts, row: RequestRow, day: date) -> Outgoing:
    """What a request is for and stands in the book, as it leaves on ``day``."""
    codes = asset_requests.items(conn, row.unit, [row.code])[row.code]
    stands = {
        code: stand
        for code, stand in assets.sums(conn, row.unit, codes).items()
        if stand.millionths > 0
    }
    cards = {
        code: card
        for code, card in assets.with_codes(conn, row.unit, stands).items()
        if card.source != MEMO
    }
    charges = [
        one
        for month, of in _by_last_month(cards.values(), day).items()
        for one in charges_due(conn, row.unit, month, of)
    ]
    more = {one.row.code: one.fen for one in charges}
    funds = entries.funds(conn, row.unit, {one.fund for one in stands.values()})
    kinds = {code: fund.restriction for code, fund in funds.items()}
    things = [
        _thing(cards[code], stands[code], more.get(code, 0), kinds[stands[code].fund], chart)
        for code in sorted(cards)
    ]
    bound = frozenset(code for code, kind in kinds.items() if is_restricted(kind))
    released = bound if chart.releases else frozenset()
    return Outgoing(chart, row, tuple(charges), tuple(things), released)


def _thing(
    card: AssetRow, stand: Standing, more: int, restriction: str, chart: AssetAccounts
) -> Thing:
    pieces = Decimal(stand.millionths) / PIECE
    # All pieces of one thing came at one cost: a card is made for no other.
    cost = Money(int(stand.cost_fen / pieces))
    restricted = is_restricted(restriction)
    bound = restricted and chart.releases and is_released(card)
    # Where time alone binds, spending releases nothing, and nothing is to be bound anew.
    returns = restricted and chart.releases and not bound and restriction != _TIME
    return Thing(
        card.code, stand.account, stand.fund, Lot(pieces, card.code, cost, card.gift),
        Money(stand.accumulated_fen + more), bound=bound, restricted=restricted, returns=returns,
    )  # fmt: skip


def _by_last_month(cards: Iterable[AssetRow], day: date) -> dict[Month, list[str]]:
    """Assets by the last month that is charged of them where they leave on ``day``."""
    found: dict[Month, list[str]] = {}
    for card in cards:
        found.setdefault(life.last_charged(card, day), []).append(card.code)
    return found


def charged_later(
    conn: Connection, unit: str, codes: Collection[str], day: date, today: date
) -> Iterator[Finding]:
    """A finding if a month after ``day`` was charged of any of these: it left before, then."""
    month = Month.of(day).next()
    heads = []
    while month <= Month.of(today).next():
        heads.append(head(DEPRECIATION, str(month)))
        month = month.next()
    for standing in numbered.standing(conn, unit, heads):
        for source, number in standing.items():
            text = entries.texts_of(conn, unit, [number])[number].decode()
            for code in codes:
                if f'{ASSET}: "{code}"' in text:
                    yield _charged(code, is_of(source, DEPRECIATION), number)
                    return


def _charged(code: str, month: str, number: str) -> Finding:
    return finding(
        "asset-charged",
        f"{code} 已计提 {month} 月折旧（{number}），不能在此前离开账簿",
        f"{code} was charged for {month} ({number}): it does not leave before",
        f"处置日期改在 {month}，或先冲销其后的折旧",
        f"let it leave in {month}, or reverse what was charged later first",
    )
