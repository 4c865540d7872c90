"""The matrix of units: what each paid another, what arrived, and what does not agree."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from ledger.layout import unit_folder
from ledger.money import Money
from ledger.registry import transfers, units
from ledger.transfers.months import months_of_units
from ledger.transfers.standing import (
    Loose,
    Standing,
    age_of,
    read_books,
    standings,
    suggestions,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.period import Period
    from ledger.registry import Registry


@dataclass(frozen=True)
class Pair:
    """What one unit pays another in the period, in fen. ``loose`` is what names no transfer."""

    payer: str
    payee: str
    due: int
    paid: int
    arrived: int
    exceptions: int

    @property
    def difference(self) -> int:
        return self.paid - self.arrived

    def as_json(self) -> dict[str, Any]:
        return {
            "from": self.payer, "to": self.payee, "due": Money(self.due).text,
            "paid": Money(self.paid).text, "arrived": Money(self.arrived).text,
            "difference": Money(self.difference).text, "exceptions": self.exceptions,
        }  # fmt: skip


@dataclass(frozen=True)
class Problem:
    """One exception of the matrix: of a transfer, or of a posting that names none."""

    reference: str
    payer: str
    payee: str
    state: str
    fen: int
    days: int
    standing: Standing | None = None
    loose: Loose | None = None
    likely: tuple[str, ...] = ()

    @property
    def vouchers(self) -> list[tuple[str, str]]:
        """The units and numbers of the vouchers on both sides."""
        if self.loose is not None:
            return [(self.loose.unit, self.loose.voucher)]
        if self.standing is None:
            return []
        return [(one.unit, one.voucher) for one in (*self.standing.paid, *self.standing.arrived)]

    def as_json(self) -> dict[str, Any]:
        return {
            "reference": self.reference, "from": self.payer, "to": self.payee,
            "state": self.state, "amount": Money(self.fen).text, "days": self.days,
            "age": age_of(self.days),
            "vouchers": [{"unit": unit, "voucher": number} for unit, number in self.vouchers],
            "suggestions": list(self.likely),
        }  # fmt: skip


@dataclass(frozen=True)
class Matrix:
    """``units`` and everything between them in a period, as of ``on``."""

    units: tuple[str, ...]
    period: Period
    on: date
    standings: tuple[Standing, ...]
    pairs: tuple[Pair, ...]
    exceptions: tuple[Problem, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "period": str(self.period), "on": self.on.isoformat(), "units": list(self.units),
            "pairs": [one.as_json() for one in self.pairs],
            "exceptions": [one.as_json() for one in self.exceptions],
        }  # fmt: skip


def build_matrix(registry: Registry, root: str | None, period: Period, today: date) -> Matrix:
    """The matrix of a subtree, or of the whole federation where ``root`` is None.

    Transfers belong to the period of their day; they stand as both books say up to the period's
    end, or ``today`` if that is earlier. The caller has asked for the right to browse.
    """
    with registry.read() as conn:
        rows = units.subtree(conn, root) if root else units.all_units(conn)
        found = transfers.between(conn, period.start, period.end)
        known = {one.reference: one for one in transfers.all_transfers(conn)}
        links = transfers.links(conn)
    ids = [row.id for row in rows]
    inside = frozenset(ids)
    on = min(period.last, today)
    with_book = [unit for unit in ids if (unit_folder(registry.folder, unit)).is_dir()]
    with months_of_units(registry.folder, with_book) as months:
        posted = list(months.between(with_book, 0, period.last.year * 100 + period.last.month))
    books = read_books(posted, known, links, period.end)
    stands = tuple(
        one
        for one in standings(found, books, on)
        if one.transfer.payer in inside and one.transfer.payee in inside
    )
    loose = [
        one
        for one in books.loose
        if period.start <= one.day and (not one.counter or one.counter in inside)
    ]
    problems = [_of_standing(one) for one in stands if not one.agrees]
    problems += [_of_loose(one, on, stands) for one in loose]
    problems.sort(key=lambda one: (-one.days, one.payer, one.payee, one.reference))
    return Matrix(
        tuple(ids), period, on, stands, tuple(_pairs(stands, loose, problems)), tuple(problems)
    )


def _of_standing(one: Standing) -> Problem:
    transfer = one.transfer
    return Problem(
        transfer.reference, transfer.payer, transfer.payee, one.state, one.amount, one.days,
        standing=one,
    )  # fmt: skip


def _of_loose(one: Loose, on: date, stands: Sequence[Standing]) -> Problem:
    payer, payee = (one.unit, one.counter) if one.fen > 0 else (one.counter, one.unit)
    likely = tuple(near.transfer.reference for near in suggestions(one, stands))[:5]
    return Problem(
        one.reference, payer, payee, one.state, abs(one.fen), (on - one.day).days, loose=one,
        likely=likely,
    )  # fmt: skip


def _pairs(
    stands: Sequence[Standing], loose: Sequence[Loose], problems: Sequence[Problem]
) -> list[Pair]:
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for one in stands:
        cell = sums[one.transfer.payer, one.transfer.payee]
        cell[0] += 0 if one.transfer.refused else one.transfer.fen
        cell[1] += one.paid_fen
        cell[2] += one.arrived_fen
    for row in loose:
        if row.counter and row.fen > 0:
            sums[row.unit, row.counter][1] += row.fen
        elif row.counter:
            sums[row.counter, row.unit][2] -= row.fen
    for problem in problems:
        if problem.payer and problem.payee:
            sums[problem.payer, problem.payee][3] += 1
    return [Pair(*key, *cell) for key, cell in sorted(sums.items())]
