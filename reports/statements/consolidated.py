"""A subtree of units as one: every common line, what was eliminated, and what remains.

A line opens to the units that make it up, each by the reference of its own trial balance, which
opens to vouchers. Below the lines stand all eliminations, and everything that could not be
eliminated, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from ledger.account import account_code
from ledger.consolidation.consolidating import NOTICE, Consolidation, LineSum
from ledger.consolidation.eliminating import POSITION, RESULT
from ledger.errors import Refused, Words, finding
from ledger.lines import line_of
from ledger.money import CNY, Money
from reports.statement import TEXT, Backing, Column, Line, Statement, VoucherLine
from reports.statements import trial_balance
from reports.statements.figures import Span
from reports.statements.head import figure_ref, figure_refs, make_statement, unknown_ref

if TYPE_CHECKING:
    from ledger.period import Period
    from reports.statements.source import Source

NAME: Final = "consolidated"
TITLE: Final = Words("汇总报表（管理信息）", "Consolidated statement (management information)")
_COLUMNS: Final = {
    "combined": Words("各单位合计", "Sum of units"),
    "eliminated": Words("内部抵销", "Eliminated"),
    "consolidated": Words("汇总后", "Consolidated"),
}
_LAST: Final = "consolidated"
_SIDES: Final = {
    "Assets": Words("资产", "Assets"),
    "Liabilities": Words("负债", "Debts"),
    "Equity": Words("净资产", "Net assets"),
    "Income": Words("本期收入", "Income"),
    "Expenses": Words("本期支出", "Spending"),
}
_RESULT: Final = "T-result"
_SURPLUS: Final = Words("本期收支差额", "Income less spending")


def build(source: Source, period: Period) -> Statement:
    """The statement of the consolidation that the source was gathered with."""
    found = consolidation_of(source)
    if found.period != period:
        raise ValueError(f"the source tells of {found.period}, not of {period}")
    return draw(found, source)


def draw(found: Consolidation, source: Source) -> Statement:
    """``found`` as a statement; ``source`` is its root's, whose name and signatures it bears."""
    period = found.period
    sums = found.lines()
    lines: list[Line] = []
    for side, label in _SIDES.items():
        own = [one for one in sums if one.line.side == side]
        lines.append(Line(f"h-{side.lower()}", label, (), style="heading"))
        lines += [_line(source, period, one) for one in own]
        lines.append(_total(source, period, f"T-{side.lower()}", label, own))
    lines.append(_surplus(source, period, sums))
    lines += _listed(source, found)
    foreign = sorted({row.currency for row in found.sums} - {CNY})
    notes = [
        NOTICE,
        Words(
            "资产、负债、净资产为期末余额；收入、支出为本期发生额，不含结转。"
            "按调拨编号抵销收支，按单位间余额抵销债权债务；只有一方入账的，留在合计中并列出。",
            "Assets, debts and net assets are held at the end; income and spending moved in the "
            "period, without what was carried over. Income and spending are eliminated by the "
            "reference of a transfer, claims and debts by balance between two units; what stands "
            "on one side only stays in the sum and is listed.",
        ),
    ]
    if foreign:
        notes.append(
            Words(
                f"外币未列入：{'、'.join(foreign)}。", f"Left out: money in {', '.join(foreign)}."
            )
        )
    statement = make_statement(
        source, Span.of(period), period, NAME, TITLE,
        (
            *(Column(key, label, primary=key == _LAST) for key, label in _COLUMNS.items()),
            Column("why", Words("说明", "Remark"), kind=TEXT, share=1.6),
        ),
        tuple(lines), notes=tuple(notes), label_column=Words("项目", "Item"),
    )  # fmt: skip
    return of_all(statement, found)


def backing(source: Source, period: Period, line: str, column: str) -> Backing:
    """What each unit holds on a line, or what was eliminated of it; Refused for any other.

    An elimination opens to what was taken out of the payer's book, what was not eliminated to the
    unit whose book it stands in.
    """
    ref = figure_ref(source.unit, NAME, period, line, column)
    found = consolidation_of(source)
    key = column or _LAST
    parts: list[VoucherLine] | None = None
    label = Words(line, line)
    if line[:1] in ("K", "N") and line[1:].isdigit():
        parts = _of_list(found, line)
    elif key in _COLUMNS:
        named = _members(found, line)
        if named is not None:
            label, members = named
            parts = [part for sign, one in members for part in _parts(found, one, key, sign)]
            label = Words(f"{label.zh}·{_COLUMNS[key].zh}", f"{label.en}, {_COLUMNS[key].en}")
    if parts is None:
        raise unknown_ref(ref)
    return Backing(ref, label, None, tuple(parts), Money(sum(part.amount.fen for part in parts)))


def _members(found: Consolidation, line: str) -> tuple[Words, list[tuple[int, LineSum]]] | None:
    """The lines that a printed line sums, with their signs."""
    sums = found.lines()
    for one in sums:
        if one.line.id == line:
            return one.line.name, [(1, one)]
    for side, label in _SIDES.items():
        if line == f"T-{side.lower()}":
            return label, [(1, one) for one in sums if one.line.side == side]
    if line == _RESULT:
        signs = {"Income": 1, "Expenses": -1}
        return _SURPLUS, [(signs[o.line.side], o) for o in sums if o.line.side in signs]
    return None


def _parts(found: Consolidation, one: LineSum, key: str, sign: int) -> Iterator[VoucherLine]:
    if key != "eliminated":
        units = _of_result(found) if one.line.id == "E90" else _of_units(found, one)
        for part in units:
            yield replace(part, amount=Money(sign * part.amount.fen))
    if key != "combined":
        for part in _moves(found, one):
            yield replace(part, amount=Money(sign * part.amount.fen))


def _of_list(found: Consolidation, line: str) -> list[VoucherLine] | None:
    place = int(line[1:]) - 1
    day = found.period.last
    if line[0] == "K" and 0 <= place < len(found.eliminations):
        one = found.eliminations[place]
        sign = -1 if one.kind == RESULT else 1
        return [
            VoucherLine(one.reference or unit, day, unit, account, fund, Money(sign * fen))
            for (unit, account, fund), fen in one.moves
            if unit == one.payer
        ]
    if line[0] == "N" and 0 <= place < len(found.left):
        rest = found.left[place]
        unit = rest.payer if rest.side == "payer" else rest.payee
        number = rest.reference or unit
        return [VoucherLine(number, day, rest.why.zh, "", "", Money(rest.fen))]
    return None


def consolidation_of(source: Source) -> Consolidation:
    """What the source was gathered with; Refused if nobody asked the registry."""
    if source.consolidation is None:
        raise Refused(
            finding(
                "no-consolidation",
                "汇总报表须由登记册中的单位树编制",
                "a consolidated statement is made from the tree of units in the registry",
                "用 mingbai consolidate",
                "use mingbai consolidate",
            )
        )
    return source.consolidation


def of_all(statement: Statement, found: Consolidation) -> Statement:
    """The digest and facts of all units' books in place of the root's."""
    return of_units(statement, found.units, (found.units, found.sums, found.eliminations))


def of_units(statement: Statement, units: Sequence[str], told: object) -> Statement:
    """The statement with a digest over everything that was ``told`` by the books of ``units``."""
    whole = sha256(repr(told).encode()).hexdigest()
    facts = tuple(
        (label, whole[:16] if text == statement.digest[:16] else text)
        for label, text in statement.facts
    )
    count = (Words("汇总单位数", "Units"), str(len(units)))
    return replace(statement, facts=(*facts, count), digest=whole)


# ---- lines -------------------------------------------------------------------------------------


def _line(source: Source, period: Period, one: LineSum) -> Line:
    id = one.line.id
    ref = figure_ref(source.unit, NAME, period, id)
    refs = figure_refs(source.unit, NAME, period, id, _COLUMNS, _LAST)
    return Line(id, one.line.name, (*_cells([one]), None), ref=ref, level=1, refs=refs)


def _cells(sums: Iterable[LineSum]) -> tuple[Money, Money, Money]:
    whole = list(sums)
    return (
        Money(sum(one.combined for one in whole)),
        Money(sum(one.eliminated for one in whole)),
        Money(sum(one.consolidated for one in whole)),
    )


def _total(
    source: Source, period: Period, code: str, label: Words, sums: Iterable[LineSum]
) -> Line:
    words = Words(f"{label.zh}合计", f"{label.en}, total")
    return _summed(source, period, code, words, _cells(sums), "subtotal")


def _summed(
    source: Source,
    period: Period,
    code: str,
    label: Words,
    cells: tuple[Money, ...],
    style: str,
) -> Line:
    refs = figure_refs(source.unit, NAME, period, code, _COLUMNS, _LAST)
    ref = figure_ref(source.unit, NAME, period, code)
    return Line(code, label, (*cells, None), ref=ref, style=style, refs=refs)


def _surplus(source: Source, period: Period, sums: Iterable[LineSum]) -> Line:
    """Income less spending of the period."""
    whole = list(sums)
    came = _cells(one for one in whole if one.line.side == "Income")
    went = _cells(one for one in whole if one.line.side == "Expenses")
    cells = tuple(a - b for a, b in zip(came, went, strict=True))
    return _summed(source, period, _RESULT, _SURPLUS, cells, "total")


def _listed(source: Source, found: Consolidation) -> Iterator[Line]:
    def ref(code: str) -> str:
        return figure_ref(source.unit, NAME, found.period, code)

    yield Line("h-eliminations", Words("抵销清单", "Eliminations"), (), style="heading")
    for number, one in enumerate(found.eliminations, start=1):
        kind = (
            Words("债权债务", "claim and debt")
            if one.kind == POSITION
            else Words("收支", "income and spending")
        )
        accounts = "；".join(f"{unit} {account} {Money(fen).text}"
                            for (unit, account, _), fen in one.moves)  # fmt: skip
        label = f"{one.payer} → {one.payee} {one.reference}".rstrip()
        yield Line(
            f"K{number}", Words(f"{label} {kind.zh}", f"{label} {kind.en}"),
            (None, Money(one.fen), None, accounts), level=1,
            refs={"eliminated": ref(f"K{number}")},
        )  # fmt: skip
    yield Line("h-left", Words("未抵销", "Not eliminated"), (), style="heading")
    for number, rest in enumerate(found.left, start=1):
        label = f"{rest.payer} → {rest.payee} {rest.reference}".rstrip()
        yield Line(
            f"N{number}", Words(label, label),
            (Money(rest.fen), None, None, f"{rest.why.zh} {rest.why.en}"), level=1,
            refs={"combined": ref(f"N{number}")},
        )  # fmt: skip


# ---- what stands behind a line -----------------------------------------------------------------


def _of_result(found: Consolidation) -> Iterator[VoucherLine]:
    """What each unit's income and spending came to and nobody carried over, by account."""
    for row in found.units_sums:
        if row.currency == CNY and row.held and row.account.startswith(("Income:", "Expenses:")):
            code = account_code(row.account)
            ref = figure_ref(row.unit, trial_balance.NAME, found.period, code)
            day = found.period.last
            yield VoucherLine(ref, day, row.unit, row.account, "", Money(-row.held))


def _of_units(found: Consolidation, one: LineSum) -> Iterator[VoucherLine]:
    moved = one.line.side in ("Income", "Expenses")
    for row in found.units_sums:
        fen = one.line.sign * (row.moved if moved else row.held)
        if row.currency == CNY and line_of(row.account) == one.line and fen:
            code = account_code(row.account)
            ref = figure_ref(row.unit, trial_balance.NAME, found.period, code)
            yield VoucherLine(ref, found.period.last, row.unit, row.account, "", Money(fen))


def _moves(found: Consolidation, one: LineSum) -> Iterator[VoucherLine]:
    day = found.period.last
    for elimination in found.eliminations:
        text = f"{elimination.payer} → {elimination.payee}"
        for (unit, account, fund), fen in elimination.moves:
            if line_of(account) == one.line:
                amount = Money(one.line.sign * fen)
                yield VoucherLine(elimination.reference or unit, day, text, account, fund, amount)
