"""The matrix of units: what each paid another, what arrived, what differs; and every exception.

A figure opens to the vouchers of both books that make it. Of a unit outside the subtree only the
transfer's reference is told, not the voucher.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from ledger.errors import Words
from ledger.money import Money
from ledger.transfers.standing import WORDS
from reports.statement import COUNT, TEXT, Backing, Column, Line, Statement, VoucherLine
from reports.statements.figures import Span
from reports.statements.head import figure_ref, figure_refs, make_statement, unknown_ref

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.period import Period
    from ledger.transfers.matrix import Matrix, Pair, Problem
    from reports.statements.source import Source

NAME: Final = "matrix"
TITLE: Final = Words("单位往来对账表", "Transfers between units")
_PARTS: Final = {
    "due": Words("应付", "Due"),
    "brought": Words("期初在途", "Brought forward"),
    "paid": Words("付出", "Paid"),
    "arrived": Words("到账", "Arrived"),
    "difference": Words("差额", "Difference"),
}
_LAST: Final = "difference"
NETTING: Final = Words(
    "双方按调拨编号核对，从不轧差；没有编号的往来单独列为例外。付出含期初在途。",
    "Both books are matched by the transfer's reference, and nothing is netted; what names none is "
    "an exception of its own. Paid includes what was brought forward.",
)


def build(source: Source, period: Period) -> Statement:
    """A line for each pair of units, and below them one for each exception."""
    found = matrix_of(source, period)
    lines = [_pair(source, period, one) for one in found.pairs]
    if found.exceptions:
        lines.append(
            Line("h-exceptions", Words("例外", "Exceptions"), (), level=0, style="heading")
        )
    lines += [
        _exception(source, period, one, at) for at, one in enumerate(found.exceptions, start=1)
    ]
    columns = (
        *(Column(key, label, primary=key == _LAST) for key, label in _PARTS.items()),
        Column("exceptions", Words("例外", "Exceptions"), kind=COUNT, share=0.5),
        Column("state", Words("状态", "State"), kind=TEXT),
        Column("days", Words("天数", "Days"), kind=COUNT, share=0.5),
    )
    return make_statement(
        source, Span.of(period), period, NAME, TITLE, columns, tuple(lines),
        notes=(NETTING, as_of(found)), label_column=Words("付款 → 收款", "From → to"),
    )  # fmt: skip


def backing(source: Source, period: Period, line: str, column: str) -> Backing:
    """The vouchers of both books behind one figure; Refused for any other line or column."""
    ref = figure_ref(source.unit, NAME, period, line, column)
    found = matrix_of(source, period)
    key = column or _LAST
    for one in found.pairs:
        if _code(one.payer, one.payee) == line and key in _PARTS:
            return _of_pair(source, found, one, key, ref)
    for at, problem in enumerate(found.exceptions, start=1):
        if f"x{at}" == line and key in (_LAST, "due"):
            fen = problem.difference if key == _LAST else problem.fen
            words = Words(WORDS[problem.state].zh, WORDS[problem.state].en)
            return Backing(ref, words, Money(fen), (), Money(fen), opening_label=words)
    raise unknown_ref(ref)


def matrix_of(source: Source, period: Period) -> Matrix:
    """The matrix that the source was made with."""
    if source.matrix is None:
        raise ValueError(f"a source without a matrix cannot tell of {period}")
    return source.matrix


def as_of(found: Matrix) -> Words:
    return Words(
        f"按 {found.on} 双方账簿；未清的例外列入其后每一期间，直到处理完毕。",
        f"As both books say on {found.on}; what is open is told in every later period until it is "
        "resolved.",
    )


def arrow(source: Source, payer: str, payee: str) -> Words:
    """``from → to`` by the names of the units, with a mark where one is not known."""
    unknown = Words("未指明", "not named")
    one, other = (source.names.get(unit, unknown) for unit in (payer, payee))
    return Words(f"{one.zh} → {other.zh}", f"{one.en} → {other.en}")


def _code(payer: str, payee: str) -> str:
    return f"{payer or '-'}.{payee or '-'}"


def _pair(source: Source, period: Period, one: Pair) -> Line:
    code = _code(one.payer, one.payee)
    return Line(
        code, arrow(source, one.payer, one.payee),
        (*(Money(getattr(one, key)) for key in _PARTS), one.exceptions, None, None),
        ref=figure_ref(source.unit, NAME, period, code),
        refs=figure_refs(source.unit, NAME, period, code, _PARTS, _LAST),
    )  # fmt: skip


def _exception(source: Source, period: Period, one: Problem, at: int) -> Line:
    state = WORDS[one.state]
    amounts = (Money(one.fen), None, None, None, Money(one.difference))
    label = arrow(source, one.payer, one.payee)
    named = one.reference or "–"
    code = f"x{at}"
    return Line(
        code, Words(f"{named} {label.zh}", f"{named} {label.en}"),
        (*amounts, None, f"{state.zh} {state.en}", one.days), level=1,
        ref=figure_ref(source.unit, NAME, period, code),
        refs={"due": figure_ref(source.unit, NAME, period, code, "due")},
    )  # fmt: skip


def _of_pair(source: Source, found: Matrix, one: Pair, key: str, ref: str) -> Backing:
    paid = list(_flows(source, found, one, "paid"))
    arrived = list(_flows(source, found, one, "arrived"))
    postings = {
        "paid": paid, "arrived": arrived,
        "difference": [*paid, *(_negative(row) for row in arrived)],
    }.get(key, [])  # fmt: skip
    whole = Money(getattr(one, key))
    label = arrow(source, one.payer, one.payee)
    part = _PARTS[key]
    return Backing(
        ref, Words(f"{label.zh}·{part.zh}", f"{label.en}, {part.en}"),
        whole - Money(sum(row.amount.fen for row in postings)), tuple(postings), whole,
        opening_label=_PARTS["due" if key == "due" else "brought"],
    )  # fmt: skip


def _flows(source: Source, found: Matrix, one: Pair, side: str) -> Iterator[VoucherLine]:
    """The vouchers of one side in the period, those without a reference among them."""
    for standing in found.standings:
        transfer = standing.transfer
        if (transfer.payer, transfer.payee) != (one.payer, one.payee):
            continue
        for entered in standing.paid if side == "paid" else standing.arrived:
            if entered.day >= found.period.start:
                yield _line(
                    source, found, entered.unit, entered.voucher, transfer.reference, entered.day,
                    entered.fen, transfer.narration,
                )  # fmt: skip
    for problem in found.exceptions:
        loose = problem.loose
        if loose is None or (loose.payer, loose.payee) != (one.payer, one.payee):
            continue
        if (loose.fen > 0) == (side == "paid") and loose.day >= found.period.start:
            yield _line(
                source, found, loose.unit, loose.voucher, loose.reference, loose.day,
                abs(loose.fen), WORDS[loose.state].zh, loose.account,
            )  # fmt: skip


def _line(
    source: Source,
    found: Matrix,
    unit: str,
    voucher: str,
    reference: str,
    day: date,
    fen: int,
    narration: str,
    account: str = "",
) -> VoucherLine:
    number = voucher if unit == source.unit else f"{unit}/{voucher}"
    if unit not in found.units:
        number = reference or unit
    return VoucherLine(number, day, narration, account, "", Money(fen))


def _negative(row: VoucherLine) -> VoucherLine:
    return VoucherLine(
        row.number, row.day, row.narration, row.account, row.fund, -row.amount, row.papers
    )
