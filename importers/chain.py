"""The running balance as a witness: which rows it bears out, and with which sign.

Banks write 借 for money out, a company's own books write it for money in; some files stand newest
first, some only within a day. The balance is tried in every order that the days allow, and, where
the words can mean either side, both ways round. What only one of the best readings says is not
proven: a row is read when all of them agree on its sign, and parked otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from importers.cells import Moment

Order = tuple[int, ...]


@dataclass
class Row:
    """One row of the table on its way to a line. ``fen`` carries the declared sign.

    ``sure`` is False where the declared sign needs the balance to prove it; ``column`` tells the
    rows apart whose signs are written in the same way, ``style`` those of a column in which every
    amount has a minus; a balance runs on within one ``account``
    and ``currency``. ``fee`` is what a column of its own says; with ``gross`` the balance proves
    that ``fen`` is that amount less the fee.
    """

    number: int
    moment: Moment
    fen: int
    balance: int | None
    currency: str
    account: str = ""
    sure: bool = True
    column: str = ""
    style: str = ""
    parked: str = ""
    fee: int = 0
    gross: int = 0

    @property
    def strand(self) -> tuple[str, str]:
        return self.currency, self.account


@dataclass(frozen=True)
class Chain:
    """How the running balance bears the rows out.

    ``order`` are places in the file, oldest first; ``changes`` how far the balance moved at each.
    """

    order: Order
    flipped: bool
    steps: int
    holding: int
    descending: bool
    changes: Mapping[int, int] = field(default_factory=dict)

    @property
    def proof(self) -> str:
        if not self.steps:
            return "n/a"
        return "pass" if self.holding == self.steps else "fail"


def settle_reversals(rows: Sequence[Row], *, minus_is_out: bool) -> None:
    """Amounts that are negative in a column of one side: reversals, or how the side is written.

    ``minus_is_out`` says that the header itself announces the minus, as in 支出金额(-元).
    """
    for column in {row.column for row in rows if row.column}:
        own = [row for row in rows if row.column == column and row.fen]
        expected = 1 if column.endswith("in") else -1
        against = [row for row in own if (row.fen > 0) != (expected > 0)]
        if len(against) == len(own):
            for row in own:
                row.fen = -row.fen
                row.style = column
                # Where every outflow has a minus, it is most likely how they are written.
                row.sure = expected < 0 and minus_is_out
        else:
            for row in against:
                row.sure = False


@dataclass(frozen=True)
class _Try:
    """One way to read the file: an order, and the declared signs as they are or flipped."""

    order: Order
    flipped: bool
    changes: dict[int, int]
    holding: int
    against: int
    inversions: int
    amounts: int

    @property
    def merit(self) -> tuple[int, int, int]:
        return self.holding, -self.inversions, -self.against

    @property
    def convinces(self) -> bool:
        """Whether the steps that hold are no coincidence: nearly all, or many different ones.

        Balances of a filtered statement move by the right amount now and then; and where many
        payments are equal, so does the balance before or after the row.
        """
        steps = len(self.changes)
        if not self.holding:
            return False
        if 10 * (steps - self.holding) <= steps:
            return True
        return self.amounts >= _DIFFERENT and not self.against and 2 * self.holding >= steps


# So many different amounts, each moved by the balance exactly, prove the other rows' signs.
_DIFFERENT: Final = 5


def prove(
    rows: Sequence[Row],
    *,
    opening: int | None,
    may_flip: bool,
    unsigned: bool,
    trusted: bool,
    use_chain: bool,
) -> Chain:
    """Decide every row's sign by the running balance; park what stays unproven or contradicts it.

    ``rows`` are in the file's order. ``unsigned`` says that no row has a sign of its own,
    ``trusted`` that the declared signs hold where no balance speaks.
    """
    keys = [row.moment.iso for row in rows]
    if not use_chain:
        for row in rows:
            if not (row.sure and trusted and not unsigned):
                row.parked = row.parked or "sign-unproven"
        return Chain(tuple(range(len(rows))), False, 0, 0, _falls(keys) or False)
    tries = [
        _try(rows, keys, order, opening, flipped, unsigned)
        for order in _orders(keys)
        for flipped in ((False, True) if may_flip else (False,))
    ]
    best = max(one.merit for one in tries)
    winners = [one for one in tries if one.merit == best]
    chosen = winners[0]
    steps = len(chosen.changes)
    if unsigned:
        # Without a first balance, balances before and after each movement look alike.
        believed = 0 < steps == chosen.holding and opening is not None
        _take_signs(rows, winners if believed else [])
    else:
        _decide(rows, winners, trusted=trusted)
        _park_mixed_styles(rows)
    falls = _falls(keys)
    descending = chosen.order[:1] > chosen.order[-1:] if falls is None else falls
    return Chain(chosen.order, chosen.flipped, steps, chosen.holding, descending, chosen.changes)


# ---- orders ------------------------------------------------------------------------------------


def _falls(keys: Sequence[str]) -> bool | None:
    """Whether the newest stands first; None where days and times do not tell."""
    if len(keys) < 2:
        return False
    if keys[0][:10] != keys[-1][:10]:
        return keys[0] > keys[-1]
    rising = sum(a < b for a, b in pairwise(keys))
    falling = sum(a > b for a, b in pairwise(keys))
    return None if rising == falling else falling > rising


def _orders(keys: Sequence[str]) -> list[Order]:
    """The orders in which the rows may have happened, oldest first, each once.

    As they stand or from the end; and where the days do not run on, by day, and by time.
    """
    up = tuple(range(len(keys)))
    down = up[::-1]
    found = [up, down]
    for base in (up, down):
        found.append(tuple(sorted(base, key=lambda place: keys[place][:10])))
        found.append(tuple(sorted(base, key=lambda place: keys[place])))
    return list(dict.fromkeys(found))


def _inversions(keys: Sequence[str], order: Order) -> int:
    """How often the order goes back in time."""
    count = 0
    last = ""
    for place in order:
        key = keys[place]
        # A day without a time is not before the times of that day.
        length = min(len(key), len(last))
        count += key[:length] < last[:length]
        last = key
    return count


# ---- what an order proves ----------------------------------------------------------------------


def _changes(rows: Sequence[Row], order: Order, opening: int | None) -> dict[int, int]:
    """How far the balance moved at each row, by its place, where that can be told."""
    found: dict[int, int] = {}
    before: dict[tuple[str, str], int] = {}
    if opening is not None and rows and len({row.strand for row in rows}) == 1:
        before[rows[0].strand] = opening
    for place in order:
        row = rows[place]
        strand = row.currency, row.account
        if row.parked in ("looks-like-total", "bad-currency"):
            continue
        if row.balance is None:
            # An amount without a balance breaks the chain; a row that moved nothing does not.
            if row.parked != "zero-amount":
                before.pop(strand, None)
            continue
        if strand in before and (row.fen or not row.parked):
            found[place] = row.balance - before[strand]
        before[strand] = row.balance
    return found


def _try(
    rows: Sequence[Row],
    keys: Sequence[str],
    order: Order,
    opening: int | None,
    flipped: bool,
    unsigned: bool,
) -> _Try:
    changes = _changes(rows, order, opening)
    sign = -1 if flipped else 1
    holding = against = 0
    amounts = set()
    for place, change in changes.items():
        row = rows[place]
        free = unsigned or not row.sure
        if change == sign * row.fen or (free and abs(change) == abs(row.fen)):
            holding += 1
            amounts.add(abs(change))
        elif change == -sign * row.fen:
            against += 1
    return _Try(
        order, flipped, changes, holding, against, _inversions(keys, order), len(amounts)
    )  # fmt: skip


def _take_signs(rows: Sequence[Row], winners: Sequence[_Try]) -> None:
    for place, row in enumerate(rows):
        signs = {one.changes.get(place) for one in winners}
        change = signs.pop() if len(signs) == 1 else None
        if change is not None and abs(change) == abs(row.fen):
            row.fen = change
        else:
            row.parked = row.parked or "sign-unproven"


def _decide(rows: Sequence[Row], winners: Sequence[_Try], *, trusted: bool) -> None:
    """Each row's sign is what every best reading says it is; else the row is parked."""
    for place, row in enumerate(rows):
        if row.parked:
            continue
        said = [_said(row, one, place, trusted=trusted) for one in winners]
        if len(set(said)) == 1 and said[0] is not None:
            row.fen = said[0]
        elif trusted and row.sure and any(fen == row.fen for fen in said):
            continue  # its own words say it, and one of the readings bears them out
        else:
            changes = [one.changes.get(place) for one in winners]
            against = row.sure and all(change == -row.fen for change in changes)
            row.parked = "sign-contradicted" if against else "sign-unproven"


def _park_mixed_styles(rows: Sequence[Row]) -> None:
    """A minus on every amount of a column is a style or marks reversals; it is not both."""
    for style in {row.style for row in rows if row.style}:
        own = [row for row in rows if row.style == style and not row.parked]
        if len({row.fen > 0 for row in own}) > 1:
            for row in own:
                row.parked = "sign-unproven"


def _said(row: Row, one: _Try, place: int, *, trusted: bool) -> int | None:
    """The row's amount in one reading; None where that reading does not prove it."""
    declared = -row.fen if one.flipped else row.fen
    change = one.changes.get(place)
    if change is not None and abs(change) == abs(row.fen):
        if not row.sure:
            return change if one.convinces else None
        if change != declared:
            return None
        return declared if trusted or one.convinces else None
    if not row.sure:
        return None
    if trusted and not one.flipped:
        # Words that the balance contradicts elsewhere say little where it is silent.
        return declared if 3 * one.against <= one.holding else None
    return declared if one.convinces and not one.against else None
