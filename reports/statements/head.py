"""What stands at the head and the foot of every statement, and how references are written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from ledger.errors import Refused, Words, finding
from ledger.period import Month, Period
from reports.statement import Column, Line, Statement

if TYPE_CHECKING:
    from ledger.chart import Chart
    from ledger.model import MonthCell
    from reports.statements.figures import Span
    from reports.statements.source import Source

#: Whom a statement is for that tells of persons or their money and names nobody.
PUBLIC: Final = Words("向社会公开", "public")
_AUDIENCE: Final = Words("公开范围", "Audience")
_UNCONFIRMED = Words(
    "本科目表与报表格式未经官方文本核对，仅供内部使用。",
    "The chart and this form were not checked against the official text; for internal use only.",
)


def figure_ref(unit: str, statement: str, period: Period, line: str, column: str = "") -> str:
    """``<unit>/<statement>/<period>/<line>[/<column>]``, which ``mingbai show`` opens."""
    parts = [unit, statement, str(period), line, column]
    return "/".join(part for part in parts if part)


def figure_refs(
    unit: str, statement: str, period: Period, line: str, columns: Iterable[str], primary: str = ""
) -> dict[str, str]:
    """The references of a line's figures by column; that of ``primary`` is the line's own."""
    return {
        key: figure_ref(unit, statement, period, line, key) for key in columns if key != primary
    }


def for_audience(statement: Statement, audience: Words) -> Statement:
    """The statement with whom it is for among its facts, in place of whom it was for."""
    facts = [fact for fact in statement.facts if fact[0] != _AUDIENCE]
    facts.append((_AUDIENCE, f"{audience.zh} {audience.en}"))
    return replace(statement, facts=tuple(facts))


def unknown_ref(ref: str) -> Refused:
    """The refusal for a reference that no statement has."""
    return Refused(
        finding(
            "no-figure",
            f"没有 {ref[:80]} 这个数",
            f"there is no figure {ref[:80]}",
            "引用写作 单位/报表/期间/行[/栏]，见报表每行所附的引用",
            "a reference is unit/statement/period/line[/column], as printed beside every line",
        )
    )


def _of_rule(chart: Chart, span: Span) -> Iterator[Words]:
    """What a reader must know of the rule behind the form."""
    if not chart.confirmed:
        yield _UNCONFIRMED
    if not chart.in_force(span.first.first, span.last.next().first - timedelta(days=1)):
        ended = chart.effective_to
        until = (f"至 {ended} 止", f" to {ended}") if ended else ("起", " on")
        yield Words(
            f"所依据的制度施行于 {chart.effective_from} {until[0]}，不是本期现行的制度。",
            f"The rule behind this chart was in force from {chart.effective_from}{until[1]}; "
            "it is not the rule of this period.",
        )


def _reach(cells: Iterable[MonthCell], span: Span) -> Iterator[Words]:
    """How far the vouchers of a period reach, where they do not reach its end."""
    months = (cell.month for cell in cells if span.first <= cell.month <= span.last)
    last = max(months, default=None)
    if last is None:
        yield Words("本期没有凭证。", "No voucher was posted in this period.")
    elif last < span.last:
        yield Words(
            f"凭证记至 {last}，其后没有凭证。",
            f"The vouchers reach to {last}; none was posted after it.",
        )


def make_statement(
    source: Source,
    span: Span,
    period: Period,
    name: str,
    title: Words,
    columns: tuple[Column, ...],
    lines: tuple[Line, ...],
    *,
    form: str = "",
    notes: tuple[Words, ...] = (),
    label_column: Words | None = None,
    from_chart: bool = False,
    cells: Iterable[MonthCell] | None = None,
    coded: bool = False,
    alarms: tuple[Words, ...] = (),
) -> Statement:
    """A statement with the facts that all share; Refused for a period before the book.

    ``from_chart``: its form is the chart's. ``cells``: the month cells that its figures come from,
    so that a reader is told where the period has no vouchers.
    """
    chart = source.chart
    if span.last < Month.of(source.facts.opened):
        raise Refused(
            finding(
                "before-book",
                f"账簿于 {source.facts.opened} 建账，没有 {period} 的账",
                f"the book was opened on {source.facts.opened}; it has nothing of {period}",
                "选择建账以后的期间",
                "choose a later period",
            )
        )
    digest = source.model.digest(span.last)
    facts = [
        (Words("金额单位", "Amounts in"), "元 CNY yuan"),
        (Words("编制基础", "Basis"), f"{chart.basis.zh} {chart.basis.en}"),
        (Words("科目表", "Chart of accounts"), f"{chart.name.zh} {chart.id}"),
        *source.signatures,
        (Words("账簿摘要", "Ledger digest"), digest[:16]),
    ]
    if cells is not None:
        notes = (*notes, *_reach(cells, span))
    if from_chart:
        facts.insert(3, (Words("依据", "Rule"), chart.source))
        notes = (*notes, *_of_rule(chart, span))
    return Statement(
        name=name,
        title=title,
        unit=source.unit,
        unit_name=source.facts.name,
        period=str(period),
        columns=columns,
        lines=lines,
        form=form,
        facts=tuple(facts),
        notes=notes,
        label_column=label_column,
        digest=digest,
        coded=coded,
        alarms=alarms,
    )
