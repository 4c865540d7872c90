"""The matrix of units: what each paid another, what arrived, and what does not agree."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from ledger.errors import NotAllowed, finding
from ledger.layout import unit_folder
from ledger.lines import line_of
from ledger.money import Money
from ledger.registry import transfers, units
from ledger.seeing import demand_tree
from ledger.transfers.books import Books, Loose, read_books
from ledger.transfers.months import months_of_units
from ledger.transfers.standing import Standing, age_of, standing_of, suggestions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from sqlalchemy import Connection

    from ledger.period import Period
    from ledger.registry import Registry, User
    from ledger.registry.transfers import Transfer
    from ledger.registry.units import UnitRow


@dataclass(frozen=True)
class Pair:
    """What one unit pays another, in fen.

    ``paid`` and ``arrived`` are those of the period, and ``brought``: what was paid before it and
    had not arrived, or the other way round where that is below zero.
    """

    payer: str
    payee: str
    due: int
    brought: int
    paid: int
    arrived: int
    exceptions: int

    @property
    def difference(self) -> int:
        return self.paid - self.arrived

    def as_json(self) -> dict[str, Any]:
        return {
            "from": self.payer, "to": self.payee, "due": Money(self.due).text,
            "brought": Money(self.brought).text, "paid": Money(self.paid).text,
            "arrived": Money(self.arrived).text, "difference": Money(self.difference).text,
            "exceptions": self.exceptions,
        }  # fmt: skip


@dataclass(frozen=True)
class Problem:
    """One exception of the matrix: of a transfer, or of a posting that names none.

    ``difference`` is what it adds to its pair's, in fen; ``is_open``: somebody has to act.
    """

    reference: str
    payer: str
    payee: str
    state: str
    fen: int
    days: int
    difference: int
    is_open: bool
    standing: Standing | None = None
    loose: Loose | None = None
    likely: tuple[str, ...] = ()

    @property
    def age(self) -> int:
        return age_of(self.days)

    @property
    def vouchers(self) -> list[tuple[str, str]]:
        """The units and numbers of the vouchers on both sides."""
        if self.loose is not None:
            return [(self.loose.unit, self.loose.voucher)]
        if self.standing is None:
            return []
        return [(one.unit, one.voucher) for one in (*self.standing.paid, *self.standing.arrived)]

    def as_json(self, seen: Collection[str]) -> dict[str, Any]:
        """As data, with the vouchers of the units that the reader may browse."""
        return {
            "reference": self.reference, "from": self.payer, "to": self.payee,
            "state": self.state, "amount": Money(self.fen).text, "days": self.days,
            "age": self.age, "difference": Money(self.difference).text, "open": self.is_open,
            "vouchers": [
                {"unit": unit, "voucher": number}
                for unit, number in self.vouchers
                if unit in seen
            ],
            "suggestions": list(self.likely),
        }  # fmt: skip


@dataclass(frozen=True)
class Matrix:
    """Everything that ``units`` pay and receive in a period, as of ``on``."""

    units: tuple[str, ...]
    period: Period
    on: date
    standings: tuple[Standing, ...]
    pairs: tuple[Pair, ...]
    exceptions: tuple[Problem, ...]

    @property
    def open(self) -> list[Problem]:
        """The exceptions that somebody has to act on."""
        return [one for one in self.exceptions if one.is_open]

    def as_json(self, seen: Collection[str]) -> dict[str, Any]:
        return {
            "period": str(self.period), "on": self.on.isoformat(), "units": list(self.units),
            "pairs": [one.as_json() for one in self.pairs],
            "exceptions": [one.as_json(seen) for one in self.exceptions],
        }  # fmt: skip


def units_of(registry: Registry, user: User, root: str | None) -> list[str]:
    """The units whose transfers a user asks for: a subtree, or all that they may browse.

    NotAllowed unless the user may browse each unit of the subtree, or any unit at all.
    """
    if root is not None:
        return [row.id for row in demand_tree(registry, root, user)]
    with registry.read() as conn:
        found = [row.id for row in units.all_units(conn) if user.may("browse", row.id)]
    if not found:
        raise NotAllowed(_nothing_to_see(user))
    return found


def build_matrix(registry: Registry, asked: Collection[str], period: Period, today: date) -> Matrix:
    """The matrix of the units ``asked`` for, among each other and with their neighbours.

    A transfer belongs to every period in which it is due or moves, and to all later ones until
    nothing is open of it. It stands as both books say at the period's end, or today if that is
    earlier. The caller has asked for the rights.
    """
    on = min(period.last, today)
    with registry.read() as conn:
        tree = {row.id: row for row in units.all_units(conn)}
        inside = frozenset(asked)
        whole = len(inside) == len(tree)
        found = transfers.all_transfers(conn) if whole else transfers.touching(conn, inside)
        around = inside | {one.payer for one in found} | {one.payee for one in found}
        books = _books(registry, conn, sorted(around), found, on)
        settled = transfers.settled(conn)
    return matrix_of(found, books, settled, tree, inside, period, on)


def matrix_of(
    found: Sequence[Transfer],
    books: Books,
    settled: Collection[str],
    tree: Mapping[str, UnitRow],
    inside: Collection[str],
    period: Period,
    on: date,
) -> Matrix:
    """The matrix of what the books say of the transfers ``found``: a pure function."""
    since = period.start
    stands, brought = [], {}
    for one in found:
        entered = books.entered.get(one.reference, ())
        closed = one.reference in settled
        before = standing_of(
            one, [e for e in entered if e.day < since], since - timedelta(days=1), closed=closed
        )
        moved = any(e.day >= since for e in entered)
        is_old = one.day < since and (before.is_open or before.difference)
        if moved or since <= one.day < period.end or is_old:
            stands.append(standing_of(one, entered, on, closed=closed))
            brought[one.reference] = before.difference
    loose = [one for one in books.loose if _is_between(one, inside, tree)]
    problems = [_of_standing(one) for one in stands if not one.agrees]
    problems += [_of_loose(one, on, stands) for one in loose]
    problems.sort(key=lambda one: (not one.is_open, -one.days, one.payer, one.payee, one.reference))
    return Matrix(
        tuple(sorted(inside)), period, on, tuple(stands),
        tuple(_pairs(stands, brought, loose, problems, since)), tuple(problems),
    )  # fmt: skip


def standing_today(registry: Registry, row: Transfer, today: date) -> Standing:
    """How one transfer stands, by the books of its two units alone."""
    with registry.read() as conn:
        books = _books(registry, conn, sorted((row.payer, row.payee)), [row], today)
        closed = row.reference in transfers.settled(conn)
    return standing_of(row, books.entered.get(row.reference, ()), today, closed=closed)


def loose_of(registry: Registry, unit: str, on: date) -> tuple[Loose, ...]:
    """The postings of one unit's book that belong to no transfer."""
    with registry.read() as conn:
        return _books(registry, conn, [unit], transfers.touching(conn, [unit]), on).loose


def _books(
    registry: Registry,
    conn: Connection,
    ids: Sequence[str],
    found: Sequence[Transfer],
    on: date,
) -> Books:
    """What the books of these units say up to a day."""
    with_book = [unit for unit in ids if unit_folder(registry.folder, unit).is_dir()]
    with months_of_units(registry.folder, with_book) as months:
        posted = list(months.between(with_book, 0, on.year * 100 + on.month))
    known = {one.reference: one for one in found}
    others = {row.reference for _, row in posted if row.reference} - known.keys()
    known |= {one.reference: one for one in transfers.with_references(conn, others)}
    return read_books(posted, known, transfers.links(conn), on + timedelta(days=1))


def _is_between(one: Loose, inside: Collection[str], tree: Mapping[str, UnitRow]) -> bool:
    """Whether a posting without a transfer is one between units of the federation.

    An account towards upper units, in the book of a unit that has none here, pays somebody outside.
    """
    if one.counter:
        return one.counter in tree and (one.unit in inside or one.counter in inside)
    if one.unit not in inside:
        return False
    if line_of(one.account).towards == "upper":
        return bool(tree[one.unit].upper)
    return one.reference != "" or any(row.upper == one.unit for row in tree.values())


def _of_standing(one: Standing) -> Problem:
    transfer = one.transfer
    return Problem(
        transfer.reference, transfer.payer, transfer.payee, one.state, one.amount, one.days,
        one.difference, one.is_open, standing=one,
    )  # fmt: skip


def _of_loose(one: Loose, on: date, stands: Sequence[Standing]) -> Problem:
    likely = tuple(near.transfer.reference for near in suggestions(one, stands))[:5]
    return Problem(
        one.reference, one.payer, one.payee, one.state, abs(one.fen), (on - one.day).days, one.fen,
        is_open=True, loose=one, likely=likely,
    )  # fmt: skip


def _pairs(
    stands: Sequence[Standing],
    brought: dict[str, int],
    loose: Sequence[Loose],
    problems: Sequence[Problem],
    since: date,
) -> Iterator[Pair]:
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0, 0])
    for one in stands:
        cell = sums[one.transfer.payer, one.transfer.payee]
        before = brought[one.transfer.reference]
        cell[0] += 0 if one.transfer.refused else one.transfer.fen
        cell[1] += before
        cell[2] += max(before, 0) + sum(e.fen for e in one.paid if e.day >= since)
        cell[3] += max(-before, 0) + sum(e.fen for e in one.arrived if e.day >= since)
    for row in loose:
        cell = sums[row.payer, row.payee]
        cell[1] += row.fen if row.day < since else 0
        cell[2 if row.fen > 0 else 3] += abs(row.fen)
    for problem in problems:
        sums[problem.payer, problem.payee][4] += 1
    for (payer, payee), cell in sorted(sums.items()):
        yield Pair(payer, payee, *cell)


def _nothing_to_see(user: User) -> Any:
    return finding(
        "not-allowed",
        f"用户 {user.id} 不能查阅任何单位",
        f"user {user.id} may browse no unit",
        "请管理员设置职责",
        "ask an administrator for a role",
    )
