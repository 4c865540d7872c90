"""盘点报告: what was expected, what was seen, and each difference with what became of it.

The stocktakes that were closed in the period, each as of its end. By class what is expected is what
was seen, what is away and what is missing. Values are costs, and open to the vouchers by which the
things came; what was found is valued as somebody judged, and opens to what was seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ledger.errors import Words
from ledger.money import Money
from ledger.registry.stocktakes import (
    DIFFERENCE_WORDS,
    FOUND,
    KIND_WORDS,
    MISSING,
    NOT_AWAY,
    WRONG_HOLDER,
)
from ledger.stocktakes.comparing import BESIDE, EXCUSED, SEEN, UNSEEN
from ledger.stocktakes.standing import scope_of
from reports.statement import COUNT, TEXT, Backing, Cell, Column, Line, Statement, VoucherLine
from reports.statements.figures import Span
from reports.statements.head import figure_ref, figure_refs, make_statement, unknown_ref

if TYPE_CHECKING:
    from ledger.model import PostedLine
    from ledger.period import Period
    from ledger.registry.stocktakes import DifferenceRow
    from ledger.stocktakes.comparing import Compared
    from ledger.stocktakes.standing import Difference, Stand
    from reports.statements.source import Source

NAME: Final = "stocktake"
TITLE: Final = Words("盘点报告", "Stocktakes")
#: The columns of values, each with the things that it adds up.
_VALUES: Final = {
    "value": Words("应盘原值", "Expected, cost"),
    "seen_value": Words("实盘原值", "Seen, cost"),
    "away_value": Words("在外原值", "Away, cost"),
    "missing_value": Words("盘亏原值", "Missing, cost"),
    "found_value": Words("盘盈估价", "Found, valued"),
}
_HOW: Final = {"seen_value": (SEEN,), "away_value": (EXCUSED,), "missing_value": (UNSEEN,)}
_LAST: Final = "value"
_COLUMNS: Final = (
    Column("expected", Words("应盘", "Expected"), COUNT, 0.5),
    Column("value", _VALUES["value"], primary=True),
    Column("seen", Words("实盘", "Seen"), COUNT, 0.5),
    Column("seen_value", _VALUES["seen_value"]),
    Column("away", Words("在外", "Away"), COUNT, 0.5),
    Column("away_value", _VALUES["away_value"]),
    Column("missing", Words("盘亏", "Missing"), COUNT, 0.5),
    Column("missing_value", _VALUES["missing_value"]),
    Column("found", Words("盘盈", "Found"), COUNT, 0.5),
    Column("found_value", _VALUES["found_value"]),
    Column("other", Words("不符", "Other"), COUNT, 0.5),
    Column("result", Words("差异与处理", "What differs, and became of it"), TEXT, 2.0),
)


@dataclass(frozen=True)
class StocktakeRows:
    """Stocktakes as of the period's end; ``came`` is the postings by which each thing came."""

    stands: tuple[Stand, ...] = ()
    came: Mapping[str, tuple[PostedLine, ...]] = field(default_factory=dict)


def build(source: Source, period: Period) -> Statement:
    """Every stocktake that was closed in the period, by class, with its differences."""
    rows = source.stocktakes
    lines: list[Line] = []
    for one in rows.stands if rows is not None else ():
        lines += _of_stocktake(source, period, one)
    notes = (
        [] if lines else [Words("本期没有结束的盘点。", "No stocktake was closed in this period.")]
    )
    if lines:
        notes.append(Words(
            "应盘 = 实盘 + 在外 + 盘亏。在外为出借、出租、送修，不须在场。盘盈按估价，入账后为准。",
            "Expected = seen + away + missing. What is lent, leased or being repaired need not be "
            "there. What was found stands as valued, until it is entered.",
        ))  # fmt: skip
    return make_statement(
        source, Span.of(period), period, NAME, TITLE, _COLUMNS, tuple(lines), notes=tuple(notes),
        label_column=Words("类别、差异", "Class or difference"),
    )  # fmt: skip


def backing(source: Source, period: Period, line: str, column: str) -> Backing:
    """What a value adds up: the vouchers by which things came, or what was seen of a find."""
    ref = figure_ref(source.unit, NAME, period, line, column)
    key = column or _LAST
    code, _, part = line.partition(".")
    rows = source.stocktakes
    one = next((one for one in rows.stands if one.row.code == code), None) if rows else None
    if rows is None or one is None or key not in _VALUES:
        raise unknown_ref(ref)
    if part.isdigit():
        (postings, known) = _of_difference(rows, one, int(part), key)
    elif key == "found_value":
        found = [] if part else [two for two in one.differences if two.row.kind == FOUND]
        postings, known = [_found(one, two) for two in found], not part
    else:
        things = _things(one, part, key)
        known = not part or part in {one.cards[two.item.asset].class_id for two in one.compared}
        postings = [made for two in things for made in _came(rows, one, two)]
    if not known:
        raise unknown_ref(ref)
    closing = Money(sum(posting.amount.fen for posting in postings))
    return Backing(ref, _VALUES[key], None, tuple(postings), closing)


def _things(one: Stand, class_id: str, key: str) -> list[Compared]:
    """The things of one figure: of a class, or of the whole stocktake."""
    hows = _HOW.get(key, (SEEN, EXCUSED, UNSEEN))
    return [
        two for two in one.compared
        if two.how in hows and class_id in ("", one.cards[two.item.asset].class_id)
    ]  # fmt: skip


def _of_difference(
    rows: StocktakeRows, one: Stand, number: int, key: str
) -> tuple[list[VoucherLine], bool]:
    found = next((two for two in one.differences if two.row.number == number), None)
    if found is not None and found.row.kind == FOUND and key == "found_value":
        return [_found(one, found)], True
    if found is not None and found.row.kind == MISSING and key == "missing_value":
        thing = next(two for two in one.compared if two.item.asset == found.row.asset)
        return list(_came(rows, one, thing)), True
    return [], False


def _came(rows: StocktakeRows, one: Stand, thing: Compared) -> Iterator[VoucherLine]:
    """The postings that make up what a thing cost when it was listed."""
    item, card = thing.item, one.cards[thing.item.asset]
    lines = [line for line in rows.came.get(item.asset, ()) if line.day <= one.row.day]
    if sum(line.amount.fen for line in lines) == item.cost_fen:
        for line in lines:
            yield VoucherLine(
                line.number, line.day, line.narration, line.account, line.fund, line.amount,
                line.papers,
            )  # fmt: skip
    elif item.cost_fen:
        # Something was entered with an earlier day since: the list itself says what it went by.
        yield VoucherLine(
            one.row.code, one.row.day, f"{item.asset} {card.name}", "", card.fund,
            Money(item.cost_fen),
        )  # fmt: skip


def _found(one: Stand, found: Difference) -> VoucherLine:
    by_number = {scan.number: scan for scan in one.found}
    scan = by_number.get(found.row.scan or 0)
    photo = (scan.photo,) if scan is not None and scan.photo else ()
    day = one.row.closed or one.row.day
    return VoucherLine(found.row.ref, day, found.name, "", "", Money(found.row.fen), photo)


# ---- lines -------------------------------------------------------------------------------------


def _of_stocktake(source: Source, period: Period, one: Stand) -> Iterator[Line]:
    row, scope = one.row, scope_of(one.row)
    yield Line(
        f"h-{row.code}",
        Words(f"{row.code} {row.day} 至 {row.closed} {scope.zh}",
              f"{row.code} {row.day} to {row.closed}, {scope.en}"),
        (), style="heading",
    )  # fmt: skip
    for tally in one.tallies():
        cells = (
            tally.expected, Money(tally.expected_fen), tally.seen, Money(tally.seen_fen),
            tally.excused or None, _or_none(tally.excused_fen), tally.missing or None,
            _or_none(tally.missing_fen), None, None, None, None,
        )  # fmt: skip
        code = f"{row.code}.{tally.class_id}"
        keys = [key for key in _VALUES if key != "found_value"]
        yield _line(source, period, code, tally.words, cells, keys, "line")
    yield _total(source, period, one)
    for found in one.differences:
        yield _difference(source, period, one, found)


def _total(source: Source, period: Period, one: Stand) -> Line:
    things = [two for two in one.compared if two.how != BESIDE]
    found = [two.row.fen for two in one.differences if two.row.kind == FOUND]
    others = sum(two.row.kind not in (MISSING, FOUND) for two in one.differences)
    cells: list[Cell] = []
    for hows in ((SEEN, EXCUSED, UNSEEN), (SEEN,), (EXCUSED,), (UNSEEN,)):
        of = [two.item.cost_fen for two in things if two.how in hows]
        cells += [len(of), Money(sum(of))]
    cells += [len(found), Money(sum(found)), others, f"未处理 {one.alarms} 项"]
    label = Words("合计", "Total")
    return _line(source, period, one.row.code, label, tuple(cells), _VALUES, "total")


def _difference(source: Source, period: Period, one: Stand, found: Difference) -> Line:
    row, kind, state = found.row, KIND_WORDS[found.row.kind], DIFFERENCE_WORDS[found.state]
    asset = f" {row.asset}" if row.asset else ""
    label = Words(f"{row.number} {kind.zh}{asset} {found.name}", f"{row.number} {kind.en}{asset}")
    cells: dict[str, Cell] = dict.fromkeys(column.key for column in _COLUMNS)
    parts = (_where(row), state.zh, found.said.zh)
    cells["result"] = "；".join(part for part in parts if part)
    keys: list[str] = []
    if row.kind in (MISSING, FOUND):
        which = "missing" if row.kind == MISSING else "found"
        cells |= {which: 1, f"{which}_value": Money(row.fen)}
        keys = [f"{which}_value"]
    else:
        cells["other"] = 1
    code = f"{one.row.code}.{row.number}"
    return _line(source, period, code, label, tuple(cells.values()), keys, "line")


def _or_none(fen: int) -> Money | None:
    return Money(fen) if fen else None


def _where(row: DifferenceRow) -> str:
    """What was expected, and what was seen."""
    if row.kind == WRONG_HOLDER:
        return f"{row.keeper} → {row.seen_keeper}"
    if row.kind == NOT_AWAY:
        return f"见于 {row.seen_place}"
    return " → ".join(part for part in (row.place, row.seen_place) if part)


def _line(
    source: Source, period: Period, code: str, label: Words, cells: tuple[Cell, ...],
    keys: Iterable[str], style: str,
) -> Line:  # fmt: skip
    known = list(keys)
    ref = figure_ref(source.unit, NAME, period, code) if _LAST in known else ""
    return Line(
        code, label, cells, ref=ref, style=style, level=int(style == "line"),
        refs=figure_refs(source.unit, NAME, period, code, known, _LAST),
    )  # fmt: skip
