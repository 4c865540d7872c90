"""The arrears of a unit as a statement: a member a row, ages in columns, months in the notes.

No name stands in it: members are numbers. Each member's row names the months that are unpaid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ledger.errors import Words
from ledger.money import Money
from reports.statement import COUNT, TEXT, Cell, Column, Line, Statement
from reports.table import aligned

if TYPE_CHECKING:
    from ledger.dues.arrears import Arrears, MemberArrears

AGES: Final = (
    Words("未到期", "Not due"), Words("逾期30天内", "To 30 days"), Words("31–60天", "31–60 days"),
    Words("61–90天", "61–90 days"), Words("91–180天", "91–180 days"),
    Words("180天以上", "Over 180 days"),
)  # fmt: skip
_KEYS: Final = ("not_due", "to_30", "to_60", "to_90", "to_180", "over_180")
_TITLE: Final = Words("会费欠缴及账龄表", "Arrears of dues, by age")


def arrears_statement(found: Arrears, unit_name: Words) -> Statement:
    """Members in arrears with their ages, the sums, and how much came of each month."""
    columns = (
        Column("amount", Words("欠缴合计", "In arrears"), primary=True),
        *(Column(key, words) for key, words in zip(_KEYS, AGES, strict=True)),
        Column("count", Words("月数", "Months"), COUNT, 0.5),
        Column("months", Words("月份", "Which"), TEXT, 1.6),
    )
    lines = [
        Line(row.number or row.member, Words("会员", "Member"), _cells(row)) for row in found.rows
    ]
    sums: tuple[Cell, ...] = tuple(Money(fen) for fen in found.ages)
    lines.append(
        Line(
            "", Words(f"合计 {len(found.rows)} 人", f"Total, {len(found.rows)} members"),
            (Money(sum(found.ages)), *sums, None, None), style="total",
        )
    )  # fmt: skip
    return Statement(
        "arrears", _TITLE, found.unit, unit_name, f"{found.on:%Y-%m}", columns, tuple(lines),
        facts=((Words("截至", "As of"), found.on.isoformat()),), notes=_notes(found),
    )  # fmt: skip


def _cells(row: MemberArrears) -> tuple[Cell, ...]:
    months = sorted({one.month for one in row.months})
    return (
        Money(row.fen), *(Money(fen) for fen in row.ages), len(months), "、".join(months)
    )  # fmt: skip


def _notes(found: Arrears) -> tuple[Words, ...]:
    notes = [
        Words(
            f"{line.month} {line.rule}：应缴 {Money(line.assessed).grouped}，"
            f"收到 {Money(line.collected).grouped}，预缴款抵 {Money(line.used).grouped}，"
            f"核销 {Money(line.off).grouped}，欠缴 {Money(line.unpaid).grouped}，"
            f"收缴率 {line.rate or '—'} %",
            f"{line.month} {line.rule}: assessed {Money(line.assessed).grouped}, collected "
            f"{Money(line.collected).grouped}, by credits {Money(line.used).grouped}, written off "
            f"{Money(line.off).grouped}, unpaid {Money(line.unpaid).grouped}, {line.rate or '—'} %",
        )
        for line in found.months
    ]
    held = Money(found.held).grouped
    return (*notes, Words(f"会员预缴款 {held}", f"Paid ahead by members {held}"))


def arrears_text(found: Arrears) -> str:
    """For a terminal: months, then members, then who should be asked."""
    months = [
        ("规则 rule", "月份 month", "应缴 assessed", "收到 collected", "抵扣 credits",
         "核销 off", "欠缴 unpaid", "率 %"),
        *(
            (line.rule, line.month, *(Money(fen).grouped for fen in (
                line.assessed, line.collected, line.used, line.off, line.unpaid
            )), line.rate)
            for line in found.months
        ),
    ]  # fmt: skip
    rows = [
        ("会员 member", "欠缴 arrears", *(words.zh for words in AGES), "月份 months"),
        *(
            (row.number, Money(row.fen).grouped, *(Money(fen).grouped for fen in row.ages),
             str(len(row.months)))
            for row in found.rows
        ),
        ("合计 total", Money(sum(found.ages)).grouped,
         *(Money(fen).grouped for fen in found.ages), ""),
    ]  # fmt: skip
    parts = [
        aligned(months, right={2, 3, 4, 5, 6, 7}),
        aligned(rows, right=set(range(1, 9))),
        f"会员预缴款 credits held {Money(found.held).grouped}",
        *(f"{who}：{said}" for who, said in found.warnings),
    ]
    return "\n".join(parts)
