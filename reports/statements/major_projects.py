"""Major projects (重大公益项目收支): campaigns and bound funds that are large, or that last.

What was spent is told by what it was for: from the accounts as the chart's data has them, from aid
to persons, and from things handed out. What none of these tells stands under “other”.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from ledger.aid.marks import AID
from ledger.chart import MOVED
from ledger.errors import Words
from ledger.fundcheck import is_restricted
from ledger.gifts.disclosed import ASSETS, COLUMNS, DIRECT
from ledger.gifts.marks import GIFT
from ledger.gifts.marks import MOVED as TO_FUND
from ledger.money import percent_text
from ledger.registry.campaigns import WITHDRAWN
from ledger.rules.table import percent
from reports.statement import TEXT, Backing, Column, Line, Statement
from reports.statements.figures import Figure, Figures, Span
from reports.statements.gift_rows import (
    GiftRows,
    backing_of,
    in_yuan,
    rows_of,
    rule_words,
    within,
    worth,
)
from reports.statements.head import (
    PUBLIC,
    figure_ref,
    figure_refs,
    for_audience,
    make_statement,
    unknown_ref,
)

if TYPE_CHECKING:
    from ledger.model import FundFacts, PostedLine
    from ledger.period import Period
    from ledger.rules.disclosure_tables import ShareTable
    from reports.statements.source import Source

NAME: Final = "major-projects"
TITLE: Final = Words("重大公益项目收支明细表", "Major projects: income and spending")
_INCOME, _TOTAL, _ALL = "income", "total", "all"
_PARTS: Final = {
    _INCOME: Words("收入", "Income"),
    DIRECT: Words("直接用于受助人的款物", "To beneficiaries"),
    "purchases": Words("采购费用", "Purchases"),
    "staff": Words("人员报酬", "Staff"),
    ASSETS: Words("资产使用费用", "Use of assets"),
    "publicity": Words("宣传推广费用", "Publicity"),
    "travel": Words("差旅等费用", "Travel"),
    "other": Words("其他费用", "Other"),
    _TOTAL: Words("支出总计", "Spending in all"),
}
_EVERY: Final = Words("合计", "Total")
_AGENCY: Final = "agency"


@dataclass(frozen=True)
class _Project:
    """A fund that is named, and why; its postings of the year by column."""

    fund: FundFacts
    name: Words
    why: str
    parts: Mapping[str, Sequence[PostedLine]]

    def of(self, column: str) -> list[PostedLine]:
        if column != _TOTAL:
            return list(self.parts.get(column, ()))
        return [line for key in COLUMNS for line in self.parts.get(key, ())]


def build(source: Source, period: Period) -> Statement:
    """The period's year up to its end; Refused for a chart that keeps no gifts."""
    span = Span.of(period)
    rows = rows_of(source)
    projects = _projects(source, rows, span, period)
    lines = [
        _line(source, period, one.fund.code, one.name, [one], one.why) for one in projects
    ]  # fmt: skip
    if projects:
        lines.append(_line(source, period, _ALL, _EVERY, projects, "", "total"))
    columns = (
        *(Column(key, label, primary=key == _TOTAL) for key, label in _PARTS.items()),
        Column("why", Words("列入原因", "Why it is named"), kind=TEXT, share=1.6),
    )
    statement = make_statement(
        source, span, period, NAME, TITLE, columns, tuple(lines),
        notes=tuple(_notes(rows, projects, period, span)), label_column=Words("项目", "Project"),
    )  # fmt: skip
    return for_audience(statement, PUBLIC)


def backing(source: Source, period: Period, line: str, column: str) -> Backing:
    """The postings behind one figure; Refused for a project that is not named."""
    ref = figure_ref(source.unit, NAME, period, line, column)
    span, key = Span.of(period), column or _TOTAL
    found = [
        one for one in _projects(source, rows_of(source), span, period)
        if line in (_ALL, one.fund.code)
    ]  # fmt: skip
    if not found or key not in _PARTS:
        raise unknown_ref(ref)
    name = _EVERY if line == _ALL else found[0].name
    part = _PARTS[key]
    label = Words(f"{name.zh}·{part.zh}", f"{name.en}, {part.en}")
    lines = sorted(
        (posting for one in found for posting in one.of(key)),
        key=lambda posting: (posting.day, posting.number),
    )
    return backing_of(ref, label, lines, -1 if key == _INCOME else 1)


# ---- which are major ---------------------------------------------------------------------------


def _projects(source: Source, rows: GiftRows, span: Span, period: Period) -> list[_Project]:
    """The funds that the rule names, by their codes; none where there is no rule."""
    if rows.major is None:
        return []
    figures = Figures(source)
    figures.expect(span.year.first, span.last)
    sides = {
        _INCOME: {name: -1 for name in figures.accounts if name.startswith("Income:")},
        _TOTAL: {name: 1 for name in figures.accounts if name.startswith("Expenses:")},
    }

    def fen(side: str, fund: str | None) -> int:
        figure = Figure(sides[side], MOVED, span.year, fund, operating=True)
        lines = _things(source, rows, span, side, fund)
        return figures.value(figure).fen + worth(lines, -1 if side == _INCOME else 1).fen

    whole = {side: fen(side, None) for side in sides}
    found = []
    for code, fund in sorted(source.model.funds().items()):
        campaign = rows.campaigns.get(code)
        if campaign is not None and campaign.state == WITHDRAWN:
            campaign = None
        if campaign is None and not (is_restricted(fund.restriction)):
            continue
        if fund.restriction == _AGENCY or not _is_open(fund, span):
            continue
        name = Words(fund.name, fund.name_en or fund.name)
        begins, ends = fund.opened, fund.closed
        if campaign is not None:
            name = Words(campaign.name, campaign.name_en or campaign.name)
            begins, ends = campaign.start, campaign.closed or campaign.end
        why = _why(
            rows.major, {side: (fen(side, code), whole[side]) for side in sides},
            begins, ends or period.last,
        )  # fmt: skip
        if why is not None:
            found.append(_Project(fund, name, why, _parts(source, rows, span, code)))
    return found


def _why(
    rule: ShareTable, sides: Mapping[str, tuple[int, int]], begins: date, ends: date
) -> str | None:
    """Why a project is named by the rule; None if it is not."""
    said = {_INCOME: "收入 income", _TOTAL: "支出 spending"}
    found = [
        f"{said[side]} {percent_text(part, whole)}"
        for side, (part, whole) in sides.items()
        if rule.reached_by(part, whole)
    ]
    if rule.years is not None and _years_on(begins, rule.years) <= ends + timedelta(days=1):
        found.append(f"{rule.years} 年 years")
    return "；".join(found) or None


def _years_on(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # the 29th of February
        return date(day.year + years, 3, 1)


def _is_open(fund: FundFacts, span: Span) -> bool:
    still = fund.closed is None or fund.closed >= span.year.first.first
    return still and fund.opened < span.last.next().first


# ---- what its money was for --------------------------------------------------------------------


def _things(
    source: Source, rows: GiftRows, span: Span, side: str, fund: str | None
) -> list[PostedLine]:
    """What an asset fund has of gifts, where a chart keeps things there: come, or handed out."""
    capital = {name for name, facts in source.model.accounts().items() if facts.capital}
    lines = rows.receipts if side == _INCOME else rows.handed
    return [
        line
        for line in within(lines, span.year)
        if line.account in capital and fund in (None, line.fund) and TO_FUND not in dict(line.meta)
    ]


def _parts(source: Source, rows: GiftRows, span: Span, fund: str) -> dict[str, list[PostedLine]]:
    """The postings of a fund's year by column."""
    vouchers: dict[str, list[PostedLine]] = {}
    year = span.year
    for line in in_yuan(source.model.lines(since=year.first, through=year.last, fund=fund)):
        vouchers.setdefault(line.number, []).append(line)
    found: dict[str, list[PostedLine]] = {_INCOME: _things(source, rows, span, _INCOME, fund)}
    found[DIRECT] = _things(source, rows, span, _TOTAL, fund)
    for lines in vouchers.values():
        out = {*_handed_out(lines)}
        worn = _is_worn(source, rows, lines)
        for line in lines:
            if line.account.startswith("Income:"):
                found[_INCOME].append(line)
            elif line.account.startswith("Expenses:"):
                said = dict(line.meta)
                key = ASSETS if worn else rows.accounts.column(_codes(source, line))
                if AID in said or said.get(GIFT) in out:
                    key = DIRECT
                found.setdefault(key, []).append(line)
    return found


def _is_worn(source: Source, rows: GiftRows, lines: Sequence[PostedLine]) -> bool:
    """Whether a voucher's expenses are charged against accumulated depreciation alone."""
    others = [line for line in lines if not line.account.startswith("Expenses:")]
    return bool(others) and all(_codes(source, line) & {*rows.accounts.worn} for line in others)


def _codes(source: Source, line: PostedLine) -> frozenset[str]:
    return frozenset(account.code for account in source.chart.path(line.account))


def _handed_out(lines: Sequence[PostedLine]) -> Iterator[str]:
    """The gifts whose things a voucher hands out, or takes back by a reversal."""
    for line in lines:
        if line.units and line.label and (line.amount.fen < 0) != bool(line.reverses):
            yield dict(line.meta).get(GIFT) or line.label


# ---- as it is shown ----------------------------------------------------------------------------


def _line(
    source: Source, period: Period, code: str, label: Words, projects: Sequence[_Project],
    why: str, style: str = "line",
) -> Line:  # fmt: skip
    money = tuple(
        worth((line for one in projects for line in one.of(key)), -1 if key == _INCOME else 1)
        for key in _PARTS
    )
    return Line(
        code, label, (*money, why), ref=figure_ref(source.unit, NAME, period, code), style=style,
        refs=figure_refs(source.unit, NAME, period, code, _PARTS, _TOTAL),
    )  # fmt: skip


def _notes(
    rows: GiftRows, projects: Sequence[_Project], period: Period, span: Span
) -> Iterator[Words]:
    yield rule_words("major-projects", rows.major, _said)
    if rows.major is not None and not projects:
        yield Words("本年没有重大公益项目。", "There is no major project in the year.")
    if projects:
        told = {*rows.accounts.columns, DIRECT, *([ASSETS] if rows.accounts.worn else [])}
        untold = [key for key in COLUMNS[:-1] if key not in told]
        zh = "、".join(_PARTS[key].zh for key in untold)
        en = ", ".join(_PARTS[key].en.lower() for key in untold)
        yield Words(
            f"用于何处按科目分：{rows.accounts.source}；发给个人的帮扶与发出的受赠物资直接用于受助人。"
            f"本科目表分不出{zh}，在其他费用中。",
            "What it was for is told by the account; aid to persons and things handed out went to "
            f"beneficiaries. This chart does not tell {en}: they stand under other.",
        )  # fmt: skip
    if not span.is_year:
        yield Words(f"自年初累计至 {period.last}。", f"Of the year up to {period.last}.")


def _said(table: ShareTable) -> Words:
    share = percent(table.share)
    years = ("", "") if table.years is None else (
        f"，或持续满 {table.years} 年", f", or that last {table.years} years",
    )  # fmt: skip
    return Words(
        f"收入或支出达到本年总收入或总支出 {share}{years[0]}的活动与限定资金",
        f"Campaigns and bound funds of at least {share} of the year's income or spending{years[1]}",
    )
