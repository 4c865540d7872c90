"""The contract ledger: each service contract with its sum, what was accepted, moved, cost, is left.

What moved and what it cost opens to vouchers; the sum and what was accepted to the papers that say
so. A contract stands here as the version that was confirmed by the period's end.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from ledger.errors import Words
from ledger.money import Money
from ledger.registry.contracts import ROLE_WORDS, STATE_WORDS, SUPPLIER
from reports.statement import COUNT, TEXT, Backing, Column, Line, Statement, VoucherLine
from reports.statements.figures import Span
from reports.statements.head import figure_ref, figure_refs, make_statement, unknown_ref

if TYPE_CHECKING:
    from ledger.contracts.standing import Standing
    from ledger.model import PostedLine
    from ledger.period import Period
    from reports.statements.source import Source

NAME: Final = "contracts"
TITLE: Final = Words("服务合同台账", "Service contracts")
_PARTS: Final = {
    "amount": Words("合同金额", "Sum"),
    "accepted": Words("已验收", "Accepted"),
    "moved": Words("已收（付）", "Received, paid"),
    "cost": Words("成本", "Cost"),
    "margin": Words("结余", "Margin"),
    "outstanding": Words("未结", "Outstanding"),
}
_LAST: Final = "moved"
#: Totals are by role: what is received and what is paid are no one sum.
_TOTALS: Final = {f"all-{role}": role for role in ROLE_WORDS}


def build(source: Source, period: Period) -> Statement:
    """Every contract as of the period's end, and a total of each role."""
    lines = []
    for total, role in _TOTALS.items():
        found = [one for one in source.contracts if one.row.role == role]
        lines += [_line(source, period, one.row.code, _label(one), [one], one) for one in found]
        if found:
            words = ROLE_WORDS[role]
            label = Words(f"{words.zh}合计", f"Total, {words.en}")
            lines.append(_line(source, period, total, label, found, None))
    notes = [] if lines else [Words("没有登记服务合同。", "No service contract was entered.")]
    return make_statement(
        source, Span.of(period), period, NAME, TITLE,
        (
            Column("party", Words("对方", "Other side"), kind=TEXT, share=1.3),
            *(Column(key, label, primary=key == _LAST) for key, label in _PARTS.items()),
            Column("state", Words("状态", "State"), kind=TEXT, share=0.7),
            Column("late", Words("迟延天数", "Days late"), kind=COUNT, share=0.6),
        ),
        tuple(lines), notes=tuple(notes), label_column=Words("合同", "Contract"),
    )  # fmt: skip


def backing(source: Source, period: Period, line: str, column: str) -> Backing:
    """The vouchers behind what moved or cost, or the contract's papers behind the rest."""
    ref = figure_ref(source.unit, NAME, period, line, column)
    key = column or _LAST
    found = [
        one for one in source.contracts
        if line == one.row.code or _TOTALS.get(line) == one.row.role
    ]  # fmt: skip
    if not found or key not in _PARTS or _sum(found, key) is None:
        raise unknown_ref(ref)
    parts: list[VoucherLine] = []
    for one in found:
        parts += _papers(one, key)
        moved = [line for stone in one.stones for line in stone.moved]
        if key in ("moved", "margin"):
            parts += _vouchers(moved, one.row.sign)
        elif key == "outstanding" and one.outstanding_fen:
            parts += _vouchers(moved, -one.row.sign)
        if key in ("cost", "margin"):
            parts += _vouchers(one.costs, -1 if key == "margin" else 1)
    closing = Money(sum(part.amount.fen for part in parts))
    return Backing(ref, _PARTS[key], None, tuple(parts), closing)


def _papers(one: Standing, key: str) -> list[VoucherLine]:
    """What a figure rests on beside vouchers: the contract, or the papers of its milestones."""
    version = one.version
    if key == "accepted":
        return [
            VoucherLine(
                stone.row.milestone, stone.accepted, stone.row.deliverable, version.account,
                version.fund, Money(stone.row.fen), stone.papers,
            )
            for stone in one.stones
            if stone.accepted
        ]  # fmt: skip
    if key == "amount" or (key == "outstanding" and one.outstanding_fen):
        return [
            VoucherLine(
                one.row.code, version.signed, version.purpose, version.account, version.fund,
                Money(version.fen), (version.paper,),
            )
        ]  # fmt: skip
    return []


def _vouchers(lines: Iterable[PostedLine], sign: int) -> list[VoucherLine]:
    return [
        VoucherLine(
            one.number, one.day, one.narration, one.account, one.fund,
            Money(sign * one.amount.fen), one.papers,
        )
        for one in lines
    ]  # fmt: skip


def _sum(found: Iterable[Standing], key: str) -> int | None:
    """One column of some contracts of a role, in fen; None where the role has no such figure."""
    whole = list(found)
    if key in ("cost", "margin") and whole[0].row.role != SUPPLIER:
        return None
    if key == "amount":
        return sum(one.version.fen for one in whole)
    return sum(getattr(one, f"{key}_fen") or 0 for one in whole)


def _label(one: Standing) -> Words:
    return Words(f"{one.row.number} {one.version.purpose}", one.row.code)


def _line(
    source: Source,
    period: Period,
    code: str,
    label: Words,
    found: Iterable[Standing],
    one: Standing | None,
) -> Line:
    whole = list(found)
    sums = {key: _sum(whole, key) for key in _PARTS}
    cells = (
        one.party if one else None,
        *(None if fen is None else Money(fen) for fen in sums.values()),
        STATE_WORDS[one.state].zh if one else None,
        (one.days_late or None) if one else None,
    )
    known = [key for key, fen in sums.items() if fen is not None]
    return Line(
        code, label, cells, ref=figure_ref(source.unit, NAME, period, code),
        style="line" if one else "total",
        refs=figure_refs(source.unit, NAME, period, code, known, _LAST),
    )  # fmt: skip
