"""What rules say of aid to one person: limits, and aid for the same again. Pure functions.

A limit holds for what one unit pays. Aid for the same is looked for in all units, and of another
unit only month, kind and a band of the amount are told, unless the reader may browse it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from ledger.errors import Finding, finding
from ledger.money import Money
from ledger.period import Month, months_after
from ledger.rules.aid_reading import REFUSE, YEAR

if TYPE_CHECKING:
    from ledger.aid.terms import Terms
    from ledger.rules.spending_tables import AidLimit

#: So far back aid for the same is told where no rule says how far; it is then refused by nobody.
LOOK_BACK: Final = 12
#: Whole yuan between which the amount of another unit's payment is told.
BANDS: Final = (500, 1_000, 2_000, 5_000, 10_000)


@dataclass(frozen=True, slots=True)
class Planned:
    """A payment that is looked at; ``person`` tells the persons of a batch apart, and no more."""

    line: int
    person: str
    kind: str
    reason: str
    fen: int
    day: date


@dataclass(frozen=True, slots=True)
class Earlier:
    """A payment that counts; ``unit`` is empty where the reader may not know whose it is."""

    own: bool
    unit: str
    code: str
    kind: str
    reason: str
    day: date
    fen: int


def band(fen: int) -> str:
    """The band of an amount, in yuan.

    >>> band(150000), band(20000), band(9999900)
    ('1,000–2,000', '<500', '≥10,000')
    """
    yuan = fen // 100
    below = [edge for edge in BANDS if edge <= yuan]
    above = [edge for edge in BANDS if edge > yuan]
    if not below:
        return f"<{above[0]:,}"
    return f"{below[-1]:,}–{above[0]:,}" if above else f"≥{below[-1]:,}"


def span(terms: Terms, day: date) -> tuple[date, date]:
    """The days on which payments may matter to one of ``day``."""
    limits = terms.limits.limits if terms.limits is not None else ()
    most = max([LOOK_BACK, *(limit.within or 0 for limit in limits)])
    first, last = months_after(day, -most), months_after(day, most)
    return min(first, date(day.year, 1, 1)), max(last, date(day.year, 12, 31))


def judge(
    terms: Terms, planned: Sequence[Planned], earlier: Mapping[str, Sequence[Earlier]]
) -> list[Finding]:
    """Findings about payments that are planned together; ``earlier`` goes by person."""
    found: list[Finding] = []
    before: dict[str, list[Planned]] = defaultdict(list)
    for one in planned:
        limit = terms.limit_of(one.kind, one.reason)
        mates = before[one.person]
        found += _twice(terms, one, mates)
        if limit is not None and limit.most is not None:
            found += _above(terms, limit, one, mates, earlier.get(one.person, ()))
        found += _again(terms, limit, one, earlier.get(one.person, ()))
        mates.append(one)
    return found


def _twice(terms: Terms, one: Planned, mates: Sequence[Planned]) -> list[Finding]:
    same = [mate for mate in mates if (mate.kind, mate.reason) == (one.kind, one.reason)]
    if not same:
        return []
    name = terms.name(one.kind, one.reason)
    return [
        finding(
            "aid-twice",
            f"与第 {same[0].line} 行是同一人、同一类别（{name.zh}）",
            f"it is for the person of row {same[0].line}, and for the same ({name.en})",
            "合并为一行", "make one row of them", line=one.line,
        )
    ]  # fmt: skip


def _above(
    terms: Terms, limit: AidLimit, one: Planned, mates: Sequence[Planned],
    earlier: Sequence[Earlier],
) -> list[Finding]:  # fmt: skip
    assert terms.limits is not None and limit.most is not None  # noqa: S101 - who calls asked
    before = 0
    if limit.per == YEAR:
        mine = [old for old in earlier if old.own and old.day.year == one.day.year]
        before = sum(old.fen for old in mine if limit.id in (old.reason, old.kind))
        before += sum(mate.fen for mate in mates if limit.id in (mate.reason, mate.kind))
    if before + one.fen <= limit.most:
        return []
    cited = terms.limits.head.cite(limit.article)
    per = ("每年", "a year") if limit.per == YEAR else ("每次", "each time")
    most, had, new = Money(limit.most).grouped, Money(before).grouped, Money(one.fen).grouped
    return [
        finding(
            "aid-above-limit",
            f"{limit.name.zh}{per[0]}每人至多 {most}（{cited}）；本年已发 {had}，本次 {new}"
            if before else f"{limit.name.zh}{per[0]}每人至多 {most}（{cited}），本次 {new}",
            f"{limit.name.en}: at most {most} {per[1]} and person ({cited}); "
            + (f"paid before {had}, now {new}" if before else f"this is {new}"),
            "减少金额，或按规定另行报批", "pay less, or have it approved as the rule says",
            line=one.line,
        )
    ]  # fmt: skip


def _again(
    terms: Terms, limit: AidLimit | None, one: Planned, earlier: Sequence[Earlier]
) -> list[Finding]:
    ruled = limit is not None and limit.within is not None
    months = limit.within if limit is not None and limit.within is not None else LOOK_BACK
    refuses = ruled and limit is not None and limit.again == REFUSE
    first, last = months_after(one.day, -months), months_after(one.day, months)
    found = []
    for old in earlier:
        # A rule of an occasion is about that occasion; otherwise the kind is the same.
        same = (old.kind, old.reason) == (one.kind, one.reason) if one.reason else (
            old.kind == one.kind
        )  # fmt: skip
        if not same or not first < old.day < last:
            continue
        name = terms.name(old.kind, old.reason)
        who, whose = _whose(old)
        cited = terms.limits.head.cite(limit.article) if ruled and terms.limits and limit else ""
        rule = (
            (f"{cited}：{months} 个月内", f"{cited}: within {months} months")
            if ruled else ("没有装入查重规则", "no rule loaded about aid for the same")
        )  # fmt: skip
        found.append(
            finding(
                "aid-again",
                f"同一人 {Month.of(old.day)} {who[0]}{name.zh}（{whose}）；{rule[0]}",
                f"the same person in {Month.of(old.day)}: {name.en} {who[1]} ({whose}); {rule[1]}",
                "不得重复发放：去掉这一行" if refuses else "核实是否重复；确需发放的在决定中说明",
                "it is not paid again: take the row out" if refuses
                else "look whether it is paid twice; the decision says why it is paid",
                line=one.line, severity="error" if refuses else "warning",
            )
        )  # fmt: skip
    return found


def _whose(old: Earlier) -> tuple[tuple[str, str], str]:
    if old.own:
        return ("已由本单位发放", "by this unit"), f"{old.code} {Money(old.fen).grouped}"
    if old.unit:
        return (f"已由 {old.unit} 发放", f"by {old.unit}"), f"{old.code} {Money(old.fen).grouped}"
    return ("已由其他单位发放", "by another unit"), f"{band(old.fen)} 元"
