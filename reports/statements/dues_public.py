"""The dues roll for everyone: rows of the rule with sums that give nobody's amount away.

What it tells of a month never changes once the month is closed: assessments count as they stood at
the end of the month (or, where the month was first assessed later, after that), payments as the
books had them by its last day. A second version that differed by one member would tell of them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from ledger.errors import Refused, Words, finding
from ledger.money import Money
from ledger.period import Month
from reports.statement import VoucherLine
from reports.statements.cells import Cell, Published, Share, published
from reports.statements.dues_rows import sums

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date

    from reports.statements.dues_rows import Assessed, Claimed
    from reports.statements.source import Source

#: The row of those who owe nothing after all, of whom the roll does not tell.
_NOTHING: Final = ""


@dataclass(frozen=True, slots=True)
class Told:
    """One month and rule of the public roll."""

    rule: str
    month: Month
    told: Published


class PublicRoll:
    """The public roll of one unit, month by month of the year."""

    def __init__(self, source: Source) -> None:
        if source.dues is None:
            raise ValueError("a roll is built from the registry's dues")
        self._source = source
        self._dues = source.dues

    @cached_property
    def rules(self) -> list[str]:
        return sorted({one.rule for one in self._dues.assessed})

    def of(self, rule: str, month: Month) -> Published:
        """What is told of a month, which hangs on what was told of the year's months before it."""
        months = [one for one in self._shares.get(rule, {}) if one <= month]
        if month not in months:
            return Published((), Cell((), None, None, None))
        ordered = sorted(months)
        elsewhere = [
            [
                figure
                for its, figure in self._dues.told
                if its <= one and (not at or its > ordered[at - 1])
            ]
            for at, one in enumerate(ordered)
        ]
        later = [figure for its, figure in self._dues.told if its > month]
        return published([self._shares[rule][one] for one in ordered], elsewhere, later)

    def is_closed(self, month: Month) -> bool:
        return month in self._dues.closed

    def months(self, rule: str) -> list[Month]:
        return sorted(self._shares.get(rule, {}))

    @cached_property
    def _shares(self) -> dict[str, dict[Month, list[Share]]]:
        stood = self._stood()
        paid = self._paid()
        found: dict[str, dict[Month, list[Share]]] = defaultdict(lambda: defaultdict(list))
        for (rule, month, member), one in sorted(stood.items()):
            if one.row != _NOTHING:
                fen = paid.get((rule, month, member), 0)
                share = Share(member, one.row, one.total_fen, fen, one.fixed)
                found[rule][month].append(share)
        return found

    def _stood(self) -> dict[tuple[str, Month, str], Assessed]:
        """What each member owed for each month, as it stood when the month ended."""
        of_month: dict[tuple[str, Month], list[Assessed]] = defaultdict(list)
        for one in self._dues.assessed:
            of_month[one.rule, one.month].append(one)
        found = {}
        for (rule, month), rows in of_month.items():
            first = min(one.at for one in rows)
            for one in sorted(rows, key=lambda row: row.number):
                if one.at == first or one.at.date() <= month.period.last:
                    found[rule, month, one.member] = one
        return found

    def _paid(self) -> dict[tuple[str, Month, str], int]:
        """What each member had paid for each month by its last day."""
        lines = lines_by_claim(self._source, self._dues.claims)
        found: dict[tuple[str, Month, str], int] = defaultdict(int)
        for claim in self._dues.claims:
            key = claim.rule, claim.month, claim.member
            found[key] += paid_by(claim, lines.get(claim.code, ()), claim.month.period.last)
        return found

    # ---- behind a figure ------------------------------------------------------------------------

    def lines(self, rule: str, month: Month, cell: Cell, kind: str) -> list[VoucherLine]:
        """The assessments or payments that a figure that is told is made of."""
        rows = set(cell.rows)
        stood = {
            member: one
            for (its_rule, its_month, member), one in self._stood().items()
            if (its_rule, its_month) == (rule, month) and (not rows or one.row in rows)
        }
        claims = [
            claim
            for claim in self._dues.claims
            if (claim.rule, claim.month) == (rule, month) and claim.member in stood
        ]
        if kind == "paid":
            return list(self._payments(claims, month.period.last))
        codes: dict[str, Claimed] = {}
        for claim in claims:
            codes.setdefault(claim.member, claim)
        return [
            _assessed_line(one, codes.get(member))
            for member, one in sorted(stood.items())
            if one.total_fen
        ]

    def _payments(self, claims: Iterable[Claimed], day: date) -> Iterable[VoucherLine]:
        lines = lines_by_claim(self._source, self._dues.claims)
        for claim in claims:
            posted = [line for line in lines.get(claim.code, ()) if line.day <= day]
            if posted:
                yield from posted
            elif fen := paid_by(claim, (), day):
                yield claim.line(Money(fen))


def _assessed_line(one: Assessed, claim: Claimed | None) -> VoucherLine:
    code = claim.code if claim is not None else one.member
    words = f"核定 assessed {one.month} {one.member}"
    account, fund = (claim.account, claim.fund) if claim is not None else ("", "")
    return VoucherLine(code, one.month.period.last, words, account, fund, Money(one.total_fen))


def lines_by_claim(source: Source, claims: Iterable[Claimed]) -> dict[str, list[VoucherLine]]:
    """The postings of the unit's book that settle claims, by the codes; paid is positive."""
    mine = [claim for claim in claims if claim.unit == source.unit]
    found: dict[str, list[VoucherLine]] = defaultdict(list)
    if not mine:
        return found
    codes = {claim.code for claim in mine}
    accounts = {claim.account for claim in mine} & set(source.model.accounts())
    # Nobody pays much more than a year ahead; who did is told under the claim's own code.
    since = Month(min(claim.month for claim in mine).year - 1, 1)
    for line in source.model.lines(since=since, accounts=sorted(accounts)):
        for key, code in line.meta:
            if key == "claim" and code in codes:
                found[code].append(
                    VoucherLine(
                        line.number, line.day, line.narration, line.account, line.fund,
                        -line.amount, line.papers,
                    )
                )  # fmt: skip
    return found


def behind(
    source: Source, claims: Sequence[Claimed], part: str, day: date
) -> tuple[VoucherLine, ...]:
    """What stands behind one of the :data:`~reports.statements.dues_rows.PARTS` of claims by a day:
    the claims, and where the book received all of one its vouchers."""
    posted = lines_by_claim(source, claims) if part == "paid" else {}
    lines: list[VoucherLine] = []
    for claim in claims:
        fen = int(getattr(sums([claim], day), part))
        of_book = [one for one in posted.get(claim.code, ()) if one.day <= day]
        if fen and of_book and sum(one.amount.fen for one in of_book) == fen:
            lines += of_book
        elif fen:
            lines.append(claim.line(Money(fen)))
    return tuple(lines)


def paid_by(claim: Claimed, posted: Iterable[VoucherLine], day: date) -> int:
    """What of a claim was paid by a day: by the book's vouchers, or by the member's credit."""
    lines = list(posted)
    if lines:
        return sum(line.amount.fen for line in lines if line.day <= day)
    return claim.fen if claim.is_settled_by(day) else 0


def refuse_open(unit: str, closed: Collection[Month], month: Month, what: Words) -> None:
    """Refused while the month is not closed: what is told of it could still change.

    ``what`` is the statement, with how those who may see names get it before.
    """
    if month not in closed:
        raise Refused(
            finding(
                "month-open",
                f"{month} 尚未结账，公开版{what.zh}",
                f"{month} is not closed; the public {what.en}",
                f"先结账：mingbai close DIR --unit {unit} {month}",
                f"close it first: mingbai close DIR --unit {unit} {month}",
            )
        )
