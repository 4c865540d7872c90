"""Income and use of union funds: the levy by what was declared and by which way it came, and the
lines of the income statement beside the budget, from January to the period's end.

Columns are those in which unions publish their final accounts: budget, adjusted, actual, per cent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from ledger.errors import Words
from ledger.money import Money
from reports.statement import TEXT, Backing, Column, Line, Statement, VoucherLine
from reports.statements.figures import Span
from reports.statements.forms import build_form, form_backing
from reports.statements.head import figure_ref, make_statement, unknown_ref
from reports.statements.source import LevyFacts

if TYPE_CHECKING:
    from ledger.model import PostedLine
    from ledger.period import Period
    from reports.statements.source import Source

NAME: Final = "levy"
TITLE: Final = Words("工会经费收支情况", "Income and use of union funds")
_ACTUAL: Final = "actual"
_LEVY, _PREPARATION = "union-levy", "union-preparation"
_FORM: Final = "income-statement"
_CHANNELS: Final = {
    "direct": Words("单位直接拨缴", "from employers"),
    "tax": Words("税务代收转拨", "through the tax office"),
    "fiscal": Words("财政划拨", "by fiscal transfer"),
}
_PARTS: Final = {
    "grass-roots": Words("本级留成", "kept"),
    "upper": Words("应上缴部分", "upper unions'"),
}


_DECLARED: Final = Words("申报", "Declared")


@dataclass(frozen=True)
class _Row:
    """A figure of the levy: what is declared (``start``), and postings that add to it."""

    code: str
    label: Words
    start: Money | None
    postings: tuple[VoucherLine, ...] = ()
    style: str = "line"
    start_label: Words = _DECLARED

    @property
    def amount(self) -> Money:
        start = self.start if self.start is not None else Money(0)
        return start + Money(sum(line.amount.fen for line in self.postings))


def build(source: Source, period: Period) -> Statement:
    """The levy and the income statement of the year so far."""
    span = Span.of(period)
    facts = _facts(source)
    form = build_form(source, _FORM, period)
    place = next(i for i, column in enumerate(form.columns) if column.key == "year")
    lines = [
        Line("h-levy", Words("拨缴经费收缴情况", "The levy"), (), level=0, style="heading"),
        *(_levy_line(source, period, row) for row in _rows(source, facts, span)),
        Line("h-result", Words("经费收支决算", "Income and use"), (), level=0, style="heading"),
        *(_form_line(source, period, line, place) for line in form.lines),
    ]
    columns = (
        Column("budget", Words("预算数", "Budget")),
        Column("adjusted", Words("调整数", "Adjusted")),
        Column(_ACTUAL, Words("决算数", "Actual"), primary=True),
        Column("percent", Words("完成%", "Per cent"), kind=TEXT, share=0.6),
    )
    return make_statement(
        source, span, period, NAME, TITLE, columns, tuple(lines), form=form.form,
        notes=tuple(_notes(facts, span)), label_column=Words("项目", "Item"), from_chart=True,
        cells=source.model.cells(since=span.year.first, through=span.last),
    )  # fmt: skip


def backing(source: Source, period: Period, line: str, column: str) -> Backing:
    """What stands behind one figure: postings, and before them what was declared.

    Refused for a line or column that the statement does not have.
    """
    ref = figure_ref(source.unit, NAME, period, line, column)
    if column not in ("", _ACTUAL):
        raise unknown_ref(ref)
    span = Span.of(period)
    for row in _rows(source, _facts(source), span):
        if row.code == line:
            return Backing(
                ref, row.label, row.start, row.postings, row.amount,
                opening_label=row.start_label,
            )  # fmt: skip
    found = form_backing(source, _FORM, period, line, "" if span.is_year else "year")
    return replace(found, ref=ref)


def _facts(source: Source) -> LevyFacts:
    return source.levy if source.levy is not None else LevyFacts()


# ---- rows of the levy --------------------------------------------------------------------------


def _rows(source: Source, facts: LevyFacts, span: Span) -> list[_Row]:
    """What was declared in the year so far, what came of it by which way, and whose it is."""
    if not facts.targets:
        return []
    came = list(_came(source, facts, span))
    levy = [(line, of) for line, of in came if facts.claims[of].rule == _LEVY]
    held = [line for line, of in came if facts.claims[of].rule == _PREPARATION]
    due = Money(facts.due.get(_LEVY, 0))
    rows = [
        _Row("levy-payroll", Words("申报工资总额", "Payroll declared"),
             Money(facts.payroll.get(_LEVY, 0))),
        _Row("levy-due", Words("应收拨缴经费", "Levy due"), due),
    ]  # fmt: skip
    for channel, name in _CHANNELS.items():
        lines = [line for line, of in levy if facts.claims[of].channel == channel]
        rows.append(
            _Row(f"levy-{channel}", Words(f"其中：{name.zh}", f"received {name.en}"), None,
                 _postings(lines, 1))
        )  # fmt: skip
    everything = [line for line, _ in levy]
    rows.append(
        _Row("levy-received", Words("实收合计", "Received"), None, _postings(everything, 1),
             style="subtotal")
    )  # fmt: skip
    # A payment of an earlier year's levy is received now, and was due then.
    of_year = [
        line for line, of in levy if facts.claims[of].month.startswith(str(span.last.year))
    ]  # fmt: skip
    rest = _Row(
        "levy-outstanding", Words("本年应收未收", "Outstanding of the year"), due,
        _postings(of_year, -1), start_label=Words("应收", "Due"),
    )  # fmt: skip
    if rest.amount.fen < 0:
        rest = _Row(
            "levy-outstanding", Words("本年多缴", "Paid beyond what is due of the year"), -due,
            _postings(of_year, 1), start_label=Words("应收", "Due"),
        )  # fmt: skip
    rows.append(rest)
    for part in dict.fromkeys(facts.claims[of].part for _, of in levy):
        name = _PARTS.get(part, Words(part, part))
        lines = [line for line, of in levy if facts.claims[of].part == part]
        rows.append(
            _Row(f"levy-part-{part}", Words(f"实收分成：{name.zh}", f"of it {name.en}"), None,
                 _postings(lines, 1))
        )  # fmt: skip
    rows.append(
        _Row("levy-held", Words("收到建会筹备金（代存）", "Preparation money, held"), None,
             _postings(held, 1))
    )  # fmt: skip
    return rows


def _came(source: Source, facts: LevyFacts, span: Span) -> Iterator[tuple[PostedLine, str]]:
    """Posted lines that settle a levy's claim, with its code; reversals take them back."""
    accounts = sorted({account for account, _ in facts.targets.values()})
    for line in source.model.lines(
        since=span.year.first, through=span.last, accounts=accounts
    ):  # fmt: skip
        code = dict(line.meta).get("claim", "")
        if code in facts.claims:
            yield line, code


def _postings(lines: list[PostedLine], sign: int) -> tuple[VoucherLine, ...]:
    """Credits as positive figures; ``sign`` -1 for what is taken from another."""
    return tuple(
        VoucherLine(
            line.number, line.day, line.narration, line.account, line.fund,
            -line.amount if sign > 0 else line.amount, line.papers,
        )
        for line in lines
    )  # fmt: skip


def _levy_line(source: Source, period: Period, row: _Row) -> Line:
    return Line(
        row.code, row.label, (None, None, row.amount, ""),
        ref=figure_ref(source.unit, NAME, period, row.code), style=row.style,
        level=0 if row.style == "subtotal" else 1,
    )  # fmt: skip


def _form_line(source: Source, period: Period, line: Line, place: int) -> Line:
    if line.style == "heading":
        return line
    ref = figure_ref(source.unit, NAME, period, line.code)
    cells = (None, None, line.cells[place], "")
    return replace(line, cells=cells, ref=ref, refs={})


def _notes(facts: LevyFacts, span: Span) -> Iterator[Words]:
    yield Words(
        f"决算数自 {span.year.first} 至 {span.last}；没有装入预算，预算数、调整数与完成%为空。",
        f"Actual is from {span.year.first} to {span.last}; no budget is loaded, so that budget, "
        "adjusted and per cent are empty.",
    )
    if not facts.targets:
        yield Words(
            "没有设定拨缴经费记入何处，不列收缴。",
            "Nobody said where a levy is entered: none is shown.",
        )
    yield Words(
        f"期末会员 {facts.members} 人；申报缴费单位 {facts.declared} 个；"
        f"工资总额 {Money(sum(facts.payroll.values())).grouped}，"
        f"其中尚未建会 {Money(facts.payroll.get(_PREPARATION, 0)).grouped}。",
        f"{facts.members} members at the end; {facts.declared} employers declared a payroll of "
        f"{Money(sum(facts.payroll.values())).grouped}, of it "
        f"{Money(facts.payroll.get(_PREPARATION, 0)).grouped} without a union.",
    )
