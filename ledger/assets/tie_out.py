"""Whether the register of assets and the ledger say the same: asked at every close.

Two sources are compared: what cards say that things cost, and what the book's lots say. A thing
without a card, a card whose thing is not there, money on an account of things, and a month that was
not charged are each a finding; a month is not closed with any.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from ledger.assets import accounts
from ledger.assets.charging import charges_due, last_day
from ledger.assets.standing import WAITING, AssetStanding, in_book, register_of
from ledger.errors import Finding, Words, finding
from ledger.layout import unit_folder
from ledger.model import Model
from ledger.money import Money
from ledger.registry import assets, units
from ledger.registry.assets import GONE, MEMO

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ledger.period import Month
    from ledger.registry import Registry
    from ledger.registry.assets import Standing


@dataclass(frozen=True, slots=True)
class ClassTie:
    """One class on a day: what its cards say that is there, and what the book holds, in fen."""

    class_id: str
    words: Words
    cards: int
    register_fen: int
    book_fen: int
    worn_fen: int

    @property
    def ties(self) -> bool:
        return self.register_fen == self.book_fen


def by_class(found: Iterable[AssetStanding]) -> list[ClassTie]:
    """The register beside the ledger, by class; cards of things that the book lacks count too."""
    totals: dict[str, ClassTie] = {}
    for one in found:
        row = one.row
        if row.source == MEMO or one.state in (GONE, WAITING):
            continue
        old = totals.get(row.class_id) or ClassTie(row.class_id, one.class_words, 0, 0, 0, 0)
        totals[row.class_id] = ClassTie(
            row.class_id, old.words, old.cards + 1, old.register_fen + row.cost_fen,
            old.book_fen + one.cost_fen, old.worn_fen + one.worn_fen,
        )  # fmt: skip
    return list(totals.values())


def faults(registry: Registry, unit: str, month: Month) -> list[Finding]:
    """What speaks against closing a month; nothing for a unit that has no fixed assets."""
    with registry.read() as conn:
        chart = accounts.known(units.find(conn, unit).chart)
        if chart is None or not assets.any_of(conn, unit):
            return []
        due = charges_due(conn, unit, month)
    on = last_day(month)
    model = Model.open(unit_folder(registry.folder, unit))
    try:
        stands = in_book(model, chart, on)
        held = {
            cell.account: 0 for cell in model.cells(through=month) if chart.is_cost(cell.account)
        }
        for cell in model.cells(through=month):
            if cell.account in held:
                held[cell.account] += cell.net
    finally:
        model.close()
    found = [*_cards(register_of(registry, unit, on, stands), stands, on)]
    found += _plain(held, stands)
    if due:
        whole = Money(sum(one.fen for one in due))
        found.append(
            finding(
                "depreciation-missing",
                f"{month} 月有 {len(due)} 项资产的折旧 {whole.grouped} 未计提",
                f"{len(due)} assets were not charged for {month}: {whole.grouped}",
                f"mingbai asset depreciate DIR --unit {unit} {month}，审核后再结账",
                f"mingbai asset depreciate DIR --unit {unit} {month}, approve it, then close",
            )
        )
    return found


def _cards(
    found: Iterable[AssetStanding], stands: Mapping[str, Standing], on: date
) -> Iterator[Finding]:
    known = {one.row.code: one for one in found}
    for code, stand in stands.items():
        if stand.millionths <= 0:
            continue
        if code not in known:
            yield finding(
                "asset-uncarded", f"账簿中的 {code} 在登记册没有卡片",
                f"{code} stands in the book and has no card in the register",
                f"建卡：mingbai asset add … --code {code}，受赠的用 --gift",
                f"make its card: mingbai asset add … --code {code}, or --gift for a gift",
            )  # fmt: skip
        elif known[code].row.cost_fen != stand.cost_fen:
            card = Money(known[code].row.cost_fen).grouped
            yield finding(
                "asset-cost", f"{code}：卡片原值 {card}，账簿 {Money(stand.cost_fen).grouped}",
                f"{code}: its card says {card}, the book {Money(stand.cost_fen).grouped}",
                "查明哪一方有误，冲销后重新登记",
                "find out which is wrong, reverse it and enter it anew",
            )  # fmt: skip
    for code, one in known.items():
        # No draft waits any more when a month is closed: what is not in the book should be.
        if one.state == WAITING:
            yield finding(
                "asset-missing", f"登记册的 {code} 在 {on} 的账簿中没有",
                f"{code} is in the register and not in the book on {on}",
                "把它入账，或查明它何时离开账簿", "enter it, or find out when it left the book",
            )  # fmt: skip


def _plain(held: Mapping[str, int], stands: Mapping[str, Standing]) -> Iterator[Finding]:
    """Money that stands on an account of things beside any lot."""
    lots: dict[str, int] = {}
    for stand in stands.values():
        lots[stand.account] = lots.get(stand.account, 0) + stand.cost_fen
    for account, fen in sorted(held.items()):
        if fen != lots.get(account, 0):
            yield finding(
                "asset-tie-out",
                f"{account}：总账 {Money(fen).grouped}，资产合计 "
                f"{Money(lots.get(account, 0)).grouped}",
                f"{account}: the ledger says {Money(fen).grouped}, its assets come to "
                f"{Money(lots.get(account, 0)).grouped}",
                "冲销未写资产编号的凭证，改用 mingbai asset add 登记",
                "reverse the vouchers that name no asset, and enter them with mingbai asset add",
            )  # fmt: skip
