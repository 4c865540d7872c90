"""What the units of a subtree paid to those below them: by lower unit, per head, over the months.

What was paid stands on accounts towards lower units in the payers' books, and names the unit that
it went to; what names none is told as such, so that the rows come to what the books say. Only yuan
counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

from ledger.consolidation import duck, queries
from ledger.consolidation.consolidating import asked
from ledger.layout import unit_folder
from ledger.lines import components_towards, line_of
from ledger.model import Model
from ledger.money import CNY
from ledger.period import Month, Period
from ledger.transfers.facts import PostedBetween, as_number
from ledger.transfers.months import months_of_units

#: Restrictions of funds whose money is special: it may be spent for its purpose alone.
SPECIAL: Final = ("purpose", "time")


class PaidDown(NamedTuple):
    """One posting on an account towards lower units; ``fen`` is positive where money went down.

    ``payee`` is empty where nobody was named.
    """

    payer: str
    payee: str
    voucher: str
    day: date
    account: str
    fund: str
    fen: int
    special: bool
    came_back: bool

    @property
    def month(self) -> Month:
        return Month.of(self.day)


@dataclass(frozen=True)
class Support:
    """What ``units``, those of the subtree of ``root`` with a book, paid down and got from above.

    ``paid`` are the postings of the period, ``before`` earlier ones that name a unit. ``books`` is
    what each payer's book says of the period on accounts towards lower units, ``received`` what
    each unit's book says it got from above, by account; both in fen.
    """

    root: str
    units: tuple[str, ...]
    period: Period
    paid: tuple[PaidDown, ...]
    before: tuple[PaidDown, ...]
    books: Mapping[str, int]
    received: Mapping[str, Mapping[str, int]]

    def payees(self) -> list[str]:
        """Whoever something was paid to, in the order of the tree; outsiders last."""
        named = {one.payee for one in self.paid if one.payee}
        inside = [unit for unit in self.units if unit in named]
        return inside + sorted(named - set(inside))

    def got(self, unit: str) -> int:
        """What the unit's own book says it received from above in the period."""
        return sum(self.received.get(unit, {}).values())


def support_of(federation: Path, root: str, units: Sequence[str], period: Period) -> Support:
    """The support within ``units``; the caller asked for the right to look at each of them."""
    first, last = as_number(Month.of(period.start)), as_number(Month.of(period.last))
    question = queries.by_fund(first, last, components_towards())
    _, (sums,) = asked(federation, units, last // 100, [question], duck.ask)
    books: dict[str, int] = defaultdict(int)
    received: dict[str, dict[str, int]] = defaultdict(dict)
    for unit, account, _, _, moved in sums:
        if _is_down(account):
            books[unit] += moved
        elif moved:
            received[unit][account] = received[unit].get(account, 0) - moved
    special = {(unit, fund) for unit, _, fund, restriction, _ in sums if restriction in SPECIAL}
    with months_of_units(federation, units) as months:
        every = [
            _paid(unit, row, special)
            for unit, row in months.between(units, 0, last)
            if row.currency == CNY and row.counter and _is_down(row.account)
        ]
    paid = [one for one in every if one.day >= period.start]
    lacking = _unnamed_of(books, paid)
    paid += [one for unit in lacking for one in _unnamed(federation, unit, period, paid, special)]
    paid.sort(key=lambda one: (one.day, one.payer, one.voucher))
    return Support(
        root, tuple(units), period, tuple(paid),
        tuple(one for one in every if one.day < period.start), dict(books), received,
    )  # fmt: skip


def _is_down(account: str) -> bool:
    line = line_of(account)
    return line.side == "Expenses" and line.towards == "lower"


def _paid(unit: str, row: PostedBetween, special: Collection[tuple[str, str]]) -> PaidDown:
    return PaidDown(
        unit, row.counter, row.voucher, date.fromisoformat(row.day), row.account, row.fund,
        row.fen, (unit, row.fund) in special, row.fen < 0 and not row.reverses,
    )  # fmt: skip


def _unnamed_of(books: Mapping[str, int], paid: Iterable[PaidDown]) -> list[str]:
    """The payers whose book says more or less than what names a unit."""
    left = dict(books)
    for one in paid:
        left[one.payer] = left.get(one.payer, 0) - one.fen
    return sorted(unit for unit, fen in left.items() if fen)


def _unnamed(
    federation: Path,
    unit: str,
    period: Period,
    paid: Iterable[PaidDown],
    special: Collection[tuple[str, str]],
) -> Iterator[PaidDown]:
    """The postings of one payer that name nobody, and those by which a book was handed over."""
    model = Model.open(unit_folder(federation, unit))
    try:
        accounts = [name for name in model.accounts() if _is_down(name)]
        known: dict[tuple[str, str, str, int], int] = defaultdict(int)
        for one in paid:
            if one.payer == unit:
                known[one.voucher, one.account, one.fund, one.fen] += 1
        first, last = Month.of(period.start), Month.of(period.last)
        for line in model.lines(since=first, through=last, accounts=accounts):
            key = line.number, line.account, line.fund, line.amount.fen
            if known[key]:
                known[key] -= 1
            elif line.amount.currency == CNY and not line.carried:
                yield PaidDown(
                    unit, "", line.number, line.day, line.account, line.fund, line.amount.fen,
                    (unit, line.fund) in special, came_back=False,
                )  # fmt: skip
    finally:
        model.close()


# ---- how much of it is at the grass roots ------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reached:
    """What reached units up to the end of a month in its year, in fen.

    ``kept`` is what every unit that got more than it passed on has of it; ``ground`` the part of
    grass-roots units.
    """

    month: Month
    kept: int
    ground: int


def nets(paid: Iterable[PaidDown]) -> dict[str, int]:
    """By unit, what it got less what it passed on; all of them add up to nothing.

    What names no payee went nowhere that is known, and is left out.
    """
    found: dict[str, int] = defaultdict(int)
    for one in paid:
        if one.payee:
            found[one.payee] += one.fen
            found[one.payer] -= one.fen
    return dict(found)


def reached(paid: Collection[PaidDown], ground: Collection[str], through: Month) -> list[Reached]:
    """The months of the year of ``through``, each from January on, and before it whole years.

    Money that is passed on through a unit in the middle counts once: by who has it in the end.
    """
    years = sorted({one.day.year for one in paid if one.day.year < through.year})
    ends = [Month(year, 12) for year in years]
    ends += [Month(through.year, number) for number in range(1, through.month + 1)]
    found = []
    for end in ends:
        net = nets(one for one in paid if one.day.year == end.year and one.month <= end)
        kept = {unit: fen for unit, fen in net.items() if fen > 0}
        found.append(
            Reached(
                end, sum(kept.values()), sum(fen for unit, fen in kept.items() if unit in ground)
            )
        )
    return found
