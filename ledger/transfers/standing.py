"""How a transfer stands, by what both books say of its reference: pure functions.

Nothing is netted: what two units entered agrees by reference, or it is an exception with an amount
and an age.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from ledger.errors import Words
from ledger.transfers.books import NO_REFERENCE, UNKNOWN, WRONG_UNIT

if TYPE_CHECKING:
    from ledger.registry.transfers import Transfer
    from ledger.transfers.books import Books, Entered, Loose

#: How a transfer stands.
EXPECTED: Final = "expected"  # nobody entered it, or a part, and it is not due yet
IN_TRANSIT: Final = "in-transit"  # the payer entered it, the payee did not
MATCHED: Final = "matched"
LATE: Final = "late"  # its day is past and nothing went; or it arrived after its day
SHORT: Final = "short"  # less arrived than was paid, or less was paid than is due
DOUBLE: Final = "double"  # twice, or more than is due
REFUSED: Final = "refused"
WORDS: Final = {
    EXPECTED: Words("待付", "expected"),
    IN_TRANSIT: Words("在途", "in transit"),
    MATCHED: Words("相符", "matched"),
    LATE: Words("迟到", "late"),
    SHORT: Words("短少", "short"),
    DOUBLE: Words("重复或多付", "double or too much"),
    REFUSED: Words("拒收", "refused"),
    NO_REFERENCE: Words("无编号", "no reference"),
    UNKNOWN: Words("编号不存在", "unknown reference"),
    WRONG_UNIT: Words("编号属别的单位", "another units' reference"),
}
#: The days from which an exception is that old.
AGES: Final = (0, 30, 60, 90, 180)


@dataclass(frozen=True)
class Standing:
    """A transfer with what both books say of it on a day.

    ``days`` count from when it should have arrived; in transit, from when it was paid. ``closed``:
    a person accepted it as it stands, which only a transfer of which both books say the same can
    be; or its payer took it back before anything moved.
    """

    transfer: Transfer
    state: str
    days: int
    paid: tuple[Entered, ...]
    arrived: tuple[Entered, ...]
    closed: bool = False

    @property
    def paid_fen(self) -> int:
        return sum(one.fen for one in self.paid)

    @property
    def arrived_fen(self) -> int:
        return sum(one.fen for one in self.arrived)

    @property
    def difference(self) -> int:
        """What was paid and has not arrived; negative where more arrived than was paid."""
        return self.paid_fen - self.arrived_fen

    @property
    def agrees(self) -> bool:
        """Whether there is nothing to tell of it."""
        if self.state in (EXPECTED, MATCHED):
            return not self.difference
        return self.closed and not self.difference

    @property
    def is_open(self) -> bool:
        """Whether somebody has to do something about it."""
        return not self.agrees and not (self.state == LATE and self.arrived_fen)

    @property
    def amount(self) -> int:
        """What the exception is about, in fen: the whole, or what is missing or too much."""
        due, out, came = self.transfer.fen, self.paid_fen, self.arrived_fen
        if self.state == SHORT:
            return abs(out - came) or due - out
        if self.state == DOUBLE:
            return max(out - due, came - due, came - out)
        if self.state == IN_TRANSIT:
            return out
        if self.state == REFUSED:
            return abs(out - came) or due
        return due


def standing_of(
    transfer: Transfer, entered: Iterable[Entered], on: date, *, closed: bool = False
) -> Standing:
    """How ``transfer`` stands at the end of a day."""
    every = sorted(entered, key=lambda one: (one.day, one.voucher))
    paid = tuple(one for one in every if one.unit == transfer.payer)
    arrived = tuple(one for one in every if one.unit == transfer.payee)
    state, days = _state(transfer, paid, arrived, on)
    return Standing(transfer, state, days, paid, arrived, closed)


def _state(
    transfer: Transfer, paid: tuple[Entered, ...], arrived: tuple[Entered, ...], on: date
) -> tuple[str, int]:
    due = transfer.fen
    out, came = sum(one.fen for one in paid), sum(one.fen for one in arrived)
    overdue = max(0, (on - transfer.day).days)
    if transfer.refused and not (out == came == due):
        return REFUSED, overdue
    if out > due or came > due:
        over = [_since(side, due + 1) for side in (paid, arrived)]
        return DOUBLE, max((on - day).days for day in over if day is not None)
    if not out and not came:
        return (LATE if overdue else EXPECTED), overdue
    if out == came == due:
        full = _since(arrived, due) or on
        late = max(0, (full - transfer.day).days)
        return (LATE if late else MATCHED), late
    if out > came == 0:
        first = _since(paid, 1) or on
        return IN_TRANSIT, (on - first).days
    if out != came or overdue:
        return SHORT, overdue
    return EXPECTED, 0


def _since(entered: tuple[Entered, ...], fen: int) -> date | None:
    """The day from which on at least ``fen`` were entered, as it stands; None if fewer are."""
    since, whole = None, 0
    for one in entered:
        whole += one.fen
        if whole < fen:
            since = None
        elif since is None:
            since = one.day
    return since


def standings(
    known: Iterable[Transfer], books: Books, on: date, settled: Collection[str] = ()
) -> Iterator[Standing]:
    """How each transfer stands, in the order given."""
    for transfer in known:
        reference = transfer.reference
        entered = [one for one in books.entered.get(reference, ()) if one.day <= on]
        yield standing_of(transfer, entered, on, closed=reference in settled)


def age_of(days: int) -> int:
    """The greatest of :data:`AGES` that ``days`` reaches."""
    return max(age for age in AGES if age <= max(days, 0))


def suggestions(loose: Loose, found: Iterable[Standing], within: int = 40) -> list[Standing]:
    """The transfers that a posting without a reference might belong to, the nearest day first.

    The same two units, an amount that one of the books lacks, and a day that is near: a person
    decides.
    """
    likely = []
    for one in found:
        transfer = one.transfer
        pays = loose.fen > 0
        side, other = (transfer.payer, transfer.payee) if pays else (transfer.payee, transfer.payer)
        lacks = transfer.fen - (one.paid_fen if pays else one.arrived_fen)
        near = abs((loose.day - transfer.day).days)
        if side != loose.unit or loose.counter not in ("", other) or transfer.refused:
            continue
        if lacks == abs(loose.fen) and near <= within:
            likely.append((near, transfer.reference, one))
    return [one for _, _, one in sorted(likely, key=lambda item: item[:2])]
