"""How a transfer stands, by what both books say of its reference: pure functions.

Nothing is netted: what two units entered agrees by reference, or it is an exception with an amount
and an age.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final

from ledger.money import CNY

if TYPE_CHECKING:
    from ledger.registry.transfers import Transfer
    from ledger.transfers.facts import PostedBetween

#: How a transfer stands.
EXPECTED: Final = "expected"  # nobody entered it, and it is not due yet
OVERDUE: Final = "overdue"  # nobody entered it, and its day is past
IN_TRANSIT: Final = "in-transit"  # the payer entered it, the payee did not
ARRIVED: Final = "arrived"  # the payee entered it, the payer did not
MATCHED: Final = "matched"
LATE: Final = "late"  # matched, after its day
SHORT: Final = "short"
DOUBLE: Final = "double"
REFUSED: Final = "refused"
#: What stands in one book by itself.
NO_REFERENCE: Final = "no-reference"
UNKNOWN: Final = "unknown-reference"
WRONG_UNIT: Final = "wrong-unit"  # a unit that is neither payer nor payee names the reference
AGREES: Final = (EXPECTED, MATCHED)
#: The days from which an exception is that old.
AGES: Final = (0, 30, 60, 90, 180)


@dataclass(frozen=True, slots=True)
class Entered:
    """What one voucher of a unit says of a transfer: ``fen`` paid or arrived, positive."""

    unit: str
    voucher: str
    day: date
    fen: int


@dataclass(frozen=True)
class Standing:
    """A transfer with what both books say of it on a day. ``days`` late, or in transit."""

    transfer: Transfer
    state: str
    days: int
    paid: tuple[Entered, ...]
    arrived: tuple[Entered, ...]

    @property
    def paid_fen(self) -> int:
        return sum(one.fen for one in self.paid)

    @property
    def arrived_fen(self) -> int:
        return sum(one.fen for one in self.arrived)

    @property
    def agrees(self) -> bool:
        """Whether there is nothing to do about it."""
        refused = self.state == REFUSED and not self.paid_fen and not self.arrived_fen
        return self.state in AGREES or refused

    @property
    def amount(self) -> int:
        """What the exception is about, in fen: the whole, or what is missing or too much."""
        due = self.transfer.fen
        if self.state == SHORT:
            return max(self.paid_fen, due) - self.arrived_fen
        if self.state == DOUBLE:
            return max(self.paid_fen, self.arrived_fen) - due
        if self.state == IN_TRANSIT:
            return self.paid_fen
        if self.state == ARRIVED:
            return self.arrived_fen
        return due


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

    A voucher says of a transfer what its other side says: postings on money accounts only tell by
    which account. Only yuan counts.
    """
    sums: dict[tuple[str, str, str], int] = defaultdict(int)
    days: dict[tuple[str, str], date] = {}
    loose: dict[tuple[str, str, str, str], Loose] = {}
    for unit, row in posted:
        day = date.fromisoformat(row.day)
        if day >= until or row.money or row.currency != CNY:
            continue
        days[unit, row.voucher] = day
        reference = links.get((unit, row.voucher), row.reference)
        transfer = known.get(reference)
        if transfer is not None and unit in (transfer.payer, transfer.payee):
            sums[reference, unit, row.voucher] += row.fen
            continue
        state = NO_REFERENCE if not reference else (UNKNOWN if transfer is None else WRONG_UNIT)
        if state == NO_REFERENCE and not _is_flow(row):
            continue
        key = (unit, row.voucher, row.account, row.counter)
        fen = row.fen + (loose[key].fen if key in loose else 0)
        loose[key] = Loose(state, unit, row.counter, row.voucher, day, fen, row.account, reference)
    entered: dict[str, list[Entered]] = defaultdict(list)
    for (reference, unit, voucher), fen in sums.items():
        sign = 1 if unit == known[reference].payer else -1
        if fen:
            entered[reference].append(Entered(unit, voucher, days[unit, voucher], sign * fen))
    return Books(
        {reference: tuple(found) for reference, found in entered.items()},
        tuple(one for one in loose.values() if one.fen),
    )


def _is_flow(row: PostedBetween) -> bool:
    """Whether a posting that names no transfer pays or receives, and is no debt that begins."""
    root = row.account.partition(":")[0]
    if root == "Liabilities":
        return row.fen > 0
    if root == "Assets":
        return row.fen < 0
    return root in ("Income", "Expenses")


def standing_of(transfer: Transfer, entered: Iterable[Entered], on: date) -> Standing:
    """How ``transfer`` stands on a day. Reversals have taken their vouchers back already."""
    paid = tuple(one for one in entered if one.unit == transfer.payer)
    arrived = tuple(one for one in entered if one.unit == transfer.payee)
    out, came = sum(one.fen for one in paid), sum(one.fen for one in arrived)
    first = min((one.day for one in paid if one.fen > 0), default=on)
    last = max((one.day for one in (*paid, *arrived)), default=on)
    overdue = max(0, (on - transfer.day).days)
    due = transfer.fen
    if transfer.refused and not came:
        return Standing(transfer, REFUSED, overdue, paid, arrived)
    if out > due or came > due:
        return Standing(transfer, DOUBLE, max(0, (on - last).days), paid, arrived)
    if not out and not came:
        state = OVERDUE if overdue else EXPECTED
        return Standing(transfer, state, overdue, paid, arrived)
    if not came:
        return Standing(transfer, IN_TRANSIT, (on - first).days, paid, arrived)
    if not out:
        since = min(one.day for one in arrived)
        return Standing(transfer, ARRIVED, (on - since).days, paid, arrived)
    if out < due or came < out:
        return Standing(transfer, SHORT, overdue, paid, arrived)
    late = max(0, (max(one.day for one in paid) - transfer.day).days)
    return Standing(transfer, LATE if late else MATCHED, late, paid, arrived)


def standings(known: Iterable[Transfer], books: Books, on: date) -> Iterator[Standing]:
    """How each transfer stands, in the order given."""
    for transfer in known:
        yield standing_of(transfer, books.entered.get(transfer.reference, ()), on)


def age_of(days: int) -> int:
    """The greatest of :data:`AGES` that ``days`` reaches."""
    return max(age for age in AGES if age <= max(days, 0))


def suggestions(loose: Loose, found: Collection[Standing], within: int = 40) -> list[Standing]:
    """The transfers that a posting without a reference might belong to, the nearest day first.

    The same two units, the same amount, and a day that is near: a person decides.
    """
    likely = []
    for one in found:
        transfer = one.transfer
        side, other = (
            (transfer.payer, transfer.payee) if loose.fen > 0 else (transfer.payee, transfer.payer)
        )
        missing = one.paid if loose.fen > 0 else one.arrived
        near = abs((loose.day - transfer.day).days)
        if side != loose.unit or loose.counter not in ("", other) or missing:
            continue
        if transfer.fen == abs(loose.fen) and near <= within:
            likely.append((near, transfer.reference, one))
    return [one for _, _, one in sorted(likely, key=lambda item: item[:2])]
