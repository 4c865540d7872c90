"""补助下级: what the units of a subtree paid to those below them, by lower unit.

What was paid comes from accounts towards lower units, and adds up to what the books say there; what
was ordered, arrived and is on its way comes from the transfers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ledger.errors import Refused, Words, finding
from ledger.money import Money, percent_text
from reports.statement import TEXT, Backing, Column, Line, Statement, VoucherLine
from reports.statements.consolidated import of_units
from reports.statements.figures import Span
from reports.statements.head import figure_ref, figure_refs, make_statement, unknown_ref
from reports.statements.matrix import matrix_of

if TYPE_CHECKING:
    from ledger.consolidation.support import PaidDown
    from ledger.consolidation.supporting import Supported
    from ledger.period import Period
    from ledger.transfers.books import Entered, Loose
    from ledger.transfers.standing import Standing
    from reports.statements.source import Source

NAME: Final = "support"
TITLE: Final = Words("补助下级情况表", "Support to lower units")
UNNAMED: Final = "unnamed"
ALL: Final = "all"
#: Transfers by which money is passed down.
KINDS: Final = ("allocation", "support")
_PARTS: Final = {
    "ordered": Words("已下达", "Ordered"),
    "paid": Words("已付", "Paid"),
    "returned": Words("收回", "Came back"),
    "net": Words("列支净额", "Net, as the books say"),
    "general": Words("其中一般性", "Of it general"),
    "special": Words("其中专项", "Of it special"),
    "arrived": Words("到账", "Arrived"),
    "transit": Words("在途", "In transit"),
}
_LAST: Final = "net"
_OF_BOOKS: Final = ("paid", "returned", "net", "general", "special")
NOTE: Final = Words(
    "列支净额为付款单位账上补助下级、下拨科目的本期发生额（不含结转），各行合计与账簿一致；"
    "专项指用限定资金支付的部分。已下达、到账、在途按调拨编号；到账以下级账簿为准。"
    "经中间单位转拨的，每一级各列一次。",
    "Net is what moved on the payers' accounts of support to lower units in the period, without "
    "what was carried over: the rows come to what the books say. Special is what was paid out of "
    "restricted funds. What was ordered, arrived and is in transit goes by transfers, arrivals by "
    "the lower unit's book. What a unit in the middle passes on stands at every step.",
)


def supported_of(source: Source) -> Supported:
    """What the source was gathered with; Refused if nobody asked the registry."""
    if source.support is None:
        raise Refused(
            finding(
                "no-support", "补助报表须由登记册中的单位树编制",
                "a statement of support is made from the tree of units in the registry",
                "用 mingbai report DIR", "use mingbai report DIR",
            )
        )  # fmt: skip
    return source.support


def build(source: Source, period: Period) -> Statement:
    """A line for each lower unit, one for what names none, and their sum."""
    found = supported_of(source).support
    whole = sum(found.books.values())
    sums: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(_PARTS, 0))
    for code, key, entry in _entries(source, period):
        sums[code][key] += entry.amount.fen
    every = {key: sum(cells[key] for cells in sums.values()) for key in _PARTS}
    lines = [
        _line(source, period, unit, named(source, unit), sums[unit], whole, "line")
        for unit in _units(source, period)
    ]
    if any(not one.payee for one in found.paid):
        words = Words("未指明单位（含账簿移交）", "No unit named, and books handed over")
        lines.append(_line(source, period, UNNAMED, words, sums[UNNAMED], whole, "line"))
    lines.append(_line(source, period, ALL, Words("合计", "Total"), every, whole, "total"))
    columns = (
        *(Column(key, label, primary=key == _LAST) for key, label in _PARTS.items()),
        Column("share", Words("占比", "Share"), kind=TEXT, share=0.7),
    )
    statement = make_statement(
        source, Span.of(period), period, NAME, TITLE, columns, tuple(lines), notes=(NOTE,),
        label_column=Words("下级单位", "Lower unit"),
    )  # fmt: skip
    return of_books(source, statement)


def of_books(source: Source, statement: Statement) -> Statement:
    """The statement with the digest of what all units' books say of support."""
    found = supported_of(source).support
    told = (found.units, found.paid, found.before, sorted(found.received.items()))
    return of_units(statement, found.units, told)


def named(source: Source, unit: str) -> Words:
    """The unit's name; its id where it is not known."""
    return source.names.get(unit, Words(unit, unit))


def _units(source: Source, period: Period) -> list[str]:
    """Whoever was paid, or is to be, in the order of the tree."""
    found = supported_of(source).support
    known = dict.fromkeys(found.payees())
    known |= dict.fromkeys(
        one.transfer.payee for one in _standings(source, period) if _is_told(one, period)
    )
    known |= dict.fromkeys(one.payee for one in _loose(source, period))
    order = {unit: place for place, unit in enumerate(found.units)}
    return sorted(known, key=lambda unit: (order.get(unit, len(order)), unit))


def _line(
    source: Source,
    period: Period,
    code: str,
    label: Words,
    cells: Mapping[str, int],
    whole: int,
    style: str,
) -> Line:
    return Line(
        code, label,
        (*(Money(cells[key]) for key in _PARTS), percent_text(cells[_LAST], whole) or None),
        ref=figure_ref(source.unit, NAME, period, code), style=style,
        refs=figure_refs(source.unit, NAME, period, code, _PARTS, _LAST),
    )  # fmt: skip


def backing(source: Source, period: Period, line: str, column: str) -> Backing:
    """The vouchers and transfers behind one figure; Refused for any other line or column."""
    ref = figure_ref(source.unit, NAME, period, line, column)
    key = column or _LAST
    if key not in _PARTS or line not in (UNNAMED, ALL, *_units(source, period)):
        raise unknown_ref(ref)
    rows = tuple(
        entry for code, at, entry in _entries(source, period) if at == key and line in (ALL, code)
    )
    name = {UNNAMED: Words("未指明单位", "no unit named"), ALL: Words("合计", "Total")}
    label, part = name.get(line) or named(source, line), _PARTS[key]
    return Backing(
        ref, Words(f"{label.zh}·{part.zh}", f"{label.en}, {part.en}"), None, rows,
        Money(sum(row.amount.fen for row in rows)),
    )  # fmt: skip


# ---- what a figure is made of ------------------------------------------------------------------


def _entries(source: Source, period: Period) -> Iterator[tuple[str, str, VoucherLine]]:
    """Whatever any figure is made of, with the line's code and the column that it stands in."""
    for one in supported_of(source).support.paid:
        for key in _OF_BOOKS:
            if sign := _sign(one, key):
                yield one.payee or UNNAMED, key, paid_line(source, one, sign)
    for standing in _standings(source, period):
        for key, entry in _of_standing(source, period, standing):
            yield standing.transfer.payee, key, entry
    for loose in _loose(source, period):
        number = _number(source, loose.unit, loose.voucher, loose.reference)
        entry = VoucherLine(number, loose.day, "", loose.account, "", Money(-loose.fen))
        yield loose.payee, "arrived", entry


def _sign(one: PaidDown, key: str) -> int:
    """Whether a posting belongs into a column, and with which sign."""
    if key == "paid":
        return 0 if one.came_back else 1
    if key == "returned":
        return -1 if one.came_back else 0
    if key == "net":
        return 1
    return 1 if one.special == (key == "special") else 0


def paid_line(source: Source, one: PaidDown, sign: int = 1) -> VoucherLine:
    """A posting of a payer's book, with its unit where that is another one."""
    number = one.voucher if one.payer == source.unit else f"{one.payer}/{one.voucher}"
    words = f"{named(source, one.payer).zh} → {named(source, one.payee).zh if one.payee else '?'}"
    return VoucherLine(number, one.day, words, one.account, one.fund, Money(sign * one.fen))


def _standings(source: Source, period: Period) -> Iterator[Standing]:
    """The transfers by which units of the subtree pass money down."""
    inside = frozenset(supported_of(source).support.units)
    for one in matrix_of(source, period).standings:
        if one.transfer.payer in inside and one.transfer.kind in KINDS:
            yield one


def _is_told(one: Standing, period: Period) -> bool:
    return (
        _is_ordered(one, period)
        or bool(one.difference)
        or any(entered.day >= period.start for entered in one.arrived)
    )


def _is_ordered(one: Standing, period: Period) -> bool:
    return period.start <= one.transfer.day < period.end and not one.transfer.refused


def _loose(source: Source, period: Period) -> Iterator[Loose]:
    """What arrived from a unit of the subtree by no transfer."""
    rows, inside = supported_of(source).rows, frozenset(supported_of(source).support.units)
    for problem in matrix_of(source, period).exceptions:
        loose = problem.loose
        if loose is None or loose.fen >= 0 or loose.day < period.start or loose.payer not in inside:
            continue
        unit = rows.get(loose.unit)
        if unit is None or unit.upper == loose.payer:
            yield loose


def _of_standing(
    source: Source, period: Period, one: Standing
) -> Iterator[tuple[str, VoucherLine]]:
    row = one.transfer
    line = VoucherLine(row.reference, row.day, row.narration, "", "", Money(row.fen))
    if _is_ordered(one, period):
        yield "ordered", line
    if one.difference:
        yield "transit", replace(line, amount=Money(one.difference))
    for entered in _since(one.arrived, period):
        number = _number(source, entered.unit, entered.voucher, row.reference)
        yield "arrived", replace(line, number=number, day=entered.day, amount=Money(entered.fen))


def _since(entered: Iterable[Entered], period: Period) -> Iterator[Entered]:
    return (one for one in entered if one.day >= period.start)


def _number(source: Source, unit: str, voucher: str, reference: str) -> str:
    """The voucher; of a unit outside the subtree the transfer alone."""
    if unit == source.unit:
        return voucher
    inside = unit in supported_of(source).support.units
    return f"{unit}/{voucher}" if inside else reference or unit
