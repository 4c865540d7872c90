"""What another unit gives: entered at what it is still worth there, for as long as it still lasts.

It comes after both units agreed and it was handed over. A thing that is worth nothing any more
comes at the nominal value of the chart's rule; where that knows none, it is noted and stands in no
book.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from ledger import workflow
from ledger.assets import accounts, life
from ledger.assets.adding import Added, add_each
from ledger.assets.said import SaidAsset, bad, refused
from ledger.errors import refuse_if
from ledger.money import Money
from ledger.registry import asset_requests, assets
from ledger.registry.asset_requests import DONE, HANDED, TRANSFER
from ledger.registry.assets import MOVED_IN
from ledger.rules.assets import STRAIGHT_LINE
from ledger.words import typed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from ledger.errors import Finding
    from ledger.registry import Registry, User
    from ledger.registry.asset_requests import RequestRow
    from ledger.registry.assets import AssetRow


@dataclass(frozen=True, slots=True)
class Received:
    """How a unit takes over what request ``code`` of another unit gives to it."""

    unit: str
    code: str
    day: date
    fund: str
    keeper: str
    place: str
    charged: str = ""
    paper: bytes = b""
    paper_name: str = ""


def receive(registry: Registry, received: Received, user: User, now: datetime) -> list[Added]:
    """Enter what another unit gave, each with a card and a draft. Who records in this unit may.

    Refused before it was handed over, and once it was entered.
    """
    workflow.demand(user, "record", received.unit)
    chart = accounts.of_unit(registry, received.unit)
    with registry.read() as conn:
        row = _request(conn, received)
        refuse_if(_entered(conn, received))
        codes = asset_requests.items(conn, row.unit, [row.code])[row.code]
        cards = assets.with_codes(conn, row.unit, codes)
        every = [_said(conn, cards[code], row, received, chart.nominal) for code in codes]
    return add_each(registry, every, user, now)


def _request(conn: Connection, received: Received) -> RequestRow:
    found = [
        one
        for one in asset_requests.towards(conn, received.unit, received.code)
        if one.kind == TRANSFER and one.state in (HANDED, DONE)
    ]
    if len(found) != 1:
        raise refused(
            f"没有已交接给本单位的调拨 {typed(received.code)}",
            f"no transfer {typed(received.code)} was handed over to this unit",
        )
    return found[0]


def _entered(conn: Connection, received: Received) -> Iterator[Finding]:
    entered = assets.entered_by(conn, received.unit, [received.code])
    for code in entered.get(received.code, ())[:1]:
        yield bad(f"{received.code} 已登记为 {code}", f"{received.code} is entered as {code}")


def _said(
    conn: Connection, card: AssetRow, row: RequestRow, received: Received, nominal: Money | None
) -> SaidAsset:
    worn, left = _left(conn, card, row)
    net = card.cost_fen - worn
    if net <= 0 and nominal is None:
        raise refused(
            f"{card.code} 已无净值，登记备查（来源 memo）",
            f"{card.code} has no net value: note it as a memo",
        )
    return SaidAsset(
        received.unit, card.name, card.class_id, received.day, MOVED_IN, received.fund,
        Money(net) if net > 0 else nominal or Money(0), received.keeper, received.place,
        spec=card.spec, serial=card.serial, life_months=left, method=STRAIGHT_LINE,
        charged=received.charged, decision=row.decision, request=row.code, bulk=True,
        paper=received.paper, paper_name=received.paper_name,
    )  # fmt: skip


def _left(conn: Connection, card: AssetRow, row: RequestRow) -> tuple[int, int | None]:
    """What was depreciated of a thing up to its last month there, and how many months are left."""
    if card.life_months is None:
        return 0, None
    last = life.last_charged(card, row.ended or row.signed or row.day)
    estimates = assets.estimates(conn, row.unit, [card.code]).get(card.code, ())
    uses = assets.uses(conn, row.unit, [card.code]).get(card.code, ())
    worn = life.through(card, last, estimates, uses)
    return min(worn, card.cost_fen), life.months_left(card, last, estimates)
