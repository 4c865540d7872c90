"""What came and went of assets in a period, by class: cost, depreciation and net value.

Below each class stand its additions by source and its disposals by kind. Opening and what came,
less what went, is closing, in every row; all three parts open to the vouchers behind them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from ledger.errors import Words
from ledger.money import Money
from reports.statement import COUNT, Backing, Column, Line, Statement
from reports.statements.asset_register import INTERNAL, differences, rows_of
from reports.statements.asset_rows import (
    ADDED,
    ALL,
    AT_BEGIN,
    AT_END,
    COST,
    LEFT,
    NET,
    TOTAL,
    WHYS,
    WORN,
    AssetRows,
    when_of,
)
from reports.statements.figures import Span
from reports.statements.head import (
    figure_ref,
    figure_refs,
    for_audience,
    make_statement,
    unknown_ref,
)

if TYPE_CHECKING:
    from ledger.period import Period
    from reports.statement import Cell
    from reports.statements.source import Source

NAME: Final = "asset-changes"
TITLE: Final = Words("固定资产增减变动表", "Changes of assets")
_PRIMARY: Final = "cost-end"


class _Cell(NamedTuple):
    """A column: which part of things, and when."""

    part: str
    when: str
    label: Words


_CELLS: Final[Mapping[str, _Cell]] = {
    "cost-begin": _Cell(COST, AT_BEGIN, Words("原值期初", "Cost, opening")),
    "cost-added": _Cell(COST, ADDED, Words("原值增加", "Cost, added")),
    "cost-left": _Cell(COST, LEFT, Words("原值减少", "Cost, disposed")),
    _PRIMARY: _Cell(COST, AT_END, Words("原值期末", "Cost, closing")),
    "worn-begin": _Cell(WORN, AT_BEGIN, Words("折旧期初", "Depreciated, opening")),
    "worn-added": _Cell(WORN, ADDED, Words("折旧增加", "Depreciated, added")),
    "worn-left": _Cell(WORN, LEFT, Words("折旧减少", "Depreciated, disposed")),
    "worn-end": _Cell(WORN, AT_END, Words("折旧期末", "Depreciated, closing")),
    "net-begin": _Cell(NET, AT_BEGIN, Words("净值期初", "Net, opening")),
    "net-end": _Cell(NET, AT_END, Words("净值期末", "Net, closing")),
}
_NOTE: Final = Words(
    "增加按来源、减少按处置方式列示；计提折旧列为折旧增加。冲销列在原事项的行，以负数表示。",
    "Additions stand by source, disposals by kind; what was charged is depreciation added. A "
    "reversal stands where its original does, as a negative figure.",
)


def build(source: Source, period: Period) -> Statement:
    """Every class that had anything, and all of them."""
    rows = rows_of(source)
    lines: list[Line] = []
    for id, words in rows.classes.items():
        lines += _block(source, period, rows, id, words)
    if lines:
        lines += _block(source, period, rows, TOTAL, ALL)
    notes = [_NOTE] if lines else [Words("没有登记资产。", "No asset was entered.")]
    statement = make_statement(
        source, Span.of(period), period, NAME, TITLE,
        (
            Column("count", Words("期末数量", "Number"), kind=COUNT, share=0.5),
            *(Column(key, one.label, primary=key == _PRIMARY) for key, one in _CELLS.items()),
        ),
        tuple(lines), notes=tuple(notes), alarms=tuple(differences(rows)),
        label_column=Words("类别", "Class"),
    )  # fmt: skip
    return for_audience(statement, INTERNAL)


def _block(
    source: Source, period: Period, rows: AssetRows, key: str, words: Words
) -> Iterator[Line]:
    """A class with its additions and disposals; nothing where it had nothing, before or since."""
    members = rows.members(key)
    sums = {name: rows.at(members, cell.part, cell.when) for name, cell in _CELLS.items()}
    if not any(sums.values()) and not any(rows.fen([one], COST, early=False) for one in members):
        return
    style = "total" if key == TOTAL else "subtotal"
    yield _line(source, period, key, words, sums, style, len(rows.standing(key)))
    for why in WHYS:
        cells = {
            name: fen
            for name, cell in _CELLS.items()
            if cell.when == when_of(why) and (fen := rows.at(members, cell.part, cell.when, [why]))
        }
        if cells:
            yield _line(source, period, f"{key}.{why}", WHYS[why], cells, "line", None)


def _line(
    source: Source, period: Period, key: str, words: Words, sums: Mapping[str, int], style: str,
    count: int | None,
) -> Line:  # fmt: skip
    cells: list[Cell] = [Money(sums[name]) if name in sums else None for name in _CELLS]
    ref = figure_ref(source.unit, NAME, period, key) if _PRIMARY in sums else ""
    return Line(
        key, words, (count, *cells), ref=ref, style=style, level=0 if count is not None else 1,
        refs=figure_refs(source.unit, NAME, period, key, sums, _PRIMARY),
    )  # fmt: skip


def backing(source: Source, period: Period, line: str, column: str) -> Backing:
    """The postings behind a class's cell, or behind what came or went of it for one reason."""
    rows = rows_of(source)
    ref = figure_ref(source.unit, NAME, period, line, column)
    key, _, why = line.partition(".")
    members, cell = rows.members(key), _CELLS.get(column or _PRIMARY)
    if not members or cell is None or (why and why not in WHYS):
        raise unknown_ref(ref)
    if why and when_of(why) != cell.when:
        raise unknown_ref(ref)
    words = rows.classes.get(key, ALL)
    reason = f" {WHYS[why].zh}" if why else ""
    label = Words(f"{words.zh}{reason} {cell.label.zh}", f"{words.en} {cell.label.en}")
    whys = [why] if why else None
    return rows.behind_at(ref, label, members, cell.part, cell.when, whys)
