"""What the books say of transfers: by reference what each unit paid or received, and the rest.

A voucher says of a transfer what its lines beside money say under the reference, and only if money
moves, or if everything under references in it cancels out (a set-off). A payment between units
that names no reference is kept by itself: nothing is netted in silence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final

from ledger.money import CNY

if TYPE_CHECKING:
    from ledger.registry.transfers import Transfer
    from ledger.transfers.facts import PostedBetween

#: What stands in one book by itself.
NO_REFERENCE: Final = "no-reference"
UNKNOWN: Final = "unknown-reference"
WRONG_UNIT: Final = "wrong-unit"  # a unit that is neither payer nor payee names the reference


@dataclass(frozen=True, slots=True)
class Entered:
    """What one voucher of a unit says of a transfer: ``fen`` paid or arrived, positive."""

    unit: str
    voucher: str
    day: date
    fen: int


@dataclass(frozen=True, slots=True)
class Loose:
    """A posting between units that belongs to no transfer; ``counter`` may be empty."""

    state: str
    unit: str
    counter: str
    voucher: str
    day: date
    fen: int  # positive: paid; negative: arrived
    account: str
    reference: str = ""

    @property
    def payer(self) -> str:
        return self.unit if self.fen > 0 else self.counter

    @property
    def payee(self) -> str:
        return self.counter if self.fen > 0 else self.unit


@dataclass(frozen=True)
class Books:
    """Everything that the units' books say, by reference, and what names none."""

    entered: Mapping[str, tuple[Entered, ...]] = field(default_factory=dict)
    loose: tuple[Loose, ...] = ()


def read_books(
    posted: Iterable[tuple[str, PostedBetween]],
    known: Mapping[str, Transfer],
    links: Mapping[tuple[str, str], str],
    until: date,
) -> Books:
    """What vouchers before ``until`` say. ``known`` are all transfers; ``links`` what persons said.

    Only yuan counts.
    """
    vouchers: dict[tuple[str, str], list[PostedBetween]] = defaultdict(list)
    end = until.isoformat()
    for unit, row in posted:
        if row.day < end and not row.money and row.currency == CNY:
            vouchers[unit, row.voucher].append(row)
    gone = _taken_back(vouchers)
    entered: dict[str, list[Entered]] = defaultdict(list)
    loose: list[Loose] = []
    for (unit, number), rows in vouchers.items():
        if (unit, number) in gone:
            continue
        day = date.fromisoformat(rows[0].day)
        linked = links.get((unit, number), "")
        named = [row for row in rows if row.reference]
        whole = sum(row.fen for row in named)
        if rows[0].moved or not whole:
            for reference, fen in _sums(named).items():
                one = known.get(linked or reference)
                if one is None or unit not in (one.payer, one.payee):
                    state = UNKNOWN if one is None else WRONG_UNIT
                    loose += _loose(state, unit, number, day, named, reference)
                elif fen:
                    sign = 1 if unit == one.payer else -1
                    entered[one.reference].append(Entered(unit, number, day, sign * fen))
        if not rows[0].moved or (named and whole == -rows[0].moved):
            continue  # an accrual; or all that moved has a reference
        flows = [row for row in rows if not row.reference and _is_flow(row)]
        one = known.get(linked)
        if one is not None and unit in (one.payer, one.payee):
            fen = sum(row.fen for row in flows) * (1 if unit == one.payer else -1)
            if fen:
                entered[one.reference].append(Entered(unit, number, day, fen))
        else:
            loose += _loose(NO_REFERENCE, unit, number, day, flows, "")
    return Books({key: tuple(found) for key, found in entered.items()}, tuple(loose))


def _taken_back(vouchers: Mapping[tuple[str, str], list[PostedBetween]]) -> set[tuple[str, str]]:
    """Vouchers that were reversed, and their reversals: together they say nothing."""
    gone: set[tuple[str, str]] = set()
    for (unit, number), rows in sorted(vouchers.items(), key=lambda item: item[1][0].day):
        original = (unit, rows[0].reverses)
        if rows[0].reverses and original in vouchers and original not in gone:
            gone |= {original, (unit, number)}
    return gone


def _sums(rows: Iterable[PostedBetween]) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for row in rows:
        found[row.reference] += row.fen
    return found


def _loose(
    state: str, unit: str, number: str, day: date, rows: Iterable[PostedBetween], reference: str
) -> Iterator[Loose]:
    """The postings under ``reference``, one for each account and counter that has a sum."""
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for row in rows:
        if row.reference == reference:
            sums[row.account, row.counter] += row.fen
    for (account, counter), fen in sums.items():
        if fen:
            yield Loose(state, unit, counter, number, day, fen, account, reference)


def _is_flow(row: PostedBetween) -> bool:
    """Whether a posting without a reference is what the voucher's money is for.

    A debt that begins where money comes in is none: a levy that came, of which a part is owed on.
    """
    if (row.fen > 0) != (row.moved < 0):
        return False
    return row.fen > 0 or not row.account.startswith("Liabilities:")
