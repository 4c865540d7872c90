"""Figures of assets, and the vouchers behind each: of one asset, of a class, of all of them.

A reference is ``<unit>/assets/<day>/<code>/<part>``, where the code is an asset's, a class's, or
``all``. A line is what one voucher did to one asset, so that lines add up to the figure.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Final

from ledger.assets import accounts, walk
from ledger.errors import Refused, Words, finding
from ledger.layout import unit_folder
from ledger.model import Model
from ledger.money import Money
from ledger.registry import assets
from reports.statement import Backing, VoucherLine

if TYPE_CHECKING:
    from ledger.assets.sums import Move
    from ledger.registry import Registry

NAME: Final = "assets"
ALL: Final = "all"
COST, WORN, NET = "cost", "accumulated", "net"
PARTS: Final = {
    COST: Words("原值", "Cost"),
    WORN: Words("累计折旧", "Depreciation"),
    NET: Words("净值", "Net value"),
}


def ref(unit: str, on: date, code: str, part: str) -> str:
    """The reference of a figure, which ``mingbai show`` opens too."""
    return f"{unit}/{NAME}/{on.isoformat()}/{code}/{part}"


def backing(registry: Registry, unit: str, on: str, code: str, part: str) -> Backing:
    """What stands behind a figure; Refused for one that is none."""
    try:
        day = date.fromisoformat(on)
    except ValueError:
        raise _none(unit, on, code, part) from None
    with registry.read() as conn:
        rows = [row for row in assets.of_unit(conn, unit) if row.acquired <= day]
    if code == ALL:
        called, codes = Words("全部资产", "All assets"), {row.code for row in rows}
    else:
        codes = {row.code for row in rows if code in (row.code, row.class_id)}
        names = {row.code: row.name for row in rows}
        called = Words(f"{code} {names.get(code, '')}".strip(), code)
    if part not in PARTS or not (codes or code == ALL):
        raise _none(unit, on, code, part)
    lines = tuple(_lines(registry, unit, day, codes, part))
    words = PARTS[part]
    label = Words(f"{called.zh} · {words.zh}", f"{called.en} · {words.en}")
    amount = Money(sum(line.amount.fen for line in lines))
    return Backing(ref(unit, day, code, part), label, None, lines, amount)


def _lines(
    registry: Registry, unit: str, on: date, codes: set[str], part: str
) -> Iterator[VoucherLine]:
    """What vouchers did to these assets by the end of a day, in the order of posting."""
    chart = accounts.of_unit(registry, unit)
    model = Model.open(unit_folder(registry.folder, unit))
    try:
        for line, move in walk.moves_on(model, chart, on):
            fen = _fen(move, part) if move.asset in codes else 0
            if fen:
                yield VoucherLine(
                    line.number, line.day, f"{move.asset} {line.narration}", line.account,
                    line.fund, Money(fen), line.papers,
                )  # fmt: skip
    finally:
        model.close()


def _fen(move: Move, part: str) -> int:
    return {
        COST: move.cost_fen,
        WORN: move.accumulated_fen,
        NET: move.cost_fen - move.accumulated_fen,
    }[part]


def _none(unit: str, on: str, code: str, part: str) -> Refused:
    asked = f"{unit}/{NAME}/{on}/{code}/{part}"[:100]
    return Refused(
        finding(
            "unknown-ref", f"没有这个数字：{asked}", f"there is no such figure: {asked}",
            "写作 单位/assets/2026-06-30/computer/cost", "write UNIT/assets/DAY/CODE/PART",
        )
    )  # fmt: skip
