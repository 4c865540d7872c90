"""Things of lasting use as exports tell them: of a period, each with its cost and depreciation.

Every figure is a sum of postings of the book; words are those of the card.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ledger.assets import accounts
from ledger.registry import assets
from reports.statements.asset_rows import COST, WORN

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from ledger.registry.assets import AssetRow
    from reports.exports.source import ExportSource
    from reports.statements.asset_rows import AssetMove, AssetRows


#: Of what is not depreciated: land, relics.
NO_METHOD: Final = "none"


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing in the period; amounts in fen. ``worn`` is accumulated depreciation.

    ``why_came`` and ``why_gone`` are how it came and went in the period; empty where it did not.
    ``account`` keeps its cost, ``worn_account`` its depreciation, which may be empty.
    """

    code: str
    name: str
    spec: str
    serial: str
    class_id: str
    class_name: str
    acquired: date
    life_months: int
    method: str
    residual: int
    keeper: str
    place: str
    state: str
    account: str
    worn_account: str
    cost_begin: int
    added: int
    gone: int
    worn_begin: int
    charged: int
    worn_gone: int
    pieces: int
    came_on: date | None
    why_came: str
    gone_on: date | None
    why_gone: str
    gone_voucher: str

    @property
    def cost_end(self) -> int:
        return self.cost_begin + self.added - self.gone

    @property
    def worn_end(self) -> int:
        return self.worn_begin + self.charged - self.worn_gone

    @property
    def months_charged(self) -> int:
        """How many months of depreciation all that was charged of it is, rounded down."""
        whole = self.cost_begin + self.added - self.residual
        if whole <= 0 or not self.life_months:
            return 0
        return min(self.life_months, (self.worn_begin + self.charged) * self.life_months // whole)


def things_of(source: ExportSource) -> list[Thing]:
    """The things that were in the book at some time of the period; none on a chart without."""
    from reports.asset_source import asset_source
    from reports.sources import book_source

    chart = accounts.known(source.facts.chart)
    if chart is None:
        return []
    with source.registry.read() as conn:
        cards = {row.code: row for row in assets.of_unit(conn, source.unit)}
    if not cards and not any(chart.is_cost(cell.account) for cell in source.cells):
        return []
    book = book_source(source.registry.folder, source.unit, source.period, kept=False)
    rows = asset_source(source.registry, source.unit, "asset-changes", source.period, book).assets
    if rows is None:
        return []
    by_asset: dict[str, list[AssetMove]] = {}
    for move in rows.moves:
        by_asset.setdefault(move.asset, []).append(move)
    found = [_thing(code, cards.get(code), rows, moves) for code, moves in sorted(by_asset.items())]
    return [one for one in found if one is not None]


def _thing(
    code: str, card: AssetRow | None, rows: AssetRows, moves: Sequence[AssetMove]
) -> Thing | None:
    """One thing; None of what left before the period began."""

    now = [move for move in moves if not move.early]

    def before(part: str) -> int:
        return sum(move.line.amount.fen for move in moves if move.part == part and move.early)

    def moved(part: str, way: int) -> int:
        return sum(max(move.line.amount.fen * way, 0) for move in now if move.part == part)

    cost_begin = before(COST)
    if not now and not cost_begin:
        return None
    came = next((m for m in now if m.part == COST and m.line.amount.fen > 0), None)
    went = next((m for m in reversed(now) if m.part == COST and m.line.amount.fen < 0), None)
    stand = rows.by_code.get(code)
    last = [move.line.account for move in moves if move.part == COST]
    worn = [move.line.account for move in moves if move.part == WORN]
    return Thing(
        code=code,
        name=card.name if card else code,
        spec=card.spec if card else "",
        serial=card.serial if card else "",
        class_id=rows.class_of(code),
        class_name=stand.class_words.zh if stand else "",
        acquired=card.acquired if card else min(move.line.day for move in moves),
        life_months=(card.life_months or 0) if card else 0,
        method=(card.method if card else "") or NO_METHOD,
        residual=card.residual_fen if card else 0,
        keeper=stand.keeper if stand else "",
        place=stand.place if stand else "",
        state=stand.state if stand else "",
        account=last[-1] if last else worn[-1],
        worn_account=worn[-1] if worn else "",
        cost_begin=cost_begin,
        added=moved(COST, 1),
        gone=moved(COST, -1),
        worn_begin=before(WORN),
        charged=moved(WORN, 1),
        worn_gone=moved(WORN, -1),
        pieces=sum(move.millionths for move in moves) // 1_000_000,
        came_on=came.line.day if came else None,
        why_came=came.why if came else "",
        gone_on=went.line.day if went else None,
        why_gone=went.why if went else "",
        gone_voucher=went.line.number if went else "",
    )
