"""Arrears: which members have not paid what was due by the period's last day, and since when.

From the claims, by unit and member; members stand under their numbers, nobody is named. A claim is
in arrears from the day after it was due.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from ledger.errors import Words
from ledger.money import Money
from reports.statement import DAY, Backing, Column, Line, Statement
from reports.statements.dues_rows import Claimed, DuesRows, by_member
from reports.statements.figures import Span
from reports.statements.head import figure_ref, figure_refs, make_statement, unknown_ref

if TYPE_CHECKING:
    from datetime import date

    from ledger.period import Period
    from reports.statements.source import Source

NAME: Final = "arrears"
TITLE: Final = Words("会费欠缴账龄表", "Arrears of dues")
TOTAL: Final = "all"
_WHOLE: Final = "total"
#: How long overdue, in days: up to, and including.
_AGES: Final = {
    "d30": (30, Words("30 天内", "to 30 days")),
    "d60": (60, Words("31–60 天", "31–60")),
    "d90": (90, Words("61–90 天", "61–90")),
    "d180": (180, Words("91–180 天", "91–180")),
    "older": (10**6, Words("180 天以上", "over 180")),
}


def build(source: Source, period: Period) -> Statement:
    """A line for each member in arrears, a subtotal for each unit where there are several."""
    dues = _dues(source)
    day = period.last
    lines: list[Line] = []
    several = len(dues.units) > 1
    whole: list[Claimed] = []
    for unit in dues.units:
        mine = _overdue(dues, day, unit.id)
        whole += mine
        if several and mine:
            lines.append(Line(unit.id, unit.name, (), style="heading"))
        by_number = sorted(
            by_member(mine), key=lambda pair: (dues.numbers.get(pair[0], ""), pair[0])
        )
        for member, claims in by_number:
            number = dues.numbers.get(member, member)
            words = Words(f"会员 {number}", f"member {number}")
            lines.append(_line(source, period, member, words, claims))
        if several and mine:
            words = Words(f"{unit.name.zh}小计", f"{unit.name.en}, subtotal")
            lines.append(_line(source, period, f"unit.{unit.id}", words, mine, "subtotal"))
    count = len({claim.member for claim in whole})
    total = Words(f"合计 {count} 人", f"Total of {count}")
    lines.append(_line(source, period, TOTAL, total, whole, "total"))
    columns = (
        *(Column(key, words) for key, (_, words) in _AGES.items()),
        Column(_WHOLE, Words("欠缴合计", "Arrears"), primary=True),
        Column("since", Words("最早到期日", "Due since"), kind=DAY, share=0.9),
    )
    return make_statement(
        source, Span.of(period), period, NAME, TITLE, columns, tuple(lines),
        notes=_notes(dues, day), label_column=Words("会员", "Member"),
    )  # fmt: skip


def _notes(dues: DuesRows, day: date) -> tuple[Words, ...]:
    later = sum(claim.fen for claim in dues.claims if claim.is_open_on(day) and claim.due >= day)
    amount = Money(later).grouped
    return (
        Words(
            f"按 {day} 的情况，自应交日次日起算；已到账待审核的仍在其中。"
            f"另有未到期的应收 {amount} 元，不在其中。",
            f"As of {day}, from the day after the due day; payments that wait for a checker are "
            f"still in it. Claims of {amount} yuan were not yet overdue and are left out.",
        ),
    )  # fmt: skip


def backing(source: Source, period: Period, line: str, column: str) -> Backing:
    """The claims behind a figure."""
    ref = figure_ref(source.unit, NAME, period, line, column)
    part = column or _WHOLE
    dues = _dues(source)
    if part != _WHOLE and part not in _AGES:
        raise unknown_ref(ref)
    day = period.last
    unit = line.removeprefix("unit.") if line.startswith("unit.") else None
    claims = [
        claim
        for claim in _overdue(dues, day, unit)
        if line in (TOTAL, claim.member) or unit is not None
    ]
    if not claims and line != TOTAL:
        raise unknown_ref(ref)
    mine = [claim for claim in claims if part in (_WHOLE, _age(claim, day))]
    label = Words("欠缴", "Arrears") if part == _WHOLE else _AGES[part][1]
    whole = sum(claim.fen for claim in mine)
    return Backing(ref, label, None, tuple(claim.line() for claim in mine), Money(whole))


def _overdue(dues: DuesRows, day: date, unit: str | None) -> list[Claimed]:
    return [
        claim
        for claim in dues.claims
        if claim.is_open_on(day) and claim.due < day and unit in (None, claim.unit)
    ]


def _age(claim: Claimed, day: date) -> str:
    days = (day - claim.due).days
    return next(key for key, (most, _) in _AGES.items() if days <= most)


def _line(
    source: Source,
    period: Period,
    code: str,
    words: Words,
    claims: list[Claimed],
    style: str = "line",
) -> Line:
    ages: dict[str, int] = defaultdict(int)
    for claim in claims:
        ages[_age(claim, period.last)] += claim.fen
    return Line(
        code,
        words,
        (
            *(Money(ages[key]) for key in _AGES),
            Money(sum(ages.values())),
            min((claim.due for claim in claims), default=None),
        ),
        ref=figure_ref(source.unit, NAME, period, code),
        style=style,
        refs=figure_refs(source.unit, NAME, period, code, _AGES),
    )


def _dues(source: Source) -> DuesRows:
    if source.dues is None:
        raise ValueError("arrears are told from the registry's claims")
    return source.dues
