"""The dues roll: what was to be paid for a month and what was, for members by name or for everyone.

``build`` makes the public version (:mod:`reports.statements.dues_public`), ``build_named`` the one
that goes to members: 姓名, 月基数, 比例, 应交, 实交, 差额.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Final

from ledger.errors import Words
from ledger.money import Money
from ledger.period import Month
from reports.statement import COUNT, DAY, TEXT, Backing, Column, Line, Statement
from reports.statements.cells import Cell
from reports.statements.dues_public import PublicRoll, refuse_open
from reports.statements.dues_rows import Claimed, DuesRows, Person, Sums, rule_words, sums
from reports.statements.figures import Span
from reports.statements.head import (
    PUBLIC,
    figure_ref,
    for_audience,
    make_statement,
    unknown_ref,
)

if TYPE_CHECKING:
    from ledger.period import Period
    from reports.statements.source import Source

NAME: Final = "dues-roll"
TITLE: Final = Words("会费收缴情况（公开版）", "Dues roll, public")
NAMED: Final = Words("会费收缴名册", "Dues roll")
TOTAL: Final = "all"
_FOR_EVER: Final = date.max  # members see what was paid by now
_OWED: Final = Words("应交", "Owed")
_PAID: Final = Words("实交", "Paid")
_ARREARS: Final = Words("差额", "Not paid")
_WITHHELD: Final = Words(
    "空格处不公开：少于五人的数，以及与本年各期已公开的数相比能算出少于五人的数，都不列出。",
    "What is blank is not told: sums over fewer than five members, and sums from which, with those "
    "told of this year, such sums could be computed.",
)
_AS_OF: Final = Words(
    "实交为当月末以前入账的数；少于五人的档次与其他档次合并。",
    "Paid is what the books had by the month's end; rows of fewer than five are taken together.",
)

_WHEN: Final = Words(
    "会员名册结账以后才有；会员版加 --audience members",
    "roll is drawn when it is; --audience members draws the members' version",
)
_ONE_ROW: Final = Words(
    "{}只列合计：本月应交的会员同属一个档次，或各档次不足五人、合并为一组，合计即为这一组的数。",
    "Of {} only the total stands: whoever owes them is in one row of the rule, or the rows have "
    "fewer than five and were taken together, and the total is that group's.",
)


# ---- for everyone ------------------------------------------------------------------------------


def build(source: Source, period: Period) -> Statement:
    """The public roll: of a month by the rows of the rule, of a year by its months.

    Refused while the last month that it tells of is not closed.
    """
    roll = PublicRoll(source)
    lines: list[Line] = []
    last = Month.of(period.last)
    if not Span.of(period).is_year and any(last in roll.months(rule) for rule in roll.rules):
        refuse_open(source.unit, source.dues.closed if source.dues else (), last, _WHEN)
    for rule in roll.rules:
        for code, words, cell in _cells(roll, source, rule, period):
            lines.append(_public_line(source, period, code, words, cell))
    columns = (
        Column("members", Words("人数", "Members"), kind=COUNT, share=0.9),
        Column("owed", _OWED, primary=True),
        Column("paid", _PAID),
        Column("arrears", _ARREARS),
    )
    statement = make_statement(
        source, Span.of(period), period, NAME, TITLE, columns, tuple(lines),
        notes=(*_one_row(roll, period), _AS_OF, _WITHHELD) if lines else (_nothing(period),),
        label_column=Words("月份", "Month") if Span.of(period).is_year else Words("档次", "Row"),
    )  # fmt: skip
    return for_audience(statement, PUBLIC)


def backing(source: Source, period: Period, line: str, column: str) -> Backing:
    """The claims or payments behind a figure that is told; Refused for any other."""
    ref = figure_ref(source.unit, NAME, period, line, column)
    roll = PublicRoll(source)
    kind = column or "owed"
    for rule in roll.rules:
        for code, words, cell in _cells(roll, source, rule, period):
            fen = getattr(cell, kind, None) if kind in ("owed", "paid", "arrears") else None
            if code == line and fen is not None:
                month = _month(code, period)
                lines = [] if kind == "arrears" else roll.lines(rule, month, cell, kind)
                if kind == "arrears":
                    lines = roll.lines(rule, month, cell, "owed")
                    paid = roll.lines(rule, month, cell, "paid")
                    lines += [replace(one, amount=-one.amount) for one in paid]
                return Backing(ref, words, None, tuple(lines), Money(fen))
    raise unknown_ref(ref)


def _cells(
    roll: PublicRoll, source: Source, rule: str, period: Period
) -> Iterator[tuple[str, Words, Cell]]:
    """The lines of a rule: their codes, what they are called, and what is told."""
    months = list(period.months())
    if len(months) > 1:
        for month in roll.months(rule):
            if month in months and roll.is_closed(month):
                yield f"{rule}.{month}", Words(str(month), str(month)), roll.of(rule, month).total
        return
    told = roll.of(rule, months[0])
    for cell in told.cells:
        yield f"{rule}.{'+'.join(cell.rows)}", _row_words(source.dues, cell.rows), cell
    if months[0] in roll.months(rule):
        name = rule_words(rule)
        yield f"{rule}.{TOTAL}", Words(f"{name.zh}合计", f"{name.en}, total"), told.total


def _one_row(roll: PublicRoll, period: Period) -> Iterator[Words]:
    """Why there are no rows above a total, for each rule of which that is so."""
    months = list(period.months())
    if len(months) > 1:
        return
    for rule in roll.rules:
        if months[0] in roll.months(rule) and not roll.of(rule, months[0]).cells:
            name = rule_words(rule)
            yield Words(_ONE_ROW.zh.format(name.zh), _ONE_ROW.en.format(name.en))


def _month(code: str, period: Period) -> Month:
    end = code.rpartition(".")[2]
    return Month.parse(end) if end[:4].isdigit() and len(end) == 7 else Month.of(period.last)


def _row_words(dues: DuesRows | None, rows: Iterable[str]) -> Words:
    names = {row: words for (_, row), words in (dues.rows if dues else {}).items()}
    found = [names.get(row, Words(row, row)) for row in rows]
    return Words("、".join(one.zh for one in found), "; ".join(one.en for one in found))


def _public_line(source: Source, period: Period, code: str, words: Words, cell: Cell) -> Line:
    told = (cell.owed, cell.paid, cell.arrears)
    keys = ("owed", "paid", "arrears")
    return Line(
        code,
        words,
        (cell.members, *(None if fen is None else Money(fen) for fen in told)),
        ref=figure_ref(source.unit, NAME, period, code) if cell.owed is not None else "",
        style="total" if code.endswith(f".{TOTAL}") else "line",
        refs={
            key: figure_ref(source.unit, NAME, period, code, key)
            for key, fen in zip(keys[1:], told[1:], strict=True)
            if fen is not None
        },
    )  # fmt: skip


def _nothing(period: Period) -> Words:
    return Words(f"{period} 没有核定会费。", f"No dues were assessed for {period}.")


# ---- for members -------------------------------------------------------------------------------


def build_named(source: Source, period: Period) -> Statement:
    """The roll by name, with what stands behind each amount to be seen in ``dues explain``.

    The source is :func:`reports.dues_source.named_source`'s; who called it logged the reading.
    """
    dues = source.dues
    if dues is None or (dues.claims and not dues.people):
        raise ValueError("a roll by name is built from a source that names")
    months = set(period.months())
    lines: list[Line] = []
    rules = sorted(
        {claim.rule for claim in dues.claims if claim.month in months}
        | {one.rule for one in dues.assessed if one.month in months}
    )
    for rule in rules:
        if len(rules) > 1:
            lines.append(Line(rule, rule_words(rule), (), style="heading"))
        lines += _named_lines(dues, rule, months)
    columns = (
        Column("status", Words("身份", "Status"), kind=TEXT, share=1.0),
        Column("base", Words("月基数", "Base")),
        Column("rate", Words("比例或档次", "Rate or row"), kind=TEXT, share=1.7),
        Column("owed", _OWED, primary=True),
        Column("paid", _PAID),
        Column("arrears", _ARREARS),
        Column("paid_on", Words("交纳日", "Paid on"), kind=DAY, share=0.8),
    )
    statement = make_statement(
        source, Span.of(period), period, NAME, NAMED, columns, tuple(lines),
        notes=(
            Words(
                "含姓名与收入，只向会员公布，不得上网或外传。",
                "With names and incomes: for members only, not for the open web.",
            ),
            *(() if lines else (_nothing(period),)),
        ),
        label_column=Words("姓名", "Name"),
    )  # fmt: skip
    return for_audience(statement, Words("会员（含姓名）", "members, with names"))


def _named_lines(dues: DuesRows, rule: str, months: set[Month]) -> Iterator[Line]:
    of: dict[str, list[Claimed]] = {}
    for claim in dues.claims:
        if claim.rule == rule and claim.month in months:
            of.setdefault(claim.member, []).append(claim)
    # Who owes nothing by an exemption stands in the roll as well.
    for one in dues.assessed:
        if one.rule == rule and one.month in months:
            of.setdefault(one.member, [])
    whole = Sums()
    people = {
        member: dues.people.get((rule, member)) or Person("–", dues.numbers.get(member, ""))
        for member in of
    }
    for member in sorted(of, key=lambda one: (people[one].number, one)):
        found = sums(of[member], _FOR_EVER)
        whole += found
        yield _named_line(member, people[member], found, of[member])
    total = Words(f"合计 {len(of)} 人", f"Total of {len(of)}")
    amounts = (Money(whole.owed), Money(whole.settled), Money(whole.owed - whole.settled))
    cells = ("", None, whole.rate, *amounts, None)
    yield Line(f"{rule}.{TOTAL}", total, cells, style="total")


def _named_line(member: str, person: Person, found: Sums, claims: list[Claimed]) -> Line:
    settled = [claim.settled_on for claim in claims if claim.settled_on is not None]
    rate = f"{person.rate.zh}（减免）" if person.reduced else person.rate.zh
    return Line(
        person.number,
        Words(person.name, person.name),
        (
            person.status.zh, person.base, rate, Money(found.owed), Money(found.settled),
            Money(found.owed - found.settled), max(settled, default=None),
        ),
        ref=member,
    )  # fmt: skip
