"""Collection by unit and rule: what was owed for the period, what of it was paid, and the rate.

From the claims as they stood on the period's last day. In every row
owed + credit = paid + used + written off + arrears.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ledger.errors import Words
from ledger.money import Money
from reports.statement import TEXT, Backing, Column, Line, Statement
from reports.statements.dues_public import behind
from reports.statements.dues_rows import PARTS, DuesRows, Sums, rule_words, sums
from reports.statements.figures import Span
from reports.statements.head import figure_ref, figure_refs, make_statement, unknown_ref

if TYPE_CHECKING:
    from ledger.period import Period
    from reports.statements.source import Source

NAME: Final = "collection"
TITLE: Final = Words("会费收缴情况表", "Collection of dues")
TOTAL: Final = "all"
_FIRST: Final = "owed"


def build(source: Source, period: Period) -> Statement:
    """One line for each unit and rule, the unit that is asked before those below it."""
    dues = _dues(source)
    units = {unit.id: unit for unit in dues.units}
    lines, whole = [], Sums()
    for (unit, rule), (_, claims) in dues.by_unit_and_rule.items():
        found = sums(claims, period.last)
        whole += found
        name, what = units[unit].name, rule_words(rule)
        words = Words(f"{name.zh}·{what.zh}", f"{name.en}, {what.en}")
        code = f"{unit}.{rule or 'list'}"
        lines.append(_line(source, period, code, words, found, level=units[unit].level))
    total = Words("合计", "Total")
    lines.append(_line(source, period, TOTAL, total, whole, style="total"))
    columns = (
        *(Column(key, words, primary=key == _FIRST) for key, words in PARTS.items()),
        Column("rate", Words("收缴率", "Rate"), kind=TEXT, share=0.7),
    )
    notes = (
        Words(
            f"按 {period.last} 的情况；应收 + 多收留存 = 已收 + 以多收抵扣 + 核销 + 欠缴，"
            "收缴率 =（已收 + 以多收抵扣 − 多收留存）÷ 应收。",
            f"As of {period.last}; owed + paid beyond = collected + from credits + written "
            "off + arrears. The rate is collected and from credits, less paid beyond, of what is "
            "owed.",
        ),
        *_doubts(dues),
    )  # fmt: skip
    return make_statement(
        source, Span.of(period), period, NAME, TITLE, columns, tuple(lines),
        notes=notes, label_column=Words("单位与会费", "Unit and dues"),
    )  # fmt: skip


def _doubts(dues: DuesRows) -> tuple[Words, ...]:
    """A note where claims do not say what was assessed: somebody has to look at it."""
    found = []
    for (unit, rule), (assessed, claims) in dues.by_unit_and_rule.items():
        owed = sum(one.fen for one in assessed)
        gap = sum(-one.fen if one.is_credit else one.fen for one in claims) - owed
        if rule and gap:
            amount = Money(gap).grouped
            found.append(
                Words(
                    f"注意：{unit} 的{rule_words(rule).zh}应收比核定多 {amount} 元，请核对。",
                    f"Look into this: {unit} claims {amount} more of {rule} dues than it assessed.",
                )
            )
    return tuple(found)


def _line(
    source: Source,
    period: Period,
    code: str,
    words: Words,
    found: Sums,
    *,
    level: int = 0,
    style: str = "line",
) -> Line:
    return Line(
        code,
        words,
        (*(Money(getattr(found, part)) for part in PARTS), found.rate),
        ref=figure_ref(source.unit, NAME, period, code),
        level=level,
        style=style,
        refs=figure_refs(source.unit, NAME, period, code, PARTS, _FIRST),
    )


def backing(source: Source, period: Period, line: str, column: str) -> Backing:
    """The claims behind a figure; what was collected by the unit itself opens to its vouchers."""
    ref = figure_ref(source.unit, NAME, period, line, column)
    part = column or _FIRST
    dues = _dues(source)
    claims = [
        claim
        for (unit, rule), (_, rows) in dues.by_unit_and_rule.items()
        if line in (TOTAL, f"{unit}.{rule or 'list'}")
        for claim in rows
    ]
    if part not in PARTS or (not claims and line != TOTAL):
        raise unknown_ref(ref)
    value = Money(getattr(sums(claims, period.last), part))
    return Backing(ref, PARTS[part], None, behind(source, claims, part, period.last), value)


def _dues(source: Source) -> DuesRows:
    if source.dues is None:
        raise ValueError("collection is told from the registry's dues")
    return source.dues
