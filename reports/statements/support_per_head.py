"""人均补助: what each unit below got from above, its heads, and what the floor per head asks."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

from ledger.account import account_code
from ledger.errors import Words
from ledger.money import Money, total
from reports.statement import COUNT, TEXT, Backing, Column, Line, Statement, VoucherLine
from reports.statements import trial_balance
from reports.statements.figures import Span
from reports.statements.head import figure_ref, make_statement, unknown_ref
from reports.statements.support import named, of_books, supported_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ledger.consolidation.supporting import Supported
    from ledger.period import Period
    from reports.statements.source import Source

NAME: Final = "support-per-head"
TITLE: Final = Words("人均补助表", "Support per head")
ALL: Final = "all"
RECEIVED: Final = Words("上级补助", "From above")
NOTE: Final = Words(
    "上级补助以各单位自己的账簿为准（上级补助收入、上级下拨，不含结转）。人均四舍五入到分。"
    "人数先取登记的数字，没有登记的取期末在册会员。",
    "What came from above is what each unit's own book says, without what was carried over. Per "
    "head is rounded half up to the fen. Heads are the figure that was entered, or else the "
    "members registered at the period's end.",
)
_NOT_A_YEAR: Final = Words(
    "保底按年计算，本表不是全年，只列标准，不列差额。",
    "The floor is for a year; this is no whole year, so that no gap is reckoned.",
)
_NO_RULE: Final = Words(
    "人均保底：各单位均没有装入规则。", "Floor per head: no rule loaded for any of the units."
)


def build(source: Source, period: Period) -> Statement:
    """One line per unit below, upper units first, and their sum."""
    found = supported_of(source)
    below = [row.id for row in found.below]
    lines = [_line(source, period, unit) for unit in below]
    lines.append(_sum(source, period, below))
    columns = (
        Column("received", RECEIVED, primary=True),
        Column("heads", Words("人数", "Heads"), kind=COUNT, share=0.5),
        Column("counted", Words("人数来源", "Counted by"), kind=TEXT, share=1.4),
        Column("each", Words("人均", "Per head"), kind=TEXT, share=0.7),
        Column("floor", Words("人均保底", "Floor"), kind=TEXT, share=0.7),
        Column("gap", Words("差额", "Gap"), kind=TEXT, share=0.8),
    )
    statement = make_statement(
        source, Span.of(period), period, NAME, TITLE, columns, tuple(lines),
        notes=(NOTE, *_rules(found, period)), label_column=Words("单位", "Unit"),
    )  # fmt: skip
    return of_books(source, statement)


def each(received: int, heads: int | None) -> str | None:
    """Per head, rounded half up to the fen; None without heads."""
    return Money(received).times(Fraction(1, heads)).grouped if heads else None


def heads_of(found: Supported, units: Iterable[str]) -> int | None:
    """The heads of several units; None where nobody knows any."""
    known = [found.heads[unit].count for unit in units if unit in found.heads]
    return sum(known) if known else None


def _line(source: Source, period: Period, unit: str) -> Line:
    found = supported_of(source)
    received, heads = found.support.got(unit), found.heads.get(unit)
    floor = found.floors.get(unit)
    gap = None
    if floor is not None and heads is not None and Span.of(period).is_year:
        short = floor.per_head * heads.count - received
        gap = Money(max(short, 0)).grouped
    said = f"{heads.day} {heads.source.zh} {heads.source.en}" if heads else "没有人数 no heads"
    if heads and heads.source.zh == heads.source.en:
        said = f"{heads.day} {heads.source.zh}"
    cells = (
        Money(received), heads.count if heads else None, said,
        each(received, heads.count if heads else None),
        Money(floor.per_head).grouped if floor else None, gap,
    )  # fmt: skip
    return Line(unit, named(source, unit), cells, ref=figure_ref(source.unit, NAME, period, unit))


def _sum(source: Source, period: Period, below: list[str]) -> Line:
    found = supported_of(source)
    received, heads = sum(found.support.got(unit) for unit in below), heads_of(found, below)
    cells = (Money(received), heads, None, each(received, heads), None, None)
    return Line(
        ALL, Words("合计", "Total"), cells, ref=figure_ref(source.unit, NAME, period, ALL),
        style="total",
    )  # fmt: skip


def _rules(found: Supported, period: Period) -> list[Words]:
    rules = dict.fromkeys(found.floors.values())
    if not rules:
        return [_NO_RULE]
    told = [
        Words(
            f"人均保底依据 {rule.head.cite(rule.article)}（{rule.head.confidence}）。",
            f"The floor per head is by {rule.head.cite(rule.article)} ({rule.head.confidence}).",
        )
        for rule in rules
    ]
    without = len(found.ground.intersection(found.support.units)) - len(found.floors)
    if without:
        told.append(
            Words(f"另有 {without} 个基层单位没有装入规则。",
                  f"No rule is loaded for {without} more grass-roots units.")
        )  # fmt: skip
    return told if Span.of(period).is_year else [*told, _NOT_A_YEAR]


def backing(source: Source, period: Period, line: str, column: str) -> Backing:
    """The accounts of the unit's own book behind a figure; Refused for any other."""
    ref = figure_ref(source.unit, NAME, period, line, column)
    below = [row.id for row in supported_of(source).below]
    if column not in ("", "received") or line not in (ALL, *below):
        raise unknown_ref(ref)
    rows = received_lines(source, period, below if line == ALL else [line])
    name = Words("合计", "Total") if line == ALL else named(source, line)
    words = Words(f"{name.zh}·{RECEIVED.zh}", f"{name.en}, {RECEIVED.en}")
    return Backing(ref, words, None, rows, total(row.amount for row in rows))


def received_lines(source: Source, period: Period, units: Iterable[str]) -> tuple[VoucherLine, ...]:
    """What units got from above, by account, each with the figure of its own trial balance."""
    found = supported_of(source).support
    return tuple(
        VoucherLine(
            figure_ref(unit, trial_balance.NAME, period, account_code(account) or account,
                       "credit"),
            period.last, named(source, unit).zh, account, "", Money(fen),
        )
        for unit in units
        for account, fen in sorted(found.received.get(unit, {}).items())
        if fen
    )  # fmt: skip
