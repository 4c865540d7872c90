"""The cash-flow statement (会民非03表), by the direct method: what cash came from and went to.

Its lines are the chart's data: each names the counterparts of cash received and paid that it holds
(:mod:`reports.statements.flows` says how a voucher's change of cash is divided). A detail account
goes before its parent; counterparts that no line names count as other cash received or paid.
Opening balances are no flows. Cash are the chart's ``cash`` accounts, in yuan.

The statement is proved each time: the net increase, added up from vouchers, is the closing cash
less the opening cash by the month cells, to the fen, or there is no statement.

Source: 《民间非营利组织会计制度》财会〔2004〕7号, part five, 3.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

from ledger.chart import BEGIN, END, IN, OUT, REST, Form
from ledger.errors import CannotRun, Words, finding
from ledger.money import CNY, Money
from ledger.period import Month
from reports.statement import Backing, Cell, Column, Line, Statement, VoucherLine
from reports.statements.figures import Figure, Figures, Span, foreign_note
from reports.statements.flows import Flow, divide
from reports.statements.forms import form_of
from reports.statements.head import figure_ref, make_statement, unknown_ref
from reports.statements.source import Snapshot

if TYPE_CHECKING:
    from ledger.model import PostedLine
    from ledger.period import Period
    from reports.statements.source import Source

NAME: Final = "cash-flow"
TITLE: Final = Words("现金流量表", "Cash-flow statement")
#: How the narration of every reversal begins; whether it is one, its voucher says.
_REVERSAL: Final = "冲销"
_NOTE: Final = Words(
    "直接法：各项按收付凭证的对方科目归集；现金之间、资金之间的划转不计；冲销冲减原项目。",
    "Direct method, by the counterparts of each voucher. What moved between cash accounts or "
    "between funds is left out; a reversal reduces the line it reverses.",
)


def build(source: Source, period: Period) -> Statement:
    """The statement of a month with the year to date, or of a year beside the year before.

    Refused if the chart has no such form, with the names of those it has. CannotRun if the net
    increase is not what cash changed by.
    """
    span = Span.of(period, quarters=True)
    form = form_of(source, NAME)
    places = _places(span)
    flows = {key: _proved(source, form, place.span) for key, place in places.items()}
    lines = []
    for line in form.lines:
        if line.style == "heading":
            lines.append(Line(line.code, line.label, (), level=line.level, style=line.style))
            continue
        cells: dict[str, Cell] = {
            key: found.value(line.code) if found else None for key, found in flows.items()
        }
        lines.append(
            Line(
                line.code,
                line.label,
                tuple(cells.values()),
                ref=figure_ref(source.unit, NAME, period, line.code),
                level=line.level,
                style=line.style,
                refs={
                    key: figure_ref(source.unit, NAME, period, line.code, key)
                    for key, cell in cells.items()
                    if not places[key].primary and cell is not None
                },
            )
        )
    figures = Figures(source)
    figures.expect(None, span.last)
    return make_statement(
        source,
        span,
        period,
        NAME,
        form.title,
        tuple(Column(key, place.label, primary=place.primary) for key, place in places.items()),
        tuple(lines),
        form=form.number,
        notes=(_NOTE, *_first_year(source, span), *foreign_note(figures)),
        label_column=Words("项目", "Item"),
        from_chart=True,
        cells=figures.loaded,
    )


def backing(source: Source, period: Period, line: str, column: str) -> Backing:
    """The counterparts behind one figure, each with what of the cash it explains.

    Refused for a line or column that the form does not have, and for a year before the book.
    """
    span = Span.of(period, quarters=True)
    form = form_of(source, NAME)
    ref = figure_ref(source.unit, NAME, period, line, column)
    places = _places(span)
    found = form.line(line)
    place = places[column or next(iter(places))] if column in ("", *places) else None
    if found is None or found.style == "heading" or place is None:
        raise unknown_ref(ref)
    flows = _proved(source, form, place.span)
    if flows is None:
        raise unknown_ref(ref)
    return Backing(ref, found.label, None, tuple(flows.postings(line)), flows.value(line))


# ---- columns -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Place:
    label: Words
    span: Span
    primary: bool = False


def _places(span: Span) -> dict[str, _Place]:
    if span.is_year:
        return {
            "year": _Place(Words("本年数", "This year"), span, primary=True),
            "last-year": _Place(Words("上年数", "Last year"), span.year_before),
        }
    key, label = span.own
    return {
        key: _Place(label, span, primary=True),
        "year": _Place(Words("本年累计数", "Year to date"), span.year),
    }


def _first_year(source: Source, span: Span) -> tuple[Words, ...]:
    opened = source.facts.opened
    if opened.year != span.last.year:
        return ()
    return (
        Words(
            f"账簿于 {opened} 建账：累计数自建账日起，无上年数。",
            f"The book was opened on {opened}: the year begins with that day, "
            "and there are no figures of the year before.",
        ),
    )


# ---- flows of a span ---------------------------------------------------------------------------


class _Flows:
    """The flows of one span by the lines of the form."""

    def __init__(self, form: Form, by_line: dict[str, list[Flow]]) -> None:
        self._form = form
        self._by_line = by_line

    def value(self, code: str) -> Money:
        """The figure of a line: what its flow lines hold, added up as the form says."""
        return Money(sum(sign * flow.fen for sign, flow in self._signed(code)))

    def postings(self, code: str) -> list[VoucherLine]:
        """What stands behind the figure, in the order of the book."""
        found = [
            VoucherLine(
                flow.line.number,
                flow.line.day,
                flow.line.narration,
                flow.line.account,
                flow.line.fund,
                Money(sign * flow.fen),
                flow.line.papers,
            )
            for sign, flow in self._signed(code)
        ]
        return sorted(found, key=lambda line: (line.day, line.number))

    def _signed(self, code: str) -> list[tuple[int, Flow]]:
        found = []
        for inner, times in self._form.flows(code).items():
            line = self._form.line(inner)
            out = line is not None and line.flow == OUT
            found += [(-times if out else times, flow) for flow in self._by_line.get(inner, [])]
        return found


#: The flows of books that are being looked at as they are at one moment.
_kept: WeakKeyDictionary[Snapshot, dict[tuple[str, Span], _Flows]] = WeakKeyDictionary()


def _proved(source: Source, form: Form, span: Span) -> _Flows | None:
    """The flows of a span, proved; None for a span that ended before the book was opened."""
    if span.last < Month.of(source.facts.opened):
        return None
    kept = _kept.setdefault(source.model, {}) if isinstance(source.model, Snapshot) else {}
    found = kept.get((source.chart.id, span))
    if found is None:
        figures = Figures(source)
        figures.expect(None, span.last)
        figures.refuse_strangers()
        found = _Flows(form, _read(source, form, figures, span))
        _prove(form, figures, span, found)
        kept[source.chart.id, span] = found
    return found


def _read(source: Source, form: Form, figures: Figures, span: Span) -> dict[str, list[Flow]]:
    cash = _cash(figures)
    lines_of = {side: _lines_by_account(source, form, figures, side) for side in (IN, OUT)}
    openings = {*figures.openings} if figures.opened_within(span) else set()
    vouchers: dict[str, list[PostedLine]] = {}
    for line in source.model.lines(since=span.first, through=span.last):
        if line.amount.currency == CNY and line.number not in openings:
            vouchers.setdefault(line.number, []).append(line)
    found: dict[str, list[Flow]] = defaultdict(list)
    for number, lines in vouchers.items():
        if cash.isdisjoint(line.account for line in lines):
            continue
        reversal = (
            lines[0].narration.startswith(_REVERSAL)
            and source.model.voucher(number).draft.reverses is not None
        )
        for flow in divide(lines, cash, reversal=reversal):
            found[lines_of[flow.side][flow.line.account]].append(flow)
    return found


def _cash(figures: Figures) -> frozenset[str]:
    codes = {*figures.source.chart.cash}
    return frozenset(name for name in figures.accounts if figures.codes[name] & codes)


def _lines_by_account(source: Source, form: Form, figures: Figures, side: str) -> dict[str, str]:
    """By book account: the line that holds it as a counterpart of this side."""
    by_code = {
        code: line.code
        for line in form.lines
        for code in (line.received if side == IN else line.paid)
    }
    return {
        name: next(
            (
                by_code[account.code]
                for account in reversed(source.chart.path(name))
                if account.code in by_code
            ),
            by_code[REST],
        )
        for name in figures.accounts
    }


def _prove(form: Form, figures: Figures, span: Span, flows: _Flows) -> None:
    """CannotRun unless the net increase is closing cash less opening cash by the month cells."""
    signs = dict.fromkeys(_cash(figures), 1)
    opening = figures.value(Figure(signs, BEGIN, span))
    closing = figures.value(Figure(signs, END, span))
    net = flows.value(form.proof[0])
    if net != closing - opening:
        moved = (closing - opening).grouped
        when = f"{span.first}–{span.last}"
        raise CannotRun(
            finding(
                "cash-flow-unproved",
                f"{when}：现金净增加额 {net.grouped}，现金期末减期初 {moved}",
                f"{when}: the flows of cash come to {net.grouped}, "
                f"closing less opening cash is {moved}",
                "运行 mingbai check；删除 .cache 后重试",
                "run mingbai check; delete .cache and try again",
            )
        )
