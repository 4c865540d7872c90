"""党费收缴使用情况: dues that came in, what went up and down, their uses, and what is left.

All of it from the book. In a separate book of party dues every account has its place in the form:
what is owed upwards came in with the dues and goes up when it is remitted. Elsewhere the funds that
dues are entered in are told, with a line for each account that moved. Always
opening + in - out + other = closing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ledger.account import account_label
from ledger.chart import BEGIN, END, MOVED
from ledger.errors import Refused, Words, finding
from ledger.money import Money
from reports.statement import Backing, Column, Line, Statement, VoucherLine
from reports.statements.dues_rows import rule_words
from reports.statements.figures import Figure, Figures, Span, foreign_note
from reports.statements.head import figure_ref, make_statement, unknown_ref

if TYPE_CHECKING:
    from ledger.period import Period
    from reports.statements.source import Source

NAME: Final = "dues-use"
TITLE: Final = Words("党费（会费）收缴使用情况", "Dues: collected and used")
PARTY: Final = "party-dues"
_IN, _OUT, _OTHER, _HELD = "in", "out", "other", "held"
_MAIN: Final = "amount"
_BESIDE: Final = "beside"

#: The form of a separate book of party dues: code, words, side, accounts of the chart.
_FORM: Final = (
    ("collected", Words("收缴党费", "Dues collected"), _IN, ("401", "201")),
    ("allocated", Words("上级下拨党费", "Allocated from above"), _IN, ("402",)),
    ("interest", Words("利息", "Interest"), _IN, ("403",)),
    ("large", Words("大额党费", "Single large payments"), _IN, ("202",)),
    ("income", Words("其他收入", "Other income"), _IN, ("409",)),
    ("remitted", Words("上缴党费", "Remitted upwards"), _OUT, ("201",)),
    ("passed-on", Words("大额党费上缴", "Large payments passed on"), _OUT, ("202",)),
    ("granted", Words("下拨党费", "Allocated to lower committees"), _OUT, ("506",)),
    ("training", Words("使用：培训党员", "Used: training of members"), _OUT, ("501",)),
    ("education", Words("使用：教育报刊、资料和设备", "Used: papers, equipment"), _OUT, ("502",)),
    ("commending", Words("使用：表彰", "Used: commendations"), _OUT, ("503",)),
    ("hardship", Words("使用：补助生活困难党员", "Used: members in hardship"), _OUT, ("504",)),
    ("disaster", Words("使用：补助受灾", "Used: disaster relief"), _OUT, ("505",)),
    ("spent", Words("其他支出", "Other expenditure"), _OUT, ("509",)),
)  # fmt: skip
_PASSED: Final = ("201", "202")  # what is owed upwards: in when it comes, out when it goes


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the report. ``passed`` figures count only what came (in) or went (out)."""

    code: str
    label: Words
    side: str
    figures: tuple[Figure, ...]
    passed: tuple[Figure, ...] = ()
    style: str = "line"


def build(source: Source, period: Period) -> Statement:
    """A month stands beside the year so far, a year beside the year before.

    Refused where the unit collects no dues.
    """
    span = Span.of(period)
    beside = span.year_before if span.is_year else span.year
    figures = Figures(source)
    figures.expect(None, span.last)
    lines = []
    for row, other in zip(
        _rows(source, figures, span), _rows(source, figures, beside), strict=True
    ):
        amounts = _amount(source, figures, row), _amount(source, figures, other)
        always = source.chart.id == PARTY and row.side != _OTHER
        if any(amounts) or row.side == _HELD or row.style != "line" or always:
            lines.append(_line(source, period, row, amounts))
    columns = (
        Column(_MAIN, Words("本期", "This period"), primary=True),
        Column(
            _BESIDE,
            Words("上年", "Year before") if span.is_year else Words("本年累计", "Year to date"),
        ),
    )
    notes = (
        Words(
            "期初结存 + 收入 − 支出 + 其他变动 = 期末结存；各数据取自账簿。",
            "Opening + in − out + other = closing; every figure is the book's.",
        ),
        *foreign_note(figures),
    )
    return make_statement(
        source, span, period, NAME, TITLE, columns, tuple(lines), notes=notes,
        label_column=Words("项目", "Item"), cells=figures.loaded,
    )  # fmt: skip


def spent(statement: Statement) -> list[Line]:
    """The lines of what went out, without their sum."""
    codes = [line.code for line in statement.lines]
    return list(statement.lines[codes.index("total-in") + 1 : codes.index("total-out")])


def backing(source: Source, period: Period, line: str, column: str) -> Backing:
    """The postings behind a figure."""
    ref = figure_ref(source.unit, NAME, period, line, column)
    if column not in ("", _MAIN, _BESIDE):
        raise unknown_ref(ref)
    span = Span.of(period)
    if column == _BESIDE:
        span = span.year_before if span.is_year else span.year
    figures = Figures(source)
    row = next((row for row in _rows(source, figures, span) if row.code == line), None)
    if row is None:
        raise unknown_ref(ref)
    opening: Money | None = None
    postings: list[VoucherLine] = []
    for figure in row.figures:
        found = figures.backing(figure, ref, row.label)
        postings += found.postings
        if found.opening is not None:
            opening = found.opening if opening is None else opening + found.opening
    postings += _passed(source, figures, row)
    return Backing(ref, row.label, opening, tuple(postings), _amount(source, figures, row))


# ---- rows --------------------------------------------------------------------------------------


def _rows(source: Source, figures: Figures, span: Span) -> list[Row]:
    found = list(
        _party(figures, span) if source.chart.id == PARTY else _of_funds(source, figures, span)
    )
    return [*found[:1], *_with_totals(found[1:-1]), found[-1]]


def _with_totals(rows: list[Row]) -> Iterator[Row]:
    """The rows, with what came in and what went out in all."""
    for side, code, words in (
        (_IN, "total-in", Words("收入合计", "Total in")),
        (_OUT, "total-out", Words("支出合计", "Total out")),
    ):
        mine = [row for row in rows if row.side == side]
        yield from mine
        whole = tuple(figure for row in mine for figure in row.figures)
        passed = tuple(figure for row in mine for figure in row.passed)
        yield Row(code, words, side, whole, passed, "subtotal")
    yield from (row for row in rows if row.side == _OTHER)


def _party(figures: Figures, span: Span) -> Iterator[Row]:
    """The form of a separate book: every account has its place, or counts as other."""
    chart, used = figures.codes, {"101", "102", "131", "203"}

    def of(codes: set[str], sign: int) -> dict[str, int]:
        return {name: sign for name in figures.accounts if chart[name] & codes}

    held = of(used, 1)
    yield Row("opening", _opening(span), _HELD, (Figure(held, BEGIN, span),))
    for code, words, side, accounts in _FORM:
        sign = -1 if side == _IN else 1
        own = of({*accounts} - {*_PASSED}, sign)
        through = of({*accounts} & {*_PASSED}, sign)
        used |= {*accounts}
        yield Row(
            code, words, side,
            (Figure(own, MOVED, span, operating=True),) if own else (),
            (Figure(through, MOVED, span, operating=True),) if through else (),
        )  # fmt: skip
    rest = {name: -1 for name in figures.accounts if not chart[name] & used}
    yield _other(rest, span, None)
    yield Row("closing", _closing(span), _HELD, (Figure(held, END, span),), style="total")


def _of_funds(source: Source, figures: Figures, span: Span) -> Iterator[Row]:
    """The funds that dues are entered in, a line for each account that moved."""
    dues = source.dues
    schemes = [one for one in dues.schemes if one.unit == source.unit] if dues else []
    if not schemes:
        raise Refused(
            finding(
                "no-dues-scheme",
                f"单位 {source.unit} 没有设定会费收缴办法，无从说明收缴使用情况",
                f"unit {source.unit} collects no dues by any rule",
                "先用 mingbai dues scheme 设定规则、科目与资金",
                "say with mingbai dues scheme by which rule, and where what is paid is entered",
            )
        )
    funds = sorted({one.fund for one in schemes})
    held = {name: 1 for name, facts in figures.facts.items() if _is_held(name, facts.capital)}
    of_dues = {one.account: rule_words(one.rule) for one in schemes}

    def each(signs: dict[str, int], at: str) -> tuple[Figure, ...]:
        return tuple(Figure(signs, at, span, fund, operating=at == MOVED) for fund in funds)

    yield Row("opening", _opening(span), _HELD, each(held, BEGIN))
    for name in figures.accounts:
        if name in of_dues:
            words = Words(f"{of_dues[name].zh}收缴", f"{of_dues[name].en} collected")
            yield Row("collected-" + _code(name), words, _IN, each({name: -1}, MOVED))
    for name in figures.accounts:
        if name.startswith("Income:") and name not in of_dues:
            yield Row(_code(name), _account(figures, name), _IN, each({name: -1}, MOVED))
    for name in figures.accounts:
        if name.startswith("Expenses:"):
            yield Row(_code(name), _account(figures, name), _OUT, each({name: 1}, MOVED))
    rest = {
        name: -1
        for name in figures.accounts
        if name not in held and not name.startswith(("Income:", "Expenses:"))
    }
    yield Row("other", _OTHER_WORDS, _OTHER, each(rest, MOVED))
    yield Row("closing", _closing(span), _HELD, each(held, END), style="total")


_OTHER_WORDS: Final = Words("其他变动（转入转出、购置实物）", "Other: transfers, things bought")


def _other(signs: dict[str, int], span: Span, fund: str | None) -> Row:
    figure = Figure(signs, MOVED, span, fund, operating=True)
    return Row("other", _OTHER_WORDS, _OTHER, (figure,))


def _is_held(name: str, capital: bool) -> bool:
    return name.startswith(("Assets:", "Liabilities:")) and not capital


def _code(name: str) -> str:
    """The digits of an account's components: ``50102``."""
    return "".join(part.partition("-")[0] for part in name.split(":")[1:])


def _account(figures: Figures, name: str) -> Words:
    return Words(account_label(name), figures.facts[name].name_en or account_label(name))


def _opening(span: Span) -> Words:
    if span.is_year or span.first.month == 1:
        return Words("上年结存", "Brought forward from the year before")
    return Words("期初结存", "Opening")


def _closing(span: Span) -> Words:
    if span.is_year:
        return Words("年末结存", "Closing of the year")
    return Words("期末结存", "Closing")


# ---- amounts -----------------------------------------------------------------------------------


def _amount(source: Source, figures: Figures, row: Row) -> Money:
    fen = sum(figures.value(figure).fen for figure in row.figures)
    return Money(fen + sum(line.amount.fen for line in _passed(source, figures, row)))


def _passed(source: Source, figures: Figures, row: Row) -> list[VoucherLine]:
    """Of what is owed upwards: what came (in), or what went up (out).

    A reversal takes back from the side that it reverses.
    """
    found = []
    for figure in row.passed:
        for line in figures.backing(figure, row.code, row.label).postings:
            reversal = source.model.voucher(line.number).draft.reverses is not None
            if (line.amount.fen > 0) != reversal:
                found.append(line)
    return found


def _line(source: Source, period: Period, row: Row, amounts: tuple[Money, Money]) -> Line:
    return Line(
        row.code,
        row.label,
        amounts,
        ref=figure_ref(source.unit, NAME, period, row.code),
        level=1 if row.style == "line" and row.side != _HELD else 0,
        style="subtotal" if row.code == "opening" else row.style,
        refs={_BESIDE: figure_ref(source.unit, NAME, period, row.code, _BESIDE)},
    )
