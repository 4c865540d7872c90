"""How a cost is spread over the months of an asset's use, exactly, in whole fen.

What is accumulated after so many months is an exact fraction that is rounded half-up once; the
charge of a month is the difference of two such sums. So every charge is within one fen of the exact
one, and all of them add up to the cost less the residual value. Each sum is reckoned by itself, not
by adding months: a hundred thousand assets take no longer in their tenth year than in their first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from ledger.errors import Finding, Refused, finding
from ledger.money import fen_text
from ledger.period import Month
from ledger.rules.assets import (
    ADDITION,
    DOUBLE_DECLINING,
    METHODS,
    NEXT,
    STRAIGHT_LINE,
    SUM_OF_YEARS,
    UNITS,
)
from ledger.rules.table import Rounding

#: A life of a hundred years is the longest there is; also what a plan by units may take.
LONGEST_LIFE: Final = 1200
_MOST_FEN: Final = 10**17
_LAST_MONTH: Final = Month(2999, 12)
_TO_THE_FEN: Final = Rounding("half-up", 1)


@dataclass(frozen=True, slots=True)
class Terms:
    """What one asset is depreciated by.

    ``first`` is the first month that is charged. ``units_total`` is how many units of use (hours,
    kilometres) the asset is good for; zero unless the method is ``units``.

    Raises: Refused with every fault.
    """

    cost_fen: int
    residual_fen: int
    life_months: int
    method: str
    first: Month
    units_total: int = 0

    def __post_init__(self) -> None:
        faults = _faults(self)
        if faults:
            raise Refused(*faults)

    @property
    def base_fen(self) -> int:
        """What is charged in all."""
        return self.cost_fen - self.residual_fen


@dataclass(frozen=True, slots=True)
class Revision:
    """From ``month`` on another estimate; nothing before it changes.

    What is left, ``cost_fen`` (None: as it was) less ``accumulated_fen``, which stood when the
    month before ended, less the new residual value, is spread over ``life_months_left``. The years
    of the accelerated methods are counted from ``month``. ``units_before`` is how many units were
    used by then and ``units_left`` how many are left.
    """

    month: Month
    life_months_left: int
    residual_fen: int
    method: str
    accumulated_fen: int
    cost_fen: int | None = None
    units_before: int = 0
    units_left: int = 0

    def __post_init__(self) -> None:
        # What is left has to hold the residual value: that is known when it meets its asset.
        Terms(
            max(self.residual_fen, 0), self.residual_fen, self.life_months_left, self.method,
            self.month, self.units_left,
        )  # fmt: skip
        if self.accumulated_fen < 0 or self.units_before < 0:
            raise ValueError("what was charged and used before is not negative")


def first_month(acquired: date, starts: str) -> Month:
    """The first month that is charged: that of addition, or the one after.

    Raises: Refused where there is no month after.

    >>> str(first_month(date(2026, 3, 31), "addition")), str(first_month(date(2026, 12, 1), "next"))
    ('2026-03', '2027-01')
    """
    month = Month.of(acquired)
    if _known(starts) == ADDITION:
        return month
    if month == _LAST_MONTH:
        raise Refused(_beyond(f"{month} 的次月", f"the month after {month}"))
    return month.next()


def last_month(removed: date, starts: str) -> Month:
    """The last month that is charged for what is removed on a day.

    Where the month of addition is charged, that of removal is not; where it is not, that of removal
    still is. What is added and removed in one month is charged in neither case.

    >>> str(last_month(date(2026, 3, 1), "addition")), str(last_month(date(2026, 3, 1), "next"))
    ('2026-02', '2026-03')
    """
    month = Month.of(removed)
    return month.previous() if _known(starts) == ADDITION else month


def _known(starts: str) -> str:
    if starts not in (ADDITION, NEXT):
        raise ValueError(f"depreciation starts with {ADDITION} or {NEXT}, not {starts[:20]!r}")
    return starts


def accumulated(
    terms: Terms, through: Month, revisions: Sequence[Revision] = (), units_used: int = 0
) -> int:
    """What is charged in all up to the end of ``through``, in fen.

    ``revisions`` are in the order of their months. ``units_used`` counts all units since the asset
    came into use; only the method ``units`` asks for it.
    """
    before, units_before, current = _phase(terms, through, revisions)
    return before + _spread(current, through, units_used - units_before)


def charges(
    terms: Terms,
    revisions: Sequence[Revision] = (),
    until: Month | None = None,
    units_month: int = 0,
) -> list[tuple[Month, int]]:
    """Every month with its charge in fen, up to ``until``, the last month of use, if there is one.

    By units it is a plan: ``units_month`` units are used every month, none if nobody says so.
    """
    _, _, last = _phase(terms, _LAST_MONTH, revisions)
    months = last.life_months
    if last.method == UNITS:
        months = _months_of(last.units_total, units_month)
    end = _number(last.first) + months - 1
    if until is not None:
        end = min(end, _number(until))
    if end > _number(_LAST_MONTH):
        raise Refused(_beyond(f"自 {last.first} 起的计划", f"a plan from {last.first} on"))
    found = []
    before = 0
    for number in range(_number(terms.first), end + 1):
        month = _month(number)
        used = units_month * (number - _number(terms.first) + 1)
        stands = accumulated(terms, month, revisions, used)
        found.append((month, stands - before))
        before = stands
    return found


def charge_of(
    terms: Terms,
    revisions: Sequence[Revision],
    month: Month,
    posted_fen: int,
    *,
    until: Month | None = None,
    units_used: int = 0,
) -> int:
    """What is to be charged in ``month`` where ``posted_fen`` is charged already, in fen.

    What earlier months left out is caught up; what they charged too much is not taken back, the
    months that follow charge less. ``until`` is the last month of use (:func:`last_month`).
    """
    through = month if until is None else min(month, until)
    if through < terms.first:
        return 0
    return max(0, accumulated(terms, through, revisions, units_used) - posted_fen)


# ---- one estimate --------------------------------------------------------------------------------


def _phase(terms: Terms, through: Month, revisions: Sequence[Revision]) -> tuple[int, int, Terms]:
    """The estimate in force in a month, what was accumulated, and used, before it began."""
    before, used, cost, current = 0, 0, terms.cost_fen, terms
    since = None
    for revision in revisions:
        if since is not None and revision.month < since:
            raise ValueError("revisions stand in the order of their months")
        since = revision.month
        if revision.month > through:
            break
        cost = cost if revision.cost_fen is None else revision.cost_fen
        before, used = revision.accumulated_fen, revision.units_before
        current = Terms(
            cost - before,
            revision.residual_fen,
            revision.life_months_left,
            revision.method,
            # An estimate that changes before use begins does not bring its beginning forward.
            max(revision.month, terms.first),
            revision.units_left,
        )
    return before, used, current


def _spread(terms: Terms, through: Month, units_used: int) -> int:
    base = terms.base_fen
    if through < terms.first:
        return 0
    if terms.method == UNITS:
        used = min(max(units_used, 0), terms.units_total)
        return _TO_THE_FEN.apply(base * used, terms.units_total)
    months = min(_number(through) - _number(terms.first) + 1, terms.life_months)
    if terms.method == STRAIGHT_LINE:
        return straight_line(base, terms.life_months, months)
    if terms.method == SUM_OF_YEARS:
        return _sum_of_years(base, terms.life_months // 12, months)
    return _double_declining(terms, terms.life_months // 12, months)


def straight_line(base_fen: int, life_months: int, months: int) -> int:
    """What is accumulated after so many months of use, in fen, half-up; at most ``base_fen``.

    >>> straight_line(12000_00, 72, 1), straight_line(12000_00, 72, 80)
    (16667, 1200000)
    """
    return _TO_THE_FEN.apply(base_fen * min(months, life_months), life_months)


def _sum_of_years(base: int, years: int, months: int) -> int:
    """The year ``y`` of ``n`` carries ``n - y + 1`` parts of ``1 + 2 + … + n``, by equal months."""
    whole, rest = divmod(months, 12)
    parts = 12 * (whole * years - whole * (whole - 1) // 2) + (years - whole) * rest
    return _TO_THE_FEN.apply(base * parts, 12 * (years * (years + 1) // 2))


def _double_declining(terms: Terms, years: int, months: int) -> int:
    """Each year ``2/n`` of what the year began with; the last two share the rest alike.

    The net value never falls below the residual one: what declining would take beyond it is left.
    """
    declining = max(years - 2, 0)
    whole, rest = divmod(months, 12)
    if whole < declining:
        # What is left after `whole` years, over `scale`; each month of this year takes 1/(6 n).
        scale, left = years**whole, terms.cost_fen * (years - 2) ** whole
        gone = (terms.cost_fen * scale - left) * 6 * years + left * rest
        return min(_TO_THE_FEN.apply(gone, scale * 6 * years), terms.base_fen)
    scale, left = years**declining, terms.cost_fen * (years - 2 if declining else 1) ** declining
    span, since = terms.life_months - 12 * declining, months - 12 * declining
    gone = (terms.cost_fen * scale - left) * span + (left - terms.residual_fen * scale) * since
    return min(_TO_THE_FEN.apply(gone, scale * span), terms.base_fen)


def _months_of(units: int, units_month: int) -> int:
    """How many months a plan takes to use them up."""
    if units_month <= 0:
        return 0
    months = -(-units // units_month)
    if months > LONGEST_LIFE:
        raise Refused(
            _fault(
                f"照此每月用量要 {months} 个月才用完",
                f"at so many a month they last {months} months",
                f"每月用量写大些：至多 {LONGEST_LIFE} 个月",
                f"give more a month: {LONGEST_LIFE} months at most",
            )
        )
    return months


def _number(month: Month) -> int:
    return month.year * 12 + month.month - 1


def _month(number: int) -> Month:
    return Month(number // 12, number % 12 + 1)


# ---- what is no estimate -------------------------------------------------------------------------


def _faults(terms: Terms) -> list[Finding]:
    found = []
    if not 0 <= terms.cost_fen <= _MOST_FEN:
        found.append(
            _fault(
                f"原值 {fen_text(terms.cost_fen)} 不在允许的范围",
                f"a cost of {fen_text(terms.cost_fen)} is none",
                "写大于零的金额",
                "give an amount above zero",
            )
        )
    if not 0 <= terms.residual_fen <= max(terms.cost_fen, 0):
        found.append(
            _fault(
                f"净残值 {fen_text(terms.residual_fen)} 不在零与待折旧的价值"
                f" {fen_text(terms.cost_fen)} 之间",
                f"a residual value of {fen_text(terms.residual_fen)} does not lie from zero to the"
                f" value that is spread, {fen_text(terms.cost_fen)}",
                "净残值不能大于价值",
                "a residual value is at most the value itself",
            )
        )
    if not 1 <= terms.life_months <= LONGEST_LIFE:
        found.append(
            _fault(
                f"年限 {terms.life_months} 个月不在 1 至 {LONGEST_LIFE} 之间",
                f"a life of {terms.life_months} months does not lie from 1 to {LONGEST_LIFE}",
                "年限以月计，五年写作 60",
                "a life is counted in months, 60 for five years",
            )
        )
    elif _number(terms.first) + terms.life_months - 1 > _number(_LAST_MONTH):
        found.append(
            _beyond(
                f"自 {terms.first} 起 {terms.life_months} 个月",
                f"{terms.life_months} months from {terms.first} on",
            )
        )
    return found + _method_faults(terms)


def _method_faults(terms: Terms) -> list[Finding]:
    if terms.method not in METHODS:
        known = " ".join(METHODS)
        return [
            _fault(
                f"没有折旧方法 {terms.method[:40]}",
                f"there is no method {terms.method[:40]}",
                f"可用：{known}",
                f"there are {known}",
            )
        ]
    name = METHODS[terms.method]
    if terms.method in (DOUBLE_DECLINING, SUM_OF_YEARS) and terms.life_months % 12:
        return [
            _fault(
                f"{name.zh}按使用年份计，{terms.life_months} 个月不是整年",
                f"{name.en} goes by years of use; {terms.life_months} months are no whole years",
                "年限改为 12 的倍数，或用年限平均法",
                "take a multiple of 12, or straight-line",
            )
        ]
    if terms.method == UNITS and terms.units_total < 1:
        return [
            _fault(
                "工作量法要有预计总工作量",
                "by units of use, the total of units is needed",
                "写明预计总工作量，如总里程、总小时",
                "say how many units in all, kilometres or hours",
            )
        ]
    if terms.method != UNITS and terms.units_total:
        return [
            _fault(
                f"{name.zh}不用总工作量",
                f"{name.en} takes no total of units",
                "去掉总工作量，或用工作量法",
                "leave the total out, or take the method units",
            )
        ]
    return []


def _beyond(zh: str, en: str) -> Finding:
    return _fault(f"{zh}超出日历", f"{en}: the calendar ends before", "检查日期", "check the date")


def _fault(zh: str, en: str, do_zh: str, do_en: str) -> Finding:
    return finding("bad-depreciation", zh, en, do_zh, do_en)
