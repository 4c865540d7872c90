"""Major items: what was decided, up to which amount, what was paid by it, when it was reported.

What went out from the threshold on without a recorded decision stands below. A ceiling opens to the
papers of its decision, what was paid to vouchers.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from ledger.errors import Words
from ledger.money import Money
from reports.statement import COUNT, DAY, TEXT, Backing, Column, Line, Statement, VoucherLine
from reports.statements.figures import Span
from reports.statements.head import figure_ref, figure_refs, make_statement, unknown_ref

if TYPE_CHECKING:
    from ledger.decisions.standing import Decided, MajorItems, Use
    from ledger.period import Period
    from reports.statement import Cell
    from reports.statements.source import Source

NAME: Final = "major-items"
TITLE: Final = Words("重大事项报告表", "Major items")
_PARTS: Final = {
    "ceiling": Words("决策金额", "Ceiling"),
    "used": Words("已支出", "Paid"),
    "left": Words("未用", "Left"),
}
_LAST: Final = "used"


def build(source: Source, period: Period) -> Statement:
    """The period's decisions, and what had none, as of its end."""
    found = _items(source)
    lines = [_decided(source, period, one) for one in found.decided]
    for use in found.undecided:
        label = Words(f"没有决策 {use.number}", f"No decision: {use.number}")
        cells: tuple[Cell, ...] = (use.narration[:60], use.day, None, Money(use.fen), *[None] * 5)
        ref = figure_ref(source.unit, NAME, period, _code("v", use.number))
        lines.append(Line(_code("v", use.number), label, cells, ref=ref))
    return make_statement(
        source, Span.of(period), period, NAME, TITLE,
        (
            Column("decision", Words("决策文号", "Decision"), kind=TEXT, share=1.2),
            Column("day", Words("决策日", "Decided"), kind=DAY, share=0.8),
            *(Column(key, label, primary=key == _LAST) for key, label in _PARTS.items()),
            Column("votes", Words("票数", "Votes"), kind=TEXT, share=0.8),
            Column("vouchers", Words("凭证数", "Vouchers"), kind=COUNT, share=0.7),
            Column("reported", Words("报告日", "Reported"), kind=DAY, share=0.9),
            Column("late", Words("迟报天数", "Days late"), kind=COUNT, share=0.7),
        ),
        tuple(lines), notes=tuple(_notes(found)), label_column=Words("事项", "Item"),
    )  # fmt: skip


def backing(source: Source, period: Period, line: str, column: str) -> Backing:
    """The vouchers that were paid by a decision, or its own papers."""
    ref = figure_ref(source.unit, NAME, period, line, column)
    key, found = column or _LAST, _items(source)
    for use in found.undecided:
        if line == _code("v", use.number) and key == _LAST:
            return _backed(ref, _PARTS[key], [_voucher(use, 1)])
    for one in found.decided:
        if line == _code("d", one.row.number) and key in _PARTS:
            parts = [] if key == "used" else [_paper(one)]
            sign = -1 if key == "left" else 1
            parts += [] if key == "ceiling" else [_voucher(use, sign) for use in one.uses]
            return _backed(ref, _PARTS[key], parts)
    raise unknown_ref(ref)


def _items(source: Source) -> MajorItems:
    if source.major is None:
        raise ValueError("major items are built from the registry's decisions")
    return source.major


def _backed(ref: str, label: Words, parts: list[VoucherLine]) -> Backing:
    whole = Money(sum(part.amount.fen for part in parts))
    return Backing(ref, label, None, tuple(parts), whole)


def _paper(one: Decided) -> VoucherLine:
    row = one.row
    return VoucherLine(
        row.number, row.day, row.subject, "", "", Money(row.ceiling_fen), row.digests
    )


def _voucher(use: Use, sign: int) -> VoucherLine:
    return VoucherLine(
        use.number, use.day, use.narration, "", "", Money(sign * use.fen), use.papers
    )


def _code(kind: str, number: str) -> str:
    """A line's code from a document's number, which no reference could hold."""
    return f"{kind}-{hashlib.sha256(number.encode()).hexdigest()[:8]}"


def _decided(source: Source, period: Period, one: Decided) -> Line:
    row, code = one.row, _code("d", one.row.number)
    left = Money(row.ceiling_fen - one.used_fen)
    votes = f"{row.votes_for}/{row.votes_against}/{row.abstained}"
    return Line(
        code, Words(row.subject, row.body),
        (
            row.number, row.day, Money(row.ceiling_fen), Money(one.used_fen), left,
            votes if row.carried else f"{votes} 未通过", len(one.uses), one.reported,
            one.days_late or None,
        ),
        ref=figure_ref(source.unit, NAME, period, code),
        refs=figure_refs(source.unit, NAME, period, code, _PARTS, _LAST),
    )  # fmt: skip


def _notes(found: MajorItems) -> list[Words]:
    rule = found.rule
    if rule is None:
        return [
            Words(
                "没有装入规则：期末没有重大事项标准在施行，只列已登记的决策。",
                "No rule loaded: no threshold is in force at the period's end; what was decided is "
                "listed.",
            )
        ]
    amount = Money(rule.threshold).grouped
    return [
        Words(
            f"标准 {amount}，付给同一对象的 {rule.days} 日内合计；{rule.head.key}，"
            f"{rule.head.cite(rule.article)}（{rule.head.confidence}）。",
            f"Threshold {amount}, what one payee gets within {rule.days} days added up; "
            f"{rule.head.key} ({rule.head.confidence}).",
        )
    ]
